"""Reading citizens' reports: lists, to-do, what a citizen is told."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db.models import Avg, Count, Exists, F, OuterRef, Prefetch, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import can, reach, subtree
from tongchuang.cases.models import Case, CaseQuerySet, Photo
from tongchuang.cases.queries.lists import month_span
from tongchuang.core import audit
from tongchuang.core.calendars import city_calendar
from tongchuang.core.worktime import Limit, LimitUnit, deadline
from tongchuang.public.models import Report, ReportQuerySet

ACKNOWLEDGE = Limit(1, LimitUnit.WORK_DAY)
"""Within one working day a citizen is told whether the report is taken up."""
NEVER = datetime(1, 1, 2, tzinfo=UTC)
LOOK_BACK = timedelta(days=60)
_S = Case.Status
_DONE = (_S.CLOSED, _S.ARCHIVED)
_WAITING = Q(answered_at=None) & (Q(case=None) | Q(case__status__in=[_S.SUBMITTED, _S.TO_VERIFY]))
# What another system answered before the problem became a case here answers nothing any more.
_UNANSWERED = Q(answered_at=None) | Q(answered_at__lt=F("case__found_at"))
_ENDED = _UNANSWERED & Q(case__status__in=[*_DONE, _S.REJECTED])
_REOPEN = Q(reopen_asked_at__isnull=False, reopen_decided_at=None)


# The office
@dataclass(frozen=True, slots=True)
class Todo:
    """So many reports wait for one step of the office; `url` opens them."""

    label: str | Promise
    count: int
    url: str
    late: int = 0


def todo_for(user: User, *, at: datetime) -> list[Todo]:
    """Reports that wait for this person; one query, none for those who do not answer."""
    if not can(user, "public.answer"):
        return []
    late = _WAITING & Q(at__lt=overdue_before(at))
    counts = answerable_by(user).aggregate(
        waiting=Count("pk", filter=_WAITING),
        late=Count("pk", filter=late),
        ended=Count("pk", filter=_ENDED),
        reopen=Count("pk", filter=_REOPEN),
    )
    address = reverse("public:report_list")
    found = [
        Todo(
            gettext_lazy("诉求待受理"), counts["waiting"], f"{address}?tab=waiting", counts["late"]
        ),
        Todo(gettext_lazy("诉求待答复"), counts["ended"], f"{address}?tab=answer"),
        Todo(gettext_lazy("群众要求重办"), counts["reopen"], f"{address}?tab=reopen"),
    ]
    return [todo for todo in found if todo.count]


def answerable_by(user: User) -> ReportQuerySet:
    """Reports of cities where `user` may answer."""
    where = reach(user, "public.answer")
    reports = Report.objects.order_by()
    return reports if where.everything else reports.filter(city__in=where.unit_ids)


TABS: dict[str, str | Promise] = {
    "": gettext_lazy("全部"),
    "waiting": gettext_lazy("待受理"),
    "late": gettext_lazy("受理超时"),
    "answer": gettext_lazy("待答复"),
    "reopen": gettext_lazy("要求重办"),
    "unsolved": gettext_lazy("群众说没解决"),
    "rated": gettext_lazy("已评价"),
}


def tab_condition(tab: str, at: datetime) -> Q:
    """What a tab of the list shows."""
    return {
        "waiting": _WAITING,
        "late": _WAITING & Q(at__lt=overdue_before(at)),
        "answer": _ENDED,
        "reopen": _REOPEN,
        "unsolved": Q(solved=False),
        "rated": Q(solved__isnull=False),
    }.get(tab, Q())


@dataclass(frozen=True, slots=True)
class ReportFilter:
    """What the address of the list asks for."""

    tab: str = ""
    topic: str = ""
    q: str = ""
    unit: str = ""
    month: str = ""


def report_list(user: User, wanted: ReportFilter, *, at: datetime) -> ReportQuerySet:
    """The reports that `user` may see and asks for."""
    reports = Report.objects.visible_to(user).filter(tab_condition(wanted.tab, at))
    if wanted.topic:
        reports = reports.filter(topic=wanted.topic)
    if wanted.month:
        reports = reports.filter(rated_at__range=_month(wanted.month))
    if wanted.unit.isdecimal():
        under = Unit.objects.filter(subtree(_path_of(int(wanted.unit))))
        reports = reports.filter(
            Q(case__lead__in=under) | Q(case__lead=None, answering_unit__in=under)
        )
    if wanted.q:
        named = Q(title__icontains=wanted.q) | Q(text__icontains=wanted.q)
        named |= Q(tracking_code=wanted.q.upper()) | Q(address__icontains=wanted.q)
        reports = reports.filter(named | Q(external_id=wanted.q))
    return reports.select_related("case", "answering_unit")


def _month(text: str) -> tuple[datetime, datetime]:
    """The month "2016-02"; what is none holds nothing."""
    try:
        return month_span(date.fromisoformat(f"{text}-01"))
    except ValueError:
        return (NEVER, NEVER)


def _path_of(unit: int) -> str:
    """The path of a unit; nothing lies under one that does not exist."""
    return Unit.objects.filter(pk=unit).values_list("path", flat=True).first() or "-"


def tab_counts(user: User, *, at: datetime) -> dict[str, int]:
    """How many reports each tab holds; one query."""
    counts = {name or "all": Count("pk", filter=tab_condition(name, at)) for name in TABS if name}
    found = Report.objects.visible_to(user).order_by().aggregate(total=Count("pk"), **counts)
    return {"": found.pop("total"), **found}


def overdue_before(at: datetime) -> datetime:
    """A report older than this has waited longer than the limit to acknowledge it."""
    calendar = city_calendar()
    earliest, latest = at - LOOK_BACK, at
    while latest - earliest > timedelta(minutes=1):  # the limit only grows with its start
        middle = earliest + (latest - earliest) / 2
        if deadline(middle, ACKNOWLEDGE, calendar=calendar).at < at:
            earliest = middle
        else:
            latest = middle
    return earliest


def late_to_acknowledge(report: Report, *, at: datetime) -> bool:
    """Whether nobody has taken the report up within the limit."""
    case = report.case
    waits = case is None or case.status in {_S.SUBMITTED, _S.TO_VERIFY}
    return report.answered_at is None and waits and report.at < overdue_before(at)


def report_state(report: Report) -> tuple[str, str]:
    """Kind of badge and word for where a report stands."""
    if report.reopen_asked_at and not report.reopen_decided_at:
        return "bad", _("要求重办")
    case = report.case
    if case is None:
        return ("ok", _("已答复")) if report.answered_at else ("due", _("待受理"))
    if case.status in {_S.SUBMITTED, _S.TO_VERIFY}:
        return "due", _("待受理")
    if case.status in {_S.REJECTED, _S.MERGED}:
        return "na", case.get_status_display()
    if case.status in _DONE:
        return ("ok", _("已答复")) if _answered(report, case) else ("due", _("已办结，待答复"))
    return "run", _("办理中")


def _answered(report: Report, case: Case) -> bool:
    return report.answered_at is not None and report.answered_at >= case.found_at


# The citizen
@dataclass(frozen=True, slots=True)
class Happening:
    """One step in a citizen's words."""

    at: datetime
    title: str
    note: str = ""
    kind: str = "ok"


