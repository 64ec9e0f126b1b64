"""Arithmetic of campaigns without Django: lag, gates, completeness of a work plan."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

# Workflows, 4: a task is behind at -10 % of its target (yellow) and at -25 % (red).
YELLOW_GAP = Decimal("-0.10")
RED_GAP = Decimal("-0.25")
SLOTS = ("plan", "duties", "people", "schedule", "dispatch")

Colour = Literal["none", "yellow", "red"]


@dataclass(frozen=True, slots=True)
class Lag:
    """Where a task stands against time: shares in [0, 1]; `gap` = actual - expected."""

    expected: Decimal
    actual: Decimal
    gap: Decimal
    colour: Colour

    @property
    def on_curve(self) -> bool:
        """At or ahead of its curve, with the tolerance of the yellow line."""
        return self.colour == "none"


def expected_share(*, starts_on: date, due_on: date, on: date) -> Decimal:
    """Share of the target that is due by the end of day `on`, in proportion to time.

    0 before the start, 1 from the due day on. Source: practice, 1.15 (sequence progress).
    """
    if on < starts_on:
        return Decimal(0)
    if on >= due_on:
        return Decimal(1)
    return Decimal((on - starts_on).days + 1) / Decimal((due_on - starts_on).days + 1)


def lag(*, done: Decimal, quantity: Decimal, starts_on: date, due_on: date, on: date) -> Lag:
    """Compare what is done with what is due by `on`; more than the target counts as all of it."""
    expected = expected_share(starts_on=starts_on, due_on=due_on, on=on)
    actual = min(done / quantity, Decimal(1))
    gap = actual - expected
    colour: Colour = "red" if gap <= RED_GAP else "yellow" if gap <= YELLOW_GAP else "none"
    if on > due_on and actual < 1:
        colour = "red"
    return Lag(expected, actual, gap, colour)


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """A day with the shares expected and reported; `actual` None before the first report."""

    on: date
    expected: Decimal
    actual: Decimal | None


def curve(
    reports: Sequence[tuple[date, Decimal]],
    *,
    quantity: Decimal,
    starts_on: date,
    due_on: date,
    until: date,
) -> list[CurvePoint]:
    """The curve of a task at its start, its reports, today and its end, in order of days."""
    by_day = dict(sorted(reports))
    days = sorted({starts_on, due_on, min(until, due_on), *by_day})
    points = []
    for day in days:
        known = [done for on, done in by_day.items() if on <= day]
        reported = day <= until and bool(known)
        points.append(
            CurvePoint(
                day,
                expected_share(starts_on=starts_on, due_on=due_on, on=day),
                min(known[-1] / quantity, Decimal(1)) if reported else None,
            )
        )
    return points


def missing_slots(plan: Mapping[str, Any]) -> list[str]:
    """Which of the five slots of a 3+1 work plan are empty or half filled, in their order.

    `plan` has goals, duties, people, schedule (lists of rows) and dispatch (one row). A row
    counts when its compulsory cells are filled. Source: speech 2.1.2e-g; practice, 0.
    """
    complete = {
        "plan": _filled(plan.get("goals"), "goal", "measure"),
        "duties": _filled(plan.get("duties"), "duty", "person"),
        "people": _filled(plan.get("people"), "post", "name"),
        "schedule": _filled(plan.get("schedule"), "step", "to"),
        "dispatch": _filled([plan.get("dispatch") or {}], "rhythm", "chair"),
    }
    return [slot for slot in SLOTS if not complete[slot]]


def _filled(rows: Sequence[Mapping[str, Any]] | None, *cells: str) -> bool:
    return bool(rows) and all(
        all(str(row.get(cell) or "").strip() for cell in cells) for row in rows or []
    )


def closes_circle(edges: Iterable[tuple[int, int]], gate: int, prerequisite: int) -> bool:
    """Whether making `prerequisite` a condition of `gate` would close a circle.

    `edges` are the present (gate, prerequisite) pairs.
    """
    before: dict[int, set[int]] = {}
    for later, earlier in edges:
        before.setdefault(later, set()).add(earlier)
    reached, waiting = set(), [prerequisite]
    while waiting:
        node = waiting.pop()
        if node == gate:
            return True
        if node not in reached:
            reached.add(node)
            waiting.extend(before.get(node, ()))
    return False
