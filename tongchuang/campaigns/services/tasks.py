"""Tasks and their progress."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TypedDict, Unpack

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import can, require
from tongchuang.campaigns.models import (
    TASK_FLOW,
    Campaign,
    Progress,
    Task,
    TaskLink,
    TaskNode,
    WorkPlan,
)
from tongchuang.campaigns.rules import circle
from tongchuang.campaigns.services.changes import note_change, words_of_task
from tongchuang.campaigns.services.sums import PartsDoNotFit, add_up, check_in_tree
from tongchuang.core import audit, clock, outbox
from tongchuang.core.flow import WrongState, locked, remember, save_audited
from tongchuang.standards.models import Clause


class ProgressRefused(Exception):
    """A report that cannot be true; the message says why."""


class BadNodes(Exception):
    """Nodes that make no curve; the message says which."""


class PlanMissing(Exception):
    """A task cannot start before the unit's 3+1 plan is signed; the message says so."""


class CircularTasks(Exception):
    """Tasks that would wait for each other; the message names the circle."""

    def __init__(self, titles: list[str]) -> None:
        """`titles` in the order of the work; the first is also the last."""
        words = " → ".join(f"“{title}”" for title in titles)
        super().__init__(_("任务互相等待，不能成立：%(circle)s。") % {"circle": words})


class TaskFields(TypedDict, total=False):
    """What may be said of a task; absent keys stay as they are."""

    title: str
    clause: Clause | None
    unit: Unit
    sponsor: User | None
    person: str
    quantity: Decimal
    quantity_unit: str
    weight: Decimal
    starts_on: date
    due_on: date


@transaction.atomic
def create_task(
    campaign: Campaign, *, paper: str = "", by: User, **fields: Unpack[TaskFields]
) -> Task:
    """Set a unit a task that is decided already, by a ruling or a paper; it runs from now on."""
    require(by, "campaigns.assign", campaign)
    task = Task(campaign=campaign, paper=paper, issued_on=clock.today(), drafted_by=by, **fields)
    task.baseline_starts_on, task.baseline_due_on = task.starts_on, task.due_on
    save_audited(task, "create", by=by)
    tell(task, _("新任务：%(title)s") % {"title": task.title})
    return task


@transaction.atomic
def draft_task(campaign: Campaign, *, by: User, **fields: Unpack[TaskFields]) -> Task:
    """Write down a task that is to be consulted on before it is issued; nobody is told yet."""
    require(by, "campaigns.assign", campaign)
    task = Task(campaign=campaign, status=Task.Status.DRAFTED, drafted_by=by, **fields)
    save_audited(task, "draft", by=by)
    return task


@transaction.atomic
def change_task(task: Task, *, reason: str, by: User, **fields: Unpack[TaskFields]) -> Task:
    """Change what is asked. Once issued, a change note keeps the old version and tells the units.

    Raises `PartsDoNotFit` when the change breaks the sums or dates of sub-tasks.
    """
    task = locked(task)
    require(by, "campaigns.assign", task.campaign)
    before, old_unit = words_of_task(task), task.unit
    remember(task)
    for name, value in fields.items():
        setattr(task, name, value)
    check_in_tree(task)
    save_audited(task, "change", by=by, reason=reason)
    if task.status not in Task.AHEAD:
        note_change(task, before, words_of_task(task), reason=reason, by=by)
        if old_unit != task.unit:
            tell(task, _("任务改由其他单位承担：%(title)s") % {"title": task.title}, to=old_unit)
    return task


@transaction.atomic
def set_nodes(task: Task, nodes: Sequence[tuple[date, Decimal, str]], *, by: User) -> Task:
    """Give the task a curve of dated nodes (day, amount due by it, words); none: a straight line.

    Raises `BadNodes` when a node lies outside the task or the amounts fall.
    """
    task = locked(task)
    if not can(by, "campaigns.assign", task.campaign):
        require(by, "campaigns.plan", task)
    rows = sorted(nodes)
    _check_nodes(task, rows)
    task.nodes.all().delete()
    TaskNode.objects.bulk_create(
        TaskNode(task=task, on=on, value=value, title=title) for on, value, title in rows
    )
    words = [f"{on} {value:f} {title}".strip() for on, value, title in rows]
    audit.record(subject=task, action="set_nodes", by=by, after={"nodes": words})
    return task


def _check_nodes(task: Task, rows: Sequence[tuple[date, Decimal, str]]) -> None:
    last = Decimal(0)
    for index, (on, value, _title) in enumerate(rows):
        if not task.starts_on <= on <= task.due_on:
            raise BadNodes(_("节点 %(day)s 不在任务起止日期之内。") % {"day": on})
        if index and rows[index - 1][0] == on:
            raise BadNodes(_("同一天（%(day)s）只能有一个节点。") % {"day": on})
        if value < last:
            raise BadNodes(_("节点 %(day)s 的应完成量比前一个节点少。") % {"day": on})
        if value > task.quantity:
            raise BadNodes(_("节点 %(day)s 的应完成量超过目标量。") % {"day": on})
        last = value


