"""Arithmetic of meetings without Django: the days of a rhythm, follow-up, order, legal basis."""

import re
from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from statistics import median
from typing import Final, Literal

FollowUp = Literal["running", "late", "done", "dropped"]
_SEVEN: Final = 7
_MOVES_DAYS: Final = 3  # further, and it would fall together with the next one
_BASIS = re.compile(r"《(?P<law>[^《》]{2,60})》(?P<article>第[^《》]{1,20}条[^《》]{0,20})?")


def due_days(
    rhythm: str,
    day: int | None,
    *,
    first: date,
    last: date,
    is_workday: Callable[[date], bool],
) -> list[date]:
    """The days from `first` to `last` on which a meeting of this rhythm falls.

    Weekly: weekday 1 (Monday) to 7. Monthly: day 1 to 28. On a rest day the meeting moves to the
    next working day: by three days at most in a week, else that week has none, and within its
    month. On demand: none.
    """
    if day is None or last < first:
        return []
    named = _weekdays(day, first, last) if rhythm == "weekly" else _month_days(day, first, last)
    found = [_next_workday(one, rhythm, is_workday) for one in named]
    return sorted({one for one in found if one is not None and first <= one <= last})


def _weekdays(day: int, first: date, last: date) -> list[date]:
    monday = first - timedelta(days=first.weekday())
    weeks = range(((last - monday).days // _SEVEN) + 1)
    return [monday + timedelta(days=_SEVEN * week + day - 1) for week in weeks]


def _month_days(day: int, first: date, last: date) -> list[date]:
    months = range((last.year - first.year) * 12 + last.month - first.month + 1)
    starts = [divmod(first.year * 12 + first.month - 1 + n, 12) for n in months]
    return [date(year, month + 1, day) for year, month in starts]


def _next_workday(day: date, rhythm: str, is_workday: Callable[[date], bool]) -> date | None:
    """The day itself or the next working day, as far as the rhythm lets it move."""
    end = min(day + timedelta(days=_MOVES_DAYS), day + timedelta(days=6 - day.weekday()))
    if rhythm != "weekly":
        end = day.replace(day=monthrange(day.year, day.month)[1])
    while not is_workday(day):
        day += timedelta(days=1)
        if day > end:
            return None
    return day


def follow_up(status: str, *, due_on: date, on: date) -> FollowUp:
    """How a ruling stands, by the state of its task on a day.

    Finished tasks are done whenever they were finished; a cancelled task drops the ruling.
    """
    if status in {"accepted", "long_term", "closed"}:
        return "done"
    if status == "cancelled":
        return "dropped"
    return "late" if due_on < on else "running"


def moved(keys: Sequence[int], key: int, *, up: bool) -> list[int]:
    """The keys with one of them a place higher or lower; at the end of the list it stays."""
    order = list(keys)
    here = order.index(key)
    there = here - 1 if up else here + 1
    if 0 <= there < len(order):
        order[here], order[there] = order[there], order[here]
    return order


def read_basis(text: str) -> list[dict[str, str]]:
    """Legal basis from lines 《law》article: each with `law` and `article`, which may be "".

    Raises `ValueError` with the line that cannot be read.
    """
    found = []
    for line in filter(None, (part.strip() for part in text.splitlines())):
        match = _BASIS.fullmatch(line)
        if match is None:
            raise ValueError(line)
        found.append({"law": match["law"], "article": match["article"] or ""})
    return found


def share(part: int, whole: int) -> float | None:
    """A share in [0, 1]; None when there is nothing to share."""
    return part / whole if whole else None


def middle(days: Sequence[int]) -> float | None:
    """The median in days; None without any."""
    return float(median(days)) if days else None
