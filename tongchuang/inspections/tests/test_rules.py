from decimal import Decimal
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tongchuang.inspections import rules
from tongchuang.inspections.rules import Candidate, Mark, Point

SITES = st.lists(
    st.builds(Candidate, st.text("abc123", min_size=1, max_size=4), st.sampled_from("xyz")),
    max_size=40,
    unique_by=lambda site: site.code,
)
MARKS = st.lists(
    st.builds(
        Mark,
        st.integers(1, 5).map(Decimal),
        st.booleans(),
        st.sampled_from([True, False, None]),
    )
)


@given(SITES, st.integers(0, 50), st.booleans(), st.randoms())
def test_a_draw_does_not_depend_on_the_order_of_the_sites(
    sites: list[Candidate],
    size: int,
    per_type: bool,  # noqa: FBT001 -- hypothesis draws it
    chance: Random,
) -> None:
    drawn = rules.draw(sites, size, "seed", per_type=per_type)
    chance.shuffle(sites)
    assert rules.draw(sites, size, "seed", per_type=per_type) == drawn


@given(SITES, st.integers(1, 50), st.booleans())
def test_a_draw_takes_as_many_as_asked_and_none_twice(
    sites: list[Candidate],
    size: int,
    per_type: bool,  # noqa: FBT001 -- hypothesis draws it
) -> None:
    drawn = rules.draw(sites, size, "seed", per_type=per_type)
    assert len(drawn) == len(set(drawn)) == min(size, len(sites))
    assert set(drawn) <= set(sites)


def test_types_get_equal_or_proportional_shares() -> None:
    sites = [Candidate(f"a{n}", "a") for n in range(90)] + [
        Candidate(f"b{n}", "b") for n in range(10)
    ]
    equal = rules.draw(sites, 10, "seed", per_type=True)
    fair = rules.draw(sites, 10, "seed", per_type=False)
    assert [sum(s.kind == "b" for s in found) for found in (equal, fair)] == [5, 1]


def test_another_seed_draws_another_sample() -> None:
    sites = [Candidate(f"a{n}", "a") for n in range(90)]
    one, other = (rules.draw(sites, 10, seed, per_type=True) for seed in ("1", "2"))
    assert one != other


@given(MARKS)
def test_a_score_lies_between_0_and_100_and_is_none_when_nothing_applies(
    marks: list[Mark],
) -> None:
    score = rules.visit_score(marks)
    assert (score is None) == all(mark.passed is None for mark in marks)
    assert score is None or 0 <= score <= 100


@given(MARKS)
def test_a_failed_red_line_item_keeps_the_score_below_the_pass_line(
    marks: list[Mark],
) -> None:
    score = rules.visit_score([*marks, Mark(Decimal(1), red_line=True, passed=False)])
    assert score is not None
    assert score < rules.PASS_LINE


def test_a_score_is_the_weighted_share_of_passed_items() -> None:
    marks = [Mark(Decimal(2), False, True), Mark(Decimal(1), False, False)]  # noqa: FBT003 -- row
    assert rules.visit_score(marks) == Decimal("66.67")


def test_a_place_of_the_unit_or_below_it_is_its_own() -> None:
    assert rules.is_own("00010002", ["0001000200030001"], answers_below=True)
    assert rules.is_own("000100020003", ["00010002"], answers_below=False)
    assert not rules.is_own("00010002", ["0001000200030001"], answers_below=False)
    assert not rules.is_own("00010002", ["00010003"], answers_below=True)


def test_places_are_shared_out_evenly() -> None:
    shared = rules.share_out([["a", "b"]] * 4 + [["b"], []])
    assert [shared.count(one) for one in ("a", "b", None)] == [2, 3, 1]


def test_a_route_goes_to_the_nearest_first_and_unknown_places_last() -> None:
    points = [Point(1, None, None), Point(2, 118.9, 31.0), Point(3, 118.7, 31.0)]
    route = rules.nearest_first(Point(0, 118.6, 31.0), points)
    assert [point.key for point in route] == [3, 2, 1]


def test_a_class_of_the_clause_goes_before_one_of_the_type() -> None:
    of_type = rules.ClassFacts(1, "垃圾积存", of_type=True, of_clause=False)
    of_clause = rules.ClassFacts(2, "路面破损", of_type=False, of_clause=True)
    assert rules.choose_class("无积存垃圾", [of_type, of_clause]) == of_clause
    assert rules.choose_class("无积存垃圾", []) is None
