"""Where a matter is to be done, and each territory's share of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import Unit
from tongchuang.campaigns.models.assignment import Assignment
from tongchuang.campaigns.models.task import Task


class TerritoryShare(models.Model):
    """A town or street in which a task or assignment is done; `percent` of it in (0, 100]."""

    task = models.ForeignKey(
        Task, models.CASCADE, null=True, blank=True, related_name="territories"
    )
    assignment = models.ForeignKey(
        Assignment, models.CASCADE, null=True, blank=True, related_name="territories"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("属地"))
    percent = models.DecimalField(_("份额（%）"), max_digits=5, decimal_places=2)

    class Meta:
        verbose_name = _("属地份额")
        ordering = ["-percent", "unit__path"]
        constraints = [
            models.UniqueConstraint(
                fields=["task", "unit"], name="campaigns_territory_once_a_task"
            ),
            models.UniqueConstraint(
                fields=["assignment", "unit"], name="campaigns_territory_once_an_assignment"
            ),
            models.CheckConstraint(
                condition=Q(task__isnull=False) ^ Q(assignment__isnull=False),
                name="campaigns_territory_of_one_matter",
            ),
            models.CheckConstraint(
                condition=Q(percent__gt=0, percent__lte=100), name="campaigns_territory_percent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.percent}%"
