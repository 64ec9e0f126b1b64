"""What the history of a title says of it: pure functions over entries in their order.

States: aimed (争创), nominated, held, suspended, lost. An entry is a decision of the office that
gives the title, so a history that no office could have written is refused.
"""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class State(StrEnum):
    """What a place may say of a title, the values of `models.Title.State`."""

    AIMED = "aimed"
    NOMINATED = "nominated"
    HELD = "held"
    SUSPENDED = "suspended"
    LOST = "lost"


class Kind(StrEnum):
    """What an office decided, the values of `models.TitleEntry.Kind`."""

    NOMINATED = "nominated"
    NAMED = "named"
    REFUSED = "refused"
    CONFIRMED = "confirmed"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"


class Standing(StrEnum):
    """What a title asks of the office today."""

    QUIET = "quiet"  # nothing held, or the re-evaluation is far off
    UNKNOWN = "unknown"  # held, but nobody knows until when
    KEPT = "kept"  # lapsing, and a campaign keeps it
    LAPSING = "lapsing"  # lapsing, and nobody keeps it
    OVERDUE = "overdue"  # the day has passed without a decision


MOVES: dict[State, dict[Kind, State]] = {
    State.AIMED: {
        Kind.NOMINATED: State.NOMINATED,
        Kind.NAMED: State.HELD,
        Kind.REFUSED: State.AIMED,
    },
    State.NOMINATED: {
        Kind.NOMINATED: State.NOMINATED,
        Kind.NAMED: State.HELD,
        Kind.REFUSED: State.AIMED,
    },
    State.HELD: {
        Kind.CONFIRMED: State.HELD,
        Kind.SUSPENDED: State.SUSPENDED,
        Kind.WITHDRAWN: State.LOST,
    },
    State.SUSPENDED: {Kind.CONFIRMED: State.HELD, Kind.WITHDRAWN: State.LOST},
    State.LOST: {Kind.NOMINATED: State.NOMINATED, Kind.NAMED: State.HELD},
}
POSSESSED = frozenset({State.HELD, State.SUSPENDED})


class Impossible(ValueError):
    """An entry that cannot follow on the ones before it: its place, and the state it met."""

    def __init__(self, place: int, state: State, kind: Kind) -> None:
        """Keep what is needed to say it in words."""
        super().__init__(f"{kind} cannot follow on {state}")
        self.place, self.state, self.kind = place, state, kind


@dataclass(frozen=True, slots=True)
class Entry:
    """One decision: what, on which day, and the day until which it holds (None: not known)."""

    kind: Kind
    on: date
    until: date | None = None


def replay(entries: Sequence[Entry]) -> tuple[State, date | None]:
    """State after all entries and the day of the next re-evaluation; raises `Impossible`.

    The day is that of the last entry that gave, kept or suspended the title; None when the title
    is not possessed or nobody knows the day.
    """
    state, until = State.AIMED, None
    for place, entry in enumerate(entries):
        if entry.kind not in MOVES[state]:
            raise Impossible(place, state, entry.kind)
        state = MOVES[state][entry.kind]
        until = entry.until if state in POSSESSED else None
    return state, until


def standing(
    state: State, until: date | None, *, kept: bool, on: date, warn_months: int
) -> Standing:
    """What a title asks of the office on a day; `kept`: a campaign works on keeping it."""
    if state not in POSSESSED:
        return Standing.QUIET
    if until is None:
        return Standing.UNKNOWN
    if until < on:
        return Standing.OVERDUE
    if until > months_on(on, warn_months):
        return Standing.QUIET
    return Standing.KEPT if kept else Standing.LAPSING


def months_on(day: date, months: int) -> date:
    """The same day so many months later, the last of the month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def review_day(on: date, years: int | None) -> date | None:
    """When the title is examined again after a decision; None when the rule is not known."""
    return None if years is None else months_on(on, 12 * years)


def failures(entries: Iterable[Entry]) -> int:
    """How often the title was suspended since it was last given or confirmed."""
    count = 0
    for entry in entries:
        if entry.kind in {Kind.NAMED, Kind.CONFIRMED}:
            count = 0
        elif entry.kind == Kind.SUSPENDED:
            count += 1
    return count
