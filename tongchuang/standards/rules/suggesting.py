"""Which clauses of two standards might belong together. Arithmetic without Django.

A guess for a person to look at: character pairs need no dictionary, and work for Han characters
and Latin words alike.
"""

import heapq
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

_GAP = re.compile(r"[\W_]+")
# Every second clause says these; they make clauses alike that have nothing to do with each other.
_HOLLOW = re.compile(r"城市|建成区|全市|工作|情况|建设|管理|比例|以上|达到|不低于")
SAME_UNIT, OTHER_UNIT = 0.1, 0.2  # what a shared unit adds, what two different ones take


@dataclass(frozen=True, slots=True)
class Described:
    """A clause as it is compared: its title, the names of its figures, their units."""

    key: int
    title: str
    figures: tuple[str, ...] = ()
    units: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Guess:
    """Two clauses that look alike; `score` in (0, 1]."""

    source: int
    target: int
    score: float


def grams(text: str) -> frozenset[str]:
    """Pairs of neighbouring characters, without punctuation, case and hollow words."""
    plain = _GAP.sub("", unicodedata.normalize("NFKC", text).casefold())
    core = _HOLLOW.sub("", plain) or plain
    return frozenset(core[i : i + 2] for i in range(len(core) - 1)) or frozenset({core} - {""})


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Twice what is shared over what there is (Dice), in [0, 1]; nothing shares nothing."""
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0


def likeness(one: Described, other: Described) -> float:
    """How alike two clauses look, in [0, 1]; the same whichever comes first.

    The best match between a title or figure here and one there. A unit that both know raises
    what is above zero, units that differ lower it: 人均 8 平方米 is not 绿地率 8 %.
    """
    return _likeness(_Profile.of(one), _Profile.of(other))


@dataclass(frozen=True, slots=True)
class _Profile:
    key: int
    names: tuple[frozenset[str], ...]
    units: frozenset[str]

    @classmethod
    def of(cls, one: Described) -> "_Profile":
        names = dict.fromkeys(grams(text) for text in (one.title, *one.figures))
        return cls(one.key, tuple(name for name in names if name), one.units)


def _likeness(one: _Profile, other: _Profile) -> float:
    best = max((overlap(a, b) for a in one.names for b in other.names), default=0.0)
    if not best or not one.units or not other.units:
        return best
    if one.units & other.units:
        return min(1.0, best + SAME_UNIT)
    return max(0.0, best - OTHER_UNIT)


def suggest(
    sources: Iterable[Described],
    targets: Iterable[Described],
    *,
    known: frozenset[tuple[int, int]] = frozenset(),
    least: float = 0.3,
    top: int = 20,
) -> list[Guess]:
    """The `top` best guesses between two standards that are not `known`, whichever way round."""
    found = [
        guess
        for guesses in ranked(sources, targets, least=least).values()
        for guess in guesses
        if not known & {(guess.source, guess.target), (guess.target, guess.source)}
    ]
    return heapq.nsmallest(top, found, key=_order)


def ranked(
    sources: Iterable[Described], targets: Iterable[Described], *, least: float = 0.0
) -> dict[int, list[Guess]]:
    """For each source its targets above `least`, best first; only those that share a pair."""
    shelf = [_Profile.of(target) for target in targets]
    index: dict[str, list[int]] = defaultdict(list)
    for place, profile in enumerate(shelf):
        for gram in frozenset().union(*profile.names):
            index[gram].append(place)
    found: dict[int, list[Guess]] = {}
    for source in map(_Profile.of, sources):
        places = {p for gram in frozenset().union(*source.names) for p in index.get(gram, ())}
        guesses = [Guess(source.key, shelf[p].key, _likeness(source, shelf[p])) for p in places]
        found[source.key] = sorted((g for g in guesses if g.score > least), key=_order)
    return found


def _order(guess: Guess) -> tuple[float, int, int]:
    return -guess.score, guess.source, guess.target


@dataclass(frozen=True, slots=True)
class Quality:
    """How good the first `at` guesses are; shares in [0, 1], None without anything to judge."""

    at: int
    asked: int
    guessed: int
    right: int
    true: int

    @property
    def precision(self) -> float | None:
        """Right guesses over guesses made."""
        return self.right / self.guessed if self.guessed else None

    @property
    def recall(self) -> float | None:
        """Right guesses over pairs that people made."""
        return self.right / self.true if self.true else None


def quality(
    guesses: Mapping[int, Sequence[Guess]], true: Mapping[int, frozenset[int]], *, at: int
) -> Quality:
    """The first `at` guesses of every source that has a true pair, against those pairs."""
    made = {source: [g.target for g in guesses.get(source, ())[:at]] for source in true}
    return Quality(
        at=at,
        asked=len(true),
        guessed=sum(map(len, made.values())),
        right=sum(len(true[source] & set(found)) for source, found in made.items()),
        true=sum(map(len, true.values())),
    )