def followed(report: Report) -> Case | None:
    """The case by which a report lives: after a merger the one that survived."""
    case = report.case
    if case is not None and case.merged_into_id:
        return case.merged_into
    return case


def happenings(report: Report) -> list[Happening]:
    """What happened to a report, newest first, in a citizen's words."""
    steps = [Happening(report.at, _("您提交"), kind="na"), *_of_case(report)]
    if report.answered_at:
        unit = str(report.answering_unit or report.agency or _("创卫办"))
        title = _("%(unit)s答复") % {"unit": unit}
        steps.append(Happening(report.answered_at, title, report.answer))
    if report.rated_at and report.solved is not None:
        word = _("您说解决了") if report.solved else _("您说没有解决")
        steps.append(Happening(report.rated_at, word, report.comment, "na"))
    if report.reopen_decided_at:
        steps.append(
            Happening(report.reopen_decided_at, _("重办答复"), report.reopen_answer, "run")
        )
    return sorted(steps, key=lambda step: step.at, reverse=True)


def _of_case(report: Report) -> Iterator[Happening]:
    case = followed(report)
    if case is None:
        return
    if case != report.case:
        yield Happening(case.filed_at or report.at, _("与同一处的另一件合并办理"), kind="run")
    lead = {"unit": str(case.lead or _("责任单位"))}
    steps = (
        (case.filed_at, _("核实属实，已受理"), ""),
        (case.dispatched_at, _("交%(unit)s办理") % lead, ""),
        (case.replied_at, _("%(unit)s已处理") % lead, case.measure),
        (case.closed_at, _("到场核查通过"), _("核查的人不属于办理单位")),
    )
    yield from (Happening(at, title, note) for at, title, note in steps if at)
    if case.status == _S.REJECTED:
        yield from _refusal(case)


