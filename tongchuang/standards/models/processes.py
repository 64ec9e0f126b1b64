"""The procedure by which a title is given, levels of vectors, and what was loaded."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongchuang.standards.models.frameworks import Framework, Measure
from tongchuang.standards.models.wording import Confidence, in_language


class Process(models.Model):
    """The review procedure by which a title is given (评审程序)."""

    framework = models.ForeignKey(
        Framework, models.PROTECT, related_name="processes", verbose_name=_("指标体系")
    )
    code = models.SlugField(_("代码"), max_length=60, unique=True)
    title = models.CharField(_("名称"), max_length=200)
    title_en = models.CharField(_("英文名称"), max_length=300, blank=True)
    document_no = models.CharField(_("文号"), max_length=100, blank=True)
    issued_on = models.DateField(_("印发日期"), null=True, blank=True)
    status = models.CharField(_("状态"), max_length=20, choices=Framework.Status.choices)
    cycle_years = models.PositiveSmallIntegerField(_("周期（年）"), null=True, blank=True)
    note = models.TextField(_("说明"), blank=True)
    sources = models.JSONField(_("来源"), default=list, blank=True)

    class Meta:
        ordering = ["code"]
        verbose_name = _("评审程序")

    def __str__(self) -> str:
        return self.title

    @property
    def name(self) -> str:
        return in_language(self.title, self.title_en)


class ProcessState(models.Model):
    """A stage of a review procedure (阶段)."""

    process = models.ForeignKey(
        Process, models.CASCADE, related_name="states", verbose_name=_("评审程序")
    )
    code = models.SlugField(_("代码"), max_length=60)
    ordinal = models.PositiveIntegerField(_("顺序"))
    title = models.CharField(_("名称"), max_length=100)
    title_en = models.CharField(_("英文名称"), max_length=200, blank=True)
    actor = models.CharField(_("主体"), max_length=60)
    period_days = models.PositiveIntegerField(_("期限（天）"), null=True, blank=True)
    period_years = models.PositiveIntegerField(_("周期（年）"), null=True, blank=True)
    note = models.TextField(_("说明"), blank=True)
    confidence = models.CharField(_("可信度"), max_length=20, choices=Confidence.choices)
    sources = models.JSONField(_("来源"), default=list, blank=True)

    class Meta:
        ordering = ["process", "ordinal"]
        verbose_name = _("阶段")
        constraints = [
            models.UniqueConstraint(
                fields=["process", "code"], name="standards_state_code_is_unique"
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def name(self) -> str:
        return in_language(self.title, self.title_en)


class ProcessGate(models.Model):
    """A passage between two stages and its condition; the pass score is unknown on purpose."""

    process = models.ForeignKey(
        Process, models.CASCADE, related_name="gates", verbose_name=_("评审程序")
    )
    source = models.ForeignKey(
        ProcessState, models.CASCADE, related_name="ways_out", verbose_name=_("从")
    )
    target = models.ForeignKey(
        ProcessState, models.CASCADE, related_name="ways_in", verbose_name=_("到")
    )
    ordinal = models.PositiveIntegerField(_("顺序"))
    condition = models.CharField(_("条件"), max_length=300)
    condition_en = models.CharField(_("英文条件"), max_length=300, blank=True)
    again = models.BooleanField(_("回头路"), default=False)  # leads back to an earlier stage
    pass_score = models.DecimalField(
        _("分数线"), max_digits=6, decimal_places=2, null=True, blank=True
    )
    note = models.TextField(_("说明"), blank=True)
    confidence = models.CharField(_("可信度"), max_length=20, choices=Confidence.choices)
    sources = models.JSONField(_("来源"), default=list, blank=True)

    class Meta:
        ordering = ["process", "ordinal"]
        verbose_name = _("关口")

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"

    @property
    def name(self) -> str:
        return in_language(self.condition, self.condition_en)


class VectorLevel(models.Model):
    """One density line of GB/T 27770–27773: levels A, B and C of one metric (病媒密度等级)."""

    species = models.SlugField(_("种类代码"), max_length=40)
    species_name = models.CharField(_("种类"), max_length=60)
    document_no = models.CharField(_("标准号"), max_length=60)
    ordinal = models.PositiveIntegerField(_("顺序"))
    metric = models.CharField(_("指标量"), max_length=100)
    metric_en = models.CharField(_("英文指标量"), max_length=200, blank=True)
    unit = models.CharField(_("单位"), max_length=40)
    op = models.CharField(_("比较"), max_length=5, choices=Measure.Op.choices, blank=True)
    level_a = models.DecimalField(_("A级"), max_digits=10, decimal_places=3, null=True)
    level_b = models.DecimalField(_("B级"), max_digits=10, decimal_places=3, null=True)
    level_c = models.DecimalField(_("C级"), max_digits=10, decimal_places=3, null=True)
    confidence = models.CharField(_("可信度"), max_length=20, choices=Confidence.choices)
    sources = models.JSONField(_("来源"), default=list, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)

    class Meta:
        ordering = ["ordinal"]
        verbose_name = _("病媒密度等级")
        constraints = [
            models.UniqueConstraint(
                fields=["species", "metric"], name="standards_one_line_per_vector_metric"
            )
        ]

    def __str__(self) -> str:
        return f"{self.species_name}: {self.metric}"


class DataFile(models.Model):
    """What was last loaded from a file that is not a framework: its kind, edition and digest."""

    kind = models.CharField(_("类型"), max_length=30)
    code = models.CharField(_("代码"), max_length=60)
    edition = models.CharField(_("版本"), max_length=60)
    content = models.JSONField(_("内容"))
    content_sha256 = models.CharField(_("内容摘要"), max_length=64)
    loaded_at = models.DateTimeField(_("载入时间"))

    class Meta:
        ordering = ["kind", "code"]
        verbose_name = _("数据文件")
        constraints = [
            models.UniqueConstraint(fields=["kind", "code"], name="standards_one_row_per_file")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.code}"
