"""What readiness is computed from, gathered in a constant number of queries."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

from django.db.models import Prefetch, Q
from django.utils import timezone

from tongchuang.accounts.models import Unit
from tongchuang.accounts.permissions import subtree
from tongchuang.assessment.crosswalk import NOTHING, Crosswalk, read_crosswalk
from tongchuang.assessment.models import Figure
from tongchuang.assessment.rules import Lines
from tongchuang.campaigns.models import Assignment, Campaign, Task
from tongchuang.cases.models import Case
from tongchuang.cases.queries import OpenThen, open_at
from tongchuang.cases.queries.lists import month_span
from tongchuang.core.models import Event
from tongchuang.dossiers.queries import (
    Evidence,
    accepted_papers_of,
    asked_by_article,
    evidence_by_clause_and_unit,
)
from tongchuang.inspections.queries import ChecklistRates, checklist_rates
from tongchuang.priorities.queries import shown_by, targets_of
from tongchuang.projects.models import Project
from tongchuang.standards.models import Clause, Measure, Rule

PLACES = (Unit.Kind.STREET, Unit.Kind.TOWN, Unit.Kind.ZONE)
MAJOR = ("D", "U")


@dataclass(frozen=True, slots=True)
class Article:
    """An article with its requirements; rules, measures and site types are fetched with them."""

    clause: Clause
    requirements: list[Clause]

    @property
    def judged(self) -> list[Clause]:
        """The requirements, else the article itself."""
        return self.requirements or [self.clause]


@dataclass(frozen=True, slots=True)
class Asked:
    """What one clause asks, read once: its rules, vetoes apart, and its measures by code."""

    rules: tuple[Rule, ...]
    vetoes: tuple[Rule, ...]
    measures: dict[str, Measure]


@dataclass(slots=True)
class CaseCount:
    """Open cases of an article with a unit."""

    open: int = 0
    overdue: int = 0
    rulings: int = 0

    def add(self, one: OpenThen) -> None:
        """Count one more case."""
        self.open += 1
        self.overdue += one.overdue
        self.rulings += one.ruling


@dataclass(slots=True)
class RateCount:
    """Answers and sites of some site types in some places."""

    passed: int = 0
    answered: int = 0
    visited: int = 0
    in_scope: int = 0

    def add(self, other: "RateCount") -> None:
        """Add another place or site type."""
        self.passed += other.passed
        self.answered += other.answered
        self.visited += other.visited
        self.in_scope += other.in_scope


@dataclass(frozen=True, slots=True)
class Unbuilt:
    """A facility under way for a clause: its project, how far it is, in which place."""

    project: int
    title: str
    stage: str  # planned, building, built, paused
    place: int | None


@dataclass(slots=True)
class Inputs:
    """Everything that a snapshot rests on, cut at a moment. Places are streets, towns and zones."""

    campaign: Campaign
    period: str
    cut: datetime
    articles: list[Article]
    units: dict[int, Unit]
    places: list[Unit]
    leads: dict[int, int] = field(default_factory=dict)
    involved: dict[int, set[int]] = field(default_factory=dict)
    figures: dict[tuple[int, int], Figure] = field(default_factory=dict)
    rates: ChecklistRates = field(default_factory=lambda: ChecklistRates({}, {}, {}))
    cases: dict[tuple[int, int], CaseCount] = field(default_factory=dict)
    major_late: int = 0
    asked: dict[int, tuple[str, ...]] = field(default_factory=dict)
    evidence: dict[tuple[int, int], Evidence] = field(default_factory=dict)
    accepted: dict[int, set[str]] = field(default_factory=dict)
    blocked: set[tuple[int, int]] = field(default_factory=set)
    crosswalk: Crosswalk = NOTHING
    yearly: dict[tuple[int, int], dict[int, Figure]] = field(default_factory=dict)
    aims: dict[int, Decimal] = field(default_factory=dict)
    shown: set[tuple[int, int]] = field(default_factory=set)
    unbuilt: dict[int, list[Unbuilt]] = field(default_factory=dict)
    _asks: dict[int, Asked] = field(default_factory=dict)

    def asks(self, clause: Clause) -> Asked:
        """What a clause asks; the judging comes back to it at every unit."""
        known = self._asks.get(clause.id)
        if known is None:
            rules = tuple(clause.rules.all())
            known = self._asks[clause.id] = Asked(
                tuple(rule for rule in rules if rule.kind != Rule.Kind.VETO),
                tuple(rule for rule in rules if rule.kind == Rule.Kind.VETO),
                {measure.code: measure for measure in clause.measures.all()},
            )
        return known

    @property
    def day(self) -> date:
        """The day of the cut, in the city's time."""
        return timezone.localtime(self.cut).date()

    @property
    def columns(self) -> list[Unit]:
        """Places, then the units that lead or help, both in the order of the tree."""
        others = {unit for found in self.involved.values() for unit in found}
        places = {unit.pk for unit in self.places}
        rest = sorted((self.units[pk] for pk in others - places), key=lambda unit: unit.path)
        return [*self.places, *rest]


