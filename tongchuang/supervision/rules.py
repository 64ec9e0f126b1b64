"""The monthly score of a unit and the ranking inside comparison groups: arithmetic only.

Source: practice of monthly appraisal, read as ADR 0012. Points are Decimal; each published
figure is rounded half-up to 0.01 once, and a total is the sum of what is published, so that anybody
can add a line of the table up. A part without workload is None: not assessed is not zero.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made
from decimal import ROUND_HALF_UP, Decimal

PARTS = ("field", "closing", "tasks", "dossier", "people", "cooperation")
HUNDRED, ZERO = Decimal(100), Decimal(0)
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class RuleSet:
    """One approved version of the rules; all amounts come from a data file."""

    version: str
    title: str
    weights: Mapping[str, Decimal]
    closing: Mapping[str, Decimal]
    dossier: Mapping[str, Decimal]
    cooperation: Mapping[str, Decimal]
    relations: Mapping[str, Decimal]
    deductions: Mapping[str, Decimal]
    overdue_most: Decimal
    bonus: Mapping[str, Decimal]
    bonus_most: Decimal
    total_most: Decimal
    coverage_line: Decimal
    min_cases: int
    min_weight: Decimal
    objection_work_days: int
    people_measure: str
    people_least: int
    groups: Mapping[str, str]
    copy_to: Sequence[str]


@dataclass(frozen=True, slots=True)
class Ratio:
    """So many of so many; `share` is None when there was nothing to count."""

    part: Decimal | int = 0
    whole: Decimal | int = 0

    @property
    def share(self) -> Decimal | None:
        """A share in [0, 1]."""
        return Decimal(self.part) / Decimal(self.whole) if self.whole else None


NOTHING = Ratio()


@dataclass(frozen=True, slots=True)
class Facts:
    """What one unit did in one month; everything that a score reads.

    `field` is the mean score of its inspected places in [0, 100]; `conflicts` None: not examined;
    `cooperation` tells whether anybody asked the unit for anything; `bonus` lists levels of
    approved good practice; `adjustments` are points from upheld objections.
    """

    field: Decimal | None = None
    coverage: Decimal | None = None
    due: int = 0
    deferred: int = 0
    on_time: int = 0
    first_pass: Ratio = NOTHING
    lasting: Ratio = NOTHING
    tasks: Ratio = NOTHING
    joint_tasks: Ratio = NOTHING
    support_tasks: Ratio = NOTHING
    papers_accepted: Ratio = NOTHING
    papers_first: Ratio = NOTHING
    conflicts: int | None = None
    people: Decimal | None = None
    cooperation: bool = False
    late_replies: int = 0
    groundless_returns: int = 0
    deductions: Mapping[str, int] = made(default_factory=dict)
    bonus: Sequence[str] = ()
    adjustments: Sequence[Decimal] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """One unit's line. `weights` are the redistributed ones of the parts that apply.

    `total` is None when the unit is not ranked; `not_ranked` then names the reason: coverage,
    few_cases, little_work.
    """

    parts: Mapping[str, Decimal | None]
    weights: Mapping[str, Decimal | None]
    deductions: Mapping[str, Decimal]
    deduction: Decimal
    bonus: Decimal
    adjustment: Decimal
    total: Decimal | None
    coverage: Decimal | None
    not_ranked: str = ""


def points(value: Decimal) -> Decimal:
    """Rounded half-up to 0.01 point."""
    return value.quantize(_CENT, rounding=ROUND_HALF_UP)


# Parts
def on_time_rate(facts: Facts) -> Decimal | None:
    """Share closed on time of the cases that fell due; deferred ones are not due."""
    return Ratio(facts.on_time, facts.due - facts.deferred).share


def part_shares(facts: Facts, rules: RuleSet) -> dict[str, Decimal | None]:
    """How far the unit fills each part, in [0, 1]; None without workload."""
    return {
        "field": None if facts.field is None else facts.field / HUNDRED,
        "closing": _mean(
            rules.closing,
            {
                "on_time": on_time_rate(facts),
                "first_pass": facts.first_pass.share,
                "lasting": facts.lasting.share,
            },
        ),
        "tasks": tasks_share(facts, rules),
        "dossier": _dossier(facts, rules),
        "people": facts.people,
        "cooperation": _cooperation(facts, rules),
    }


def _mean(weights: Mapping[str, Decimal], shares: Mapping[str, Decimal | None]) -> Decimal | None:
    """Weighted mean of the shares that are known."""
    known = {name: share for name, share in shares.items() if share is not None}
    whole = sum((weights[name] for name in known), ZERO)
    if not whole:
        return None
    return sum((weights[name] * share for name, share in known.items()), ZERO) / whole


def tasks_share(facts: Facts, rules: RuleSet) -> Decimal | None:
    """Share of the weight of tasks on their curve; each relation counts by its own factor.

    A factor of 0 leaves the relation out; None without any task that counts.
    """
    by_relation = {"lead": facts.tasks, "joint": facts.joint_tasks, "support": facts.support_tasks}
    part = sum((rules.relations[name] * one.part for name, one in by_relation.items()), ZERO)
    whole = sum((rules.relations[name] * one.whole for name, one in by_relation.items()), ZERO)
    return Ratio(part, whole).share


def _dossier(facts: Facts, rules: RuleSet) -> Decimal | None:
    accepted, first = facts.papers_accepted.share, facts.papers_first.share
    if accepted is None and first is None:
        return None
    clean = None if facts.conflicts is None else Decimal(facts.conflicts == 0)
    shares = {"accepted": accepted, "first_review": first, "no_conflict": clean}
    return _mean(rules.dossier, shares)


def _cooperation(facts: Facts, rules: RuleSet) -> Decimal | None:
    if not facts.cooperation:
        return None
    lost = (
        rules.cooperation["late_reply"] * facts.late_replies
        + rules.cooperation["groundless_return"] * facts.groundless_returns
    )
    full = rules.weights["cooperation"]
    return max(full - lost, ZERO) / full


def redistributed(
    weights: Mapping[str, Decimal], applicable: Iterable[str]
) -> dict[str, Decimal | None]:
    """Weights of the parts that apply, raised in proportion to fill 100; None for the others."""
    known = set(applicable)
    whole = sum((weights[name] for name in PARTS if name in known), ZERO)
    return {name: weights[name] * HUNDRED / whole if name in known else None for name in PARTS}


def people_share(satisfied: int, judged: int, *, least: int) -> Decimal | None:
    """The share of satisfied citizens; None while fewer than `least` judged: chance, no result."""
    return Ratio(satisfied, judged).share if judged >= max(least, 1) else None


# Deductions and bonus
def deductions(counts: Mapping[str, int], rules: RuleSet) -> dict[str, Decimal]:
    """Points lost by cause; overdue ones together at most `overdue_most`."""
    lost = {name: each * counts.get(name, 0) for name, each in rules.deductions.items()}
    overdue = [name for name in lost if name.startswith("overdue_")]
    room = rules.overdue_most
    for name in sorted(overdue, key=lambda one: -rules.deductions[one]):
        lost[name] = min(lost[name], room)
        room -= lost[name]
    return {name: points(amount) for name, amount in lost.items()}


def bonus(levels: Iterable[str], rules: RuleSet) -> Decimal:
    """Points for approved good practice, capped."""
    return min(sum((rules.bonus[level] for level in levels), ZERO), rules.bonus_most)


# The line
def score(facts: Facts, rules: RuleSet) -> Score:
    """The monthly score of a unit in [0, `total_most`], or why it is not ranked."""
    shares = part_shares(facts, rules)
    applicable = [name for name in PARTS if shares[name] is not None]
    weights = redistributed(rules.weights, applicable)
    parts = {name: _part(shares[name], weights[name]) for name in PARTS}
    lost = deductions(facts.deductions, rules)
    deduction = sum(lost.values(), ZERO)
    extra = bonus(facts.bonus, rules)
    adjustment = sum(facts.adjustments, ZERO)
    reason = not_ranked(facts, applicable, rules)
    earned = sum((part for part in parts.values() if part is not None), ZERO)
    total = earned - deduction + extra + adjustment
    return Score(
        parts=parts,
        weights={name: None if w is None else points(w) for name, w in weights.items()},
        deductions={name: amount for name, amount in lost.items() if amount},
        deduction=deduction,
        bonus=extra,
        adjustment=adjustment,
        total=None if reason else points(min(max(total, ZERO), rules.total_most)),
        coverage=facts.coverage,
        not_ranked=reason,
    )


def _part(share: Decimal | None, weight: Decimal | None) -> Decimal | None:
    return None if share is None or weight is None else points(share * weight)


def not_ranked(facts: Facts, applicable: Iterable[str], rules: RuleSet) -> str:
    """Why a unit gets no score: coverage, few_cases, little_work; empty when it does."""
    if facts.coverage is not None and facts.coverage < rules.coverage_line:
        return "coverage"
    if 0 < facts.due - facts.deferred < rules.min_cases:
        return "few_cases"
    weight = sum((rules.weights[name] for name in applicable), ZERO)
    return "little_work" if weight < rules.min_weight else ""


# Ranking
def ranks(totals: Mapping[int, Decimal | None]) -> dict[int, int | None]:
    """Ranks in one comparison group: equal totals share one, the next is skipped (1, 2, 2, 4)."""
    known = sorted((total for total in totals.values() if total is not None), reverse=True)
    return {
        unit: None if total is None else known.index(total) + 1 for unit, total in totals.items()
    }


def change(before: int | None, now: int | None) -> int | None:
    """Ranks won (positive) or lost since last month; None when either month has no rank."""
    return None if before is None or now is None else before - now
