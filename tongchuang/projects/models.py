"""Hardware projects: the pool, the December round, nodes, funding, photos, and the clauses."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import reach, require
from tongchuang.campaigns.models import Campaign, Task
from tongchuang.core.flow import Flow, Move
from tongchuang.core.models import StoredFile
from tongchuang.projects.kinds import kind_name, node_name
from tongchuang.standards.models import Clause


class MatchingRound(models.Model):
    """A project matching month (项目对接月): opened in December, it settles next year's list."""

    city = models.ForeignKey(
        Unit, models.PROTECT, related_name="matching_rounds", verbose_name=_("城市")
    )
    year = models.PositiveSmallIntegerField(_("项目年度"))
    opened_on = models.DateField(_("开始日期"))
    closed_on = models.DateField(_("结束日期"), null=True, blank=True)
    paper = models.CharField(_("清单文号"), max_length=80, blank=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("项目对接月")
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(
                fields=["city", "year"], name="projects_one_matching_round_a_year"
            )
        ]

    def __str__(self) -> str:
        return str(_("%(year)s 年度项目对接") % {"year": self.year})

    def unit_ids(self) -> set[int]:
        """The city that matches."""
        return {self.city_id}


class _Status(models.TextChoices):
    IDEA = "idea", _("谋划")
    MATCHED = "matched", _("已对接")
    POOLED = "pooled", _("已入库")
    APPROVED = "approved", _("已立项")
    FUNDED = "funded", _("资金落实")
    PREPARING = "preparing", _("前期工作")
    BUILDING = "under_construction", _("在建")
    COMPLETED = "completed", _("完工")
    ACCEPTED = "accepted", _("已验收")
    IN_USE = "in_use", _("投用见效")
    PAUSED = "paused", _("受阻暂停")
    CANCELLED = "cancelled", _("已取消")


_RUNNING = frozenset(
    {_Status.POOLED, _Status.APPROVED, _Status.FUNDED, _Status.PREPARING, _Status.BUILDING}
)
FLOW = Flow(
    field="status",
    guard=require,
    moves={
        "match": Move(
            frozenset({_Status.IDEA}),
            _Status.MATCHED,
            "projects.manage",
            _("对接确认"),
            ("gap", "round"),
        ),
        "pool": Move(
            frozenset({_Status.MATCHED}), _Status.POOLED, "projects.manage", _("纳入项目库")
        ),
        "approve": Move(
            frozenset({_Status.POOLED}), _Status.APPROVED, "projects.manage", _("立项"), ("paper",)
        ),
        "fund": Move(
            frozenset({_Status.APPROVED}), _Status.FUNDED, "projects.manage", _("确认资金落实")
        ),
        "prepare": Move(
            frozenset({_Status.FUNDED}), _Status.PREPARING, "projects.report", _("启动前期工作")
        ),
        "begin": Move(
            frozenset({_Status.PREPARING}), _Status.BUILDING, "projects.report", _("开工")
        ),
        "complete": Move(
            frozenset({_Status.BUILDING}), _Status.COMPLETED, "projects.report", _("报完工")
        ),
        "accept": Move(
            frozenset({_Status.COMPLETED}),
            _Status.ACCEPTED,
            "projects.manage",
            _("验收通过"),
            ("paper",),
        ),
        "put_in_use": Move(
            frozenset({_Status.ACCEPTED}),
            _Status.IN_USE,
            "projects.manage",
            _("确认投用见效"),
            ("paper", "proof"),
        ),
        "pause": Move(_RUNNING, _Status.PAUSED, "projects.report", _("报告受阻"), ("cause",)),
        "resume": Move(
            frozenset({_Status.PAUSED}), None, "projects.manage", _("解除受阻"), ("reason",)
        ),
        "send_back": Move(
            frozenset({_Status.MATCHED}),
            _Status.IDEA,
            "projects.manage",
            _("退回谋划"),
            ("reason",),
        ),
        "cancel": Move(
            _RUNNING | {_Status.IDEA, _Status.MATCHED, _Status.PAUSED},
            _Status.CANCELLED,
            "projects.manage",
            _("取消"),
            ("reason",),
        ),
    },
)


class ProjectQuerySet(models.QuerySet["Project"]):
    """Lists of projects."""

    def visible_to(self, user: User) -> Self:
        """Projects that units of `user` lead, or of which they owe a node."""
        where = reach(user, "projects.view")
        if where.everything:
            return self
        owed = ProjectNode.objects.filter(office__in=where.unit_ids).values("project")
        return self.filter(Q(unit__in=where.unit_ids) | Q(pk__in=owed))

    def moving(self) -> Self:
        """Those that have nodes to keep: in the pool and not yet finished."""
        return self.filter(status__in=_RUNNING)


