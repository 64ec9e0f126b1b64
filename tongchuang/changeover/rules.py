"""Where records go when a campaign moves to another edition. Arithmetic without Django.

A record hangs on a clause of the old edition; a line of the ledger says what becomes of the records
that share a choice. The comparison of the editions is kept by article; requirements find their
counterpart by a shared figure, else by likeness, which only proposes.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

LEAST_LIKE = 0.3  # below it two requirements are not proposed for each other (product default)
LEAST_PAPER = 0.5  # the same for the papers that two articles ask for (product default)
Likeness = Callable[[str, str], float]


class Fate(StrEnum):
    """What becomes of a record."""

    CARRIED = "carried"
    SPLIT = "split"
    MERGED = "merged"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Link:
    """One row of the comparison: an article of the old edition and one of the new, or nothing."""

    old: str
    new: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Landing:
    """What became of an old article: the new articles in their order, and why."""

    fate: Fate
    targets: tuple[str, ...]
    reason: str = ""


NOWHERE = Landing(Fate.RETIRED, ())


def landings(links: Iterable[Link]) -> dict[str, Landing]:
    """For every old article where it lands.

    None is retired, several split; one that takes in other articles too is merged, else carried.
    """
    to: dict[str, list[Link]] = defaultdict(list)
    sources: dict[str, set[str]] = defaultdict(set)
    for link in links:
        if link.old:
            to[link.old].append(link)
        if link.old and link.new:
            sources[link.new].add(link.old)
    return {old: _landing(found, sources) for old, found in to.items()}


def _landing(links: Sequence[Link], sources: Mapping[str, set[str]]) -> Landing:
    targets = tuple(dict.fromkeys(link.new for link in links if link.new))
    reason = "".join(dict.fromkeys(link.reason for link in links))
    shared = any(len(sources[target]) > 1 for target in targets)
    return Landing(fate_of(len(targets), shared=shared), targets, reason)


def fate_of(targets: int, *, shared: bool) -> Fate:
    """The word for a number of targets; `shared` when one takes in other articles too."""
    if targets == 0:
        return Fate.RETIRED
    if targets > 1:
        return Fate.SPLIT
    return Fate.MERGED if shared else Fate.CARRIED


# A requirement's counterpart
@dataclass(frozen=True, slots=True)
class Asked:
    """A requirement or an asked paper as it is compared: where it stands and its words."""

    code: str
    words: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Where something goes; `sure` False where it is only proposed."""

    targets: tuple[str, ...]
    why: str  # figure, alike, article, none
    sure: bool
    text: str = ""  # of an asked paper: the words under which it counts


def counterpart(
    own: Asked,
    landing: Landing,
    among: Sequence[Asked],
    by_figure: Iterable[str],
    like: Likeness,
) -> Choice:
    """The requirement of the new edition that took the place of an old one.

    `among` are the requirements of the articles where its own article lands, `by_figure` those
    that ask for the same figure. Without either it is the article; of several the first is
    proposed, and a person decides.
    """
    if not landing.targets:
        return Choice((), "none", sure=True)
    named = {one.code for one in among}
    figured = [code for code in dict.fromkeys(by_figure) if code in named]
    if figured:
        return Choice((figured[0],), "figure", sure=len(figured) == 1)
    best = max(among, key=lambda one: like(own.words, one.words), default=None)
    single = len(landing.targets) == 1
    if best and like(own.words, best.words) >= LEAST_LIKE:
        return Choice((best.code,), "alike", sure=single)
    return Choice((landing.targets[0],), "article", sure=single)


