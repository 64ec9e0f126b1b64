"""Arithmetic of readiness without Django: rules, cells, campaigns. Not assessed is not zero.

The closed formula, also shown on the pages:

* a rule gives a verdict (met, not met, unknown), a score and a coverage, all shares in [0, 1];
* score of a cell = mean of its known scores, 0 when a veto is not met; coverage = mean coverage;
* a clause stands in the state that `hold_share` of its assessed units reach, lateness apart; in
  the worst when a veto item of it is not met for the city as a whole, or when more than one of its
  open cases and more than `late_share` of them are overdue;
* 特色 is a met clause with an approved highlight; a clause is not met while a facility that it asks
  for is under way and not proven in use;
* readiness of a campaign = lowest of its known parts, at most `veto_cap` while a veto is not met,
  and None below the coverage line.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from math import ceil

from tongchuang.standards.rules import crosswalk
from tongchuang.standards.rules.crosswalk import Relation

SHARE_UNITS = frozenset({"%", "‰"})
Figures = dict[str, str | int | float | None]


class Verdict(StrEnum):
    """What a rule says."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


class State(StrEnum):
    """State of a cell, the values of `models.Cell.State`."""

    HIGHLIGHT = "highlight"
    STRENGTH = "strength"
    MET = "met"
    RUNNING = "running"
    WEAK = "weak"
    HARD = "hard"
    BAD = "bad"
    RULING = "ruling"
    UNKNOWN = "unknown"
    OFF = "off"


# From good to bad. 未评 and 不适用 say nothing of a clause.
ORDER = (
    State.HIGHLIGHT,
    State.STRENGTH,
    State.MET,
    State.RUNNING,
    State.RULING,
    State.WEAK,
    State.HARD,
    State.BAD,
)
HOLDS = frozenset({State.HIGHLIGHT, State.STRENGTH, State.MET, State.RUNNING})


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of `data/scoring/readiness-….yaml`; shares in [0, 1]."""

    coverage_line: float = 0.80
    state_line: float = 0.50
    hold_share: float = 0.90
    late_share: float = 0.10
    strength_margin: float = 0.05
    near_margin: float = 0.05
    visit_months: int = 6
    sample_share: float = 0.15
    sample_least: int = 2
    figure_years: int = 2
    veto_cap: float = 0.50
    major_step: float = 0.02
    satisfaction_metric: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What one rule found. `score` is None when unknown; `margin` is the distance above the line.

    `reason` is a key of `words.REASONS`; `figures` are those that the words name. `aim` tells
    whether the campaign's own target is reached; None where there is none or nothing to compare.
    """

    verdict: Verdict
    reason: str
    score: float | None = None
    coverage: float = 0.0
    margin: float | None = None
    figures: Figures = field(default_factory=dict)
    aim: bool | None = None

    @property
    def known(self) -> bool:
        """Whether it was assessed."""
        return self.verdict is not Verdict.UNKNOWN


# Rules
def threshold(
    value: Decimal | None,
    op: str,
    line: Decimal | None,
    *,
    unit: str = "",
    value_unit: str = "",
    aim: Decimal | None = None,
    lines: Lines | None = None,
) -> Result:
    """Compare a figure with its target.

    `value_unit` empty means the unit of the measure; another unit is never converted. The score
    is the share of the way to the target, 1 from the target on. `aim` is the campaign's own,
    stricter target: it never changes the verdict, only whether a met rule is a strength.
    """
    near_margin = (lines or Lines()).near_margin
    figures: Figures = {
        "value": _text(value),
        "line": _text(line),
        "op": op,
        "unit": unit,
        "value_unit": value_unit or unit,
    }
    if aim is not None:
        figures["aim"] = _text(aim)
    if value is None:
        return Result(Verdict.UNKNOWN, "no_value", figures=figures)
    if value_unit and value_unit != unit:
        return Result(Verdict.UNKNOWN, "other_unit", figures=figures)
    if line is None or op not in _COMPARE:
        return Result(Verdict.UNKNOWN, "no_line", figures=figures)
    met = _COMPARE[op](value, line)
    margin = _margin(value, op, line, unit)
    near = abs(margin) < near_margin and op != "=="
    reason = ("near_" if near else "") + ("met" if met else "not_met")
    score = 1.0 if met else _share_of_way(value, op, line)
    verdict = Verdict.MET if met else Verdict.NOT_MET
    aimed = None if aim is None else bool(_COMPARE[op](value, aim))
    return Result(verdict, reason, score, 1.0, margin, figures, aimed)


