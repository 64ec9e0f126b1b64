"""Figures over cases: flow of a day, slowest hands, closing by unit, open by clause and unit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import (
    Avg,
    Count,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    Window,
)
from django.db.models.functions import Coalesce, RowNumber

from tongchuang.accounts.models import Unit, User
from tongchuang.cases.models import Case, CaseQuerySet, Leg
from tongchuang.cases.queries.lists import day_span

_S = Case.Status
_DONE = Q(status__in=[_S.CLOSED, _S.ARCHIVED])
_SURVIVING = ~Q(status__in=[_S.REJECTED, _S.MERGED])


@dataclass(frozen=True, slots=True)
class DayFlow:
    """What came in and went out on one day, and what is late at its end (or now)."""

    day: date
    found: int
    dispatched: int
    closed: int
    overdue: int
    open: int


def flow_of_day(user: User, day: date, *, at: datetime) -> DayFlow:
    """The flow of one day among the cases that `user` may see; one query."""
    span = day_span(day)
    figures = (
        Case.objects.visible_to(user)
        .filter(
            Q(status__in=Case.OPEN)
            | Q(found_at__range=span)
            | Q(dispatched_at__range=span)
            | Q(closed_at__range=span)
        )
        .order_by()
        .aggregate(
            found=Count("pk", filter=Q(found_at__range=span)),
            dispatched=Count("pk", filter=Q(dispatched_at__range=span)),
            closed=Count("pk", filter=Q(closed_at__range=span)),
            overdue=Count("pk", filter=Q(status__in=Case.OPEN, due_at__lt=at)),
            open=Count("pk", filter=Q(status__in=Case.OPEN)),
        )
    )
    return DayFlow(day, **figures)


@dataclass(frozen=True, slots=True)
class SlowHand:
    """How long one unit usually holds cases at one stage; `cases` legs were counted.

    `median`: half of the legs took as long or less, so that one case that lay for months does not
    make a unit slow. `limit` is the mean of the limits that the legs had, None without any.
    """

    unit: Unit
    stage: str
    median: timedelta
    cases: int
    limit: timedelta | None = None

    @property
    def stage_label(self) -> str:
        """The stage in words."""
        return str(Leg.Stage(self.stage).label)


def slowest_hands(
    user: User, *, first: date, last: date, stages: Iterable[str] = ("sign", "fix"), most: int = 8
) -> list[SlowHand]:
    """Units by the median time of the legs that ended from `first` to `last`, slowest first.

    Two queries on any database: the first brings the one or two middle legs of each unit and
    stage.
    """
    held = ExpressionWrapper(F("ended_at") - F("started_at"), output_field=DurationField())
    allowed = ExpressionWrapper(F("due_at") - F("started_at"), output_field=DurationField())
    legs = Leg.objects.filter(
        ended_at__range=(day_span(first)[0], day_span(last)[1]),
        stage__in=list(stages),
        unit__isnull=False,
    ).filter(Exists(Case.objects.visible_to(user).filter(pk=OuterRef("case"))))
    hand: dict[str, Any] = {"partition_by": ["unit", "stage"]}
    middle = (
        legs.order_by()
        .annotate(
            held=held,
            place=Window(RowNumber(), order_by=[held, "pk"], **hand),
            counted=Window(Count("pk"), **hand),
            allowed=Window(Avg(allowed), **hand),
        )
        .filter(place__gte=F("counted") / 2.0, place__lte=F("counted") / 2.0 + 1)
        .values("unit", "stage", "held", "counted", "allowed")
    )
    hands: dict[tuple[int, str], list[dict[str, Any]]] = {}
    for row in middle:
        hands.setdefault((row["unit"], row["stage"]), []).append(dict(row))
    units = Unit.objects.in_bulk({unit for unit, _stage in hands})
    found = [_slow(units[unit], stage, rows) for (unit, stage), rows in hands.items()]
    return sorted(found, key=lambda one: (-one.median, one.unit.pk, one.stage))[:most]


def _slow(unit: Unit, stage: str, middle: list[dict[str, Any]]) -> SlowHand:
    """A unit at a stage from its middle legs."""
    median = sum((row["held"] for row in middle), timedelta()) / len(middle)
    return SlowHand(unit, stage, median, middle[0]["counted"], middle[0]["allowed"])


@dataclass(frozen=True, slots=True)
class ClosingFigures:
    """The cases of one unit whose fix limit ended in a period, and what became of them.

    `filed` counts cases filed in the period; all others belong to the cohort that fell due in it:
    `closed` of them, `on_time` answered before the limit, `first_pass` closed without rework,
    `recurred` opened again after closing.
    """

    unit_id: int | None
    filed: int = 0
    due: int = 0
    closed: int = 0
    on_time: int = 0
    first_pass: int = 0
    recurred: int = 0
    late_general: int = 0
    late_major: int = 0

    @property
    def on_time_rate(self) -> float | None:
        """Share of the due cases closed on time; None without due cases."""
        return self.on_time / self.due if self.due else None

    @property
    def closing_rate(self) -> float | None:
        """Share of the due cases that are closed; None without due cases."""
        return self.closed / self.due if self.due else None

    @property
    def first_pass_rate(self) -> float | None:
        """Share of the closed cases that passed the first check; None without closed ones."""
        return self.first_pass / self.closed if self.closed else None

    @property
    def lasting_rate(self) -> float | None:
        """Share of the closed cases that did not come back; None without closed ones."""
        return (self.closed - self.recurred) / self.closed if self.closed else None


def closing_by_unit(
    cases: CaseQuerySet, *, first: date, last: date, at: datetime
) -> dict[int | None, ClosingFigures]:
    """Closing figures by lead unit for the days `first` to `last`; one grouped query.

    Cases refused or merged count nowhere. `at` is the moment of the data cut: what was closed
    later is still open.
    """
    span = (day_span(first)[0], day_span(last)[1])
    due = Q(fix_due_at__range=span)
    done = due & _DONE & Q(closed_at__lte=at)
    late = due & ~(done & Q(replied_at__lte=F("fix_due_at")))
    rows = (
        cases.filter(_SURVIVING)
        .filter(due | Q(filed_at__range=span))
        .order_by()
        .values("lead")
        .annotate(
            filed=Count("pk", filter=Q(filed_at__range=span)),
            due=Count("pk", filter=due),
            closed=Count("pk", filter=done),
            on_time=Count("pk", filter=done & Q(replied_at__lte=F("fix_due_at"))),
            first_pass=Count("pk", filter=done & Q(reworks=0)),
            recurred=Count("pk", filter=done & Q(reopenings__gt=0)),
            late_general=Count("pk", filter=late & ~Q(grade__in=["D", "U"])),
            late_major=Count("pk", filter=late & Q(grade__in=["D", "U"])),
        )
    )
    return {row["lead"]: _closing(dict(row)) for row in rows}


def _closing(row: dict[str, Any]) -> ClosingFigures:
    return ClosingFigures(unit_id=row.pop("lead"), **row)


def closing_figures(
    units: Iterable[Unit], *, first: date, last: date, at: datetime
) -> dict[int, ClosingFigures]:
    """Closing figures of these units, each with its own row even when it had no case."""
    keys = [unit.pk for unit in units]
    found = closing_by_unit(Case.objects.filter(lead__in=keys), first=first, last=last, at=at)
    return {key: found.get(key, ClosingFigures(key)) for key in keys}


@dataclass(frozen=True, slots=True)
class OpenCell:
    """Open cases of one clause with one unit."""

    clause_id: int
    unit_id: int
    open: int
    overdue: int
    major: int


def open_by_clause_and_unit(cases: CaseQuerySet, *, at: datetime) -> list[OpenCell]:
    """Open cases by clause and by the unit that has them: the lead, else the territory."""
    rows = (
        cases.open()
        .exclude(clauses=None)
        .order_by()
        .annotate(holder=Coalesce("lead", "territory"))
        .exclude(holder=None)
        .values("clauses", "holder")
        .annotate(
            open=Count("pk"),
            overdue=Count("pk", filter=Q(due_at__lt=at)),
            major=Count("pk", filter=Q(grade__in=["D", "U"])),
        )
    )
    return [
        OpenCell(row["clauses"], row["holder"], row["open"], row["overdue"], row["major"])
        for row in rows
    ]


def problem_classes_of(cases: CaseQuerySet, *, most: int = 12) -> list[tuple[str, int]]:
    """The commonest problem classes among these cases: title and number."""
    rows = cases.exclude(problem_class=None).order_by().values("problem_class__title")
    counted = rows.annotate(n=Count("pk")).order_by("-n", "problem_class__title")[:most]
    return [(row["problem_class__title"], row["n"]) for row in counted]


@dataclass(frozen=True, slots=True)
class AreaCount:
    """Open and overdue cases in one town, street or zone; `unit` None: the place is not known."""

    unit: Unit | None
    open: int
    overdue: int


def open_by_area(cases: CaseQuerySet, *, at: datetime) -> list[AreaCount]:
    """Open cases by the town or street in which they lie, most first; two queries."""
    rows = list(
        cases.open()
        .order_by()
        .values("territory__path")
        .annotate(open=Count("pk"), overdue=Count("pk", filter=Q(due_at__lt=at)))
    )
    kinds = [Unit.Kind.TOWN, Unit.Kind.STREET, Unit.Kind.ZONE]
    towns = {unit.path: unit for unit in Unit.objects.filter(kind__in=kinds)}
    sums: dict[str, list[int]] = {}
    for row in rows:
        path = row["territory__path"] or ""
        town = next((path[:end] for end in range(4, len(path) + 1, 4) if path[:end] in towns), "")
        one = sums.setdefault(town, [0, 0])
        one[0] += row["open"]
        one[1] += row["overdue"]
    found = [AreaCount(towns.get(path), *pair) for path, pair in sums.items()]
    return sorted(found, key=lambda area: -area.open)
