"""The arithmetic of the crosswalk, and the traps that the shipped standards hold."""

from decimal import Decimal
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongchuang.standards.rules.crosswalk import (
    Carried,
    Demand,
    Relation,
    Target,
    carried,
    compare,
    compare_lines,
    connected,
    most_restrictive,
    obstacles,
    strictest,
)

relations = st.sampled_from(Relation)
verdicts = st.sampled_from(["met", "not_met", "unknown"])
results = st.lists(st.sampled_from(Carried))
# A world of demands: every clause asks for some of ten things, a city has some of them.
demands = st.frozensets(st.integers(0, 9), min_size=1)


def _relation(source: frozenset[int], target: frozenset[int]) -> Relation:
    if source == target:
        return Relation.EQUAL
    if source < target:
        return Relation.SUBSET
    if source > target:
        return Relation.SUPERSET
    return Relation.INTERSECTS if source & target else Relation.NONE


@given(demands, demands, st.frozensets(st.integers(0, 9)))
def test_what_is_carried_is_never_untrue(
    source: frozenset[int], target: frozenset[int], city: frozenset[int]
) -> None:
    verdict = "met" if source <= city else "not_met"
    said = carried(_relation(source, target), verdict)
    if said is Carried.MET:
        assert target <= city
    if said is Carried.NOT_MET:
        assert not target <= city
    if said is Carried.PART:
        assert source & target <= city


@given(demands, demands)
def test_the_inverse_is_the_pair_from_the_other_end(
    source: frozenset[int], target: frozenset[int]
) -> None:
    assert _relation(source, target).inverse is _relation(target, source)


@given(relations)
def test_unknown_stays_unknown(relation: Relation) -> None:
    assert carried(relation, "unknown") is Carried.UNKNOWN


@pytest.mark.parametrize("relation", [Relation.SUBSET, Relation.INTERSECTS])
def test_subset_and_overlap_give_at_most_a_part(relation: Relation) -> None:
    assert carried(relation, "met") is Carried.PART


@given(verdicts)
def test_shared_papers_carry_no_result(verdict: str) -> None:
    assert carried(Relation.NONE, verdict) is Carried.UNKNOWN


@given(results, st.randoms())
def test_the_order_of_sources_does_not_matter(found: list[Carried], random: object) -> None:
    mixed = sorted(found, key=lambda _one: random.random())  # type: ignore[attr-defined]
    assert most_restrictive(mixed) is most_restrictive(found)


@given(results)
def test_a_source_named_twice_changes_nothing(found: list[Carried]) -> None:
    assert most_restrictive([*found, *found]) is most_restrictive(found)


@given(results, st.sampled_from(Carried))
def test_one_more_source_never_hides_a_failure(found: list[Carried], more: Carried) -> None:
    if most_restrictive(found) is Carried.NOT_MET:
        assert most_restrictive([*found, more]) is Carried.NOT_MET


@given(results)
def test_a_proof_of_a_part_takes_nothing_from_a_proof_of_the_whole(found: list[Carried]) -> None:
    assert most_restrictive([*found, Carried.MET, Carried.PART]) in {Carried.MET, Carried.NOT_MET}


# Thresholds
def _line(op: str, value: str | None, unit: str = "%", base: str = "") -> Target:
    return Target(op, None if value is None else Decimal(value), unit, base)


values = st.decimals(0, 100, places=2)
ops = st.sampled_from([">=", ">", "<=", "<"])


def _holds(op: str, reached: Decimal, line: Decimal) -> bool:
    return {
        ">=": reached >= line,
        ">": reached > line,
        "<=": reached <= line,
        "<": reached < line,
    }[op]


@given(ops, values, values, values)
def test_who_meets_the_stricter_line_meets_the_other(
    op: str, one: Decimal, other: Decimal, reached: Decimal
) -> None:
    source, target = Target(op, one, "%"), Target(op, other, "%")
    demand = compare(source, target, same_quantity=True).demand
    holds = partial(_holds, op, reached)
    if demand is Demand.STRICTER and holds(other):
        assert holds(one)
    if demand is Demand.LOOSER and holds(one):
        assert holds(other)
    if demand is Demand.SAME:
        assert one == other


@given(ops, ops, values, values)
def test_read_the_other_way_the_demand_turns_round(
    op: str, op2: str, one: Decimal, other: Decimal
) -> None:
    turned = {Demand.STRICTER: Demand.LOOSER, Demand.LOOSER: Demand.STRICTER}
    source, target = Target(op, one, "%"), Target(op2, other, "%")
    there = compare(source, target, same_quantity=True).demand
    back = compare(target, source, same_quantity=True).demand
    assert back is turned.get(there, there)


