"""What the lead unit does: put it right and answer."""

from collections.abc import Sequence

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from tongchuang.accounts.models import User
from tongchuang.cases import rules
from tongchuang.cases.models import FLOW, Case, Extension, Photo
from tongchuang.cases.services.notices import office_of, tell
from tongchuang.cases.services.photos import PhotoInput, attach_photos, farthest_m
from tongchuang.cases.services.trail import Refused, make_move, moment
from tongchuang.core.flow import locked
from tongchuang.core.models import StoredFile


@transaction.atomic
def reply_case(
    case: Case,
    *,
    measure: str,
    photos: Sequence[PhotoInput | File[bytes] | StoredFile],
    by: User,
    explanation: str = "",
) -> Case:
    """Answer that the problem is put right, with an after-photo of the same spot.

    Stops the fix clock provisionally and starts the limit to check. A photo further than 50 m
    from the spot needs an explanation. Raises `Refused`, or `FileRefused` for no photo.
    """
    case = locked(case)
    FLOW.start(case, "reply", by=by)
    if not measure.strip():
        raise Refused(_("请写明整改措施。"))
    if not photos:
        raise Refused(_("回复须附整改后照片。"))
    at = moment()
    rows = attach_photos(case, Photo.Moment.AFTER, photos, by=by, at=at, note=explanation)
    far = farthest_m(rows)
    if far is not None and far > rules.SAME_SPOT_M and not explanation.strip():
        raise Refused(
            _("整改后照片距原位置 %(far)s 米，超过 50 米，请说明原因。") % {"far": round(far)}
        )
    _end_open_requests(case, by, at)
    case.replied_at, case.measure, case.handler = at, measure.strip(), by
    make_move(case, "reply", by=by, at=at, reason=measure, distance_m=far, explanation=explanation)
    tell(case, [office_of(case.city)], _("已回复，待核查"), measure)
    return case


def _end_open_requests(case: Case, by: User, at: object) -> None:
    """An answer ends a pause and a request for more time that nobody decided."""
    case.pauses.filter(ended_at=None).update(ended_at=at)
    case.extensions.filter(state=Extension.State.ASKED).update(
        state=Extension.State.REFUSED, decided_by=by, decided_at=at, answer=_("已回复，申请作废")
    )