def gather(campaign: Campaign, period: str, *, at: datetime, lines: Lines) -> Inputs:
    """Read all inputs for a month ("2016-03") as they stood at `at`, at the latest at its end.

    Cases and blocked tasks are read as they were then; standards, duties, sites and units as they
    are now, because of them no past is kept.
    """
    cut = min(at, month_span(date.fromisoformat(f"{period}-01"))[1])
    units = {unit.pk: unit for unit in Unit.objects.filter(_in_city(campaign))}
    places = [unit for unit in units.values() if unit.kind in PLACES and unit.active]
    places.sort(key=lambda unit: unit.path)
    found = Inputs(campaign, period, cut, _articles(campaign), units, places)
    found.crosswalk = read_crosswalk(campaign)
    _read_duties(found)
    _read_figures(found, lines)
    _read_years(found)
    _read_rates(found, lines)
    _read_cases(found)
    _read_papers(found)
    _read_priorities(found)
    _read_facilities(found)
    return found


def _in_city(campaign: Campaign) -> Q:
    return subtree(campaign.city.path)


def _articles(campaign: Campaign) -> list[Article]:
    """Articles, and chapters' own requirements, each as one line; four queries."""
    rows = Clause.objects.filter(framework=campaign.framework_id).order_by("ordinal")
    rows = rows.select_related("parent").prefetch_related(
        "rules", "site_types", Prefetch("measures", Measure.objects.order_by("ordinal", "id"))
    )
    found: dict[int, Article] = {}
    for row in rows:
        parent = row.parent
        if row.level == Clause.Level.ARTICLE:
            found[row.pk] = Article(row, [])
        elif row.level == Clause.Level.REQUIREMENT and parent and parent.pk in found:
            found[parent.pk].requirements.append(row)
        elif row.level == Clause.Level.REQUIREMENT:
            found[row.pk] = Article(row, [])
    return list(found.values())


def _article_of(found: Inputs) -> dict[int, int]:
    """For every clause the article in whose line it stands."""
    return {
        clause.pk: article.clause.pk
        for article in found.articles
        for clause in (article.clause, *article.requirements)
    }


def _read_duties(found: Inputs) -> None:
    articles = _article_of(found)
    rows = Assignment.objects.filter(campaign=found.campaign).order_by("clause__ordinal")
    for clause, lead, helper in rows.values_list("clause", "lead", "helper_rows__unit"):
        article = articles.get(clause)
        if article is None:
            continue
        found.leads.setdefault(article, lead)
        involved = found.involved.setdefault(article, set())
        involved |= {unit for unit in (lead, helper) if unit in found.units}
    for clause, unit in _blocked(found):
        if clause in articles:
            found.blocked.add((articles[clause], unit))


