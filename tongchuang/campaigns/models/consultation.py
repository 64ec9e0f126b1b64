"""What units say to a proposed duty before it is issued, and how objections were ruled."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import reach, require
from tongchuang.campaigns.models.assignment import Assignment, Relation
from tongchuang.campaigns.models.campaign import Campaign
from tongchuang.campaigns.models.task import Task
from tongchuang.core.flow import Flow, Move


class _Status(models.TextChoices):
    WAITING = "waiting", _("待答复")
    AGREED = "agreed", _("同意")
    SILENT = "silent", _("逾期未答复，视为同意")
    OBJECTED = "objected", _("有异议，待裁定")
    UPHELD = "upheld", _("异议成立")
    REJECTED = "rejected", _("异议不成立")


OPINION_FLOW = Flow(
    field="status",
    guard=require,
    moves={
        "agree": Move(frozenset({_Status.WAITING}), _Status.AGREED, "campaigns.plan", _("同意")),
        "object": Move(
            frozenset({_Status.WAITING}),
            _Status.OBJECTED,
            "campaigns.sign_plan",
            _("提出异议"),
            ("basis",),
        ),
        "lapse": Move(
            frozenset({_Status.WAITING}), _Status.SILENT, "campaigns.assign", _("逾期视为同意")
        ),
        "uphold": Move(
            frozenset({_Status.OBJECTED}),
            _Status.UPHELD,
            "campaigns.manage",
            _("裁定异议成立"),
            ("reason",),
        ),
        "reject": Move(
            frozenset({_Status.OBJECTED}),
            _Status.REJECTED,
            "campaigns.manage",
            _("裁定异议不成立"),
            ("reason",),
        ),
    },
)


class OpinionQuerySet(models.QuerySet["Opinion"]):
    """Lists of opinions."""

    def visible_to(self, user: User) -> Self:
        """Opinions of units where `user` holds `campaigns.view`."""
        where = reach(user, "campaigns.view")
        return self if where.everything else self.filter(unit__in=where.unit_ids)

    def open(self) -> Self:
        """Those that keep their matter from being issued."""
        return self.filter(status__in=[_Status.WAITING, _Status.OBJECTED])


class Opinion(models.Model):
    """One unit is asked about one proposed assignment or task: 3 working days to answer.

    Silence is recorded as agreement. An objection is ruled within 2 working days (workflows, 4).
    """

    Status = _Status

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="opinions")
    assignment = models.ForeignKey(
        Assignment, models.CASCADE, null=True, blank=True, related_name="opinions"
    )
    task = models.ForeignKey(Task, models.CASCADE, null=True, blank=True, related_name="opinions")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("单位"))
    relation = models.CharField(_("责任方式"), max_length=8, choices=Relation.choices)
    status = models.CharField(
        _("状态"), max_length=10, choices=Status.choices, default=Status.WAITING
    )
    asked_at = models.DateTimeField(_("征求时间"))
    due_at = models.DateTimeField(_("答复期限"))
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("答复人")
    )
    basis = models.CharField(_("异议理由与依据"), max_length=300, blank=True)
    proposed_owner = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("建议承担单位"),
    )
    ruling_due_at = models.DateTimeField(_("裁定期限"), null=True, blank=True)
    ruled_at = models.DateTimeField(_("裁定时间"), null=True, blank=True)
    ruled_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("裁定人")
    )
    ruling = models.CharField(_("裁定意见"), max_length=300, blank=True)
    new_owner = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("改由")
    )
    version = models.PositiveIntegerField(default=0)

    objects = OpinionQuerySet.as_manager()

    class Meta:
        verbose_name = _("意见")
        ordering = ["-asked_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(task__isnull=False) ^ Q(assignment__isnull=False),
                name="campaigns_opinion_on_one_matter",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.matter}"

    @property
    def matter(self) -> Assignment | Task:
        """What the unit is asked about."""
        matter = self.task or self.assignment
        if matter is None:
            raise ValueError("an opinion is about one matter")
        return matter

    @property
    def title(self) -> str:
        """The matter in words: the task, or the clause of the assignment."""
        return self.task.title if self.task else self.assignment.clause.name  # type: ignore[union-attr]

    def limit_at(self) -> datetime | None:
        """When the step that is waited for is due, None when nothing is waited for."""
        if self.status == _Status.WAITING:
            return self.due_at
        return self.ruling_due_at if self.status == _Status.OBJECTED else None

    def unit_ids(self) -> set[int]:
        """The unit that is asked."""
        return {self.unit_id}
