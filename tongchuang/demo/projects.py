"""Hardware projects at believable states in March 2016: what is built, stuck and only hoped for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from tongchuang.accounts.models import Post
from tongchuang.core.audit import Entry
from tongchuang.core.files import store_generated
from tongchuang.demo import loading
from tongchuang.demo.city import NOW, City, local
from tongchuang.demo.photos import draw
from tongchuang.projects.kinds import kinds
from tongchuang.projects.models import (
    FundingLine,
    MatchingRound,
    Project,
    ProjectNode,
    ProjectPhoto,
)
from tongchuang.projects.services.records import planned_nodes
from tongchuang.standards.models import Clause

Money = tuple[str, int, int, int, int]  # source, applied, approved, received, spent
_ROUND_OPENED, _ROUND_CLOSED = date(2015, 12, 1), date(2015, 12, 30)


@dataclass(frozen=True, slots=True)
class _Plan:
    """One project: `done` nodes are finished in their order, each `slip` days after its limit."""

    title: str
    kind: str
    unit: str
    area: str
    place: str
    scale: str
    gap: str
    status: str
    start: date
    finish: date
    done: int
    slip: int
    money: tuple[Money, ...] = ()
    money_due: date | None = None
    cause: str = ""
    proof: str = ""
    key: bool = True
    photos: tuple[str, ...] = ()
    only: tuple[str, ...] = ()  # clauses, where not all of its kind


_PLANS: Final = (
    _Plan(
        "青石岭生活垃圾无害化处理场二期",
        "waste_disposal",
        "U20",
        "T11",
        "青石岭",
        "日处理 300 吨，渗滤液处理站 1 座",
        "生活垃圾无害化处理率 78%，离 90% 差 12 个百分点",
        "under_construction",
        date(2014, 10, 8),
        date(2016, 5, 31),
        9,
        4,
        (("province", 4000, 3200, 2900, 2610), ("city", 2800, 2800, 2500, 2140)),
        date(2016, 2, 29),
        photos=("rubbish",),
    ),
    _Plan(
        "石口镇港湾镇农村污水处理一期",
        "rural_sewage",
        "U23",
        "T12",
        "石口镇、港湾镇 12 村",
        "处理站 12 座，管网 46 公里",
        "12 个村没有污水处理设施",
        "preparing",
        date(2015, 11, 23),
        date(2017, 3, 31),
        3,
        6,
        (("central", 2600, 1800, 900, 0), ("city", 900, 900, 300, 120)),
        date(2016, 6, 30),
    ),
    _Plan(
        "城东片区社区卫生服务中心",
        "medical_point",
        "U11",
        "T01",
        "学府路",
        "建筑面积 3200 平方米",
        "城东街道没有社区卫生服务中心",
        "in_use",
        date(2014, 9, 1),
        date(2015, 12, 20),
        99,
        3,
        (("province", 500, 420, 420, 415), ("city", 760, 760, 760, 752)),
        date(2015, 6, 30),
        proof="社区卫生服务中心由 3 所增至 4 所，四个街道各有 1 所",
        photos=("stalls", "posters"),
        only=("nsc2014.a37.r1",),
    ),
    _Plan(
        "青山镇港湾镇卫生院改造",
        "medical_point",
        "U11",
        "T13",
        "青山镇、港湾镇",
        "改造业务用房 2 处，配医疗污水处理设备",
        "基层医疗机构标准化率 88%，离 95% 差 7 个百分点",
        "approved",
        date(2016, 1, 4),
        date(2017, 1, 20),
        1,
        0,
        (("province", 600, 0, 0, 0), ("city", 400, 0, 0, 0)),
        only=("nsc2014.a37.r2",),
    ),
    _Plan(
        "城南社会停车场",
        "car_park",
        "U19",
        "T03",
        "南湖路",
        "泊位 420 个",
        "老城区缺泊位 1900 个",
        "under_construction",
        date(2015, 5, 4),
        date(2016, 4, 30),
        7,
        0,
        (("city", 1200, 1200, 1100, 860), ("social", 800, 800, 700, 640)),
        date(2015, 12, 31),
        photos=("stalls",),
    ),
    _Plan(
        "钟鼓楼地下停车场",
        "car_park",
        "U19",
        "T02",
        "钟鼓楼广场",
        "泊位 260 个",
        "老城区缺泊位 1900 个",
        "matched",
        date(2016, 4, 1),
        date(2017, 8, 31),
        0,
        0,
        (("social", 5200, 0, 0, 0),),
    ),
    _Plan(
        "城北柳林棚户区改造",
        "shanty",
        "U19",
        "T04",
        "柳林村",
        "征收 640 户，安置房 720 套",
        "城中村污水直排、道路未硬化，涉及 640 户",
        "under_construction",
        date(2014, 12, 1),
        date(2016, 12, 20),
        8,
        12,
        (("debt", 26000, 24000, 15000, 14200), ("province", 3800, 3000, 1600, 1500)),
        date(2016, 1, 31),
        photos=("water",),
    ),
    _Plan(
        "老城河沿棚户区改造",
        "shanty",
        "U19",
        "T01",
        "河沿",
        "征收 210 户",
        "河沿 210 户没有下水道",
        "paused",
        date(2015, 6, 1),
        date(2017, 9, 30),
        3,
        9,
        (("debt", 9000, 6000, 1200, 380),),
        date(2016, 6, 30),
        cause="history",
    ),
    _Plan(
        "石材加工集中园区与作坊搬迁",
        "industrial_park",
        "U15",
        "T12",
        "砂湾",
        "园区 380 亩，86 家作坊进园，原址复绿 240 亩",
        "86 家石材作坊沿路散布，污水入河",
        "under_construction",
        date(2015, 2, 2),
        date(2016, 7, 31),
        8,
        8,
        (("city", 3000, 3000, 2700, 2450), ("social", 7600, 7600, 6300, 5900)),
        date(2016, 2, 29),
        photos=("water", "rubbish"),
    ),
    _Plan(
        "环卫转运站与公厕新建改建",
        "facilities",
        "U20",
        "T02",
        "建成区",
        "转运站 3 座，公厕 36 座",
        "公厕缺 36 座，二类以上不足一半",
        "accepted",
        date(2015, 1, 12),
        date(2016, 3, 20),
        8,
        2,
        (("city", 2100, 2100, 2000, 1890),),
        date(2015, 12, 31),
        photos=("rubbish",),
    ),
    _Plan(
        "餐厨废弃物处理站",
        "waste_disposal",
        "U20",
        "T11",
        "",
        "日处理 60 吨",
        "",
        "idea",
        date(2016, 9, 1),
        date(2018, 6, 30),
        0,
        0,
        key=False,
    ),
    _Plan(
        "第二污水处理厂提标",
        "sewage",
        "U19",
        "T13",
        "港湾镇渡口",
        "日处理 4 万吨，出水一级 A",
        "",
        "idea",
        date(2016, 10, 8),
        date(2018, 3, 31),
        0,
        0,
        key=False,
    ),
)
_STUCK: Final = "原产权单位已注销，98 户权属不清，征收协议签不下去"


def build(city: City) -> None:
    """Insert the round of December 2015, the projects, their nodes, money and photos."""
    found = MatchingRound(
        city=city.units["349900"],
        year=2016,
        opened_on=_ROUND_OPENED,
        closed_on=_ROUND_CLOSED,
        paper="示创卫指〔2015〕6号",
    )
    loading.insert([found])
    coming = [_project(city, plan, n, found) for n, plan in enumerate(_PLANS, 1)]
    loading.insert(coming)
    nodes = [node for plan, row in zip(_PLANS, coming, strict=True) for node in _nodes(row, plan)]
    loading.insert(nodes)
    loading.insert(
        line for plan, row in zip(_PLANS, coming, strict=True) for line in _funding(row, plan)
    )
    _link(coming)
    _photos(city, coming)
    for plan, row in zip(_PLANS, coming, strict=True):
        city.entries += _events(city, row, plan)
    city.numbers["project", 2016] = len(coming)
    city.counts["projects"] = len(coming)


def _project(city: City, plan: _Plan, number: int, found: MatchingRound) -> Project:
    used = plan.status == "in_use"
    built = plan.status in {"under_construction", "accepted", "in_use"}
    ended = plan.status in {"accepted", "in_use"}
    return Project(
        code=f"XM2016-{number:03}",
        title=plan.title,
        kind=plan.kind,
        campaign=city.campaign(),
        unit=city.units[plan.unit],
        sponsor=city.people["changwu"] if plan.key else None,
        area=city.units[plan.area],
        place=plan.place,
        scale=plan.scale,
        gap=plan.gap,
        key=plan.key,
        round=None if plan.status == "idea" else found,
        investment=Decimal(sum(row[1] for row in plan.money)),
        planned_start_on=plan.start,
        planned_finish_on=plan.finish,
        started_on=plan.start + (plan.finish - plan.start) / 2 if built else None,
        finished_on=date(2015, 12, 10) if used else date(2016, 2, 26) if ended else None,
        in_use_on=date(2016, 1, 6) if used else None,
        approval_paper=""
        if plan.status in {"idea", "matched"}
        else f"示发改〔2015〕{40 + number}号",
        acceptance_paper=f"示建验〔2016〕{number}号" if ended else "",
        proof_paper=f"示卫计〔2016〕{number}号" if used else "",
        proof=plan.proof,
        status=plan.status,
        paused_from="preparing" if plan.cause else "",
        cause=plan.cause,
    )


def _nodes(project: Project, plan: _Plan) -> Iterator[ProjectNode]:
    for node in planned_nodes(project):
        if node.ordinal <= plan.done:
            node.done_on = min(node.limit_on + timedelta(days=plan.slip), date(2016, 3, 4))
            node.document_no = f"{project.code[-3:]}-{node.ordinal:02}"
        yield node


def _funding(project: Project, plan: _Plan) -> Iterator[FundingLine]:
    for source, applied, approved, received, spent in plan.money:
        yield FundingLine(
            project=project,
            source=source,
            applied=Decimal(applied),
            approved=Decimal(approved),
            received=Decimal(received),
            spent=Decimal(spent),
            due_on=plan.money_due,
            application_no="示政请〔2015〕21号" if source in {"central", "province"} else "",
        )


def _link(projects: list[Project]) -> None:
    """The clauses that the kinds name."""
    keys = dict(Clause.objects.filter(framework__code="nsc2014").values_list("code", "pk"))
    loading.link(
        Project.clauses,
        (
            (project.pk, keys[code])
            for plan, project in zip(_PLANS, projects, strict=True)
            for code in plan.only or kinds()[project.kind].clauses
            if code in keys
        ),
    )


def _photos(city: City, projects: list[Project]) -> None:
    rows = []
    for plan, project in zip(_PLANS, projects, strict=True):
        by = city.posts[plan.unit, Post.Kind.LIAISON]
        for n, scene in enumerate(plan.photos):
            data = draw(scene, dirty=False, chance=city.stream("project photo", project.code, n))
            name = f"{project.code}-{n + 1}.jpg"
            rows.append(
                ProjectPhoto(
                    project=project,
                    file=store_generated(data, name, by=by, purpose="project"),
                    place=plan.place,
                    taken_at=local(date(2016, 2, 23 + n), 10, 20),
                    by=by,
                )
            )
    loading.insert(rows)


def _events(city: City, project: Project, plan: _Plan) -> Iterator[Entry]:
    by = city.people["fangyuan"]
    yield Entry(
        project,
        "create",
        by,
        after={"title": plan.title, "unit_id": project.unit_id},
        at=local(date(2015, 12, 9), 10),
    )
    if plan.status != "idea":
        yield Entry(
            project,
            "match",
            by,
            before={"status": "idea"},
            after={"status": "matched", "gap": plan.gap},
            at=local(date(2015, 12, 22), 15),
        )
    if plan.cause:
        yield Entry(
            project,
            "pause",
            city.posts[plan.unit, Post.Kind.LIAISON],
            reason=_STUCK,
            before={"status": "preparing"},
            after={"status": "paused", "cause": plan.cause},
            at=min(NOW, local(date(2016, 2, 24), 11)),
        )
