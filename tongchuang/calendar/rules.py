"""Arithmetic of the joint calendar without Django: weeks, capacity, load, what meets what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from statistics import median
from typing import Literal

WEEK = timedelta(days=7)
State = Literal["unknown", "calm", "full", "over"]
Meeting = Literal["site", "unit"]


# Weeks
def week_of(day: date) -> date:
    """The Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def weeks_from(day: date, number: int) -> list[date]:
    """The Mondays of `number` weeks, the first one that of `day`."""
    first = week_of(day)
    return [first + n * WEEK for n in range(number)]


def month_weeks(day: date) -> list[date]:
    """The Mondays of the weeks that a page of the day's month shows."""
    first = day.replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    number = ((following - timedelta(days=1)) - week_of(first)).days // 7 + 1
    return weeks_from(first, number)


def weeks_touched(first: date, last: date) -> list[date]:
    """The Mondays of all weeks from the day `first` to the day `last`."""
    return weeks_from(first, (week_of(last) - week_of(first)).days // 7 + 1)


# Load
def spread(number: int, parts: int) -> list[int]:
    """`number` things over `parts` weeks as evenly as whole things allow; earlier weeks get more.

    The sum is always `number`. Raises `ValueError` for no parts.
    """
    if parts < 1:
        raise ValueError("nothing to spread over")
    each, more = divmod(number, parts)
    return [each + (n < more) for n in range(parts)]


def capacity(done: Sequence[int], *, least_weeks: int) -> Decimal | None:
    """How many matters a unit finishes in a usual week: the median of past weeks, or None.

    `done` holds one count for each whole week looked back at, idle ones too. None while fewer
    than `least_weeks` of them saw anything finished: then nobody knows.
    """
    if sum(number > 0 for number in done) < least_weeks:
        return None
    return Decimal(str(median(done)))


def load_state(number: int, line: Decimal | None, *, over_share: Decimal, least: int) -> State:
    """How a week's matters stand against the line of the unit.

    over: more than `over_share` times the line, and at least `least` matters; full: more than the
    line; unknown without a line. More matters never lower the state.
    """
    if line is None:
        return "unknown"
    if number >= least and number > line * over_share:
        return "over"
    return "full" if number > line else "calm"


# Clashes
@dataclass(frozen=True, slots=True)
class Call:
    """Something that calls units together for days: a gate, a round of visits, a meeting.

    `units` and `sites` that it reaches, `people` who must be there themselves.
    """

    key: str
    campaigns: frozenset[int]
    first: date
    last: date
    units: frozenset[int] = frozenset()
    sites: frozenset[int] = frozenset()
    people: frozenset[int] = frozenset()


def share_week(one: Call, other: Call) -> bool:
    """Whether both have a day in the same week."""
    return week_of(one.first) <= week_of(other.last) and week_of(other.first) <= week_of(one.last)


def meets(one: Call, other: Call) -> Meeting | None:
    """Whether two campaigns call the same site or the same unit in the same week. Symmetric."""
    if one.key == other.key or one.campaigns & other.campaigns or not share_week(one, other):
        return None
    if one.sites & other.sites:
        return "site"
    return "unit" if one.units & other.units else None


def meetings_of(calls: Iterable[Call]) -> list[tuple[Call, Call, Meeting]]:
    """Every pair of calls that meet, each once, in the order of their days."""
    ordered = sorted(calls, key=lambda call: (call.first, call.key))
    pairs = ((a, b, meets(a, b)) for a, b in combinations(ordered, 2))
    return [(a, b, how) for a, b, how in pairs if how is not None]


def double_booked(calls: Iterable[Call]) -> list[tuple[Call, Call, frozenset[int]]]:
    """Pairs that want the same person on the same day, with those people."""
    ordered = sorted((c for c in calls if c.people), key=lambda call: (call.first, call.key))
    return [
        (a, b, a.people & b.people)
        for a, b in combinations(ordered, 2)
        if a.people & b.people and a.first <= b.last and b.first <= a.last
    ]


def week_shared(one: Call, other: Call) -> date:
    """The Monday of the first week that both have a day in."""
    return week_of(max(one.first, other.first))


def after_gate(due_on: date, gates: Iterable[date]) -> date | None:
    """The first gate that something due on `due_on` comes too late for; None when for none."""
    return min((gate for gate in gates if gate < due_on), default=None)


def share_of(number: int, line: Decimal | None) -> Fraction | None:
    """Load ÷ line, for ordering; None without a line or with a line of nothing."""
    return Fraction(number) / Fraction(line) if line else None
