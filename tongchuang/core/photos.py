"""Photos: what the camera wrote, the copy without it, the thumbnail, the look."""

import struct
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _
from PIL import ExifTags, Image, ImageOps

from tongchuang.core.filetypes import FileRefused

COPY_PX = 2048
THUMB_PX = 320
_ALLOWED = ("JPEG", "PNG", "WEBP")
_FAULTS = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    EOFError,
    OverflowError,
    struct.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


@dataclass(frozen=True, slots=True)
class Shot:
    """What the camera recorded; None where it did not."""

    taken_at: datetime | None = None
    lon: float | None = None
    lat: float | None = None
    camera: str = ""


@dataclass(frozen=True, slots=True)
class Photo:
    """A decoded photo: upright size, facts, look, and the two derived JPEGs without metadata.

    `copy` is None when the original itself is clean and small enough to be shown.
    """

    width: int
    height: int
    shot: Shot
    looks: str
    copy: bytes | None
    thumb: bytes


def read_photo(data: bytes) -> Photo:
    """Decode the whole photo and derive its copies. Raises `FileRefused`."""
    try:
        return _derive(_opened(data))
    except FileRefused:
        raise
    except _FAULTS:
        raise FileRefused(_("照片无法打开，可能没有传完或已损坏，请重新拍摄或上传。")) from None


def read_clean_photo(data: bytes) -> Photo | None:
    """The quick way for photos drawn by our own code: a bare JPEG of at most `COPY_PX`, or None."""
    with Image.open(BytesIO(data), formats=_ALLOWED) as image:
        width, height = image.size
        bare = image.format == "JPEG" and image.mode == "RGB" and not _metadata(image)
        if not bare or max(width, height) > COPY_PX:
            return None
        image.draft("RGB", (THUMB_PX, THUMB_PX))
        small = _fitted(image, THUMB_PX)
    return Photo(width, height, Shot(), difference_hash(small), None, _jpeg(small))


def _metadata(image: Image.Image) -> bool:
    return bool({"exif", "icc_profile", "comment", "xmp", "photoshop"} & image.info.keys())


def _opened(data: bytes) -> Image.Image:
    with Image.open(BytesIO(data), formats=_ALLOWED) as image:
        _check_pixels(image)
        image.verify()
    image = Image.open(BytesIO(data), formats=_ALLOWED)
    image.load()
    return image


def _check_pixels(image: Image.Image) -> None:
    width, height = image.size
    if width * height > settings.UPLOAD_MAX_PIXELS:
        raise FileRefused(
            _("照片尺寸过大（%(width)s×%(height)s），请缩小后上传。")
            % {"width": width, "height": height}
        )


def _derive(image: Image.Image) -> Photo:
    shot = read_shot(image)
    upright = _bare(ImageOps.exif_transpose(image))
    small = _fitted(upright, THUMB_PX)
    copy = _jpeg(_fitted(upright, COPY_PX))
    return Photo(upright.width, upright.height, shot, difference_hash(small), copy, _jpeg(small))


def _bare(image: Image.Image) -> Image.Image:
    """The pixels alone, on white, with nothing of the file around them."""
    bare = Image.new("RGB", image.size, "white")
    if image.mode.startswith("I;16"):
        image = image.point(lambda value: value / 256).convert("L")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        bare.paste(image, mask=image.getchannel("A"))
    else:
        bare.paste(image.convert("RGB"))
    return bare


def _fitted(image: Image.Image, side: int) -> Image.Image:
    if max(image.size) <= side:
        return image
    scale = side / max(image.size)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _jpeg(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()


def difference_hash(image: Image.Image) -> str:
    """64-bit difference hash in hex: near photos differ in few bits."""
    grey = image.convert("L").resize((9, 8), Image.Resampling.BILINEAR).tobytes()
    bits = 0
    for row in range(8):
        for column in range(8):
            at = row * 9 + column
            bits = bits << 1 | (grey[at] > grey[at + 1])
    return f"{bits:016x}"


def look_distance(one: str, other: str) -> int:
    """In how many of 64 bits two hashes differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


# What the camera wrote
def read_shot(image: Image.Image) -> Shot:
    """Time, place (WGS 84) and camera from EXIF; damaged facts count as absent."""
    try:
        exif = image.getexif()
        detail = exif.get_ifd(ExifTags.IFD.Exif)
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    except _FAULTS:
        return Shot()
    lon, lat = _position(gps)
    camera = " ".join(_words(exif.get(tag)) for tag in (ExifTags.Base.Make, ExifTags.Base.Model))
    return Shot(_moment(exif, detail), lon, lat, camera.strip()[:80])


def _words(value: object) -> str:
    return str(value).replace("\0", "").strip() if isinstance(value, str) else ""


def _moment(exif: Any, detail: dict[int, Any]) -> datetime | None:
    text = detail.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime)
    try:
        naive = datetime.strptime(_words(text)[:19], "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 -- below
    except ValueError:
        return None
    zone = _zone(_words(detail.get(ExifTags.Base.OffsetTimeOriginal)))
    return naive.replace(tzinfo=zone) if naive.year >= 1990 else None


def _zone(text: str) -> timezone | ZoneInfo:
    """The offset that the camera wrote, else the city's own time."""
    try:
        hours, minutes = int(text[1:3]), int(text[4:6])
        sign = {"+": 1, "-": -1}[text[0]]
        return timezone(sign * timedelta(hours=hours, minutes=minutes))
    except (ValueError, IndexError, KeyError):
        return ZoneInfo(settings.TIME_ZONE)


def _position(gps: dict[int, Any]) -> tuple[float | None, float | None]:
    lat = _degrees(gps.get(ExifTags.GPS.GPSLatitude), gps.get(ExifTags.GPS.GPSLatitudeRef), 90)
    lon = _degrees(gps.get(ExifTags.GPS.GPSLongitude), gps.get(ExifTags.GPS.GPSLongitudeRef), 180)
    if lat is None or lon is None or (lat == 0 and lon == 0):
        return None, None
    return lon, lat


def _degrees(parts: Any, ref: object, limit: int) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    value = degrees + minutes / 60 + seconds / 3600
    if not 0 <= value <= limit:
        return None
    return round(-value if _words(ref) in {"S", "W"} else value, 7)
