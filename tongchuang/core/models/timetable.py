"""When each command of the timetable last ran."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TimetableRun(models.Model):
    """The latest run of one command of the timetable; written by `core.timetable` alone.

    `ran_at` is a moment of the machine's clock: the timetable goes by it.
    """

    command = models.CharField(_("命令"), max_length=60, unique=True)
    ran_at = models.DateTimeField(_("最近运行"))
    took_ms = models.PositiveIntegerField(_("用时（毫秒）"))
    failure = models.CharField(_("失败原因"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("定时任务")
        ordering = ["command"]

    def __str__(self) -> str:
        return self.command
