"""Registered evidence: which paper proves which clause, by unit and year."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import reach, require
from tongchuang.campaigns.models import Campaign
from tongchuang.core.flow import Flow, Move
from tongchuang.core.models import StoredFile
from tongchuang.standards.models import Clause


class _Status(models.TextChoices):
    REGISTERED = "registered", _("待审")
    ACCEPTED = "accepted", _("已采用")
    RETURNED = "returned", _("已退回")
    SUPERSEDED = "superseded", _("已替换")


FLOW = Flow(
    field="status",
    guard=require,
    moves={
        "accept": Move(
            frozenset({_Status.REGISTERED}), _Status.ACCEPTED, "dossiers.review", _("采用")
        ),
        "return": Move(
            frozenset({_Status.REGISTERED}),
            _Status.RETURNED,
            "dossiers.review",
            _("退回"),
            ("reason",),
        ),
        "resubmit": Move(
            frozenset({_Status.RETURNED}), _Status.REGISTERED, "dossiers.register", _("重报")
        ),
        "supersede": Move(
            frozenset({_Status.ACCEPTED}),
            _Status.SUPERSEDED,
            "dossiers.review",
            _("替换"),
            ("reason",),
        ),
    },
)


class PaperQuerySet(models.QuerySet["Paper"]):
    """Lists of papers."""

    def visible_to(self, user: User) -> Self:
        """Papers of units where `user` holds `dossiers.view`."""
        where = reach(user, "dossiers.view")
        return self if where.everything else self.filter(unit__in=where.unit_ids)


class Paper(models.Model):
    """A paper that proves clauses: registered once, read by every clause it is linked to.

    It answers `requirement`; at an article of a later edition the text that `asked_as` holds under
    the article's key, where there is one.
    """

    Status = _Status
    FLOW: ClassVar[Flow] = FLOW

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="papers")
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="papers", verbose_name=_("形成单位")
    )
    clauses = models.ManyToManyField(Clause, related_name="papers", verbose_name=_("佐证条款"))
    requirement = models.CharField(_("对应要求"), max_length=120, blank=True)
    asked_as = models.JSONField(_("换版后对应要求"), default=dict, blank=True)
    title = models.CharField(_("题名"), max_length=160)
    document_no = models.CharField(_("文号"), max_length=60, blank=True)
    issuer = models.CharField(_("责任者"), max_length=80, blank=True)
    dated_on = models.DateField(_("成文日期"))
    year = models.PositiveSmallIntegerField(_("年度"))
    pages = models.PositiveSmallIntegerField(_("页数"), null=True, blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    kept_at = models.CharField(_("存放地点"), max_length=120, blank=True)
    status = models.CharField(
        _("状态"), max_length=12, choices=Status.choices, default=Status.REGISTERED
    )
    registered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    registered_at = models.DateTimeField(_("登记时间"))
    reviewed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField(_("审核时间"), null=True, blank=True)
    return_reason = models.CharField(_("退回理由"), max_length=200, blank=True)
    returns = models.PositiveSmallIntegerField(_("退回次数"), default=0)
    version = models.PositiveIntegerField(default=0)

    objects = PaperQuerySet.as_manager()

    class Meta:
        verbose_name = _("资料")
        ordering = ["-dated_on", "-id"]
        indexes = [
            models.Index(fields=["campaign", "unit", "year"], name="dossiers_paper_unit_year")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(file__isnull=False) | ~Q(kept_at=""),
                name="dossiers_paper_can_be_found",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def unit_ids(self) -> set[int]:
        """The unit that made it."""
        return {self.unit_id}
