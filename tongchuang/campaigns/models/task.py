"""Tasks with their quantities, dates and progress."""

from collections.abc import Iterable
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import reach, require
from tongchuang.campaigns.models.campaign import Campaign
from tongchuang.core.flow import Flow, Move
from tongchuang.core.models import StoredFile
from tongchuang.standards.models import Clause


class _TaskStatus(models.TextChoices):
    DRAFTED = "drafted", _("起草")
    CONSULTING = "consulting", _("征求意见")
    ISSUED = "issued", _("已下达")
    RUNNING = "running", _("进行中")
    BLOCKED = "blocked", _("受阻")
    SUBMITTED = "submitted", _("待验收")
    ACCEPTED = "accepted", _("已完成")
    LONG_TERM = "long_term", _("长效管护")
    CANCELLED = "cancelled", _("已取消")


_AHEAD = frozenset({_TaskStatus.DRAFTED, _TaskStatus.CONSULTING})
_OPEN = frozenset({_TaskStatus.RUNNING, _TaskStatus.BLOCKED, _TaskStatus.SUBMITTED})
_FINISHED = frozenset({_TaskStatus.ACCEPTED, _TaskStatus.LONG_TERM})


def _move(sources: Iterable[str], target: str, action: str, label: Any, *required: str) -> Move:
    return Move(frozenset(sources), target, action, label, required)


TASK_FLOW = Flow(
    field="status",
    guard=require,
    moves={
        "consult": _move(
            {_TaskStatus.DRAFTED}, _TaskStatus.CONSULTING, "campaigns.assign", _("征求意见")
        ),
        "issue": _move(
            {_TaskStatus.CONSULTING},
            _TaskStatus.ISSUED,
            "campaigns.approve",
            _("批准下达"),
            "paper",
        ),
        "start": _move({_TaskStatus.ISSUED}, _TaskStatus.RUNNING, "campaigns.plan", _("启动")),
        "block": _move(
            {_TaskStatus.RUNNING}, _TaskStatus.BLOCKED, "campaigns.progress", _("报告受阻"), "cause"
        ),
        "unblock": _move(
            {_TaskStatus.BLOCKED},
            _TaskStatus.RUNNING,
            "campaigns.manage",
            _("裁定解除受阻"),
            "ruling",
            "paper",
        ),
        "submit": _move(
            {_TaskStatus.RUNNING}, _TaskStatus.SUBMITTED, "campaigns.progress", _("报验收")
        ),
        "accept": _move(
            {_TaskStatus.SUBMITTED}, _TaskStatus.ACCEPTED, "campaigns.manage", _("验收通过")
        ),
        "send_back": _move(
            {_TaskStatus.SUBMITTED}, _TaskStatus.RUNNING, "campaigns.manage", _("退回"), "reason"
        ),
        "keep_up": _move(
            {_TaskStatus.ACCEPTED},
            _TaskStatus.LONG_TERM,
            "campaigns.manage",
            _("转入长效管护"),
            "paper",
            "patrol",
        ),
        "reopen": _move(
            {_TaskStatus.LONG_TERM},
            _TaskStatus.RUNNING,
            "campaigns.manage",
            _("反弹重启"),
            "reason",
        ),
        "cancel": _move(
            _AHEAD | {_TaskStatus.ISSUED} | _OPEN,
            _TaskStatus.CANCELLED,
            "campaigns.manage",
            _("取消"),
            "reason",
        ),
    },
)


class TaskQuerySet(models.QuerySet["Task"]):
    """Lists of tasks."""

    def visible_to(self, user: User) -> Self:
        """Tasks of units where `user` holds `campaigns.view`."""
        where = reach(user, "campaigns.view")
        return self if where.everything else self.filter(unit__in=where.unit_ids)

    def underway(self) -> Self:
        """Tasks that run or are blocked: those whose lag matters."""
        return self.filter(status__in=[_TaskStatus.RUNNING, _TaskStatus.BLOCKED])

    def owed(self) -> Self:
        """Tasks that were issued and neither taken back nor finished."""
        return self.filter(status__in=[_TaskStatus.ISSUED, *_OPEN])

    def counted(self) -> Self:
        """Tasks that a unit answers for: issued, not taken back.

        A part that the same unit owes is left out, because its parent holds all of it.
        """
        rows = self.exclude(status__in=[*_AHEAD, _TaskStatus.CANCELLED])
        return rows.exclude(parent__isnull=False, parent__unit=F("unit"))


