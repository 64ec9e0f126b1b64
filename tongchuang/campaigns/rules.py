"""Arithmetic of campaigns without Django: lag, gates, completeness of a work plan."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

# Workflows, 4: a task is behind at -10 % of its target (yellow) and at -25 % (red).
YELLOW_GAP = Decimal("-0.10")
RED_GAP = Decimal("-0.25")
# Workflows, 4: a node of the curve that is missed by so many days is red, whatever the gap.
NODE_GRACE_DAYS = 7
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


Node = tuple[date, Decimal]
"""A dated node of a curve: the share of the target in [0, 1] that is due by the end of the day."""


def expected_share(
    *, starts_on: date, due_on: date, on: date, nodes: Sequence[Node] = ()
) -> Decimal:
    """Share of the target that is due by the end of day `on`.

    In proportion to time between the nodes, which are in order of days and never fall; without
    nodes from 0 before the start to 1 on the due day. 0 before the start, 1 from the due day on.
    Source: practice, 1.15 (sequence progress).
    """
    if on < starts_on:
        return Decimal(0)
    if on >= due_on:
        return Decimal(1)
    first, floor = starts_on - timedelta(days=1), Decimal(0)
    for day, share in (*nodes, (due_on, Decimal(1))):
        if on <= day:
            part = Decimal((on - first).days) / Decimal((day - first).days)
            return floor + (share - floor) * part
        first, floor = day, share
    return floor


def missed_node(
    *, done: Decimal, quantity: Decimal, nodes: Sequence[Node], on: date
) -> Node | None:
    """The earliest node whose day has passed while less than its share is done."""
    return next((node for node in nodes if node[0] < on and done / quantity < node[1]), None)


def lag(
    *,
    done: Decimal,
    quantity: Decimal,
    starts_on: date,
    due_on: date,
    on: date,
    nodes: Sequence[Node] = (),
) -> Lag:
    """Compare what is done with what is due by `on`; more than the target counts as all of it.

    Yellow from 10 points behind; red from 25 points, after the due day, or when a node has been
    missed for 7 days (workflows, 4).
    """
    expected = expected_share(starts_on=starts_on, due_on=due_on, on=on, nodes=nodes)
    actual = min(done / quantity, Decimal(1))
    gap = actual - expected
    colour: Colour = "red" if gap <= RED_GAP else "yellow" if gap <= YELLOW_GAP else "none"
    missed = missed_node(done=done, quantity=quantity, nodes=nodes, on=on)
    if missed and (on - missed[0]).days >= NODE_GRACE_DAYS:
        colour = "red"
    if on > due_on and actual < 1:
        colour = "red"
    return Lag(expected, actual, gap, colour)


def share_out(total: Decimal, parts: Sequence[Decimal]) -> list[Decimal]:
    """Divide `total` (two places) in proportion to positive `parts`; the results add up to it.

    Cents that are left over go to the largest remainders, the earlier part first.
    """
    whole = sum(parts, Decimal(0))
    cents = [int(total * part / whole * 100) for part in parts]
    remainders = [
        total * part / whole * 100 - cent for part, cent in zip(parts, cents, strict=True)
    ]
    left = int(total * 100) - sum(cents)
    for index in sorted(range(len(parts)), key=lambda i: -remainders[i])[:left]:
        cents[index] += 1
    return [Decimal(cent) / 100 for cent in cents]


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
    nodes: Sequence[Node] = (),
) -> list[CurvePoint]:
    """The curve of a task at its start, nodes, reports, today and its end, in order of days."""
    by_day = dict(sorted(reports))
    days = sorted({starts_on, due_on, min(until, due_on), *by_day, *(on for on, _share in nodes)})
    points = []
    for day in days:
        known = [done for on, done in by_day.items() if on <= day]
        reported = day <= until and bool(known)
        points.append(
            CurvePoint(
                day,
                expected_share(starts_on=starts_on, due_on=due_on, on=day, nodes=nodes),
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
    return bool(circle(edges, gate, prerequisite))


def circle(edges: Iterable[tuple[int, int]], later: int, earlier: int) -> list[int]:
    """The circle that a new pair (later, earlier) would close, in the order of the work.

    `edges` are the present pairs. The list begins and ends with `later`; empty without a circle.
    """
    before: dict[int, list[int]] = {}
    for node, condition in edges:
        before.setdefault(node, []).append(condition)
    came_from: dict[int, int] = {earlier: later}
    waiting = [earlier]
    while waiting:
        node = waiting.pop()
        if node == later:
            return _way(came_from, later)
        for condition in before.get(node, ()):
            if condition not in came_from:
                came_from[condition] = node
                waiting.append(condition)
    return []


def _way(came_from: Mapping[int, int], node: int) -> list[int]:
    way = [node]
    while (node := came_from[node]) != way[0]:
        way.append(node)
    return [*way, way[0]]
