"""The audit chain in order of time, and what was decided on certain days of the story."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Final

from tongchuang.accounts.models import Post
from tongchuang.assessment.baselines import freeze_baseline
from tongchuang.assessment.services import compute_snapshot
from tongchuang.campaigns.services import assign_by_rule
from tongchuang.cases import services as cases
from tongchuang.cases.models import Case
from tongchuang.cases.services.dispatching import open_for
from tongchuang.core import clock
from tongchuang.core.audit import Entry
from tongchuang.core.models import Counter
from tongchuang.demo import breakdown, duties, priorities, shared_round
from tongchuang.demo.campaign import name_sponsors
from tongchuang.demo.chain import record_history
from tongchuang.demo.city import NOW, ZONE, City
from tongchuang.standards.models import Confidence, DataFile, Mapping
from tongchuang.standards.rules.crosswalk import Relation
from tongchuang.standards.rules.outline import recoded
from tongchuang.standards.rules.reading import Document
from tongchuang.standards.services import keep_draft, review_mapping
from tongchuang.supervision import paper
from tongchuang.supervision import services as supervision
from tongchuang.supervision.models import Bulletin

Step = Callable[[City], None]


def conclude(city: City) -> None:
    """Write all events in their order; between them run the days on which services acted."""
    events = sorted(city.entries, key=_at)
    start = 0
    for moment, step in [*_DAYS, (NOW, _hold_session)]:
        end = next((n for n in range(start, len(events)) if _at(events[n]) > moment), len(events))
        record_history(events[start:end])
        start = end
        with clock.use(moment):
            step(city)
    record_history(events[start:])
    city.counts["events"] = len(events)


def _at(entry: Entry) -> datetime:
    return entry.at or NOW


def _hold_session(city: City) -> None:
    """Two units denied one case: the office went to the spot, the ruling is still to come."""
    case = Case.objects.filter(status=Case.Status.RETURNED, returns__gte=2).order_by("pk").first()
    if case is None:
        return
    dispatcher, began = city.people["wanghaiyan"], case.legs.get(ended_at=None).started_at
    session = open_for(case, by=dispatcher, at=began)
    cases.hold_session(
        session,
        held_at=NOW,
        present="指挥部办公室、两个退回单位和属地各一人",
        papers="两个退回单位的三定规定；管护移交清单",
        findings="问题仍在，属地已先行清理围挡；两单位均称不属本单位职责。",
        by=dispatcher,
    )


def _assign(city: City) -> None:
    """The breakdown: who leads which clause."""
    assign_by_rule(city.campaign(), by=city.people["fangyuan"])
    name_sponsors(city)
    duties.issue(city)
    duties.block(city)


def _bulletin(city: City, month: str) -> Bulletin:
    return Bulletin.objects.get(campaign=city.campaign(), month=month)


def _freeze(month: str) -> Step:
    """Cut the data of a month and send the draft to the units."""

    def step(city: City) -> None:
        director, at = city.people["fangyuan"], clock.now()
        bulletin = supervision.freeze_bulletin(city.campaign(), month=month, at=at, by=director)
        supervision.consult_bulletin(bulletin, at=at, by=director)

    return step


def _object(month: str) -> Step:
    """Three units object: one is right, two are not."""

    def step(city: City) -> None:
        bulletin, director, at = _bulletin(city, month), city.people["fangyuan"], clock.now()
        for code, part, text, ruling, points in _OBJECTIONS:
            unit = city.units[code]
            if not bulletin.scores.filter(unit=unit).exists():
                continue
            head = city.posts[code, Post.Kind.HEAD]
            said = supervision.object_to(bulletin, unit=unit, part=part, text=text, at=at, by=head)
            supervision.rule_objection(
                said, upheld=bool(points), ruling=ruling, points=points, at=at, by=director
            )

    return step


_OBJECTIONS: Final = (
    ("T02", "closing", "案件超期系暴雨预警期间", "成立：应扣除暂停时间", Decimal("0.30")),
    ("U19", "cooperation", "派错单不应计协同", "不成立：退回已超过窗口", Decimal(0)),
    ("T12", "field", "点位不属本镇", "不成立：界线图载明在本镇", Decimal(0)),
)


def _seal(month: str) -> Step:
    def step(city: City) -> None:
        by = city.people["fangyuan"]
        supervision.seal_bulletin(_bulletin(city, month), at=clock.now(), by=by)

    return step


def _issue(month: str, papers_before: int) -> Step:
    """Issue with the next number; other papers of the office bear the numbers before it."""

    def step(city: City) -> None:
        bulletin, by, at = _bulletin(city, month), city.people["fangyuan"], clock.now()
        Counter.objects.update_or_create(
            series=f"document:{paper.document_code(bulletin)}",
            year=at.year,
            defaults={"last": papers_before},
        )
        supervision.issue_bulletin(bulletin, at=at, by=by, printed=False)

    return step


def _correct(city: City) -> None:
    """A slip of the pen in the January bulletin."""
    supervision.correct_bulletin(
        _bulletin(city, "2016-01"),
        anchor="totals",
        place="三、表扬和点名",
        was="限2月12日前整改到位",
        reads="限2月15日前整改到位",
        reason="春节假期顺延",
        at=clock.now(),
        by=city.people["fangyuan"],
    )


def _review_pairs(city: City) -> None:
    """The review group looks at pairs from the running standard: most it accepts, one it refuses.

    What it is not sure enough about stays a hint.
    """
    pairs = Mapping.objects.active().filter(source__framework=city.campaign().framework)
    for pair in pairs.order_by("code"):
        refused = pair.code == _REFUSED
        if refused or (pair.confidence == Confidence.MEDIUM and pair.relation != Relation.NONE):
            review_mapping(
                pair,
                accept=not refused,
                note="一个按每千人，一个按每万人，两家各报各的" if refused else "",
                version=pair.version,
                by=city.people["tanxue"],
                at=clock.now(),
            )


_REFUSED: Final = "XO-28"  # sport instructors: another unit of counting


def _draft_standard(city: City) -> None:
    """The office brings the province's next edition in a table; nobody has published it yet."""
    shipped = DataFile.objects.get(kind="framework", code="provincial-sanitary").content
    content = recoded(shipped, "provincial-2016") | {
        "title": "省级卫生城市标准（2016 征求意见稿）",
        "title_en": "Provincial sanitary city standard (2016, for comment)",
        "edition": "2016",
    }
    file_name = "省级标准征求意见稿.xlsx"
    by = city.people["fangyuan"]
    keep_draft(Document(file_name, content, {}), file_name=file_name, by=by, at=clock.now())


