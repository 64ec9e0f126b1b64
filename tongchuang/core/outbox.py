"""Telling people: a message is written with the change it speaks of and delivered afterwards.

The inbox in the application shows a message at once. E-mail goes to those who have an address;
unless urgent it waits while people rest: from 21:00 to 7:30 and on rest days (workflows §2).
"""

import logging
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.core.mail import EmailMessage
from django.db import models, transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from tongchuang.core import audit, clock
from tongchuang.core.calendars import city_calendar
from tongchuang.core.models.message import Message

MANY_UNREAD = 99  # more is shown as "99+"
NIGHT_BEGINS, NIGHT_ENDS = time(21), time(7, 30)
_BACK_OFF = [timedelta(minutes=m) for m in (1, 5, 30, 120, 720)]
_SENDING = timedelta(minutes=5)  # how long a message stays with the process that took it
_logger = logging.getLogger(__name__)


def post(
    *,
    to: models.Model,
    kind: str,
    subject: str,
    body: str,
    url: str = "",
    urgent: bool = False,
) -> Message:
    """Write a message to a person or a unit, in the transaction of what it speaks of.

    A message to a unit reaches those who hold its posts or belong to it.
    """
    return post_many([to], kind=kind, subject=subject, body=body, url=url, urgent=urgent)[0]


def post_many(
    recipients: Iterable[models.Model],
    *,
    kind: str,
    subject: str,
    body: str,
    url: str = "",
    urgent: bool = False,
) -> list[Message]:
    """The same message to several people or units."""
    now = clock.now()
    return Message.objects.bulk_create(
        [
            Message(
                to_user_id=to.pk if isinstance(to, AbstractBaseUser) else None,
                to_unit_id=None if isinstance(to, AbstractBaseUser) else to.pk,
                kind=kind,
                subject=subject,
                body=body,
                url=url,
                urgent=urgent,
                created_at=now,
                next_try_at=now,
            )
            for to in recipients
        ]
    )


def inbox(user: AbstractBaseUser) -> QuerySet[Message]:
    """The messages to a person and to the units whose posts they hold or to which they belong."""
    # The units first: with a subquery the database would walk through every message.
    mine = Q(to_user=user.pk) | Q(to_unit__in=_units_of(user))
    return Message.objects.filter(mine).select_related("to_unit")


def _units_of(user: AbstractBaseUser) -> list[int]:
    """Ids of the unit a person belongs to and of those whose posts they hold today."""
    return sorted(_units_held(user))


def _units_held(user: AbstractBaseUser) -> QuerySet[Any, int]:
    today = clock.today()
    person = get_user_model().objects.filter(pk=user.pk)
    held = person.filter(
        Q(posts__to_on=None) | Q(posts__to_on__gte=today), posts__from_on__lte=today
    )
    own = person.exclude(unit=None).order_by().values_list("unit", flat=True)
    return own.union(held.order_by().values_list("posts__unit", flat=True))


def unread(user: AbstractBaseUser) -> tuple[QuerySet[Message], QuerySet[Message]]:
    """Messages nobody opened yet, to the person and to their units, for a part of another query.

    Two sets instead of one: each is served by an index of its own that holds only unread rows.
    """
    new = Message.objects.filter(read_at=None)
    units = _units_held(user)
    return new.filter(to_user=user.pk), new.filter(to_unit__in=units)


def unread_count(user: AbstractBaseUser) -> int:
    """How many messages nobody opened yet, counted to `MANY_UNREAD` + 1 at most."""
    return inbox(user).filter(read_at=None).order_by()[: MANY_UNREAD + 1].count()


def mark_read(messages: QuerySet[Message], *, by: AbstractBaseUser) -> int:
    """Note who opened messages first; those opened before keep their first reader.

    Returns how many were new. No event in the audit chain: the row itself says who and when.
    """
    new = Message.objects.filter(pk__in=messages.values("pk"), read_at=None)
    return new.update(read_at=clock.now(), read_by=by.pk)


def quiet(moment: datetime) -> bool:
    """Whether people rest at that moment, so that only urgent messages are pushed."""
    calendar = city_calendar()
    local = calendar.local(moment)
    night = local.time() >= NIGHT_BEGINS or local.time() < NIGHT_ENDS
    return night or not calendar.is_workday(local.date())


def deliver_pending(limit: int = 200) -> int:
    """Send the e-mail of messages that are due; returns how many were dealt with.

    Safe to run in several processes and twice: a message belongs to the one that takes it first.
    """
    now = clock.now()
    due = Message.objects.filter(state=Message.State.WAITING, next_try_at__lte=now)
    if quiet(now):
        due = due.filter(urgent=True)
    due = due.select_related("to_user", "to_unit").order_by("next_try_at", "id")
    taken = [message for message in due[:limit] if _take(message, now)]
    for message in taken:
        _deliver(message)
    return len(taken)


def dead_messages() -> QuerySet[Message]:
    """Messages whose e-mail was given up; they still stand in the inbox."""
    return Message.objects.filter(state=Message.State.DEAD)


@transaction.atomic
def retry_message(message: Message, *, by: AbstractBaseUser) -> Message:
    """Try the e-mail of a message that was given up again from the start.

    One that meanwhile goes its way is left alone: pressing twice sends nothing twice.
    """
    dead = dead_messages().filter(pk=message.pk)
    tried_again = dead.update(
        state=Message.State.WAITING, attempts=0, failure="", next_try_at=clock.now()
    )
    message.refresh_from_db()
    if tried_again:
        audit.record(subject=message, action="retry_message", by=by)
    return message


def _take(message: Message, now: datetime) -> bool:
    mine = Message.objects.filter(pk=message.pk, attempts=message.attempts, state=message.state)
    taken = mine.update(attempts=F("attempts") + 1, next_try_at=now + _SENDING)
    message.attempts += 1
    return bool(taken)


def _deliver(message: Message) -> None:
    try:
        _send(message, _addresses(message))
    except (OSError, ValueError) as failure:  # the mail server, or what it makes of an address
        _logger.warning("Message %s was not delivered: %s", message.pk, failure)
        _postpone(message, str(failure) or type(failure).__name__)
    else:
        message.state, message.delivered_at = Message.State.DELIVERED, clock.now()
        message.failure = ""
    message.save(update_fields=["state", "delivered_at", "next_try_at", "failure"])


def _addresses(message: Message) -> list[str]:
    people = get_user_model().objects.filter(is_active=True).exclude(email="")
    if message.to_user_id is not None:
        people = people.filter(pk=message.to_user_id)
    else:
        today = clock.today()
        people = people.filter(
            Q(posts__to_on=None) | Q(posts__to_on__gte=today),
            posts__unit=message.to_unit_id,
            posts__from_on__lte=today,
        )
    return sorted(set(people.values_list("email", flat=True)))


def _send(message: Message, addresses: list[str]) -> None:
    """One e-mail in which the recipients do not see each other; none without an address."""
    if not addresses:
        return
    text = message.body
    if message.url and settings.CSRF_TRUSTED_ORIGINS:
        text += "\n\n" + settings.CSRF_TRUSTED_ORIGINS[0].rstrip("/") + message.url
    EmailMessage(subject=message.subject, body=text, bcc=addresses).send()


def _postpone(message: Message, failure: str) -> None:
    message.failure = failure[:300]
    if message.attempts > len(_BACK_OFF):
        message.state = Message.State.DEAD
        message.failure = (_("多次投递失败：") + failure)[:300]
        return
    message.next_try_at = clock.now() + _BACK_OFF[message.attempts - 1]
