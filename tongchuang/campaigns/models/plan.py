"""The 3+1 work plan of a unit."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import require
from tongchuang.campaigns.models.campaign import Campaign
from tongchuang.core.flow import Flow, Move


class _PlanStatus(models.TextChoices):
    DRAFT = "draft", _("起草")
    SUBMITTED = "submitted", _("已报")
    RETURNED = "returned", _("已退回")
    APPROVED = "approved", _("已批")


PLAN_FLOW = Flow(
    field="status",
    guard=require,
    moves={
        "submit": Move(
            frozenset({_PlanStatus.DRAFT, _PlanStatus.RETURNED}),
            _PlanStatus.SUBMITTED,
            "campaigns.sign_plan",
            _("签报"),
        ),
        "approve": Move(
            frozenset({_PlanStatus.SUBMITTED}), _PlanStatus.APPROVED, "campaigns.approve", _("批准")
        ),
        "return": Move(
            frozenset({_PlanStatus.SUBMITTED}),
            _PlanStatus.RETURNED,
            "campaigns.approve",
            _("退回"),
            ("reason",),
        ),
    },
)


class WorkPlan(models.Model):
    """A unit's 3+1 work plan: five slots, all structured, all compulsory (speech 2.1.2e).

    Slots: plan (goals and measures), duties, people, limits and schedule, dispatch rhythm.
    """

    Status = _PlanStatus
    SLOTS: ClassVar[tuple[str, ...]] = ("plan", "duties", "people", "schedule", "dispatch")

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="plans")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="plans", verbose_name=_("单位"))
    status = models.CharField(
        _("状态"), max_length=10, choices=Status.choices, default=Status.DRAFT
    )
    goals = models.JSONField(_("目标与措施"), default=list)
    duties = models.JSONField(_("责任清单"), default=list)
    people = models.JSONField(_("责任人员"), default=list)
    schedule = models.JSONField(_("时限与进度"), default=list)
    dispatch = models.JSONField(_("调度安排"), default=dict)
    signed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    signed_at = models.DateTimeField(_("签报时间"), null=True, blank=True)
    due_on = models.DateField(_("应报日期"), null=True, blank=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("3+1 工作方案")
        ordering = ["campaign", "unit__path"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "unit"], name="campaigns_one_plan_per_unit")
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.campaign}"

    def unit_ids(self) -> set[int]:
        """The unit whose plan it is."""
        return {self.unit_id}
