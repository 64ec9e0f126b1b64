"""Slow work that a person asked for, as the page that watches it sees it."""

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tongchuang.core.models.files import StoredFile


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, user: AbstractBaseUser) -> "JobQuerySet":
        """A person's own jobs."""
        return self.filter(asked_by=user.pk)

    def unfinished(self) -> "JobQuerySet":
        """Queued or running."""
        return self.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING])

    def dead(self) -> "JobQuerySet":
        """Given up after several attempts: somebody must look."""
        return self.filter(state=Job.State.DEAD)


class Job(models.Model):
    """One piece of background work: who asked, how far it is, what came of it.

    `lease_until`, `next_try_at` are moments of the machine's clock, the others of the city's.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("排队中")
        RUNNING = "running", _("进行中")
        DONE = "done", _("已完成")
        FAILED = "failed", _("未完成")
        DEAD = "dead", _("多次失败")

    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="jobs", verbose_name=_("申请人")
    )
    asked_at = models.DateTimeField(_("申请时间"))
    kind = models.CharField(_("任务"), max_length=200)
    title = models.CharField(_("名称"), max_length=200)
    args = models.JSONField(_("参数"), default=dict)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.QUEUED)
    done = models.PositiveIntegerField(_("已处理"), default=0)
    total = models.PositiveIntegerField(_("总数"), null=True, blank=True)
    finished_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    result_file = models.ForeignKey(
        StoredFile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("结果文件"),
    )
    result_text = models.TextField(_("结果"), blank=True)
    result_url = models.CharField(_("结果页面"), max_length=300, blank=True)
    error = models.TextField(_("原因"), blank=True)
    attempts = models.PositiveSmallIntegerField(_("执行次数"), default=0)
    lease_until = models.DateTimeField(_("租约至"), null=True, blank=True)
    next_try_at = models.DateTimeField(_("计划执行"))

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("后台任务")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="running") | Q(lease_until__isnull=False),
                name="core_running_job_has_lease",
            ),
            models.CheckConstraint(
                condition=Q(total=None) | Q(done__lte=F("total")),
                name="core_job_does_not_exceed_its_total",
            ),
        ]
        indexes = [
            models.Index(
                fields=["state", "next_try_at"],
                name="core_job_unfinished",
                condition=Q(state__in=["queued", "running"]),
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen to it by itself."""
        return self.state in {self.State.DONE, self.State.FAILED, self.State.DEAD}

    @property
    def rate(self) -> float | None:
        """Share of the work done in [0, 1]; `None` while its size is unknown."""
        return self.done / self.total if self.total else None
