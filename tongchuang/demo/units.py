"""The unit table of the city as it stood in 2016, with the names of later years."""

from dataclasses import dataclass
from typing import Final

from tongchuang.accounts.models import Unit

K = Unit.Kind


@dataclass(frozen=True, slots=True)
class Row:
    """One unit: where it hangs, what it was called in 2016, and what it is called now."""

    code: str
    name: str
    short: str
    kind: str
    parent: str = "349900"
    group: str = ""
    scored: bool = False
    later: str = ""
    later_short: str = ""
    duty: str = ""


def _unit(code: str, name: str, short: str, group: str, **more: str) -> Row:
    """A member unit of the headquarters, ranked in a comparison group."""
    kind = more.pop("kind", K.DEPARTMENT)
    return Row(code, name, short, kind, group=group, scored=code not in {"U02", "U06"}, **more)


HEADQUARTERS: Final = (
    Row("HQ", "示例市创建国家卫生城市指挥部", "创卫指挥部", K.HEADQUARTERS),
    Row("HQO", "示例市创卫指挥部办公室", "指挥部办公室", K.OFFICE, "HQ"),
    Row("HQO-1", "指挥部办公室综合协调科", "综合协调", K.OFFICE, "HQO"),
    Row("HQO-2", "指挥部办公室派单调度科", "派单调度", K.OFFICE, "HQO"),
    Row("HQO-3", "指挥部办公室督查考核科", "督查考核", K.OFFICE, "HQO"),
    Row("HQO-4", "指挥部办公室资料档案科", "资料档案", K.OFFICE, "HQO"),
    Row("HQO-5", "指挥部办公室宣传教育科", "宣传教育", K.OFFICE, "HQO"),
    Row("HQO-6", "指挥部办公室项目推进科", "项目推进", K.OFFICE, "HQO"),
    Row("HQO-7", "指挥部办公室信息数据科", "信息数据", K.OFFICE, "HQO"),
    Row("S1", "督查一组", "督查一组", K.OFFICE, "HQO-3"),
    Row("S2", "督查二组", "督查二组", K.OFFICE, "HQO-3"),
    Row("S3", "督查三组", "督查三组", K.OFFICE, "HQO-3"),
)
GROUPS: Final = tuple(
    Row(f"G{n:02d}", name, name, K.GROUP, "HQ")
    for n, name in enumerate(
        (
            "综合协调组",
            "宣传教育组",
            "督查考核组",
            "档案资料组",
            "项目资金组",
            "市容市貌整治组",
            "交通秩序整治组",
            "五小行业整治组",
            "农贸市场整治组",
            "居民小区整治组",
            "背街小巷整治组",
            "城中村及城乡结合部整治组",
            "病媒生物防制组",
            "生态环境组",
            "小手拉大手与群众参与组",
        ),
        1,
    )
)
MEMBERS: Final = (
    _unit("U01", "市政府办公室", "市政府办", "staff"),
    _unit("U02", "市委督查室（市政府督办室、目标办）", "督查室", "staff"),
    _unit("U03", "市委宣传部（文明办）", "宣传部", "staff"),
    _unit("U04", "市委组织部", "组织部", "staff"),
    _unit("U05", "市委编办", "编办", "staff"),
    _unit("U06", "市纪律检查委员会（监察局）", "纪委", "staff", later="纪委监委"),
    _unit("U07", "市直机关工委", "机关工委", "staff"),
    _unit("U08", "广播电视台", "广电台", "service", kind=K.INSTITUTION, later="融媒体中心"),
    _unit("U09", "统计局", "统计局", "staff", duty="满意度与口径"),
    _unit("U10", "档案局", "档案局", "staff", later="档案馆"),
    _unit(
        "U11",
        "卫生和计划生育委员会（爱卫办）",
        "卫计委",
        "core",
        later="卫生健康委员会（爱卫办）",
        later_short="卫健委",
    ),
    _unit("U12", "发展和改革委员会", "发改委", "staff", duty="项目对接月"),
    _unit("U13", "财政局", "财政局", "staff"),
    _unit("U14", "教育局（体育局）", "教育局", "core", later="教育体育局"),
    _unit(
        "U15",
        "经济和信息化委员会",
        "经信委",
        "service",
        later="科技工业和信息化局",
        later_short="工信局",
    ),
    _unit("U16", "民政局", "民政局", "service"),
    _unit("U17", "公安局（交警大队）", "公安局", "core"),
    _unit("U18", "环境保护局", "环保局", "core", later="生态环境分局"),
    _unit("U19", "住房和城乡建设局（房产物业）", "住建局", "core"),
    _unit(
        "U20",
        "城市管理行政执法局（环卫处）",
        "城管执法局",
        "core",
        later="城市管理综合执法局（环卫）",
    ),
    _unit("U21", "市场监督管理局", "市场监管局", "core"),
    _unit("U22", "农业委员会", "农委", "core", later="农业农村局"),
    _unit("U23", "水务局", "水务局", "core", later="水利局"),
    _unit("U24", "交通运输局（客运站）", "交通运输局", "core"),
    _unit("U25", "商务局", "商务局", "core"),
    _unit(
        "U26",
        "文化广电新闻出版局（旅游局）",
        "文广新局",
        "core",
        later="文化和旅游局",
        later_short="文旅局",
    ),
    _unit(
        "U27",
        "国土资源局（规划局）",
        "国土资源局",
        "service",
        later="自然资源和规划局",
        later_short="自然资源局",
    ),
    _unit("U28", "林业局（园林）", "林业局", "service"),
    _unit("U29", "人力资源和社会保障局", "人社局", "service"),
    _unit(
        "U30", "安全生产监督管理局", "安监局", "service", later="应急管理局", later_short="应急局"
    ),
    _unit("U31", "司法局", "司法局", "service"),
    _unit(
        "U32",
        "信访局（12345 热线）",
        "信访局",
        "service",
        later="数据资源管理局（12345）",
        later_short="数据资源局",
    ),
    _unit("U33", "卫生监督所", "卫生监督所", "core", kind=K.INSTITUTION, parent="U11"),
    _unit("U34", "疾病预防控制中心", "疾控中心", "core", kind=K.INSTITUTION, parent="U11"),
    _unit("U35", "市人民医院及医疗机构", "人民医院", "service", kind=K.INSTITUTION, parent="U11"),
    _unit("U36", "总工会", "总工会", "service", kind=K.MASS),
    _unit("U37", "团市委", "团市委", "service", kind=K.MASS),
    _unit("U38", "妇女联合会", "妇联", "service", kind=K.MASS),
    _unit("U39", "市自来水公司", "供水公司", "enterprise", kind=K.ENTERPRISE, parent="U19"),
    _unit("U40", "市城市建设投资公司", "城投公司", "enterprise", kind=K.ENTERPRISE),
    _unit("U41", "供电通信燃气企业联席会", "供电通信燃气", "enterprise", kind=K.ENTERPRISE),
    _unit("U42", "经济开发区管委会", "经开区", "town", kind=K.ZONE),
)
TERRITORIES: Final = (
    _unit("T01", "城东街道办事处", "城东街道", "town", kind=K.STREET),
    _unit("T02", "城西街道办事处", "城西街道", "town", kind=K.STREET),
    _unit("T03", "城南街道办事处", "城南街道", "town", kind=K.STREET),
    _unit("T04", "城北街道办事处", "城北街道", "town", kind=K.STREET),
    _unit("T11", "青山镇人民政府", "青山镇", "town", kind=K.TOWN),
    _unit("T12", "石口镇人民政府", "石口镇", "town", kind=K.TOWN),
    _unit("T13", "港湾镇人民政府", "港湾镇", "town", kind=K.TOWN),
)
# Bodies that hold places: owners, operators, keepers.
HOLDERS: Final = (
    Row("E01", "市土地储备中心", "市土地储备中心", K.INSTITUTION, "U27"),
    Row("E02", "市环境卫生作业中心", "环卫作业中心", K.INSTITUTION, "U20"),
    Row("E03", "市公路客运公司", "客运公司", K.ENTERPRISE, "U24"),
    Row("E04", "城北农贸市场管理公司", "城北市场公司", K.ENTERPRISE, "U21"),
    Row("E05", "城南农贸市场管理公司", "城南市场公司", K.ENTERPRISE, "U21"),
    Row("E06", "市园林绿化养护公司", "园林养护公司", K.ENTERPRISE, "U28"),
    Row("E07", "市污水处理公司", "污水处理公司", K.ENTERPRISE, "U19"),
    Row("E08", "市粮食储备公司", "粮储公司", K.ENTERPRISE, "U12"),
)
SCHOOLS: Final = tuple(
    Row(f"X{n:02d}", name, name, K.SCHOOL, "U14")
    for n, name in enumerate(
        (
            "实验小学",
            "城南中学",
            "城东小学",
            "城西中学",
            "城北小学",
            "市第一中学",
            "市幼儿园",
            "青山镇中心学校",
            "石口镇中心学校",
            "港湾镇中心学校",
        ),
        1,
    )
)
KEEPERS: Final = tuple(
    Row(f"P{n:02d}", f"{name}物业服务公司", f"{name}物业", K.PROPERTY, "U19")
    for n, name in enumerate(("安居", "嘉园", "宜家乐", "东津", "锦绣", "瑞和"), 1)
)
# Communities and villages of each territory, in the order of their codes.
COMMUNITIES: Final = {
    "T01": ("文昌社区", "东津社区", "河沿社区", "学府社区", "朝阳社区", "东门社区"),
    "T02": ("西门社区", "凤凰社区", "钟鼓楼社区", "西苑社区", "花园社区", "城西村"),
    "T03": ("南苑社区", "龙潭社区", "津南村", "南湖社区", "和平社区", "南岗社区"),
    "T04": ("北园社区", "城北农贸社区", "石材园社区", "站前社区", "北山社区", "柳林村"),
    "U42": ("创业社区", "振兴社区", "园区社区", "新塘村"),
    "T11": ("青山社区", "前进村", "竹溪村", "青岭村", "茶坪村"),
    "T12": ("石口社区", "砂湾村", "石桥村", "联合村", "石门村"),
    "T13": ("港湾社区", "渡口村", "临江村", "沙洲村", "圩埂村"),
}
CITY: Final = Row("349900", "示例市", "示例市", K.CITY, "349000")
PROVINCE: Final = Row("349000", "示例省", "示例省", K.PROVINCE, "")
# The mergers of the market regulators came into force with 2016.
BEFORE_2016: Final = {"U21": ("食品药品监督管理局（工商局、质监局）", "食药监局")}


def grids_of(community: str) -> int:
    """How many grids a community has; 津南村 is large."""
    return 8 if community == "津南村" else 4 if community.endswith("社区") else 3


def _communities() -> list[Row]:
    rows = []
    for town, names in COMMUNITIES.items():
        for n, name in enumerate(names, 1):
            kind = K.COMMUNITY if name.endswith("社区") else K.VILLAGE
            rows.append(Row(f"{town}{n:02d}", name, name, kind, town))
            rows += [
                Row(
                    f"{town}{n:02d}{g:02d}",
                    f"{name}网格 {g:02d}",
                    f"网格 {g:02d}",
                    K.GRID,
                    rows[-1].code,
                )
                for g in range(1, grids_of(name) + 1)
            ]
    return rows


def all_rows() -> list[Row]:
    """Every unit, parents before children."""
    parts = (HEADQUARTERS, GROUPS, MEMBERS, TERRITORIES, HOLDERS, SCHOOLS, KEEPERS)
    return [PROVINCE, CITY, *(row for part in parts for row in part), *_communities()]
