"""Decisions of a campaign about its clauses: aim higher, wait, take up as hard, show as a model."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import reach, require
from tongchuang.campaigns.models import Campaign
from tongchuang.core.flow import Flow, Move
from tongchuang.core.models import StoredFile
from tongchuang.projects.models import Project
from tongchuang.standards.models import Clause, Measure, SiteType


class Target(models.Model):
    """A target that a campaign sets itself beyond the line of the standard (优势更优).

    Never weaker than the line (`rules.is_stricter`). A new target ends the old one, which stays.
    """

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="targets")
    measure = models.ForeignKey(
        Measure, models.PROTECT, related_name="targets", verbose_name=_("指标")
    )
    value = models.DecimalField(_("争先目标"), max_digits=16, decimal_places=4)
    reason = models.CharField(_("理由"), max_length=200)
    reach_on = models.DateField(_("达到日期"))
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    set_on = models.DateField(_("设定日期"))
    ended_on = models.DateField(_("停用日期"), null=True, blank=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("争先目标")
        ordering = ["campaign", "measure__ordinal", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "measure"],
                condition=Q(ended_on=None),
                name="priorities_one_target_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.measure.op} {self.amount}"

    @property
    def amount(self) -> str:
        """The value without idle zeros."""
        return f"{self.value.normalize():f}"

    def unit_ids(self) -> set[int]:
        """The campaign's city."""
        return self.campaign.unit_ids()


class _DeferralStatus(models.TextChoices):
    SUBMITTED = "submitted", _("待批准")
    APPROVED = "approved", _("已批准")
    REFUSED = "refused", _("未批准")
    ENDED = "ended", _("已收回")


