"""Arithmetic of priorities without Django: what is beyond a line, how far a value is from it."""

from datetime import date
from decimal import Decimal
from typing import Literal

LONGEST_WAIT_DAYS = 183
"""A reason for having no task holds half a year at most; then it is written and approved anew."""
Trend = Literal["better", "same", "worse"]
_UP = frozenset({">=", ">"})
_DOWN = frozenset({"<=", "<"})
LEVELS = ("city", "province", "nation")


def is_stricter(value: Decimal, op: str, line: Decimal | None) -> bool:
    """Whether `value` asks for more than `line`; False where nothing is beyond the line.

    An exact value ("=="), a line nobody knows or a rule without direction has nothing beyond it.
    """
    if line is None:
        return False
    if op in _UP:
        return value > line
    return op in _DOWN and value < line


def reached(value: Decimal, op: str, target: Decimal) -> bool:
    """Whether `value` reaches `target` on the side of `op`."""
    return value >= target if op in _UP else value <= target


def gap(value: Decimal, op: str, target: Decimal) -> Decimal:
    """How much is missing to the target in the measure's unit; 0 once it is reached."""
    missing = target - value if op in _UP else value - target
    return max(missing, Decimal(0))


def trend(before: Decimal | None, now: Decimal | None, op: str) -> Trend | None:
    """Which way a figure went from one period to the next; None when one is not known."""
    if before is None or now is None or op not in _UP | _DOWN:
        return None
    if before == now:
        return "same"
    return "better" if (now > before) == (op in _UP) else "worse"


def reason_holds(status: str, until: date, *, on: date) -> bool:
    """Whether an approved reason still stands on a day: up to and including its last."""
    return status == "approved" and on <= until


def highest(levels: list[str]) -> str:
    """The highest of the levels reached; '' for none."""
    return max(levels, key=LEVELS.index, default="")
