"""Targets beyond the line, reasons for having no task, key difficulties by decision."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TypedDict, Unpack

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import require
from tongchuang.campaigns.models import Campaign
from tongchuang.core import outbox
from tongchuang.core.flow import WrongState, locked, remember, save_audited
from tongchuang.priorities.models import Deferral, Difficulty, Target
from tongchuang.priorities.queries import duty_of
from tongchuang.priorities.rules import LONGEST_WAIT_DAYS, is_stricter
from tongchuang.projects.models import Project
from tongchuang.standards.models import Clause, Measure


class Refused(ValueError):
    """A decision that cannot be taken; the sentence says why and what to do."""


# Targets
@transaction.atomic
def set_target(
    campaign: Campaign,
    measure: Measure,
    *,
    value: Decimal,
    reason: str,
    reach_on: date,
    on: date,
    by: User,
) -> Target:
    """Set the campaign's own target for a measure; the one before ends and stays.

    Raises `Refused` when it does not ask for more than the line, or belongs to another standard.
    """
    target = Target(
        campaign=campaign,
        measure=measure,
        value=value,
        reason=reason.strip(),
        reach_on=reach_on,
        set_by=by,
        set_on=on,
    )
    require(by, "priorities.decide", target)
    if measure.clause.framework_id != campaign.framework_id:
        raise Refused(_("这项指标不在本项创建的标准里。"))
    if not is_stricter(value, measure.op, measure.threshold):
        raise Refused(_("目标要比标准的线更严；标准：%(line)s。") % {"line": measure.target})
    for old in Target.objects.select_for_update().filter(
        campaign=campaign, measure=measure, ended_on=None
    ):
        remember(old)
        old.ended_on = on
        save_audited(old, "end_target", by=by)
    save_audited(target, "set_target", by=by, reason=reason)
    return target


@transaction.atomic
def end_target(target: Target, *, on: date, reason: str, by: User) -> Target:
    """Go back to the line of the standard."""
    target = locked(target)
    require(by, "priorities.decide", target)
    if target.ended_on is not None:
        raise WrongState(target, "end_target", "ended")
    remember(target)
    target.ended_on = on
    save_audited(target, "end_target", by=by, reason=reason)
    return target


# No task now
@transaction.atomic
def defer_clause(
    campaign: Campaign, clause: Clause, *, reason: str, until: date, at: datetime, by: User
) -> Deferral:
    """Write why a weak clause has no task now; somebody with the right to approve decides.

    Raises `Refused` for a clause nobody leads, one that has a reason, or too long a wait.
    """
    duty = duty_of(campaign, clause)
    if duty is None:
        raise Refused(_("这一条还没有牵头单位，先分工。"))
    found = Deferral(
        campaign=campaign,
        clause=clause,
        unit=duty.lead,
        reason=reason.strip(),
        until=until,
        by=by,
        at=at,
    )
    require(by, "priorities.explain", found)
    today = timezone.localtime(at).date()
    if not today < until <= today + timedelta(days=LONGEST_WAIT_DAYS):
        raise Refused(_("截止日期要在明天以后、半年以内；到期再写再批。"))
    for old in Deferral.objects.select_for_update().filter(
        campaign=campaign, clause=clause, status__in=["submitted", "approved"]
    ):
        if old.status == Deferral.Status.SUBMITTED or old.until >= today:
            raise Refused(_("这一条已有理由在批或在有效期内。"))
        Deferral.FLOW.start(old, "end", by=by)
        Deferral.FLOW.finish(old, "end", by=by, at=at)
    save_audited(found, "defer", by=by, at=at)
    return found


@transaction.atomic
def decide_deferral(
    deferral: Deferral, *, approve: bool, note: str = "", at: datetime, by: User
) -> Deferral:
    """Approve or refuse a reason. Raises `Refused` for its own author, `WrongState` twice."""
    deferral = locked(deferral)
    move = "approve" if approve else "refuse"
    Deferral.FLOW.start(deferral, move, by=by)
    if deferral.by_id == by.pk:
        raise Refused(_("自己写的理由要由别人批。"))
    if not approve and not note.strip():
        raise Refused(_("不同意要写明意见。"))
    deferral.decided_by, deferral.decided_at, deferral.note = by, at, note.strip()
    Deferral.FLOW.finish(deferral, move, by=by, reason=note.strip(), at=at)
    words = _("暂不立任务已同意：%(clause)s") if approve else _("暂不立任务未同意：%(clause)s")
    outbox.post(
        to=deferral.unit,
        kind="deferral",
        subject=(words % {"clause": deferral.clause.name})[:120],
        body=deferral.note,
        url=reverse("followup:weak_list"),
    )
    return deferral


@transaction.atomic
def end_deferral(deferral: Deferral, *, at: datetime, by: User) -> Deferral:
    """Take a reason back: the clause asks for a task again."""
    deferral = locked(deferral)
    Deferral.FLOW.start(deferral, "end", by=by)
    Deferral.FLOW.finish(deferral, "end", by=by, at=at)
    return deferral


# Key difficulties
class DifficultyFields(TypedDict, total=False):
    """What is said of a key difficulty."""

    matter: str
    unit: Unit
    sponsor: User
    next_step: str
    next_on: date
    project: Project | None
    paper: str


@transaction.atomic
def name_difficulty(
    campaign: Campaign, clause: Clause, *, on: date, by: User, **fields: Unpack[DifficultyFields]
) -> Difficulty:
    """Take a clause up as a key difficulty, or write on: the old words stay in the log.

    Raises `Refused` for a clause of another standard.
    """
    found = (
        Difficulty.objects.select_for_update()
        .filter(campaign=campaign, clause=clause, ended_on=None)
        .first()
    )
    new = found is None
    found = found or Difficulty(campaign=campaign, clause=clause, named_by=by, named_on=on)
    require(by, "priorities.decide", found)
    if clause.framework_id != campaign.framework_id:
        raise Refused(_("这一条不在本项创建的标准里。"))
    if not new:
        remember(found)
    for name, value in fields.items():
        setattr(found, name, value)
    save_audited(found, "name_difficulty", by=by)
    outbox.post(
        to=found.unit,
        kind="difficulty",
        subject=(_("难点重点：%(matter)s") % {"matter": found.matter})[:120],
        body=found.next_step,
        url=reverse("followup:key_list"),
    )
    return found


@transaction.atomic
def end_difficulty(found: Difficulty, *, result: str, on: date, by: User) -> Difficulty:
    """Strike a key difficulty off the list, with what came of it."""
    found = locked(found)
    require(by, "priorities.decide", found)
    if found.ended_on is not None:
        raise WrongState(found, "end_difficulty", "ended")
    if not result.strip():
        raise Refused(_("写明怎样解决的，再销号。"))
    remember(found)
    found.ended_on, found.result = on, result.strip()
    save_audited(found, "end_difficulty", by=by, reason=found.result)
    return found