_COMPARE = {
    ">=": lambda value, line: value >= line,
    ">": lambda value, line: value > line,
    "==": lambda value, line: value == line,
    "<=": lambda value, line: value <= line,
    "<": lambda value, line: value < line,
}


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.normalize():f}"


def _margin(value: Decimal, op: str, line: Decimal, unit: str) -> float:
    """How far on the good side: in points for percentages, else as a share of the line."""
    if op == "==":
        return 0.0 if value == line else -1.0
    distance = value - line if op in {">=", ">"} else line - value
    scale = Decimal(100) if unit in SHARE_UNITS else abs(line) or Decimal(1)
    return float(distance / scale)


def _share_of_way(value: Decimal, op: str, line: Decimal) -> float:
    if op in {">=", ">"}:
        share = value / line if line > 0 else Decimal(0)
    elif op in {"<=", "<"}:
        share = line / value if value > 0 else Decimal(0)
    else:
        share = Decimal(0)
    return float(min(max(share, Decimal(0)), Decimal("0.9999")))


def sites_asked(in_scope: int, lines: Lines) -> int:
    """How many of the sites in scope should have been visited."""
    return min(in_scope, max(lines.sample_least, ceil(in_scope * lines.sample_share)))


def checklist_rate(
    *,
    passed: int,
    answered: int,
    sites_visited: int,
    sites_in_scope: int,
    pass_line: float,
    lines: Lines | None = None,
) -> Result:
    """Share of the answers that pass; unknown while too few sites have been visited.

    Coverage is sites visited by sites that should have been; below `state_line` there is no
    verdict. The score is the share of the way to `pass_line`.
    """
    lines = lines or Lines()
    asked = sites_asked(sites_in_scope, lines)
    coverage = min(1.0, sites_visited / asked) if asked else 0.0
    figures: Figures = {
        "passed": passed,
        "answered": answered,
        "visited": sites_visited,
        "asked": asked,
        "in_scope": sites_in_scope,
        "pass_line": pass_line,
    }
    if not answered:
        return Result(Verdict.UNKNOWN, "not_visited", figures=figures)
    if coverage < lines.state_line:
        return Result(Verdict.UNKNOWN, "too_few_sites", None, coverage, None, figures)
    rate = passed / answered
    met = rate >= pass_line
    margin = rate - pass_line
    reason = ("near_" if abs(margin) < lines.near_margin else "") + ("rate_met" if met else "rate")
    verdict = Verdict.MET if met else Verdict.NOT_MET
    return Result(verdict, reason, min(1.0, rate / pass_line), coverage, margin, figures)


def manual(*, accepted: int, asked: int) -> Result:
    """A requirement that people judge: met once every paper asked for has been accepted.

    Whoever accepted the papers has judged; missing papers leave it open, they do not fail it.
    """
    figures: Figures = {"accepted": accepted, "asked": asked}
    if asked and accepted >= asked:
        return Result(Verdict.MET, "papers_accepted", 1.0, 1.0, None, figures)
    return Result(Verdict.UNKNOWN, "papers_missing", figures=figures)


def unbuilt(stage: str, *, title: str, project: int) -> Result:
    """A clause whose facility is not proven in use is not met, whatever its figures say.

    `stage`: planned, building, built (not yet proven in use) or paused. It has no score: how far
    the building is says nothing of how far the clause is.
    """
    figures: Figures = {"title": title, "project": project}
    return Result(Verdict.NOT_MET, f"facility_{stage}", None, 1.0, None, figures)


