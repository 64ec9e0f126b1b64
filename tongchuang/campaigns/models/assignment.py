"""Who answers for a clause."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import reach, require
from tongchuang.campaigns.models.campaign import Campaign
from tongchuang.core.flow import Flow, Move
from tongchuang.standards.models import Clause


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Lists of assignments."""

    def visible_to(self, user: User) -> Self:
        """Assignments that `user` may see: everything in the city, or those of own units."""
        where = reach(user, "campaigns.view")
        if where.everything:
            return self
        ids = where.unit_ids
        mine = Q(lead__in=ids) | Q(
            pk__in=AssignmentHelper.objects.filter(unit__in=ids).values("assignment")
        )
        return self.filter(mine)


class _Status(models.TextChoices):
    DRAFTED = "drafted", _("拟定")
    CONSULTING = "consulting", _("征求意见")
    ISSUED = "issued", _("已下达")


class Relation(models.TextChoices):
    """How a unit stands to a matter (speech 3.2.5)."""

    LEAD = "lead", _("牵头")
    SUPPORT = "support", _("配合")
    JOINT = "joint", _("共同")


ASSIGNMENT_FLOW = Flow(
    field="status",
    guard=require,
    moves={
        "consult": Move(
            frozenset({_Status.DRAFTED}),
            _Status.CONSULTING,
            "campaigns.assign",
            _("征求意见"),
        ),
        "issue": Move(
            frozenset({_Status.CONSULTING}),
            _Status.ISSUED,
            "campaigns.approve",
            _("批准下达"),
            ("paper",),
        ),
    },
)


class Assignment(models.Model):
    """Who answers for a clause: one lead unit, helpers, one sponsor leader (1+1+N).

    A joint matter (重大共同事项) is one with joint units beside the lead. What is drafted or
    under consultation already shows who is meant to answer, marked as not issued.
    """

    Status = _Status

    class Origin(models.TextChoices):
        RULE = "rule", _("按规则")
        HAND = "hand", _("人工")
        IMPORT = "import", _("导入")

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="assignments")
    clause = models.ForeignKey(
        Clause, models.PROTECT, related_name="assignments", verbose_name=_("条款")
    )
    lead = models.ForeignKey(
        Unit, models.PROTECT, related_name="led_assignments", verbose_name=_("牵头单位")
    )
    helpers = models.ManyToManyField(
        Unit,
        through="AssignmentHelper",
        related_name="helped_assignments",
        verbose_name=_("配合单位"),
    )
    sponsor = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sponsored_assignments",
        verbose_name=_("牵头领导"),
    )
    origin = models.CharField(_("来源"), max_length=10, choices=Origin.choices, default=Origin.HAND)
    reason = models.CharField(_("依据"), max_length=200, blank=True)
    status = models.CharField(
        _("状态"), max_length=10, choices=Status.choices, default=Status.ISSUED
    )
    drafted_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("起草人")
    )
    paper = models.CharField(_("下达文号"), max_length=80, blank=True)
    issued_on = models.DateField(_("下达日期"), null=True, blank=True)
    version = models.PositiveIntegerField(default=0)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("责任分工")
        ordering = ["campaign", "clause__ordinal"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "clause"], name="campaigns_one_lead_per_clause"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clause} → {self.lead}"

    def unit_ids(self) -> set[int]:
        """The lead unit."""
        return {self.lead_id}


class AssignmentHelper(models.Model):
    """A unit that supports the lead with a clause or shares it, and its part in words."""

    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="helper_rows")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("配合单位"))
    kind = models.CharField(
        _("责任方式"),
        max_length=8,
        choices=[(r.value, r.label) for r in Relation if r != Relation.LEAD],
        default=Relation.SUPPORT,
    )
    part = models.CharField(_("承担内容"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("配合单位")
        constraints = [
            models.UniqueConstraint(fields=["assignment", "unit"], name="campaigns_helper_once"),
        ]

    def __str__(self) -> str:
        return str(self.unit)
