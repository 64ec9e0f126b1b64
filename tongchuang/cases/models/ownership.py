"""权属认定: who a disputed case belongs to, decided on the spot and written down."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import require
from tongchuang.cases.models.case import Case
from tongchuang.core.flow import Flow, Move
from tongchuang.core.models import StoredFile
from tongchuang.places.models import LeadRule


class _Status(models.TextChoices):
    OPEN = "open", _("待召开")
    HELD = "held", _("待裁定")
    RULED = "ruled", _("已认定")


class OwnershipSessionQuerySet(models.QuerySet["OwnershipSession"]):
    """Lists of ownership sessions."""

    def visible_to(self, user: User) -> Self:
        """Sessions on cases that `user` may see."""
        return self.filter(case__in=Case.objects.visible_to(user).order_by().values("pk"))

    def pending(self) -> Self:
        """Sessions without a ruling."""
        return self.exclude(status=_Status.RULED)


class OwnershipSession(models.Model):
    """The session on one disputed case: held on the spot, then ruled by a named person.

    The territory (`interim`) sees to the problem until the ruling; the clocks run on.
    """

    Status = _Status
    FLOW: ClassVar[Flow] = Flow(
        field="status",
        guard=require,
        moves={
            "hold": Move(
                frozenset({_Status.OPEN, _Status.HELD}),
                _Status.HELD,
                "cases.dispatch",
                _("记录现场认定"),
                ("held_at", "present", "papers", "findings"),
            ),
            "rule": Move(
                frozenset({_Status.HELD}),
                _Status.RULED,
                "cases.rule_ownership",
                _("裁定权属"),
                ("lead", "grounds"),
            ),
        },
    )

    class Scope(models.TextChoices):
        CASE = "case", _("只对本案")
        SITE = "site", _("本点位的所有问题")
        SITE_CLASS = "site_class", _("本点位的同类问题")
        AREA_CLASS = "area_class", _("本社区（村）的同类问题")

    case = models.ForeignKey(Case, models.PROTECT, related_name="sessions", verbose_name=_("案件"))
    status = models.CharField(_("状态"), max_length=8, choices=Status.choices, default=Status.OPEN)
    opened_at = models.DateTimeField(_("提起时间"))
    due_at = models.DateTimeField(_("召开时限"))
    interim = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("临时处置单位"),
    )
    held_at = models.DateTimeField(_("召开时间"), null=True, blank=True)
    held_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("主持人")
    )
    present = models.TextField(_("到场单位和人员"), blank=True)
    papers = models.TextField(_("查看的材料"), blank=True)
    findings = models.TextField(_("现场情况"), blank=True)
    lead = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("认定的主办单位"),
    )
    grounds = models.TextField(_("裁定理由"), blank=True)
    scope = models.CharField(_("适用范围"), max_length=10, choices=Scope.choices, blank=True)
    groundless = models.ManyToManyField(
        Unit, blank=True, related_name="+", verbose_name=_("无理由退回的单位")
    )
    ruled_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("裁定人")
    )
    ruled_at = models.DateTimeField(_("裁定时间"), null=True, blank=True)
    document_no = models.CharField(_("文号"), max_length=40, blank=True)
    docx = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    rule = models.ForeignKey(LeadRule, models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=0)

    objects = OwnershipSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("权属认定")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=~Q(status="ruled"),
                name="cases_one_open_ownership_session",
            ),
            models.CheckConstraint(
                condition=~Q(status="ruled")
                | Q(lead__isnull=False, ruled_by__isnull=False, ruled_at__isnull=False),
                name="cases_ruled_session_names_lead",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case.number} {self.get_status_display()}"

    def unit_ids(self) -> set[int]:
        """Those of its case."""
        return self.case.unit_ids()