def _blocked(found: Inputs) -> set[tuple[int, int]]:
    """Clause and unit of the tasks that were blocked then; two queries.

    A task whose state has changed since stood in the state before the first of the changes.
    """
    tasks = Task.objects.filter(campaign=found.campaign).exclude(clause=None).order_by()
    changes = Event.objects.filter(
        subject_kind=Task._meta.label_lower, subject_id__in=tasks.values("pk"), at__gt=found.cut
    )
    then: dict[int, str] = {}
    for key, before in changes.order_by("id").values_list("subject_id", "before"):
        if "status" in before:
            then.setdefault(key, before["status"])
    return {
        (clause, unit)
        for key, clause, unit, status in tasks.values_list("pk", "clause", "unit", "status")
        if then.get(key, status) == Task.Status.BLOCKED
    }


def _read_figures(found: Inputs, lines: Lines) -> None:
    """The latest figure of every measure and unit that is not too old. One query."""
    oldest = str(found.day.year - lines.figure_years)
    of_pairs = {
        measure.pk for clause in found.crosswalk.clauses for measure in clause.measures.all()
    }
    rows = Figure.objects.current().filter(
        Q(measure__clause__framework=found.campaign.framework_id)
        | Q(measure__in=of_pairs | found.crosswalk.measure_ids),
        unit__in=list(found.units),
        period__gte=oldest,
        period__lte=found.period,
    )
    for row in rows.select_related("measure").order_by("period", "id"):
        found.figures[row.measure_id, row.unit_id] = row


def _read_years(found: Inputs) -> None:
    """Figures of whole years for the rules that look back; one query, none without such rules."""
    clauses = [clause for article in found.articles for clause in article.judged]
    wanted = {
        rule.params["measure"]
        for clause in [*clauses, *found.crosswalk.clauses]
        for rule in clause.rules.all()
        if rule.kind in {Rule.Kind.TREND, Rule.Kind.NO_INCIDENT}
    }
    if not wanted:
        return
    rows = Figure.objects.current().filter(
        measure__code__in=wanted, unit__in=list(found.units), period__lte=str(found.day.year)
    )
    for row in rows.select_related("measure").order_by("period"):
        if len(row.period) == 4:
            found.yearly.setdefault((row.measure_id, row.unit_id), {})[int(row.period)] = row


def _read_rates(found: Inputs, lines: Lines) -> None:
    """What visits of the last months say of the clauses; see `inspections`."""
    back = timedelta(days=round(lines.visit_months * 30.44) - 1)
    clauses = {*_article_of(found), *_reached(found)}
    period = (found.day - back, found.day)
    found.rates = checklist_rates(found.campaign.city, clauses, period)


def _reached(found: Inputs) -> set[int]:
    """The clauses of other standards whose results come in, and the articles above them."""
    clauses = found.crosswalk.clauses
    return {clause.pk for clause in clauses} | {article_key(clause) for clause in clauses}


def article_key(clause: Clause) -> int:
    """The article under which papers and checks of a requirement are counted, else itself."""
    above = clause.parent
    return above.pk if above and above.level == Clause.Level.ARTICLE else clause.pk


def _place_of(found: Inputs) -> dict[int, int]:
    """For every unit in a street, town or zone that place."""
    by_path = {unit.path: unit.pk for unit in found.places}
    inside = {}
    for unit in found.units.values():
        ends = range(4, len(unit.path) + 1, 4)
        place = next((by_path[unit.path[:e]] for e in ends if unit.path[:e] in by_path), None)
        if place is not None:
            inside[unit.pk] = place
    return inside


def _read_cases(found: Inputs) -> None:
    """Cases open then by article: with the place where they lie and with the unit that led them."""
    articles, place_of = _article_of(found), _place_of(found)
    cases = Case.objects.filter(city=found.campaign.city_id)
    for one in open_at(cases, at=found.cut):
        hit = {articles[clause] for clause in one.clause_ids if clause in articles}
        found.major_late += bool(hit) and one.overdue and one.grade in MAJOR
        units = {place_of.get(one.territory_id or 0), one.lead_id}
        for article, unit in product(hit, units):
            if unit is not None:
                found.cases.setdefault((article, unit), CaseCount()).add(one)


