"""The list of major matters."""

from collections.abc import Sequence
from datetime import date
from typing import TypedDict, Unpack

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import require
from tongchuang.campaigns.models import Campaign, Task
from tongchuang.cases.models import Case
from tongchuang.core import outbox
from tongchuang.core.flow import WrongState, locked, remember, save_audited
from tongchuang.core.numbering import next_number
from tongchuang.meetings.models import MATTER_FLOW, Matter
from tongchuang.meetings.services.meetings import Refused
from tongchuang.projects.models import Project


class MatterFields(TypedDict, total=False):
    """What may be said of a matter; absent keys stay as they are."""

    title: str
    detail: str
    cause: str
    unit: Unit
    sponsor: User
    due_on: date
    task: Task | None
    case: Case | None
    project: Project | None


@transaction.atomic
def list_matter(
    campaign: Campaign,
    *,
    on: date,
    helpers: Sequence[Unit] = (),
    by: User,
    **fields: Unpack[MatterFields],
) -> Matter:
    """Put a matter on the list under a number; its lead and its leader are told."""
    require(by, "meetings.manage", campaign)
    matter = Matter(campaign=campaign, listed_on=on, **fields)
    _check(matter)
    matter.number = f"ZD{on.year}-{next_number('matter', on.year):02}"
    save_audited(matter, "create", by=by, helpers=[unit.pk for unit in helpers])
    matter.helpers.set([unit for unit in helpers if unit != matter.unit])
    _tell(matter, _("列入重大事项清单：%(title)s"))
    return matter


@transaction.atomic
def change_matter(
    matter: Matter,
    *,
    helpers: Sequence[Unit],
    reason: str = "",
    by: User,
    **fields: Unpack[MatterFields],
) -> Matter:
    """Correct what is said of an open matter."""
    matter = locked(matter)
    require(by, "meetings.manage", matter)
    if matter.status != Matter.Status.OPEN:
        raise WrongState(matter, "change", matter.status)
    remember(matter)
    old = matter.unit_id
    for name, value in fields.items():
        setattr(matter, name, value)
    _check(matter)
    save_audited(matter, "change", by=by, reason=reason, helpers=[unit.pk for unit in helpers])
    matter.helpers.set([unit for unit in helpers if unit != matter.unit])
    if matter.unit_id != old:
        _tell(matter, _("重大事项改由你单位牵头：%(title)s"))
    return matter


def _check(matter: Matter) -> None:
    if matter.due_on < matter.listed_on:
        raise Refused(_("解决期限早于列入日期。"))


@transaction.atomic
def solve_matter(matter: Matter, *, result: str, on: date, by: User) -> Matter:
    """Strike it off: solved, with the result.

    Raises `Refused` while a ruling on it is not carried out, or for people of the lead unit.
    """
    matter = locked(matter)
    MATTER_FLOW.start(matter, "solve", by=by)
    ended = [*Task.FINISHED, Task.Status.CANCELLED]
    waiting = matter.rulings.exclude(task__status__in=ended).count()
    if waiting:
        raise Refused(_("还有 %(n)s 项议定事项没有落实，落实后才能销号。") % {"n": waiting})
    if by.unit_id == matter.unit_id:
        raise Refused(_("牵头单位的人不能给自己销号。"))
    matter.result, matter.solved_on = result, on
    MATTER_FLOW.finish(matter, "solve", by=by)
    _tell(matter, _("重大事项已销号：%(title)s"))
    return matter


@transaction.atomic
def withdraw_matter(matter: Matter, *, reason: str, by: User) -> Matter:
    """Take it off the list with a reason."""
    matter = locked(matter)
    MATTER_FLOW.start(matter, "withdraw", by=by)
    MATTER_FLOW.finish(matter, "withdraw", by=by, reason=reason)
    return matter


@transaction.atomic
def reopen_matter(matter: Matter, *, reason: str, by: User) -> Matter:
    """Put it on the list again."""
    matter = locked(matter)
    MATTER_FLOW.start(matter, "reopen", by=by)
    matter.result, matter.solved_on = "", None
    MATTER_FLOW.finish(matter, "reopen", by=by, reason=reason)
    return matter


def _tell(matter: Matter, subject: str) -> None:
    outbox.post_many(
        [matter.unit, matter.sponsor],
        kind="matter",
        subject=(subject % {"title": matter.title})[:120],
        body=matter.detail,
        url=reverse("meetings:matter_detail", args=[matter.pk]),
    )
