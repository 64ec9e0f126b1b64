"""The days of a rhythm, follow-up of rulings, the order of an agenda, legal basis."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongchuang.meetings.rules import due_days, follow_up, middle, moved, read_basis, share

days = st.dates(date(2015, 1, 1), date(2017, 12, 31))


def _weekday(day: date) -> bool:
    return day.weekday() < 5


def test_a_weekly_meeting_falls_on_its_weekday() -> None:
    found = due_days(
        "weekly", 1, first=date(2016, 3, 1), last=date(2016, 3, 31), is_workday=_weekday
    )
    assert found == [date(2016, 3, day) for day in (7, 14, 21, 28)]


def test_a_monthly_meeting_on_a_rest_day_moves_to_the_next_working_day() -> None:
    found = due_days(
        "monthly", 5, first=date(2016, 3, 1), last=date(2016, 3, 31), is_workday=_weekday
    )
    assert found == [date(2016, 3, 7)]  # the 5th is a Saturday


def test_a_week_of_holidays_has_no_meeting() -> None:
    holidays = {date(2016, 2, day) for day in range(7, 14)}
    found = due_days(
        "weekly",
        1,
        first=date(2016, 2, 1),
        last=date(2016, 2, 20),
        is_workday=lambda day: day not in holidays,
    )
    assert found == [date(2016, 2, 1), date(2016, 2, 15)]


def test_on_demand_there_is_no_rhythm() -> None:
    assert not due_days(
        "demand", None, first=date(2016, 3, 1), last=date(2016, 3, 31), is_workday=_weekday
    )


@given(
    first=days,
    length=st.integers(0, 90),
    day=st.integers(1, 7),
    rhythm=st.sampled_from(["weekly", "monthly"]),
)
def test_due_days_lie_in_the_span_on_working_days_and_rise(
    first: date, length: int, day: int, rhythm: str
) -> None:
    last = first + timedelta(days=length)
    found = due_days(rhythm, day, first=first, last=last, is_workday=_weekday)
    assert all(first <= one <= last and _weekday(one) for one in found)
    assert found == sorted(set(found))


@given(first=days, cut=st.integers(0, 40), day=st.integers(1, 7))
def test_laying_out_twice_finds_no_other_days(first: date, cut: int, day: int) -> None:
    last = first + timedelta(days=60)
    whole = due_days("weekly", day, first=first, last=last, is_workday=_weekday)
    later = first + timedelta(days=cut)
    assert due_days("weekly", day, first=later, last=last, is_workday=_weekday) == [
        one for one in whole if one >= later
    ]


@pytest.mark.parametrize(
    ("status", "due", "state"),
    [
        ("running", date(2016, 3, 8), "running"),
        ("running", date(2016, 3, 7), "late"),
        ("blocked", date(2016, 3, 7), "late"),
        ("submitted", date(2016, 3, 7), "late"),
        ("accepted", date(2016, 3, 7), "done"),
        ("cancelled", date(2016, 3, 7), "dropped"),
    ],
)
def test_a_ruling_stands_as_its_task_does(status: str, due: date, state: str) -> None:
    assert follow_up(status, due_on=due, on=date(2016, 3, 8)) == state


@given(keys=st.lists(st.integers(), unique=True, min_size=1), up=st.booleans())
def test_moving_an_item_loses_none(keys: list[int], up: bool) -> None:  # noqa: FBT001 -- hypothesis
    assert sorted(moved(keys, keys[0], up=up)) == sorted(keys)
    assert moved([1, 2, 3], 3, up=True) == [1, 3, 2]
    assert moved([1, 2, 3], 1, up=True) == [1, 2, 3]


def test_a_legal_basis_is_law_and_article() -> None:
    text = "《城市市容和环境卫生管理条例》第十四条\n\n 《中华人民共和国食品安全法》 "
    assert read_basis(text) == [
        {"law": "城市市容和环境卫生管理条例", "article": "第十四条"},
        {"law": "中华人民共和国食品安全法", "article": ""},
    ]


@pytest.mark.parametrize("line", ["食品安全法第三条", "《食品安全法》有关规定", "《》第一条"])
def test_a_basis_that_names_no_law_is_refused_with_its_line(line: str) -> None:
    with pytest.raises(ValueError, match=line):
        read_basis(f"《物业管理条例》\n{line}")


def test_nothing_measured_is_unknown_not_zero() -> None:
    assert share(0, 0) is None
    assert middle([]) is None
    assert middle([3, 1, 8]) == 3
