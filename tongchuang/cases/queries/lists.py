"""Lists of cases: filters, tabs, rows as they are read, to-do, map."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache, reduce
from operator import or_
from typing import Any

from django.db.models import Aggregate, Count, Min, Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import can, reach, subtree
from tongchuang.cases import rules
from tongchuang.cases.models import Case, CaseQuerySet, Extension, Leg
from tongchuang.core import search
from tongchuang.core.calendars import city_calendar
from tongchuang.core.pages import Counted, capped_count
from tongchuang.core.worktime import Deadline, LimitUnit, remaining
from tongchuang.core.worktime_words import amount_words

_S = Case.Status
TO_DISPATCH = (_S.FILED, _S.RETURNED, _S.REOPENED)
WITH_UNIT = (_S.ACCEPTED, _S.REWORK)
MAP_POINTS = 5000


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What the address of the list asks for; empty means all.

    `step` and `day`: what was done on a day; `leg`, `holder` and `since`: stages that a unit ended.
    """

    tab: str = ""
    channel: str = ""
    grade: str = ""
    territory: int | None = None
    lead: int | None = None
    clause: int | None = None
    problem_class: str = ""
    site: int | None = None
    filed: date | None = None
    month: date | None = None
    certainty: str = ""
    mine: bool = False
    step: str = ""
    day: date | None = None
    leg: str = ""
    holder: int | None = None
    since: date | None = None
    q: str = ""


STEPS = {
    "found": "found_at",
    "filed": "filed_at",
    "dispatched": "dispatched_at",
    "accepted": "accepted_at",
    "replied": "replied_at",
    "closed": "closed_at",
}
"""Steps that a case remembers the moment of."""
STEP_WORDS: dict[str, str | Promise] = {
    "found": _("发现"),
    "filed": _("立案"),
    "dispatched": _("派发"),
    "accepted": _("签收"),
    "replied": _("回复"),
    "closed": _("销号"),
}


def case_list(user: User, wanted: CaseFilter, *, at: datetime) -> CaseQuerySet:
    """The cases that `user` may see and asks for."""
    cases = _narrowed(_within_sight(user, wanted), wanted)
    if wanted.mine:
        cases = cases.filter(Q(handler=user) | Q(found_by=user))
    return cases.filter(tab_condition(wanted.tab, at))


def _within_sight(user: User, wanted: CaseFilter) -> CaseQuerySet:
    """What `user` may see, asked from the side with fewer cases: a period, or what is theirs."""
    states = TAB_STATES.get(wanted.tab, Case.OPEN)
    of_a_period = wanted.tab == "today" or wanted.filed or wanted.month or wanted.day
    looks_back = not states or wanted.tab == "closed"
    if looks_back and (of_a_period or wanted.site or wanted.q.strip()):
        return Case.objects.visible_to(user)
    return Case.objects.listed_for(user, states)


def _narrowed(cases: CaseQuerySet, wanted: CaseFilter) -> CaseQuerySet:
    plain = {
        "channel": wanted.channel,
        "grade": wanted.grade,
        "lead": wanted.lead,
        "clauses": wanted.clause,
        "problem_class__code": wanted.problem_class,
        "site": wanted.site,
    }
    cases = cases.filter(**{name: value for name, value in plain.items() if value})
    if wanted.territory:
        root = Unit.objects.filter(pk=wanted.territory).values_list("path", flat=True).first()
        inside = Unit.objects.filter(subtree(root)) if root else Unit.objects.none()
        cases = cases.filter(territory__in=inside.values("pk"))
    if wanted.filed:
        cases = cases.filter(filed_at__range=day_span(wanted.filed))
    if wanted.month:
        cases = cases.filter(filed_at__range=month_span(wanted.month))
    if wanted.step and wanted.day:
        cases = cases.filter(**{f"{STEPS[wanted.step]}__range": day_span(wanted.day)})
    if wanted.leg and wanted.since:
        cases = cases.filter(pk__in=_ended_legs(wanted.leg, wanted.holder, wanted.since))
    if wanted.certainty == "low":
        cases = cases.filter(
            Q(proposal_certainty=None) | Q(proposal_certainty__lt=rules.CERTAINTY_LINE)
        )
    if wanted.certainty == "high":
        cases = cases.filter(proposal_certainty__gte=rules.CERTAINTY_LINE)
    return cases.filter(pk__in=search.match("case", wanted.q)) if wanted.q.strip() else cases


