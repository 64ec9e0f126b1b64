"""The case line: every hand of a case as a stretch of one line, with limits and pauses.

Signature view 4. Lengths grow with the root of time, so that minutes stay visible beside days,
and every hand has a least width; the table under the drawing says the same in exact words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from math import sqrt

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from tongchuang.cases import rules
from tongchuang.cases.models import Leg, Pause
from tongchuang.cases.queries.detail import CaseDetail, HandTime, hand_times, holder_word
from tongchuang.core.worktime_words import limit_words

WIDTH = 1152
LEAST = 62  # a hand is never narrower
GAP = 2
BREAK = 26  # between an end and a new beginning
AHEAD = 66  # room for a limit that still lies ahead
_LABEL_WIDTH = 118
_LEVELS = (154, 170, 186)
_UNIT = frozenset({Leg.Stage.SIGN, Leg.Stage.FIX, Leg.Stage.REWORK})


@dataclass(frozen=True, slots=True)
class Segment:
    """One leg on the line."""

    leg: Leg
    x: float
    width: float
    kind: str
    stage: str
    holder: str
    time: timedelta

    @property
    def end(self) -> float:
        """Where it ends."""
        return self.x + self.width

    @property
    def middle(self) -> float:
        """Where its time stands when there is no room for the name."""
        return self.x + self.width / 2

    @property
    def name(self) -> str:
        """The holder's name as far as there is room: Latin letters are half as wide as Chinese."""
        return Truncator(self.holder).chars(14 if self.holder.isascii() else 8)

    @property
    def roomy(self) -> bool:
        """Whether the name of the holder has room beside the time."""
        return self.width >= 150


@dataclass(frozen=True, slots=True)
class Mark:
    """A limit on the line: kept (ok), still ahead (run), missed (bad)."""

    x: float
    y: int
    words: str
    kind: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Band:
    """A pause."""

    x: float
    width: float
    pause: Pause

    @property
    def middle(self) -> float:
        """Where its words stand."""
        return self.x + self.width / 2


@dataclass(frozen=True, slots=True)
class CaseLine:
    """Everything that the drawing and its table need."""

    width: int
    segments: list[Segment]
    marks: list[Mark]
    bands: list[Band]
    now_x: float | None
    now: datetime
    due_x: float | None
    hands: list[HandTime]
    total: timedelta
    paused: timedelta
    height: int


def case_line(detail: CaseDetail, *, at: datetime) -> CaseLine:
    """Lay out the line of one case as it stands at `at`."""
    legs = detail.legs
    ahead = _due_ahead(detail, at)
    breaks = sum(_is_break(one, other) for one, other in pairwise(legs))
    width = max(WIDTH, len(legs) * (LEAST + GAP) + breaks * BREAK + AHEAD)
    room = width - breaks * BREAK - (AHEAD if ahead else 8)
    segments = _segments(legs, room, at)
    marks = _marks(segments, width, at)
    running = bool(legs) and legs[-1].ended_at is None
    return CaseLine(
        width=width,
        segments=segments,
        marks=marks,
        bands=_bands(detail.pauses, segments, at),
        now_x=segments[-1].end if running else None,
        now=at,
        due_x=width - 18 if ahead else None,
        hands=hand_times(detail, at=at),
        total=sum((segment.time for segment in segments), timedelta()),
        paused=sum(((p.ended_at or at) - p.started_at for p in detail.pauses), timedelta()),
        height=max((mark.y for mark in marks), default=_LEVELS[0]) - 8,
    )


def _due_ahead(detail: CaseDetail, at: datetime) -> bool:
    leg = detail.open_leg
    return bool(leg and leg.due_at and leg.due_at > at)


def _is_break(one: Leg, other: Leg) -> bool:
    return one.ended_at is not None and one.ended_at != other.started_at


