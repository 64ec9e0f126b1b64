"""What holds between a task and its sub-tasks: quantities add up, dates lie within."""

from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext as _

from tongchuang.campaigns.models import Task


class PartsDoNotFit(Exception):
    """Sub-tasks that would not add up or would lie outside their parent; the message says how."""


def check_in_tree(task: Task) -> None:
    """Raise `PartsDoNotFit` unless the task, with unsaved values, fits its parent and its parts."""
    parts = list(task.parts.exclude(status=Task.Status.CANCELLED))
    stored = Task.objects.get(pk=task.pk)
    if task.parent_id and task.quantity != stored.quantity:
        raise PartsDoNotFit(_("子任务的目标量要在上级任务的“调整分解”里改，合计才不会错。"))
    if task.parent_id and task.quantity_unit != stored.quantity_unit:
        raise PartsDoNotFit(_("子任务的计量单位与上级任务相同，不能单独改。"))
    if parts and (task.quantity, task.quantity_unit) != (stored.quantity, stored.quantity_unit):
        raise PartsDoNotFit(_("这项任务已分解，目标量要在“调整分解”里连同子任务一起改。"))
    if task.parent:
        check_dates(task.parent, task)
    for part in parts:
        check_dates(task, part)


def check_dates(parent: Task, part: Task) -> None:
    """Raise `PartsDoNotFit` unless the part lies within the dates of its parent."""
    if part.starts_on < parent.starts_on or part.due_on > parent.due_on:
        names = {"part": part.title, "from": parent.starts_on, "to": parent.due_on}
        raise PartsDoNotFit(
            _("子任务“%(part)s”的起止日期要在上级任务的 %(from)s 至 %(to)s 之内。") % names
        )


def add_up(task: Task) -> None:
    """Bring the amount done of every task above `task` up to the sum of its live parts."""
    parent = task.parent
    while parent:
        live = parent.parts.exclude(status=Task.Status.CANCELLED)
        parent.done = live.aggregate(all=Sum("done"))["all"] or Decimal(0)
        Task.objects.filter(pk=parent.pk).update(done=parent.done)
        parent = parent.parent
