"""Messages to people and units: the outbox and, at the same time, their in-app inbox."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Message(models.Model):
    """Something one person, or those who hold the posts of one unit, must be told.

    It stands in the inbox from the transaction that wrote it; `state` speaks of the e-mail.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("待投递")
        DELIVERED = "delivered", _("已投递")
        DEAD = "dead", _("投递失败")

    to_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="messages",
        verbose_name=_("收件人"),
    )
    to_unit = models.ForeignKey(
        "accounts.Unit",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="messages",
        verbose_name=_("收件单位"),
    )
    kind = models.CharField(_("类别"), max_length=40)
    subject = models.CharField(_("标题"), max_length=200)
    body = models.TextField(_("内容"), blank=True)
    url = models.CharField(_("页面地址"), max_length=300, blank=True)
    urgent = models.BooleanField(_("紧急"), default=False)
    created_at = models.DateTimeField(_("发出时间"))
    read_at = models.DateTimeField(_("阅读时间"), null=True, blank=True)
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("阅读人"),
    )
    state = models.CharField(
        _("投递状态"), max_length=10, choices=State.choices, default=State.WAITING
    )
    delivered_at = models.DateTimeField(_("投递时间"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("投递次数"), default=0)
    next_try_at = models.DateTimeField(_("下次投递"))
    failure = models.CharField(_("失败原因"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("消息")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_user=None, to_unit__isnull=False)
                | Q(to_user__isnull=False, to_unit=None),
                name="core_message_has_one_recipient",
            )
        ]
        indexes = [
            models.Index(
                fields=["next_try_at", "id"],
                name="core_message_waiting",
                condition=Q(state="waiting"),
            ),
            models.Index(fields=["to_user", "-id"], name="core_message_of_user"),
            models.Index(fields=["to_unit", "-id"], name="core_message_of_unit"),
            models.Index(fields=["to_user"], name="core_message_new", condition=Q(read_at=None)),
            models.Index(
                fields=["to_unit"], name="core_message_new_of_unit", condition=Q(read_at=None)
            ),
        ]

    def __str__(self) -> str:
        return self.subject
