"""Reading readiness and figures."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.functional import Promise

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.queries import names_on
from tongchuang.assessment.explaining import PARTS, WHOLE, part_words
from tongchuang.assessment.inputs import PLACES
from tongchuang.assessment.models import Cell, Figure, Snapshot
from tongchuang.assessment.rules import ORDER, State
from tongchuang.assessment.uses import cell_url
from tongchuang.campaigns.models import Assignment, Campaign, Task
from tongchuang.cases.models import Case
from tongchuang.dossiers.models import Paper
from tongchuang.inspections import queries as inspections
from tongchuang.inspections.models import Answer
from tongchuang.standards.models import Clause, Measure
from tongchuang.standards.queries import under


# Snapshots
def snapshot_of(campaign: Campaign | None, period: str = "") -> Snapshot | None:
    """The current snapshot of a month, else the latest there is."""
    if campaign is None:
        return None
    found = Snapshot.objects.filter(campaign=campaign, current=True)
    return (found.filter(period=period) if period else found.order_by("-period")).first()


def periods_of(campaign: Campaign | None) -> list[str]:
    """Months that have been assessed, latest first."""
    rows = Snapshot.objects.filter(campaign=campaign, current=True).order_by("-period")
    return list(rows.values_list("period", flat=True))


# Readiness for the cockpit, the gate line and the bulletin
@dataclass(frozen=True, slots=True)
class ReadinessPart:
    """One part of readiness in words."""

    key: str
    label: str | Promise
    formula: str | Promise
    share: float | None
    words: str
    lowest: bool
    url: str


@dataclass(frozen=True, slots=True)
class CampaignReadiness:
    """Readiness of a campaign; `score` None below the coverage line, then `reason` says why."""

    campaign: Campaign
    snapshot: Snapshot | None
    score: float | None = None
    coverage: float | None = None
    coverage_line: float | None = None
    reason: str | Promise = ""
    parts: list[ReadinessPart] = field(default_factory=list)
    tally: Mapping[str, Any] = field(default_factory=dict)

    @property
    def shown(self) -> bool:
        """Whether there is a score to show."""
        return self.score is not None

    @property
    def kept(self) -> bool:
        """Whether it comes from a snapshot that was kept."""
        return self.snapshot is not None and self.snapshot.pk is not None

    @property
    def state(self) -> str:
        """Colour: green from 90 %, amber below, grey when unknown."""
        return "na" if self.score is None else "ok" if self.score >= 0.9 else "due"


def readiness_for_campaign(campaign: Campaign, period: str = "") -> CampaignReadiness:
    """Readiness of the latest month, or of `period`, with its parts. One query."""
    snapshot = snapshot_of(campaign, period)
    if snapshot is None:
        return CampaignReadiness(campaign, None, reason=WHOLE["nothing"])
    return told(campaign, snapshot)


def told(campaign: Campaign, snapshot: Snapshot) -> CampaignReadiness:
    """The readiness that a snapshot holds, in words."""
    facts = snapshot.readiness
    return CampaignReadiness(
        campaign=campaign,
        snapshot=snapshot,
        score=facts.get("score"),
        coverage=facts.get("coverage"),
        coverage_line=snapshot.lines.get("coverage_line"),
        reason=WHOLE.get(facts.get("reason", ""), ""),
        parts=[_part(part, facts.get("lowest", ""), snapshot) for part in facts.get("parts", [])],
        tally=facts.get("tally", {}),
    )


def _part(part: Mapping[str, Any], lowest: str, snapshot: Snapshot) -> ReadinessPart:
    label, formula = PARTS[part["key"]]
    return ReadinessPart(
        key=part["key"],
        label=label,
        formula=formula,
        share=part["share"],
        words=part_words(part),
        lowest=part["key"] == lowest,
        url=_part_url(part["key"], snapshot),
    )


def _part_url(key: str, snapshot: Snapshot) -> str:
    heat = f"{reverse('assessment:heat')}?period={snapshot.period}"
    metric = snapshot.lines.get("satisfaction_metric", "")
    return {
        "clauses": heat,
        "vetoes": f"{heat}&only=veto",
        "papers": reverse("dossiers:paper_list"),
        "major": f"{reverse('cases:list')}?tab=overdue&grade=D",
        "satisfaction": f"{reverse('assessment:figure_list')}?q={metric}",
    }[key]


# States of clauses
def clause_states(campaign: Campaign, period: str = "") -> dict[int, str]:
    """By article key the state that enough of its units reach. One query."""
    snapshot = snapshot_of(campaign, period)
    states = snapshot.readiness.get("clauses", {}) if snapshot else {}
    return {int(clause): state for clause, state in states.items()}


@dataclass(frozen=True, slots=True)
class StateShare:
    """How many clauses of a chapter stand in one state."""

    state: str
    label: str | Promise
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class ChapterStates:
    """A chapter with its clauses by state, from good to bad, the unassessed last."""

    clause: Clause
    total: int
    states: list[StateShare]

    @property
    def held(self) -> int:
        """Clauses that hold."""
        good = {State.HIGHLIGHT, State.STRENGTH, State.MET, State.RUNNING}
        return sum(one.count for one in self.states if one.state in good)


def states_by_chapter(campaign: Campaign, period: str = "") -> list[ChapterStates]:
    """The states of the clauses by chapter, for stacked bars. Two queries."""
    states = clause_states(campaign, period)
    rows = Clause.objects.filter(framework=campaign.framework_id).order_by("ordinal")
    chapters: dict[str, Clause] = {}
    counts: dict[str, dict[str, int]] = {}
    for clause in rows:
        if clause.level == Clause.Level.CHAPTER:
            chapters[clause.code] = clause
        elif clause.level == Clause.Level.ARTICLE or clause.pk in states:
            chapter = counts.setdefault(clause.path.split("/")[0], {})
            state = states.get(clause.pk, State.UNKNOWN)
            chapter[state] = chapter.get(state, 0) + 1
    return [_chapter(chapters[code], found) for code, found in counts.items() if code in chapters]


def _chapter(clause: Clause, counts: Mapping[str, int]) -> ChapterStates:
    labels = dict(Cell.State.choices)
    total = sum(counts.values())
    order = [*ORDER, State.UNKNOWN, State.OFF]
    shares = [
        StateShare(str(state), labels[state], counts[state], counts[state] / total)
        for state in order
        if counts.get(state)
    ]
    return ChapterStates(clause, total, shares)


@dataclass(frozen=True, slots=True)
class WeakCell:
    """A cell that needs somebody."""

    cell: Cell
    unit_name: str
    url: str

    @property
    def open_url(self) -> str:
        """The open cases that it counts."""
        return cases_url(self.cell)

    @property
    def overdue_url(self) -> str:
        """Those of them that are overdue."""
        return cases_url(self.cell, "overdue")


def weak_list(
    user: User, campaign: Campaign, period: str = "", *, most: int = 20
) -> list[WeakCell]:
    """The worst cells of the latest month, or of `period`: vetoes and overdue first, then weak."""
    snapshot = snapshot_of(campaign, period)
    if snapshot is None:
        return []
    cells = Cell.objects.visible_to(user).filter(snapshot=snapshot)
    cells = cells.filter(state__in=[State.BAD, State.HARD, State.WEAK])
    cells = cells.select_related("clause", "unit").defer("explanation")
    rows = sorted(cells, key=_badness)[:most]
    names = names_on([cell.unit for cell in rows], snapshot.computed_at.date())
    return [
        WeakCell(cell, names[cell.unit_id], cell_url(cell, campaign, period=snapshot.period))
        for cell in rows
    ]


def _badness(cell: Cell) -> tuple[int, int, int, int]:
    order = {State.BAD: 0, State.HARD: 1, State.WEAK: 2}
    return order[State(cell.state)], -cell.overdue_cases, -cell.open_cases, cell.clause.ordinal


# One cell
@dataclass(frozen=True, slots=True)
class CellFacts:
    """What stands around a cell: who answers, what is open, how it was in the months before."""

    assignment: Assignment | None
    cases_url: str
    tasks: int
    papers: tuple[int, int]
    history: list[tuple[str, int]]

    @property
    def highest(self) -> int:
        """The most open cases of the months shown."""
        return max((number for _period, number in self.history), default=0)


def cell_of(user: User, snapshot: Snapshot, clause: str, unit: str) -> Cell | None:
    """A visible cell by the codes of its clause and unit."""
    cells = Cell.objects.visible_to(user).filter(snapshot=snapshot)
    cells = cells.select_related(
        "clause__parent", "clause__framework", "unit", "snapshot__campaign"
    )
    return cells.filter(clause__code=clause, unit__code=unit).first()


def cell_facts(cell: Cell, campaign: Campaign) -> CellFacts:
    """Who answers for a cell and what else is known of it; a fixed number of queries."""
    below = under(cell.clause)
    assignment = (
        Assignment.objects.filter(campaign=campaign, clause=cell.clause)
        .select_related("lead", "sponsor")
        .first()
    )
    tasks = Task.objects.filter(campaign=campaign, clause__in=below, unit=cell.unit)
    history = Cell.objects.filter(
        snapshot__campaign=campaign,
        snapshot__current=True,
        snapshot__period__lte=cell.snapshot.period,
        clause=cell.clause,
        unit=cell.unit,
    ).order_by("-snapshot__period")
    months = list(history.values_list("snapshot__period", "open_cases")[:6])
    papers = [e["figures"] for e in cell.explanation if e["kind"] == "manual"]
    return CellFacts(
        assignment=assignment,
        cases_url=cases_url(cell),
        tasks=tasks.owed().count(),
        papers=(sum(p["accepted"] for p in papers), sum(p["asked"] for p in papers)),
        history=months[::-1],
    )


def cases_url(cell: Cell, tab: str = "open") -> str:
    """The list of the cases that a cell counts: by place, or by the unit that leads them."""
    by = "territory" if cell.unit.kind in PLACES else "lead"
    return f"{reverse('cases:list')}?tab={tab}&clause={cell.clause_id}&{by}={cell.unit_id}"


def figures_behind(user: User, cell: Cell) -> dict[int, Figure]:
    """By key the figures that a cell rests on, with measure and paper. One query.

    They are told with the cell, wherever they were reported; a paper is named only to those who
    may see it.
    """
    keys = {entry["figure"] for entry in cell.explanation if entry.get("figure")}
    rows = Figure.objects.filter(pk__in=keys)
    return {row.pk: row for row in with_papers(user, rows)}


def with_papers(user: User, figures: QuerySet[Figure]) -> QuerySet[Figure]:
    """Figures with unit, standard and paper at hand, and `paper_open`: whether it may be opened."""
    papers = Paper.objects.visible_to(user).filter(pk=OuterRef("paper"))
    rows = figures.select_related("measure__clause__framework", "unit", "paper", "entered_by")
    return rows.annotate(paper_open=Exists(papers))


def failed_answers(user: User, cell: Cell, *, on: date) -> list[Answer]:
    """The latest failed answers behind a cell, with site, item and case. One query."""
    within = cell.unit.path if cell.unit.kind in PLACES else ""
    return inspections.failed_answers(user, under(cell.clause), on=on, within=within)


def open_cases(user: User, cell: Cell, *, most: int = 20) -> list[Case]:
    """The open cases behind a cell that are due first."""
    cases = Case.objects.listed_for(user, Case.OPEN).filter(clauses=cell.clause)
    if cell.unit.kind in PLACES:
        cases = cases.filter(territory__path__startswith=cell.unit.path)
    else:
        cases = cases.filter(lead=cell.unit)
    return list(cases.select_related("lead", "territory").order_by("due_at", "id")[:most])


# Figures
@dataclass(frozen=True, slots=True)
class FigureRow:
    """A measure with its figures by period."""

    measure: Measure
    cells: list[Figure | None]

    @property
    def latest(self) -> Figure | None:
        """The newest figure."""
        return next((figure for figure in reversed(self.cells) if figure), None)


def measures_of(campaign: Campaign, *, words: str = "", code: str = "") -> QuerySet[Measure]:
    """The measures of a campaign's standard, in its order."""
    found = Measure.objects.filter(clause__framework=campaign.framework_id)
    if words:
        found = found.filter(name__icontains=words)
    if code:
        found = found.filter(code=code)
    return found.select_related("clause__parent").order_by("clause__ordinal", "ordinal", "id")


