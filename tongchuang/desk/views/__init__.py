"""Pages of the desk."""

from tongchuang.desk.views.cockpit import cockpit, cockpit_export
from tongchuang.desk.views.finding import search
from tongchuang.desk.views.hanging import clause
from tongchuang.desk.views.mail import (
    message_list,
    message_open,
    message_read,
    message_retry,
    messages_failed,
    messages_read,
)
from tongchuang.desk.views.package import package, package_make
from tongchuang.desk.views.todo import todo

__all__ = [
    "clause",
    "cockpit",
    "cockpit_export",
    "message_list",
    "message_open",
    "message_read",
    "message_retry",
    "messages_failed",
    "messages_read",
    "package",
    "package_make",
    "search",
    "todo",
]
