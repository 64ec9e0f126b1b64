"""The calendar files of the city, and limits in words."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tongchuang.core.calendars import city_calendar, load_calendar
from tongchuang.core.worktime import Deadline, Limit, LimitUnit
from tongchuang.core.worktime_words import deadline_words, left_words, limit_words

ZONE = ZoneInfo("Asia/Shanghai")
OFFICE = 'hours: ["08:30-12:00", "14:30-17:30"]\n'


def test_shipped_calendar_knows_what_is_not_announced() -> None:
    city = city_calendar()
    assert city.announced(2026)
    assert not city.announced(2027)
    assert not city.is_workday(date(2027, 2, 8))
    assert city.is_workday(date(2027, 2, 9))


def test_city_can_give_seasons_and_an_announced_year(tmp_path: Path) -> None:
    season = '{first: "06-01", last: "09-30", hours: ["08:00-12:00", "15:00-18:00"]}'
    (tmp_path / "office.yaml").write_text(OFFICE + f"seasons: [{season}]")
    (tmp_path / "2027.yaml").write_text("announced: true\nwork_days: [2027-02-20]")
    city = load_calendar(tmp_path)
    assert city.announced(2027)
    assert city.is_workday(date(2027, 2, 20))
    assert city.close_of(date(2027, 7, 1)) == datetime(2027, 7, 1, 18, tzinfo=ZONE)


@pytest.mark.parametrize(
    "content",
    [
        "rest_days: [2026-05-01]",
        "rest_days: [初一]",
        "rest_days: [2027-05-04]\nwork_days: [2027-05-04]",
        "- nothing",
    ],
)
def test_file_that_makes_no_sense_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "office.yaml").write_text(OFFICE)
    (tmp_path / "2027.yaml").write_text(content)
    with pytest.raises(ValueError, match=r"2027\.yaml"):
        load_calendar(tmp_path)


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (Limit(4, LimitUnit.WORK_HOUR), "4 工时"),
        (Limit(Decimal("0.5"), LimitUnit.URGENT_HOUR), "0.5 紧急工时"),
        (Limit(10, LimitUnit.WORK_DAY), "10 个工作日"),
        (Limit(3, LimitUnit.CALENDAR_DAY), "3 天"),
        (Limit.until(date(2016, 3, 15)), "3月15日前"),
    ],
)
def test_limits_read_as_people_write_them(limit: Limit, words: str) -> None:
    assert limit_words(limit) == words


def test_what_is_left_says_whether_it_is_overdue() -> None:
    assert left_words(Decimal("1.26"), LimitUnit.WORK_HOUR) == "剩余 1.3 工时"
    assert left_words(Decimal(-2), LimitUnit.CALENDAR_DAY) == "已超时 2 天"


def test_remarks_on_a_deadline_are_given_in_words() -> None:
    at = datetime(2027, 2, 8, 9, tzinfo=ZONE)
    assert deadline_words(Deadline(at)) == ""
    remarks = deadline_words(Deadline(at, provisional=True, stopped_at=at))
    assert remarks == "计时已暂停；暂定：2027年放假安排尚未公布"
