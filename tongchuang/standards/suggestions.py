"""Guesses for missing pairs, from what stands in the database."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import QuerySet

from tongchuang.standards.models import Clause, Framework, Mapping, Unpaired
from tongchuang.standards.rules.suggesting import (
    Described,
    Guess,
    Quality,
    quality,
    ranked,
    suggest,
)

TOP = 20
LEAST = 0.3  # below this share of common character pairs hardly any guess was right


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Two clauses that look alike; `percent` is how alike, of 100."""

    source: Clause
    target: Clause
    percent: int


def suggestion_list(source: Framework, target: Framework, *, top: int = TOP) -> list[Suggestion]:
    """The best guesses between two standards that nobody has judged. Six queries."""
    here, there = _requirements(source), _requirements(target)
    guesses = suggest(
        map(described, here),
        map(described, there),
        known=_judged(source, target),
        least=LEAST,
        top=top,
    )
    clauses = {clause.pk: clause for clause in (*here, *there)}
    return [Suggestion(clauses[g.source], clauses[g.target], round(g.score * 100)) for g in guesses]


def _requirements(framework: Framework) -> QuerySet[Clause]:
    return framework.clauses.filter(level=Clause.Level.REQUIREMENT).prefetch_related("measures")


def described(clause: Clause) -> Described:
    """A clause as the arithmetic compares it; its measures are read beforehand."""
    measures = clause.measures.all()
    return Described(
        clause.pk,
        clause.title,
        tuple(measure.name for measure in measures),
        frozenset(measure.unit for measure in measures if measure.unit),
    )


def _judged(source: Framework, target: Framework) -> frozenset[tuple[int, int]]:
    """Pairs there are, refused or not, and clauses of which somebody said that they are none."""
    between = {"source__framework__in": [source, target], "target__framework__in": [source, target]}
    pairs = Mapping.objects.active().filter(**between).order_by()
    refused = Unpaired.objects.filter(
        first__framework__in=[source, target], second__framework__in=[source, target]
    ).order_by()
    return frozenset(pairs.values_list("source", "target")) | frozenset(
        refused.values_list("first", "second")
    )


def measured(places: tuple[int, ...] = (1, 3, 5)) -> list[Quality]:
    """How well the guesses find the pairs that came with files, over all pairs of standards.

    Every requirement that has a pair in another standard asks once for that standard.
    """
    true = _shipped()
    guesses: dict[int, list[Guess]] = {}
    wanted: dict[int, frozenset[int]] = {}
    clauses = _described_by_framework()
    for number, ((source, target), pairs) in enumerate(sorted(true.items())):
        found = ranked(clauses[source], clauses[target], least=LEAST)
        for key, targets in pairs.items():
            question = key * len(true) + number  # one clause asks several standards
            guesses[question], wanted[question] = found.get(key, []), frozenset(targets)
    return [quality(guesses, wanted, at=at) for at in places]


def _shipped() -> dict[tuple[int, int], dict[int, set[int]]]:
    rows = Mapping.objects.active().exclude(file="").order_by("code")
    found: dict[tuple[int, int], dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for source, target, a, b in rows.values_list(
        "source", "target", "source__framework", "target__framework"
    ):
        found[a, b][source].add(target)
    return found


def _described_by_framework() -> dict[int, list[Described]]:
    found: dict[int, list[Described]] = defaultdict(list)
    rows = Clause.objects.filter(level=Clause.Level.REQUIREMENT).prefetch_related("measures")
    for clause in rows.order_by("framework", "ordinal"):
        found[clause.framework_id].append(described(clause))
    return found
