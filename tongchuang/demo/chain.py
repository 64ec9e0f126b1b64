"""A hundred thousand audit events in one pass, sealed like any other."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import Any, Final

from django.db import transaction

from tongchuang.core import audit
from tongchuang.core.models import Event
from tongchuang.core.models.audit import ChainHead
from tongchuang.demo import loading

_COLUMNS: Final = (
    "at",
    "actor",
    "actor_name",
    "subject_kind",
    "subject_id",
    "subject_title",
    "action",
    "reason",
    "before",
    "after",
    "previous_digest",
    "digest",
)


@transaction.atomic
def record_history(entries: Iterable[audit.Entry]) -> None:
    """Add events in the given order, as `audit.record_many` does, only faster."""
    ChainHead.objects.get_or_create(pk=1, defaults={"digest": audit.FIRST_DIGEST, "events": 0})
    head = ChainHead.objects.select_for_update().get(pk=1)
    loading.insert_values(Event, _COLUMNS, _sealed(entries, head))
    head.save(update_fields=["digest", "events"])


def _sealed(entries: Iterable[audit.Entry], head: ChainHead) -> Iterator[tuple[Any, ...]]:
    for entry in entries:
        facts = _facts(entry)
        previous, head.digest = head.digest, ""
        before, after = audit.plain(entry.before), audit.plain(entry.after)
        at = entry.at.astimezone(UTC).isoformat() if entry.at else ""
        head.digest = audit.digest_of([previous, at, *facts, before, after])
        head.events += 1
        yield entry.at, *facts, _text(before), _text(after), previous, head.digest


def _facts(entry: audit.Entry) -> tuple[Any, ...]:
    """Actor, subject, action and reason, as an event keeps them."""
    by, subject = entry.by, entry.subject
    return (
        by.pk if by else None,
        str(by)[:80] if by else "",
        subject._meta.label_lower,
        subject.pk,
        str(subject)[:200],
        entry.action,
        entry.reason,
    )


def _text(value: Any) -> str:
    return json.dumps(value)
