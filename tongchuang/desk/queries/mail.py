"""Messages as their readers see them, and those whose e-mail was given up."""

from django.db.models import QuerySet

from tongchuang.accounts.models import User
from tongchuang.core import outbox
from tongchuang.core.models import Message

UNREAD = "unread"


def messages_of(user: User, *, tab: str = "") -> QuerySet[Message]:
    """Messages to a person and their units; with `tab` "unread" those nobody opened yet."""
    mine = outbox.inbox(user).select_related("to_unit", "read_by")
    return mine.filter(read_at=None) if tab == UNREAD else mine


def undelivered() -> QuerySet[Message]:
    """Messages whose e-mail was given up, for whoever looks after accounts and addresses."""
    return outbox.dead_messages().select_related("to_user", "to_unit")
