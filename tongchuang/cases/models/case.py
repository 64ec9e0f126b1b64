"""A problem case and the diagram of its life."""

from collections.abc import Collection
from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import reach, require
from tongchuang.campaigns.models import Campaign
from tongchuang.core.flow import Flow, Move
from tongchuang.places.models import Site
from tongchuang.standards.models import Clause, ProblemClass


class _Status(models.TextChoices):
    SUBMITTED = "submitted", _("待立案")
    TO_VERIFY = "to_verify", _("待核实")
    FILED = "filed", _("待派发")
    DISPATCHED = "dispatched", _("待签收")
    RETURNED = "returned", _("已退回")
    ACCEPTED = "accepted", _("办理中")
    REPLIED = "replied", _("待核查")
    REWORK = "rework", _("返工")
    CLOSED = "closed", _("已销号")
    REOPENED = "reopened", _("反弹待派")
    REJECTED = "rejected", _("不予立案")
    MERGED = "merged", _("已并案")
    ARCHIVED = "archived", _("已归档")


def _guard(user: User, action: str, case: "Case") -> None:
    """Whoever may report problems may report them anywhere; all else goes by the case's units."""
    require(user, action, None if action == "cases.file" else case)


_S = _Status
_WITH_UNIT = frozenset({_S.ACCEPTED, _S.REWORK})

# The whole diagram (reference: workflows, table of moves P1-P27; the single-lead part of it).
FLOW = Flow(
    field="status",
    guard=_guard,
    moves={
        "file": Move(
            frozenset({_S.SUBMITTED}), _S.FILED, "cases.file", _("立案"), clock="开始计时"
        ),
        "to_verify": Move(frozenset({_S.SUBMITTED}), _S.TO_VERIFY, "cases.file", _("转核实")),
        "verify": Move(
            frozenset({_S.TO_VERIFY}),
            _S.FILED,
            "cases.verify_report",
            _("核实属实"),
            clock="开始计时",
        ),
        "reject": Move(
            frozenset({_S.SUBMITTED, _S.TO_VERIFY, _S.FILED}),
            _S.REJECTED,
            "cases.reject",
            _("不予立案"),
            ("reason",),
        ),
        "merge": Move(
            frozenset({_S.SUBMITTED, _S.TO_VERIFY, _S.FILED, _S.RETURNED}),
            _S.MERGED,
            "cases.merge",
            _("并案"),
            ("into",),
        ),
        "dispatch": Move(
            frozenset({_S.FILED, _S.RETURNED, _S.REOPENED}),
            _S.DISPATCHED,
            "cases.dispatch",
            _("派发"),
            ("lead",),
            clock="签收时限",
        ),
        "accept": Move(
            frozenset({_S.DISPATCHED}), _S.ACCEPTED, "cases.accept", _("签收"), clock="整改时限"
        ),
        "return": Move(
            frozenset({_S.DISPATCHED}),
            _S.RETURNED,
            "cases.return",
            _("退回"),
            ("reason", "basis"),
            clock="不停表",
        ),
        "reply": Move(
            _WITH_UNIT,
            _S.REPLIED,
            "cases.handle",
            _("回复"),
            ("measure", "photo"),
            clock="暂停整改时限，起核查时限",
        ),
        "close": Move(
            frozenset({_S.REPLIED}),
            _S.CLOSED,
            "cases.check",
            _("核查通过，销号"),
            ("photo",),
            clock="停表",
        ),
        "send_back": Move(
            frozenset({_S.REPLIED}),
            _S.REWORK,
            "cases.check",
            _("核查不通过，返工"),
            ("reason",),
            clock="恢复原整改时限",
        ),
        "ask_extension": Move(
            _WITH_UNIT, None, "cases.ask_extension", _("申请延期"), ("reason", "days")
        ),
        "grant_extension": Move(
            _WITH_UNIT, None, "cases.grant_extension", _("批准延期"), clock="新时限"
        ),
        "refuse_extension": Move(
            _WITH_UNIT, None, "cases.grant_extension", _("不准延期"), ("reason",)
        ),
        "pause": Move(
            _WITH_UNIT, None, "cases.pause", _("暂停计时"), ("reason", "paper"), clock="暂停"
        ),
        "resume": Move(_WITH_UNIT, None, "cases.pause", _("恢复计时"), clock="恢复"),
        "reopen": Move(
            frozenset({_S.CLOSED, _S.ARCHIVED}),
            _S.REOPENED,
            "cases.reopen",
            _("重新打开"),
            ("reason",),
            clock="等级升一档",
        ),
        "resubmit": Move(
            frozenset({_S.MERGED, _S.REJECTED}),
            _S.SUBMITTED,
            "cases.reopen",
            _("恢复"),
            ("reason",),
            clock="保留原时间",
        ),
        "archive": Move(frozenset({_S.CLOSED}), _S.ARCHIVED, "cases.supervise", _("归档")),
    },
)


