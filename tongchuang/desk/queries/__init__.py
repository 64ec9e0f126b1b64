"""Reading across the apps: what waits for a person, the cockpit, search, what hangs on a clause."""

from tongchuang.desk.queries.todo import TodoGroup, TodoLine, todo_groups
from tongchuang.desk.queries.todo_count import Waiting, todo_count, waiting

__all__ = ["TodoGroup", "TodoLine", "Waiting", "todo_count", "todo_groups", "waiting"]
