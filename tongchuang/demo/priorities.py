"""Good practice, own targets, reasons and key difficulties, as people decided them day by day."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from tongchuang.accounts.models import Post
from tongchuang.core import clock
from tongchuang.core.files import store_generated
from tongchuang.demo.city import City
from tongchuang.demo.photos import draw
from tongchuang.followup.queries import weak_lines
from tongchuang.priorities import services
from tongchuang.priorities.models import Evidence, Highlight
from tongchuang.standards.models import Clause, Measure, SiteType


@dataclass(frozen=True, slots=True)
class _Told:
    """One nomination: unit and place, clause and trade, the story and its figures."""

    title: str
    unit: str
    area: str
    clause: str
    trade: str
    scene: str
    background: str
    practice: str
    effect: str
    figures: tuple[str, str, str]


_MODELS: Final = (
    _Told(
        "早市收摊一小时清运法",
        "T03",
        "T03",
        "nsc2014.a14",
        "farmers_market",
        "stalls",
        "南湖路早市 260 个摊位，收摊后垃圾散落，要到中午才能清完。",
        "摊位编号，收摊时自带垃圾袋到定点投放。\n"
        "环卫、市场、社区三方九点同时到场，一小时内冲洗完毕。\n"
        "每天拍照上传，连续三天不合格的摊位停摆一天。",
        "早市由每周平均 9 件投诉降到 1 件以下，摊主自管小组接手日常劝导。",
        ("收摊到清完的时间（分钟）", "195", "55"),
    ),
    _Told(
        "小餐饮明厨亮灶街区互评",
        "U12",
        "T01",
        "nsc2014.a28",
        "canteen",
        "posters",
        "学府路 84 家小餐饮后厨条件差，检查一次好一阵。",
        "后厨装可视窗口，街区商户每月互评一次。\n评分贴在门口，最低的三家由监管所上门帮改。",
        "84 家全部装好可视窗口，量化分级 B 级以上由 61 家增到 79 家。",
        ("B 级以上（家）", "61", "79"),
    ),
    _Told(
        "背街小巷路长制",
        "T02",
        "T02",
        "nsc2014.a09",
        "urban_village",
        "rubbish",
        "老城 46 条背街小巷没有固定责任人。",
        "一巷一路长，姓名电话上墙。\n路长每天走一遍，随手办或上报。",
        "46 条巷子反弹率由三成降到一成以下。",
        ("反弹率", "31%", "8%"),
    ),
    _Told(
        "村庄垃圾“两分法”",
        "T12",
        "T12",
        "nsc2014.a11",
        "",
        "rubbish",
        "石口镇 9 个村垃圾全部外运，运费高。",
        "农户先分会烂的和不会烂的，会烂的就近堆肥。",
        "外运量减少四成。",
        ("日外运量（吨）", "27", "16"),
    ),
)
_AIMS: Final = (
    ("生活污水集中处理率", "90", "省级文明城市复查要求更高，两项一并达到。"),
    ("城市道路装灯率", "100", "实现背街小巷装灯全覆盖。"),
    ("群众对卫生状况满意率", "93", "去年满意率 90.6%，再提高一步。"),
)


def nominate(city: City) -> None:
    """Two units hand in what they are proud of."""
    for told in _MODELS[:2]:
        _nominate(city, told)


def nominate_more(city: City) -> None:
    """Two more: one is seen at once, one waits."""
    for told in _MODELS[2:]:
        _nominate(city, told)
    _verify(city, _MODELS[2])


def _nominate(city: City, told: _Told) -> None:
    at, by = clock.now(), city.posts[told.unit, Post.Kind.LIAISON]
    measured, before, after = told.figures
    found = services.nominate_highlight(
        city.campaign(),
        city.units[told.unit],
        title=told.title,
        clause=Clause.objects.get(code=told.clause),
        trade=SiteType.objects.filter(code=told.trade).first(),
        area=city.units[told.area],
        background=told.background,
        practice=told.practice,
        effect=told.effect,
        measured=measured,
        before=before,
        after=after,
        at=at,
        on=at.date(),
        by=by,
    )
    data = draw(told.scene, dirty=False, chance=city.stream("highlight", told.title))
    file = store_generated(data, f"{found.code}.jpg", by=by, purpose="highlight")
    Evidence.objects.create(highlight=found, file=file, caption=f"{told.title}现场", by=by, at=at)


def verify(city: City) -> None:
    """The supervisors went and saw both."""
    for told in _MODELS[:2]:
        _verify(city, told)


def _verify(city: City, told: _Told) -> None:
    found = Highlight.objects.get(title=told.title)
    services.verify_highlight(
        found,
        place=f"{found.area.label if found.area else ''}现场",
        note="到场看了三处，走访 8 户，数据与台账一致。",
        on=clock.today(),
        by=city.people["chenli"],
    )


def approve(city: City) -> None:
    """The deputy commander approves both."""
    for place, told in enumerate(_MODELS[:2]):
        found = Highlight.objects.get(title=told.title)
        paper = f"示创卫办〔2016〕{3 + place}号"
        services.approve_highlight(found, paper=paper, on=clock.today(), by=city.people["zhou"])


def spread(city: City) -> None:
    """The city takes the first one up; and the campaign aims higher on three figures."""
    found = Highlight.objects.get(title=_MODELS[0].title)
    by, on = city.people["fangyuan"], clock.today()
    services.spread_highlight(found, level="city", paper="示创卫办〔2016〕8号", on=on, by=by)
    campaign = city.campaign()
    for name, value, reason in _AIMS:
        measure = Measure.objects.filter(clause__framework=campaign.framework_id, name=name).first()
        if measure is not None and measure.threshold and Decimal(value) > measure.threshold:
            services.set_target(
                campaign,
                measure,
                value=Decimal(value),
                reason=reason,
                reach_on=date(2016, 12, 31),
                on=on,
                by=by,
            )


def decide(city: City) -> None:
    """What weak clauses without a task got: one key difficulty, two reasons, the rest nothing."""
    campaign, director, at = city.campaign(), city.people["fangyuan"], clock.now()
    lines = weak_lines(director, campaign, on=at.date())
    waiting = [line for line in lines if line.answer == "none" and line.duty]
    for place, line in enumerate(waiting[:2]):
        if line.duty is None:
            continue
        reason = services.defer_clause(
            campaign,
            line.clause,
            reason="实施方案正在重编，旧口径的任务已经办结；4 月底前按新方案立任务。",
            until=at.date() + timedelta(days=53),
            at=at,
            by=director,
        )
        if place == 0:
            services.decide_deferral(
                reason, approve=True, note="同意，4 月底前必须立项。", at=at, by=city.people["zhou"]
            )
    hard = next((line for line in lines if line.projects and line.duty), None)
    if hard and hard.duty:
        services.name_difficulty(
            campaign,
            hard.clause,
            on=at.date(),
            by=director,
            matter="设施没有投用，达标要等项目建成，赶不上近期关口。",
            unit=hard.duty.lead,
            sponsor=city.people["zhou"],
            next_step="召集发改、财政、国土现场会，定资金和用地。",
            next_on=at.date() + timedelta(days=10),
            project=hard.projects[0],
            paper="示创卫纪〔2016〕4号",
        )