def _read_papers(found: Inputs) -> None:
    found.asked = asked_by_article(found.campaign.framework_id)
    found.evidence = evidence_by_clause_and_unit(found.campaign, on=found.day)
    for (clause, _unit), evidence in found.evidence.items():
        found.accepted.setdefault(clause, set()).update(evidence.accepted)
    reached = {article_key(clause) for clause in found.crosswalk.clauses}
    for clause, texts in accepted_papers_of(reached, found.campaign.city, on=found.day).items():
        found.accepted.setdefault(clause, set()).update(texts)


def _read_priorities(found: Inputs) -> None:
    """Own targets that held on the day, and approved highlights; two queries."""
    targets = targets_of(found.campaign, on=found.day)
    found.aims = {measure: target.value for measure, target in targets.items()}
    articles = _article_of(found)
    for clause, unit in shown_by(found.campaign, on=found.day):
        if clause in articles:
            found.shown.add((articles[clause], unit))


def _read_facilities(found: Inputs) -> None:
    """Projects that were matched and had no proof of use on the day, by clause; one query."""
    clauses = {clause.pk for article in found.articles for clause in article.judged}
    place_of = _place_of(found)
    links = Project.clauses.through.objects.filter(
        clause__in=clauses, project__campaign__city=found.campaign.city_id
    )
    links = links.exclude(project__status__in=[Project.Status.IDEA, Project.Status.CANCELLED])
    for link in links.select_related("project").order_by("project"):
        project = link.project
        if project.in_use_on is None or project.in_use_on > found.day:
            where = place_of.get(project.area_id or 0)
            stage = STAGES.get(project.status, "built")
            one = Unbuilt(project.pk, project.title, stage, where)
            found.unbuilt.setdefault(link.clause_id, []).append(one)


STAGES: dict[str, str] = {
    Project.Status.MATCHED: "planned",
    Project.Status.POOLED: "planned",
    Project.Status.APPROVED: "planned",
    Project.Status.FUNDED: "planned",
    Project.Status.PREPARING: "planned",
    Project.Status.BUILDING: "building",
    Project.Status.PAUSED: "paused",
}


def _decided_facts(found: Inputs) -> dict[str, Any]:
    """What was decided and what is being built, for the digest."""
    return {
        "aims": sorted((key, _text(value)) for key, value in found.aims.items()),
        "shown": sorted(found.shown),
        "unbuilt": sorted(
            (key, one.project, one.stage, one.place or 0)
            for key, rows in found.unbuilt.items()
            for one in rows
        ),
    }


def digest_facts(found: Inputs) -> dict[str, Any]:
    """All inputs as plain values in a fixed order, to be digested."""
    return {
        "campaign": found.campaign.code,
        "period": found.period,
        "columns": [unit.code for unit in found.columns],
        "leads": sorted(found.leads.items()),
        "involved": sorted((key, sorted(units)) for key, units in found.involved.items()),
        "rules": [
            (clause.code, [(rule.kind, rule.params) for rule in clause.rules.all()])
            for article in found.articles
            for clause in article.judged
        ],
        "targets": [
            (measure.code, measure.op, _text(measure.threshold), measure.unit)
            for article in found.articles
            for clause in article.judged
            for measure in clause.measures.all()
        ],
        "figures": sorted(
            (*key, row.pk, _text(row.value), row.measured_in) for key, row in found.figures.items()
        ),
        "answers": sorted((*key, c.passed, c.answered) for key, c in found.rates.answers.items()),
        "visited": sorted((*key, c.visited) for key, c in found.rates.sites.items() if c.visited),
        "in_scope": sorted((*key, c.whole) for key, c in found.rates.sites.items() if c.whole),
        "cases": sorted((*key, c.open, c.overdue, c.rulings) for key, c in found.cases.items()),
        "major_late": found.major_late,
        "papers": sorted(
            (*key, sorted(e.accepted.items()), sorted(e.waiting.items()))
            for key, e in found.evidence.items()
        ),
        "blocked": sorted(found.blocked),
        "crosswalk": found.crosswalk.facts(),
        "yearly": sorted(
            (*key, year, _text(row.value), row.measured_in)
            for key, years in found.yearly.items()
            for year, row in years.items()
        ),
        "accepted": sorted((key, sorted(texts)) for key, texts in found.accepted.items()),
        **_decided_facts(found),
    }


def _text(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"