def _refusal(case: Case) -> Iterator[Happening]:
    event = audit.history(case).filter(action="reject").order_by("-id").first()
    note = event.reason if event else ""
    if case.proposed_lead:
        right = _("可向%(unit)s反映。") % {"unit": case.proposed_lead}
        note = f"{note} {right}".strip()
    yield Happening(event.at if event else case.found_at, _("没有受理"), note, "bad")


def citizen_state(report: Report, *, may_rate: bool) -> tuple[str, str]:
    """Kind of badge and the one word for a citizen."""
    if may_rate:
        return "due", _("等您评价")
    case = followed(report)
    if case is None:
        return ("ok", _("已答复")) if report.answered_at else ("due", _("等待受理"))
    if case.status in _DONE:
        return "ok", _("已办结")
    if case.status == _S.REJECTED:
        return "na", _("没有受理")
    waits = case.status in {_S.SUBMITTED, _S.TO_VERIFY}
    return ("due", _("等待受理")) if waits else ("run", _("办理中"))


def result_pair(case: Case | None) -> tuple[Photo | None, Photo | None]:
    """The photo before and the last one after; nothing after before the check is passed."""
    if case is None:
        return None, None
    photos = list(case.photos.select_related("file").order_by("pk"))
    before = next((photo for photo in photos if photo.moment == Photo.Moment.BEFORE), None)
    others = [photo for photo in photos if photo.moment != Photo.Moment.BEFORE]
    done = case.status in _DONE
    return before, others[-1] if others and done else None


# Judgements for the monthly score
SATISFIED_FROM = 3
"""Of five stars; a citizen who gave none but said "solved" is satisfied too."""


def verdicts_by_unit(city: int, *, since: datetime, until: datetime) -> dict[int, tuple[int, int]]:
    """By unit how many citizens were satisfied and how many judged in a period; one query.

    Satisfied: said that the problem is solved, and gave no less than `SATISFIED_FROM` if anything.
    The unit is the lead of the case, else the one that answered the letter. A report counts once,
    with its last word. Named by `settings.CITIZENS_VERDICTS`.
    """
    content = Q(solved=True) & (Q(rating=None) | Q(rating__gte=SATISFIED_FROM))
    rows = (
        Report.objects.filter(city=city, solved__isnull=False, rated_at__range=(since, until))
        .order_by()
        .annotate(unit=Coalesce("case__lead", "answering_unit"))
        .exclude(unit=None)
        .values_list("unit")
        .annotate(satisfied=Count("pk", filter=content), n=Count("pk"))
    )
    return {unit: (satisfied, n) for unit, satisfied, n in rows}


# Results for everybody
@dataclass(frozen=True, slots=True)
class CitizensWord:
    """How many citizens judged, and the share that says "solved"; None without any."""

    judged: int
    solved_share: float | None
    rating: float | None


def citizens_word() -> CitizensWord:
    """The judgement over all reports; one query."""
    found = Report.objects.order_by().aggregate(
        judged=Count("pk", filter=Q(solved__isnull=False)),
        solved=Count("pk", filter=Q(solved=True)),
        rating=Avg("rating"),
    )
    judged = found["judged"]
    return CitizensWord(judged, found["solved"] / judged if judged else None, found["rating"])


def results() -> CaseQuerySet:
    """Closed cases of which a photo before and one after are marked public."""
    public = Photo.objects.filter(case=OuterRef("pk"), public=True)
    shown = Photo.objects.filter(public=True).select_related("file").order_by("pk")
    return (
        Case.objects.filter(
            Exists(public.filter(moment=Photo.Moment.BEFORE)),
            Exists(public.exclude(moment=Photo.Moment.BEFORE)),
            status__in=_DONE,
        )
        .select_related("lead", "site")
        .prefetch_related(Prefetch("photos", shown, to_attr="public_photos"))
    )