def _assess(period: str) -> Step:
    def step(city: City) -> None:
        by = city.people["gaojun"]
        compute_snapshot(city.campaign(), period, at=clock.now(), by=by)

    return step


def _assess_all(period: str) -> Step:
    """Every campaign that has a standard: they share figures over the crosswalk."""

    def step(city: City) -> None:
        by = city.people["gaojun"]
        for campaign in city.campaigns.values():
            if campaign.framework_id:
                compute_snapshot(campaign, period, at=clock.now(), by=by)

    return step


def _freeze_baseline(code: str) -> Step:
    """Where a campaign stood on the day of its launch."""

    def step(city: City) -> None:
        campaign, at = city.campaigns[code], clock.now()
        freeze_baseline(campaign, "launch", on=at.date(), at=at, by=city.people["fangyuan"])

    return step


def _on(month: int, day: int, hour: int, minute: int) -> datetime:
    return datetime(2016, month, day, hour, minute, tzinfo=ZONE)


_DAYS: Final[tuple[tuple[datetime, Step], ...]] = (
    (datetime(2013, 5, 1, 17, 0, tzinfo=ZONE), _freeze_baseline("NGC")),
    (datetime(2015, 3, 1, 17, 0, tzinfo=ZONE), _freeze_baseline("NCC")),
    (datetime(2015, 12, 8, 17, 0, tzinfo=ZONE), _freeze_baseline("NSC")),
    (datetime(2015, 12, 18, 9, 30, tzinfo=ZONE), _assign),
    (datetime(2015, 12, 21, 10, 0, tzinfo=ZONE), _review_pairs),
    (_on(1, 11, 15, 0), priorities.nominate),
    (_on(1, 19, 16, 30), priorities.verify),
    (_on(1, 27, 10, 0), priorities.approve),
    (_on(2, 1, 8, 30), _freeze("2016-01")),
    (_on(2, 3, 15, 0), _object("2016-01")),
    (_on(2, 4, 17, 10), _seal("2016-01")),
    (_on(2, 5, 9, 0), _issue("2016-01", 5)),
    (_on(2, 16, 10, 0), _correct),
    (_on(2, 22, 9, 40), priorities.spread),
    (_on(2, 24, 9, 0), duties.consult),
    (_on(2, 26, 9, 0), duties.rule),
    (_on(3, 1, 0, 30), _assess("2016-02")),
    (_on(3, 1, 8, 30), _freeze("2016-02")),
    (_on(3, 3, 15, 0), _object("2016-02")),
    (_on(3, 4, 17, 10), _seal("2016-02")),
    (_on(3, 4, 18, 0), shared_round.inspect),
    (_on(3, 5, 9, 0), _issue("2016-02", 11)),
    (_on(3, 7, 9, 0), duties.object_again),
    (_on(3, 7, 16, 20), _draft_standard),
    (_on(3, 7, 16, 40), priorities.nominate_more),
    (_on(3, 7, 17, 5), breakdown.upload),
    (_on(3, 8, 2, 30), _assess_all("2016-03")),
    (_on(3, 8, 8, 20), priorities.decide),
)
