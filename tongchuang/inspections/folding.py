"""One list of questions for several campaigns: the union, without asking the same twice.

No database. Two questions are one only when both hold: accepted pairs of the crosswalk say that
whoever meets every clause of the one has met every clause of the other, and their words are
alike. A clause asks for more than one thing, so that a pair alone says nothing of a single
question; like words alone say nothing of what two standards demand.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from tongchuang.standards.rules.crosswalk import Carried, Relation, carried

ALIKE = 0.4  # share of pairs of characters in common; product default
Relations = Mapping[tuple[int, int], Collection[Relation]]  # by two clauses: "first R second"


@dataclass(frozen=True, slots=True)
class Question:
    """A checklist item; `clauses` maps those of the chosen standards to their standard."""

    key: str
    kind: int  # site type
    text: str
    clauses: Mapping[int, int]

    @property
    def standards(self) -> frozenset[int]:
        """The standards that ask it."""
        return frozenset(self.clauses.values())


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that is asked, those it stands for, and the asked ones related to it."""

    question: Question
    stands_for: tuple[Question, ...] = ()
    beside: tuple[str, ...] = ()

    @property
    def clauses(self) -> frozenset[int]:
        """Every clause for which it is asked."""
        many = (self.question, *self.stands_for)
        return frozenset(clause for one in many for clause in one.clauses)


def both_ways(pairs: Iterable[tuple[int, int, Relation]]) -> dict[tuple[int, int], set[Relation]]:
    """Pairs ("source R target") so that they can be looked up from either end."""
    found: dict[tuple[int, int], set[Relation]] = {}
    for source, target, relation in pairs:
        found.setdefault((source, target), set()).add(relation)
        found.setdefault((target, source), set()).add(relation.inverse)
    return found


def fold(questions: Iterable[Question], relations: Relations) -> list[Asked]:
    """The union of the questions, each answered once; in the order of type and key.

    Every question is asked or stands behind one that covers it. One that is covered by a stricter
    one is never asked beside it, unless pairs contradict each other. The order of the questions
    does not matter and folding the result again changes nothing.
    """
    by_kind: dict[int, dict[str, Question]] = {}
    for question in questions:
        by_kind.setdefault(question.kind, {})[question.key] = question
    return [
        asked for kind in sorted(by_kind) for asked in _folded([*by_kind[kind].values()], relations)
    ]


def _folded(questions: list[Question], relations: Relations) -> list[Asked]:
    questions.sort(key=lambda one: one.key)
    covered = {
        one.key: {other.key for other in questions if covers(one, other, relations)}
        for one in questions
    }
    by_key = {one.key: one for one in questions}
    stands_for: dict[str, list[str]] = {}
    left = set(by_key)
    while left:
        chosen = min(_strictest(left, covered), key=lambda key: (-len(covered[key] & left), key))
        behind = covered[chosen] & left
        stands_for[chosen] = sorted(behind)
        left -= behind | {chosen}
    return [
        Asked(
            by_key[key],
            tuple(by_key[one] for one in stands_for[key]),
            tuple(
                other
                for other in sorted(stands_for)
                if other != key and related(by_key[key], by_key[other], relations)
            ),
        )
        for key in sorted(stands_for)
    ]


def _strictest(left: set[str], covered: Mapping[str, set[str]]) -> set[str]:
    """Those that nothing stricter covers; all of them where pairs go round in a circle."""
    below = {key for one in left for key in covered[one] & left if one not in covered[key]}
    return left - below or left


def covers(one: Question, other: Question, relations: Relations) -> bool:
    """Whether an answer to `one` answers `other` for each of its clauses, and their words agree.

    Questions that one standard asks both are never one.
    """
    if one.key == other.key or one.kind != other.kind or one.standards & other.standards:
        return False
    return (
        bool(other.clauses)
        and all(_reached(one, clause, relations) for clause in other.clauses)
        and likeness(one.text, other.text) >= ALIKE
    )


def _reached(one: Question, clause: int, relations: Relations) -> bool:
    return any(
        carried(relation, "met") is Carried.MET
        for own in one.clauses
        for relation in relations.get((own, clause), ())
    )


def related(one: Question, other: Question, relations: Relations) -> bool:
    """Whether a pair joins them and their words share something: to be seen together."""
    joined = any((a, b) in relations for a in one.clauses for b in other.clauses)
    return joined and likeness(one.text, other.text) >= ALIKE / 2


def likeness(one: str, other: str) -> float:
    """Pairs of neighbouring characters in common as a share of both, in [0, 1]; either way alike.

    Words that say nothing of the matter (无、有、和 …) and signs are left out.
    """
    mine, theirs = _pairs(one), _pairs(other)
    both = len(mine) + len(theirs)
    return 2 * len(mine & theirs) / both if both else 0.0


_EMPTY = frozenset("无有和及或的、，。；：（）() 　不没未")


def _pairs(text: str) -> set[str]:
    kept = [sign for sign in text if sign not in _EMPTY]
    return {kept[at] + kept[at + 1] for at in range(len(kept) - 1)}


def in_order(asked: Sequence[Asked], places: Mapping[str, int]) -> list[Asked]:
    """By the place of each in its checklist; what is related to one follows it."""
    by_key = {one.question.key: one for one in asked}
    order: dict[str, Asked] = {}
    for one in sorted(asked, key=lambda one: (places[one.question.key], one.question.key)):
        order.setdefault(one.question.key, one)
        for key in one.beside:
            order.setdefault(key, by_key[key])
    return list(order.values())
