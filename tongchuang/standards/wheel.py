"""One clause in the middle, its counterparts around it: where everything stands in the drawing.

Only whole numbers go to the template, so that no language puts a comma into an address of a point.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from tongchuang.standards.models import Clause, Mapping
from tongchuang.standards.pairs import Read, line_words, lines_of, signed
from tongchuang.standards.rules.crosswalk import Demand, Relation, Target, strictest

WIDTH, CARD, PITCH, MARGIN = 1184, 256, 104, 24
CARD_HEIGHT, CENTRE, CENTRE_HEIGHT, LEAST = 80, 300, 148, 320
_LEFT, _RIGHT = (WIDTH - CENTRE) // 2, (WIDTH + CENTRE) // 2
_PILL = 68  # from the card to the middle of the sign
# Type of line: stroke width, and the dash when a person has accepted the pair and when not.
_STROKES = {
    Relation.EQUAL: (6, "", "11 6"),
    Relation.SUBSET: (4, "", "11 6"),
    Relation.SUPERSET: (2, "", "9 6"),
    Relation.INTERSECTS: (4, "0.1 7", "0.1 7 0.1 7 0.1 18"),
    Relation.NONE: (1, "", "4 6"),
}


@dataclass(frozen=True, slots=True)
class Stroke:
    """How a relation is drawn."""

    relation: Relation
    width: int
    dash: str

    @property
    def double(self) -> bool:
        """Two thin lines: both ends ask the same."""
        return self.relation is Relation.EQUAL

    @property
    def round(self) -> bool:
        """Beads: the ends overlap."""
        return self.relation is Relation.INTERSECTS


def stroke(relation: Relation, *, accepted: bool) -> Stroke:
    """Width and dash of a line; a hint that nobody has looked at is broken."""
    width, whole, broken = _STROKES[relation]
    return Stroke(relation, width, whole if accepted else broken)


@dataclass(frozen=True, slots=True)
class Spoke:
    """A counterpart: its card, the line to the middle, and the sign on the line."""

    pair: Read
    right: bool
    y: int
    port: int

    @property
    def x(self) -> int:
        """Left edge of the card."""
        return WIDTH - CARD if self.right else 0

    @property
    def edge(self) -> int:
        """Where the bar at the inner edge of the card begins."""
        return self.x if self.right else CARD - 4

    @property
    def text_x(self) -> int:
        """Where words begin."""
        return self.x + (18 if self.right else 14)

    @property
    def middle(self) -> int:
        """Middle of the card."""
        return self.y + CARD_HEIGHT // 2

    @property
    def path(self) -> str:
        """The line from the card to the middle."""
        a, b, c, d = CARD, CARD + 90, _LEFT - 90, _LEFT
        if self.right:
            a, b, c, d = (WIDTH - x for x in (a, b, c, d))
        return f"M{a} {self.middle}C{b} {self.middle} {c} {self.port} {d} {self.port}"

    @property
    def stroke(self) -> Stroke:
        """The type of the line."""
        return stroke(self.pair.relation, accepted=self.accepted)

    @property
    def accepted(self) -> bool:
        """Whether a person has accepted the pair."""
        return self.pair.mapping.review == Mapping.Review.ACCEPTED

    @property
    def pill_width(self) -> int:
        """Room of the sign and the difference."""
        return 20 + round(_length(self.sign) * 13)

    @property
    def pill_x(self) -> int:
        """Left edge of the sign."""
        middle = CARD + _PILL
        return (WIDTH - middle if self.right else middle) - self.pill_width // 2

    @property
    def pill_middle(self) -> int:
        """Middle of the sign, across."""
        return self.pill_x + self.pill_width // 2

    @property
    def pill_y(self) -> int:
        """Height of the sign on the curve, a third of the way in."""
        return round(0.745 * self.middle + 0.255 * self.port)

    @property
    def sign(self) -> str:
        """The relation, with the difference of the lines where it can be computed."""
        plain = self.pair.plain
        if plain is None or plain.difference is None:
            return self.pair.symbol
        return f"{self.pair.symbol} {signed(plain.difference)}"

    @property
    def framework(self) -> str:
        """Standard, shortened to the card."""
        return clipped(self.pair.other.framework.name, 18)

    @property
    def title(self) -> str:
        """What stands on the card: the figure that is compared, else the clause."""
        measure = self.pair.other_measure
        return clipped(measure.title if measure else self.pair.other.name, 16)

    @property
    def target(self) -> str:
        """The line, or all tiers, shortened to the card."""
        words = " / ".join(line_words(line) for line in lines_of(self.pair.other_measure))
        return clipped(words, 11 if self.unsure else 16)

    @property
    def unsure(self) -> bool:
        """Whether the value must be checked before use."""
        return bool(self.pair.other_measure and self.pair.other_measure.unsure)


@dataclass(frozen=True, slots=True)
class Wheel:
    """The drawing."""

    clause: Clause
    spokes: list[Spoke]
    titles: list[str]
    targets: list[str]
    best: Target | None
    best_count: int
    best_open: int
    best_left: int

    @property
    def framework(self) -> str:
        """Standard, shortened to the middle card."""
        return clipped(self.clause.framework.name, 18)

    @property
    def height(self) -> int:
        """Height of the drawing."""
        sides = [sum(one.right == side for one in self.spokes) for side in (True, False)]
        return _height(max(sides, default=0))

    @property
    def top(self) -> int:
        """Upper edge of the middle card."""
        return (self.height - CENTRE_HEIGHT) // 2

    @property
    def left(self) -> int:
        """Left edge of the middle card."""
        return _LEFT

    @property
    def best_words(self) -> str:
        """The strictest line in words."""
        return line_words(self.best) if self.best else ""


def wheel(clause: Clause, pairs: Sequence[Read]) -> Wheel:
    """The drawing of a clause with its pairs, half of them at each side."""
    half = (len(pairs) + 1) // 2
    sides = {True: pairs[:half], False: pairs[half:]}
    height = _height(max(map(len, sides.values()), default=0))
    spokes = [
        Spoke(pair, right, _place(height, len(side), n), _port(height, len(side), n))
        for right, side in sides.items()
        for n, pair in enumerate(side)
    ]
    best, count, unreviewed = _strictest(pairs)
    same = sum(pair.mapping.same_quantity for pair in pairs)
    targets = dict.fromkeys(
        _named_line(pair.here_measure.title, line_words(line), 20)
        for pair in pairs
        if pair.here_measure
        for line in lines_of(pair.here_measure)
    )
    return Wheel(
        clause=clause,
        spokes=spokes,
        titles=wrapped(clause.name, 13)[:2],
        targets=list(targets)[:2],
        best=best,
        best_count=count,
        best_open=unreviewed,
        best_left=same - (count - 1),
    )


def _height(cards: int) -> int:
    return max(LEAST, cards * PITCH + MARGIN)


def _place(height: int, cards: int, number: int) -> int:
    first = (height - cards * PITCH) // 2 + (PITCH - CARD_HEIGHT) // 2
    return first + number * PITCH


def _port(height: int, cards: int, number: int) -> int:
    """Where a line meets the middle card: spread over its edge, in the order of the cards."""
    step = (CENTRE_HEIGHT - 40) / max(cards - 1, 1)
    first = height / 2 - step * (cards - 1) / 2
    return round(first + step * number)


def _strictest(pairs: Sequence[Read]) -> tuple[Target | None, int, int]:
    """The line that meets all here that ask for one figure; how many, how many of them hints.

    Only for a clause, or a choice, with one figure of its own: two figures have no one line.
    """
    same = [one for one in pairs if one.plain and one.demand is not Demand.INCOMPARABLE]
    if len({one.here_measure.pk for one in same if one.here_measure}) != 1:
        return None, 0, 0
    plain = [one.plain for one in same if one.plain]
    lines = [plain[0].source, *(one.target for one in plain)]
    hints = sum(one.mapping.review != Mapping.Review.ACCEPTED for one in same)
    return strictest(lines), len(lines), hints


# Words in a drawing
def _named_line(name: str, line: str, room: float) -> str:
    """A figure with its line; where both do not fit, the name gives way."""
    return f"{clipped(name, max(room - _length(line) - 0.5, 6))} {line}"


def _length(text: str) -> float:
    """Width of a text in Han characters; other characters are a good half as wide."""
    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in text)
    return wide + 0.54 * (len(text) - wide)


def clipped(text: str, room: float) -> str:
    """A text that fits into `room` Han characters, with a mark where something is left out."""
    if _length(text) <= room:
        return text
    while text and _length(text) > room - 1:
        text = text[:-1]
    return f"{text.rstrip()}…"


def wrapped(text: str, room: float) -> list[str]:
    """Two lines at most: between words where there are words."""
    if _length(text) <= room:
        return [text]
    first = text
    while _length(first) > room:
        first = first.rpartition(" ")[0] if " " in first else first[:-1]
    return [first, clipped(text[len(first) :].strip(), room)]
