"""Bars on an axis of time, as shapes for an SVG: as issued, as it stands, how much is done.

The caller gives one window of rows; the axis is that of the whole plan, so that windows line up.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

WIDTH, LEFT, MARGIN = 1184, 300, 12
TOP, ROW = 34, 26
BAR_Y, BAR_H, BASE_Y, BASE_H = 6, 10, 18, 3
CHARACTERS = 19  # of a title before it is cut; the whole title is in the tooltip and the table


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: dates as they stand, `issued` as first set, `share` done in [0, 1].

    `state` is ok, run, due, bad or na; `words` say the state; `depth` 1 for a part of a task.
    """

    key: int
    title: str
    url: str
    note: str
    starts_on: date
    due_on: date
    share: float
    state: str
    words: str
    issued: tuple[date, date] | None = None
    depth: int = 0

    @property
    def moved(self) -> int:
        """Days by which the end stands later than issued; negative is earlier."""
        return (self.due_on - self.issued[1]).days if self.issued else 0


@dataclass(frozen=True, slots=True)
class Shape:
    """A bar in px: where it stands, how far it is filled, where it stood when issued."""

    bar: Bar
    y: float
    x: float
    width: float
    filled: float
    issued_x: float | None
    issued_width: float

    @property
    def text(self) -> str:
        """The title as far as there is room."""
        room = CHARACTERS - self.bar.depth
        title = self.bar.title
        return title if len(title) <= room else f"{title[: room - 1]}…"


@dataclass(frozen=True, slots=True)
class Line:
    """An upright line with a word: a month, a gate, today."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Gantt:
    """Everything that the template draws, in px; narrower than `least_width` it scrolls."""

    width: int
    height: float
    ticks: list[Line]
    gates: list[Line]
    shapes: list[Shape]
    links: list[str]
    today_x: float | None

    @property
    def least_width(self) -> int:
        """Below this the words would be too small to read."""
        return round(self.width * 0.77)


def draw(
    bars: Sequence[Bar],
    *,
    on: date,
    first: date,
    last: date,
    links: Iterable[tuple[int, int]] = (),
    gates: Iterable[tuple[date, str]] = (),
    width: int = WIDTH,
    left: int = LEFT,
) -> Gantt:
    """Lay out one window of rows on the axis from `first` to `last`.

    `links` are (before, after); a link to a row outside the window is left to the table.
    """
    axis = _Axis(first, max(last, first + timedelta(days=27)), left, width - MARGIN)
    shapes = [_shape(bar, TOP + n * ROW, axis) for n, bar in enumerate(bars)]
    by_key = {shape.bar.key: shape for shape in shapes}
    return Gantt(
        width=width,
        height=TOP + len(bars) * ROW + 8,
        ticks=axis.ticks(),
        gates=[Line(axis.x(day), words) for day, words in gates if axis.holds(day)],
        shapes=shapes,
        links=[
            _elbow(by_key[before], by_key[after])
            for before, after in links
            if before in by_key and after in by_key
        ],
        today_x=axis.x(on) if axis.holds(on) else None,
    )


class _Axis:
    """Days to px, from the first of a month to the end of one."""

    def __init__(self, first: date, last: date, left: int, right: int) -> None:
        self.left = left
        self.first = first.replace(day=1)
        self.last = (last.replace(day=1) + timedelta(days=31)).replace(day=1)
        self.unit = (right - left) / (self.last - self.first).days

    def holds(self, day: date) -> bool:
        return self.first <= day < self.last

    def x(self, day: date) -> float:
        return round(self.left + (day - self.first).days * self.unit, 1)

    def ticks(self) -> list[Line]:
        """Months; in a long plan every third or twelfth, so that words never touch."""
        months = round((self.last - self.first).days / 30.4)
        step = 1 if months <= 14 else 3 if months <= 42 else 12
        found: list[Line] = []
        day = self.first
        while day < self.last:
            if (day.month - 1) % step == 0:
                named = day.month == 1 or not found
                words = f"{day.year}" if step == 12 else f"{day:%Y-%m}" if named else f"{day:%m}"
                found.append(Line(self.x(day), words))
            day = (day + timedelta(days=31)).replace(day=1)
        return found


def _shape(bar: Bar, y: float, axis: _Axis) -> Shape:
    x, width = _span(bar.starts_on, bar.due_on, axis)
    issued = _span(*bar.issued, axis) if bar.issued else (None, 0.0)
    share = min(max(bar.share, 0), 1)
    return Shape(bar, y, x, width, round(width * share, 1), *issued)


def _span(first: date, last: date, axis: _Axis) -> tuple[float, float]:
    x = axis.x(first)
    return x, max(round(axis.x(last + timedelta(days=1)) - x, 1), 2.0)


def _elbow(before: Shape, after: Shape) -> str:
    """From the end of one bar to the beginning of another."""
    x, y = before.x + before.width, before.y + BAR_Y + BAR_H / 2
    end_x, end_y = after.x, after.y + BAR_Y + BAR_H / 2
    turn = x + 5 if end_x > x + 8 else end_x - 7
    middle = "" if end_x > x + 8 else f"v{ROW / 2 - 1:g}"
    return f"M{x:g} {y:g}{middle}H{turn:g}V{end_y:g}H{end_x - 2:g}m-4 -3l4 3l-4 3"


def state_of(status: str, colour: str) -> tuple[str, str]:
    """State and words of a task's bar from its status and the colour of its lag."""
    if status == "accepted":
        return "ok", _("已完成")
    if status == "blocked":
        return "rule", _("受阻")
    known: Mapping[str, tuple[str, str]] = {
        "red": ("bad", _("严重落后")),
        "yellow": ("due", _("落后")),
    }
    return known.get(colour, ("run", _("按序时")))
