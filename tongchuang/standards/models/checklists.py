"""Kinds of places and what is looked at in them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongchuang.standards.models.wording import Confidence, in_language


class SiteType(models.Model):
    """A kind of place that inspectors visit, with its checklist (点位类型)."""

    code = models.SlugField(_("代码"), max_length=60, unique=True)
    title = models.CharField(_("名称"), max_length=100)
    title_en = models.CharField(_("英文名称"), max_length=200, blank=True)
    ordinal = models.PositiveIntegerField(_("顺序"), default=0)
    lead_hint = models.JSONField(_("牵头部门建议"), default=list, blank=True)
    sample_minimum = models.JSONField(
        _("官方最少样本"), default=dict, blank=True
    )  # {"lt50": 8, "50to200": 12, "gt200": 15}: by inhabitants in 10,000
    self_check = models.CharField(_("自查建议"), max_length=200, blank=True)
    sample_note = models.CharField(_("样本说明"), max_length=300, blank=True)
    confidence = models.CharField(
        _("可信度"), max_length=20, choices=Confidence.choices, default=Confidence.MEDIUM
    )
    sources = models.JSONField(_("来源"), default=list, blank=True)

    class Meta:
        ordering = ["ordinal", "id"]
        verbose_name = _("点位类型")

    def __str__(self) -> str:
        return self.title

    @property
    def name(self) -> str:
        return in_language(self.title, self.title_en)


class ChecklistItem(models.Model):
    """One thing to look at in a site of a type (检查项)."""

    class Severity(models.TextChoices):
        RED_LINE = "red_line", _("红线")
        MAJOR = "major", _("主要")
        MINOR = "minor", _("次要")

    site_type = models.ForeignKey(
        SiteType, models.PROTECT, related_name="items", verbose_name=_("点位类型")
    )
    code = models.CharField(_("代码"), max_length=100, unique=True)
    ordinal = models.PositiveIntegerField(_("顺序"))
    text = models.CharField(_("检查内容"), max_length=300)
    text_en = models.CharField(_("英文内容"), max_length=400, blank=True)
    severity = models.CharField(_("轻重"), max_length=10, choices=Severity.choices)
    weight = models.DecimalField(_("权重"), max_digits=6, decimal_places=2)
    method = models.JSONField(_("方法"), default=list, blank=True)
    photo_required = models.BooleanField(_("须拍照"), default=False)
    active = models.BooleanField(_("在用"), default=True)
    clauses = models.ManyToManyField(
        "standards.Clause", blank=True, related_name="checklist_items", verbose_name=_("条款")
    )

    class Meta:
        ordering = ["site_type", "ordinal"]
        verbose_name = _("检查项")

    def __str__(self) -> str:
        return self.text

    @property
    def name(self) -> str:
        return in_language(self.text, self.text_en)
