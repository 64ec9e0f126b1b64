"""Arithmetic of inspections: drawing a sample, scoring a visit, coverage. No database."""

import hashlib
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import cos, radians
from typing import TypeVar

PASS_LINE = Decimal(80)  # product default, after mock assessments: 800 of 1,000 points
RED_LINE_CAP = Decimal(79)  # a failed red-line item keeps the visit below the pass line
_CENT = Decimal("0.01")
_METRES_A_DEGREE = 111_320
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A site that may be drawn: its code and the code of its type."""

    code: str
    kind: str


@dataclass(frozen=True, slots=True)
class Mark:
    """One answered item: `passed` None means not applicable."""

    weight: Decimal
    red_line: bool
    passed: bool | None


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of something was looked at."""

    visited: int
    whole: int

    @property
    def rate(self) -> float | None:
        """A share in [0, 1]; None where there was nothing to look at."""
        return self.visited / self.whole if self.whole else None


@dataclass(frozen=True, slots=True)
class Point:
    """A place on a route, WGS 84; without a position it comes last."""

    key: int
    lon: float | None
    lat: float | None


# Drawing
def draw(sites: Iterable[Candidate], size: int, seed: str, *, per_type: bool) -> list[Candidate]:
    """A random sample that anybody can draw again from the same sites and seed.

    `size` 0 takes all. `per_type` gives every type the same number as far as it has sites;
    otherwise types take part in proportion. The order of `sites` does not matter: each site's
    rank is the SHA-256 of seed and code.
    """
    ranked = sorted(set(sites), key=lambda site: _rank(seed, site.code))
    if not size or size >= len(ranked):
        return ranked
    counts: dict[str, int] = {}
    for site in ranked:
        counts[site.kind] = counts.get(site.kind, 0) + 1
    kinds = sorted(counts, key=lambda kind: _rank(seed, kind))
    quotas = _equal(kinds, counts, size) if per_type else _proportional(kinds, counts, size)
    return [site for site in ranked if _take(quotas, site.kind)]


def _take(quotas: dict[str, int], kind: str) -> bool:
    quotas[kind] -= 1
    return quotas[kind] >= 0


def _rank(seed: str, text: str) -> str:
    return hashlib.sha256(f"{seed}|{text}".encode()).hexdigest() + text


def _equal(kinds: Sequence[str], counts: Mapping[str, int], size: int) -> dict[str, int]:
    """One place to each type in turn until all are given out."""
    quotas = dict.fromkeys(kinds, 0)
    left = size
    while left:
        open_kinds = [kind for kind in kinds if quotas[kind] < counts[kind]]
        for kind in open_kinds[:left]:
            quotas[kind] += 1
        left -= min(left, len(open_kinds))
    return quotas


def _proportional(kinds: Sequence[str], counts: Mapping[str, int], size: int) -> dict[str, int]:
    """Largest remainders; whole numbers throughout."""
    whole = sum(counts.values())
    quotas = {kind: size * counts[kind] // whole for kind in kinds}
    rest = sorted(kinds, key=lambda kind: -(size * counts[kind] % whole))  # stable: seeded order
    for kind in rest[: size - sum(quotas.values())]:
        quotas[kind] += 1
    return quotas


# Separation
def is_own(unit_path: str, party_paths: Iterable[str], *, answers_below: bool) -> bool:
    """Whether a place belongs to the unit of an inspector: a party of it is that unit or above.

    `answers_below` counts also what lies under the unit: a street answers for its communities, a
    city hall does not count as a party to the whole city.
    """
    return bool(unit_path) and any(
        unit_path.startswith(party) or (answers_below and party.startswith(unit_path))
        for party in party_paths
    )


def share_out(places: Sequence[Iterable[K]]) -> list[K | None]:
    """For each place one of the people who may go there, the one with the fewest so far."""
    given: dict[K, int] = {}
    chosen: list[K | None] = []
    for allowed in places:
        person = min(allowed, key=lambda one: given.get(one, 0), default=None)
        if person is not None:
            given[person] = given.get(person, 0) + 1
        chosen.append(person)
    return chosen


# Scoring
def visit_score(marks: Iterable[Mark]) -> Decimal | None:
    """The weighted share of passed items in [0, 100], half-up to 0.01; None if none applies.

    A failed red-line item keeps the score at `RED_LINE_CAP` or below.
    """
    applicable = [mark for mark in marks if mark.passed is not None and mark.weight > 0]
    whole = sum((mark.weight for mark in applicable), Decimal(0))
    if not whole:
        return None
    good = sum((mark.weight for mark in applicable if mark.passed), Decimal(0))
    score = (100 * good / whole).quantize(_CENT, ROUND_HALF_UP)
    broken = any(mark.red_line and not mark.passed for mark in applicable)
    return min(score, RED_LINE_CAP) if broken else score


def weighted_mean(parts: Iterable[tuple[Decimal, int]]) -> Decimal | None:
    """The mean of values with whole weights, half-up to 0.01; None without weight."""
    known = list(parts)
    whole = sum(weight for _value, weight in known)
    if not whole:
        return None
    total = sum((value * weight for value, weight in known), Decimal(0))
    return (total / whole).quantize(_CENT, ROUND_HALF_UP)


# Routes
def distance_m(one: Point, other: Point) -> float | None:
    """Metres between two points of one city; None when a position is unknown."""
    if one.lon is None or one.lat is None or other.lon is None or other.lat is None:
        return None
    east = (one.lon - other.lon) * cos(radians((one.lat + other.lat) / 2))
    north = one.lat - other.lat
    return float((east * east + north * north) ** 0.5) * _METRES_A_DEGREE


def nearest_first(start: Point | None, points: Sequence[Point]) -> list[Point]:
    """A route: always on to the nearest place not yet seen; unknown positions last."""
    left, here, route = list(points), start, list[Point]()
    while left:
        here = min(left, key=lambda point: _leg(here, point))
        left.remove(here)
        route.append(here)
    return route


def _leg(here: Point | None, there: Point) -> float:
    if there.lon is None or there.lat is None:
        return float("inf")
    return (distance_m(here, there) or 0.0) if here else 0.0


# From a failed item to a class of problems
@dataclass(frozen=True, slots=True)
class ClassFacts:
    """A class of problems as the choice sees it."""

    key: int
    title: str
    of_type: bool
    of_clause: bool


def choose_class(text: str, classes: Sequence[ClassFacts]) -> ClassFacts | None:
    """The class for a failed item: by clause, then by site type, then by like words.

    `classes` in their usual order; the first of the best wins. None when nothing fits.
    """
    fitting = [one for one in classes if one.of_clause or one.of_type]
    return max(
        fitting,
        key=lambda one: (2 * one.of_clause + one.of_type, likeness(text, one.title)),
        default=None,
    )


def likeness(one: str, other: str) -> float:
    """Share of the pairs of characters of `other` that `one` has too, in [0, 1]."""
    mine, theirs = _pairs(one), _pairs(other)
    return len(mine & theirs) / len(theirs) if theirs else 0.0


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)}
