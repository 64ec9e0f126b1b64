"""The city itself: its tree of units, their names over time, and the land they stand on."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby, pairwise
from math import cos, pi, radians, sin
from typing import Any, Final
from zoneinfo import ZoneInfo

import shapely
from shapely.geometry import LineString, MultiPoint, Point, Polygon, mapping

from tongchuang.accounts.models import Unit, UnitName, User
from tongchuang.campaigns.models import Campaign
from tongchuang.core.audit import Entry
from tongchuang.demo import loading, units
from tongchuang.demo.stream import Stream, stream
from tongchuang.places.models import Area, Site

ZONE: Final = ZoneInfo("Asia/Shanghai")
NOW: Final = datetime(2016, 3, 8, 14, 30, tzinfo=ZONE)
FIRST_DAY: Final = date(2013, 3, 1)
_CENTRE = (119.05, 30.60)
_STRETCH = cos(radians(_CENTRE[1]))  # a degree of longitude, in degrees of latitude
_METRES = 111_320.0  # one degree of latitude
# Where the middle of each territory lies, how far its communities spread, and which way it opens.
_PLACES: Final = {
    "T01": (0.036, 0.004, 0.017),
    "T02": (-0.036, 0.004, 0.017),
    "T03": (0.002, -0.030, 0.017),
    "T04": (-0.002, 0.036, 0.017),
    "U42": (0.064, 0.038, 0.018),
    "T11": (-0.066, 0.040, 0.022),
    "T12": (0.064, -0.036, 0.022),
    "T13": (-0.060, -0.038, 0.022),
}
_RENAMED_ON: Final = date(2019, 1, 1)


@dataclass(frozen=True, slots=True)
class Size:
    """How much of everything a variant of the city holds."""

    name: str
    sites: int
    cases: int
    rounds: int
    sample: int
    recent_sample: int
    papers: int
    reports: int
    tasks: int
    photo_days: int
    open_cases: int
    from_on: date = FIRST_DAY


FULL: Final = Size("full", 1500, 20600, 40, 24, 150, 700, 400, 160, 60, 412)
SMALL: Final = Size("small", 260, 420, 6, 12, 70, 90, 40, 40, 6, 60, date(2015, 10, 1))
SIZES: Final = {size.name: size for size in (FULL, SMALL)}


@dataclass
class City:
    """What the parts of the city know of each other while it is being built."""

    size: Size
    seed: int
    units: dict[str, Unit] = field(default_factory=dict)
    land: dict[str, Polygon] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    posts: dict[tuple[str, str], User] = field(default_factory=dict)
    sites: list[Site] = field(default_factory=list)
    campaigns: dict[str, Campaign] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    numbers: dict[tuple[str, int], int] = field(default_factory=dict)
    known: dict[str, Any] = field(default_factory=dict)

    def stream(self, *parts: object) -> Stream:
        """The stream of chance of one part."""
        return stream(self.seed, *parts)

    def unit(self, pk: int | None) -> Unit | None:
        """The unit with a key."""
        return self._by_pk().get(pk) if pk else None

    def _by_pk(self) -> dict[int, Unit]:
        if "by_pk" not in self.known:
            self.known["by_pk"] = {unit.pk: unit for unit in self.units.values()}
        found: dict[int, Unit] = self.known["by_pk"]
        return found

    def town_of(self, unit: Unit) -> Unit:
        """The street, town or zone that a community or grid lies in."""
        return self.units[unit.code[:3]]

    def campaign(self) -> Campaign:
        """The campaign that the city is about."""
        return self.campaigns["NSC"]


def local(day: date, hour: int = 0, minute: int = 0) -> datetime:
    """A moment on the city's clock."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)


def days(first: date, last: date) -> Iterable[date]:
    """Every day from `first` to `last`, both included."""
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


# Units
def found_city(city: City) -> None:
    """Insert the tree, the names over time, and the boundaries."""
    rows = units.all_rows()
    _plant(city, rows)
    loading.insert(_names(city, rows))
    survey(city)
    loading.insert(_areas(city))
    city.counts["units"] = len(rows)