class Deferral(models.Model):
    """Why a weak clause has no task now, until a day; somebody else approves it."""

    Status = _DeferralStatus
    FLOW: ClassVar[Flow] = Flow(
        field="status",
        guard=require,
        moves={
            "approve": Move(
                frozenset({_DeferralStatus.SUBMITTED}),
                _DeferralStatus.APPROVED,
                "campaigns.approve",
                _("同意"),
            ),
            "refuse": Move(
                frozenset({_DeferralStatus.SUBMITTED}),
                _DeferralStatus.REFUSED,
                "campaigns.approve",
                _("不同意"),
                ("reason",),
            ),
            "end": Move(
                frozenset({_DeferralStatus.SUBMITTED, _DeferralStatus.APPROVED}),
                _DeferralStatus.ENDED,
                "priorities.explain",
                _("收回"),
            ),
        },
    )

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="deferrals")
    clause = models.ForeignKey(
        Clause, models.PROTECT, related_name="deferrals", verbose_name=_("条款")
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("牵头单位"))
    reason = models.CharField(_("暂不立任务的理由"), max_length=300)
    until = models.DateField(_("截止日期"))
    status = models.CharField(
        _("状态"), max_length=10, choices=Status.choices, default=Status.SUBMITTED
    )
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("填写人"))
    at = models.DateTimeField(_("填写时间"))
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("批准人")
    )
    decided_at = models.DateTimeField(_("批准时间"), null=True, blank=True)
    note = models.CharField(_("批示"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("暂不立任务的理由")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "clause"],
                condition=Q(status__in=["submitted", "approved"]),
                name="priorities_one_reason_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("by")),
                name="priorities_nobody_approves_own_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clause} {self.until}"

    def unit_ids(self) -> set[int]:
        """The unit that answers for the clause."""
        return {self.unit_id}


class Difficulty(models.Model):
    """A clause taken up as a key difficulty by decision: leader, lead, next date, project."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="difficulties")
    clause = models.ForeignKey(
        Clause, models.PROTECT, related_name="difficulties", verbose_name=_("条款")
    )
    matter = models.CharField(_("难在哪里"), max_length=200)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("牵头单位"))
    sponsor = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("牵头领导"))
    next_step = models.CharField(_("下一步"), max_length=200)
    next_on = models.DateField(_("下一个日期"))
    project = models.ForeignKey(
        Project,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("硬件项目"),
    )
    paper = models.CharField(_("决定文号"), max_length=80)
    named_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    named_on = models.DateField(_("列入日期"))
    ended_on = models.DateField(_("销号日期"), null=True, blank=True)
    result = models.CharField(_("销号说明"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("难点重点")
        ordering = ["next_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "clause"],
                condition=Q(ended_on=None),
                name="priorities_one_difficulty_a_clause",
            )
        ]

    def __str__(self) -> str:
        return f"{self.clause} {self.matter}"

    def unit_ids(self) -> set[int]:
        """The campaign's city: a decision of the headquarters."""
        return self.campaign.unit_ids()


class _HighlightStatus(models.TextChoices):
    NOMINATED = "nominated", _("待核实")
    RETURNED = "returned", _("退回补充")
    VERIFIED = "verified", _("待认定")
    APPROVED = "approved", _("已认定")
    DROPPED = "dropped", _("不予认定")


class HighlightQuerySet(models.QuerySet["Highlight"]):
    """Lists of highlights."""

    def visible_to(self, user: User) -> Self:
        """Approved ones for everybody who reads: models are there to be learnt from; others own."""
        where = reach(user, "priorities.view")
        if where.everything:
            return self
        if not where:
            return self.none()
        return self.filter(Q(unit__in=where.unit_ids) | Q(status=_HighlightStatus.APPROVED))

    def approved(self) -> Self:
        """Those that count."""
        return self.filter(status=_HighlightStatus.APPROVED)


class Highlight(models.Model):
    """Good practice beyond a clause (特色亮点): nominated, verified on the spot, approved."""

    Status = _HighlightStatus
    FLOW: ClassVar[Flow] = Flow(
        field="status",
        guard=require,
        moves={
            "resubmit": Move(
                frozenset({_HighlightStatus.RETURNED}),
                _HighlightStatus.NOMINATED,
                "priorities.nominate",
                _("补充后再报"),
            ),
            "verify": Move(
                frozenset({_HighlightStatus.NOMINATED}),
                _HighlightStatus.VERIFIED,
                "priorities.verify",
                _("现场核实属实"),
                ("place", "note"),
            ),
            "return": Move(
                frozenset({_HighlightStatus.NOMINATED, _HighlightStatus.VERIFIED}),
                _HighlightStatus.RETURNED,
                "priorities.verify",
                _("退回补充"),
                ("reason",),
            ),
            "approve": Move(
                frozenset({_HighlightStatus.VERIFIED}),
                _HighlightStatus.APPROVED,
                "campaigns.approve",
                _("认定"),
                ("paper",),
            ),
            "drop": Move(
                frozenset({_HighlightStatus.NOMINATED, _HighlightStatus.VERIFIED}),
                _HighlightStatus.DROPPED,
                "campaigns.approve",
                _("不予认定"),
                ("reason",),
            ),
        },
    )

    code = models.CharField(_("编号"), max_length=20, unique=True)
    title = models.CharField(_("名称"), max_length=60)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="highlights")
    clause = models.ForeignKey(
        Clause, models.PROTECT, related_name="highlights", verbose_name=_("条款")
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="highlights", verbose_name=_("申报单位")
    )
    trade = models.ForeignKey(
        SiteType,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("行业"),
    )
    area = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("属地")
    )
    background = models.TextField(_("起因"), max_length=1000)
    practice = models.TextField(_("做法"), max_length=3000)
    effect = models.TextField(_("成效"), max_length=1000)
    measured = models.CharField(_("成效指标"), max_length=60)
    before = models.CharField(_("做之前"), max_length=40)
    after = models.CharField(_("做之后"), max_length=40)
    status = models.CharField(
        _("状态"), max_length=10, choices=Status.choices, default=Status.NOMINATED
    )
    nominated_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    nominated_on = models.DateField(_("申报日期"))
    verified_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("核实人")
    )
    verified_on = models.DateField(_("核实日期"), null=True, blank=True)
    verified_at_place = models.CharField(_("核实地点"), max_length=120, blank=True)
    verified_note = models.CharField(_("核实情况"), max_length=300, blank=True)
    approved_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("认定人")
    )
    approved_on = models.DateField(_("认定日期"), null=True, blank=True)
    approval_paper = models.CharField(_("认定文号"), max_length=80, blank=True)
    version = models.PositiveIntegerField(default=0)

    objects = HighlightQuerySet.as_manager()

    class Meta:
        verbose_name = _("特色亮点")
        ordering = ["-id"]
        indexes = [models.Index(fields=["status", "clause"], name="priorities_by_state_and_clause")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="approved")
                | (Q(verified_by__isnull=False) & Q(approved_by__isnull=False)),
                name="priorities_approved_was_verified",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None)
                | (~Q(approved_by=F("verified_by")) & ~Q(approved_by=F("nominated_by"))),
                name="priorities_three_people_make_a_model",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def unit_ids(self) -> set[int]:
        """The unit that nominated it."""
        return {self.unit_id}


class Evidence(models.Model):
    """A photo or paper that shows the effect of a highlight."""

    highlight = models.ForeignKey(Highlight, models.CASCADE, related_name="evidence")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    caption = models.CharField(_("说明"), max_length=120)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("上传时间"))

    class Meta:
        verbose_name = _("成效证据")
        ordering = ["highlight", "id"]

    def __str__(self) -> str:
        return self.caption

    def unit_ids(self) -> set[int]:
        """The unit that nominated the highlight."""
        return self.highlight.unit_ids()


class Spread(models.Model):
    """That an approved highlight was taken up as experience: level and the paper that says so.

    The bulletin of the month gives the bonus of its level (`supervision`), once.
    """

    class Level(models.TextChoices):
        CITY = "city", _("市级")
        PROVINCE = "province", _("省级")
        NATION = "nation", _("国家级")

    highlight = models.ForeignKey(Highlight, models.PROTECT, related_name="spreads")
    level = models.CharField(_("推广层级"), max_length=10, choices=Level.choices)
    paper = models.CharField(_("推广文号"), max_length=80)
    on = models.DateField(_("推广日期"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("推广")
        ordering = ["highlight", "on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["highlight", "level"], name="priorities_a_level_is_reached_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.highlight} {self.get_level_display()}"

    def unit_ids(self) -> set[int]:
        """The unit whose practice it is."""
        return self.highlight.unit_ids()
