"""What the meetings of the demonstration ruled, the major matters, the policy register."""

from dataclasses import dataclass
from datetime import date
from typing import Final


@dataclass(frozen=True, slots=True)
class RulingPlan:
    """A ruling: on which meeting, on what, who owns it, when it was done (None: not yet)."""

    meeting: date
    topic: str
    said: str
    wording: str
    unit: str
    helpers: tuple[str, ...]
    due: date
    done: date | None
    matter: str = ""


@dataclass(frozen=True, slots=True)
class MatterPlan:
    """A major matter with its one lead and its leader."""

    title: str
    detail: str
    cause: str
    unit: str
    helpers: tuple[str, ...]
    sponsor: str
    listed: date
    due: date
    solved: date | None = None
    result: str = ""
    project: str = ""


MATTERS: Final = (
    MatterPlan(
        "城北农贸市场搬迁与周边秩序",
        "老市场占道 400 米，新址产权、摊位安置和交通组织三家说法不一，要定一个牵头单位。",
        "history",
        "U21",
        ("U20", "U17", "T04", "U27"),
        "changwu",
        date(2015, 12, 21),
        date(2016, 6, 30),
    ),
    MatterPlan(
        "石材加工集中园区与 86 家作坊搬迁",
        "作坊沿路散布、污水入河，园区用地指标差 120 亩，搬迁补偿口径未定。",
        "land",
        "U15",
        ("U27", "U18", "T12", "U13"),
        "changwu",
        date(2015, 12, 28),
        date(2016, 12, 31),
        project="石材加工集中园区与作坊搬迁",
    ),
    MatterPlan(
        "柳林村征收 98 户权属认定",
        "原产权单位已注销，98 户权属不清，协议签不下去，项目受阻。",
        "history",
        "U19",
        ("U27", "T04", "U31"),
        "zhou",
        date(2016, 1, 18),
        date(2016, 3, 5),
        project="城北柳林棚户区改造",
    ),
    MatterPlan(
        "垃圾处理场二期渗滤液站供电",
        "专线未接通，调试推迟，供电方案两次退回。",
        "other_unit",
        "U20",
        ("U41", "T11"),
        "zhou",
        date(2016, 1, 11),
        date(2016, 2, 29),
        date(2016, 2, 26),
        "2 月 24 日专线送电，26 日渗滤液站带负荷试运行。",
        "青石岭生活垃圾无害化处理场二期",
    ),
    MatterPlan(
        "老城区公共停车位缺口 1900 个",
        "沿街停车占盲道，地下停车场用地未落实，社会资本不愿进。",
        "funds",
        "U19",
        ("U17", "U40"),
        "changwu",
        date(2016, 2, 15),
        date(2016, 9, 30),
    ),
    MatterPlan(
        "三无小区物业托底管理",
        "62 个小区没有物业、没有主管单位，清扫保洁没人出钱。",
        "funds",
        "U16",
        ("U19", "U13", "T01", "T02"),
        "xuanchuan",
        date(2016, 3, 1),
        date(2016, 6, 30),
    ),
)
RULINGS: Final = (
    RulingPlan(
        date(2015, 12, 21),
        "城北农贸市场占道经营",
        "会议认为，先疏后堵，临时摊区要先能用。",
        "在城北停车场划出临时摊区 120 个，占道摊位全部入区经营",
        "U20",
        ("T04", "U17"),
        date(2016, 1, 10),
        date(2016, 1, 8),
        "城北农贸市场搬迁与周边秩序",
    ),
    RulingPlan(
        date(2016, 1, 4),
        "城北农贸市场新址产权",
        "会议听取了市场监管局汇报，认为新址产权清晰，可以先行建设。",
        "完成城北农贸市场新址移交，签订摊位安置方案",
        "U21",
        ("U27", "T04", "U20"),
        date(2016, 2, 29),
        date(2016, 2, 25),
        "城北农贸市场搬迁与周边秩序",
    ),
    RulingPlan(
        date(2016, 1, 4),
        "石材园区用地指标",
        "会议认为，集中建设、统一规划、统一管理，用地指标从年度增量里保。",
        "落实石材园区 120 亩用地指标并上报农转用手续",
        "U27",
        ("U15", "U12"),
        date(2016, 3, 31),
        None,
        "石材加工集中园区与 86 家作坊搬迁",
    ),
    RulingPlan(
        date(2016, 1, 18),
        "渗滤液站供电专线",
        "供电方案按第二套走，城投先垫资。",
        "2 月底前接通垃圾处理场二期供电专线",
        "U41",
        ("U20",),
        date(2016, 2, 28),
        date(2016, 2, 24),
        "垃圾处理场二期渗滤液站供电",
    ),
    RulingPlan(
        date(2016, 1, 25),
        "背街小巷整治进度",
        "四个街道进度差距大，先补主干道背面。",
        "完成主干道背面 18 条小巷硬化和装灯",
        "T03",
        ("U19", "U20"),
        date(2016, 3, 20),
        None,
    ),
    RulingPlan(
        date(2016, 2, 3),
        "柳林村 98 户权属认定",
        "会议认为，权属按历史档案、街道证明、公示无异议三步认定，不再等原单位。",
        "会同司法局出具 98 户权属认定意见并完成公示",
        "U27",
        ("U19", "U31", "T04"),
        date(2016, 3, 1),
        None,
        "柳林村征收 98 户权属认定",
    ),
    RulingPlan(
        date(2016, 2, 3),
        "石材作坊搬迁补偿口径",
        "会议原则同意搬迁补偿口径，按设备、场地两项计。",
        "印发石材作坊搬迁补偿办法，签订首批 30 家协议",
        "U15",
        ("T12", "U13", "U18"),
        date(2016, 3, 25),
        None,
        "石材加工集中园区与 86 家作坊搬迁",
    ),
    RulingPlan(
        date(2016, 2, 22),
        "迎省级复审公厕保洁",
        "节后公厕保洁跌回去了，定人定时。",
        "建成区 86 座公厕定人定时保洁并上墙公示",
        "U20",
        ("T01", "T02", "T03", "T04"),
        date(2016, 3, 4),
        date(2016, 3, 3),
    ),
    RulingPlan(
        date(2016, 2, 24),
        "城北农贸市场开业前问题",
        "会议现场看了新址，排水、冷链、交通三件事没有完。",
        "3 月 15 日前完成新址雨污分流，验收不合格不开业",
        "U19",
        ("U21", "U18"),
        date(2016, 3, 15),
        None,
        "城北农贸市场搬迁与周边秩序",
    ),
    RulingPlan(
        date(2016, 2, 24),
        "城北市场周边交通",
        "货车和公交抢道，进出分开。",
        "开通城北市场货车专用通道，划好 60 个临时泊位",
        "U17",
        ("T04", "U24"),
        date(2016, 3, 12),
        None,
        "城北农贸市场搬迁与周边秩序",
    ),
    RulingPlan(
        date(2016, 3, 3),
        "省级复审倒计时问题清零",
        "会议认为，距离复审 22 天，超期问题要逐件过堂。",
        "逐件过堂超期问题，3 月 20 日前全部销号或挂账说明",
        "U20",
        ("U21", "U19", "U11"),
        date(2016, 3, 20),
        None,
    ),
    RulingPlan(
        date(2016, 3, 7),
        "活禽交易区隔离",
        "两个市场活禽区没有物理隔离。",
        "完成城南、城北市场活禽区隔离和独立排水",
        "U21",
        ("U22",),
        date(2016, 3, 18),
        None,
    ),
)