def figure_rows(
    user: User, measures: Iterable[Measure], unit: Unit, periods: list[str]
) -> list[FigureRow]:
    """Figures of one unit by measure and period. One query besides the measures."""
    wanted = list(measures)
    figures = Figure.objects.visible_to(user).current().filter(measure__in=wanted, unit=unit)
    found = {(f.measure_id, f.period): f for f in figures.filter(period__in=periods)}
    return [
        FigureRow(measure, [found.get((measure.pk, period)) for period in periods])
        for measure in wanted
    ]


def figure_periods(user: User, campaign: Campaign, unit: Unit, *, today: date) -> list[str]:
    """The last three periods with figures, oldest first; without any the last three years."""
    rows = (
        Figure.objects.visible_to(user)
        .current()
        .filter(measure__clause__framework=campaign.framework_id, unit=unit)
    )
    periods = sorted(set(rows.order_by().values_list("period", flat=True)))[-3:]
    return periods or [str(today.year - back) for back in (3, 2, 1)]


def figure_units(user: User, campaign: Campaign) -> list[Unit]:
    """Units of which there are figures, the city first."""
    rows = Figure.objects.visible_to(user).current()
    rows = rows.filter(measure__clause__framework=campaign.framework_id)
    keys = {campaign.city_id, *rows.order_by().values_list("unit", flat=True)}
    return list(Unit.objects.filter(pk__in=keys).order_by("path"))


def figure_history(user: User, measure: Measure, unit: Unit, *, most: int = 30) -> list[Figure]:
    """All rows of a measure at a unit, the replaced ones too, latest first."""
    rows = Figure.objects.visible_to(user).filter(measure=measure, unit=unit)
    return list(with_papers(user, rows).order_by("-period", "-id")[:most])


# Counts for the legend
def state_counts(cells: QuerySet[Cell]) -> dict[str, int]:
    """Cells by state. One query."""
    return dict(cells.order_by().values_list("state").annotate(Count("pk")))
