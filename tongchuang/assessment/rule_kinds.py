"""The rule kinds beyond target, pass rate, papers and veto. Arithmetic without Django.

Like those of `rules.py` each gives a verdict, a score and a coverage, all shares in [0, 1], and
says "unknown" where an input is missing: not assessed is not zero, and never met. The kinds are a
closed set; their parameters are checked by `standards.rules.checks.PARAMS` when a standard comes
in. Source of the kinds: the wording of the shipped standards (或持续改善, 近 3 年无…, 抽查…), told
in docs/reference/framework-files.md; how a wording is read is a default of the product.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from tongchuang.assessment.rules import Figures, Lines, Result, Verdict

_NEARLY = 0.9999  # who has not met it never scores full


def ratio(
    part: Decimal | None,
    whole: Decimal | None,
    *,
    pass_line: Decimal,
    at_most: bool = False,
    lines: Lines | None = None,
) -> Result:
    """Compare the share that one figure has of another with `pass_line`, a share in (0, 1].

    Both figures are counts of the same unit, `part` in [0, `whole`]; figures that contradict each
    other, or a whole of nothing, leave it unknown. `at_most` turns the comparison round.
    """
    figures: Figures = {
        "part": _text(part),
        "whole": _text(whole),
        "pass_line": float(pass_line),
        "op": "<=" if at_most else ">=",
    }
    if part is None or whole is None:
        return Result(Verdict.UNKNOWN, "no_value", figures=figures)
    if whole <= 0 or not 0 <= part <= whole:
        return Result(Verdict.UNKNOWN, "no_share", figures=figures)
    share = part / whole
    margin = float(pass_line - share if at_most else share - pass_line)
    met = margin >= 0
    near = abs(margin) < (lines or Lines()).near_margin
    reason = ("near_" if near else "") + ("met" if met else "not_met")
    way = float(pass_line / share if at_most else share / pass_line) if share else 0.0
    score = 1.0 if met else min(way, _NEARLY)
    return Result(_verdict(met=met), reason, score, 1.0, margin, figures)


def trend(
    values: Sequence[Decimal | None], *, falling: bool, target: Result | None = None
) -> Result:
    """Ask a figure to keep improving over years in a row, oldest first; usually three.

    No year may be worse than the one before and the last must be better than the first (our
    reading of 逐年、持续: a year without change does not break it). With `target`, the judgement of
    the last value against its threshold (达到或持续改善), either is enough. Unknown while a year
    or the target is missing, unless the other alone suffices. The score of what is not met is the
    share of the steps that improved, or the way to the target if that is further.
    """
    figures: Figures = {
        "years": len(values),
        "known": sum(value is not None for value in values),
        "values": " → ".join(_text(value) or "?" for value in values),
        **(target.figures if target else {}),
    }
    if target and target.verdict is Verdict.MET:
        return Result(Verdict.MET, target.reason, 1.0, 1.0, target.margin, figures)
    known = [value for value in values if value is not None]
    coverage = len(known) / len(values) if values else 0.0
    if len(known) < 2 or len(known) < len(values):
        return Result(Verdict.UNKNOWN, "years_missing", None, coverage, None, figures)
    steps = [(old - new if falling else new - old) for old, new in pairwise(known)]
    if all(step >= 0 for step in steps) and sum(steps) > 0:
        return Result(Verdict.MET, "improving", 1.0, 1.0, None, figures)
    if target and not target.known:
        return Result(Verdict.UNKNOWN, target.reason, None, coverage, None, figures)
    share = sum(step > 0 for step in steps) / len(steps)
    score = min(max(share, (target.score or 0.0) if target else 0.0), _NEARLY)
    return Result(Verdict.NOT_MET, "not_improving", score, 1.0, None, figures)


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a deduction table: points off for each time, at most `most` for the line."""

    fault: str
    points: Decimal
    most: Decimal | None = None


