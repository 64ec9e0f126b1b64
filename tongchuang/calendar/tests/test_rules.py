from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tongchuang.calendar.rules import (
    Call,
    after_gate,
    capacity,
    double_booked,
    load_state,
    meetings_of,
    meets,
    month_weeks,
    share_week,
    spread,
    week_of,
    weeks_touched,
)

DAYS = st.dates(date(2015, 1, 1), date(2020, 12, 31))
KEYS = st.frozensets(st.integers(1, 4), max_size=3)
STATES = ["calm", "full", "over"]


@st.composite
def calls(draw: st.DrawFn) -> Call:
    first = draw(st.dates(date(2016, 3, 1), date(2016, 3, 31)))
    return Call(
        key=draw(st.sampled_from("abcdefgh")),
        campaigns=draw(KEYS),
        first=first,
        last=first + timedelta(days=draw(st.integers(0, 15))),
        units=draw(KEYS),
        sites=draw(KEYS),
        people=draw(KEYS),
    )


@given(DAYS)
def test_a_month_is_shown_in_whole_weeks_that_hold_all_its_days(day: date) -> None:
    mondays = month_weeks(day)
    shown = {monday + timedelta(days=n) for monday in mondays for n in range(7)}
    month = [
        d
        for d in (day.replace(day=1) + timedelta(days=n) for n in range(31))
        if d.month == day.month
    ]
    assert shown.issuperset(month)
    assert all(any((m + timedelta(days=n)).month == day.month for n in range(7)) for m in mondays)


@given(DAYS, st.integers(0, 60))
def test_the_weeks_touched_begin_and_end_with_the_days(first: date, days: int) -> None:
    weeks = weeks_touched(first, first + timedelta(days=days))
    assert weeks[0] == week_of(first)
    assert weeks[-1] == week_of(first + timedelta(days=days))


@given(st.integers(0, 500), st.integers(1, 20))
def test_what_is_spread_over_weeks_stays_whole_and_nearly_even(number: int, parts: int) -> None:
    shares = spread(number, parts)
    assert sum(shares) == number
    assert max(shares) - min(shares) <= 1


@given(
    st.integers(0, 50),
    st.integers(0, 50),
    st.decimals(0, 40, places=1),
    st.decimals(1, 3, places=2),
    st.integers(0, 9),
)
def test_a_matter_more_never_lowers_the_state(
    number: int, more: int, line: Decimal, over: Decimal, least: int
) -> None:
    before = load_state(number, line, over_share=over, least=least)
    after = load_state(number + more, line, over_share=over, least=least)
    assert STATES.index(after) >= STATES.index(before)


def test_without_a_line_nothing_is_judged() -> None:
    assert load_state(99, None, over_share=Decimal("1.25"), least=1) == "unknown"
    assert capacity([0, 0, 5, 0, 0, 0, 0, 0], least_weeks=2) is None
    assert capacity([], least_weeks=1) is None


@given(st.lists(st.integers(0, 30), min_size=4, max_size=12))
def test_the_line_lies_between_the_least_and_the_most_that_was_done(done: list[int]) -> None:
    line = capacity(done, least_weeks=1)
    if line is not None:
        assert min(done) <= line <= max(done)
    assert (line is None) == (not any(done))


@given(calls(), calls())
def test_a_clash_is_the_same_from_both_sides(one: Call, other: Call) -> None:
    assert meets(one, other) == meets(other, one)
    assert share_week(one, other) == share_week(other, one)


@given(st.lists(calls(), max_size=8))
def test_order_changes_no_clash_and_a_call_more_removes_none(listed: list[Call]) -> None:
    unique = list({call.key: call for call in listed}.values())

    def found(some: list[Call]) -> set[frozenset[str]]:
        return {frozenset({a.key, b.key}) for a, b, _how in meetings_of(some)}

    assert found(unique) == found(unique[::-1])
    assert found(unique[:-1]) <= found(unique)


@given(st.lists(calls(), max_size=8))
def test_nobody_is_double_booked_on_different_days(listed: list[Call]) -> None:
    for a, b, people in double_booked({call.key: call for call in listed}.values()):
        assert people
        assert max(a.first, b.first) <= min(a.last, b.last)


def test_one_campaign_does_not_clash_with_itself() -> None:
    day = date(2016, 3, 21)
    one = Call("a", frozenset({1}), day, day, frozenset({7}))
    same = Call("b", frozenset({1, 2}), day, day, frozenset({7}))
    assert meets(one, same) is None
    assert meets(one, Call("c", frozenset({2}), day, day, frozenset({7}))) == "unit"


@given(DAYS, st.lists(DAYS, max_size=5))
def test_the_gate_that_is_missed_is_the_first_before_the_day(day: date, gates: list[date]) -> None:
    missed = after_gate(day, gates)
    earlier = [gate for gate in gates if gate < day]
    assert missed == (min(earlier) if earlier else None)
