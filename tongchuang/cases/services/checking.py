"""The end of a case: checked by another unit, closed or sent back, archived, opened again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core.files.base import File
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from tongchuang.accounts.models import User
from tongchuang.cases import rules
from tongchuang.cases.models import FLOW, Case, Photo
from tongchuang.cases.services.notices import office_of, tell
from tongchuang.cases.services.photos import PhotoInput, attach_photos
from tongchuang.cases.services.trail import Refused, limits_for, make_move, moment
from tongchuang.core import audit
from tongchuang.core.flow import locked
from tongchuang.core.models import StoredFile


def why_not_check(case: Case, user: User) -> str:
    """Why this person may not judge the case; empty when they may.

    Whoever put a problem right never closes it, nor does anyone of the lead unit.
    """
    if case.handler_id == user.pk:
        return _("承办人不能核查自己办理的案件。")
    lead, unit = case.lead, user.unit
    if lead is not None and unit is not None and unit.path.startswith(lead.path):
        return _("核查人不得属于主办单位。")
    return ""


@transaction.atomic
def close_case(
    case: Case,
    *,
    by: User,
    photos: Sequence[PhotoInput | File[bytes] | StoredFile] = (),
    no_photo_reason: str = "",
    note: str = "",
) -> Case:
    """The problem is gone, seen on the spot by someone of another unit.

    A check photo, or the reason for none, is required. Raises `Refused`.
    """
    case = locked(case)
    FLOW.start(case, "close", by=by)
    _check_person(case, by)
    if not photos and not no_photo_reason.strip():
        raise Refused(_("核查须附现场照片；确实没有的，请说明原因。"))
    at = moment()
    attach_photos(case, Photo.Moment.CHECK, photos, by=by, at=at, note=note)
    case.closed_at = at
    make_move(case, "close", by=by, at=at, reason=note, no_photo_reason=no_photo_reason)
    case.slips.filter(answered_at=None).update(answered_at=at)
    tell(case, [case.lead, case.found_by], _("核查通过，已销号"), note)
    return case


@transaction.atomic
def send_back_case(
    case: Case,
    *,
    reason: str,
    by: User,
    photos: Sequence[PhotoInput | File[bytes] | StoredFile] = (),
) -> Case:
    """The problem is still there: back to the unit; its fix clock goes on where it stopped."""
    case = locked(case)
    FLOW.start(case, "send_back", by=by)
    _check_person(case, by)
    if not reason.strip():
        raise Refused(_("请写明哪里没有整改到位。"))
    at = moment()
    attach_photos(case, Photo.Moment.CHECK, photos, by=by, at=at)
    case.reworks += 1
    make_move(case, "send_back", by=by, at=at, reason=reason)
    tell(case, [case.lead], _("核查不通过，请返工"), reason)
    return case


def _check_person(case: Case, by: User) -> None:
    if why_not := why_not_check(case, by):
        raise Refused(why_not)


@transaction.atomic
def reopen_case(case: Case, *, reason: str, by: User) -> Case:
    """A closed problem is back: one grade stricter, to be dispatched again."""
    case = locked(case)
    FLOW.start(case, "reopen", by=by)
    if not reason.strip():
        raise Refused(_("请写明重新打开的理由。"))
    case.reopenings += 1
    case.closed_at = None
    case.grade = rules.STRICTER[case.grade]
    case.proposed_lead, case.proposal_certainty = case.lead, 0.9
    case.proposal_reason = _("原主办单位")
    limits = limits_for(case)
    make_move(case, "reopen", by=by, at=moment(), reason=reason, limits=limits)
    tell(case, [office_of(case.city), case.lead], _("反弹，重新打开"), reason)
    return case


@transaction.atomic
def archive_case(case: Case, *, by: User) -> Case:
    """Put a quiet closed case away."""
    case = locked(case)
    FLOW.start(case, "archive", by=by)
    make_move(case, "archive", by=by, at=moment())
    return case


@transaction.atomic
def archive_quiet_cases(*, by: User, at: datetime, most: int = 5000) -> int:
    """Archive what has been closed for 30 quiet days, with an event each; how many.

    The move of `archive_case` for many cases at once; it touches neither clocks nor legs.
    """
    before = at - timedelta(days=rules.QUIET_DAYS)
    sources = FLOW.moves["archive"].sources
    quiet = Case.objects.select_for_update().filter(status__in=sources, closed_at__lt=before)
    cases = list(quiet.order_by("id")[:most])
    target = FLOW.moves["archive"].target
    audit.record_many(
        audit.Entry(
            case,
            "archive",
            by,
            before={"status": case.status},
            after={"status": target, "step": {}},
            at=at,
        )
        for case in cases
    )
    for start in range(0, len(cases), 500):
        keys = [case.pk for case in cases[start : start + 500]]
        Case.objects.filter(pk__in=keys).update(status=target, version=F("version") + 1)
    return len(cases)
