"""Change notes: what was changed of a duty that had been issued."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _text
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import User
from tongchuang.accounts.permissions import reach
from tongchuang.campaigns.models.assignment import Assignment
from tongchuang.campaigns.models.campaign import Campaign
from tongchuang.campaigns.models.task import Task


class ChangeNoteQuerySet(models.QuerySet["ChangeNote"]):
    """Lists of change notes."""

    def visible_to(self, user: User) -> Self:
        """Notes on matters of units where `user` holds `campaigns.view`."""
        if reach(user, "campaigns.view").everything:
            return self
        return self.filter(
            Q(task__in=Task.objects.visible_to(user))
            | Q(assignment__in=Assignment.objects.visible_to(user))
        )


class ChangeNote(models.Model):
    """One change of an issued assignment or task, numbered within its campaign and year.

    `old` is the whole former version and `changes` what differs, in words: lists of
    [field, value] and [field, old value, new value].
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="change_notes")
    assignment = models.ForeignKey(
        Assignment, models.CASCADE, null=True, blank=True, related_name="change_notes"
    )
    task = models.ForeignKey(
        Task, models.CASCADE, null=True, blank=True, related_name="change_notes"
    )
    year = models.PositiveSmallIntegerField(_("年"))
    serial = models.PositiveIntegerField(_("序号"))
    reason = models.CharField(_("理由"), max_length=200)
    old = models.JSONField(_("变更前"), default=list)
    changes = models.JSONField(_("变更内容"), default=list)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("经办人"))
    at = models.DateTimeField(_("时间"))

    objects = ChangeNoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("变更单")
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "year", "serial"], name="campaigns_change_number_once"
            ),
            models.CheckConstraint(
                condition=Q(task__isnull=False) ^ Q(assignment__isnull=False),
                name="campaigns_change_of_one_matter",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The number as it is written: 变更〔2016〕3号."""
        return _text("变更〔%(year)s〕%(serial)s号") % {"year": self.year, "serial": self.serial}

    @property
    def title(self) -> str:
        """The matter in words: the task, or the clause of the assignment."""
        return self.task.title if self.task else self.assignment.clause.name  # type: ignore[union-attr]
