"""Somebody tells again of a problem that is already being dealt with."""

from collections.abc import Sequence

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from tongchuang.accounts.models import User
from tongchuang.accounts.permissions import require
from tongchuang.cases.models import Case, Photo, Source
from tongchuang.cases.services.photos import PhotoInput, attach_photos
from tongchuang.cases.services.trail import Refused, moment
from tongchuang.core import audit
from tongchuang.core.flow import locked
from tongchuang.core.models import StoredFile


@transaction.atomic
def join_case(
    case: Case,
    *,
    channel: str,
    source_label: str,
    by: User,
    photos: Sequence[PhotoInput | File[bytes] | StoredFile] = (),
) -> Case:
    """Add a source, with its photos, to an open case instead of filing a second one.

    Raises `Refused` when the case is no longer open, `PermissionDenied` if `by` may not report.
    """
    require(by, "cases.file")
    case = locked(case)
    if not case.is_open:
        raise Refused(_("%(number)s 已不在办理中，不能并入。") % {"number": case.number})
    at = moment()
    Source.objects.create(case=case, channel=channel, label=source_label[:120], at=at, by=by)
    attach_photos(case, Photo.Moment.BEFORE, photos, by=by, at=at)
    audit.record(subject=case, action="join", by=by, after={"source": source_label}, at=at)
    return case
