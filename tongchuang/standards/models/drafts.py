"""A standard that the office brings itself, before it is published."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongchuang.standards.models.frameworks import Framework


class Draft(models.Model):
    """An edition read from a spreadsheet (草稿). Campaigns see nothing of it until it is published.

    `content` has the shape `tongchuang/framework/1`; `lines` are the lines of the table by path,
    so that a fault found later still names its place.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("草稿")
        PUBLISHED = "published", _("已发布")
        DISCARDED = "discarded", _("已作废")

    code = models.SlugField(_("代码"), max_length=60)
    title = models.CharField(_("名称"), max_length=200)
    edition = models.CharField(_("版本"), max_length=60)
    content = models.JSONField(_("内容"))
    lines = models.JSONField(_("行号"), default=dict)
    content_sha256 = models.CharField(_("内容摘要"), max_length=64)
    file_name = models.CharField(_("来自文件"), max_length=200)
    status = models.CharField(_("状态"), max_length=10, choices=Status.choices, default=Status.OPEN)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("上传人")
    )
    made_at = models.DateTimeField(_("上传时间"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("决定人"),
    )
    decided_at = models.DateTimeField(_("决定时间"), null=True, blank=True)
    framework = models.ForeignKey(
        Framework,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="drafts",
        verbose_name=_("指标体系"),
    )

    class Meta:
        ordering = ["-made_at", "-id"]
        verbose_name = _("标准草稿")
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(status="open"),
                name="standards_one_open_draft_per_code",
            ),
            models.CheckConstraint(
                condition=Q(status="open", decided_by=None, decided_at=None)
                | (~Q(status="open") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="standards_decided_draft_names_its_person",
            ),
            models.CheckConstraint(
                condition=~Q(status="published") | Q(framework__isnull=False),
                name="standards_published_draft_has_its_framework",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}（{self.edition}）"
