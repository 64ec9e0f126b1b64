"""Campaigns for titles: stages and gates, assignments, 3+1 work plans, tasks and progress."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import reach, require
from tongchuang.core.flow import Flow, Move
from tongchuang.core.models import StoredFile
from tongchuang.standards.models import Clause, Framework, Process


class CampaignQuerySet(models.QuerySet["Campaign"]):
    """Lists of campaigns."""

    def visible_to(self, user: User) -> Self:
        """Campaigns of a city in which `user` holds `campaigns.view` somewhere."""
        where = reach(user, "campaigns.view")
        if where.everything:
            return self
        cities = Unit.objects.filter(pk__in=where.unit_ids).values_list("path", flat=True)
        return self.filter(city__path__in={path[:end] for path in cities for end in (4, 8)})


class Campaign(models.Model):
    """One effort of a city to win or keep one title, on one edition of its standard."""

    class Status(models.TextChoices):
        PREPARING = "preparing", _("筹备")
        RUNNING = "running", _("创建中")
        KEEPING = "keeping", _("保持")
        ENDED = "ended", _("结束")

    code = models.CharField(_("代码"), max_length=20, unique=True)
    title = models.CharField(_("名称"), max_length=60)
    city = models.ForeignKey(Unit, models.PROTECT, related_name="campaigns", verbose_name=_("城市"))
    framework = models.ForeignKey(
        Framework,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="campaigns",
        verbose_name=_("标准"),
    )
    process = models.ForeignKey(
        Process, models.PROTECT, null=True, blank=True, related_name="campaigns"
    )
    status = models.CharField(
        _("状态"), max_length=20, choices=Status.choices, default=Status.PREPARING
    )
    started_on = models.DateField(_("启动"), null=True, blank=True)
    deadline_on = models.DateField(_("自定期限"), null=True, blank=True)
    external_deadline_on = models.DateField(_("上级期限"), null=True, blank=True)
    main = models.BooleanField(_("主要创建"), default=False)
    ordinal = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=0)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("创建工作")
        ordering = ["ordinal", "code"]

    def __str__(self) -> str:
        return self.title

    def unit_ids(self) -> set[int]:
        """The city that runs it."""
        return {self.city_id}


class Gate(models.Model):
    """A stage of the campaign that ends in a yes or no, and what must be passed before it."""

    class State(models.TextChoices):
        AHEAD = "ahead", _("未到")
        OPEN = "open", _("进行中")
        PASSED = "passed", _("已过")
        FAILED = "failed", _("未过")

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="gates")
    code = models.CharField(_("代码"), max_length=20)
    title = models.CharField(_("名称"), max_length=40)
    process_state = models.CharField(_("程序环节"), max_length=40, blank=True)
    due_on = models.DateField(_("期限"), null=True, blank=True)
    external_due_on = models.DateField(_("上级期限"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.AHEAD)
    decided_on = models.DateField(_("结论日期"), null=True, blank=True)
    decision_paper = models.CharField(_("结论文号"), max_length=80, blank=True)
    prerequisites = models.ManyToManyField(
        "self", symmetrical=False, related_name="unlocks", blank=True, verbose_name=_("前置关口")
    )
    condition = models.CharField(_("条件"), max_length=200, blank=True)
    ordinal = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("关口")
        ordering = ["campaign", "ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "code"], name="campaigns_gate_code_once"),
        ]

    def __str__(self) -> str:
        return self.title

    def unit_ids(self) -> set[int]:
        """The campaign's city."""
        return self.campaign.unit_ids()


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Lists of assignments."""

    def visible_to(self, user: User) -> Self:
        """Assignments that `user` may see: everything in the city, or those of own units."""
        where = reach(user, "campaigns.view")
        if where.everything:
            return self
        ids = where.unit_ids
        mine = Q(lead__in=ids) | Q(
            pk__in=AssignmentHelper.objects.filter(unit__in=ids).values("assignment")
        )
        return self.filter(mine)


class Assignment(models.Model):
    """Who answers for a clause: one lead unit, helpers, one sponsor leader (1+1+N)."""

    class Origin(models.TextChoices):
        RULE = "rule", _("按规则")
        HAND = "hand", _("人工")
        IMPORT = "import", _("导入")

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="assignments")
    clause = models.ForeignKey(
        Clause, models.PROTECT, related_name="assignments", verbose_name=_("条款")
    )
    lead = models.ForeignKey(
        Unit, models.PROTECT, related_name="led_assignments", verbose_name=_("牵头单位")
    )
    helpers = models.ManyToManyField(
        Unit,
        through="AssignmentHelper",
        related_name="helped_assignments",
        verbose_name=_("配合单位"),
    )
    sponsor = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sponsored_assignments",
        verbose_name=_("牵头领导"),
    )
    origin = models.CharField(_("来源"), max_length=10, choices=Origin.choices, default=Origin.HAND)
    reason = models.CharField(_("依据"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=0)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("责任分工")
        ordering = ["campaign", "clause__ordinal"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "clause"], name="campaigns_one_lead_per_clause"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clause} → {self.lead}"

    def unit_ids(self) -> set[int]:
        """The lead unit."""
        return {self.lead_id}


class AssignmentHelper(models.Model):
    """A unit that helps the lead with a clause."""

    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="helper_rows")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("配合单位"))

    class Meta:
        verbose_name = _("配合单位")
        constraints = [
            models.UniqueConstraint(fields=["assignment", "unit"], name="campaigns_helper_once"),
        ]

    def __str__(self) -> str:
        return str(self.unit)


class _PlanStatus(models.TextChoices):
    DRAFT = "draft", _("起草")
    SUBMITTED = "submitted", _("已报")
    RETURNED = "returned", _("已退回")
    APPROVED = "approved", _("已批")


PLAN_FLOW = Flow(
    field="status",
    guard=require,
    moves={
        "submit": Move(
            frozenset({_PlanStatus.DRAFT, _PlanStatus.RETURNED}),
            _PlanStatus.SUBMITTED,
            "campaigns.sign_plan",
            _("签报"),
        ),
        "approve": Move(
            frozenset({_PlanStatus.SUBMITTED}), _PlanStatus.APPROVED, "campaigns.approve", _("批准")
        ),
        "return": Move(
            frozenset({_PlanStatus.SUBMITTED}),
            _PlanStatus.RETURNED,
            "campaigns.approve",
            _("退回"),
            ("reason",),
        ),
    },
)


class WorkPlan(models.Model):
    """A unit's 3+1 work plan: five slots, all structured, all compulsory (speech 2.1.2e).

    Slots: plan (goals and measures), duties, people, limits and schedule, dispatch rhythm.
    """

    Status = _PlanStatus
    SLOTS: ClassVar[tuple[str, ...]] = ("plan", "duties", "people", "schedule", "dispatch")

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="plans")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="plans", verbose_name=_("单位"))
    status = models.CharField(
        _("状态"), max_length=10, choices=Status.choices, default=Status.DRAFT
    )
    goals = models.JSONField(_("目标与措施"), default=list)
    duties = models.JSONField(_("责任清单"), default=list)
    people = models.JSONField(_("责任人员"), default=list)
    schedule = models.JSONField(_("时限与进度"), default=list)
    dispatch = models.JSONField(_("调度安排"), default=dict)
    signed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    signed_at = models.DateTimeField(_("签报时间"), null=True, blank=True)
    due_on = models.DateField(_("应报日期"), null=True, blank=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("3+1 工作方案")
        ordering = ["campaign", "unit__path"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "unit"], name="campaigns_one_plan_per_unit")
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.campaign}"

    def unit_ids(self) -> set[int]:
        """The unit whose plan it is."""
        return {self.unit_id}


class _TaskStatus(models.TextChoices):
    RUNNING = "running", _("进行中")
    BLOCKED = "blocked", _("受阻")
    SUBMITTED = "submitted", _("待验收")
    ACCEPTED = "accepted", _("已完成")
    CANCELLED = "cancelled", _("已取消")


TASK_FLOW = Flow(
    field="status",
    guard=require,
    moves={
        "block": Move(
            frozenset({_TaskStatus.RUNNING}),
            _TaskStatus.BLOCKED,
            "campaigns.progress",
            _("报告受阻"),
            ("cause",),
        ),
        "unblock": Move(
            frozenset({_TaskStatus.BLOCKED}),
            _TaskStatus.RUNNING,
            "campaigns.manage",
            _("解除受阻"),
            ("reason",),
        ),
        "submit": Move(
            frozenset({_TaskStatus.RUNNING}),
            _TaskStatus.SUBMITTED,
            "campaigns.progress",
            _("报验收"),
        ),
        "accept": Move(
            frozenset({_TaskStatus.SUBMITTED}),
            _TaskStatus.ACCEPTED,
            "campaigns.manage",
            _("验收通过"),
        ),
        "send_back": Move(
            frozenset({_TaskStatus.SUBMITTED}),
            _TaskStatus.RUNNING,
            "campaigns.manage",
            _("退回"),
            ("reason",),
        ),
        "cancel": Move(
            frozenset({_TaskStatus.RUNNING, _TaskStatus.BLOCKED, _TaskStatus.SUBMITTED}),
            _TaskStatus.CANCELLED,
            "campaigns.manage",
            _("取消"),
            ("reason",),
        ),
    },
)


class TaskQuerySet(models.QuerySet["Task"]):
    """Lists of tasks."""

    def visible_to(self, user: User) -> Self:
        """Tasks of units where `user` holds `campaigns.view`."""
        where = reach(user, "campaigns.view")
        return self if where.everything else self.filter(unit__in=where.unit_ids)


class Task(models.Model):
    """Work with a quantity and dates that one unit owes for a clause."""

    Status = _TaskStatus

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
    quantity = models.DecimalField(_("目标量"), max_digits=12, decimal_places=2)
    quantity_unit = models.CharField(_("计量单位"), max_length=20)
    done = models.DecimalField(_("完成量"), max_digits=12, decimal_places=2, default=0)
    weight = models.DecimalField(_("权重"), max_digits=6, decimal_places=2, default=1)
    starts_on = models.DateField(_("开始"))
    due_on = models.DateField(_("完成时限"))
    status = models.CharField(
        _("状态"), max_length=10, choices=Status.choices, default=Status.RUNNING
    )
    cause = models.CharField(_("受阻原因"), max_length=12, choices=Cause.choices, blank=True)
    finished_on = models.DateField(_("验收日期"), null=True, blank=True)
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
