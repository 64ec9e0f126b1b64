"""The further kinds of rules on the inputs that a city has. Reads no database.

Trend and window rest on yearly figures, a share on two figures of one period. Nobody records
deductions, samples or held titles yet: those stay unknown and say so.
"""

from dataclasses import dataclass
from decimal import Decimal

from tongchuang.accounts.models import Unit
from tongchuang.assessment import rule_kinds, rules
from tongchuang.assessment.inputs import PLACES, Inputs
from tongchuang.assessment.models import Figure
from tongchuang.assessment.rules import Lines, Result, Verdict
from tongchuang.standards.models import Clause, Measure, Rule
from tongchuang.standards.rules.checks import direction_of

TREND_YEARS = 3


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule found, the measure that it asks for and the newest figure that it rests on."""

    result: Result
    measure: Measure | None = None
    figure: Figure | None = None


def judge_kind(found: Inputs, clause: Clause, rule: Rule, unit: Unit, lines: Lines) -> Found | None:
    """The judgement of a rule at a unit; None where it does not concern the unit.

    A place is judged by its own figures only; departments answer for the city's.
    """
    measures = found.asks(clause).measures
    if rule.kind == Rule.Kind.RATIO:
        return _ratio(found, rule, measures, unit, lines)
    if rule.kind in {Rule.Kind.TREND, Rule.Kind.NO_INCIDENT}:
        measure = measures.get(rule.params["measure"])
        years = _years(found, measure, unit) if measure else None
        if measure is None or years is None:
            return None
        judge = _trend if rule.kind == Rule.Kind.TREND else _window
        return judge(found, rule, measure, years, lines)
    return None if unit.kind in PLACES else Found(_without_inputs(rule))


def _without_inputs(rule: Rule) -> Result:
    if rule.kind == Rule.Kind.PREREQUISITE:
        return rule_kinds.prerequisite(held=None, title=str(rule.params["title"]))
    deducts = rule.kind == Rule.Kind.DEDUCTION
    return rule_kinds.no_inputs("no_deductions" if deducts else "no_sample")


def _years(found: Inputs, measure: Measure, unit: Unit) -> dict[int, Figure] | None:
    """Figures of whole years in the measure's own unit; None for a place without any."""
    own = found.yearly.get((measure.pk, unit.pk))
    if own is None and unit.kind not in PLACES:
        own = found.yearly.get((measure.pk, found.campaign.city_id), {})
    if own is None:
        return None
    return {year: one for year, one in own.items() if one.measured_in in {"", measure.unit}}


def _trend(
    found: Inputs, rule: Rule, measure: Measure, years: dict[int, Figure], lines: Lines
) -> Found:
    fresh = [year for year in years if year >= found.day.year - lines.figure_years]
    number = int(rule.params.get("years", TREND_YEARS))
    if not fresh:
        return Found(Result(Verdict.UNKNOWN, "no_value", figures={"years": number}), measure)
    newest = years[max(fresh)]
    asked = range(max(fresh) - number + 1, max(fresh) + 1)
    values = [years[year].value if year in years else None for year in asked]
    falling = direction_of(rule.params, {"op": measure.op}) == "down"
    result = rule_kinds.trend(values, falling=falling, target=_target(measure, newest, lines))
    return Found(result, measure, newest)


def _target(measure: Measure, figure: Figure, lines: Lines) -> Result | None:
    """The figure against the target; None where the standard names the trend alone."""
    if measure.threshold is None or measure.op == Measure.Op.TREND:
        return None
    return rules.threshold(
        figure.value, measure.op, measure.threshold, unit=measure.unit, lines=lines
    )


def _window(
    found: Inputs, rule: Rule, measure: Measure, years: dict[int, Figure], _lines: Lines
) -> Found:
    """Yearly figures show no months: so many full years before the running one, and this so far."""
    months, this = int(rule.params["months"]), found.day.year
    asked = range(this - months // 12, this)
    counts = [years[year].value if year in years else None for year in asked]
    so_far = years[this].value if this in years else None
    most = int(rule.params.get("most", 0))
    result = rule_kinds.count_in_window(counts, months=months, most=most, so_far=so_far)
    return Found(result, measure, years[max(years)] if years else None)


def _ratio(
    found: Inputs, rule: Rule, measures: dict[str, Measure], unit: Unit, lines: Lines
) -> Found | None:
    part, whole = measures.get(rule.params["part"]), measures.get(rule.params["whole"])
    if part is None or whole is None:
        return None
    where = unit.pk if unit.kind in PLACES else found.campaign.city_id
    one, other = found.figures.get((part.pk, where)), found.figures.get((whole.pk, where))
    if unit.kind in PLACES and not (one and other):
        return None
    if one and other and (one.period != other.period or _unit(one) != _unit(other)):
        return Found(Result(Verdict.UNKNOWN, "not_together"), part, one)
    result = rule_kinds.ratio(
        one.value if one else None,
        other.value if other else None,
        pass_line=Decimal(str(rule.params["pass_line"])),
        at_most=rule.params.get("op") == Measure.Op.AT_MOST,
        lines=lines,
    )
    return Found(result, part, one)


def _unit(figure: Figure) -> str:
    return figure.measured_in or figure.measure.unit
