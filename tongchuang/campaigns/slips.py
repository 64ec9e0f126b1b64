"""What a late task means for those after it: proposals only, without Django. Nothing is moved."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)


class Circular(ValueError):
    """Tasks that wait for each other: no order of work exists."""


@dataclass(frozen=True, slots=True)
class Work:
    """The dates of one task; `done_on` once it is accepted."""

    starts_on: date
    due_on: date
    done_on: date | None = None

    def end(self, on: date) -> date:
        """The earliest day on which it can still be finished, seen from `on`."""
        return self.done_on or max(self.due_on, on)


@dataclass(frozen=True, slots=True)
class Move:
    """A task that would have to move by `days`, because `because` ends too late for it."""

    key: int
    because: int
    days: int
    starts_on: date
    due_on: date


def order_of(keys: Iterable[int], before: Mapping[int, Iterable[int]]) -> list[int]:
    """The keys so that each comes after what it waits for. Raises `Circular`."""
    ordered: list[int] = []
    state: dict[int, bool] = {}  # False while what it waits for is being looked at
    for first in keys:
        waiting = [first]
        while waiting:
            key = waiting[-1]
            if state.get(key) is None:
                state[key] = False
                earlier = [one for one in before.get(key, ()) if not state.get(one)]
                if any(state.get(one) is False for one in earlier):
                    raise Circular(str(key))
                waiting.extend(earlier)
            else:
                waiting.pop()
                if not state[key]:
                    state[key] = True
                    ordered.append(key)
    return ordered


def moves(works: Mapping[int, Work], links: Iterable[tuple[int, int]], *, on: date) -> list[Move]:
    """What would have to move, in the order of the work, so that each begins after what it awaits.

    `links` are pairs (before, after). A task keeps its length. What is finished never moves, and
    nothing is proposed earlier than it stands. Raises `Circular`.
    """
    before: dict[int, list[int]] = {}
    for earlier, later in links:
        if earlier in works and later in works:
            before.setdefault(later, []).append(earlier)
    end: dict[int, date] = {}
    found = []
    for key in order_of(works, before):
        work = works[key]
        end[key] = work.end(on)
        awaited = before.get(key, [])
        if work.done_on or not awaited:
            continue
        because = max(awaited, key=lambda one: (end[one], one))
        days = (end[because] + DAY - work.starts_on).days
        if days > 0:
            shift = timedelta(days=days)
            found.append(Move(key, because, days, work.starts_on + shift, work.due_on + shift))
            end[key] = max(work.due_on + shift, on)
    return found