def veto(results: Iterable[Result]) -> Result:
    """A veto item stands or falls with the other rules of its requirement."""
    found = list(results)
    if any(one.verdict is Verdict.NOT_MET for one in found):
        return Result(Verdict.NOT_MET, "veto", 0.0, 1.0)
    if found and all(one.verdict is Verdict.MET for one in found):
        return Result(Verdict.MET, "veto_met", 1.0, 1.0)
    return Result(Verdict.UNKNOWN, "veto_open")


def carried(relation: Relation, results: Iterable[Result]) -> Result:
    """What the rules of another standard's clause say of this one, over their relation.

    That clause is met when all its rules are, and not met when one is not. Score and coverage
    come with a proof or a failure of the whole; a proof of a part is no verdict
    (`standards.rules.crosswalk.carried`).
    """
    found = list(results)
    failed = [one for one in found if one.verdict is Verdict.NOT_MET]
    met = bool(found) and all(one.verdict is Verdict.MET for one in found)
    verdict = Verdict.NOT_MET if failed else Verdict.MET if met else Verdict.UNKNOWN
    said = crosswalk.carried(relation, verdict)
    coverage = min((one.coverage for one in failed or found), default=0.0)
    if said is crosswalk.Carried.MET:
        return Result(Verdict.MET, "carried_met", 1.0, coverage)
    if said is crosswalk.Carried.NOT_MET:
        return Result(Verdict.NOT_MET, "carried_not_met", 0.0, coverage)
    part = said is crosswalk.Carried.PART
    return Result(Verdict.UNKNOWN, "carried_part" if part else "carried_nothing")


# Cells
@dataclass(frozen=True, slots=True)
class Circumstances:
    """What besides the rules decides a cell."""

    open_cases: int = 0
    overdue: int = 0
    rulings: int = 0
    papers_accepted: int = 0
    papers_asked: int = 0
    blocked: bool = False
    concerned: bool = True
    shown: bool = False  # an approved highlight of the unit stands on the clause


@dataclass(frozen=True, slots=True)
class Assessed:
    """State of a cell with score and coverage, shares in [0, 1] or None."""

    state: State
    score: float | None = None
    coverage: float | None = None


def combine(
    results: Sequence[Result],
    around: Circumstances,
    *,
    vetoes: Sequence[Result] = (),
    lines: Lines | None = None,
) -> Assessed:
    """Put the rules of a clause at one unit together with its cases, papers and tasks.

    `vetoes` repeat what the rules say and so add nothing to score and coverage but their cap.
    """
    lines = lines or Lines()
    if not around.concerned:
        return Assessed(State.OFF)
    known = sorted(one.score for one in results if one.score is not None)
    score = sum(known) / len(known) if known else None
    coverage = sum(sorted(one.coverage for one in results)) / len(results) if results else None
    vetoed = any(one.verdict is Verdict.NOT_MET for one in vetoes)
    if vetoed:
        score = 0.0
    state = _state(results, around, coverage or 0.0, lines, vetoed=vetoed)
    return Assessed(state, _bounded(score), _bounded(coverage))


def _bounded(share: float | None) -> float | None:
    return None if share is None else min(1.0, max(0.0, share))


def _state(
    results: Sequence[Result], around: Circumstances, coverage: float, lines: Lines, *, vetoed: bool
) -> State:
    if vetoed or around.overdue:
        return State.BAD
    if any(one.verdict is Verdict.NOT_MET for one in results):
        return State.HARD if around.blocked else State.WEAK
    if around.rulings:
        return State.RULING
    if around.open_cases:
        return State.RUNNING
    if coverage < lines.state_line or not any(one.known for one in results):
        return State.UNKNOWN
    strong = _is_strength(results, around, coverage, lines)
    return State.HIGHLIGHT if around.shown else State.STRENGTH if strong else State.MET