def _ended_legs(stage: str, holder: int | None, since: date) -> QuerySet[Leg, Any]:
    legs = Leg.objects.filter(stage=stage, ended_at__gte=day_span(since)[0])
    return (legs.filter(unit=holder) if holder else legs).values("case")


def day_span(day: date) -> tuple[datetime, datetime]:
    """From the first to the last moment of a day in the city's time."""
    start = timezone.make_aware(datetime.combine(day, time.min))
    return start, start + timedelta(days=1) - timedelta(microseconds=1)


def month_span(day: date) -> tuple[datetime, datetime]:
    """From the first to the last moment of the month of a day."""
    first = day.replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    return day_span(first)[0], day_span(following - timedelta(days=1))[1]


# Tabs
TABS: dict[str, str | Promise] = {
    "open": _("在办"),
    "today": _("今日立案"),
    "verify": _("待核实"),
    "dispatch": _("待派发"),
    "ruling": _("待裁定"),
    "sign": _("待签收"),
    "fix": _("办理中"),
    "check": _("待核查"),
    "overdue": _("超期"),
    "closed": _("已销号"),
    "all": _("全部"),
}


# The states that a tab looks among; all of them where none is named.
TAB_STATES: dict[str, tuple[str, ...]] = {
    "today": (),
    "verify": (_S.TO_VERIFY,),
    "dispatch": TO_DISPATCH,
    "ruling": (_S.RETURNED,),
    "sign": (_S.DISPATCHED,),
    "fix": WITH_UNIT,
    "check": (_S.REPLIED,),
    "overdue": Case.OPEN,
    "closed": (_S.CLOSED, _S.ARCHIVED),
    "all": (),
}


def tab_condition(tab: str, at: datetime) -> Q:
    """What a tab shows; an unknown one shows what is open."""
    states = TAB_STATES.get(tab, Case.OPEN)
    condition = Q(status__in=states) if states else Q()
    further = {
        "today": Q(filed_at__range=day_span(at.date())),
        "ruling": Q(returns__gte=2),
        "overdue": Q(due_at__lt=at),
    }
    return condition & further.get(tab, Q())


def tab_counts(user: User, wanted: CaseFilter, *, at: datetime) -> dict[str, Counted]:
    """How many cases each tab holds under the other filters; large counts stop at the cap."""

    def tab_list(tab: str) -> CaseQuerySet:
        return case_list(user, replace(wanted, tab=tab), at=at)

    open_tabs = ("verify", "dispatch", "ruling", "sign", "fix", "check", "overdue")
    counts = {tab: Count("pk", filter=tab_condition(tab, at)) for tab in open_tabs}
    found = tab_list("open").order_by().aggregate(open=Count("pk"), **counts)
    result = {tab: Counted(number, capped=False) for tab, number in found.items()}
    return result | {tab: capped_count(tab_list(tab)) for tab in ("today", "closed")}


