"""Time limits in the four units of the office, by the Chinese calendar with make-up days.

Everything here is a pure function of its arguments: the same start, limit, pauses and calendar
give the same deadline for ever, so that any case can be replayed. The calendar in use comes from
`tongchuang.core.calendars.city_calendar()`.

How time is counted: each unit has a clock that only runs while it should (day and night, in
office hours, …). A moment is turned into a position on that clock, the limit is added, and the
position is turned back into a moment that shows it. See docs/adr/0006-working-time.md.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import accumulate
from math import lcm
from zoneinfo import ZoneInfo

from chinese_calendar import constants

FIRST_YEAR, LAST_YEAR = 1990, 2099
_FIRST_DAY = date(FIRST_YEAR, 1, 1).toordinal()
_HOUR = 3_600_000_000  # microseconds
_DAY = 24 * _HOUR
_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NATIONAL_YEARS = range(min(constants.holidays).year, max(constants.holidays).year + 1)

Pause = tuple[datetime, datetime | None]
"""From when until when a clock stood still; `None` while it still does."""

Hours = tuple[tuple[time, time], ...]
"""The office hours of one day, in order."""

OFFICE_HOURS: Hours = ((time(8, 30), time(12)), (time(14, 30), time(17, 30)))


class LimitUnit(StrEnum):
    """What a limit is counted in (GB/T 30428.8 calls the first three 紧急工时, 工时, 工作日)."""

    URGENT_HOUR = "urgent_hour"
    WORK_HOUR = "work_hour"
    WORK_DAY = "work_day"
    CALENDAR_DAY = "calendar_day"
    FIXED_DATE = "fixed_date"


@dataclass(frozen=True, slots=True)
class Limit:
    """How long something may take: `amount` of `unit`, or until the close of `on`."""

    amount: Decimal | int
    unit: LimitUnit
    on: date | None = None

    def __post_init__(self) -> None:
        if self.amount < 0:
            raise ValueError("A limit is never negative.")
        if (self.unit == LimitUnit.FIXED_DATE) != (self.on is not None):
            raise ValueError("A fixed date, and nothing else, needs the date.")

    @classmethod
    def until(cls, on: date) -> "Limit":
        """A limit that ends with the office hours of one day."""
        return cls(0, LimitUnit.FIXED_DATE, on)


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a limit ends.

    `provisional`: counted through a year whose holidays are not announced yet.
    `stopped_at`: the clock stands still since then; `at` is the earliest it can still become.
    """

    at: datetime
    provisional: bool = False
    stopped_at: datetime | None = None

    def passed(self, now: datetime) -> bool:
        """Whether it is overdue at `now`; never while the clock stands still."""
        return self.stopped_at is None and now > self.at


@dataclass(frozen=True, slots=True)
class Season:
    """Office hours between two days of every year (month, day), both included."""

    first: tuple[int, int]
    last: tuple[int, int]
    hours: Hours

    def covers(self, day: date) -> bool:
        """Whether the day lies in the season; a season may run over New Year."""
        today = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= today <= self.last
        return today >= self.first or today <= self.last


@dataclass(frozen=True, slots=True)
class YearDays:
    """What one calendar file says of a year, over the national calendar."""

    rest_days: frozenset[date] = frozenset()
    work_days: frozenset[date] = frozenset()
    announced: bool | None = None
    """Whether the State Council's notice is in it; `None` leaves that to the national calendar."""


@dataclass(frozen=True, slots=True)
class _DayHours:
    """Office hours of a day in microseconds, with what makes every day equally long in ticks."""

    spans: tuple[tuple[int, int], ...]
    total: int

    def worked(self, since_midnight: int) -> int:
        """Working time of the day before a moment of it."""
        return sum(min(max(since_midnight - a, 0), b - a) for a, b in self.spans)

    def moment(self, worked: int) -> int:
        """The earliest moment of the day by which so much was worked."""
        for a, b in self.spans:
            if worked <= b - a:
                return a + worked
            worked -= b - a
        raise AssertionError("more than a day's work in one day")


def _day_hours(hours: Hours) -> _DayHours:
    spans = tuple((_since_midnight(a), _since_midnight(b)) for a, b in hours)
    edges = [edge for span in spans for edge in span]
    if not spans or edges != sorted(set(edges)):
        raise ValueError("Office hours must follow one another and not be empty.")
    return _DayHours(spans, sum(b - a for a, b in spans))


def _since_midnight(clock: time) -> int:
    return ((clock.hour * 60 + clock.minute) * 60 + clock.second) * 1_000_000 + clock.microsecond