def _is_strength(
    results: Sequence[Result], around: Circumstances, coverage: float, lines: Lines
) -> bool:
    """Clearly above every line, everything assessed, every paper there.

    Where the campaign set itself a target, clearly above means that target.
    """
    least = lines.strength_margin - 1e-9
    above = [
        one.aim if one.aim is not None else one.margin >= least
        for one in results
        if one.margin is not None
    ]
    clear = bool(above) and all(above)
    return clear and coverage >= 1 and around.papers_accepted >= around.papers_asked


def clause_state(
    states: Iterable[str],
    *,
    vetoed: bool = False,
    open_cases: int = 0,
    overdue: int = 0,
    lines: Lines | None = None,
) -> State:
    """The state that `hold_share` of the assessed units reach; with a share of 1 the worst.

    `states` are those of the cells without lateness; 未评 and 不适用 say nothing. One late case
    alone never decides; a fallen veto, or too large a share of late cases, does.
    """
    lines, found = lines or Lines(), [State(state) for state in states]
    if vetoed or overdue > max(1.0, open_cases * lines.late_share):
        return State.BAD
    known = sorted(ORDER.index(state) for state in found if state in ORDER)
    if known:
        reaching = max(1, ceil(len(known) * lines.hold_share - 1e-9))
        return ORDER[known[reaching - 1]]
    return State.UNKNOWN if State.UNKNOWN in found else State.OFF


# Campaigns and gates
@dataclass(frozen=True, slots=True)
class Part:
    """One part of readiness: `share` of `good` by `of`; None when nothing is known."""

    key: str
    share: float | None
    good: float
    of: float


@dataclass(frozen=True, slots=True)
class Tally:
    """What is counted for readiness.

    Clauses that hold by clauses assessed, veto items met and not met, papers accepted and asked,
    overdue major cases, satisfaction as a share of its target.
    """

    clauses_held: int
    clauses_assessed: int
    clauses: int
    vetoes_met: int
    vetoes_not_met: int
    papers_accepted: int
    papers_asked: int
    major_late: int
    coverages: Sequence[float]
    satisfaction: float | None = None


@dataclass(frozen=True, slots=True)
class Readiness:
    """Readiness with its parts; `score` None below the coverage line, then `reason` says why."""

    score: float | None
    coverage: float
    parts: tuple[Part, ...]
    reason: str
    lowest: str

    @property
    def shown(self) -> bool:
        """Whether there is a score to show."""
        return self.score is not None


def readiness(tally: Tally, *, lines: Lines | None = None) -> Readiness:
    """The lowest known part caps the whole; a veto that is not met caps it at `veto_cap`."""
    lines = lines or Lines()
    parts = _parts(tally, lines)
    coverage = sum(sorted(tally.coverages)) / len(tally.coverages) if tally.coverages else 0.0
    known = [part for part in parts if part.share is not None]
    if not tally.clauses_assessed:
        return Readiness(None, coverage, parts, "nothing", "")
    lowest = min(known, key=lambda part: part.share or 0.0)
    if coverage < lines.coverage_line:
        return Readiness(None, coverage, parts, "coverage", lowest.key)
    score = lowest.share or 0.0
    if tally.vetoes_not_met and score > lines.veto_cap:
        return Readiness(lines.veto_cap, coverage, parts, "veto", "vetoes")
    return Readiness(score, coverage, parts, "lowest", lowest.key)


def _parts(tally: Tally, lines: Lines) -> tuple[Part, ...]:
    vetoes = tally.vetoes_met + tally.vetoes_not_met
    major = max(0.0, 1.0 - lines.major_step * tally.major_late)
    return (
        _part("clauses", tally.clauses_held, tally.clauses_assessed),
        _part("vetoes", tally.vetoes_met, vetoes),
        _part("papers", tally.papers_accepted, tally.papers_asked),
        Part("major", major, tally.major_late, 0),
        Part("satisfaction", _bounded(tally.satisfaction), tally.satisfaction or 0.0, 1),
    )


def _part(key: str, good: int, of: int) -> Part:
    return Part(key, min(1.0, good / of) if of else None, good, of)
