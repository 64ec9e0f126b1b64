"""Breaking a task down into sub-tasks, and moving quantities between them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import can, require
from tongchuang.campaigns.models import TASK_FLOW, Progress, Task
from tongchuang.campaigns.rules import share_out
from tongchuang.campaigns.services.changes import note_change, words_of_task
from tongchuang.campaigns.services.sums import PartsDoNotFit, check_dates
from tongchuang.campaigns.services.tasks import tell
from tongchuang.core import clock
from tongchuang.core.flow import WrongState, locked, remember, save_audited


@dataclass(frozen=True, slots=True)
class Part:
    """One line of a breakdown: a new sub-task, or with `task` one that exists.

    `weight` None takes the share of the quantity. `done` is what a new part brings along of
    that which its parent has done already.
    """

    unit: Unit
    title: str
    person: str
    quantity: Decimal
    starts_on: date
    due_on: date
    weight: Decimal | None = None
    done: Decimal = Decimal(0)
    task: Task | None = None


@transaction.atomic
def split_task(
    task: Task,
    parts: Sequence[Part],
    *,
    reason: str,
    by: User,
    quantity: Decimal | None = None,
) -> list[Task]:
    """Break a task down, or change its breakdown: all lines at once, so that they always add up.

    The quantities must sum to that of the task, or to `quantity`, which headquarters may change
    in the same act. Parts that are no longer named are taken back. Lines that were issued get a
    change note. Raises `PartsDoNotFit` and changes nothing when anything does not fit.
    """
    task = locked(task)
    _may_split(task, by, quantity)
    before = words_of_task(task)
    remember(task)
    task.quantity = quantity or task.quantity
    live = list(task.parts.exclude(status=Task.Status.CANCELLED))
    _check(task, parts, live)
    weights = _weights(task, parts)
    kept = {part.task.pk for part in parts if part.task}
    for gone in (one for one in live if one.pk not in kept):
        TASK_FLOW.start(gone, "cancel", by=by) if can(by, "campaigns.manage", gone) else None
        remember(gone)
        gone.status = Task.Status.CANCELLED
        save_audited(gone, "cancel", by=by, reason=reason)
        tell(gone, _("子任务已取消：%(title)s") % {"title": gone.title})
    rows = [
        _write(task, part, weight, reason, by) for part, weight in zip(parts, weights, strict=True)
    ]
    task.done = sum((row.done for row in rows), Decimal(0))
    save_audited(task, "split", by=by, reason=reason, parts=[row.pk for row in rows])
    if task.status not in Task.AHEAD:
        note_change(task, before, words_of_task(task), reason=reason, by=by)
    return rows


def _may_split(task: Task, by: User, quantity: Decimal | None) -> None:
    """The unit breaks down what it owes; what it owes is changed by headquarters."""
    if not can(by, "campaigns.assign", task.campaign):
        require(by, "campaigns.plan", task)
        if quantity is not None and quantity != task.quantity:
            raise PartsDoNotFit(_("目标量由指挥部办公室变更，单位只能分解。"))
    elif quantity is not None and quantity != task.quantity and task.parent_id:
        raise PartsDoNotFit(_("子任务的目标量要在上级任务的“调整分解”里改，合计才不会错。"))
    if task.status not in {
        Task.Status.DRAFTED,
        Task.Status.ISSUED,
        Task.Status.RUNNING,
        Task.Status.BLOCKED,
    }:
        raise WrongState(task, "split", task.status)


def _check(task: Task, parts: Sequence[Part], live: Sequence[Task]) -> None:
    if not parts:
        raise PartsDoNotFit(_("至少要有一项子任务。"))
    if foreign := [part for part in parts if part.task and part.task not in live]:
        raise PartsDoNotFit(_("“%(title)s”不是这项任务的子任务。") % {"title": foreign[0].title})
    total = sum((part.quantity for part in parts), Decimal(0))
    if total != task.quantity:
        names = {"sum": f"{total:f}", "whole": f"{task.quantity:f}", "unit": task.quantity_unit}
        raise PartsDoNotFit(
            _("子任务合计 %(sum)s%(unit)s，上级任务是 %(whole)s%(unit)s，两者要相等。") % names
        )
    done = sum((part.task.done if part.task else part.done for part in parts), Decimal(0))
    if not live and done != task.done:
        names = {"sum": f"{done:f}", "whole": f"{task.done:f}"}
        raise PartsDoNotFit(
            _("这项任务已完成 %(whole)s，子任务的“已完成”合计是 %(sum)s，两者要相等。") % names
        )
    for part in parts:
        _check_part(task, part)
    deeper = [part for part in parts if part.task and part.task.parts.exists()]
    if any(part.task and part.quantity != part.task.quantity for part in deeper):
        raise PartsDoNotFit(_("有的子任务下面还有分解，请先调整它的分解。"))


def _check_part(task: Task, part: Part) -> None:
    if part.quantity <= 0:
        raise PartsDoNotFit(_("子任务“%(title)s”的目标量要大于 0。") % {"title": part.title})
    if part.unit == task.unit and not part.person:
        raise PartsDoNotFit(
            _("子任务“%(title)s”由本单位承担，请写明责任人。") % {"title": part.title}
        )
    if part.due_on < part.starts_on:
        raise PartsDoNotFit(_("子任务“%(title)s”的时限早于开始。") % {"title": part.title})
    check_dates(task, Task(title=part.title, starts_on=part.starts_on, due_on=part.due_on))


def _weights(task: Task, parts: Sequence[Part]) -> list[Decimal]:
    shares = share_out(task.weight, [part.quantity for part in parts])
    return [
        share if part.weight is None else part.weight
        for part, share in zip(parts, shares, strict=True)
    ]


def _write(task: Task, part: Part, weight: Decimal, reason: str, by: User) -> Task:
    row = part.task or Task(
        campaign=task.campaign,
        parent=task,
        clause=task.clause,
        sponsor=task.sponsor,
        quantity_unit=task.quantity_unit,
        status=Task.Status.DRAFTED if task.status in Task.AHEAD else Task.Status.RUNNING,
        drafted_by=by,
        paper=task.paper,
        issued_on=clock.today(),
        baseline_starts_on=part.starts_on,
        baseline_due_on=part.due_on,
        done=part.done,
    )
    new = row.pk is None
    before = None if new else words_of_task(row)
    if not new:
        remember(row)
    row.unit, row.title, row.person = part.unit, part.title, part.person
    row.quantity, row.weight = part.quantity, weight
    row.starts_on, row.due_on = part.starts_on, part.due_on
    row.quantity_unit = task.quantity_unit
    save_audited(row, "create" if new else "change", by=by, reason=reason)
    if new and row.done:
        Progress.objects.create(task=row, on=clock.today(), done=row.done, by=by)
    if new and row.status not in Task.AHEAD:
        tell(row, _("新任务：%(title)s") % {"title": row.title})
    if before is not None and row.status not in Task.AHEAD:
        note_change(row, before, words_of_task(row), reason=reason, by=by)
    return row