class Project(models.Model):
    """A facility that must be built for clauses to be met; one unit leads it."""

    Status = _Status
    FLOW: ClassVar[Flow] = FLOW
    RUNNING: ClassVar[frozenset[str]] = frozenset(_RUNNING)

    code = models.CharField(_("编号"), max_length=20, unique=True)
    title = models.CharField(_("名称"), max_length=80)
    kind = models.CharField(_("类别"), max_length=20)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="projects")
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="projects", verbose_name=_("责任单位")
    )
    sponsor = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sponsored_projects",
        verbose_name=_("牵头领导"),
    )
    area = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("属地")
    )
    place = models.CharField(_("地点"), max_length=120, blank=True)
    scale = models.CharField(_("建设内容和规模"), max_length=200)
    clauses = models.ManyToManyField(
        Clause, related_name="projects", verbose_name=_("对应条款"), blank=True
    )
    gap = models.CharField(_("缺口说明"), max_length=200, blank=True)
    key = models.BooleanField(_("重点建设项目"), default=False)
    round = models.ForeignKey(
        MatchingRound,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="projects",
        verbose_name=_("项目对接月"),
    )
    investment = models.DecimalField(
        _("总投资（万元）"), max_digits=12, decimal_places=2, default=0
    )
    planned_start_on = models.DateField(_("计划开始"))
    planned_finish_on = models.DateField(_("计划投用"))
    started_on = models.DateField(_("开工日期"), null=True, blank=True)
    finished_on = models.DateField(_("完工日期"), null=True, blank=True)
    in_use_on = models.DateField(_("投用日期"), null=True, blank=True)
    approval_paper = models.CharField(_("立项文号"), max_length=80, blank=True)
    acceptance_paper = models.CharField(_("验收文号"), max_length=80, blank=True)
    proof_paper = models.CharField(_("投用证明文号"), max_length=80, blank=True)
    proof = models.CharField(_("指标变化"), max_length=200, blank=True)
    status = models.CharField(_("状态"), max_length=20, choices=Status.choices, default=Status.IDEA)
    paused_from = models.CharField(
        _("暂停前状态"), max_length=20, choices=Status.choices, blank=True
    )
    cause = models.CharField(_("受阻原因"), max_length=12, choices=Task.Cause.choices, blank=True)
    version = models.PositiveIntegerField(default=0)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("硬件项目")
        ordering = ["planned_finish_on", "id"]
        indexes = [
            models.Index(fields=["status", "planned_finish_on"], name="projects_by_state_and_date")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(planned_finish_on__gte=F("planned_start_on")),
                name="projects_end_after_they_start",
            ),
            models.CheckConstraint(
                condition=~Q(status="in_use") | (Q(in_use_on__isnull=False) & ~Q(proof="")),
                name="projects_in_use_have_their_proof",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def kind_name(self) -> str:
        """The kind in the reader's language."""
        return kind_name(self.kind)

    @property
    def is_running(self) -> bool:
        """Whether its nodes are being watched."""
        return self.status in self.RUNNING

    def unit_ids(self) -> set[int]:
        """The unit that leads it."""
        return {self.unit_id}


class ProjectNode(models.Model):
    """One procedural step: which office, by when, proven by which document."""

    class Stage(models.TextChoices):
        EARLY = "early", _("前期")
        BUILD = "build", _("建设")
        FINISH = "finish", _("收尾")

    project = models.ForeignKey(Project, models.CASCADE, related_name="nodes")
    code = models.CharField(_("代码"), max_length=20)
    title = models.CharField(_("节点"), max_length=60)
    office = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="project_nodes",
        verbose_name=_("办理单位"),
    )
    stage = models.CharField(_("阶段"), max_length=8, choices=Stage.choices)
    main = models.BooleanField(_("主线"), default=True)
    limit_on = models.DateField(_("期限"))
    done_on = models.DateField(_("办结日期"), null=True, blank=True)
    document = models.CharField(_("应出文件"), max_length=80, blank=True)
    document_no = models.CharField(_("文号"), max_length=80, blank=True)
    ordinal = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("项目节点")
        ordering = ["project", "ordinal"]
        indexes = [
            models.Index(fields=["done_on", "limit_on"], name="projects_open_nodes_by_limit")
        ]
        constraints = [
            models.UniqueConstraint(fields=["project", "code"], name="projects_node_code_once")
        ]

    def __str__(self) -> str:
        return f"{self.project} {self.title}"

    @property
    def name(self) -> str:
        """The title in the reader's language."""
        return node_name(self.project.kind, self.code, self.title)

    def unit_ids(self) -> set[int]:
        """The unit that leads the project and the office that owes the node."""
        return {self.project.unit_id, *([self.office_id] if self.office_id else [])}


class FundingLine(models.Model):
    """Money from one source, in 10,000 yuan: applied for, approved, received, spent."""

    class Source(models.TextChoices):
        CENTRAL = "central", _("中央资金")
        PROVINCE = "province", _("省级资金")
        CITY = "city", _("本级财政")
        DEBT = "debt", _("债券融资")
        SOCIAL = "social", _("社会资本")

    project = models.ForeignKey(Project, models.CASCADE, related_name="funding")
    source = models.CharField(_("资金来源"), max_length=10, choices=Source.choices)
    applied = models.DecimalField(_("申请"), max_digits=12, decimal_places=2, default=0)
    approved = models.DecimalField(_("获批"), max_digits=12, decimal_places=2, default=0)
    received = models.DecimalField(_("到位"), max_digits=12, decimal_places=2, default=0)
    spent = models.DecimalField(_("支出"), max_digits=12, decimal_places=2, default=0)
    due_on = models.DateField(_("应到位日期"), null=True, blank=True)
    application_no = models.CharField(_("申报文号"), max_length=80, blank=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("项目资金")
        ordering = ["project", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "source"], name="projects_one_line_a_source"
            ),
            models.CheckConstraint(
                condition=Q(applied__gte=0)
                & Q(spent__gte=0)
                & Q(spent__lte=F("received"))
                & Q(received__lte=F("approved")),
                name="projects_spend_only_what_came",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} {self.get_source_display()}"


class ProjectPhoto(models.Model):
    """A photo of a milestone with its place."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="photos")
    node = models.ForeignKey(
        ProjectNode, models.PROTECT, null=True, blank=True, related_name="photos"
    )
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    place = models.CharField(_("拍摄地点"), max_length=120)
    taken_at = models.DateTimeField(_("拍摄时间"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("项目照片")
        ordering = ["project", "taken_at", "id"]

    def __str__(self) -> str:
        return f"{self.project} {self.place}"

    def unit_ids(self) -> set[int]:
        """The unit that leads the project."""
        return self.project.unit_ids()
