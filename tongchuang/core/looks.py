"""Photos that look alike, by their 64-bit difference hashes; see docs/adr/0024-reused-photos.md."""

from collections.abc import Iterable

from django.db.models import Q

from tongchuang.core.models.files import StoredFile
from tongchuang.core.models.look import PhotoLook
from tongchuang.core.photos import look_distance

NEAR_BITS = 7  # chosen from the measurement in the decision record
MOST_BITS = 7  # farther pairs the four bands would miss
_PLAIN_BITS = 8  # a wall or the night sky: too few edges to tell one photo from another
_BANDS = ("band_a", "band_b", "band_c", "band_d")
_AT_ONCE = 1000


def bands_of(looks: str) -> dict[str, int]:
    """The four 16-bit bands of a hash of 16 hex digits."""
    return {name: int(looks[at * 4 : at * 4 + 4], 16) for at, name in enumerate(_BANDS)}


def is_plain(looks: str) -> bool:
    """Whether a photo has too few edges for its hash to tell anything."""
    ones = int(looks, 16).bit_count()
    return not _PLAIN_BITS <= ones <= 64 - _PLAIN_BITS


def near_files(looks: str, *, within: int = NEAR_BITS) -> dict[int, int]:
    """Files whose hash differs in at most `within` bits (0 to 7), each with its distance.

    One query. A plain picture is near to nothing.
    """
    if not 0 <= within <= MOST_BITS:
        raise ValueError(within)
    if not looks or is_plain(looks):
        return {}
    wanted = Q()
    for name, band in bands_of(looks).items():
        wanted |= Q(**{f"{name}__in": _probes(band, within)})
    rows = PhotoLook.objects.filter(wanted).values_list("file_id", "looks")
    apart = {pk: look_distance(looks, other) for pk, other in rows.iterator()}
    return {pk: bits for pk, bits in apart.items() if bits <= within}


def _probes(band: int, within: int) -> list[int]:
    """The band itself; beyond 3 bits also every band one bit away."""
    return [band] + ([band ^ 1 << bit for bit in range(16)] if within >= len(_BANDS) else [])


def keep_looks(files: Iterable[StoredFile]) -> int:
    """Make photos findable by their look; returns how many. Safe to run twice."""
    rows = [PhotoLook(file=one, looks=one.looks, **bands_of(one.looks)) for one in files]
    PhotoLook.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def fill_looks() -> int:
    """Make every stored photo that has a hash findable; returns how many were missing."""
    done = 0
    while files := StoredFile.objects.filter(look=None).exclude(looks="")[:_AT_ONCE]:
        done += keep_looks(files)
    return done
