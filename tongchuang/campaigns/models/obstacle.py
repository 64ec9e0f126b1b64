"""Why and since when tasks cannot go on."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import User
from tongchuang.accounts.permissions import reach
from tongchuang.campaigns.models.task import Task


class ObstacleQuerySet(models.QuerySet["Obstacle"]):
    """Lists of obstacles."""

    def visible_to(self, user: User) -> Self:
        """Obstacles of tasks of units where `user` holds `campaigns.view`."""
        where = reach(user, "campaigns.view")
        return self if where.everything else self.filter(task__unit__in=where.unit_ids)


class Obstacle(models.Model):
    """One time that a task was blocked: the cause, and the ruling that lifted it.

    While it stands, it is a matter for the next dispatch meeting (workflows, 4).
    """

    task = models.ForeignKey(Task, models.CASCADE, related_name="obstacles")
    cause = models.CharField(_("受阻原因"), max_length=12, choices=Task.Cause.choices)
    reason = models.CharField(_("说明"), max_length=200)
    since = models.DateTimeField(_("受阻时间"))
    by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("报告人")
    )
    lifted_at = models.DateTimeField(_("解除时间"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("裁定人")
    )
    ruling = models.CharField(_("裁定意见"), max_length=200, blank=True)
    paper = models.CharField(_("会议或文号"), max_length=80, blank=True)

    objects = ObstacleQuerySet.as_manager()

    class Meta:
        verbose_name = _("受阻事项")
        ordering = ["since", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["task"],
                condition=Q(lifted_at=None),
                name="campaigns_one_open_obstacle_a_task",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task} {self.get_cause_display()}"

    def days(self, at: datetime) -> int:
        """Whole days that the task has been, or was, blocked."""
        return ((self.lifted_at or at) - self.since).days
