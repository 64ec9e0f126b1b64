"""What must hold for every input of the further rule kinds: bounds, monotone, unknown stays so."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongchuang.assessment.rule_kinds import (
    Step,
    count_in_window,
    deduction,
    no_inputs,
    prerequisite,
    ratio,
    sample_rate,
    trend,
)
from tongchuang.assessment.rules import Result, Verdict, threshold

D = Decimal
numbers = st.decimals(0, 1000, places=2)
maybe = st.one_of(st.none(), numbers)
lines_of_pass = st.decimals("0.01", 1, places=2)
STEPS = (Step("乱停车", D("0.5"), D(5)), Step("烟头", D("0.2")))
LINE = D("0.9")


def _scored(found: Result) -> float:
    return -1.0 if found.score is None else found.score


def _in_bounds(found: Result) -> None:
    assert 0 <= found.coverage <= 1
    assert (found.score is None) == (found.verdict is Verdict.UNKNOWN)
    assert found.score is None or 0 <= found.score <= 1


# Ratio
@given(part=maybe, whole=maybe, line=lines_of_pass, at_most=st.booleans())
def test_a_share_stays_in_bounds(
    *, part: Decimal | None, whole: Decimal | None, line: Decimal, at_most: bool
) -> None:
    _in_bounds(ratio(part, whole, pass_line=line, at_most=at_most))


@given(numbers, numbers, st.decimals(1, 1000, places=2))
def test_a_larger_part_never_scores_lower(first: Decimal, second: Decimal, more: Decimal) -> None:
    low, high = sorted([first, second])
    scores = [_scored(ratio(part, high + more, pass_line=LINE)) for part in (low, high)]
    assert scores[0] <= scores[1]
    turned = [
        _scored(ratio(part, high + more, pass_line=LINE, at_most=True)) for part in (low, high)
    ]
    assert turned[0] >= turned[1]


@pytest.mark.parametrize(
    ("part", "whole", "reason"),
    [(None, 10, "no_value"), (9, None, "no_value"), (0, 0, "no_share"), (11, 10, "no_share")],
)
def test_a_share_without_sense_is_unknown(part: int | None, whole: int | None, reason: str) -> None:
    found = ratio(
        None if part is None else D(part), None if whole is None else D(whole), pass_line=LINE
    )
    assert (found.verdict, found.reason) == (Verdict.UNKNOWN, reason)


# Trend
@given(values=st.lists(maybe, max_size=5), falling=st.booleans())
def test_a_trend_stays_in_bounds(*, values: list[Decimal | None], falling: bool) -> None:
    _in_bounds(trend(values, falling=falling))


@pytest.mark.parametrize(
    ("values", "verdict", "reason"),
    [
        (["20", "21", "22"], Verdict.MET, "improving"),
        (["20", "20", "22"], Verdict.MET, "improving"),
        (["20", "20", "20"], Verdict.NOT_MET, "not_improving"),
        (["20", "23", "22"], Verdict.NOT_MET, "not_improving"),
        (["20", None, "22"], Verdict.UNKNOWN, "years_missing"),
        (["22"], Verdict.UNKNOWN, "years_missing"),
        ([], Verdict.UNKNOWN, "years_missing"),
    ],
)
def test_three_years_without_a_step_back_are_a_trend(
    values: list[str | None], verdict: Verdict, reason: str
) -> None:
    rising = [None if value is None else D(value) for value in values]
    found = trend(rising, falling=False)
    assert (found.verdict, found.reason) == (verdict, reason)
    turned = [None if value is None else -value for value in rising]
    assert trend(turned, falling=True).verdict is verdict


@given(st.lists(numbers, min_size=3, max_size=3), numbers)
def test_a_better_last_year_never_turns_met_into_not_met(
    values: list[Decimal], more: Decimal
) -> None:
    better = [*values[:-1], values[-1] + more]
    before, after = trend(values, falling=False), trend(better, falling=False)
    assert before.verdict is not Verdict.MET or after.verdict is Verdict.MET
    assert _scored(before) <= _scored(after)


def test_the_target_or_the_trend_is_enough() -> None:
    up, down = [D(20), D(21), D(22)], [D(22), D(21), D(20)]
    reached, missed = threshold(D(24), ">=", D(23)), threshold(D(22), ">=", D(23))
    open_ = threshold(D(22), ">=", None)
    assert trend(down, falling=False, target=reached).verdict is Verdict.MET
    assert trend(up, falling=False, target=missed).reason == "improving"
    assert trend(down, falling=False, target=missed).verdict is Verdict.NOT_MET
    assert trend([None, *down], falling=False, target=missed).verdict is Verdict.UNKNOWN
    assert trend(down, falling=False, target=open_).reason == "no_line"


# Deduction
@given(st.dictionaries(st.sampled_from([step.fault for step in STEPS]), st.integers(0, 500)))
def test_points_left_stay_in_bounds(counts: dict[str, int]) -> None:
    _in_bounds(deduction(dict(counts), STEPS, full=D(100), pass_score=D(85)))


@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500))
def test_more_faults_never_score_higher(first: int, second: int, other: int) -> None:
    few, many = sorted([first, second])
    scores = [
        _scored(deduction({"乱停车": other, "烟头": count}, STEPS, full=D(100), pass_score=D(85)))
        for count in (few, many)
    ]
    assert scores[0] >= scores[1]


def test_a_line_takes_no_more_than_its_most_and_a_gap_leaves_it_open() -> None:
    full = {"full": D(100), "pass_score": D(95)}
    found = deduction({"乱停车": 999, "烟头": 0}, STEPS, **full)
    assert (found.verdict, found.figures["left"]) == (Verdict.MET, "95")
    assert deduction({"乱停车": 999, "烟头": None}, STEPS, **full).verdict is Verdict.UNKNOWN
    assert deduction({"烟头": 3}, STEPS, **full).reason == "faults_unknown"
    assert deduction({}, (), **full).verdict is Verdict.UNKNOWN


# Sample
@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50), lines_of_pass)
def test_a_sample_stays_in_bounds(passed: int, more: int, asked: int, line: Decimal) -> None:
    _in_bounds(sample_rate(passed=passed, sampled=passed + more, asked=asked, pass_line=line))


def test_a_sample_that_is_too_small_says_nothing() -> None:
    small = sample_rate(passed=9, sampled=9, asked=10, pass_line=LINE)
    assert (small.verdict, small.coverage) == (Verdict.UNKNOWN, 0.9)
    verdicts = [
        sample_rate(passed=n, sampled=10, asked=10, pass_line=LINE).verdict for n in range(11)
    ]
    assert verdicts == [Verdict.NOT_MET] * 9 + [Verdict.MET] * 2


# Count in a window
counts = st.lists(st.one_of(st.none(), st.integers(0, 3).map(D)), max_size=4)


@given(counts, st.integers(0, 3))
def test_a_window_stays_in_bounds(values: list[Decimal | None], most: int) -> None:
    _in_bounds(count_in_window(values, months=36, most=most))


@given(counts, st.integers(0, 2), st.integers(0, 3))
def test_more_incidents_never_help(values: list[Decimal | None], most: int, more: int) -> None:
    before = count_in_window(values, months=36, most=most)
    after = count_in_window(values, months=36, most=most, so_far=D(more))
    assert before.verdict is not Verdict.NOT_MET or after.verdict is Verdict.NOT_MET
    assert after.verdict is not Verdict.MET or before.verdict is Verdict.MET


def test_one_silent_year_leaves_a_window_open_but_one_incident_decides() -> None:
    assert count_in_window([D(0), D(0), D(0)], months=36).verdict is Verdict.MET
    assert count_in_window([D(0), None, D(0)], months=36).reason == "window_open"
    assert count_in_window([None, D(1), None], months=36).reason == "too_many"
    assert count_in_window([], months=36).verdict is Verdict.UNKNOWN


# Prerequisite
@pytest.mark.parametrize(
    ("held", "verdict"),
    [(True, Verdict.MET), (False, Verdict.NOT_MET), (None, Verdict.UNKNOWN)],
)
def test_a_title_that_nobody_recorded_is_unknown(*, held: bool | None, verdict: Verdict) -> None:
    found = prerequisite(held=held, title="省级卫生城市")
    assert found.verdict is verdict
    _in_bounds(found)


def test_a_kind_without_inputs_says_so() -> None:
    found = no_inputs("no_sample")
    assert (found.verdict, found.score, found.reason) == (Verdict.UNKNOWN, None, "no_sample")
