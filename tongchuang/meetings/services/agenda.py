"""The agenda: what the office takes up, in which order, and what was said."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import require
from tongchuang.core import audit
from tongchuang.core.flow import WrongState, locked, remember, save_audited
from tongchuang.meetings.models import AgendaItem, Matter, Meeting
from tongchuang.meetings.queries.agenda import propose
from tongchuang.meetings.rules import moved
from tongchuang.meetings.services.meetings import Refused


@transaction.atomic
def take_up(meeting: Meeting, keys: Sequence[str], *, at: datetime, by: User) -> list[AgendaItem]:
    """Put proposed matters on the agenda, in the order in which they were proposed.

    Raises `Refused` when one is no longer proposed: the records have moved on.
    """
    meeting = _open(meeting, by)
    proposed = {one.key: one for one in propose(meeting, at=at)}
    if gone := set(keys) - proposed.keys():
        raise Refused(_("有 %(n)s 项情况已经变化，请刷新后重选。") % {"n": len(gone)})
    return [
        _put(
            meeting,
            by,
            kind=one.kind,
            title=one.title[:120],
            why=one.why[:200],
            days=one.days,
            unit=one.unit,
            **{f"{one.link}_id": one.pk},
        )
        for one in proposed.values()
        if one.key in keys
    ]


@transaction.atomic
def add_item(
    meeting: Meeting,
    *,
    title: str,
    why: str = "",
    unit: Unit | None = None,
    matter: Matter | None = None,
    by: User,
) -> AgendaItem:
    """Put something on the agenda by hand."""
    meeting = _open(meeting, by)
    if matter and meeting.agenda.filter(matter=matter).exists():
        raise Refused(_("这件重大事项已经在议程上。"))
    kind = AgendaItem.Kind.MATTER if matter else AgendaItem.Kind.HAND
    return _put(meeting, by, kind=kind, title=title, why=why, unit=unit, matter=matter)


def _put(meeting: Meeting, by: User, **fields: Any) -> AgendaItem:
    last = meeting.agenda.aggregate(last=Max("ordinal"))["last"] or 0
    item = AgendaItem(meeting=meeting, ordinal=last + 1, **fields)
    save_audited(item, "create", by=by)
    return item


@transaction.atomic
def move_item(item: AgendaItem, *, up: bool, by: User) -> None:
    """Put an item one place higher or lower."""
    meeting = _open(item.meeting, by)
    rows = {row.pk: row for row in meeting.agenda.all()}
    for ordinal, pk in enumerate(moved(list(rows), item.pk, up=up), 1):
        rows[pk].ordinal = ordinal
    AgendaItem.objects.bulk_update(rows.values(), ["ordinal"])
    audit.record(subject=item, action="reorder", by=by, after={"up": up})


@transaction.atomic
def remove_item(item: AgendaItem, *, by: User) -> None:
    """Take an item off the agenda; raises `Refused` when something was ruled on it."""
    meeting = _open(item.meeting, by)
    if item.rulings.exists():
        raise Refused(_("这项议题已有议定事项，不能撤下。"))
    audit.record(subject=item, action="delete", by=by, before={"title": item.title})
    item.delete()
    for ordinal, row in enumerate(meeting.agenda.all(), 1):
        AgendaItem.objects.filter(pk=row.pk).update(ordinal=ordinal)


@transaction.atomic
def discuss_item(item: AgendaItem, *, discussion: str, by: User) -> AgendaItem:
    """Note what was said on an item; it goes into the minutes."""
    item = locked(item)
    _unsigned(item.meeting, by)
    remember(item)
    item.discussion = discussion
    save_audited(item, "discuss", by=by)
    return item


def _open(meeting: Meeting, by: User) -> Meeting:
    """The meeting, locked, as long as its agenda may change: until it is held or called off."""
    meeting = locked(meeting)
    require(by, "meetings.manage", meeting)
    if meeting.status not in {Meeting.Status.PLANNED, Meeting.Status.ANNOUNCED}:
        raise WrongState(meeting, "agenda", meeting.status)
    return meeting


def _unsigned(meeting: Meeting, by: User) -> None:
    """The record of a meeting may be written until its minutes are signed."""
    require(by, "meetings.manage", meeting)
    minutes = getattr(meeting, "minutes", None)
    if minutes and minutes.is_fixed:
        raise WrongState(meeting, "discuss", meeting.status)
