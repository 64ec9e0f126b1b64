"""Dispatch meetings: their rhythm, who comes, the agenda, and what was ruled."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import reach, require
from tongchuang.campaigns.models import Campaign, Task
from tongchuang.cases.models import Case
from tongchuang.core.flow import Flow, Move
from tongchuang.meetings.models.matter import Matter
from tongchuang.projects.models import Project
from tongchuang.standards.models import Clause


class MeetingType(models.Model):
    """A kind of meeting with its rhythm: every week, every month on a day, or when needed."""

    class Rhythm(models.TextChoices):
        WEEKLY = "weekly", _("每周")
        MONTHLY = "monthly", _("每月")
        DEMAND = "demand", _("按需")

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="meeting_types")
    title = models.CharField(_("会议"), max_length=40)
    rhythm = models.CharField(_("频次"), max_length=10, choices=Rhythm.choices)
    day = models.PositiveSmallIntegerField(_("哪一天"), null=True, blank=True)
    starts_at = models.TimeField(_("时间"))
    place = models.CharField(_("地点"), max_length=80)
    chair = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("主持人"))
    units = models.ManyToManyField(
        Unit, related_name="meeting_types", verbose_name=_("参加单位"), blank=True
    )
    notice_days = models.PositiveSmallIntegerField(_("提前几天提醒"), default=2)
    with_minutes = models.BooleanField(_("要出纪要"), default=True)
    active = models.BooleanField(_("在用"), default=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("会议制度")
        ordering = ["campaign", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "title"], name="meetings_one_type_of_a_name"
            ),
            models.CheckConstraint(
                condition=Q(rhythm="demand", day__isnull=True)
                | Q(rhythm="weekly", day__range=(1, 7))
                | Q(rhythm="monthly", day__range=(1, 28)),
                name="meetings_a_rhythm_has_its_day",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def unit_ids(self) -> set[int]:
        """The campaign's city."""
        return self.campaign.unit_ids()


class _Status(models.TextChoices):
    PLANNED = "planned", _("待通知")
    ANNOUNCED = "announced", _("已通知")
    HELD = "held", _("已召开")
    CANCELLED = "cancelled", _("已取消")


_AHEAD = frozenset({_Status.PLANNED, _Status.ANNOUNCED})
MEETING_FLOW = Flow(
    field="status",
    guard=require,
    moves={
        "announce": Move(
            frozenset({_Status.PLANNED}), _Status.ANNOUNCED, "meetings.manage", _("发会议通知")
        ),
        "hold": Move(
            frozenset({_Status.ANNOUNCED}), _Status.HELD, "meetings.manage", _("登记召开")
        ),
        "postpone": Move(_AHEAD, None, "meetings.manage", _("改期"), ("held_on", "reason")),
        "cancel": Move(_AHEAD, _Status.CANCELLED, "meetings.manage", _("取消会议"), ("reason",)),
    },
)


class MeetingQuerySet(models.QuerySet["Meeting"]):
    """Lists of meetings."""

    def visible_to(self, user: User) -> Self:
        """Meetings that units of `user` attend, once they have been announced."""
        where = reach(user, "meetings.view")
        if where.everything:
            return self
        attended = Attendance.objects.filter(unit__in=where.unit_ids).values("meeting")
        return self.filter(pk__in=attended).exclude(status=_Status.PLANNED)


