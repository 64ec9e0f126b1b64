"""From inputs to cells: every rule of every article at every unit. Reads no database."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from tongchuang.accounts.models import Unit
from tongchuang.assessment import rules
from tongchuang.assessment.inputs import (
    PLACES,
    Article,
    CaseCount,
    Inputs,
    RateCount,
    article_key,
)
from tongchuang.assessment.judging_kinds import Found, judge_kind
from tongchuang.assessment.models import Figure
from tongchuang.assessment.rules import Assessed, Circumstances, Lines, Result, State, Verdict
from tongchuang.standards.models import Clause, Measure, Rule

DEFAULT_PASS_LINE = 0.9
CROSSWALK = "crosswalk"  # beside the kinds of rules: a result of another standard
FACILITY = "facility"  # and one of a facility that is being built


@dataclass(frozen=True, slots=True)
class Judged:
    """One rule at one unit."""

    clause: Clause
    kind: str
    result: Result
    measure: Measure | None = None
    figure: Figure | None = None
    via: str = ""  # code of the pair over which it came in
    counts: bool = True  # False: shown, but something surer stands in its place

    def explained(self) -> dict[str, Any]:
        """As it is kept in the cell: what was compared and which records it rests on."""
        return {
            "clause": self.clause.code,
            "number": self.clause.number,
            "title": self.clause.title,
            "kind": self.kind,
            "verdict": str(self.result.verdict),
            "reason": self.result.reason,
            "score": self.result.score,
            "coverage": self.result.coverage,
            "figures": self.result.figures,
            "measure": self.measure.code if self.measure else "",
            "name": self.measure.name if self.measure else "",
            "unsure": bool(self.measure and self.measure.unsure),
            "figure": self.figure.pk if self.figure else None,
            "read": self.figure.measure.code if self.figure else "",
            "period": self.figure.period if self.figure else "",
            "via": self.via,
            "counts": self.counts,
        }


@dataclass(slots=True)
class Line:
    """One article at one unit, assessed; `standing` is its state when lateness is left out."""

    article: Article
    unit: Unit
    assessed: Assessed
    cases: CaseCount
    standing: State
    judged: list[Judged] = field(default_factory=list)


def judge(found: Inputs, lines: Lines) -> list[Line]:
    """All cells that concern anybody, by article and column."""
    columns = found.columns
    return [line for article in found.articles for line in _lines(found, article, columns, lines)]


def judge_article(found: Inputs, article: Article, lines: Lines) -> list[Line]:
    """The cells of one article alone, the same that `judge` gives for it."""
    return _lines(found, article, found.columns, lines)


def _lines(found: Inputs, article: Article, columns: list[Unit], lines: Lines) -> list[Line]:
    judged = (_line(found, article, unit, lines) for unit in columns)
    return [line for line in judged if line.assessed.state is not State.OFF]


def _line(found: Inputs, article: Article, unit: Unit, lines: Lines) -> Line:
    key = (article.clause.id, unit.id)
    involved = unit.id in found.involved.get(article.clause.id, set())
    cases = found.cases.get(key, CaseCount())
    is_place = unit.kind in PLACES
    judged = list(_judged(found, article, unit, lines)) if is_place or involved else []
    accepted, asked = _papers(found, article, unit)
    around = Circumstances(
        open_cases=cases.open,
        overdue=cases.overdue,
        rulings=cases.rulings,
        papers_accepted=accepted,
        papers_asked=asked,
        blocked=key in found.blocked or any(_is_stuck(one) for one in judged),
        concerned=bool(judged or involved or cases.open),
        shown=key in found.shown,
    )
    counted = [one for one in judged if one.counts]
    vetoes = [one.result for one in counted if one.kind == Rule.Kind.VETO]
    results = [one.result for one in counted if one.kind != Rule.Kind.VETO]
    assessed = rules.combine(results, around, vetoes=vetoes, lines=lines)
    standing = assessed.state
    if cases.overdue:
        on_time = replace(around, overdue=0)
        standing = rules.combine(results, on_time, vetoes=vetoes, lines=lines).state
    return Line(article, unit, assessed, cases, standing, judged)


def _is_stuck(one: Judged) -> bool:
    """Whether it tells of a facility whose building cannot go on."""
    return one.kind == FACILITY and one.result.reason == "facility_paused"


def _papers(found: Inputs, article: Article, unit: Unit) -> tuple[int, int]:
    """Asked papers that are accepted, and asked: the lead owes them, whoever made them."""
    if found.leads.get(article.clause.id) != unit.id:
        return 0, 0
    return accepted_papers(found, article)


def accepted_papers(found: Inputs, article: Article) -> tuple[int, int]:
    """Asked papers of an article that are accepted from any unit, and all that are asked."""
    asked = found.asked.get(article.clause.id, ())
    there = found.accepted.get(article.clause.id, set())
    return sum(text in there for text in asked), len(asked)


def _judged(found: Inputs, article: Article, unit: Unit, lines: Lines) -> Iterator[Judged]:
    for clause in article.judged:
        own = _own(found, article, clause, unit, lines)
        together = _with_carried(own, _carried(found, clause, unit, lines))
        together += _facilities(found, clause, unit)
        yield from together
        counted = [one.result for one in together if one.counts]
        if counted:
            for rule in found.asks(clause).vetoes:
                yield Judged(clause, rule.kind, rules.veto(counted))


def _facilities(found: Inputs, clause: Clause, unit: Unit) -> list[Judged]:
    """Facilities of a clause that are not proven in use: in their place, and for who leads."""
    return [
        Judged(clause, FACILITY, rules.unbuilt(one.stage, title=one.title, project=one.project))
        for one in found.unbuilt.get(clause.pk, ())
        if unit.kind not in PLACES or one.place == unit.pk
    ]


def _own(found: Inputs, article: Article, clause: Clause, unit: Unit, lines: Lines) -> list[Judged]:
    """What the clause's own rules say, vetoes aside: they repeat the others."""
    return [
        judged
        for rule in found.asks(clause).rules
        for judged in _by_kind(found, article, clause, rule, unit, lines)
    ]


