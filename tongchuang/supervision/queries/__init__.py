"""Reading bulletins; `month` and `summary` read the apps below for the data cut."""

from tongchuang.supervision.queries.lists import (
    BulletinTodo,
    bulletin_list,
    latest_bulletin,
    objections_of,
    slip_list,
    todo_for,
    units_that_may_object,
)

__all__ = [
    "BulletinTodo",
    "bulletin_list",
    "latest_bulletin",
    "objections_of",
    "slip_list",
    "todo_for",
    "units_that_may_object",
]