def deduction(
    counts: Mapping[str, int | None],
    steps: Sequence[Step],
    *,
    full: Decimal,
    pass_score: Decimal,
) -> Result:
    """Take points off `full` for every fault found; met from `pass_score` points on.

    `counts` are times by fault, None = not looked for: one such line leaves the whole unknown.
    The score is the points left as a share of `full`, never below 0.
    """
    asked = [counts.get(step.fault) for step in steps]
    known = sum(count is not None for count in asked)
    figures: Figures = {
        "full": _text(full),
        "pass_score": _text(pass_score),
        "known": known,
        "asked": len(steps),
    }
    if not steps or full <= 0 or known < len(steps):
        coverage = known / len(steps) if steps else 0.0
        return Result(Verdict.UNKNOWN, "faults_unknown", None, coverage, None, figures)
    off = sum(
        (_off(step, count or 0) for step, count in zip(steps, asked, strict=True)), Decimal(0)
    )
    left = max(full - off, Decimal(0))
    met = left >= pass_score
    margin = float((left - pass_score) / full)
    figures["left"] = _text(left)
    reason = "points_left" if met else "points_lost"
    return Result(_verdict(met=met), reason, float(left / full), 1.0, margin, figures)


def _off(step: Step, count: int) -> Decimal:
    off = step.points * count
    return off if step.most is None else min(off, step.most)


def sample_rate(*, passed: int, sampled: int, asked: int, pass_line: Decimal) -> Result:
    """Judge the share of a sample that passes; unknown before `asked` were looked at.

    Counts of sites, persons or papers; `pass_line` is a share in (0, 1]. Coverage is the sample
    by what was asked. Unlike a pass rate of check items, the size of the sample is fixed.
    """
    figures: Figures = {
        "passed": passed,
        "answered": sampled,
        "asked": asked,
        "pass_line": float(pass_line),
    }
    coverage = min(1.0, sampled / asked) if asked > 0 else 0.0
    if not sampled or sampled < asked:
        return Result(Verdict.UNKNOWN, "sample_small", None, coverage, None, figures)
    rate = Decimal(passed) / sampled
    margin = float(rate - pass_line)
    met = rate >= pass_line
    score = 1.0 if met else min(float(rate / pass_line), _NEARLY)
    return Result(
        _verdict(met=met), "rate_met" if met else "rate", score, coverage, margin, figures
    )


def count_in_window(
    counts: Sequence[Decimal | None], *, months: int, most: int = 0, so_far: Decimal | None = None
) -> Result:
    """Ask that within a window of months (36, 24, 12) something happened at most `most` times.

    `counts` tile the window, None = not reported. Too many in the known part is enough for
    "not met"; "met" needs every part. `so_far` is what the running year brought already: it can
    only hurt.
    """
    known = [count for count in counts if count is not None]
    total = sum(known, Decimal(0)) + (so_far or Decimal(0))
    figures: Figures = {
        "months": months,
        "most": most,
        "count": _text(total) if known or so_far else None,
        "known": len(known),
        "parts": len(counts),
    }
    if total > most:
        return Result(Verdict.NOT_MET, "too_many", 0.0, 1.0, None, figures)
    if not counts or len(known) < len(counts):
        coverage = len(known) / len(counts) if counts else 0.0
        return Result(Verdict.UNKNOWN, "window_open", None, coverage, None, figures)
    return Result(Verdict.MET, "none_in_window", 1.0, 1.0, None, figures)


def prerequisite(*, held: bool | None, title: str) -> Result:
    """Ask that another title is held first; None = nobody has recorded it, which is unknown."""
    figures: Figures = {"title": title}
    if held is None:
        return Result(Verdict.UNKNOWN, "title_unknown", figures=figures)
    reason = "title_held" if held else "title_missing"
    return Result(_verdict(met=held), reason, 1.0 if held else 0.0, 1.0, None, figures)


def no_inputs(reason: str) -> Result:
    """A kind whose inputs the city does not record yet: unknown, and the words say which."""
    return Result(Verdict.UNKNOWN, reason)


def _verdict(*, met: bool) -> Verdict:
    return Verdict.MET if met else Verdict.NOT_MET


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value.normalize():f}"
