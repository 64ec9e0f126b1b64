"""How two clauses of different standards stand to each other. Arithmetic without Django.

A relation is read "source RELATION target" over what the two demand, with the set-theory terms of
NIST IR 8477: `superset_of` means that the source demands all that the target demands, and more.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Relation(StrEnum):
    """The stored truth of a pair; everything else follows from it."""

    EQUAL = "equal"
    SUBSET = "subset_of"
    SUPERSET = "superset_of"
    INTERSECTS = "intersects_with"
    NONE = "no_relationship"

    @property
    def inverse(self) -> "Relation":
        """The same pair read from the other end."""
        return _INVERSE.get(self, self)


_INVERSE = {Relation.SUBSET: Relation.SUPERSET, Relation.SUPERSET: Relation.SUBSET}


class Carried(StrEnum):
    """What the result of one clause says of another. `PART` proves a part and denies nothing."""

    MET = "met"
    PART = "part"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


_WHEN_MET = {
    Relation.EQUAL: Carried.MET,
    Relation.SUPERSET: Carried.MET,
    Relation.SUBSET: Carried.PART,
    Relation.INTERSECTS: Carried.PART,
}
_WHEN_NOT_MET = {Relation.EQUAL: Carried.NOT_MET, Relation.SUBSET: Carried.NOT_MET}


def carried(relation: Relation, verdict: str) -> Carried:
    """What `verdict` of the source ("met", "not_met", "unknown") says of the target.

    Equal passes both ways of a result on. Who meets more has met less (superset); who fails the
    smaller demand has failed the larger (subset). An overlap never gives more than a part.
    """
    if verdict == "met":
        return _WHEN_MET.get(relation, Carried.UNKNOWN)
    if verdict == "not_met":
        return _WHEN_NOT_MET.get(relation, Carried.UNKNOWN)
    return Carried.UNKNOWN


# A failure outweighs everything; a proof of the whole outweighs a proof of a part.
_WEIGHT = (Carried.NOT_MET, Carried.MET, Carried.PART, Carried.UNKNOWN)


def most_restrictive(results: Iterable[Carried]) -> Carried:
    """Several sources as one: whatever their order, and however often one is named."""
    return min(results, key=_WEIGHT.index, default=Carried.UNKNOWN)


# Thresholds
class Demand(StrEnum):
    """What the target of a pair asks beside its source."""

    SAME = "same"
    STRICTER = "target_stricter"
    LOOSER = "target_looser"
    INCOMPARABLE = "incomparable"


@dataclass(frozen=True, slots=True)
class Target:
    """The line of one measure: "≥ 38 %". `when` names the tier that it holds for."""

    op: str
    value: Decimal | None
    unit: str
    base: str = ""
    when: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two lines beside each other; `difference` is target less source, in their unit."""

    source: Target
    target: Target
    demand: Demand
    difference: Decimal | None = None
    reason: str = ""


_UPWARD, _DOWNWARD = frozenset({">=", ">"}), frozenset({"<=", "<"})


def compare(source: Target, target: Target, *, same_quantity: bool) -> Comparison:
    """Which of two lines asks more.

    Never converts: another quantity, unit, base or direction is incomparable, and `reason` says
    which ("quantity", "no_value", "unit", "base", "direction").
    """
    if same_quantity and _one_line(source, target):
        return Comparison(source, target, Demand.SAME, Decimal(0))
    reason = "" if same_quantity else "quantity"
    reason = reason or _obstacle(source, target)
    if reason or source.value is None or target.value is None:
        return Comparison(source, target, Demand.INCOMPARABLE, None, reason or "no_value")
    difference = target.value - source.value
    harder = _harder(source, target, difference)
    demand = Demand.SAME if harder == 0 else Demand.STRICTER if harder > 0 else Demand.LOOSER
    return Comparison(source, target, demand, difference)


def _one_line(source: Target, target: Target) -> bool:
    """Whether both say the very same, such as "= 0", which has no direction."""
    said = (source.op, source.value, source.unit, source.base)
    return source.value is not None and said == (target.op, target.value, target.unit, target.base)


def _obstacle(source: Target, target: Target) -> str:
    if source.value is None or target.value is None:
        return "no_value"
    if source.unit != target.unit:
        return "unit"
    if source.base and target.base and source.base != target.base:
        return "base"
    return "" if _direction(source, target) else "direction"


def _direction(source: Target, target: Target) -> int:
    """1 when more is better for both, -1 when less is, 0 when they disagree.

    "= 100 %" stands for "≥ 100 %": nothing lies above it.
    """
    ops = {_open_ended(source), _open_ended(target)}
    if ops <= _UPWARD:
        return 1
    return -1 if ops <= _DOWNWARD else 0


def _open_ended(one: Target) -> str:
    full = one.op == "==" and one.unit == "%" and one.value == 100
    return ">=" if full else one.op


def _harder(source: Target, target: Target, difference: Decimal) -> Decimal:
    """Above zero when the target asks more; with equal values a strict line asks more."""
    if difference:
        return difference * _direction(source, target)
    strict = {">", "<"}
    return Decimal((_open_ended(target) in strict) - (_open_ended(source) in strict))


def strictest(targets: Iterable[Target]) -> Target | None:
    """The one line that meets them all, or None when they cannot be compared with each other."""
    found = list(targets)
    if not found:
        return None
    best = found[0]
    for other in found[1:]:
        beside = compare(best, other, same_quantity=True)
        if beside.demand is Demand.INCOMPARABLE:
            return None
        best = other if beside.demand is Demand.STRICTER else best
    return best


def compare_lines(
    source: Sequence[Target], target: Sequence[Target], *, same_quantity: bool
) -> list[Comparison]:
    """The lines of two measures beside each other, tier by tier.

    A single line is held against every tier of the other side, a tier against the tier of the
    same name. Which tier a city belongs to is never guessed: where both sides have tiers of
    other names, nothing is compared.
    """
    return [
        compare(one, other, same_quantity=same_quantity)
        for one in source
        for other in target
        if not one.when or not other.when or one.when == other.when
    ]


def connected(pairs: Iterable[tuple[int, int]]) -> list[frozenset[int]]:
    """What hangs together by pairs; in the order of the smallest number of each group."""
    groups: dict[int, set[int]] = {}
    for one, other in pairs:
        whole = groups.get(one, {one}) | groups.get(other, {other})
        for member in whole:
            groups[member] = whole
    found = {id(group): frozenset(group) for group in groups.values()}
    return sorted(found.values(), key=min)


def obstacles(targets: Sequence[Target]) -> list[tuple[int, int, str]]:
    """Which lines (by place) cannot be compared with each other, and why (as in `compare`)."""
    return [
        (place, other, reason)
        for other in range(len(targets))
        for place in range(other)
        if (reason := _obstacle(targets[place], targets[other]))
    ]
