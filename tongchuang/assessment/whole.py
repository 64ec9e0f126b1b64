"""From cells to the readiness of a campaign, article by article. Reads no database.

Each article is summed up by itself, so that one changed fact costs the articles that read it and
not the whole city; see `live`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tongchuang.assessment import rules
from tongchuang.assessment.inputs import PLACES, Article, Inputs
from tongchuang.assessment.judging import Line, accepted_papers
from tongchuang.assessment.models import Figure
from tongchuang.assessment.rules import Lines, Result, State, Verdict
from tongchuang.standards.models import Measure, Rule


@dataclass(frozen=True, slots=True)
class Standing:
    """One article in the city as a whole.

    `state` is None where it concerns nobody; `vetoes` are the verdicts of its veto items;
    `coverage` is the mean over the units judged by rules, 0 when nothing was judged; papers that
    are accepted and asked.
    """

    state: State | None
    vetoes: tuple[Verdict, ...]
    coverage: float
    papers: tuple[int, int]


def standing_of(found: Inputs, article: Article, cells: Sequence[Line], lines: Lines) -> Standing:
    """Sum up the cells of one article."""
    vetoes = tuple(_veto_verdicts(cells).values())
    shares = [one.assessed.coverage for one in cells if one.assessed.coverage is not None]
    state = _state(cells, lines, vetoed=Verdict.NOT_MET in vetoes) if cells else None
    return Standing(
        _as_a_whole(found, article, cells, state) if state else None,
        vetoes,
        sum(shares) / len(shares) if shares else 0.0,
        accepted_papers(found, article),
    )


def readiness_facts(found: Inputs, cells: Iterable[Line], lines: Lines) -> dict[str, Any]:
    """The readiness of the campaign as plain values, as it is kept with a snapshot."""
    by_article: dict[int, list[Line]] = {article.clause.id: [] for article in found.articles}
    for cell in cells:
        by_article[cell.article.clause.id].append(cell)
    standings = {
        article.clause.id: standing_of(found, article, by_article[article.clause.id], lines)
        for article in found.articles
    }
    return facts_of(found, standings, lines)


def facts_of(found: Inputs, standings: dict[int, Standing], lines: Lines) -> dict[str, Any]:
    """The readiness from what every article says of the whole city."""
    counted = tally(found, standings.values(), lines)
    whole = rules.readiness(counted, lines=lines)
    facts = asdict(counted)
    facts.pop("coverages")
    return {
        "score": whole.score,
        "coverage": whole.coverage,
        "reason": whole.reason,
        "lowest": whole.lowest,
        "parts": [asdict(part) for part in whole.parts],
        "tally": facts,
        "clauses": {
            str(pk): str(one.state) for pk, one in standings.items() if one.state is not None
        },
    }


def tally(found: Inputs, standings: Iterable[Standing], lines: Lines) -> rules.Tally:
    """What is counted for the readiness of the campaign."""
    all_of = list(standings)
    states = [one.state for one in all_of if one.state is not None]
    vetoes = [verdict for one in all_of for verdict in one.vetoes]
    return rules.Tally(
        clauses_held=sum(state in rules.HOLDS for state in states),
        clauses_assessed=sum(state not in {State.UNKNOWN, State.OFF} for state in states),
        clauses=len(found.articles),
        vetoes_met=sum(verdict is Verdict.MET for verdict in vetoes),
        vetoes_not_met=sum(verdict is Verdict.NOT_MET for verdict in vetoes),
        papers_accepted=sum(one.papers[0] for one in all_of),
        papers_asked=sum(one.papers[1] for one in all_of),
        major_late=found.major_late,
        coverages=[one.coverage for one in all_of],
        satisfaction=_satisfaction(found, lines),
    )


def _state(cells: Sequence[Line], lines: Lines, *, vetoed: bool) -> State:
    counted = _each_case_once(cells)
    return rules.clause_state(
        [cell.standing for cell in cells],
        vetoed=vetoed,
        open_cases=sum(cell.cases.open for cell in counted),
        overdue=sum(cell.cases.overdue for cell in counted),
        lines=lines,
    )


_OVER_THE_LINE = frozenset({State.STRENGTH, State.MET})
_HELD_BACK = rules.HOLDS | {State.UNKNOWN, State.RULING}


def _as_a_whole(found: Inputs, article: Article, cells: Sequence[Line], state: State) -> State:
    """A facility that is not proven in use holds the whole clause back, however many units hold.

    A highlight of one unit makes a clause that is met the city's: the others learn from it.
    """
    facilities = [one for clause in article.judged for one in found.unbuilt.get(clause.id, ())]
    if facilities and state in _HELD_BACK:
        return State.HARD if any(one.stage == "paused" for one in facilities) else State.WEAK
    shown = state in _OVER_THE_LINE and any(one.standing is State.HIGHLIGHT for one in cells)
    return State.HIGHLIGHT if shown else state


def _each_case_once(cells: Sequence[Line]) -> Sequence[Line]:
    """The places: a case counts at its place and again at the unit that leads it."""
    places = [cell for cell in cells if cell.unit.kind in PLACES]
    return places if any(cell.cases.open for cell in places) else cells


def _veto_verdicts(cells: Iterable[Line]) -> dict[str, Verdict]:
    """By veto item of an article the verdict for the city as a whole.

    Units that lead or help answer for the whole city, so they decide; places only without them.
    """
    whole: dict[str, list[Result]] = {}
    local: dict[str, list[Result]] = {}
    for cell in cells:
        side = local if cell.unit.kind in PLACES else whole
        for one in cell.judged:
            if one.kind == Rule.Kind.VETO:
                side.setdefault(one.clause.code, []).append(one.result)
    return {code: rules.veto(results).verdict for code, results in (local | whole).items()}


def _satisfaction(found: Inputs, lines: Lines) -> float | None:
    """The satisfaction figure as a share of its target; None when there is none."""
    for article in found.articles:
        for clause in article.judged:
            for measure in found.asks(clause).measures.values():
                if measure.metric == lines.satisfaction_metric:
                    return _share(found.figures.get((measure.pk, found.campaign.city_id)), measure)
    return None


def _share(figure: Figure | None, measure: Measure) -> float | None:
    if figure is None or not measure.threshold:
        return None
    return min(1.0, float(figure.value / measure.threshold))
