"""Signature view 1, the gate line: campaigns on one axis of time, as shapes for an SVG.

The present quarter is stretched so that its days can be told apart; the axis says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.translation import gettext as _

from tongchuang.campaigns.models import Campaign, Gate

WIDTH, LEFT, RIGHT = 1184, 152, 1150
TOP, ROW, ROW_WITH_NOTE, ROW_WITH_RINGS, FOOT = 40, 52, 66, 84, 14
RING_R, DOT_R = 16, 6
STRETCH = 3  # the present quarter is drawn this many times wider
MARK_GAP = 46  # px that two marks of one row keep between them
CIRCUMFERENCE = 2 * 3.141_592_653_589_793 * RING_R


@dataclass(frozen=True, slots=True)
class Tick:
    """A boundary of the axis with the name of the time that begins there."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Ring:
    """How ready the campaign is for a gate: a share in [0, 1], and what it rests on in words.

    `share` None: there is no ring, and `words` say why; `note` says it under the campaign's name.
    """

    share: float | None
    words: str
    note: str = ""


NO_RING = Ring(None, "")


@dataclass(frozen=True, slots=True)
class Mark:
    """A gate on its campaign's line; `share` is readiness in [0, 1], None when there is no ring.

    `words` tell what the readiness rests on, or why there is none.
    """

    gate: Gate
    x: float
    y: float
    kind: str  # passed, failed, ring, ahead
    share: float | None
    date_words: str
    days_left: int | None
    words: str = ""

    @property
    def dash(self) -> str:
        """Length of the ring's arc and of the rest."""
        filled = (self.share or 0) * CIRCUMFERENCE
        return f"{filled:.1f} {CIRCUMFERENCE - filled:.1f}"

    @property
    def title_y(self) -> float:
        """Above the mark."""
        return self.y - (RING_R + 8 if self.kind == "ring" else 14)

    @property
    def date_y(self) -> float:
        """Below the mark."""
        return self.y + (RING_R + 16 if self.kind == "ring" else 22)

    @property
    def state(self) -> str:
        """Colour of the ring: green from 90 %, amber below, grey when not known."""
        if self.share is None:
            return "na"
        return "ok" if self.share >= 0.9 else "due"


@dataclass(slots=True)
class Row:
    """One campaign: its line until today and after, and its marks."""

    campaign: Campaign
    y: float
    start_x: float
    now_x: float
    end_x: float
    note: str = ""
    marks: list[Mark] = field(default_factory=list)
    undated: list[Gate] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Arrow:
    """A prerequisite between gates: an elbow from one to the other, with its words."""

    path: str
    head: str
    label: str
    x: float
    y: float

    @property
    def width(self) -> float:
        """Of the label, by its characters (12 px each, Latin ones half) and the lock."""
        return sum(6.5 if character.isascii() else 12.0 for character in self.label) + 28


@dataclass(frozen=True, slots=True)
class GateLine:
    """Everything that the template draws, in px."""

    width: int
    height: float
    ticks: list[Tick]
    rows: list[Row]
    arrows: list[Arrow]
    today_x: float
    today: date
    quarter_x: float
    quarter_width: float
    quarter_words: str
    rings: bool = False


def draw(campaigns: Sequence[Campaign], *, on: date, readiness: Mapping[int, Ring]) -> GateLine:
    """Lay out the campaigns (with prefetched `gates__prerequisites`) around the day `on`."""
    scale = _Scale(campaigns, on)
    rows: list[Row] = []
    y = float(TOP)
    for campaign in campaigns:
        height = _height(campaign, readiness)
        rows.append(_row(campaign, y + height / 2, scale, on, readiness))
        y += height
    first, last = _quarter(on)
    return GateLine(
        width=WIDTH,
        height=y + FOOT,
        ticks=scale.ticks(),
        rows=rows,
        arrows=_arrows(rows),
        today_x=scale.x(on),
        today=on,
        quarter_x=scale.x(first),
        quarter_width=scale.x(last) - scale.x(first),
        quarter_words=_("浅底一季按 %(times)s 倍展开") % {"times": STRETCH},
        rings=bool(readiness),
    )