def _plant(city: City, rows: list[units.Row]) -> None:
    """Give every unit its path in the tree and insert them all."""
    parents = {row.code: row.parent for row in rows}
    children: dict[str, int] = {}
    for row in rows:
        step = children[row.parent] = children.get(row.parent, 0) + 1
        above = city.units.get(parents[row.code])
        depth = above.depth + 1 if above else 1
        city.units[row.code] = Unit(
            path=Unit._get_path(above.path if above else "", depth, step),
            depth=depth,
            code=row.code,
            name=row.name,
            short_name=row.short,
            kind=row.kind,
            comparison_group=row.group,
            scored=row.scored,
            duty=row.duty,
        )
    for code, count in children.items():
        if code:
            city.units[code].numchild = count
    loading.insert(list(city.units.values()))


def _names(city: City, rows: list[units.Row]) -> list[UnitName]:
    """Names with their time, for the units that changed theirs."""
    found = []
    for row in rows:
        unit = city.units[row.code]
        if row.later:
            short = row.later_short or row.later.split("（")[0]
            found += [
                UnitName(
                    unit=unit,
                    name=row.name,
                    short_name=row.short,
                    valid_to=_RENAMED_ON - timedelta(days=1),
                ),
                UnitName(unit=unit, name=row.later, short_name=short, valid_from=_RENAMED_ON),
            ]
        if row.code in units.BEFORE_2016:
            name, short = units.BEFORE_2016[row.code]
            found += [
                UnitName(unit=unit, name=name, short_name=short, valid_to=date(2015, 12, 31)),
                UnitName(
                    unit=unit, name=row.name, short_name=row.short, valid_from=date(2016, 1, 1)
                ),
            ]
    return found


# Land
def survey(city: City) -> None:
    """Tessellate the city: communities tile their town, towns tile the city, edges are shared."""
    chance = city.stream("land")
    outline = _outline(chance)
    seeds = _seeds(city, chance)
    cells = tessellate(outline, list(seeds.values()), chance, rough=0.10)
    for code, cell in zip(seeds, cells, strict=True):
        city.land[code] = cell
        inner = _scatter(cell, units.grids_of(city.units[code].name), chance)
        parts = tessellate(cell, inner, chance, rough=0.0)
        city.land |= {f"{code}{n:02d}": part for n, part in enumerate(parts, 1)}
    towns = {town: [code for code in seeds if code.startswith(town)] for town in _PLACES}
    for town, members in towns.items():
        city.land[town] = _merged([city.land[code] for code in members])
    city.land["349900"] = _merged([city.land[code] for code in seeds])


def _outline(chance: Stream) -> Polygon:
    """A closed wavy line, wider than high, about the middle of the city."""
    waves = [
        (n, chance.uniform(0.02, 0.05) / n**0.5, chance.uniform(0, 2 * pi)) for n in range(2, 9)
    ]
    corners = []
    for n in range(240):
        turn = 2 * pi * n / 240
        reach = 1 + sum(high * sin(many * turn + shift) for many, high, shift in waves)
        corners.append(_at(0.122 * reach * cos(turn), 0.083 * reach * sin(turn)))
    return Polygon(corners)


def _at(east: float, north: float) -> tuple[float, float]:
    """A point so many degrees of latitude off the middle, to the sixth digit."""
    return round(_CENTRE[0] + east / _STRETCH, 6), round(_CENTRE[1] + north, 6)


def _seeds(city: City, chance: Stream) -> dict[str, tuple[float, float]]:
    """One point for each community, on a ring about the middle of its town."""
    found = {}
    for town, (east, north, spread) in _PLACES.items():
        names = units.COMMUNITIES[town]
        turn = chance.uniform(0, 2 * pi)
        for n in range(len(names)):
            angle = turn + 2 * pi * n / len(names) + chance.uniform(-0.2, 0.2)
            far = spread * chance.uniform(0.75, 1.0)
            found[f"{town}{n + 1:02d}"] = _at(east + far * cos(angle), north + far * sin(angle))
    return found


def _scatter(cell: Polygon, count: int, chance: Stream) -> list[tuple[float, float]]:
    """Points inside a polygon, well apart."""
    best: list[tuple[float, float]] = []
    for _point in range(count):
        tries = [inside(cell, chance) for _try in range(8)]
        best.append(max(tries, key=lambda p: min((_apart(p, q) for q in best), default=0.0)))
    return best