def _carried(found: Inputs, clause: Clause, unit: Unit, lines: Lines) -> list[Judged]:
    """What clauses of other standards say of this one, each by its own rules. One hop only."""
    results = []
    for source in found.crosswalk.sources.get(clause.id, ()):
        there = source.clause
        above = there.parent if there.parent and article_key(there) != there.id else there
        own = _own(found, Article(above, [there]), there, unit, lines)
        result = rules.carried(source.relation, [one.result for one in own])
        if own and result.reason != "carried_nothing":
            figures = {"from": there.code, "title": there.title, "standard": there.framework.title}
            result = replace(result, figures={**figures, "relation": str(source.relation)})
            results.append(Judged(clause, CROSSWALK, result, via=source.mapping.code))
    return results


def _with_carried(own: list[Judged], carried: list[Judged]) -> list[Judged]:
    """Own results and those that came in, most restrictive first, every source kept.

    A failure counts beside the own results. A proof counts where the own rules know nothing, and
    stands in their place. A proof of a part is shown only.
    """
    failures = [one for one in carried if one.result.verdict is Verdict.NOT_MET]
    proofs = [one for one in carried if one.result.verdict is Verdict.MET]
    if failures or not proofs or any(one.result.known for one in own):
        return own + [replace(one, counts=one in failures) for one in carried]
    replaced = [replace(one, counts=False) for one in own]
    return replaced + [replace(one, counts=one is proofs[0]) for one in carried]


