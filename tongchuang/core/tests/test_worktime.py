"""Working time: make-up days, the four units, pauses, and what must hold for any limit."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongchuang.core.worktime import (
    Deadline,
    Limit,
    LimitUnit,
    Pause,
    Season,
    WorkCalendar,
    YearDays,
    deadline,
    remaining,
    spent,
)

ZONE = ZoneInfo("Asia/Shanghai")
CITY = WorkCalendar()
SUMMER = ((time(8), time(12)), (time(15), time(18)))
SEASONAL = WorkCalendar(seasons=[Season((6, 1), (9, 30), SUMMER)])
URGENT, HOUR, DAY, CALENDAR = (
    LimitUnit.URGENT_HOUR,
    LimitUnit.WORK_HOUR,
    LimitUnit.WORK_DAY,
    LimitUnit.CALENDAR_DAY,
)
RUNNING = [URGENT, HOUR, DAY, CALENDAR]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def naive(text: str) -> datetime:
    return at(text).replace(tzinfo=None)


def due(start: str, amount: str, unit: LimitUnit, *pauses: Pause) -> datetime:
    return deadline(at(start), Limit(Decimal(amount), unit), pauses=pauses, calendar=CITY).at


moments = st.datetimes(
    naive("2013-01-01"), naive("2026-06-30"), timezones=st.sampled_from([ZONE, UTC])
)
# Tenths, as limits are written: they are whole microseconds in every unit.
amounts = st.integers(0, 300).map(lambda tenths: Decimal(tenths) / 10)
positive = st.integers(1, 300).map(lambda tenths: Decimal(tenths) / 10)
units = st.sampled_from(RUNNING)
calendars = st.sampled_from([CITY, SEASONAL])
lengths = st.timedeltas(timedelta(seconds=1), timedelta(days=20))


@st.composite
def closed_pauses(draw: st.DrawFn) -> list[Pause]:
    begins = draw(st.lists(moments, max_size=4))
    return [(begin, begin + draw(lengths)) for begin in begins]


# Days


@pytest.mark.parametrize("day", ["2016-02-06", "2016-02-14", "2016-06-12", "2015-09-06"])
def test_make_up_weekends_are_working_days(day: str) -> None:
    assert CITY.is_workday(date.fromisoformat(day))


@pytest.mark.parametrize("day", ["2016-02-08", "2016-02-12", "2016-04-04", "2015-09-03"])
def test_national_holidays_on_weekdays_are_not(day: str) -> None:
    assert not CITY.is_workday(date.fromisoformat(day))


def test_weekends_rest_and_weekdays_work() -> None:
    assert not CITY.is_workday(date(2016, 3, 5))
    assert CITY.is_workday(date(2016, 3, 7))


def test_city_may_add_its_own_rest_and_work_days() -> None:
    own = YearDays(frozenset({date(2016, 3, 8)}), frozenset({date(2016, 3, 12)}))
    city = WorkCalendar(years={2016: own})
    assert not city.is_workday(date(2016, 3, 8))
    assert city.is_workday(date(2016, 3, 12))
    assert city.announced(2016)


def test_year_without_a_notice_rests_at_weekends_and_fixed_holidays() -> None:
    assert not CITY.announced(2027)
    assert not CITY.is_workday(date(2027, 10, 1))
    assert CITY.is_workday(date(2027, 10, 8))


# The four units


@pytest.mark.parametrize(
    ("start", "amount", "unit", "expected"),
    [
        ("2016-03-08T14:30", "0.5", URGENT, "2016-03-08T15:00"),
        ("2016-03-08T23:00", "24", URGENT, "2016-03-09T23:00"),
        ("2016-03-08T14:30", "2", HOUR, "2016-03-08T16:30"),
        ("2016-03-08T11:00", "2", HOUR, "2016-03-08T15:30"),
        ("2016-03-08T16:30", "4", HOUR, "2016-03-09T11:30"),
        ("2016-03-08T16:00", "1.5", HOUR, "2016-03-08T17:30"),
        ("2016-02-05T16:30", "4", HOUR, "2016-02-06T11:30"),
        ("2016-02-06T16:30", "4", HOUR, "2016-02-14T11:30"),
        ("2016-03-08T14:30", "1", DAY, "2016-03-09T14:30"),
        ("2016-03-04T16:00", "1", DAY, "2016-03-07T16:00"),
        ("2016-03-08T08:30", "1", DAY, "2016-03-09T08:30"),
        ("2016-03-08T12:10", "1", DAY, "2016-03-09T14:30"),
        ("2016-03-04T20:00", "1", DAY, "2016-03-08T08:30"),
        ("2016-03-05T10:00", "2", DAY, "2016-03-09T08:30"),
        ("2016-02-05T10:00", "2", DAY, "2016-02-14T10:00"),
        ("2016-03-08T14:30", "3", CALENDAR, "2016-03-11T14:30"),
        ("2016-02-05T21:00", "7", CALENDAR, "2016-02-12T21:00"),
    ],
)
def test_limits_end_where_the_office_expects(
    start: str, amount: str, unit: LimitUnit, expected: str
) -> None:
    assert due(start, amount, unit) == at(expected)


def test_fixed_date_ends_with_its_office_hours_whatever_was_paused() -> None:
    paused = [(at("2016-03-09T08:30"), at("2016-03-11T08:30"))]
    limit = Limit.until(date(2016, 3, 15))
    assert deadline(at("2016-03-08T14:30"), limit, pauses=paused, calendar=CITY) == Deadline(
        at("2016-03-15T17:30")
    )


def test_summer_hours_count_a_day_as_a_day() -> None:
    limit = Limit(2, DAY)
    ends = deadline(at("2016-05-31T08:30"), limit, calendar=SEASONAL).at
    assert ends == at("2016-06-02T08:00")


def test_moment_of_another_zone_is_read_on_the_citys_clock() -> None:
    start = datetime(2016, 3, 8, 6, 30, tzinfo=UTC)
    assert deadline(start, Limit(2, HOUR), calendar=CITY).at == at("2016-03-08T16:30")


def test_deadline_through_an_unannounced_year_is_provisional() -> None:
    start = datetime(2026, 12, 30, 9, 0, tzinfo=ZONE)
    assert deadline(start, Limit(10, DAY), calendar=CITY).provisional
    assert not deadline(start, Limit(1, DAY), calendar=CITY).provisional
    assert not deadline(start, Limit(10, CALENDAR), calendar=CITY).provisional


@pytest.mark.parametrize(
    ("start", "limit"),
    [(datetime(1985, 1, 1, tzinfo=ZONE), 1), (datetime(2016, 1, 1, tzinfo=ZONE), 90_000)],
)
def test_outside_the_calendar_is_refused(start: datetime, limit: int) -> None:
    with pytest.raises(ValueError, match="calendar of 1990 to 2099"):
        deadline(start, Limit(limit, DAY), calendar=CITY)


def test_naive_moments_and_negative_limits_are_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        deadline(naive("2016-03-08"), Limit(1, HOUR), calendar=CITY)
    with pytest.raises(ValueError, match="never negative"):
        Limit(-1, HOUR)
    with pytest.raises(ValueError, match="needs the date"):
        Limit(1, LimitUnit.FIXED_DATE)


# Pauses and extensions


def test_pause_gives_back_only_the_office_time_it_took() -> None:
    night = (at("2016-03-08T16:30"), at("2016-03-09T09:30"))
    assert due("2016-03-08T14:30", "4", HOUR, night) == at("2016-03-09T11:30")
    assert due("2016-03-08T14:30", "4", HOUR) == at("2016-03-09T09:30")


def test_overlapping_pauses_count_once() -> None:
    first = (at("2016-03-08T15:00"), at("2016-03-08T16:00"))
    second = (at("2016-03-08T15:30"), at("2016-03-08T17:00"))
    assert due("2016-03-08T14:30", "3", URGENT, second, first) == at("2016-03-08T19:30")


def test_running_pause_stops_the_clock_and_nothing_becomes_overdue() -> None:
    pauses: list[Pause] = [(at("2016-03-08T15:30"), None)]
    ends = deadline(at("2016-03-08T14:30"), Limit(2, HOUR), pauses=pauses, calendar=CITY)
    much_later = at("2016-03-20T10:00")
    assert ends.stopped_at == at("2016-03-08T15:30")
    assert not ends.passed(much_later)
    assert remaining(much_later, ends, HOUR, calendar=CITY) == 1
    assert spent(at("2016-03-08T14:30"), much_later, HOUR, pauses, calendar=CITY) == 1


def test_pause_after_the_deadline_does_not_save_it() -> None:
    late: Pause = (at("2016-03-09T08:30"), None)
    ends = deadline(at("2016-03-08T14:30"), Limit(2, HOUR), pauses=[late], calendar=CITY)
    assert ends == Deadline(at("2016-03-08T16:30"))
    assert ends.passed(at("2016-03-08T16:30:01"))


def test_extension_begins_where_the_limit_ended() -> None:
    limit, more = Limit(3, CALENDAR), [Limit(1, DAY)]
    ends = deadline(at("2016-03-02T20:00"), limit, extensions=more, calendar=CITY)
    assert ends.at == at("2016-03-08T08:30")


def test_remaining_turns_negative_after_the_deadline() -> None:
    ends = Deadline(at("2016-03-08T16:30"))
    assert remaining(at("2016-03-08T14:30"), ends, HOUR, calendar=CITY) == 2
    assert remaining(at("2016-03-09T09:00"), ends, HOUR, calendar=CITY) == Decimal("-1.5")


# What holds for every limit


@given(moments, st.tuples(amounts, amounts), units, calendars, closed_pauses())
def test_longer_limit_never_ends_earlier(
    start: datetime,
    two: tuple[Decimal, Decimal],
    unit: LimitUnit,
    calendar: WorkCalendar,
    pauses: Sequence[Pause],
) -> None:
    short, long = sorted(two)
    early = deadline(start, Limit(short, unit), pauses=pauses, calendar=calendar)
    late = deadline(start, Limit(long, unit), pauses=pauses, calendar=calendar)
    assert start <= early.at <= late.at


@given(moments, lengths, amounts, units, calendars)
def test_later_start_never_ends_earlier(
    start: datetime, later: timedelta, amount: Decimal, unit: LimitUnit, calendar: WorkCalendar
) -> None:
    limit = Limit(amount, unit)
    first = deadline(start, limit, calendar=calendar).at
    assert first <= deadline(start + later, limit, calendar=calendar).at


@given(moments, positive, lengths, st.floats(0, 0.99))
def test_pause_pushes_an_urgent_limit_by_its_own_length(
    start: datetime, hours: Decimal, length: timedelta, share: float
) -> None:
    begin = start + timedelta(hours=float(hours)) * share
    limit = Limit(hours, URGENT)
    paused = deadline(start, limit, pauses=[(begin, begin + length)], calendar=CITY).at
    assert paused - deadline(start, limit, calendar=CITY).at == length


@given(moments, positive, units, calendars, closed_pauses())
def test_by_the_deadline_exactly_the_limit_is_spent(
    start: datetime,
    amount: Decimal,
    unit: LimitUnit,
    calendar: WorkCalendar,
    pauses: Sequence[Pause],
) -> None:
    ends = deadline(start, Limit(amount, unit), pauses=pauses, calendar=calendar).at
    assert abs(spent(start, ends, unit, pauses, calendar=calendar) - amount) <= Decimal("1e-9")


@given(moments, amounts, st.sampled_from([HOUR, DAY]), calendars, closed_pauses())
def test_office_limits_end_in_office_hours(
    start: datetime,
    amount: Decimal,
    unit: LimitUnit,
    calendar: WorkCalendar,
    pauses: Sequence[Pause],
) -> None:
    ends = deadline(start, Limit(amount, unit), pauses=pauses, calendar=calendar).at
    assert calendar.is_open(ends)


@given(moments)
def test_limit_of_nothing_ends_at_once_or_when_the_office_opens(start: datetime) -> None:
    opens = deadline(start, Limit(0, HOUR), calendar=CITY).at
    assert opens == CITY.next_open(start)
    assert opens == start or not CITY.is_open(start)
    assert deadline(start, Limit(0, URGENT), calendar=CITY).at == start


@given(moments, moments, moments, units, closed_pauses())
@settings(max_examples=50)
def test_time_spent_adds_up(
    one: datetime, two: datetime, three: datetime, unit: LimitUnit, pauses: Sequence[Pause]
) -> None:
    a, b, c = sorted([one, two, three])
    parts = spent(a, b, unit, pauses, calendar=CITY) + spent(b, c, unit, pauses, calendar=CITY)
    assert abs(parts - spent(a, c, unit, pauses, calendar=CITY)) < Decimal("1e-15")
