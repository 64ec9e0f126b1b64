"""Cases as they stood at a moment, read from their legs and not from their present state."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from tongchuang.cases import rules
from tongchuang.cases.models import Case, CaseQuerySet, Extension, Leg, Pause
from tongchuang.cases.services.trail import steps_of
from tongchuang.core.calendars import city_calendar
from tongchuang.core.models import Event

_WITH_LEAD = (Leg.Stage.SIGN, Leg.Stage.FIX, Leg.Stage.REWORK)


@dataclass(frozen=True, slots=True)
class OpenThen:
    """A case that somebody had to do something about at a moment.

    `lead_id` is the unit it had last been given to, None before the first dispatch; `ruling`: two
    units had sent it back.
    """

    pk: int
    clause_ids: frozenset[int]
    lead_id: int | None
    territory_id: int | None
    grade: str
    overdue: bool
    ruling: bool


def open_at(cases: CaseQuerySet, *, at: datetime) -> list[OpenThen]:
    """Those of `cases` that were open at `at`, whatever became of them since; three queries.

    A case is open from the moment it was registered until it was closed, refused or merged. The
    same moment asked later gives the same answer: limits that were granted, reopenings and grades
    that came after `at` are left out.
    """
    legs = _legs_at(cases, at)
    rows = list(_described(legs, at).values(*_COLUMNS))
    told = _trails(row["case"] for row in rows if row["case__reopenings"] or row["replayed"])
    clauses: dict[int, set[int]] = {}
    links = Case.clauses.through.objects.filter(case__in=legs.order_by().values("case")).order_by()
    for case, clause in links.values_list("case", "clause"):
        clauses.setdefault(case, set()).add(clause)
    return [
        _then(row, clauses.get(row["case"], set()), told.get(row["case"], []), at) for row in rows
    ]


_COLUMNS = (
    "case",
    "stage",
    "due_at",
    "ended_at",
    "led",
    "replayed",
    "returned",
    "case__territory",
    "case__grade",
    "case__due_at",
    "case__reopenings",
)


def _legs_at(cases: CaseQuerySet, at: datetime) -> QuerySet[Leg]:
    """The leg of each case that ran at a moment; the time before it was registered is none."""
    running = Q(ended_at=None) | Q(ended_at__gt=at)
    legs = Leg.objects.filter(running, started_at__lte=at, case__in=cases.order_by())
    return legs.exclude(stage=Leg.Stage.REPORT).order_by("case")


def _described(legs: QuerySet[Leg], at: datetime) -> QuerySet[Leg]:
    """The legs with what their cases' other rows tell of that moment."""
    same = Leg.objects.filter(case=OuterRef("case"), started_at__lte=at).order_by()
    led = same.filter(stage__in=_WITH_LEAD).order_by("-started_at", "-id")
    returned = same.filter(stage=Leg.Stage.RETURN).values("case").annotate(n=Count("pk"))
    paused = Pause.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=at), case=OuterRef("case"), started_at__lte=at
    )
    granted_later = Extension.objects.filter(
        case=OuterRef("case"),
        state=Extension.State.GRANTED,
        asked_at__lte=at,
        decided_at__gt=at,
    )
    return legs.annotate(
        led=Subquery(led.values("unit")[:1]),
        returned=Coalesce(Subquery(returned.values("n"), output_field=IntegerField()), 0),
        replayed=Exists(paused) | Exists(granted_later),
    )


def _trails(keys: Iterable[int]) -> dict[int, list[Event]]:
    """The events of the few cases whose present rows do not tell how they stood."""
    wanted = set(keys)
    found: dict[int, list[Event]] = {}
    if wanted:
        kind = Case._meta.label_lower
        for event in Event.objects.filter(subject_kind=kind, subject_id__in=wanted).order_by("id"):
            found.setdefault(event.subject_id, []).append(event)
    return found


def _then(row: dict[str, Any], clauses: set[int], told: list[Event], at: datetime) -> OpenThen:
    due_at = _due_at(row, told, at)
    return OpenThen(
        pk=row["case"],
        clause_ids=frozenset(clauses),
        lead_id=row["led"],
        territory_id=row["case__territory"],
        grade=_grade(row["case__grade"], told, at),
        overdue=due_at is not None and due_at < at,
        ruling=row["stage"] == Leg.Stage.RETURN and row["returned"] >= 2,
    )


def _due_at(row: dict[str, Any], told: list[Event], at: datetime) -> datetime | None:
    """The limit that held then; a pause that began later moves no limit that had passed."""
    if row["replayed"]:
        steps = [step for step in steps_of(told) if step.at <= at]
        return rules.follow(steps, calendar=city_calendar()).due_at
    due_at: datetime | None = row["due_at"]
    # An import may set another limit than the clocks would; it stands on the case alone.
    return row["case__due_at"] or due_at if row["ended_at"] is None else due_at


def _grade(grade: str, told: list[Event], at: datetime) -> str:
    """The grade before the first reopening that came later."""
    later = (
        event.before.get("grade") for event in told if event.action == "reopen" and event.at > at
    )
    return next((str(before) for before in later if before), grade)