# kind, title, number, issuer, basis, state, issued, valid until, review, clause
Basis = tuple[tuple[str, str], ...]
PolicyPlan = tuple[str, str, str, str, Basis, str, date | None, date | None, date | None, str]
_CITY_LOOK: Final = "城市市容和环境卫生管理条例"
POLICIES: Final[tuple[PolicyPlan, ...]] = (
    (
        "plan",
        "创建国家卫生城市实施方案",
        "示政发〔2015〕38号",
        "U01",
        ((_CITY_LOOK, "第三条"),),
        "in_force",
        date(2015, 12, 8),
        date(2018, 12, 31),
        date(2016, 12, 8),
        "a01.r1",
    ),
    (
        "rule",
        "城市市容和环境卫生责任区管理办法",
        "示政办〔2014〕21号",
        "U20",
        ((_CITY_LOOK, "第六条"), (_CITY_LOOK, "第九条")),
        "in_force",
        date(2014, 5, 6),
        date(2019, 5, 5),
        date(2016, 3, 1),
        "a09.r1",
    ),
    (
        "rule",
        "城市户外广告设置管理办法",
        "示政办〔2011〕9号",
        "U20",
        ((_CITY_LOOK, "第十一条"),),
        "superseded",
        date(2011, 3, 14),
        None,
        None,
        "",
    ),
    (
        "rule",
        "城市户外广告和招牌设置管理办法",
        "示政办〔2015〕17号",
        "U20",
        ((_CITY_LOOK, "第十一条"),),
        "in_force",
        date(2015, 6, 2),
        date(2020, 6, 1),
        date(2016, 6, 2),
        "a09.r1",
    ),
    (
        "measure",
        "农贸市场标准化改造奖补办法",
        "示政办〔2016〕4号",
        "U21",
        (("中华人民共和国食品安全法", "第三十三条"),),
        "in_force",
        date(2016, 1, 20),
        date(2017, 12, 31),
        date(2016, 7, 20),
        "a14.r2",
    ),
    (
        "rule",
        "公共场所控制吸烟规定",
        "示政办〔2014〕33号",
        "U11",
        (("公共场所卫生管理条例实施细则", "第十八条"),),
        "in_force",
        date(2014, 9, 10),
        date(2019, 9, 9),
        date(2016, 9, 10),
        "a08.r1",
    ),
    (
        "rule",
        "餐厨废弃物管理办法",
        "",
        "U20",
        (("中华人民共和国固体废物污染环境防治法", ""), (_CITY_LOOK, "第二十八条")),
        "legal",
        None,
        None,
        None,
        "",
    ),
    (
        "measure",
        "石材作坊搬迁补偿办法",
        "",
        "U15",
        (("中华人民共和国水污染防治法", ""),),
        "consulting",
        None,
        None,
        None,
        "",
    ),
    (
        "rule",
        "三无小区物业托底管理办法",
        "",
        "U16",
        (("物业管理条例", ""),),
        "drafting",
        None,
        None,
        None,
        "",
    ),
    (
        "mechanism",
        "背街小巷街长制实施办法",
        "示政办〔2015〕41号",
        "U20",
        ((_CITY_LOOK, "第五条"),),
        "in_force",
        date(2015, 12, 30),
        date(2018, 12, 31),
        date(2016, 6, 30),
        "a09.r2",
    ),
    (
        "mechanism",
        "病媒生物防制常态化工作制度",
        "示爱卫〔2015〕6号",
        "U11",
        (("病媒生物预防控制管理规定", ""),),
        "in_force",
        date(2015, 4, 2),
        None,
        date(2016, 2, 28),
        "a40.r2",
    ),
    (
        "plan",
        "城区公厕布局规划（2011—2015年）",
        "示政〔2011〕52号",
        "U20",
        ((_CITY_LOOK, "第十九条"),),
        "repealed",
        date(2011, 11, 3),
        date(2015, 12, 31),
        None,
        "",
    ),
)
SUPERSEDES: Final = {"示政办〔2011〕9号": "示政办〔2015〕17号"}
BODIES_MISSING: Final = frozenset({"U40", "T12", "U08", "U36"})
