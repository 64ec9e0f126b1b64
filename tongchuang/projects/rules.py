"""Arithmetic of projects without Django: money that adds up, lateness, colour, forecast."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from tongchuang.campaigns.rules import expected_share

# Workflows, 6: yellow while a node is late by at most 15 days, red beyond that, red also when
# less than 80 % of the money due has come. Like a task (workflows, 4) it is red at 25 % behind.
YELLOW_DAYS = 15
MONEY_LINE = Decimal("0.8")
RED_SHARE = Decimal("0.25")
Colour = Literal["green", "yellow", "red"]
SEVERITY: dict[str, int] = {"green": 0, "yellow": 1, "red": 2}


@dataclass(frozen=True, slots=True)
class NodeFact:
    """What counts of a node; `main` is false for what runs parallel and holds nothing up."""

    limit_on: date
    done_on: date | None
    main: bool


@dataclass(frozen=True, slots=True)
class Money:
    """Amounts in 10,000 yuan; `due` is what should have come by the day looked at."""

    applied: Decimal = Decimal(0)
    approved: Decimal = Decimal(0)
    received: Decimal = Decimal(0)
    spent: Decimal = Decimal(0)
    due: Decimal = Decimal(0)

    @property
    def balance(self) -> Decimal:
        """Received and not yet spent."""
        return self.received - self.spent

    @property
    def outstanding(self) -> Decimal:
        """Approved and not yet received."""
        return self.approved - self.received

    @property
    def rate(self) -> Decimal | None:
        """Share of the due money that has come, in [0, 1]; None while none is due."""
        return min(self.received / self.due, Decimal(1)) if self.due else None

    def __add__(self, other: "Money") -> "Money":
        """Both together."""
        return Money(
            self.applied + other.applied,
            self.approved + other.approved,
            self.received + other.received,
            self.spent + other.spent,
            self.due + other.due,
        )


def total(lines: Iterable[Money]) -> Money:
    """The sum of funding lines."""
    return sum(lines, Money())


def slip_days(node: NodeFact, *, on: date) -> int:
    """Days by which a node was, or by `on` is, later than its limit; never below 0."""
    return max(((node.done_on or on) - node.limit_on).days, 0)


def late_days(nodes: Iterable[NodeFact], *, on: date) -> int:
    """Days by which the node that is latest and still open has passed its limit; 0 when none."""
    return max((slip_days(n, on=on) for n in nodes if n.done_on is None), default=0)


def done_share(nodes: Sequence[NodeFact], *, starts_on: date) -> Decimal | None:
    """Share in [0, 1] of the planned time that the finished nodes take; None without nodes."""
    if not nodes:
        return None
    before, weights = starts_on, []
    for node in sorted(nodes, key=lambda one: one.limit_on):
        weights.append((max((node.limit_on - before).days, 1), node.done_on is not None))
        before = node.limit_on
    return Decimal(sum(days for days, done in weights if done)) / sum(days for days, _ in weights)


def forecast(nodes: Iterable[NodeFact], *, finish_on: date, on: date) -> date:
    """The day of finishing to be expected: the plan and the slip of the main line.

    Slip: the days of the latest open node, or those by which the last finished one came late.
    """
    line = [node for node in nodes if node.main]
    done = [node for node in line if node.done_on is not None]
    last = max(done, key=lambda node: node.limit_on, default=None)
    slip = max(slip_days(last, on=on) if last else 0, late_days(line, on=on))
    return finish_on + timedelta(days=slip)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a project stands: shares in [0, 1], days, and why its colour is what it is."""

    colour: Colour
    late_days: int
    done: Decimal | None
    expected: Decimal
    money_short: bool
    forecast_on: date


def standing(
    nodes: Sequence[NodeFact], money: Money, *, starts_on: date, finish_on: date, on: date
) -> Standing:
    """Compare nodes and money with the plan on a day. Source: workflows, 6."""
    late = late_days(nodes, on=on)
    length = max((finish_on - starts_on).days, 1)
    short = money.rate is not None and money.rate < MONEY_LINE
    colour: Colour = "yellow" if late else "green"
    if late > YELLOW_DAYS or Decimal(late) / length >= RED_SHARE or short:
        colour = "red"
    return Standing(
        colour,
        late,
        done_share(nodes, starts_on=starts_on),
        expected_share(starts_on=starts_on, due_on=finish_on, on=on),
        short,
        forecast(nodes, finish_on=finish_on, on=on),
    )


def spread_limits(days: Sequence[int], *, starts_on: date, finish_on: date) -> list[date]:
    """Limits of nodes that follow each other, in proportion to their lengths; the last at the end.

    A length of 0 marks a node that runs parallel: it shares the limit of the one before it.
    """
    whole, length, spent = sum(days) or 1, (finish_on - starts_on).days, 0
    limits = []
    for one in days:
        spent += one
        limits.append(starts_on + timedelta(days=round(length * spent / whole)))
    return limits
