"""What every move shares: limits, legs, the audit event, and the replay that proves them."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from tongchuang.accounts.models import User
from tongchuang.cases import rules
from tongchuang.cases.models import FLOW, Case, Leg
from tongchuang.cases.rules import Hand, Limits, Step, Track
from tongchuang.core import audit, clock
from tongchuang.core.calendars import city_calendar
from tongchuang.core.models import Event
from tongchuang.standards.models import GradeLimit, ProblemClass
from tongchuang.standards.queries import limit_table


class Refused(ValueError):
    """A move that the rules do not allow now, with the reason in words for people."""


# Limits
def limits_of(
    grade: str,
    problem_class: ProblemClass | None = None,
    table: GradeLimit | None = None,
    *,
    on: date | None = None,
) -> Limits:
    """The limits of a grade; a problem class may set its own for its usual grade.

    They are those that hold on the day `on`, today if not told. A `table` is taken as it is,
    without what the city set.
    """
    if table is not None:
        texts: Mapping[str, str] = {name: getattr(table, name) for name in _LIMITS}
        standing = problem_class
    else:
        holding = limit_table(on=on or clock.today())
        texts = holding.grades.get(grade, {})
        standing = holding.standing(problem_class) if problem_class else None
    own = standing.limits if standing and standing.grade == grade else {}
    return rules.case_limits(grade, texts, own or {})


def limits_for(case: Case) -> Limits:
    """The limits of a case by what held on the day it was filed, whatever was set since."""
    return limits_of(case.grade, case.problem_class, on=terms_day(case))


def terms_day(case: Case) -> date:
    """The day whose limits and closing condition are those of a case; today until it is filed."""
    return timezone.localdate(case.filed_at) if case.filed_at else clock.today()


_LIMITS = ("sign_for", "return_window", "make_safe", "fix", "verify")


# Steps in the audit trail
def steps_of(events: Iterable[Event]) -> list[Step]:
    """The steps that audit events tell of; events that are no moves are left out."""
    steps: list[Step] = []
    for event in events:
        if "steps" in event.after:
            steps += [_read_step(fact) for fact in event.after["steps"]]
        elif "step" in event.after:
            steps.append(_read_step({"action": event.action} | event.after["step"], event.at))
    return steps


def replay(case: Case) -> Track:
    """The legs and limits of a case as its audit events tell them, without looking at the rows."""
    return rules.follow(steps_of(audit.history(case)), calendar=city_calendar())


def write_step(step: Step) -> dict[str, Any]:
    """A step as JSON, as short as it can be told."""
    facts: dict[str, Any] = {"unit": step.unit, "hand": step.hand, "days": step.days}
    facts["limits"] = step.limits.write() if step.limits else None
    facts["found_at"] = step.found_at.isoformat() if step.found_at else None
    return {name: value for name, value in facts.items() if value}


def _read_step(fact: dict[str, Any], at: datetime | None = None) -> Step:
    moment = at or parse_datetime(fact["at"])
    if moment is None:
        raise ValueError(f"step without a moment: {fact}")
    return Step(
        action=fact["action"],
        at=moment,
        unit=fact.get("unit"),
        hand=fact.get("hand"),
        limits=Limits.read(fact["limits"]) if fact.get("limits") else None,
        days=fact.get("days", 0),
        found_at=parse_datetime(fact["found_at"]) if fact.get("found_at") else None,
    )


# One move
def make_move(
    case: Case,
    move: str,
    *,
    by: User,
    at: datetime,
    reason: str = "",
    unit: int | None = None,
    limits: Limits | None = None,
    days: int = 0,
    **details: object,
) -> Track:
    """Finish a move: clocks, record, audit event, legs. `FLOW.start` was called before.

    `at` is never earlier than the last step: a clock set back cannot tear the legs apart.
    """
    past = steps_of(audit.history(case)) if case.pk else []
    at = max(at, past[-1].at) if past else at
    found_at = case.found_at if not past else None
    step = Step(move, at, unit, by.unit_id, limits, days, found_at)
    track = rules.follow([*past, step], calendar=city_calendar())
    case.due_at, case.fix_due_at = track.due_at, track.fix_due_at
    case.due_provisional = track.provisional
    FLOW.finish(case, move, by=by, reason=reason, at=at, step=write_step(step), **details)
    _write_legs(case, track.hands)
    return track


def _write_legs(case: Case, hands: Iterable[Hand]) -> None:
    """Bring the stored legs to what the clocks say; the open one is ended before the next."""
    stored = list(case.legs.order_by("id"))
    wanted = [leg_of(case, hand) for hand in hands]
    for old, new in zip(stored, wanted, strict=False):
        if _facts(old) != _facts(new):
            new.pk = old.pk
            new.save(force_update=True)
    Leg.objects.bulk_create(wanted[len(stored) :])


def leg_of(case: Case, hand: Hand) -> Leg:
    """The row of a leg."""
    return Leg(
        case=case,
        stage=str(hand.stage),
        unit_id=hand.unit,
        started_at=hand.started_at,
        ended_at=hand.ended_at,
        due_at=hand.due_at,
        limit=hand.limit,
    )


def _facts(leg: Leg) -> tuple[object, ...]:
    return (leg.stage, leg.unit_id, leg.started_at, leg.ended_at, leg.due_at, leg.limit)


def moment(at: datetime | None = None) -> datetime:
    """The time of a move: given, or now."""
    return at or clock.now()
