"""Tasks and their progress."""

from datetime import date
from decimal import Decimal
from typing import TypedDict, Unpack

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import require
from tongchuang.campaigns.models import TASK_FLOW, Campaign, Progress, Task
from tongchuang.core import outbox
from tongchuang.core.flow import WrongState, locked, remember, save_audited
from tongchuang.standards.models import Clause


class ProgressRefused(Exception):
    """A report that cannot be true; the message says why."""


class TaskFields(TypedDict, total=False):
    """What may be said of a task; absent keys stay as they are."""

    title: str
    clause: Clause | None
    unit: Unit
    sponsor: User | None
    quantity: Decimal
    quantity_unit: str
    weight: Decimal
    starts_on: date
    due_on: date


@transaction.atomic
def create_task(campaign: Campaign, *, by: User, **fields: Unpack[TaskFields]) -> Task:
    """Set a unit a task with quantity and dates."""
    require(by, "campaigns.assign", campaign)
    task = Task(campaign=campaign, **fields)
    save_audited(task, "create", by=by)
    _tell(task, _("新任务：%(title)s") % {"title": task.title})
    return task


@transaction.atomic
def change_task(task: Task, *, reason: str, by: User, **fields: Unpack[TaskFields]) -> Task:
    """Change what was asked; the old version stays in the audit and the unit is told."""
    task = locked(task)
    require(by, "campaigns.assign", task.campaign)
    remember(task)
    for name, value in fields.items():
        setattr(task, name, value)
    save_audited(task, "change", by=by, reason=reason)
    _tell(task, _("任务有变更：%(title)s") % {"title": task.title})
    return task


@transaction.atomic
def report_progress(
    task: Task, *, on: date, done: Decimal, problem: str = "", next_step: str = "", by: User
) -> Progress:
    """Report the amount done up to a day: only what changed, numbers and at most 200 characters.

    The same report twice is one. Raises `ProgressRefused` when the amount falls without a
    problem being named, lies before the start, or a later report exists.
    """
    task = locked(task)
    require(by, "campaigns.progress", task)
    if task.status not in {Task.Status.RUNNING, Task.Status.BLOCKED}:
        raise WrongState(task, "progress", task.status)
    last = task.progress.order_by("-on", "-id").first()
    same = {"on": on, "done": done, "problem": problem, "next_step": next_step}
    if last and all(getattr(last, name) == value for name, value in same.items()):
        return last
    _check_progress(task, last, on, done, problem)
    report = Progress.objects.create(task=task, by=by, **same)
    remember(task)
    task.done = done
    save_audited(task, "progress", by=by, reason=problem, on=on.isoformat())
    return report


def _check_progress(
    task: Task, last: Progress | None, on: date, done: Decimal, problem: str
) -> None:
    if on < task.starts_on:
        raise ProgressRefused(_("日期早于任务开始日期。"))
    if last and on < last.on:
        raise ProgressRefused(_("已有 %(day)s 的进度，不能补报更早的日期。") % {"day": last.on})
    if last and done < last.done and not problem:
        raise ProgressRefused(_("累计完成量比上次少，请在“存在问题”里说明原因。"))


@transaction.atomic
def block_task(task: Task, *, cause: str, reason: str, by: User) -> Task:
    """Report that the task cannot go on; the cause goes to the next dispatch meeting."""
    task = locked(task)
    TASK_FLOW.start(task, "block", by=by)
    task.cause = cause
    TASK_FLOW.finish(task, "block", by=by, reason=reason)
    return task


@transaction.atomic
def unblock_task(task: Task, *, reason: str, by: User) -> Task:
    """Lift the block by a ruling."""
    return _move(task, "unblock", reason=reason, by=by, cause="")


@transaction.atomic
def submit_task(task: Task, *, by: User) -> Task:
    """Hand in for acceptance; raises `ProgressRefused` when it is not finished."""
    if task.done < task.quantity:
        raise ProgressRefused(_("累计完成量还没有达到目标量，不能报验收。"))
    return _move(task, "submit", by=by)


@transaction.atomic
def accept_task(task: Task, *, on: date, by: User) -> Task:
    """Accept the task; the person who accepts is not of the unit that did it."""
    if by.unit_id == task.unit_id:
        raise ProgressRefused(_("验收人不能是承担单位的人。"))
    return _move(task, "accept", by=by, finished_on=on)


@transaction.atomic
def send_back_task(task: Task, *, reason: str, by: User) -> Task:
    """Refuse acceptance with a reason."""
    return _move(task, "send_back", reason=reason, by=by)


@transaction.atomic
def cancel_task(task: Task, *, reason: str, by: User) -> Task:
    """Take the task back; its clause shows "no task" again."""
    return _move(task, "cancel", reason=reason, by=by)


def _move(task: Task, move: str, *, by: User, reason: str = "", **values: object) -> Task:
    task = locked(task)
    TASK_FLOW.start(task, move, by=by)
    for name, value in values.items():
        setattr(task, name, value)
    TASK_FLOW.finish(task, move, by=by, reason=reason)
    _tell(task, _("任务状态变化：%(title)s") % {"title": task.title})
    return task


def _tell(task: Task, subject: str) -> None:
    outbox.post(
        to=task.unit,
        kind="task",
        subject=subject[:120],
        body="",
        url=reverse("campaigns:task_detail", args=[task.pk]),
    )
