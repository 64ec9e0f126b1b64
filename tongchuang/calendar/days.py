"""The days of a page: which are worked, which rest, and the name of a holiday."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from chinese_calendar import constants
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tongchuang.core.calendars import city_calendar

# The national calendar names holidays in English; the city's own year files name none.
_HOLIDAYS: dict[str, str | Promise] = {
    "New Year's Day": _("元旦"),
    "Spring Festival": _("春节"),
    "Tomb-sweeping Day": _("清明节"),
    "Labour Day": _("劳动节"),
    "Dragon Boat Festival": _("端午节"),
    "Mid-autumn Festival": _("中秋节"),
    "National Day": _("国庆节"),
    "Anti-Fascist 70th Day": _("抗战胜利纪念日"),
}
WEEKDAYS = (
    _("周一"),
    _("周二"),
    _("周三"),
    _("周四"),
    _("周五"),
    _("周六"),
    _("周日"),
)


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the calendar: `worked` by the city's calendar, `make_up` at a weekend."""

    day: date
    worked: bool
    holiday: str | Promise
    announced: bool

    @property
    def make_up(self) -> bool:
        """A Saturday or Sunday that is worked."""
        return self.worked and self.day.weekday() > 4

    @property
    def weekday(self) -> str | Promise:
        """周一 … 周日."""
        return WEEKDAYS[self.day.weekday()]


def day_of(day: date) -> Day:
    """What the calendar says of one day."""
    calendar = city_calendar()
    worked = calendar.is_workday(day)
    name = "" if worked else _HOLIDAYS.get(str(constants.holidays.get(day, "")), "")
    return Day(day, worked, name, calendar.announced(day.year))


def days_of(mondays: Iterable[date]) -> list[list[Day]]:
    """The seven days of each week."""
    return [[day_of(monday + timedelta(days=n)) for n in range(7)] for monday in mondays]


def is_rest_day(day: date) -> bool:
    """Whether the office does not work on that day."""
    return not city_calendar().is_workday(day)
