"""Meetings from their rhythm to the day on which they are held."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final, TypedDict, Unpack

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import require
from tongchuang.campaigns.models import Campaign
from tongchuang.core import outbox
from tongchuang.core.calendars import city_calendar
from tongchuang.core.flow import WrongState, locked, remember, save_audited
from tongchuang.meetings.models import MEETING_FLOW, Attendance, Meeting, MeetingType
from tongchuang.meetings.rules import due_days

AHEAD_DAYS: Final = 35  # how far ahead the rhythm lays out its meetings
_AHEAD = frozenset({Meeting.Status.PLANNED, Meeting.Status.ANNOUNCED})


class Refused(ValueError):
    """A step that may not be taken now; the sentence says why and what to do."""


class TypeFields(TypedDict, total=False):
    """What is said of a kind of meeting; absent keys stay as they are."""

    title: str
    rhythm: str
    day: int | None
    starts_at: time
    place: str
    chair: User
    notice_days: int
    with_minutes: bool
    active: bool


@transaction.atomic
def save_type(
    campaign: Campaign,
    kind: MeetingType | None,
    *,
    units: Sequence[Unit],
    by: User,
    **fields: Unpack[TypeFields],
) -> MeetingType:
    """Set up a kind of meeting or change it; meetings laid out before stay as they are."""
    require(by, "meetings.manage", campaign)
    row = locked(kind) if kind else MeetingType(campaign=campaign)
    if kind:
        remember(row)
    for name, value in fields.items():
        setattr(row, name, value)
    if row.rhythm == MeetingType.Rhythm.DEMAND:
        row.day = None
    action = "change" if kind else "create"
    save_audited(row, action, by=by, units=[unit.pk for unit in units])
    row.units.set(units)
    return row


# By the clock
def keep_rhythm(*, at: datetime, by: User) -> list[Meeting]:
    """Lay out the meetings that fall due in the next weeks and remind of those that are near.

    Safe to run twice: a meeting of a kind exists once for a day, a reminder is sent once.
    """
    kinds = MeetingType.objects.filter(
        active=True, campaign__status__in=[Campaign.Status.RUNNING, Campaign.Status.KEEPING]
    ).select_related("campaign", "chair")
    laid_out = [row for kind in kinds for row in _lay_out(kind, at.date(), by)]
    for meeting in Meeting.objects.filter(status__in=_AHEAD, reminded_at=None):
        if at.date() <= meeting.held_on <= at.date() + timedelta(days=meeting.type.notice_days):
            _remind(meeting, at)
    return laid_out


def _lay_out(kind: MeetingType, on: date, by: User) -> list[Meeting]:
    days = due_days(
        kind.rhythm,
        kind.day,
        first=on,
        last=on + timedelta(days=AHEAD_DAYS),
        is_workday=city_calendar().is_workday,
    )
    known = set(kind.meetings.filter(planned_on__in=days).values_list("planned_on", flat=True))
    return [_planned(kind, day, by=by) for day in days if day not in known]


@transaction.atomic
def _planned(kind: MeetingType, day: date, *, by: User, title: str = "") -> Meeting:
    """A meeting of a kind on a day, with the units that always come."""
    row = Meeting(
        campaign=kind.campaign,
        type=kind,
        title=title or f"{day.year}年{day.month}月{day.day}日{kind.title}",
        held_on=day,
        planned_on=day,
        starts_at=kind.starts_at,
        place=kind.place,
        chair=kind.chair,
    )
    save_audited(row, "create", by=by)
    Attendance.objects.bulk_create(Attendance(meeting=row, unit=unit) for unit in kind.units.all())
    return row


@transaction.atomic
def _remind(meeting: Meeting, at: datetime) -> None:
    """Tell the chair; the units too once they have had the notice."""
    announced = meeting.status == Meeting.Status.ANNOUNCED
    units = [row.unit for row in meeting.attendance.select_related("unit")] if announced else []
    outbox.post_many(
        [meeting.chair, *units],
        kind="meeting",
        subject=_("会议提醒：%(title)s") % {"title": meeting.title},
        body=_when_and_where(meeting),
        url=reverse("meetings:detail", args=[meeting.pk]),
    )
    Meeting.objects.filter(pk=meeting.pk).update(reminded_at=at)


def _when_and_where(meeting: Meeting) -> str:
    words = {
        "day": f"{meeting.held_on:%Y-%m-%d} {meeting.starts_at:%H:%M}",
        "place": meeting.place,
        "chair": meeting.chair,
    }
    return _("时间：%(day)s。地点：%(place)s。主持：%(chair)s。") % words


# By hand
@transaction.atomic
def call_meeting(kind: MeetingType, *, held_on: date, title: str = "", by: User) -> Meeting:
    """Call a meeting outside the rhythm; raises `Refused` when one of its kind is on that day."""
    require(by, "meetings.manage", kind)
    if kind.meetings.filter(planned_on=held_on).exists():
        raise Refused(_("这一天已经有同类会议。"))
    return _planned(kind, held_on, by=by, title=title)


@transaction.atomic
def ask_units(
    meeting: Meeting, *, attend: Sequence[Unit], observe: Sequence[Unit], by: User
) -> Meeting:
    """Set who comes: units that attend and units that observe.

    Raises `WrongState` once it was held, `Refused` for nobody or a unit named twice.
    """
    meeting = locked(meeting)
    require(by, "meetings.manage", meeting)
    if meeting.status not in _AHEAD:
        raise WrongState(meeting, "ask_units", meeting.status)
    parts = {unit.pk: Attendance.Part.OBSERVE for unit in observe}
    if not attend or parts.keys() & {unit.pk for unit in attend}:
        raise Refused(_("至少要有一个出席单位，同一单位不能既出席又列席。"))
    parts |= {unit.pk: Attendance.Part.ATTEND for unit in attend}
    meeting.attendance.exclude(unit__in=parts).delete()
    known = {row.unit_id: row for row in meeting.attendance.all()}
    fresh = [Attendance(meeting=meeting, unit_id=pk, part=part) for pk, part in parts.items()]
    Attendance.objects.bulk_create(row for row in fresh if row.unit_id not in known)
    for pk, row in known.items():
        row.part = parts[pk]
    Attendance.objects.bulk_update(known.values(), ["part"])
    remember(meeting)
    save_audited(meeting, "ask_units", by=by, units=sorted(parts))
    return meeting


@transaction.atomic
def announce_meeting(meeting: Meeting, *, at: datetime, by: User) -> Meeting:
    """Send the notice with the agenda to every unit asked.

    Raises `Refused` without an agenda, without units, or for a day that has passed.
    """
    meeting = locked(meeting)
    MEETING_FLOW.start(meeting, "announce", by=by)
    asked = list(meeting.attendance.select_related("unit"))
    items = list(meeting.agenda.all())
    if not asked or not items:
        raise Refused(_("先排好议题、定好参加单位，再发通知。"))
    if meeting.held_on < at.date():
        raise Refused(_("会议日期已过，请先改期。"))
    meeting.announced_at = at
    MEETING_FLOW.finish(meeting, "announce", by=by, at=at)
    lines = [f"{place}. {item.title}" for place, item in enumerate(items, 1)]
    outbox.post_many(
        [row.unit for row in asked],
        kind="meeting",
        subject=_("会议通知：%(title)s") % {"title": meeting.title},
        body="\n".join([_when_and_where(meeting), _("议题："), *lines]),
        url=reverse("meetings:detail", args=[meeting.pk]),
    )
    return meeting


@transaction.atomic
def postpone_meeting(meeting: Meeting, *, held_on: date, reason: str, by: User) -> Meeting:
    """Move it to another day; who had the notice is told. The due day of the rhythm stays."""
    meeting = locked(meeting)
    MEETING_FLOW.start(meeting, "postpone", by=by)
    meeting.held_on, meeting.reminded_at = held_on, None
    MEETING_FLOW.finish(meeting, "postpone", by=by, reason=reason)
    _tell_change(meeting, _("会议改期：%(title)s"))
    return meeting


@transaction.atomic
def cancel_meeting(meeting: Meeting, *, reason: str, by: User) -> Meeting:
    """Call it off; who had the notice is told."""
    meeting = locked(meeting)
    MEETING_FLOW.start(meeting, "cancel", by=by)
    MEETING_FLOW.finish(meeting, "cancel", by=by, reason=reason)
    _tell_change(meeting, _("会议取消：%(title)s"))
    return meeting


def _tell_change(meeting: Meeting, subject: str) -> None:
    if meeting.announced_at is None:
        return
    outbox.post_many(
        [row.unit for row in meeting.attendance.select_related("unit")],
        kind="meeting",
        subject=subject % {"title": meeting.title},
        body=_when_and_where(meeting),
        url=reverse("meetings:detail", args=[meeting.pk]),
    )


@transaction.atomic
def hold_meeting(meeting: Meeting, *, on: date, by: User) -> Meeting:
    """Record that it took place; raises `Refused` before its day or when nobody signed in."""
    meeting = locked(meeting)
    MEETING_FLOW.start(meeting, "hold", by=by)
    if on < meeting.held_on:
        raise Refused(_("还没有到开会的日子。"))
    if not meeting.attendance.filter(state=Attendance.State.PRESENT).exists():
        raise Refused(_("还没有单位签到，请先登记到会情况。"))
    MEETING_FLOW.finish(meeting, "hold", by=by)
    meeting.attendance.filter(state=Attendance.State.ASKED).update(state=Attendance.State.ABSENT)
    return meeting


# Who came
@transaction.atomic
def sign_in(row: Attendance, *, person: str, at: datetime, by: User) -> Attendance:
    """A unit signs in for itself, on the day of the meeting; the name is who sits there."""
    row = locked(row)
    require(by, "meetings.report", row)
    if row.meeting.status != Meeting.Status.ANNOUNCED or row.meeting.held_on != at.date():
        raise Refused(_("会议当天、会议登记召开之前才能签到。"))
    return _mark(row, Attendance.State.PRESENT, person, at, by)


@transaction.atomic
def mark_attendance(
    meeting: Meeting, states: dict[int, tuple[str, str]], *, at: datetime, by: User
) -> Meeting:
    """The office notes who came: attendance key → (state, who sat there).

    Raises `WrongState` when the minutes are signed: their list is final.
    """
    meeting = locked(meeting)
    require(by, "meetings.manage", meeting)
    minutes = getattr(meeting, "minutes", None)
    if (minutes and minutes.is_fixed) or meeting.status == Meeting.Status.CANCELLED:
        raise WrongState(meeting, "mark_attendance", meeting.status)
    for row in meeting.attendance.all():
        state, person = states.get(row.pk, (row.state, row.person))
        if (state, person) != (row.state, row.person):
            _mark(row, state, person, at, by)
    return meeting


def _mark(row: Attendance, state: str, person: str, at: datetime, by: User) -> Attendance:
    remember(row)
    row.state, row.person, row.signed_by = state, person, by
    row.signed_at = at if state == Attendance.State.PRESENT else None
    save_audited(row, "attend", by=by, at=at)
    return row