# Rows
@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in a list with the words for its state and for what is left of its limit."""

    case: Case
    left: str
    left_kind: str
    state_kind: str
    state: str

    @property
    def waits_for_dispatch(self) -> bool:
        """Whether it can be dispatched now."""
        return self.case.status in TO_DISPATCH

    @property
    def proposed(self) -> bool:
        """Whether the row shows the proposal instead of the lead."""
        return self.waits_for_dispatch or self.case.status == _S.TO_VERIFY

    @property
    def certainty(self) -> int:
        """How sure the proposal is, in hundredths, for the length of the bar."""
        return round((self.case.proposal_certainty or 0) * 100)

    @property
    def unsure(self) -> bool:
        """Whether a person must choose the lead unit."""
        return (self.case.proposal_certainty or 0) < rules.CERTAINTY_LINE


def with_rows(cases: CaseQuerySet) -> CaseQuerySet:
    """The rows with everything a list shows, in two queries."""
    return cases.select_related(
        "site", "lead", "proposed_lead", "problem_class", "territory"
    ).prefetch_related(
        Prefetch("legs", queryset=Leg.objects.filter(ended_at=None).order_by(), to_attr="open_legs")
    )


def case_rows(cases: Iterable[Case], *, at: datetime) -> list[CaseRow]:
    """Rows for cases read by `with_rows`."""
    return [case_row(case, _open_leg(case), at=at) for case in cases]


def case_row(case: Case, leg: Leg | None, *, at: datetime) -> CaseRow:
    """The words of one case; `leg` is its open one."""
    left, kind = left_of(case, leg, at=at)
    return CaseRow(case, left, kind, _state_kind(case, kind), state_word(case))


def _open_leg(case: Case) -> Leg | None:
    legs: list[Leg] = getattr(case, "open_legs", [])
    return legs[0] if legs else None


def left_of(case: Case, leg: Leg | None, *, at: datetime) -> tuple[str, str]:
    """What is left of the present limit, counted in its own unit, and its colour."""
    if case.due_at is None or not case.is_open:
        return "", ""
    unit = rules.unit_of(leg.limit if leg else "")
    start = leg.started_at if leg else case.found_at
    used = rules.used_share(start, case.due_at, at, unit, city_calendar())
    words = _time_words(case.due_at, unit, at)
    if at > case.due_at:
        return str(_("超 %(time)s")) % {"time": words}, "bad"
    return words, "due" if used >= rules.REMINDER_SHARE else "run"


def _time_words(due: datetime, unit: LimitUnit, at: datetime) -> str:
    """How far a limit is away on its own clock: whole days from one day on, else hours, minutes."""
    office = unit in {LimitUnit.WORK_DAY, LimitUnit.WORK_HOUR}
    small = LimitUnit.WORK_HOUR if office else LimitUnit.URGENT_HOUR
    big = LimitUnit.WORK_DAY if office else LimitUnit.CALENDAR_DAY
    limit = Deadline(due)
    days = abs(remaining(at, limit, big, calendar=city_calendar()))
    if days >= 1:
        return amount_words(days, big)
    minutes = int(abs(remaining(at, limit, small, calendar=city_calendar())) * 60)
    form = _("%(h)s 工时 %(m)s 分") if office else _("%(h)s 时 %(m)s 分")
    return str(form) % {"h": minutes // 60, "m": minutes % 60}


def _state_kind(case: Case, left_kind: str) -> str:
    if case.status in {_S.CLOSED, _S.ARCHIVED}:
        return "ok" if case.status == _S.CLOSED else "na"
    if not case.is_open:
        return "na"
    if case.needs_ruling:
        return "rule"
    return left_kind or "run"


def state_word(case: Case) -> str:
    """The state as people call it; a case that two units sent back waits for a ruling."""
    return str(_("待裁定")) if case.needs_ruling else case.status_word


# To-do and other short lists
@dataclass(frozen=True, slots=True)
class Todo:
    """So many cases wait for this person to do one thing; `url` opens them."""

    key: str
    label: str | Promise
    count: Counted
    url: str
    late: int = 0
    due_at: datetime | None = None


def where_may(user: User, action: str) -> Q:
    """Cases to which `user` may do `action`: by lead, by territory without a lead, or by city."""
    where = reach(user, action)
    if where.everything:
        return Q()
    ids = where.unit_ids
    return Q(lead__in=ids) | Q(lead=None, territory__in=ids) | Q(city__in=ids)


_TODO: tuple[tuple[str, str, str | Promise], ...] = (
    ("verify", "cases.verify_report", _("待我核实")),
    ("dispatch", "cases.dispatch", _("待我派发")),
    ("ruling", "cases.rule_ownership", _("待裁定权属")),
    ("sign", "cases.accept", _("待我签收")),
    ("fix", "cases.handle", _("待我回复")),
    ("check", "cases.check", _("待我核查")),
    ("extension", "cases.grant_extension", _("待批延期")),
)


def todo_for(user: User, *, at: datetime) -> list[Todo]:
    """What waits for this person among the cases, without the empty lines; one query."""
    lines = [(key, label) for key, action, label in _TODO if can(user, action)]
    if not lines:
        return []
    waits = {key: _waits(user, key, action, at) for key, action, _label in _TODO}
    figures: dict[str, Aggregate] = {}
    for key, _label in lines:
        figures[key] = Count("pk", filter=waits[key])
        figures[f"{key}_late"] = Count("pk", filter=waits[key] & Q(due_at__lt=at))
        figures[f"{key}_due"] = Min("due_at", filter=waits[key] & Q(due_at__gte=at))
    found = mine_to_do(user, at=at).order_by().aggregate(**figures)
    return [_todo(key, label, found) for key, label in lines if found[key]]


def mine_to_do(user: User, *, at: datetime) -> CaseQuerySet:
    """Every case that waits for this person, for whatever step."""
    steps = _steps(user, at)
    if not steps:
        return Case.objects.none()
    return Case.objects.open().filter(reduce(or_, steps))


def to_do_by_step(user: User, *, at: datetime) -> list[CaseQuerySet]:
    """The cases that wait for this person, each step by itself, so that each can be cut short."""
    return [Case.objects.open().filter(step) for step in _steps(user, at)]


def _steps(user: User, at: datetime) -> list[Q]:
    return [_waits(user, key, action, at) for key, action, _label in _TODO if can(user, action)]


def _waits(user: User, key: str, action: str, at: datetime) -> Q:
    """Cases on which this person may do the next step."""
    if key == "extension":
        asked = Extension.objects.filter(state=Extension.State.ASKED).values("case")
        return Q(pk__in=asked) & where_may(user, action)
    waits = tab_condition(key, at) & where_may(user, action)
    if key == "check" and user.unit:
        waits &= ~Q(lead__in=Unit.objects.filter(subtree_above(user.unit)).values("pk"))
    return waits


def _todo(key: str, label: str | Promise, found: Mapping[str, Any]) -> Todo:
    tab = "fix" if key == "extension" else key
    return Todo(
        key,
        label,
        Counted(found[key], capped=False),
        f"{reverse('cases:list')}?tab={tab}",
        found[f"{key}_late"],
        found[f"{key}_due"],
    )


def subtree_above(unit: Unit) -> Q:
    """The unit and all units above it: a lead among these may not be checked by its people."""
    return Q(path__in=[unit.path[:end] for end in range(4, len(unit.path) + 1, 4)])


def overdue_list(user: User, *, at: datetime, most: int = 50) -> list[CaseRow]:
    """The open cases that are overdue longest, as rows."""
    cases = with_rows(Case.objects.listed_for(user, Case.OPEN).overdue(at=at).order_by("due_at"))[
        :most
    ]
    return case_rows(cases, at=at)


@dataclass(frozen=True, slots=True)
class MapPoint:
    """A case on the map."""

    pk: int
    number: str
    title: str
    lon: float
    lat: float
    kind: str
    state: str


def map_points(cases: CaseQuerySet, *, at: datetime) -> list[MapPoint]:
    """The newest of these cases that have a position, at most `MAP_POINTS`."""
    placed = cases.exclude(lat=None).exclude(lon=None).order_by("-pk")[:MAP_POINTS]
    rows = placed.values_list(
        "pk", "number", "title", "lon", "lat", "status", "returns", "due_at", named=True
    )
    look = cache(_look)
    points = []
    for row in rows:
        late = row.due_at is not None and row.due_at < at
        kind, state = look(row.status, row.returns >= 2, late)
        points.append(
            MapPoint(row.pk, row.number, row.title, row.lon or 0, row.lat or 0, kind, state)
        )
    return points


def _look(status: str, often_returned: bool, late: bool) -> tuple[str, str]:  # noqa: FBT001 -- cached by position
    """Colour and word of a state, the same for every case that shares these three facts."""
    case = Case(status=status, returns=2 if often_returned else 0)
    return _state_kind(case, "bad" if late else "run"), state_word(case)
