"""A framework, its clauses, what they measure and how they are judged."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongchuang.core import clock
from tongchuang.standards.models.checklists import SiteType
from tongchuang.standards.models.wording import Confidence, in_language


class Framework(models.Model):
    """One edition of one standard, loaded from one file (指标体系)."""

    class Status(models.TextChoices):
        IN_FORCE = "in_force", _("现行")
        SUPERSEDED = "superseded", _("已被替代")
        REFERENCE = "reference", _("供参考")
        COMING = "coming", _("尚未印发")  # only ever derived: before `issued_on`

    code = models.SlugField(_("代码"), max_length=60, unique=True)
    title = models.CharField(_("名称"), max_length=200)
    title_en = models.CharField(_("英文名称"), max_length=300, blank=True)
    issuer = models.CharField(_("发布机关"), max_length=200, blank=True)
    document_no = models.CharField(_("文号"), max_length=100, blank=True)
    edition = models.CharField(_("版本"), max_length=60)
    issued_on = models.DateField(_("印发日期"), null=True, blank=True)
    in_force_on = models.DateField(_("施行日期"), null=True, blank=True)
    status = models.CharField(_("状态"), max_length=20, choices=Status.choices)
    superseded_on = models.DateField(_("替代日期"), null=True, blank=True)
    superseded_by = models.CharField(_("被替代为"), max_length=200, blank=True)
    note = models.TextField(_("说明"), blank=True)
    sources = models.JSONField(_("来源"), default=list, blank=True)
    ordinal = models.PositiveIntegerField(_("顺序"), default=0)
    content_sha256 = models.CharField(_("内容摘要"), max_length=64)
    loaded_at = models.DateTimeField(_("载入时间"), default=clock.now)

    class Meta:
        ordering = ["ordinal", "code"]
        verbose_name = _("指标体系")

    def __str__(self) -> str:
        return self.title

    @property
    def name(self) -> str:
        return in_language(self.title, self.title_en)

    def status_on(self, day: date) -> Status:
        """How the edition stood on a day: not issued yet, in force, or replaced."""
        if self.issued_on and day < self.issued_on:
            return self.Status.COMING
        if self.superseded_on and day < self.superseded_on:
            return self.Status.IN_FORCE
        return self.Status(self.status)

    @property
    def standing(self) -> Status:
        """How the edition stands today."""
        return self.status_on(clock.today())


class Clause(models.Model):
    """A chapter, an article or a requirement of a framework (条款)."""

    class Level(models.TextChoices):
        CHAPTER = "chapter", _("章")
        ARTICLE = "article", _("条")
        REQUIREMENT = "requirement", _("要求")

    framework = models.ForeignKey(
        Framework, models.PROTECT, related_name="clauses", verbose_name=_("指标体系")
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("上级条款"),
    )
    code = models.CharField(_("代码"), max_length=100, unique=True)
    level = models.CharField(_("层级"), max_length=12, choices=Level.choices)
    number = models.CharField(_("编号"), max_length=20, blank=True)
    number_confidence = models.CharField(
        _("编号可信度"), max_length=20, choices=Confidence.choices, default=Confidence.MEDIUM
    )
    ordinal = models.PositiveIntegerField(_("顺序"))
    path = models.CharField(_("路径"), max_length=300, db_index=True)
    title = models.CharField(_("标题"), max_length=200)
    title_en = models.CharField(_("英文标题"), max_length=300, blank=True)
    text = models.TextField(_("内容"), blank=True)
    plain = models.TextField(_("通俗说明"), blank=True)
    veto = models.BooleanField(_("否决项"), default=False)
    evidence = models.JSONField(_("佐证材料"), default=list, blank=True)
    responsible_hint = models.JSONField(_("责任单位建议"), default=list, blank=True)
    site_types = models.ManyToManyField(
        SiteType, blank=True, related_name="clauses", verbose_name=_("点位类型")
    )
    confidence = models.CharField(
        _("可信度"), max_length=20, choices=Confidence.choices, default=Confidence.MEDIUM
    )
    sources = models.JSONField(_("来源"), default=list, blank=True)
    note = models.TextField(_("说明"), blank=True)

    class Meta:
        ordering = ["framework", "ordinal"]
        verbose_name = _("条款")
        constraints = [
            models.UniqueConstraint(
                fields=["framework", "ordinal"], name="standards_one_clause_per_place"
            ),
            models.CheckConstraint(
                condition=Q(level="chapter", parent=None)
                | (~Q(level="chapter") & Q(parent__isnull=False)),
                name="standards_only_chapters_stand_at_the_top",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def name(self) -> str:
        return in_language(self.title, self.title_en)


class Measure(models.Model):
    """One figure a clause asks for, with its target (量化指标)."""

    class Op(models.TextChoices):
        AT_LEAST = ">=", "≥"
        MORE = ">", ">"
        EQUAL = "==", "="
        AT_MOST = "<=", "≤"
        LESS = "<", "<"
        TREND = "trend", _("趋势")

    clause = models.ForeignKey(
        Clause, models.PROTECT, related_name="measures", verbose_name=_("条款")
    )
    code = models.CharField(_("代码"), max_length=100, unique=True)
    number = models.CharField(_("编号"), max_length=20, blank=True)
    name = models.CharField(_("名称"), max_length=200)
    name_en = models.CharField(_("英文名称"), max_length=300, blank=True)
    metric = models.CharField(_("指标量"), max_length=200)
    unit = models.CharField(_("单位"), max_length=40, blank=True)
    op = models.CharField(_("比较"), max_length=5, choices=Op.choices, blank=True)
    threshold = models.DecimalField(
        _("目标值"), max_digits=14, decimal_places=4, null=True, blank=True
    )
    threshold_text = models.CharField(_("目标（文字）"), max_length=100, blank=True)
    variants = models.JSONField(_("分档目标"), default=list, blank=True)
    alternative = models.CharField(_("或"), max_length=200, blank=True)
    years_reported = models.PositiveSmallIntegerField(_("填报年数"), default=1)
    base = models.CharField(_("口径"), max_length=200, blank=True)
    formula = models.CharField(_("算法"), max_length=300, blank=True)
    responsible_hint = models.JSONField(_("责任单位建议"), default=list, blank=True)
    confidence = models.CharField(
        _("可信度"), max_length=20, choices=Confidence.choices, default=Confidence.MEDIUM
    )
    unsure = models.BooleanField(_("待核实"), default=False)
    sources = models.JSONField(_("来源"), default=list, blank=True)
    note = models.TextField(_("说明"), blank=True)
    ordinal = models.PositiveIntegerField(_("顺序"), default=0)
    version = models.PositiveIntegerField(_("版本"), default=1)

    class Meta:
        ordering = ["ordinal", "id"]
        verbose_name = _("量化指标")

    def __str__(self) -> str:
        return self.name

    @property
    def title(self) -> str:
        return in_language(self.name, self.name_en)

    @property
    def target(self) -> str:
        """The target as people write it: "≥ 90 %", "有"; empty when no value is known."""
        if self.threshold_text:
            return self.threshold_text
        if self.threshold is None:
            return ""
        sign = self.Op(self.op).label if self.op else ""
        value = f"{self.threshold.normalize():f}"
        return f"{sign} {value} {self.unit}".strip()


class Correction(models.Model):
    """A target that the city put right, on the strength of a paper (更正)."""

    measure = models.ForeignKey(
        Measure, models.PROTECT, related_name="corrections", verbose_name=_("量化指标")
    )
    old = models.JSONField(_("原值"))
    new = models.JSONField(_("新值"))
    paper = models.CharField(_("依据文件"), max_length=200)
    reason = models.CharField(_("理由"), max_length=500, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("更正人")
    )
    at = models.DateTimeField(_("更正时间"))

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = _("更正")

    def __str__(self) -> str:
        return f"{self.measure}: {self.paper}"


class Rule(models.Model):
    """How a requirement is judged; `params` are checked per kind by rules.py (判定规则)."""

    class Kind(models.TextChoices):
        THRESHOLD = "threshold", _("达到目标值")
        CHECKLIST_RATE = "checklist_rate", _("检查合格率")
        VETO = "veto", _("一票否决")
        MANUAL = "manual", _("人工认定")
        RATIO = "ratio", _("占比")
        TREND = "trend", _("持续改善")
        DEDUCTION = "deduction", _("扣分表")
        SAMPLE_RATE = "sample_rate", _("抽查合格率")
        NO_INCIDENT = "no_incident", _("若干月内未发生")
        PREREQUISITE = "prerequisite", _("前置条件")

    clause = models.ForeignKey(Clause, models.PROTECT, related_name="rules", verbose_name=_("条款"))
    kind = models.CharField(_("类型"), max_length=20, choices=Kind.choices)
    params = models.JSONField(_("参数"), default=dict, blank=True)
    confidence = models.CharField(
        _("可信度"), max_length=20, choices=Confidence.choices, default=Confidence.DEFAULT
    )
    note = models.CharField(_("说明"), max_length=300, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("判定规则")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "threshold",
                        "checklist_rate",
                        "veto",
                        "manual",
                        "ratio",
                        "trend",
                        "deduction",
                        "sample_rate",
                        "no_incident",
                        "prerequisite",
                    ]
                ),
                name="standards_rule_kind_is_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.clause}: {self.get_kind_display()}"
