"""Rulings: each becomes a task or lifts a block, in the same transaction."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import require
from tongchuang.campaigns.models import Task
from tongchuang.campaigns.services import create_task, unblock_task
from tongchuang.core import outbox
from tongchuang.core.flow import WrongState, locked, save_audited
from tongchuang.meetings.models import AgendaItem, Matter, Meeting, Ruling
from tongchuang.meetings.services.meetings import Refused
from tongchuang.standards.models import Clause

_M = Ruling.Means


@transaction.atomic
def make_ruling(
    meeting: Meeting,
    *,
    wording: str,
    unit: Unit,
    person: User,
    helpers: Sequence[Unit],
    due_on: date,
    means: str = _M.TASK,
    item: AgendaItem | None = None,
    matter: Matter | None = None,
    by: User,
) -> Ruling:
    """Record what was decided: one owner, a named person of that unit, a day.

    A new task is set, or the blocked task of the item goes on with the ruling as reference, or
    both. Raises `WrongState` before the meeting is held or once its minutes are signed, `Refused`
    for a day before the meeting, a person of another unit, or no block to lift.
    """
    meeting = locked(meeting)
    require(by, "meetings.manage", meeting)
    _check_state(meeting)
    _check_owner(meeting, item, unit, person, due_on)
    helpers = [helper for helper in helpers if helper != unit]
    blocked = _blocked_task(item, unit, means) if means != _M.TASK else None
    last = meeting.rulings.aggregate(last=Max("ordinal"))["last"] or 0
    ruling = Ruling(
        meeting=meeting,
        ordinal=last + 1,
        item=item,
        matter=matter or (item.matter if item else None),
        wording=wording,
        unit=unit,
        person=person,
        due_on=due_on,
        means=means,
    )
    if blocked:
        blocked = unblock_task(blocked, ruling=_reference(ruling), paper=meeting.title[:80], by=by)
    new = means in {_M.TASK, _M.BOTH}
    ruling.task = _new_task(ruling, by) if new or blocked is None else blocked
    save_audited(ruling, "create", by=by, helpers=[helper.pk for helper in helpers])
    ruling.helpers.set(helpers)
    _tell(ruling, helpers)
    return ruling


def _check_state(meeting: Meeting) -> None:
    minutes = getattr(meeting, "minutes", None)
    if meeting.status != Meeting.Status.HELD or (minutes and minutes.is_fixed):
        raise WrongState(meeting, "rule", meeting.status)


def _check_owner(
    meeting: Meeting, item: AgendaItem | None, unit: Unit, person: User, due_on: date
) -> None:
    if item and item.meeting_id != meeting.pk:
        raise Refused(_("议题不属于这次会议。"))
    if due_on < meeting.held_on:
        raise Refused(_("完成时限早于会议日期。"))
    at_unit = person.unit_id == unit.pk or unit.posts.filter(holder=person, to_on=None).exists()
    if not at_unit:
        raise Refused(_("责任人要是责任单位的人。"))


def _blocked_task(item: AgendaItem | None, unit: Unit, means: str) -> Task:
    """The blocked task that the item speaks of."""
    task = item.task if item else None
    if item and task is None and item.matter:
        task = item.matter.task
    if task is None or task.status != Task.Status.BLOCKED:
        raise Refused(_("这项议题没有受阻的任务，不能选“解除受阻”。"))
    if means == _M.LIFT and task.unit_id != unit.pk:
        raise Refused(_("只解除受阻时，责任单位应是原任务的牵头单位。"))
    return task


def _reference(ruling: Ruling) -> str:
    words = {"meeting": ruling.meeting.title, "n": ruling.ordinal, "wording": ruling.wording}
    return (_("%(meeting)s议定事项第 %(n)s 项：%(wording)s") % words)[:200]


def _new_task(ruling: Ruling, by: User) -> Task:
    meeting = ruling.meeting
    return create_task(
        meeting.campaign,
        title=ruling.wording[:120],
        clause=_clause(ruling.item),
        unit=ruling.unit,
        sponsor=ruling.matter.sponsor if ruling.matter else meeting.chair,
        quantity=Decimal(1),
        quantity_unit=_("项"),
        starts_on=meeting.held_on,
        due_on=ruling.due_on,
        by=by,
    )


def _clause(item: AgendaItem | None) -> Clause | None:
    if item is None:
        return None
    return item.clause or (item.task.clause if item.task else None)


def _tell(ruling: Ruling, helpers: Sequence[Unit]) -> None:
    words = {
        "wording": ruling.wording,
        "unit": ruling.unit,
        "person": ruling.person,
        "due": ruling.due_on.isoformat(),
    }
    outbox.post_many(
        [ruling.unit, ruling.person, *helpers],
        kind="ruling",
        subject=(_("会议议定：%(wording)s") % words)[:120],
        body=_("责任单位：%(unit)s；责任人：%(person)s；时限：%(due)s。") % words,
        url=reverse("meetings:ruling_list"),
    )
