"""Reading the joint calendar: events, load of units, warnings."""

from tongchuang.calendar.queries.clashes import Brief, Warned, brief, warnings
from tongchuang.calendar.queries.events import Event, Wanted, events, kind_choices
from tongchuang.calendar.queries.load import Cell, UnitLoad, load_table
from tongchuang.calendar.queries.matters import Matters, matters

__all__ = [
    "Brief",
    "Cell",
    "Event",
    "Matters",
    "UnitLoad",
    "Wanted",
    "Warned",
    "brief",
    "events",
    "kind_choices",
    "load_table",
    "matters",
    "warnings",
]
