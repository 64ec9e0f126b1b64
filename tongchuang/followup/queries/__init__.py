"""Reading what follows from the states of clauses."""

from tongchuang.followup.queries.closing import GapLine, GapReport, gap_report
from tongchuang.followup.queries.items import ItemLine, Tick, item_lines
from tongchuang.followup.queries.keys import KeyLine, key_lines
from tongchuang.followup.queries.strengths import StrengthLine, strength_lines
from tongchuang.followup.queries.todo import Todo, todo_for
from tongchuang.followup.queries.weak import WeakLine, unanswered_count, weak_lines

__all__ = [
    "GapLine",
    "GapReport",
    "ItemLine",
    "KeyLine",
    "StrengthLine",
    "Tick",
    "Todo",
    "WeakLine",
    "gap_report",
    "item_lines",
    "key_lines",
    "strength_lines",
    "todo_for",
    "unanswered_count",
    "weak_lines",
]