def asked_as(text: str, landing: Landing, among: Sequence[Asked], like: Likeness) -> Choice:
    """Under which asked paper of the new edition a paper counts.

    The same words count at once, much alike ones are proposed; else the paper goes to every
    article where its own lands and answers no particular question there.
    """
    if not landing.targets:
        return Choice((), "none", sure=True)
    same = [one for one in among if one.words == text and text]
    if same:
        return Choice(_once(one.code for one in same), "same", sure=True, text=text)
    best = max(among, key=lambda one: like(text, one.words), default=None)
    if text and best and like(text, best.words) >= LEAST_PAPER:
        return Choice((best.code,), "alike", sure=True, text=best.words)
    return Choice(landing.targets, "article", sure=True)


def narrowed(said: Iterable[str], allowed: Sequence[str]) -> tuple[str, ...]:
    """Those of `said` that are allowed, in the order of `allowed`; all allowed when none is."""
    wanted = set(said)
    return tuple(code for code in allowed if code in wanted) or tuple(allowed)


def _once(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(codes))


# One lead per clause
@dataclass(frozen=True, slots=True)
class Duty:
    """An assignment on its way: who leads, where it goes, and where it joins as a helper."""

    key: str
    lead: int
    targets: tuple[str, ...]
    helps: tuple[str, ...] = ()
    whole: bool = True  # of an article, not of one of its requirements

    @property
    def leads(self) -> tuple[str, ...]:
        """The new clauses that it would lead."""
        return tuple(code for code in self.targets if code not in set(self.helps))


@dataclass(frozen=True, slots=True)
class Shared:
    """What `share_leads` found: where duties only help, and which are in dispute."""

    helps: dict[str, tuple[str, ...]]
    disputed: frozenset[str]


def share_leads(duties: Sequence[Duty]) -> Shared:
    """Give every new clause one lead: of the whole articles the first, the others help.

    Duties of the same rank that bring different leads to one clause are in dispute: proposed is
    the first, a person decides.
    """
    helps: dict[str, list[str]] = defaultdict(list)
    disputed: set[str] = set()
    for target, coming in _by_target(duties).items():
        ranked = sorted(coming, key=lambda duty: not duty.whole)
        first = ranked[0]
        rivals = [d for d in ranked if d.whole == first.whole]
        if len({duty.lead for duty in rivals}) > 1:
            disputed |= {duty.key for duty in rivals}
        for duty in ranked[1:]:
            if duty.lead != first.lead:
                helps[duty.key].append(target)
    return Shared({key: tuple(codes) for key, codes in helps.items()}, frozenset(disputed))


def without_one_lead(duties: Sequence[Duty]) -> dict[str, int]:
    """New clauses that would not have exactly one lead unit, with the number they would have."""
    found = {}
    for target, coming in _by_target(duties).items():
        leads = {duty.lead for duty in coming if target in duty.leads}
        if len(leads) != 1:
            found[target] = len(leads)
    return found


def _by_target(duties: Iterable[Duty]) -> dict[str, list[Duty]]:
    found: dict[str, list[Duty]] = defaultdict(list)
    for duty in duties:
        for target in duty.targets:
            found[target].append(duty)
    return found


# The ledger adds up
@dataclass(frozen=True, slots=True)
class Hanging:
    """A record on a clause of the old edition; `key` names the line that decides about it."""

    kind: str
    key: str
    record: int
    clause: str  # code; "" for what belongs to no clause
    label: str = ""
    facts: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Sum:
    """Records of one kind by what becomes of them."""

    kind: str
    before: int
    by_fate: dict[str, int] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        """Whether nothing was lost and nothing counted twice."""
        return sum(self.by_fate.values()) == self.before


def sums(hangings: Iterable[Hanging], fates: Mapping[tuple[str, str], Fate]) -> list[Sum]:
    """By kind how many records there were and what becomes of them; a missing line counts none."""
    before: Counter[str] = Counter()
    after: dict[str, Counter[str]] = defaultdict(Counter)
    for hanging in hangings:
        before[hanging.kind] += 1
        fate = fates.get((hanging.kind, hanging.key))
        if fate is not None:
            after[hanging.kind][str(fate)] += 1
    return [Sum(kind, count, dict(after[kind])) for kind, count in before.items()]