def _apart(one: tuple[float, float], other: tuple[float, float]) -> float:
    return (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2


def inside(cell: Polygon, chance: Stream) -> tuple[float, float]:
    """A point inside a polygon, to the sixth digit."""
    west, south, east, north = cell.bounds
    shapely.prepare(cell)
    for _try in range(10_000):
        lon, lat = round(chance.uniform(west, east), 6), round(chance.uniform(south, north), 6)
        if shapely.contains_xy(cell, lon, lat):
            return lon, lat
    raise ValueError("a polygon without room for a point")


def tessellate(
    outline: Polygon, points: list[tuple[float, float]], chance: Stream, *, rough: float
) -> list[Polygon]:
    """Cut a polygon into one cell for each point; neighbours share their edges exactly.

    `rough` bends the cuts by that share of their length, so that they look like real ones.
    """
    cuts = shapely.voronoi_polygons(
        MultiPoint(points), extend_to=outline.buffer(0.1), only_edges=True
    )
    # Cuts reach over the rim, so that each crosses it and none ends a hair before it.
    inner = shapely.intersection(cuts, outline.buffer(0.01))
    lines = shapely.get_parts(shapely.node(inner))
    bent = [_bent(line, chance, rough) for line in _ordered(lines)]
    net = shapely.node(shapely.union_all([*bent, outline.exterior]))
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(net)))
    return _by_point([face for face in faces if _is_inside(face, outline)], points)


def _ordered(lines: Iterable[LineString]) -> list[LineString]:
    return sorted((line for line in lines if line.length > 0), key=lambda line: list(line.coords))


def _bent(line: LineString, chance: Stream, rough: float) -> LineString:
    """Straight pieces broken in the middle, three times over, ends kept."""
    points = list(line.coords)
    for _halving in range(3 if rough else 0):
        points = [p for a, b in pairwise(points) for p in (a, _broken(a, b, chance, rough))] + [
            points[-1]
        ]
    return LineString(points)


def _broken(
    a: tuple[float, ...], b: tuple[float, ...], chance: Stream, rough: float
) -> tuple[float, float]:
    off = chance.uniform(-rough, rough)
    east, north = b[0] - a[0], b[1] - a[1]
    middle = ((a[0] + b[0]) / 2 - north * off, (a[1] + b[1]) / 2 + east * off)
    return round(middle[0], 6), round(middle[1], 6)


def _is_inside(face: Polygon, outline: Polygon) -> bool:
    return bool(outline.contains(face.representative_point()))


def _by_point(faces: list[Polygon], points: list[tuple[float, float]]) -> list[Polygon]:
    """Every face to the point it holds or, a sliver, to the nearest; merged per point."""
    owned: dict[int, list[Polygon]] = {n: [] for n in range(len(points))}
    for face in faces:
        nearest = min(range(len(points)), key=lambda n: face.distance(Point(points[n])))
        owned[nearest].append(face)
    return [_merged(owned[n]) for n in range(len(points))]


def _merged(cells: list[Polygon]) -> Polygon:
    """Cells that touch as one polygon. Raises `ValueError` when they do not hang together."""
    whole = shapely.coverage_union_all(cells)
    if not isinstance(whole, Polygon):
        raise ValueError("the cells of a territory do not hang together")
    return whole


def _areas(city: City) -> list[Area]:
    """Boundaries with their box, size and people, communities adding up to their town."""
    chance = city.stream("people of the land")
    grids = {code: chance.randint(320, 1450) for code in city.land if len(code) == 7}
    return [
        _area(
            city,
            code,
            sum(n for grid, n in grids.items() if code == "349900" or grid.startswith(code)),
        )
        for code in sorted(city.land, key=lambda code: city.units[code].path)
    ]


def _area(city: City, code: str, population: int) -> Area:
    shape = city.land[code]
    west, south, east, north = shape.bounds
    return Area(
        unit=city.units[code],
        boundary=mapping(shape),
        west=west,
        south=south,
        east=east,
        north=north,
        source="演示数据",
        population=population,
        area_m2=round(shape.area * _STRETCH * _METRES**2),
    )


def by_town(codes: Iterable[str]) -> dict[str, list[str]]:
    """Codes of territories by the street, town or zone they begin with."""
    return {town: list(found) for town, found in groupby(sorted(codes), key=lambda code: code[:3])}
