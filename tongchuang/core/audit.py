"""The audit chain: adding events, reading a record's history, walking the chain."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import models, transaction

from tongchuang.core import clock
from tongchuang.core.models.audit import ChainHead, Event

FIRST_DIGEST = "0" * 64
_BATCH = 2000


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be recorded about one subject; `at` defaults to the present."""

    subject: models.Model
    action: str
    by: AbstractBaseUser | None
    reason: str = ""
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ChainReport:
    """Result of walking the chain; `broken_at` is the id of the first bad event."""

    events: int
    broken_at: int | None
    fault: str = ""

    @property
    def sound(self) -> bool:
        """Whether every event follows from the one before it."""
        return not self.fault


def record(
    *,
    subject: models.Model,
    action: str,
    by: AbstractBaseUser | None,
    reason: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    at: datetime | None = None,
) -> Event:
    """Add one event to the chain, in the caller's transaction. `by=None`: an anonymous citizen."""
    entry = Entry(subject, action, by, reason, before or {}, after or {}, at)
    return record_many([entry])[0]


@transaction.atomic
def record_many(entries: Iterable[Entry]) -> list[Event]:
    """Add events in the given order; for imports and generated history."""
    head = _locked_head()
    events: list[Event] = []
    for entry in entries:
        event = _event(entry, head.digest)
        head.digest = event.digest
        head.events += 1
        events.append(event)
    created = Event.objects.bulk_create(events, batch_size=_BATCH)
    head.save(update_fields=["digest", "events"])
    return created


def history(subject: models.Model) -> models.QuerySet[Event]:
    """The events of one record, oldest first."""
    return Event.objects.filter(
        subject_kind=subject._meta.label_lower, subject_id=subject.pk
    ).select_related("actor")


def verify_chain() -> ChainReport:
    """Walk all events and name the first one that does not follow from its predecessor."""
    previous, count = FIRST_DIGEST, 0
    for event in Event.objects.order_by("id").iterator(chunk_size=_BATCH):
        if event.previous_digest != previous:
            return ChainReport(count, event.pk, "the event before it is missing or was altered")
        if event.digest != _digest(event):
            return ChainReport(count, event.pk, "its content was altered")
        previous, count = event.digest, count + 1
    head = ChainHead.objects.first()
    if head and (head.digest, head.events) != (previous, count):
        return ChainReport(count, None, "events at the end of the chain are missing")
    return ChainReport(count, None)


def plain(value: Any) -> Any:
    """`value` as JSON can hold it: moments in UTC, decimals and ids as text, rows as keys."""
    if isinstance(value, dict):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(part) for part in value]
    return value if isinstance(value, str | int | float | bool | None) else _text(value)


def _text(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat() if value.tzinfo else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value.pk if isinstance(value, models.Model) else str(value)


def _locked_head() -> ChainHead:
    ChainHead.objects.get_or_create(pk=1, defaults={"digest": FIRST_DIGEST, "events": 0})
    return ChainHead.objects.select_for_update().get(pk=1)


def _event(entry: Entry, previous: str) -> Event:
    event = Event(
        at=entry.at or clock.now(),
        actor_id=entry.by.pk if entry.by else None,
        actor_name=str(entry.by)[:80] if entry.by else "",
        subject_kind=entry.subject._meta.label_lower,
        subject_id=entry.subject.pk,
        subject_title=str(entry.subject)[:200],
        action=entry.action,
        reason=entry.reason,
        before=plain(entry.before),
        after=plain(entry.after),
        previous_digest=previous,
    )
    event.digest = _digest(event)
    return event


def _digest(event: Event) -> str:
    return digest_of(
        [
            event.previous_digest,
            event.at.astimezone(UTC).isoformat(),
            event.actor_id,
            event.actor_name,
            event.subject_kind,
            event.subject_id,
            event.subject_title,
            event.action,
            event.reason,
            event.before,
            event.after,
        ]
    )


def digest_of(content: list[Any]) -> str:
    """The seal of an event: the digest before it, moment in UTC, actor, subject, what changed."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
