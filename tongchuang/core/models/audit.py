"""Append-only record of what people did, each event sealed to the one before it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Event(models.Model):
    """One thing done to one record: who, when, why, and what it changed.

    `digest` is the SHA-256 over the event and the digest before it, so that a row
    altered, removed or slipped in later breaks the chain at that place.
    """

    at = models.DateTimeField(_("时间"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("经办人"),
    )
    actor_name = models.CharField(_("姓名"), max_length=80)
    subject_kind = models.CharField(_("对象"), max_length=60)
    subject_id = models.BigIntegerField(_("对象编号"))
    subject_title = models.CharField(_("对象名称"), max_length=200, blank=True)
    action = models.CharField(_("动作"), max_length=60)
    reason = models.TextField(_("理由"), blank=True)
    before = models.JSONField(_("变更前"), default=dict)
    after = models.JSONField(_("变更后"), default=dict)
    previous_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name = _("操作记录")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "id"], name="core_event_subject"),
            models.Index(fields=["actor", "-id"], name="core_event_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.action}"


class ChainHead(models.Model):
    """The end of the event chain: one row, locked while an event is added."""

    digest = models.CharField(max_length=64)
    events = models.BigIntegerField()

    class Meta:
        verbose_name = _("记录链末端")

    def __str__(self) -> str:
        return self.digest