class Meeting(models.Model):
    """One meeting: on a day, at a place, under a chair."""

    Status = _Status
    FLOW: ClassVar[Flow] = MEETING_FLOW

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="meetings")
    type = models.ForeignKey(MeetingType, models.PROTECT, related_name="meetings")
    title = models.CharField(_("会议名称"), max_length=80)
    held_on = models.DateField(_("日期"))
    planned_on = models.DateField(_("应开日期"))  # by the rhythm; stays when it is put off
    starts_at = models.TimeField(_("时间"))
    place = models.CharField(_("地点"), max_length=80)
    chair = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("主持人"))
    status = models.CharField(
        _("状态"), max_length=10, choices=Status.choices, default=Status.PLANNED
    )
    announced_at = models.DateTimeField(_("通知时间"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("提醒时间"), null=True, blank=True)
    version = models.PositiveIntegerField(default=0)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("会议")
        ordering = ["-held_on", "-id"]
        indexes = [models.Index(fields=["status", "held_on"], name="meetings_by_state_and_day")]
        constraints = [
            models.UniqueConstraint(
                fields=["type", "planned_on"], name="meetings_one_of_a_type_on_a_day"
            )
        ]

    def __str__(self) -> str:
        return self.title

    def unit_ids(self) -> set[int]:
        """The campaign's city."""
        return self.campaign.unit_ids()


class Attendance(models.Model):
    """A unit or a person asked to a meeting, and whether they came."""

    class Part(models.TextChoices):
        ATTEND = "attend", _("出席")
        OBSERVE = "observe", _("列席")

    class State(models.TextChoices):
        ASKED = "asked", _("未签到")
        PRESENT = "present", _("已签到")
        LEAVE = "leave", _("请假")
        ABSENT = "absent", _("缺席")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendance")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("单位"))
    person = models.CharField(_("参会人"), max_length=40, blank=True)
    part = models.CharField(_("方式"), max_length=10, choices=Part.choices, default=Part.ATTEND)
    state = models.CharField(_("到会"), max_length=10, choices=State.choices, default=State.ASKED)
    signed_at = models.DateTimeField(_("签到时间"), null=True, blank=True)
    signed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("参会")
        ordering = ["meeting", "unit__path"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "unit"], name="meetings_a_unit_is_asked_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.meeting} {self.unit}"

    def unit_ids(self) -> set[int]:
        """The unit that is asked."""
        return {self.unit_id}


class AgendaItem(models.Model):
    """A matter on the agenda: the sentence why it stands there, and the record it comes from."""

    class Kind(models.TextChoices):
        RULING = "ruling", _("上次议定未落实")
        BLOCKED = "blocked", _("任务受阻")
        MATTER = "matter", _("重大事项")
        LATE = "late", _("任务落后")
        CASE = "case", _("重大问题")
        PROJECT = "project", _("项目预警")
        WEAK = "weak", _("短板无任务")
        HAND = "hand", _("其他议题")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="agenda")
    ordinal = models.PositiveSmallIntegerField(_("序号"))
    kind = models.CharField(_("类别"), max_length=10, choices=Kind.choices)
    title = models.CharField(_("议题"), max_length=120)
    why = models.CharField(_("为什么上会"), max_length=200, blank=True)
    days = models.IntegerField(_("天数"), null=True, blank=True)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("汇报单位")
    )
    task = models.ForeignKey(
        Task, models.PROTECT, null=True, blank=True, related_name="agenda_items"
    )
    case = models.ForeignKey(
        Case, models.PROTECT, null=True, blank=True, related_name="agenda_items"
    )
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="agenda_items"
    )
    clause = models.ForeignKey(
        Clause, models.PROTECT, null=True, blank=True, related_name="agenda_items"
    )
    ruling = models.ForeignKey(
        "Ruling", models.PROTECT, null=True, blank=True, related_name="agenda_items"
    )
    matter = models.ForeignKey(
        Matter, models.PROTECT, null=True, blank=True, related_name="agenda_items"
    )
    discussion = models.CharField(_("讨论情况"), max_length=600, blank=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("议题")
        ordering = ["meeting", "ordinal", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", name],
                condition=Q(**{f"{name}__isnull": False}),
                name=f"meetings_a_{name}_stands_once_on_an_agenda",
            )
            for name in ("task", "case", "project", "clause", "ruling", "matter")
        ]

    def __str__(self) -> str:
        return self.title

    def unit_ids(self) -> set[int]:
        """The campaign's city."""
        return self.meeting.unit_ids()


class RulingQuerySet(models.QuerySet["Ruling"]):
    """Lists of rulings."""

    def visible_to(self, user: User) -> Self:
        """Rulings that units of `user` own or help with."""
        where = reach(user, "meetings.view")
        if where.everything:
            return self
        helped = Ruling.helpers.through.objects.filter(unit__in=where.unit_ids).values("ruling")
        return self.filter(Q(unit__in=where.unit_ids) | Q(pk__in=helped))


class Ruling(models.Model):
    """What a meeting decided: wording, one owner with a named person, a day; it is a task.

    Whether it was carried out follows from the task, never from a mark of its own.
    """

    class Means(models.TextChoices):
        TASK = "task", _("下达新任务")
        LIFT = "lift", _("解除受阻，原任务继续")
        BOTH = "both", _("下达新任务，并解除受阻")

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="rulings")
    ordinal = models.PositiveSmallIntegerField(_("序号"))
    item = models.ForeignKey(
        AgendaItem, models.PROTECT, null=True, blank=True, related_name="rulings"
    )
    matter = models.ForeignKey(
        Matter, models.PROTECT, null=True, blank=True, related_name="rulings"
    )
    wording = models.CharField(_("议定事项"), max_length=300)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("责任单位"))
    person = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("责任人"))
    helpers = models.ManyToManyField(Unit, related_name="+", verbose_name=_("配合单位"), blank=True)
    due_on = models.DateField(_("完成时限"))
    means = models.CharField(_("落实方式"), max_length=6, choices=Means.choices)
    task = models.ForeignKey(Task, models.PROTECT, related_name="rulings", verbose_name=_("任务"))
    version = models.PositiveIntegerField(default=0)

    objects = RulingQuerySet.as_manager()

    class Meta:
        verbose_name = _("议定事项")
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "ordinal"], name="meetings_ruling_number_once"
            )
        ]

    def __str__(self) -> str:
        return self.wording

    def unit_ids(self) -> set[int]:
        """The unit that must carry it out."""
        return {self.unit_id}