@dataclass(eq=False)
class WorkCalendar:
    """Which days a city works and at which hours, from 1990 to 2099.

    National holidays and make-up days come from `chinese_calendar`, `years` corrects them, and a
    year that neither knows is filled with weekdays less the holidays that fall on fixed dates.
    """

    hours: Hours = OFFICE_HOURS
    seasons: Sequence[Season] = ()
    years: dict[int, YearDays] = field(default_factory=dict)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))

    def __post_init__(self) -> None:
        usual = _day_hours(self.hours)
        special = [(season, _day_hours(season.hours)) for season in self.seasons]
        days = [
            date.fromordinal(n) for n in range(_FIRST_DAY, date(LAST_YEAR + 1, 1, 1).toordinal())
        ]
        works = [self._works(day) for day in days]
        hours = [next((h for s, h in special if s.covers(day)), usual) for day in days]
        ticks = lcm(usual.total, *(h.total for _, h in special))
        time_in = [h.total if w else 0 for w, h in zip(works, hours, strict=True)]
        self._works_on = works
        self._hours_on = hours
        self._ticks = ticks
        self._time_before = list(accumulate(time_in, initial=0))
        self._days_before = list(accumulate(works, initial=0))

    def is_workday(self, day: date) -> bool:
        """Whether the office works on that day; make-up Saturdays and Sundays count."""
        return self._works_on[self._row(day)]

    def announced(self, year: int) -> bool:
        """Whether the holidays of the year are known, not guessed."""
        said = self.years[year].announced if year in self.years else None
        return year in _NATIONAL_YEARS if said is None else said

    def is_open(self, moment: datetime) -> bool:
        """Whether the office works at that moment."""
        local = self.local(moment)
        spans = self._hours_on[self._row(local.date())].spans
        inside = any(a <= _since_midnight(local.time()) <= b for a, b in spans)
        return inside and self.is_workday(local.date())

    def next_open(self, moment: datetime) -> datetime:
        """The moment itself, or the next at which the office works."""
        local = self.local(moment)
        row, since = self._row(local.date()), _since_midnight(local.time())
        if self._works_on[row]:
            for a, b in self._hours_on[row].spans:
                if since < b:
                    return self._moment(row, max(since, a))
        row = self._found(bisect_left(self._days_before, self._days_before[row + 1] + 1) - 1)
        return self._moment(row, self._hours_on[row].spans[0][0])

    def close_of(self, day: date) -> datetime:
        """When the office hours of a day end, were it a working day."""
        row = self._row(day)
        return self._moment(row, self._hours_on[row].spans[-1][1])

    def local(self, moment: datetime) -> datetime:
        """The moment on the city's clock. Raises `ValueError` when it names no zone."""
        if moment.tzinfo is None:
            raise ValueError("A moment without a time zone cannot be counted.")
        return moment if moment.tzinfo is self.zone else moment.astimezone(self.zone)

    # Tables, one row a day since 1990-01-01; filled in __post_init__.
    _works_on: list[bool] = field(init=False, repr=False)
    _hours_on: list[_DayHours] = field(init=False, repr=False)
    _ticks: int = field(init=False, repr=False)
    _time_before: list[int] = field(init=False, repr=False)
    _days_before: list[int] = field(init=False, repr=False)

    def _works(self, day: date) -> bool:
        own = self.years.get(day.year)
        if own and day in own.rest_days:
            return False
        if own and day in own.work_days:
            return True
        if day.year in _NATIONAL_YEARS:
            # `chinese_calendar.is_workday` asks the same, a hundred times more slowly.
            rests = day in constants.holidays or day.weekday() > 4
            return day in constants.workdays or not rests
        return day.weekday() < 5 and (day.month, day.day) not in _FIXED_HOLIDAYS

    def _row(self, day: date) -> int:
        row = day.toordinal() - _FIRST_DAY
        if not 0 <= row < len(self._works_on):
            raise ValueError(f"{day} is outside the calendar of {FIRST_YEAR} to {LAST_YEAR}.")
        return row

    def _moment(self, row: int, since_midnight: int) -> datetime:
        day = date.fromordinal(_FIRST_DAY + row)
        midnight = datetime(day.year, day.month, day.day, tzinfo=self.zone)
        return midnight + timedelta(microseconds=since_midnight)

    def _position(self, moment: datetime, unit: LimitUnit) -> int:
        """How far the unit's clock has run at the moment."""
        if unit not in _OFFICE_UNITS:
            return (moment - _EPOCH) // _MICROSECOND
        local = self.local(moment)
        row = self._row(local)
        hours = self._hours_on[row]
        worked = hours.worked(_since_midnight(local.time())) if self._works_on[row] else 0
        if unit == LimitUnit.WORK_HOUR:
            return self._time_before[row] + worked
        return self._days_before[row] * self._ticks + worked * (self._ticks // hours.total)

    def _moment_at(self, position: int, unit: LimitUnit) -> datetime:
        """The earliest moment at which the unit's clock shows `position`."""
        if unit not in _OFFICE_UNITS:
            return (_EPOCH + timedelta(microseconds=position)).astimezone(self.zone)
        if unit == LimitUnit.WORK_HOUR:
            row = self._found(bisect_left(self._time_before, position) - 1)
            worked = position - self._time_before[row]
        else:
            row = self._found(bisect_left(self._days_before, -(-position // self._ticks)) - 1)
            ticks = position - self._days_before[row] * self._ticks
            worked = -(-ticks * self._hours_on[row].total // self._ticks)
        return self._moment(row, self._hours_on[row].moment(worked))

    def _found(self, row: int) -> int:
        if not 0 <= row < len(self._works_on):
            raise ValueError(f"The limit runs out of the calendar of {FIRST_YEAR} to {LAST_YEAR}.")
        return row

    def _per_unit(self, unit: LimitUnit) -> int:
        if unit == LimitUnit.WORK_DAY:
            return self._ticks
        return _HOUR if unit in {LimitUnit.URGENT_HOUR, LimitUnit.WORK_HOUR} else _DAY


_OFFICE_UNITS = frozenset({LimitUnit.WORK_HOUR, LimitUnit.WORK_DAY})
# New Year, Labour Day, National Day: the holidays whose date needs no lunar calendar
# (全国年节及纪念日放假办法, State Council Decree 795 of 2024, article 2).
_FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})


def deadline(
    start: datetime,
    limit: Limit,
    *,
    calendar: WorkCalendar,
    pauses: Iterable[Pause] = (),
    extensions: Iterable[Limit] = (),
) -> Deadline:
    """When `limit`, begun at `start`, ends; each extension begins where the limit so far ended.

    Time inside a pause does not count. A limit of nothing ends at `start`, or for office units at
    the next moment the office works. Work hours may end with the office's hours (17:30); work days
    end at the clock time they began, so there the next opening counts (8:30). A fixed date ignores
    pauses and ends with that day's hours.
    """
    stops = _merged(pauses)
    reached = _leg(start, limit, calendar, stops)
    for extension in extensions:
        if reached.stopped_at is not None and extension.unit != LimitUnit.FIXED_DATE:
            later = _leg(reached.at, extension, calendar, [])
            reached = Deadline(later.at, later.provisional, reached.stopped_at)
        else:
            reached = _leg(reached.at, extension, calendar, stops)
    provisional = reached.provisional or _guessed(calendar, start, reached.at, limit.unit)
    return Deadline(reached.at, provisional, reached.stopped_at)


def spent(
    start: datetime,
    end: datetime,
    unit: LimitUnit,
    pauses: Iterable[Pause] = (),
    *,
    calendar: WorkCalendar,
) -> Decimal:
    """How much of `unit` ran from `start` to `end` outside the pauses; 0 when `end` is earlier."""
    if end <= start:
        return Decimal(0)
    ran = calendar._position(end, unit) - calendar._position(start, unit)
    for begin, stop in _merged(pauses):
        a, b = max(begin, start), end if stop is None else min(stop, end)
        if a < b:
            ran -= calendar._position(b, unit) - calendar._position(a, unit)
    return Decimal(ran) / calendar._per_unit(unit)


def remaining(
    now: datetime,
    due: Deadline,
    unit: LimitUnit,
    pauses: Iterable[Pause] = (),
    *,
    calendar: WorkCalendar,
) -> Decimal:
    """How much of `unit` is left at `now`; negative is how much it is overdue."""
    seen = now if due.stopped_at is None else min(now, due.stopped_at)
    if seen <= due.at:
        return spent(seen, due.at, unit, pauses, calendar=calendar)
    return -spent(due.at, seen, unit, pauses, calendar=calendar)


def _leg(start: datetime, limit: Limit, calendar: WorkCalendar, stops: list[Pause]) -> Deadline:
    """One limit without extensions, the pauses in order and apart."""
    if limit.on is not None:
        return Deadline(calendar.close_of(limit.on))
    position = calendar._position(start, limit.unit)
    target = position + int(limit.amount * calendar._per_unit(limit.unit))
    stopped_at = None
    for begin, end in stops:
        if end is not None and end <= start:
            continue
        a = calendar._position(max(begin, start), limit.unit)
        if a >= target:
            break
        if end is None:
            stopped_at = max(begin, start)
            break
        target += calendar._position(end, limit.unit) - a
    at = calendar.local(start) if target == position else calendar._moment_at(target, limit.unit)
    if limit.unit == LimitUnit.WORK_DAY or (target == position and limit.unit in _OFFICE_UNITS):
        at = calendar.next_open(at)
    return Deadline(at, _guessed(calendar, start, at, limit.unit), stopped_at)


def _merged(pauses: Iterable[Pause]) -> list[Pause]:
    """The pauses in order, those that touch or overlap made one; empty ones dropped."""
    return list(_joined(sorted((p for p in pauses if p[1] is None or p[0] < p[1]), key=_begin)))


def _joined(ordered: Sequence[Pause]) -> Iterator[Pause]:
    if not ordered:
        return
    begin, end = ordered[0]
    for next_begin, next_end in ordered[1:]:
        if end is None or next_begin <= end:
            end = None if end is None or next_end is None else max(end, next_end)
        else:
            yield begin, end
            begin, end = next_begin, next_end
    yield begin, end


def _begin(pause: Pause) -> datetime:
    return pause[0]


def _guessed(calendar: WorkCalendar, start: datetime, end: datetime, unit: LimitUnit) -> bool:
    """Whether office time was counted in a year whose holidays are not announced."""
    if unit not in _OFFICE_UNITS:
        return False
    years = range(calendar.local(start).year, calendar.local(end).year + 1)
    return not all(calendar.announced(year) for year in years)