class CaseQuerySet(models.QuerySet["Case"]):
    """Lists of cases."""

    def visible_to(self, user: User) -> Self:
        """Cases of which a party lies where `user` holds `cases.view`, and those they found."""
        where = reach(user, "cases.view")
        if where.everything:
            return self
        ids = where.unit_ids
        if not ids:
            return self.none()
        helped = CaseHelper.objects.filter(unit__in=ids).values("case")
        return self.filter(
            Q(lead__in=ids) | Q(territory__in=ids) | Q(pk__in=helped) | Q(found_by=user)
        )

    def listed_for(self, user: User, statuses: Collection[str] = ()) -> Self:
        """The cases of `visible_to` in some states, or in all: asked for as a list is.

        No index answers an OR of four parties. Here each party is asked by itself, in an index
        that also knows the state, so that a clerk's list costs what the clerk's unit has and not
        what the city has. For one known case `visible_to` is the quicker question.
        """
        where = reach(user, "cases.view")
        in_state = Q(status__in=statuses) if statuses else Q()
        among = self.filter(in_state)
        if where.everything:
            return among
        ids = where.unit_ids
        if not ids:
            return self.none()
        mine = Case.objects.filter(in_state).order_by()
        parties = (mine.filter(lead__in=ids), mine.filter(territory__in=ids))
        found = mine.filter(found_by=user).values("pk")
        helped = CaseHelper.objects.filter(unit__in=ids).values("case")
        return among.filter(
            pk__in=found.union(helped, *(party.values("pk") for party in parties), all=True)
        )

    def open(self) -> Self:
        """Cases that somebody still has to do something about."""
        return self.filter(status__in=Case.OPEN)

    def overdue(self, *, at: datetime) -> Self:
        """Open cases whose present limit has passed; derived, never stored."""
        return self.open().filter(due_at__lt=at)