class Task(models.Model):
    """Work with a quantity and dates that one unit owes for a clause.

    The baseline dates are those of the day of issue: no later change moves them, None before.
    The parts of a task are its sub-tasks; their quantities add up to its own.
    """

    Status = _TaskStatus
    AHEAD: ClassVar = _AHEAD
    OPEN: ClassVar = _OPEN
    FINISHED: ClassVar = _FINISHED

    class Patrol(models.TextChoices):
        DAY = "day", _("每日")
        WEEK = "week", _("每周")
        HALF_MONTH = "half_month", _("每半月")
        MONTH = "month", _("每月")
        QUARTER = "quarter", _("每季度")

    class Cause(models.TextChoices):
        HARDWARE = "hardware", _("硬件")
        HISTORY = "history", _("历史遗留")
        FUNDS = "funds", _("资金")
        LAND = "land", _("用地")
        APPROVAL = "approval", _("审批")
        OTHER_UNIT = "other_unit", _("其他单位")

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="tasks")
    clause = models.ForeignKey(
        Clause, models.PROTECT, null=True, blank=True, related_name="tasks", verbose_name=_("条款")
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="tasks", verbose_name=_("牵头单位"))
    sponsor = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sponsored_tasks",
        verbose_name=_("牵头领导"),
    )
    title = models.CharField(_("任务"), max_length=120)
    person = models.CharField(_("责任人"), max_length=40, blank=True)
    quantity = models.DecimalField(_("目标量"), max_digits=12, decimal_places=2)
    quantity_unit = models.CharField(_("计量单位"), max_length=20)
    done = models.DecimalField(_("完成量"), max_digits=12, decimal_places=2, default=0)
    weight = models.DecimalField(_("权重"), max_digits=6, decimal_places=2, default=1)
    starts_on = models.DateField(_("开始"))
    due_on = models.DateField(_("完成时限"))
    status = models.CharField(
        _("状态"), max_length=10, choices=Status.choices, default=Status.RUNNING
    )
    baseline_starts_on = models.DateField(_("下达时的开始"), null=True, blank=True)
    baseline_due_on = models.DateField(_("下达时的时限"), null=True, blank=True)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
        verbose_name=_("上级任务"),
    )
    cause = models.CharField(_("受阻原因"), max_length=12, choices=Cause.choices, blank=True)
    finished_on = models.DateField(_("验收日期"), null=True, blank=True)
    drafted_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("起草人")
    )
    paper = models.CharField(_("下达文号"), max_length=80, blank=True)
    issued_on = models.DateField(_("下达日期"), null=True, blank=True)
    rule_paper = models.CharField(_("长效制度文件"), max_length=80, blank=True)
    patrol = models.CharField(_("巡查频次"), max_length=10, choices=Patrol.choices, blank=True)
    version = models.PositiveIntegerField(default=0)

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("任务")
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(due_on__gte=F("starts_on")), name="campaigns_task_ends_after_start"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="campaigns_task_has_quantity"),
        ]

    def __str__(self) -> str:
        return self.title

    def unit_ids(self) -> set[int]:
        """The unit that owes it."""
        return {self.unit_id}


class TaskNode(models.Model):
    """A dated node of a task: the amount that is due by the end of the day, not in shares."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="nodes")
    on = models.DateField(_("节点日期"))
    value = models.DecimalField(_("应完成量"), max_digits=12, decimal_places=2)
    title = models.CharField(_("节点"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("节点")
        ordering = ["task", "on"]
        constraints = [
            models.UniqueConstraint(fields=["task", "on"], name="campaigns_one_node_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.title}"


class TaskLink(models.Model):
    """One task can only start when another is finished."""

    before = models.ForeignKey(
        Task, models.CASCADE, related_name="later_links", verbose_name=_("先完成")
    )
    after = models.ForeignKey(
        Task, models.CASCADE, related_name="earlier_links", verbose_name=_("后开始")
    )

    class Meta:
        verbose_name = _("任务先后")
        ordering = ["before", "after"]
        constraints = [
            models.UniqueConstraint(fields=["before", "after"], name="campaigns_task_link_once"),
            models.CheckConstraint(
                condition=~Q(before=F("after")), name="campaigns_task_not_before_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


class Progress(models.Model):
    """One report of change on a task: the amount done by a day, the problem, the next step."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="progress")
    on = models.DateField(_("日期"))
    done = models.DecimalField(_("累计完成"), max_digits=12, decimal_places=2)
    problem = models.CharField(_("存在问题"), max_length=200, blank=True)
    next_step = models.CharField(_("下一步"), max_length=200, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("进度")
        ordering = ["task", "on", "id"]

    def __str__(self) -> str:
        return f"{self.task} {self.on} {self.done}"
