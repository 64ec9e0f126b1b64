"""Photos handed in as new that look like one already there: a hint for the verifier."""

from dataclasses import dataclass

from django.db.models import Q

from tongchuang.accounts.models import User
from tongchuang.cases.models import Case, Photo
from tongchuang.core.looks import near_files

MOST_FILES = 500


@dataclass(frozen=True, slots=True)
class AlikePhoto:
    """A photo that looks like the one asked about, and in how many of 64 bits they differ."""

    photo: Photo
    bits: int


def alike_photos(photo: Photo, user: User, *, most: int = 3) -> list[AlikePhoto]:
    """Nearest photos of other cases, or of this one before the work, that the person may see.

    Two queries. Never proof: two shots of one wall look alike too.
    """
    bits = near_files(photo.file.looks)
    nearest = sorted(bits, key=lambda pk: (bits[pk], pk))[:MOST_FILES]
    found = (
        Photo.objects.filter(file__in=nearest, case__in=Case.objects.visible_to(user))
        .filter(~Q(case=photo.case_id) | Q(moment=Photo.Moment.BEFORE))
        .exclude(pk=photo.pk)
        .select_related("file", "by", "case")
        .order_by("-id")[:MOST_FILES]
    )
    alike = [AlikePhoto(one, bits[one.file_id]) for one in found]
    return sorted(alike, key=lambda one: one.bits)[:most]