def _segments(legs: Sequence[Leg], room: float, at: datetime) -> list[Segment]:
    times = [max((leg.ended_at or at) - leg.started_at, timedelta()) for leg in legs]
    weights = [sqrt(time.total_seconds()) for time in times]
    spare = max(0.0, room - len(legs) * (LEAST + GAP))
    whole = sum(weights) or 1.0
    segments: list[Segment] = []
    x = 1.0
    for number, (leg, time, weight) in enumerate(zip(legs, times, weights, strict=True)):
        if number and _is_break(legs[number - 1], leg):
            x += BREAK
        width = round(LEAST + spare * weight / whole, 1)
        segments.append(
            Segment(leg, round(x, 1), width, _kind(leg, at), _stage(leg), holder_word(leg), time)
        )
        x += width + GAP
    return segments


def _kind(leg: Leg, at: datetime) -> str:
    """The colour of a stretch: the unit's work blue, kept limits green, missed ones red."""
    late = leg.due_at is not None and (leg.ended_at or at) > leg.due_at
    if late:
        return "bad"
    if leg.stage == Leg.Stage.SIGN:
        return "ok" if leg.ended_at else "run"
    return {"fix": "run", "rework": "due", "return": "due", "check": "due"}.get(leg.stage, "na")


def _stage(leg: Leg) -> str:
    return str(leg.get_stage_display())


# Limits
def _marks(segments: Sequence[Segment], width: int, at: datetime) -> list[Mark]:
    marks: list[Mark] = []
    for segment in segments:
        leg = segment.leg
        if leg.due_at is None or not _worth_a_mark(leg, at):
            continue
        x = _place(leg.due_at, segments, width, at)
        anchor = "end" if x > width - _LABEL_WIDTH else "start" if x < 60 else "middle"
        words = _mark_words(leg)
        if all((mark.x, mark.words) != (x, words) for mark in marks):
            marks.append(Mark(x, _free_level(x, marks), words, _mark_kind(leg, at), anchor))
    return marks


def _worth_a_mark(leg: Leg, at: datetime) -> bool:
    """A running limit always; an ended one when it was missed, or kept by a unit and now past."""
    if leg.ended_at is None or (leg.due_at is not None and leg.ended_at > leg.due_at):
        return True
    return leg.stage in _UNIT and leg.due_at is not None and leg.due_at <= at


def _mark_words(leg: Leg) -> str:
    limit = rules.read_limit(leg.limit)
    if limit is None or leg.ended_at is None:
        stamp = f"{leg.due_at.astimezone():%m-%d %H:%M}" if leg.due_at else ""
        return _("%(stage)s限 %(at)s") % {"stage": _stage(leg), "at": stamp}
    return _("%(stage)s %(limit)s内") % {"stage": _stage(leg), "limit": limit_words(limit)}


def _mark_kind(leg: Leg, at: datetime) -> str:
    if leg.due_at is not None and (leg.ended_at or at) > leg.due_at:
        return "bad"
    return "ok" if leg.ended_at else "run"


def _free_level(x: float, marks: Sequence[Mark]) -> int:
    """The highest line on which the words of a mark touch no others."""
    for level in _LEVELS:
        if all(mark.y != level or abs(mark.x - x) > _LABEL_WIDTH for mark in marks):
            return level
    return _LEVELS[-1]


# Places on the line
def _place(moment: datetime, segments: Sequence[Segment], width: int, at: datetime) -> float:
    """Where a moment lies; what is after the last leg stands at the right edge."""
    for segment in segments:
        start, end = segment.leg.started_at, segment.leg.ended_at or at
        if moment < start:
            return segment.x
        if moment <= end:
            share = (moment - start) / (end - start) if end > start else 1.0
            return round(segment.x + segment.width * share, 1)
    return width - 18


def _bands(pauses: Sequence[Pause], segments: Sequence[Segment], at: datetime) -> list[Band]:
    bands = []
    for pause in pauses:
        first = _place(pause.started_at, segments, WIDTH, at)
        last = _place(pause.ended_at or at, segments, WIDTH, at)
        bands.append(Band(first, max(round(last - first, 1), 24.0), pause))
    return bands
