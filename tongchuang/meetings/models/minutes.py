"""Minutes of a meeting as an official paper."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import User
from tongchuang.accounts.permissions import require
from tongchuang.core.flow import Flow, Move
from tongchuang.core.models import StoredFile
from tongchuang.meetings.models.meeting import Meeting


class _Status(models.TextChoices):
    DRAFT = "draft", _("拟稿")
    REVIEWED = "reviewed", _("已审核")
    SIGNED = "signed", _("已签发")
    ISSUED = "issued", _("已印发")


MINUTES_FLOW = Flow(
    field="status",
    guard=require,
    moves={
        "review": Move(frozenset({_Status.DRAFT}), _Status.REVIEWED, "meetings.review", _("审核")),
        "send_back": Move(
            frozenset({_Status.REVIEWED}),
            _Status.DRAFT,
            "meetings.review",
            _("退回修改"),
            ("reason",),
        ),
        "sign": Move(frozenset({_Status.REVIEWED}), _Status.SIGNED, "meetings.sign", _("签发")),
        "issue": Move(
            frozenset({_Status.SIGNED}), _Status.ISSUED, "meetings.manage", _("编号印发")
        ),
    },
)


class Minutes(models.Model):
    """The minutes (纪要): written from the records, reviewed, signed by another, numbered, sent.

    `data` is all that the paper says, frozen with its digest when it is signed.
    """

    Status = _Status
    FLOW: ClassVar[Flow] = MINUTES_FLOW

    meeting = models.OneToOneField(Meeting, models.PROTECT, related_name="minutes")
    opening = models.TextField(_("会议情况"), max_length=600)
    closing = models.TextField(_("会议强调"), max_length=600, blank=True)
    status = models.CharField(
        _("状态"), max_length=10, choices=Status.choices, default=Status.DRAFT
    )
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("拟稿人"))
    reviewed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("审核人")
    )
    signed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("签发人")
    )
    signed_at = models.DateTimeField(_("签发时间"), null=True, blank=True)
    data = models.JSONField(default=dict)
    digest = models.CharField(_("快照"), max_length=64, blank=True)
    document_no = models.CharField(_("发文字号"), max_length=40, blank=True)
    issued_on = models.DateField(_("印发日期"), null=True, blank=True)
    docx = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("会议纪要")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(signed_by=None) | ~Q(signed_by=models.F("drafted_by")),
                name="meetings_minutes_are_signed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "reviewed"]) | ~Q(digest=""),
                name="meetings_signed_minutes_are_frozen",
            ),
        ]

    def __str__(self) -> str:
        return self.document_no or str(self.meeting)

    @property
    def is_fixed(self) -> bool:
        """Whether its text can no longer change."""
        return self.status in {_Status.SIGNED, _Status.ISSUED}

    def unit_ids(self) -> set[int]:
        """The campaign's city."""
        return self.meeting.unit_ids()
