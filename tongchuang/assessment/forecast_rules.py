"""Whether a clause can be met by a day, under named assumptions. Arithmetic without Django.

A forecast says what follows from the plan and the pace seen, not what will happen: work that is
finished is taken to do its clause good, and what holds now to stay (speech 2.1.3c).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction


class Assumption(StrEnum):
    """What is taken for granted, from the kindest to the hardest."""

    PLAN = "plan"  # everything ends on the day that is set for it
    PACE = "pace"  # everything goes on at the pace it has had
    STUCK = "stuck"  # and what is blocked stays blocked


@dataclass(frozen=True, slots=True)
class Effort:
    """Work under way for a clause, seen from `today`: the day that is set, what is done.

    `share` in [0, 1] is done since `starts_on`; None where nobody measures it, then the pace is
    that of the plan.
    """

    starts_on: date
    due_on: date
    share: Fraction | None = None
    blocked: bool = False

    def end(self, assumption: Assumption, today: date) -> date | None:
        """The day on which it is finished, None when that cannot be told or will not be.

        Work past its day without a new one has no end by plan: nobody has promised any. At its
        pace a work that has begun and done nothing never ends.
        """
        if assumption is Assumption.STUCK and self.blocked:
            return None
        planned = self.due_on if self.due_on >= today else None
        if assumption is Assumption.PLAN or self.share is None or self.starts_on >= today:
            return planned
        if not self.share:
            return None
        days = (today - self.starts_on).days / self.share
        return max(self.due_on, _after(self.starts_on, days))


def _after(day: date, days: Fraction) -> date:
    """So many days later, at most a century."""
    return day + timedelta(days=min(int(-(-days // 1)), 36_500))


def comes(efforts: Sequence[Effort], assumption: Assumption, *, by: date, today: date) -> bool:
    """Whether all that is under way for a clause is finished by a day; False without any."""
    ends = [one.end(assumption, today) for one in efforts]
    return bool(ends) and all(end is not None and end <= by for end in ends)


def expected(
    held: int,
    open_clauses: Iterable[Sequence[Effort]],
    assumption: Assumption,
    *,
    by: date,
    today: date,
) -> int:
    """How many clauses hold on a day: those that hold now and those that come."""
    return held + sum(comes(one, assumption, by=by, today=today) for one in open_clauses)


def trend(months: Collection[int], clauses: int, *, ahead: int) -> int | None:
    """Held clauses so many months ahead by the mean change of the months seen, earliest first.

    Never below 0 or above all `clauses`; None with fewer than three months.
    """
    seen = list(months)
    if len(seen) < 3:
        return None
    slope = Fraction(seen[-1] - seen[0], len(seen) - 1)
    return max(0, min(clauses, round(seen[-1] + slope * ahead)))
