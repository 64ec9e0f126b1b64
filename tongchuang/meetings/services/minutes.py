"""Minutes: drafted from the records, reviewed, signed by another person, numbered and sent."""

from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import require
from tongchuang.core import outbox
from tongchuang.core.documents import document_number
from tongchuang.core.files import store_generated
from tongchuang.core.flow import WrongState, locked, remember, save_audited
from tongchuang.core.numbering import next_number
from tongchuang.meetings import paper
from tongchuang.meetings.models import MINUTES_FLOW, Meeting, Minutes
from tongchuang.meetings.services.meetings import Refused


@transaction.atomic
def draft_minutes(meeting: Meeting, *, opening: str, closing: str, by: User) -> Minutes:
    """Write the minutes of a meeting or change the draft; agenda and rulings come by themselves.

    Raises `WrongState` before the meeting is held and once the draft was reviewed.
    """
    require(by, "meetings.manage", meeting)
    if meeting.status != Meeting.Status.HELD:
        raise WrongState(meeting, "draft_minutes", meeting.status)
    found = Minutes.objects.select_for_update().filter(meeting=meeting).first()
    row = found or Minutes(meeting=meeting, drafted_by=by)
    if row.status != Minutes.Status.DRAFT:
        raise WrongState(row, "draft_minutes", row.status)
    if found:
        remember(row)
    row.opening, row.closing = opening, closing
    save_audited(row, "change" if found else "create", by=by)
    return row


@transaction.atomic
def review_minutes(minutes: Minutes, *, by: User) -> Minutes:
    """Find the draft right; the reviewer is not the author."""
    minutes = locked(minutes)
    MINUTES_FLOW.start(minutes, "review", by=by)
    if minutes.drafted_by_id == by.pk:
        raise Refused(_("拟稿人不能审核自己写的纪要。"))
    minutes.reviewed_by = by
    MINUTES_FLOW.finish(minutes, "review", by=by)
    return minutes


@transaction.atomic
def send_back_minutes(minutes: Minutes, *, reason: str, by: User) -> Minutes:
    """Give the draft back to its author with a reason."""
    minutes = locked(minutes)
    MINUTES_FLOW.start(minutes, "send_back", by=by)
    minutes.reviewed_by = None
    MINUTES_FLOW.finish(minutes, "send_back", by=by, reason=reason)
    return minutes


@transaction.atomic
def sign_minutes(minutes: Minutes, *, at: datetime, by: User) -> Minutes:
    """Sign: from now on the text, the rulings and the list of those present are final."""
    minutes = locked(minutes)
    MINUTES_FLOW.start(minutes, "sign", by=by)
    if minutes.drafted_by_id == by.pk:
        raise Refused(_("拟稿人不能签发自己写的纪要。"))
    minutes.data = paper.facts_of(minutes)
    minutes.digest = paper.digest(minutes.data)
    minutes.signed_by, minutes.signed_at = by, at
    MINUTES_FLOW.finish(minutes, "sign", by=by, at=at)
    return minutes


@transaction.atomic
def issue_minutes(minutes: Minutes, *, on: date, by: User) -> Minutes:
    """Number the signed minutes, keep their paper, send it to everyone asked or named in it."""
    minutes = locked(minutes)
    MINUTES_FLOW.start(minutes, "issue", by=by)
    code = paper.document_code(minutes.meeting.campaign)
    number = next_number(f"document:{code}", on.year)
    minutes.document_no, minutes.issued_on = document_number(code, on.year, number), on
    words = paper.minutes_paper(minutes)
    name = f"{minutes.document_no}{minutes.meeting.title}纪要.docx"
    minutes.docx = store_generated(words.docx(), name, by=by, purpose="minutes")
    MINUTES_FLOW.finish(minutes, "issue", by=by)
    outbox.post_many(
        _receivers(minutes.meeting),
        kind="minutes",
        subject=f"{minutes.document_no} {minutes.meeting.title}",
        body=_("会议纪要已印发，请对照议定事项落实。"),
        url=reverse("meetings:detail", args=[minutes.meeting_id]),
    )
    return minutes


def _receivers(meeting: Meeting) -> list[Unit]:
    asked = set(meeting.attendance.values_list("unit", flat=True))
    for ruling in meeting.rulings.prefetch_related("helpers"):
        asked |= {ruling.unit_id, *(unit.pk for unit in ruling.helpers.all())}
    return list(Unit.objects.filter(pk__in=asked))