@transaction.atomic
def link_tasks(before: Task, after: Task, *, by: User) -> TaskLink:
    """Say that `after` can only start when `before` is finished; the same pair twice is one.

    Raises `CircularTasks` when the two would wait for each other, directly or by others.
    """
    require(by, "campaigns.assign", after.campaign)
    link = TaskLink.objects.filter(before=before, after=after).first()
    if link:
        return link
    pairs = TaskLink.objects.filter(after__campaign__city=after.campaign.city_id)
    if way := circle(pairs.values_list("after_id", "before_id"), after.pk, before.pk):
        raise CircularTasks(_titles(way))
    link = TaskLink.objects.create(before=before, after=after)
    audit.record(subject=after, action="link", by=by, after={"before": before.pk})
    return link


@transaction.atomic
def unlink_tasks(link: TaskLink, *, by: User) -> None:
    """Take the order of two tasks back."""
    require(by, "campaigns.assign", link.after.campaign)
    audit.record(subject=link.after, action="unlink", by=by, before={"before": link.before_id})
    link.delete()


def _titles(keys: list[int]) -> list[str]:
    titles = dict(Task.objects.filter(pk__in=keys).values_list("pk", "title"))
    return [titles[key] for key in keys]


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
    if task.parts.exists():
        raise ProgressRefused(_("这项任务已分解，完成量由子任务汇总，请在子任务里填报。"))
    _check_progress(task, last, on, done, problem)
    report = Progress.objects.create(task=task, by=by, **same)
    remember(task)
    task.done = done
    save_audited(task, "progress", by=by, reason=problem, on=on.isoformat())
    add_up(task)
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
def start_task(task: Task, *, by: User) -> Task:
    """Begin an issued task: the unit's 3+1 plan for the campaign must be signed (workflows, 4).

    Raises `PlanMissing`.
    """
    signed = WorkPlan.objects.filter(
        campaign=task.campaign_id,
        unit=task.unit_id,
        status__in=[WorkPlan.Status.SUBMITTED, WorkPlan.Status.APPROVED],
    )
    if not signed.exists():
        raise PlanMissing(_("本单位的 3+1 工作方案还没有签报，签报后才能启动任务。"))
    return _move(task, "start", by=by)


@transaction.atomic
def keep_up_task(task: Task, *, paper: str, patrol: str, by: User) -> Task:
    """Turn a finished task into standing care, under a rule or paper and a patrol rhythm."""
    return _move(task, "keep_up", by=by, rule_paper=paper, patrol=patrol)


@transaction.atomic
def reopen_task(task: Task, *, reason: str, by: User) -> Task:
    """Take a task up again because what was mended has come back."""
    return _move(task, "reopen", reason=reason, by=by, finished_on=None)


@transaction.atomic
def submit_task(task: Task, *, by: User) -> Task:
    """Hand in for acceptance; raises `ProgressRefused` when it is not finished."""
    if task.done < task.quantity:
        raise ProgressRefused(_("累计完成量还没有达到目标量，不能报验收。"))
    live = task.parts.exclude(status=Task.Status.CANCELLED)
    if live.exclude(status__in=Task.FINISHED).exists():
        raise ProgressRefused(_("还有子任务没有验收，不能报验收。"))
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
    """Take the task back, and its sub-tasks; its clause shows "no task" again.

    Raises `PartsDoNotFit` for a sub-task: its quantity has to go somewhere.
    """
    if task.parent_id and task.parent and task.parent.status != Task.Status.CANCELLED:
        raise PartsDoNotFit(
            _("子任务不能单独取消，请在上级任务“%(title)s”里调整分解。")
            % {"title": task.parent.title}
        )
    task = _cancel(task, reason, by)
    for part in task.parts.filter(status__in=TASK_FLOW.moves["cancel"].sources):
        cancel_task(part, reason=reason, by=by)
    return task


def _cancel(task: Task, reason: str, by: User) -> Task:
    task.obstacles.filter(lifted_at=None).update(lifted_at=clock.now(), lifted_by=by, ruling=reason)
    return _move(task, "cancel", reason=reason, by=by)


def _move(task: Task, move: str, *, by: User, reason: str = "", **values: object) -> Task:
    task = locked(task)
    TASK_FLOW.start(task, move, by=by)
    for name, value in values.items():
        setattr(task, name, value)
    TASK_FLOW.finish(task, move, by=by, reason=reason)
    tell(task, _("任务状态变化：%(title)s") % {"title": task.title})
    return task


def tell(task: Task, subject: str, to: Unit | None = None) -> None:
    """Tell the unit that owes the task, or another one, what happened to it."""
    outbox.post(
        to=to or task.unit,
        kind="task",
        subject=subject[:120],
        body="",
        url=reverse("campaigns:task_detail", args=[task.pk]),
    )