class _Scale:
    """Days to px, the present quarter stretched."""

    def __init__(self, campaigns: Sequence[Campaign], on: date) -> None:
        days = [on]
        for campaign in campaigns:
            days += [day for day in (campaign.started_on, campaign.deadline_on) if day]
            days += [_day(gate) for gate in campaign.gates.all() if gate.due_on or gate.decided_on]
        quarter = _quarter(on)
        begin = min(max(min(days), on - timedelta(days=400)), quarter[0] - timedelta(days=60))
        self.first = _quarter(begin)[0]
        self.last = _quarter(max(*days, on + timedelta(days=200)))[1]
        self.quarter = quarter
        self.unit = (RIGHT - LEFT) / self._weight(self.last)

    def x(self, day: date) -> float:
        """Place of a day on the axis, kept inside it."""
        inside = min(max(day, self.first), self.last)
        return round(LEFT + self._weight(inside) * self.unit, 1)

    def _weight(self, day: date) -> float:
        begin, end = self.quarter
        stretched = (min(max(day, begin), end) - begin).days
        return (day - self.first).days + (STRETCH - 1) * stretched

    def ticks(self) -> list[Tick]:
        """Quarters near today, half-years and years farther off."""
        found, day = [], self.first
        while day < self.last:
            found.append(Tick(self.x(day), self._name(day)))
            day = self._next(day)
        return found

    def _next(self, day: date) -> date:
        step = 3 if abs((day - self.quarter[0]).days) < 300 else 6 if day.month in {1, 7} else 3
        if step == 6 and (day - self.quarter[0]).days > 640:
            step = 12
        month = day.month - 1 + step
        return date(day.year + month // 12, month % 12 + 1, 1)

    def _name(self, day: date) -> str:
        following = self._next(day)
        months = (following.year - day.year) * 12 + following.month - day.month
        quarter = (_("一季度"), _("二季度"), _("三季度"), _("四季度"))[(day.month - 1) // 3]
        if months == 12:
            return str(day.year)
        if months == 6:
            half = _("上半年") if day.month < 7 else _("下半年")
            return f"{day.year} {half}"
        named = day.month == 1 or day == self.first
        return f"{day.year} {quarter}" if named else quarter


def _row(
    campaign: Campaign, y: float, scale: _Scale, on: date, readiness: Mapping[int, Ring]
) -> Row:
    dated = sorted((g for g in campaign.gates.all() if g.due_on or g.decided_on), key=_day)
    begin = campaign.started_on or (_day(dated[0]) if dated else on)
    end = _day(dated[-1]) if dated else scale.last
    row = Row(campaign, y, scale.x(begin), scale.x(on), max(scale.x(end), scale.x(on)))
    row.undated = [gate for gate in campaign.gates.all() if gate not in dated]
    past = float("-inf")
    for gate in dated:
        x = max(scale.x(_day(gate)), past + MARK_GAP)
        past = x
        ring = readiness.get(gate.pk, NO_RING)
        row.note = row.note or ring.note
        days = (gate.due_on - on).days if gate.due_on and not gate.decided_on else None
        row.marks.append(
            Mark(
                gate=gate,
                x=x,
                y=y,
                kind=_kind(gate, readiness),
                share=ring.share,
                date_words=_date_words(gate, on),
                days_left=days,
                words=ring.words,
            )
        )
    row.end_x = max(row.end_x, past)
    return row


def _kind(gate: Gate, readiness: Mapping[int, Ring]) -> str:
    if gate.state in {Gate.State.PASSED, Gate.State.FAILED}:
        return str(gate.state)
    return "ahead" if readiness.get(gate.pk, NO_RING).share is None else "ring"


def _height(campaign: Campaign, readiness: Mapping[int, Ring]) -> int:
    """A ring, or a third line under the name, wants room."""
    gates = list(campaign.gates.all())
    if any(_kind(gate, readiness) == "ring" for gate in gates):
        return ROW_WITH_RINGS
    noted = any(readiness.get(gate.pk, NO_RING).note for gate in gates)
    return ROW_WITH_NOTE if noted else ROW


def _arrows(rows: Sequence[Row]) -> list[Arrow]:
    marks = {mark.gate.pk: (mark, row) for row in rows for mark in row.marks}
    found = []
    for target, row in list(marks.values()):
        for other in target.gate.prerequisites.all():
            if other.pk not in marks or other.campaign_id == row.campaign.pk:
                continue
            source = marks[other.pk][0]
            down = target.y > source.y
            end = target.y - (RING_R + 4) if down else target.y + (RING_R + 22)
            path = f"M{source.x + RING_R + 2} {source.y}H{target.x}V{end}"
            tip = 5 if not down else -5
            head = f"M{target.x - 4} {end + tip}L{target.x} {end}L{target.x + 4} {end + tip}"
            words = _("前置：不过失去%(gate)s资格") % {"gate": target.gate.title}
            found.append(Arrow(path, head, words, source.x + RING_R + 14, source.y + 18))
    return found


def _day(gate: Gate) -> date:
    day = gate.decided_on or gate.due_on
    if day is None:
        raise ValueError(f"gate {gate.pk} has no day")
    return day


def _date_words(gate: Gate, on: date) -> str:
    day = _day(gate)
    return f"{day:%m-%d}" if abs((day - on).days) < 330 else f"{day:%Y-%m}"


def _quarter(day: date) -> tuple[date, date]:
    """First day of the day's quarter and first day of the next."""
    month = (day.month - 1) // 3 * 3 + 1
    following = date(day.year + (month == 10), 1 if month == 10 else month + 3, 1)
    return date(day.year, month, 1), following
