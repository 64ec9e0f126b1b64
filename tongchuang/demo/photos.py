"""Photos drawn by code: the same spot before and after, varied by the stream."""

from datetime import timedelta
from functools import cache
from io import BytesIO
from typing import Any, Final

from PIL import Image, ImageDraw

from tongchuang.cases.models import Photo
from tongchuang.core.files import store_generated
from tongchuang.core.models import StoredFile
from tongchuang.demo import loading
from tongchuang.demo.city import NOW, City
from tongchuang.demo.stream import Stream, stream
from tongchuang.demo.tale import Tale

SIZE: Final = (720, 540)  # what the scenes are measured in
_STORED: Final = (600, 450)
Colour = tuple[int, int, int]
Brush = ImageDraw.ImageDraw
# Which scene a problem class is shown by: the first whose word is in its code.
_SCENES: Final = (
    ("posters", ("poster", "hanging", "sign", "notice", "tobacco", "hoarding")),
    (
        "stalls",
        ("trading", "overflow_shop", "shop_overflow", "market", "occupied", "blocked", "parking"),
    ),
    ("water", ("water", "sewer", "ditch", "discharge", "pool", "floating", "facility")),
    ("rubbish", ("",)),
)
_VARIANTS: Final = {"full": 24, "small": 2}


def scene_of(code: str) -> str:
    """The scene that shows a problem class."""
    return next(name for name, words in _SCENES if any(word in code for word in words))


# Drawing
def draw(scene: str, *, dirty: bool, chance: Stream) -> bytes:
    """A JPEG of a spot; the same stream gives the same spot with and without what is wrong."""
    image = Image.new("RGB", SIZE, (206, 216, 224))
    brush = ImageDraw.Draw(image)
    horizon = _background(brush, chance)
    if dirty:
        _DIRT[scene](brush, chance, horizon)
    else:
        _clean(brush, scene, chance, horizon)
    out = BytesIO()
    small = image.resize(_STORED, Image.Resampling.BILINEAR)
    Image.blend(small, _grain(), 0.06).save(out, "JPEG", quality=74)
    return out.getvalue()


@cache
def _grain() -> Image.Image:
    """The noise of a cheap camera, the same for all."""
    wide, high = _STORED
    noise = Image.frombytes("L", _STORED, stream(0, "grain").randbytes(wide * high))
    return noise.convert("RGB")


def _shade(chance: Stream, base: Colour, spread: int = 14) -> Colour:
    off = chance.randint(-spread, spread)
    red, green, blue = (max(0, min(255, part + off)) for part in base)
    return red, green, blue


def _background(brush: Brush, chance: Stream) -> int:
    """Sky, a row of houses, a wall, the ground in perspective; where the wall begins."""
    width, height = SIZE
    horizon = chance.randint(190, 250)
    brush.rectangle((0, 0, width, horizon), fill=_shade(chance, (196, 210, 222)))
    at = -20
    while at < width:
        wide, high = chance.randint(70, 150), chance.randint(60, 170)
        wall = _shade(chance, (186, 178, 166), 26)
        brush.rectangle((at, horizon - high, at + wide, horizon + 12), fill=wall)
        for x in range(at + 10, at + wide - 14, 26):
            for y in range(horizon - high + 12, horizon - 14, 30):
                brush.rectangle((x, y, x + 13, y + 17), fill=_shade(chance, (110, 124, 138), 20))
        at += wide + chance.choice((0, 0, 14))
    brush.rectangle((0, horizon + 60, width, height), fill=_shade(chance, (148, 146, 142)))
    for n in range(9):
        brush.line((width / 2, horizon - 40, n * 160 - 280, height), fill=(130, 128, 124), width=2)
    brush.rectangle((0, horizon, width, horizon + 60), fill=_shade(chance, (168, 164, 156)))
    for x in range(0, width, chance.choice((48, 60, 72))):
        brush.line((x, horizon, x, horizon + 60), fill=(140, 136, 128), width=1)
    brush.rectangle((0, horizon + 58, width, horizon + 66), fill=(120, 118, 114))
    return horizon