def _by_kind(
    found: Inputs, article: Article, clause: Clause, rule: Rule, unit: Unit, lines: Lines
) -> list[Judged]:
    """The judgement of one rule, or nothing where it does not concern the unit."""
    is_place = unit.kind in PLACES
    if rule.kind == Rule.Kind.THRESHOLD:
        return _threshold(found, clause, rule, unit, lines)
    if rule.kind == Rule.Kind.CHECKLIST_RATE:
        return _rate(found, article, clause, rule, unit, lines)
    if rule.kind != Rule.Kind.MANUAL:
        other = judge_kind(found, clause, rule, unit, lines)
        return [_judged_by(clause, rule, other)] if other else []
    if is_place:
        return []
    asked = list(dict.fromkeys(clause.evidence))
    accepted = found.accepted.get(article.clause.id, set())
    result = rules.manual(accepted=sum(text in accepted for text in asked), asked=len(asked))
    return [Judged(clause, rule.kind, result)]


def _judged_by(clause: Clause, rule: Rule, found: Found) -> Judged:
    return Judged(clause, rule.kind, found.result, found.measure, found.figure)


def _threshold(found: Inputs, clause: Clause, rule: Rule, unit: Unit, lines: Lines) -> list[Judged]:
    """A place is judged by its own figure only; departments answer for the city's."""
    measure = found.asks(clause).measures.get(rule.params.get("measure", ""))
    if measure is None:
        return []
    figure, via = _figure(found, measure, unit.id)
    if figure is None and unit.kind in PLACES:
        return []
    if figure is None:
        figure, via = _figure(found, measure, found.campaign.city_id)
    result = rules.threshold(
        figure.value if figure else None,
        measure.op,
        measure.threshold,
        unit=measure.unit,
        value_unit=figure.measured_in if figure else "",
        aim=found.aims.get(measure.pk),
        lines=lines,
    )
    return [Judged(clause, rule.kind, result, measure, figure, via)]


def _figure(found: Inputs, measure: Measure, unit: int) -> tuple[Figure | None, str]:
    """The figure of a measure, else that of a measure that asks for the same; and over which pair.

    Of several twins the latest figure is taken, of one period the one with the first code.
    """
    own = found.figures.get((measure.id, unit))
    if own:
        return own, ""
    twins = [
        (figure, twin.mapping.code)
        for twin in found.crosswalk.twins.get(measure.id, ())
        if (figure := found.figures.get((twin.measure.id, unit)))
    ]
    return max(twins, key=lambda one: one[0].period, default=(None, ""))


def _rate(
    found: Inputs, article: Article, clause: Clause, rule: Rule, unit: Unit, lines: Lines
) -> list[Judged]:
    """A place is judged by its own sites, if it has any; departments by those of all places."""
    count = rate_count(found, article, clause, unit)
    if not count.in_scope and unit.kind in PLACES:
        return []
    result = rules.checklist_rate(
        passed=count.passed,
        answered=count.answered,
        sites_visited=count.visited,
        sites_in_scope=count.in_scope,
        pass_line=float(rule.params.get("pass_line") or DEFAULT_PASS_LINE),
        lines=lines,
    )
    return [Judged(clause, rule.kind, result)]


def rate_count(found: Inputs, article: Article, clause: Clause, unit: Unit) -> RateCount:
    """Answers and sites for a requirement: of its site types that have items for its article."""
    places = [unit.id] if unit.kind in PLACES else [place.pk for place in found.places]
    links = {article.clause.id, clause.id}
    kinds = site_types(found, article, clause)
    total = RateCount()
    for kind in kinds:
        for place in places:
            sites = found.rates.sites.get((kind, place))
            if sites:
                total.add(RateCount(visited=sites.visited, in_scope=sites.whole))
            for link in links:
                answers = found.rates.answers.get((link, kind, place))
                if answers:
                    total.add(RateCount(answers.passed, answers.answered))
    return total


def site_types(found: Inputs, article: Article, clause: Clause) -> frozenset[int]:
    """The site types of a requirement among those with items for it, else all with items."""
    types, nothing = found.rates.types, frozenset[int]()
    listed = types.get(article.clause.id, nothing) | types.get(clause.id, nothing)
    own = listed & {kind.pk for kind in clause.site_types.all()}
    return own or listed
