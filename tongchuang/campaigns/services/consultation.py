"""Consultation: units answer a proposed duty in writing before it is issued (workflows, 4)."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import require
from tongchuang.campaigns.models import (
    ASSIGNMENT_FLOW,
    OPINION_FLOW,
    TASK_FLOW,
    Assignment,
    Campaign,
    Opinion,
    Relation,
    Task,
)
from tongchuang.campaigns.services.tasks import tell
from tongchuang.core import clock, outbox
from tongchuang.core.calendars import city_calendar
from tongchuang.core.flow import locked, remember, save_audited
from tongchuang.core.worktime import Limit, LimitUnit, deadline

# Workflows, 4: consulted units answer within 3 working days, headquarters within 2.
ANSWER = Limit(3, LimitUnit.WORK_DAY)
RULING = Limit(2, LimitUnit.WORK_DAY)


class NotReady(Exception):
    """A matter that may not go on yet; the message says what is missing."""


@transaction.atomic
def consult_assignments(campaign: Campaign, *, by: User) -> int:
    """Ask the units about every drafted assignment of the campaign; how many were sent out."""
    require(by, "campaigns.assign", campaign)
    drafts = campaign.assignments.filter(status=Assignment.Status.DRAFTED)
    rows = list(drafts.select_related("lead", "clause", "campaign").order_by("clause__ordinal"))
    asked: dict[Unit, int] = {}
    for row in rows:
        ASSIGNMENT_FLOW.start(row, "consult", by=by)
        ASSIGNMENT_FLOW.finish(row, "consult", by=by)
        for opinion in _ask(row, _standing(row)):
            asked[opinion.unit] = asked.get(opinion.unit, 0) + 1
    for unit, count in asked.items():
        _tell_asked(unit, _("%(n)s 项责任分工征求意见") % {"n": count})
    return len(rows)


@transaction.atomic
def consult_task(task: Task, *, by: User) -> Task:
    """Ask the unit about a drafted task; raises `NotReady` without a sponsor or a clause."""
    task = locked(task)
    TASK_FLOW.start(task, "consult", by=by)
    if task.sponsor is None or task.clause is None:
        raise NotReady(_("征求意见前要写明牵头领导和对应条款。"))
    TASK_FLOW.finish(task, "consult", by=by)
    _ask(task, [(task.unit, Relation.LEAD)])
    _tell_asked(task.unit, _("任务征求意见：%(title)s") % {"title": task.title})
    return task


@transaction.atomic
def agree(opinion: Opinion, *, by: User) -> Opinion:
    """Accept the duty."""
    opinion = locked(opinion)
    OPINION_FLOW.start(opinion, "agree", by=by)
    opinion.answered_at, opinion.answered_by = clock.now(), by
    OPINION_FLOW.finish(opinion, "agree", by=by)
    return opinion


@transaction.atomic
def object_to(opinion: Opinion, *, basis: str, proposed_owner: Unit | None, by: User) -> Opinion:
    """Object in writing, with the basis and who should own it; headquarters has 2 working days.

    Raises `NotReady` without a basis, or when the unit proposes itself.
    """
    opinion = locked(opinion)
    OPINION_FLOW.start(opinion, "object", by=by)
    if not basis.strip():
        raise NotReady(_("提出异议要写明理由和依据。"))
    if proposed_owner == opinion.unit:
        raise NotReady(_("建议承担单位不能是本单位。"))
    opinion.answered_at, opinion.answered_by = clock.now(), by
    opinion.basis, opinion.proposed_owner = basis, proposed_owner
    opinion.ruling_due_at = deadline(clock.now(), RULING, calendar=city_calendar()).at
    OPINION_FLOW.finish(opinion, "object", by=by, reason=basis)
    return opinion


def lapse_opinions(*, by: User, at: datetime) -> int:
    """Record silence past the limit as agreement; how many units kept silent. Safe to run twice."""
    late = Opinion.objects.filter(status=Opinion.Status.WAITING, due_at__lt=at)
    for one in late:
        with transaction.atomic():
            opinion = locked(one)
            OPINION_FLOW.start(opinion, "lapse", by=by)
            opinion.answered_at = opinion.due_at
            OPINION_FLOW.finish(opinion, "lapse", by=by)
    return len(late)


@transaction.atomic
def uphold(opinion: Opinion, *, reason: str, new_owner: Unit | None, by: User) -> Opinion:
    """Rule that the unit is right: the duty goes to `new_owner`, who is asked in its turn.

    A supporting unit may leave without a successor; a lead may not, raises `NotReady`.
    """
    opinion = locked(opinion)
    OPINION_FLOW.start(opinion, "uphold", by=by)
    if new_owner == opinion.unit or (new_owner is None and opinion.relation == Relation.LEAD):
        raise NotReady(_("异议成立，要另定牵头单位。"))
    _rule(opinion, reason, by)
    opinion.new_owner = new_owner
    OPINION_FLOW.finish(opinion, "uphold", by=by, reason=reason)
    _hand_on(opinion, new_owner, reason, by)
    _tell_ruled(opinion)
    if new_owner:
        _ask(opinion.matter, [(new_owner, opinion.relation)])
        _tell_asked(
            new_owner, _("经裁定改由你单位承担，请答复：%(title)s") % {"title": opinion.title}
        )
    return opinion


@transaction.atomic
def reject(opinion: Opinion, *, reason: str, by: User) -> Opinion:
    """Rule that the duty stays where it was proposed."""
    opinion = locked(opinion)
    OPINION_FLOW.start(opinion, "reject", by=by)
    _rule(opinion, reason, by)
    OPINION_FLOW.finish(opinion, "reject", by=by, reason=reason)
    _tell_ruled(opinion)
    return opinion


@transaction.atomic
def issue_assignments(campaign: Campaign, *, paper: str, by: User) -> int:
    """Approve and issue every consulted assignment that no unit still has to answer for.

    `paper` is the number of the document. Raises `NotReady` without one, when nothing can be
    issued, or when the approver drafted one of them.
    """
    require(by, "campaigns.approve", campaign)
    rows = campaign.assignments.filter(status=Assignment.Status.CONSULTING)
    rows = rows.exclude(pk__in=Opinion.objects.open().exclude(assignment=None).values("assignment"))
    ready = list(rows.select_related("lead", "campaign", "clause"))
    if not ready:
        raise NotReady(_("没有可以下达的分工：还在等答复或裁定。"))
    for row in ready:
        _check_issue(row, paper, by)
        ASSIGNMENT_FLOW.start(row, "issue", by=by)
        row.paper, row.issued_on = paper, clock.today()
        ASSIGNMENT_FLOW.finish(row, "issue", by=by, paper=paper)
    for unit in {row.lead for row in ready}:
        outbox.post(
            to=unit,
            kind="assignment",
            subject=_("责任分工已下达（%(paper)s）") % {"paper": paper},
            body="",
            url=reverse("campaigns:duty_list", args=[campaign.code, unit.code]),
        )
    return len(ready)


@transaction.atomic
def issue_task(task: Task, *, paper: str, by: User) -> Task:
    """Approve and issue a consulted task under a document number; its dates become the baseline.

    Raises `NotReady` while an answer or ruling is open, and for the person who drafted it.
    """
    task = locked(task)
    TASK_FLOW.start(task, "issue", by=by)
    _check_issue(task, paper, by)
    if task.opinions.open().exists():
        raise NotReady(_("还在等答复或裁定，不能下达。"))
    task.paper, task.issued_on = paper, clock.today()
    task.baseline_starts_on, task.baseline_due_on = task.starts_on, task.due_on
    TASK_FLOW.finish(task, "issue", by=by, paper=paper)
    tell(task, _("新任务：%(title)s") % {"title": task.title})
    return task


def _check_issue(matter: Assignment | Task, paper: str, by: User) -> None:
    if not paper.strip():
        raise NotReady(_("下达要有文号。"))
    if matter.drafted_by_id == by.pk:
        raise NotReady(_("起草人不能批准自己起草的事项。"))


def _standing(row: Assignment) -> list[tuple[Unit, str]]:
    """The units of an assignment, each with how it stands to it; the lead first."""
    beside = row.helper_rows.select_related("unit").order_by("unit__path")
    return [(row.lead, Relation.LEAD), *((one.unit, one.kind) for one in beside)]


def _ask(matter: Assignment | Task, units: Iterable[tuple[Unit, str]]) -> list[Opinion]:
    now = clock.now()
    due = deadline(now, ANSWER, calendar=city_calendar()).at
    of = {"task": matter} if isinstance(matter, Task) else {"assignment": matter}
    return Opinion.objects.bulk_create(
        Opinion(
            campaign=matter.campaign, unit=unit, relation=relation, asked_at=now, due_at=due, **of
        )
        for unit, relation in units
    )


def _rule(opinion: Opinion, reason: str, by: User) -> None:
    if not reason.strip():
        raise NotReady(_("裁定要写明理由。"))
    opinion.ruled_at, opinion.ruled_by, opinion.ruling = clock.now(), by, reason


def _hand_on(opinion: Opinion, new_owner: Unit | None, reason: str, by: User) -> None:
    """Give the duty of the unit that was right to the new owner."""
    matter = opinion.matter
    remember(matter)
    if isinstance(matter, Task) and new_owner:
        matter.unit = new_owner
    elif isinstance(matter, Assignment) and opinion.relation == Relation.LEAD and new_owner:
        matter.lead = new_owner
        matter.helper_rows.filter(unit=new_owner).delete()
    elif isinstance(matter, Assignment):
        rows = matter.helper_rows.filter(unit=opinion.unit)
        known = matter.helper_rows.filter(unit=new_owner).exists() or new_owner == matter.lead
        if new_owner and not known:
            rows.update(unit=new_owner)
        else:
            rows.delete()
    save_audited(matter, "assign", by=by, reason=reason)


def _tell_asked(unit: Unit, subject: str) -> None:
    outbox.post(
        to=unit,
        kind="consultation",
        subject=subject[:120],
        body=_("3 个工作日内答复，逾期视为同意。"),
        url=reverse("campaigns:opinion_list") + "?tab=waiting",
    )


def _tell_ruled(opinion: Opinion) -> None:
    outbox.post(
        to=opinion.unit,
        kind="consultation",
        subject=f"{opinion.get_status_display()}：{opinion.title}"[:120],
        body=opinion.ruling,
        url=reverse("campaigns:opinion_detail", args=[opinion.pk]),
    )