def test_over_is_stricter_than_at_least() -> None:
    assert compare(_line(">=", "90"), _line(">", "90"), same_quantity=True).demand is (
        Demand.STRICTER
    )


def test_all_of_it_is_the_same_as_at_least_all_of_it() -> None:
    found = compare(_line(">=", "100"), _line("==", "100"), same_quantity=True)
    assert found.demand is Demand.SAME


def test_none_at_all_is_the_same_as_none_at_all() -> None:
    none, one = _line("==", "0", "起"), _line("==", "1", "起")
    assert compare(none, none, same_quantity=True).demand is Demand.SAME
    assert compare(none, one, same_quantity=True).reason == "direction"
    assert compare(none, none, same_quantity=False).reason == "quantity"


@pytest.mark.parametrize(
    ("source", "target", "same_quantity", "reason"),
    [
        # Collected is not treated.
        (_line(">=", "75"), _line(">=", "90"), False, "quantity"),
        # Sport instructors per 1,000 here, per 10,000 there.
        (_line(">=", "2.16", "名"), _line(">", "8", "个/万人"), True, "unit"),
        (_line(">=", "38", base="建成区"), _line(">=", "40", base="市域"), True, "base"),
        (_line(">=", "10"), _line("<=", "10"), True, "direction"),
        (_line(">=", None), _line(">=", "10"), True, "no_value"),
        (_line("trend", "10"), _line(">=", "10"), True, "direction"),
    ],
)
def test_what_cannot_be_compared_says_why(
    source: Target, target: Target, *, same_quantity: bool, reason: str
) -> None:
    found = compare(source, target, same_quantity=same_quantity)
    assert (found.demand, found.reason, found.difference) == (Demand.INCOMPARABLE, reason, None)


@given(st.lists(values, min_size=1), ops)
def test_the_strictest_line_meets_all(lines: list[Decimal], op: str) -> None:
    best = strictest(Target(op, value, "%") for value in lines)
    assert best is not None
    assert best.value == (max(lines) if op in {">=", ">"} else min(lines))


def test_there_is_no_strictest_of_different_units() -> None:
    assert strictest([_line(">=", "2", "名"), _line(">=", "8", "个/万人")]) is None


def test_a_single_line_is_held_against_every_tier() -> None:
    tiers = [Target(">=", Decimal(v), "%", when=w) for v, w in (("41", "甲"), ("35", "乙"))]
    found = compare_lines([_line(">=", "38")], tiers, same_quantity=True)
    assert [one.demand for one in found] == [Demand.STRICTER, Demand.LOOSER]


def test_tiers_of_other_names_are_not_held_against_each_other() -> None:
    here = [Target(">=", Decimal(8), "%", when=w) for w in ("甲", "乙")]
    there = [Target(">=", Decimal(9), "%", when=w) for w in ("乙", "丙")]
    (found,) = compare_lines(here, there, same_quantity=True)
    assert (found.source.when, found.target.when) == ("乙", "乙")


edges = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)))


@given(edges, st.randoms())
def test_what_hangs_together_does_not_depend_on_the_order(
    pairs: list[tuple[int, int]], random: object
) -> None:
    mixed = sorted(pairs, key=lambda _one: random.random())  # type: ignore[attr-defined]
    turned = [(b, a) for a, b in mixed]
    assert connected(turned) == connected(pairs)


@given(edges)
def test_every_end_hangs_in_one_group_with_its_other_end(pairs: list[tuple[int, int]]) -> None:
    groups = connected(pairs)
    for one, other in pairs:
        assert [one in group for group in groups] == [other in group for group in groups]
        assert sum(one in group for group in groups) == 1


@given(st.lists(values, min_size=1), ops)
def test_there_is_a_strictest_line_where_nothing_is_in_the_way(
    lines: list[Decimal], op: str
) -> None:
    targets = [Target(op, value, "%") for value in lines]
    assert (strictest(targets) is not None) == (not obstacles(targets))


def test_what_is_in_the_way_is_named() -> None:
    found = obstacles([_line(">=", "2", "名"), _line(">=", "8", "个/万人"), _line("<=", "1", "名")])
    assert found == [(0, 1, "unit"), (0, 2, "direction"), (1, 2, "unit")]
