"""What happened to a case on its way: hands, pauses, extensions, photos, sources."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import Unit, User
from tongchuang.cases.models.case import Case
from tongchuang.core.models import StoredFile


class Leg(models.Model):
    """The time that a case spent in one hand: one row per stage, the open one without end.

    The legs of a case follow each other without gap; they draw the case line and the slowest
    hands, and replaying the events gives the same legs.
    """

    class Stage(models.TextChoices):
        REPORT = "report", _("发现")
        VERIFY = "verify", _("核实")
        DISPATCH = "dispatch", _("派发")
        SIGN = "sign", _("签收")
        RETURN = "return", _("退回")
        FIX = "fix", _("整改")
        CHECK = "check", _("核查")
        REWORK = "rework", _("返工")

    case = models.ForeignKey(Case, models.CASCADE, related_name="legs")
    stage = models.CharField(_("环节"), max_length=10, choices=Stage.choices)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("在谁手上")
    )
    started_at = models.DateTimeField(_("起"))
    ended_at = models.DateTimeField(_("止"), null=True, blank=True)
    due_at = models.DateTimeField(_("时限"), null=True, blank=True)
    limit = models.CharField(_("时限说明"), max_length=40, blank=True)  # "4 work_hour"

    class Meta:
        verbose_name = _("环节用时")
        ordering = ["case", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_at=None), name="cases_one_open_leg"
            ),
        ]
        indexes = [
            # Without the open legs: those are found by their case.
            models.Index(
                fields=["ended_at", "stage", "unit"],
                condition=Q(ended_at__isnull=False),
                name="cases_leg_done",
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.get_stage_display()}"


class Pause(models.Model):
    """A time during which the clock of a case stood still, by a paper."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="pauses")
    started_at = models.DateTimeField(_("起"))
    ended_at = models.DateTimeField(_("止"), null=True, blank=True)
    reason = models.CharField(_("事由"), max_length=120)
    paper = models.CharField(_("依据文号"), max_length=80)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("暂停计时")
        ordering = ["case", "started_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_at=None), name="cases_one_open_pause"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")),
                name="cases_pause_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return self.reason


class Extension(models.Model):
    """A request for more time, asked before the limit; granted or refused by another."""

    class State(models.TextChoices):
        ASKED = "asked", _("待批")
        GRANTED = "granted", _("已准")
        REFUSED = "refused", _("不准")

    case = models.ForeignKey(Case, models.CASCADE, related_name="extensions")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("申请时间"))
    days = models.PositiveSmallIntegerField(_("延长天数"))
    reason = models.CharField(_("理由"), max_length=200)
    state = models.CharField(_("状态"), max_length=8, choices=State.choices, default=State.ASKED)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(_("批复时间"), null=True, blank=True)
    answer = models.CharField(_("批复意见"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("延期")
        ordering = ["case", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(state="asked"), name="cases_one_open_extension"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} +{self.days}"


class Photo(models.Model):
    """A photo of the spot: before, after (by the handler), check (by the verifier)."""

    class Moment(models.TextChoices):
        BEFORE = "before", _("整改前")
        AFTER = "after", _("整改后")
        CHECK = "check", _("核查")

    case = models.ForeignKey(Case, models.CASCADE, related_name="photos")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    moment = models.CharField(_("时段"), max_length=8, choices=Moment.choices)
    taken_at = models.DateTimeField(_("拍摄时间"), null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    accuracy_m = models.FloatField(null=True, blank=True)
    distance_m = models.FloatField(
        _("相距（米）"), null=True, blank=True
    )  # from the case's first photo or point
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    added_at = models.DateTimeField(_("上传时间"))
    note = models.CharField(_("说明"), max_length=120, blank=True)
    public = models.BooleanField(_("可公开"), default=False)

    class Meta:
        verbose_name = _("照片")
        ordering = ["case", "id"]

    def __str__(self) -> str:
        return f"{self.case_id} {self.get_moment_display()}"


class Source(models.Model):
    """Who told of the problem; a merged case leaves its sources to the one it joined."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="sources")
    channel = models.CharField(_("来源"), max_length=12, choices=Case.Channel.choices)
    label = models.CharField(_("说明"), max_length=120, blank=True)
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    from_case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("问题来源")
        ordering = ["case", "at"]

    def __str__(self) -> str:
        return self.label or self.get_channel_display()
