"""Geometry without Django: datums, distances, points in areas."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from shapely import STRtree
from shapely.errors import GEOSException, ShapelyError
from shapely.geometry import Point, mapping, shape
from shapely.geometry.base import BaseGeometry

EARTH_RADIUS_M = 6_371_008.8  # mean radius (IUGG)
# Ellipsoid of the published GCJ-02 formula (Krasovsky 1940).
_AXIS_M = 6_378_245.0
_ECCENTRICITY_2 = 0.006_693_421_622_965_943


class BadBoundary(ValueError):
    """A boundary that is no polygon on earth."""


@dataclass(frozen=True, slots=True)
class Box:
    """A bounding box in degrees."""

    west: float
    south: float
    east: float
    north: float


def distance_m(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Great-circle distance of two WGS 84 points in metres."""
    phi, other_phi = math.radians(lat), math.radians(other_lat)
    half_phi = (other_phi - phi) / 2
    half_lambda = math.radians(other_lon - lon) / 2
    chord = (
        math.sin(half_phi) ** 2 + math.cos(phi) * math.cos(other_phi) * math.sin(half_lambda) ** 2
    )
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(chord)))


def gcj02_to_wgs84(lon: float, lat: float) -> tuple[float, float]:
    """Undo the GCJ-02 shift, by three rounds of correction (error below 0.1 m inside China)."""
    guess_lon, guess_lat = lon, lat
    for _round in range(3):
        shifted_lon, shifted_lat = wgs84_to_gcj02(guess_lon, guess_lat)
        guess_lon += lon - shifted_lon
        guess_lat += lat - shifted_lat
    return guess_lon, guess_lat


def wgs84_to_gcj02(lon: float, lat: float) -> tuple[float, float]:
    """Apply the GCJ-02 shift; points outside China stay where they are."""
    if not (72.004 <= lon <= 137.8347 and 0.8293 <= lat <= 55.8271):
        return lon, lat
    phi = math.radians(lat)
    magic = 1 - _ECCENTRICITY_2 * math.sin(phi) ** 2
    north = _wave_lat(lon - 105.0, lat - 35.0)
    east = _wave_lon(lon - 105.0, lat - 35.0)
    meridian_m = _AXIS_M * (1 - _ECCENTRICITY_2) / magic**1.5
    parallel_m = _AXIS_M / math.sqrt(magic) * math.cos(phi)
    return lon + math.degrees(east / parallel_m), lat + math.degrees(north / meridian_m)


TO_WGS84: dict[str, Callable[[float, float], tuple[float, float]]] = {
    "gcj02": gcj02_to_wgs84,
    # CGCS 2000 and WGS 84 differ by centimetres.
    "cgcs2000": lambda lon, lat: (lon, lat),
    "wgs84": lambda lon, lat: (lon, lat),
    "unknown": lambda lon, lat: (lon, lat),
}


def read_boundary(geometry: Any) -> tuple[dict[str, Any], Box]:
    """Check a GeoJSON geometry and return it with its box.

    Raises `BadBoundary` unless it is a valid Polygon or MultiPolygon in degrees.
    """
    try:
        figure = shape(geometry)
    except (
        ShapelyError,
        GEOSException,
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
        IndexError,
    ):
        raise BadBoundary("not a GeoJSON geometry") from None
    if figure.geom_type not in {"Polygon", "MultiPolygon"} or figure.is_empty:
        raise BadBoundary("not a polygon")
    west, south, east, north = figure.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise BadBoundary("not in degrees")
    if not figure.is_valid:
        raise BadBoundary("the line crosses itself")
    return mapping(figure), Box(west, south, east, north)


class AreaIndex:
    """Finds the smallest area around a point. `areas` = (key, depth in the tree, GeoJSON)."""

    def __init__(self, areas: Iterable[tuple[int, int, dict[str, Any]]]) -> None:
        """Build the tree of boxes; deeper areas win over the ones around them."""
        rows = [(key, depth, shape(boundary)) for key, depth, boundary in areas]
        self._keys = [key for key, _depth, _figure in rows]
        self._depths = [depth for _key, depth, _figure in rows]
        figures: Sequence[BaseGeometry] = [figure for _key, _depth, figure in rows]
        self._tree = STRtree(figures)

    def at(self, lon: float, lat: float) -> int | None:
        """Key of the deepest area that holds the point or has it on its edge, else None."""
        return self.at_many([(lon, lat)])[0]

    def at_many(self, points: Sequence[tuple[float, float]]) -> list[int | None]:
        """`at` for many points at once."""
        best: list[int | None] = [None] * len(points)
        if not self._keys:
            return best
        hits = self._tree.query([Point(point) for point in points], predicate="intersects")
        for point, area in sorted(zip(*hits.tolist(), strict=True), key=self._rank):
            best[point] = self._keys[area]
        return best

    def _rank(self, hit: tuple[int, int]) -> tuple[int, int]:
        # Sorted so that the deepest comes last; on a shared edge the lower key wins.
        return self._depths[hit[1]], -self._keys[hit[1]]


def _wave_lat(x: float, y: float) -> float:
    wave = -100.0 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    wave += (20 * math.sin(6 * x * math.pi) + 20 * math.sin(2 * x * math.pi)) * 2 / 3
    wave += (20 * math.sin(y * math.pi) + 40 * math.sin(y / 3 * math.pi)) * 2 / 3
    return wave + (160 * math.sin(y / 12 * math.pi) + 320 * math.sin(y * math.pi / 30)) * 2 / 3


def _wave_lon(x: float, y: float) -> float:
    wave = 300.0 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    wave += (20 * math.sin(6 * x * math.pi) + 20 * math.sin(2 * x * math.pi)) * 2 / 3
    wave += (20 * math.sin(x * math.pi) + 40 * math.sin(x / 3 * math.pi)) * 2 / 3
    return wave + (150 * math.sin(x / 12 * math.pi) + 300 * math.sin(x / 30 * math.pi)) * 2 / 3