def _rubbish(brush: Brush, chance: Stream, _horizon: int) -> None:
    """A heap of bags, boxes and shards, with litter about it."""
    middle, floor = chance.randint(230, 480), chance.randint(420, 480)
    kinds = (
        (52, 58, 66),
        (72, 92, 120),
        (150, 116, 78),
        (196, 190, 178),
        (96, 110, 70),
        (166, 62, 52),
    )
    for n in range(70):
        off = chance.gauss(0, 80)
        x, y = middle + off, floor - max(0.0, 120 - abs(off)) * chance.random()
        big = chance.randint(14, 42)
        box = (x, y - big * 0.7, x + big, y)
        shape = brush.ellipse if n % 3 else brush.rectangle
        shape(box, fill=_shade(chance, chance.choice(kinds), 18), outline=(60, 58, 54))
    for _n in range(40):
        x, y = chance.randint(20, 700), chance.randint(360, 530)
        brush.rectangle((x, y, x + 7, y + 4), fill=_shade(chance, (214, 208, 196), 30))


def _stalls(brush: Brush, chance: Stream, _horizon: int) -> None:
    """Stalls with awnings and crates on the way."""
    cloths = ((196, 70, 60), (60, 110, 168), (70, 140, 96), (214, 170, 70))
    for n in range(chance.randint(4, 5)):
        x, y = 20 + n * 145 + chance.randint(-12, 12), chance.randint(310, 350)
        cloth = chance.choice(cloths)
        brush.polygon(((x, y), (x + 120, y), (x + 136, y + 34), (x - 16, y + 34)), fill=cloth)
        brush.line((x, y + 30, x, y + 130), fill=(80, 78, 74), width=4)
        brush.line((x + 120, y + 30, x + 120, y + 130), fill=(80, 78, 74), width=4)
        for row in range(3):
            left = x - 6 + row * 42
            brush.rectangle((left, y + 96, left + 36, y + 128), fill=_shade(chance, (168, 132, 88)))
            for _piece in range(9):
                px, py = left + chance.randint(2, 28), y + 88 + chance.randint(0, 12)
                fruit = chance.choice(((206, 84, 50), (96, 150, 64), (226, 190, 80)))
                brush.ellipse((px, py, px + 9, py + 9), fill=fruit)


def _water(brush: Brush, chance: Stream, _horizon: int) -> None:
    """Dark puddles with a shine, from a drain."""
    for _n in range(chance.randint(4, 6)):
        x, y = chance.randint(60, 560), chance.randint(370, 490)
        wide, high = chance.randint(110, 260), chance.randint(24, 54)
        brush.ellipse((x, y, x + wide, y + high), fill=_shade(chance, (78, 84, 78)))
        brush.arc(
            (x + 14, y + 6, x + wide - 24, y + high - 8), 190, 320, fill=(168, 178, 176), width=3
        )
    brush.ellipse((330, 420, 420, 450), fill=(54, 52, 50), outline=(30, 30, 30))
    for _n in range(24):
        x, y = chance.randint(80, 640), chance.randint(380, 520)
        brush.ellipse((x, y, x + 8, y + 4), fill=_shade(chance, (150, 140, 110), 24))


def _posters(brush: Brush, chance: Stream, horizon: int) -> None:
    """Small advertisements all over the wall, some torn."""
    for _n in range(34):
        x, y = chance.randint(8, 660), horizon + chance.randint(-30, 22)
        wide, high = chance.randint(26, 52), chance.randint(30, 40)
        paper = chance.choice(((240, 236, 220), (236, 206, 120), (222, 120, 104), (178, 206, 226)))
        brush.rectangle((x, y, x + wide, y + high), fill=paper, outline=(150, 146, 138))
        for line in range(y + 7, y + high - 4, 7):
            brush.line((x + 4, line, x + wide - 5, line), fill=(112, 108, 100), width=2)
        if chance.random() < 0.4:
            brush.polygon(
                ((x, y + high), (x + 18, y + high), (x, y + high - 16)), fill=(168, 164, 156)
            )


_DIRT: Final = {"rubbish": _rubbish, "stalls": _stalls, "water": _water, "posters": _posters}


