"""Kinds of problems, their grades and limits."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongchuang.standards.models.checklists import SiteType
from tongchuang.standards.models.frameworks import Clause
from tongchuang.standards.models.wording import Confidence, in_language


class Grade(models.TextChoices):
    """How hard a problem is to put right; decides its limits (问题等级)."""

    URGENT = "U", _("紧急")
    ON_THE_SPOT = "A", _("当场")
    GENERAL = "B", _("一般")
    HARD = "C", _("较难")
    MAJOR = "D", _("重大")
    CONSTRUCTION = "E", _("工程")


class GradeLimit(models.Model):
    """Limits of one grade as shipped, each like "4 work_hour"; empty = none (办理时限).

    What the city set for itself stands in `LimitChange`.
    """

    grade = models.CharField(_("等级"), max_length=1, choices=Grade.choices, unique=True)
    sign_for = models.CharField(_("签收"), max_length=40, blank=True)
    return_window = models.CharField(_("退回时限"), max_length=40, blank=True)
    make_safe = models.CharField(_("先行处置"), max_length=40, blank=True)
    fix = models.CharField(_("整改"), max_length=40, blank=True)
    verify = models.CharField(_("核查"), max_length=40, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("办理时限")

    def __str__(self) -> str:
        return self.get_grade_display()


class ProblemClass(models.Model):
    """A kind of problem with its usual grade and the condition under which it closes (问题类别).

    The row holds what was shipped; what the city set for itself stands in `LimitChange`.
    `queries.LimitTable.standing` puts both together for a day.
    """

    code = models.SlugField(_("代码"), max_length=60, unique=True)
    title = models.CharField(_("名称"), max_length=100)
    title_en = models.CharField(_("英文名称"), max_length=200, blank=True)
    group = models.CharField(_("大类"), max_length=60)
    group_en = models.CharField(_("英文大类"), max_length=100, blank=True)
    ordinal = models.PositiveIntegerField(_("顺序"), default=0)
    grade = models.CharField(_("默认等级"), max_length=1, choices=Grade.choices)
    limits = models.JSONField(_("单独时限"), default=dict, blank=True)
    closing_condition = models.CharField(_("销号条件"), max_length=300)
    closing_condition_en = models.CharField(_("英文销号条件"), max_length=400, blank=True)
    trade_hint = models.JSONField(_("行业主管建议"), default=list, blank=True)
    ban_provision = models.BooleanField(_("须疏堵并举"), default=False)
    active = models.BooleanField(_("在用"), default=True)
    confidence = models.CharField(
        _("可信度"), max_length=20, choices=Confidence.choices, default=Confidence.DEFAULT
    )
    site_types = models.ManyToManyField(
        SiteType, blank=True, related_name="problem_classes", verbose_name=_("点位类型")
    )
    clauses = models.ManyToManyField(
        Clause, blank=True, related_name="problem_classes", verbose_name=_("条款")
    )
    change: LimitChange | None = None  # on a copy that `LimitTable.standing` made: what it follows

    class Meta:
        ordering = ["ordinal", "id"]
        verbose_name = _("问题类别")

    def __str__(self) -> str:
        return self.title

    @property
    def name(self) -> str:
        return in_language(self.title, self.title_en)

    @property
    def group_name(self) -> str:
        return in_language(self.group, self.group_en)

    @property
    def closing(self) -> str:
        return in_language(self.closing_condition, self.closing_condition_en)


class LimitChangeQuerySet(models.QuerySet["LimitChange"]):
    """What was set, read by day."""

    def begun(self, *, on: date) -> Self:
        """What holds or held by a day; of several for one subject the last one holds."""
        return self.filter(from_on__lte=on).order_by("from_on", "id")

    def ahead(self, *, on: date) -> Self:
        """What will hold only after a day, the nearest first."""
        return self.filter(from_on__gt=on).order_by("from_on", "id")


class LimitChange(models.Model):
    """What the city set for a class of problems, or for a whole grade, from a day on (时限调整).

    `new` says everything that then holds, `old` what would hold on that day without it. For a
    class: grade, limits, closing_condition, closing_condition_en; for a grade: its five limits.
    """

    problem_class = models.ForeignKey(
        ProblemClass,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="limit_changes",
        verbose_name=_("问题类别"),
    )
    grade = models.CharField(_("等级"), max_length=1, choices=Grade.choices, blank=True)
    from_on = models.DateField(_("施行日期"))
    old = models.JSONField(_("原来的规定"))
    new = models.JSONField(_("新的规定"))
    paper = models.CharField(_("依据文件"), max_length=200, blank=True)
    reason = models.CharField(_("理由"), max_length=500)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("调整人")
    )
    at = models.DateTimeField(_("调整时间"))

    objects = LimitChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-from_on", "-id"]
        verbose_name = _("时限调整")
        constraints = [
            models.CheckConstraint(
                condition=Q(problem_class=None, grade__in=Grade.values)
                | Q(problem_class__isnull=False, grade=""),
                name="standards_limits_change_for_a_class_or_a_grade",
            )
        ]

    def __str__(self) -> str:
        subject = self.problem_class or self.get_grade_display()
        return f"{subject} {self.from_on:%Y-%m-%d}"
