"""A month or a week of events, laid out for the page; nothing here asks the database."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tongchuang.calendar.days import Day, days_of
from tongchuang.calendar.queries import Event

MOST_IN_A_DAY = 4
MOST_SPANS = 4


@dataclass(frozen=True, slots=True)
class Box:
    """One day with its events; of a month view at most `MOST_IN_A_DAY` are `shown`."""

    day: Day
    inside: bool
    today: bool
    events: list[Event]

    @property
    def shown(self) -> list[Event]:
        """What a month has room for."""
        fits = len(self.events) <= MOST_IN_A_DAY
        return self.events if fits else self.events[: MOST_IN_A_DAY - 1]

    @property
    def more(self) -> int:
        """How many events the month view does not show."""
        return len(self.events) - len(self.shown)


@dataclass(frozen=True, slots=True)
class Span:
    """An event of several days within one week: columns before it, under it, after it."""

    event: Event
    before: int
    length: int

    @property
    def after(self) -> int:
        """Columns that are left."""
        return 7 - self.before - self.length


@dataclass(frozen=True, slots=True)
class WeekRow:
    """One week: what lasts longer than a day on top, the days below."""

    monday: date
    spans: list[Span]
    more_spans: int
    boxes: list[Box]


def weeks_of(
    mondays: Sequence[date], events: Iterable[Event], *, month: int | None, today: date
) -> list[WeekRow]:
    """The weeks with their events; days outside `month` are marked, with None none is."""
    by_day: dict[date, list[Event]] = defaultdict(list)
    lasting = []
    for event in events:
        if event.lasts:
            lasting.append(event)
        else:
            by_day[event.day].append(event)
    rows = []
    for monday, days in zip(mondays, days_of(mondays), strict=True):
        spans = [s for s in (_span(event, monday) for event in lasting) if s]
        boxes = [Box(d, month in {None, d.day.month}, d.day == today, by_day[d.day]) for d in days]
        rows.append(WeekRow(monday, spans[:MOST_SPANS], max(len(spans) - MOST_SPANS, 0), boxes))
    return rows


def _span(event: Event, monday: date) -> Span | None:
    sunday = monday + timedelta(days=6)
    first, last = max(event.day, monday), min(event.until, sunday)
    if first > last:
        return None
    return Span(event, (first - monday).days, (last - first).days + 1)