def _clean(brush: Brush, scene: str, chance: Stream, horizon: int) -> None:
    """The spot put right: swept, with a bin, a sign or a planter."""
    if scene == "posters":
        brush.rectangle(
            (0, horizon + 2, SIZE[0], horizon + 56), fill=_shade(chance, (190, 186, 178))
        )
    if scene in {"rubbish", "water"}:
        for x in (430, 500):
            brush.rectangle((x, 370, x + 50, 450), fill=(58, 112, 82), outline=(40, 78, 58))
            brush.rectangle((x - 4, 360, x + 54, 374), fill=(44, 88, 66))
    if scene == "stalls":
        for x in range(60, 680, 120):
            brush.rectangle((x, 392, x + 74, 420), fill=(150, 96, 70))
            brush.ellipse((x + 4, 362, x + 70, 402), fill=_shade(chance, (86, 140, 84)))
    brush.rectangle((96, 300, 190, 356), fill=(46, 92, 150), outline=(230, 232, 236), width=3)
    brush.line((143, 356, 143, 440), fill=(110, 112, 116), width=6)


# Using
class Album:
    """The drawn photos of the city: pairs by scene, and one archive picture of each scene."""

    def __init__(self, city: City) -> None:
        """Draw and store all pairs."""
        self.city = city
        count = _VARIANTS[city.size.name]
        by = city.people["guan"]
        self.pairs = {scene: [self._pair(scene, n, by) for n in range(count)] for scene in _DIRT}
        self.drawn = 2 * count * len(_DIRT)

    def _pair(self, scene: str, n: int, by: Any) -> tuple[StoredFile, StoredFile]:
        found = []
        for dirty in (True, False):
            data = draw(scene, dirty=dirty, chance=self.city.stream("photo", scene, n))
            word = "整改前" if dirty else "整改后"
            found.append(
                store_generated(data, f"{word}-{scene}-{n:02d}.jpg", by=by, purpose="case")
            )
        return found[0], found[1]

    def of(self, tale: Tale, *, recent: bool) -> tuple[StoredFile, StoredFile]:
        """The pair of a case; old cases share the archive picture of their scene."""
        kind = tale.case.problem_class
        pairs = self.pairs[scene_of(kind.code if kind else "")]
        return pairs[1 + tale.case.pk % (len(pairs) - 1)] if recent else pairs[0]


_COLUMNS: Final = (
    "case",
    "file",
    "moment",
    "taken_at",
    "lon",
    "lat",
    "accuracy_m",
    "distance_m",
    "by",
    "added_at",
    "note",
    "public",
)
ARCHIVE_NOTE: Final = "档案照片（演示用同类图）"


def show(city: City) -> None:
    """Insert before, after and check photos of all cases."""
    album = Album(city)
    chance = city.stream("photos of cases")
    rows: list[tuple[Any, ...]] = []
    for tale in city.known["tales"]:
        rows += _photos(city, album, tale, chance)
    loading.insert_values(Photo, _COLUMNS, rows)
    city.known["album"] = album
    city.counts["photos"] = album.drawn


def _photos(city: City, album: Album, tale: Tale, chance: Stream) -> list[tuple[Any, ...]]:
    case = tale.case
    recent = NOW - case.found_at < timedelta(days=city.size.photo_days)
    before, after = album.of(tale, recent=recent)
    note = "" if recent else ARCHIVE_NOTE
    first = tale.steps[0]
    rows = [_row(tale, before, "before", case.found_at, first.at, case.found_by_id, note, chance)]
    if case.replied_at is not None and case.handler is not None:
        taken = case.replied_at - timedelta(minutes=6)
        rows.append(
            _row(tale, after, "after", taken, case.replied_at, case.handler.pk, note, chance)
        )
    if recent and case.closed_at is not None:
        by = next(p for s, p in zip(tale.steps, tale.people, strict=True) if s.action == "close")
        rows.append(_row(tale, after, "check", case.closed_at, case.closed_at, by.pk, note, chance))
    return rows


def _row(
    tale: Tale,
    file: StoredFile,
    moment: str,
    taken_at: Any,
    added_at: Any,
    by: int | None,
    note: str,
    chance: Stream,
) -> tuple[Any, ...]:
    case = tale.case
    off = 0.0 if moment == "before" else 0.00008
    lon = round((case.lon or 0) + chance.uniform(-off, off), 6)
    lat = round((case.lat or 0) + chance.uniform(-off, off), 6)
    far = round(((lon - (case.lon or 0)) ** 2 + (lat - (case.lat or 0)) ** 2) ** 0.5 * 105_000, 1)
    sharp = float(chance.randint(3, 9))
    return (
        case.pk,
        file.pk,
        moment,
        taken_at,
        lon,
        lat,
        sharp,
        far,
        by,
        added_at,
        note,
        moment != "check",
    )
