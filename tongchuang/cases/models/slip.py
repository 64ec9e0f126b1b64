"""Reminders and slips that the clock raises."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import Unit, User
from tongchuang.cases.models.case import Case


class Slip(models.Model):
    """A step of the supervision ladder on one stage: reminder at 75 %, blue when overdue."""

    class Step(models.TextChoices):
        REMINDER = "reminder", _("提醒")
        BLUE = "blue", _("蓝单")
        YELLOW = "yellow", _("黄单")
        RED = "red", _("红单")

    case = models.ForeignKey(Case, models.CASCADE, related_name="slips")
    step = models.CharField(_("督办"), max_length=10, choices=Step.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="slips", verbose_name=_("责任单位"))
    stage = models.CharField(_("环节"), max_length=10)
    due_at = models.DateTimeField(_("所催时限"))
    issued_at = models.DateTimeField(_("发出时间"))
    answered_at = models.DateTimeField(_("办结时间"), null=True, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("督办单")
        ordering = ["-issued_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "step", "stage", "due_at"], name="cases_slip_once_per_limit"
            ),
        ]
        indexes = [models.Index(fields=["unit", "-issued_at"], name="cases_slip_unit")]

    def __str__(self) -> str:
        return f"{self.get_step_display()} {self.case_id}"
