"""Photos of the spot: where they were taken, and how far from the first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.files.base import File

from tongchuang.accounts.models import User
from tongchuang.cases import rules
from tongchuang.cases.models import Case, Photo
from tongchuang.core.files import store_file
from tongchuang.core.models import StoredFile

PURPOSE = "case"


@dataclass(frozen=True, slots=True)
class PhotoInput:
    """A photo on its way in: an upload or a file already stored; position in WGS 84.

    What is not given is taken from what the camera wrote into the file.
    """

    file: File[bytes] | StoredFile
    taken_at: datetime | None = None
    lon: float | None = None
    lat: float | None = None
    accuracy_m: float | None = None
    note: str = ""
    public: bool = False


def photo_inputs(photos: Sequence["PhotoInput | File[bytes] | StoredFile"]) -> list[PhotoInput]:
    """The same photos, all in one form."""
    return [one if isinstance(one, PhotoInput) else PhotoInput(one) for one in photos]


def attach_photos(
    case: Case,
    moment: str,
    photos: Sequence[PhotoInput | File[bytes] | StoredFile],
    *,
    by: User | None,
    at: datetime,
    note: str = "",
) -> list[Photo]:
    """Store photos with a case. Raises `FileRefused` for a file that is no photo."""
    spot = _spot(case)
    rows = [_row(case, moment, one, by, at, spot, note) for one in photo_inputs(photos)]
    return Photo.objects.bulk_create(rows)


def farthest_m(photos: Sequence[Photo]) -> float | None:
    """How far the farthest of these photos was taken from the spot; None when nobody knows."""
    known = [photo.distance_m for photo in photos if photo.distance_m is not None]
    return max(known, default=None)


def _row(
    case: Case,
    moment: str,
    given: PhotoInput,
    by: User | None,
    at: datetime,
    spot: tuple[float, float] | None,
    note: str,
) -> Photo:
    file = given.file
    stored = (
        file
        if isinstance(file, StoredFile)
        else store_file(file, by=by, purpose=PURPOSE, accept=["photo"])
    )
    has_place = given.lon is not None and given.lat is not None
    lon, lat = (given.lon, given.lat) if has_place else (stored.lon, stored.lat)
    return Photo(
        case=case,
        file=stored,
        moment=moment,
        taken_at=given.taken_at or stored.taken_at,
        lon=lon,
        lat=lat,
        accuracy_m=given.accuracy_m,
        distance_m=_distance(spot, lon, lat),
        by=by,
        added_at=at,
        note=(given.note or note)[:120],
        public=given.public,
    )


def _spot(case: Case) -> tuple[float, float] | None:
    """Where the problem is: the first photo of it, else the point of the case."""
    first = case.photos.filter(moment=Photo.Moment.BEFORE).exclude(lon=None).first()
    if first and first.lon is not None and first.lat is not None:
        return first.lon, first.lat
    return (case.lon, case.lat) if case.lon is not None and case.lat is not None else None


def _distance(
    spot: tuple[float, float] | None, lon: float | None, lat: float | None
) -> float | None:
    if spot is None or lon is None or lat is None:
        return None
    return round(rules.distance_m(*spot, lon, lat), 1)