class Case(models.Model):
    """A sanitation problem that one unit must put right by a moment.

    From dispatch to closing there is exactly one `lead` (database constraint). `due_at` is the
    limit of the present stage; the case is overdue when it has passed.
    """

    Status = _Status
    FLOW: ClassVar[Flow] = FLOW
    OPEN: ClassVar[tuple[str, ...]] = (
        _S.SUBMITTED,
        _S.TO_VERIFY,
        _S.FILED,
        _S.DISPATCHED,
        _S.RETURNED,
        _S.ACCEPTED,
        _S.REPLIED,
        _S.REWORK,
        _S.REOPENED,
    )
    WITH_LEAD: ClassVar[tuple[str, ...]] = (
        _S.DISPATCHED,
        _S.ACCEPTED,
        _S.REPLIED,
        _S.REWORK,
        _S.CLOSED,
        _S.ARCHIVED,
    )

    class Grade(models.TextChoices):
        URGENT = "U", _("紧急")
        SPOT = "A", _("当场")
        GENERAL = "B", _("一般")
        HARD = "C", _("较难")
        MAJOR = "D", _("重大")
        BUILD = "E", _("工程")

    class Channel(models.TextChoices):
        INSPECTION = "inspection", _("督查")
        GRID = "grid", _("网格")
        SUPERIOR = "superior", _("上级")
        PUBLIC = "public", _("群众")
        HOTLINE = "hotline", _("热线")
        MEDIA = "media", _("媒体")
        IMPORT = "import", _("导入")

    number = models.CharField(_("案号"), max_length=20, unique=True)
    client_id = models.UUIDField(null=True, blank=True, unique=True)
    external_id = models.CharField(_("外部编号"), max_length=60, blank=True)
    external_source = models.CharField(_("外部来源"), max_length=30, blank=True)
    city = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("城市"))
    campaign = models.ForeignKey(
        Campaign,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
        db_index=False,
        verbose_name=_("创建工作"),
    )
    title = models.CharField(_("问题"), max_length=120)
    description = models.TextField(_("情况"), blank=True)
    problem_class = models.ForeignKey(
        ProblemClass,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name=_("问题类别"),
    )
    grade = models.CharField(_("等级"), max_length=1, choices=Grade.choices, default=Grade.GENERAL)
    channel = models.CharField(_("来源"), max_length=12, choices=Channel.choices)
    clauses = models.ManyToManyField(
        Clause, related_name="cases", blank=True, verbose_name=_("关联条款")
    )
    # Where
    site = models.ForeignKey(
        Site,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
        db_index=False,
        verbose_name=_("点位"),
    )
    address = models.CharField(_("地点"), max_length=200, blank=True)
    lon = models.FloatField(_("经度"), null=True, blank=True)
    lat = models.FloatField(_("纬度"), null=True, blank=True)
    accuracy_m = models.FloatField(_("精度（米）"), null=True, blank=True)
    territory = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="territory_cases",
        db_index=False,
        verbose_name=_("属地"),
    )
    # Who
    lead = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="led_cases",
        db_index=False,
        verbose_name=_("主办单位"),
    )
    proposed_lead = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    proposal_certainty = models.FloatField(_("把握"), null=True, blank=True)  # share in [0, 1]
    proposal_reason = models.CharField(_("依据"), max_length=120, blank=True)
    helpers = models.ManyToManyField(Unit, through="CaseHelper", related_name="helped_cases")
    found_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("发现人"),
    )
    handler = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("承办人")
    )
    # State and clocks
    status = models.CharField(
        _("状态"), max_length=12, choices=Status.choices, default=Status.SUBMITTED
    )
    found_at = models.DateTimeField(_("发现时间"))
    filed_at = models.DateTimeField(_("立案时间"), null=True, blank=True)
    dispatched_at = models.DateTimeField(_("派发时间"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("签收时间"), null=True, blank=True)
    replied_at = models.DateTimeField(_("回复时间"), null=True, blank=True)
    closed_at = models.DateTimeField(_("销号时间"), null=True, blank=True)
    due_at = models.DateTimeField(_("本环节时限"), null=True, blank=True)
    fix_due_at = models.DateTimeField(_("整改时限"), null=True, blank=True)
    due_provisional = models.BooleanField(default=False)
    # Counts that appraisal reads
    returns = models.PositiveSmallIntegerField(_("退回次数"), default=0)
    reworks = models.PositiveSmallIntegerField(_("返工次数"), default=0)
    reopenings = models.PositiveSmallIntegerField(_("反弹次数"), default=0)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="merged_cases",
        verbose_name=_("并入"),
    )
    repeat_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="repeats",
        verbose_name=_("反复自"),
    )
    measure = models.TextField(_("整改措施"), blank=True)
    # Where it came from, told by the upper app: kind, label, address
    origin_kind = models.CharField(max_length=20, blank=True)
    origin_label = models.CharField(_("出处"), max_length=120, blank=True)
    origin_url = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=0)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("问题案件")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(lead__isnull=False)
                | Q(
                    status__in=["submitted", "to_verify", "filed", "returned", "rejected", "merged"]
                ),
                name="cases_one_lead_from_dispatch_to_closing",
            ),
            models.CheckConstraint(
                condition=~Q(status="closed") | Q(closed_at__isnull=False),
                name="cases_closed_case_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(status="merged") | Q(merged_into__isnull=False),
                name="cases_merged_case_names_other",
            ),
            models.UniqueConstraint(
                fields=["external_source", "external_id"],
                condition=~Q(external_id=""),
                name="cases_external_id_once",
            ),
        ]
        # A foreign key that leads one of these needs no index of its own.
        indexes = [
            models.Index(F("lead"), F("id").desc(), name="cases_case_lead"),
            models.Index(F("territory"), F("id").desc(), name="cases_case_territory"),
            models.Index(F("status"), F("id").desc(), name="cases_case_status"),
            # The parties of `listed_for`, each with the state.
            models.Index(fields=["lead", "status", "due_at"], name="cases_case_lead_due"),
            models.Index(fields=["territory", "status"], name="cases_case_territory_state"),
            models.Index(fields=["found_by", "status"], name="cases_case_finder_state"),
            # Counts of open cases are answered from this index alone.
            models.Index(
                fields=["status", "due_at", "returns", "lead", "territory", "city", "found_by"],
                name="cases_case_open",
            ),
            models.Index(fields=["site", "problem_class"], name="cases_case_site_class"),
            models.Index(fields=["campaign", "filed_at"], name="cases_case_campaign"),
            models.Index(fields=["filed_at"], name="cases_case_filed"),
            models.Index(fields=["closed_at"], name="cases_case_closed"),
            # The steps of a day, whatever the rows.
            models.Index(fields=["found_at"], name="cases_case_found"),
            models.Index(fields=["dispatched_at"], name="cases_case_dispatched"),
            models.Index(fields=["accepted_at"], name="cases_case_accepted"),
            models.Index(fields=["replied_at"], name="cases_case_replied"),
            models.Index(fields=["lat", "lon"], name="cases_case_position"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    # Django's get_…_display translates every choice of the field for each row.
    @property
    def status_word(self) -> str:
        """The state as people call it."""
        return str(self.Status(self.status).label)

    @property
    def grade_word(self) -> str:
        """How hard it is."""
        return str(self.Grade(self.grade).label)

    @property
    def channel_word(self) -> str:
        """How it came to be known."""
        return str(self.Channel(self.channel).label)

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something about it."""
        return self.status in self.OPEN

    @property
    def needs_ruling(self) -> bool:
        """Two units have sent it back: who it belongs to must be decided by a person."""
        return self.status == self.Status.RETURNED and self.returns >= 2

    def unit_ids(self) -> set[int]:
        """Its lead, else the territory; the city always."""
        return {pk for pk in (self.lead_id or self.territory_id, self.city_id) if pk}


class CaseHelper(models.Model):
    """A unit that is told of the case or helps with it: trade, property, co-operating."""

    class Part(models.TextChoices):
        TRADE = "trade", _("行业")
        PROPERTY = "property", _("产权")
        HELPER = "helper", _("配合")

    case = models.ForeignKey(Case, models.CASCADE, related_name="helper_rows")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    part = models.CharField(_("责任方式"), max_length=10, choices=Part.choices, default=Part.HELPER)

    class Meta:
        verbose_name = _("知会与配合")
        constraints = [models.UniqueConstraint(fields=["case", "unit"], name="cases_helper_once")]

    def __str__(self) -> str:
        return f"{self.unit} {self.get_part_display()}"
