"""Gaps of a campaign from the launch to a gate: what was short then, what is closed, what is open.

A gap is closed when its clause holds, a case when it is verified on the spot and closed (speech
2.1.1c, 2.1.1d). Nothing that somebody merely reports closes anything.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.db import models
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from tongchuang.accounts.models import Unit, User
from tongchuang.assessment.baselines import baseline_of
from tongchuang.assessment.inputs import PLACES
from tongchuang.assessment.models import Baseline, Cell
from tongchuang.assessment.rules import HOLDS, State
from tongchuang.campaigns.models import Campaign, Task
from tongchuang.cases.models import Case
from tongchuang.core import clock
from tongchuang.followup.queries.ground import (
    BELOW,
    OPEN_TASKS,
    Ground,
    ground_of,
    projects_by_article,
    tasks_by_article,
)
from tongchuang.projects.models import Project
from tongchuang.standards.models import Clause


@dataclass(slots=True)
class CaseTally:
    """Cases filed since a day: closed is verified; replied waits for the verifier."""

    filed: int = 0
    closed: int = 0
    replied: int = 0
    overdue: int = 0

    @property
    def open(self) -> int:
        """Not closed, the replied ones among them."""
        return self.filed - self.closed

    def add(self, other: "CaseTally") -> None:
        """Count others with these."""
        self.filed += other.filed
        self.closed += other.closed
        self.replied += other.replied
        self.overdue += other.overdue


@dataclass(frozen=True, slots=True)
class Stand:
    """The state of a clause at a time."""

    state: State

    @property
    def state_label(self) -> str:
        """In words."""
        return str(Cell.State(self.state).label)


@dataclass(frozen=True, slots=True)
class GapLine:
    """A clause that was short at the launch, or is now."""

    clause: Clause
    then: Stand
    now: Stand
    lead: Unit | None
    cases: CaseTally
    tasks: list[Task]
    projects: list[Project]

    @property
    def closed(self) -> bool:
        """Whether the clause holds."""
        return self.now.state in HOLDS


@dataclass(slots=True)
class UnitLine:
    """The gaps that a unit leads, or for a place the cases in it."""

    unit: Unit
    gaps: int = 0
    closed: int = 0
    cases: CaseTally = field(default_factory=CaseTally)


@dataclass(frozen=True, slots=True)
class GapReport:
    """All of it; without a baseline only what is short now is known, since the launch day."""

    since: date
    baseline: Baseline | None
    lines: list[GapLine]
    leads: list[UnitLine]
    places: list[UnitLine]

    @property
    def closed(self) -> int:
        """Gaps whose clause holds now."""
        return sum(line.closed for line in self.lines)

    @property
    def open(self) -> int:
        """Gaps that are left."""
        return len(self.lines) - self.closed


def gap_report(user: User, campaign: Campaign) -> GapReport:
    """What `user` may see of it, open gaps first. About fifteen queries."""
    found, baseline = ground_of(user, campaign), baseline_of(campaign)
    then = _states_then(baseline)
    since = baseline.on if baseline else campaign.started_on or clock.today()
    gaps = [key for key in found.articles if then.get(key) in BELOW or found.state_of(key) in BELOW]
    cases = _cases(user, campaign, since)
    by_article = _by_article(cases, found)
    tasks = tasks_by_article(found, Task.objects.filter(status__in=OPEN_TASKS))
    projects = projects_by_article(found)
    lines = [
        GapLine(
            clause=found.articles[key],
            then=Stand(then.get(key, State.UNKNOWN)),
            now=Stand(found.state_of(key)),
            lead=found.lead_of(key),
            cases=by_article.get(key, CaseTally()),
            tasks=tasks.get(key, []),
            projects=[one for one in projects.get(key, []) if one.status != Project.Status.IN_USE],
        )
        for key in gaps
    ]
    lines.sort(key=lambda line: (line.closed, line.clause.ordinal))
    return GapReport(since, baseline, lines, _by_lead(lines), _by_place(cases, found))


def _states_then(baseline: Baseline | None) -> dict[int, State]:
    known = baseline.facts["readiness"]["clauses"] if baseline else {}
    return {int(key): State(state) for key, state in known.items()}


# Cases
def _cases(user: User, campaign: Campaign, since: date) -> QuerySet[Case]:
    begin = timezone.make_aware(datetime.combine(since, time.min))
    filed = Case.objects.visible_to(user).filter(city=campaign.city_id, filed_at__gte=begin)
    return filed.exclude(status__in=[Case.Status.REJECTED, Case.Status.MERGED])


def _tallied(rows: QuerySet[Case], *by: str) -> Iterable[tuple[list[object], CaseTally]]:
    """Cases grouped by some fields."""
    shut = [Case.Status.CLOSED, Case.Status.ARCHIVED]
    late = Q(due_at__lt=clock.now(), status__in=Case.OPEN)
    counted = (
        rows.order_by()
        .values_list(*by)
        .annotate(
            n=Count("pk", distinct=True),
            closed=Count("pk", filter=Q(status__in=shut), distinct=True),
            replied=Count("pk", filter=Q(status=Case.Status.REPLIED), distinct=True),
            overdue=Count("pk", filter=late, distinct=True),
        )
    )
    for *keys, filed, closed, replied, overdue in counted:
        yield keys, CaseTally(filed, closed, replied, overdue)


def _by_article(cases: QuerySet[Case], found: Ground) -> Mapping[int, CaseTally]:
    """A case that names two requirements of an article counts once for it."""
    article = models.Case(
        models.When(clauses__level=Clause.Level.REQUIREMENT, then=F("clauses__parent")),
        default=F("clauses"),
    )
    rows = cases.filter(clauses__in=list(found.article_of)).annotate(article=article)
    return {key: tally for (key,), tally in _tallied(rows, "article") if isinstance(key, int)}


def _by_place(cases: QuerySet[Case], found: Ground) -> list[UnitLine]:
    """Cases of the clauses by street, town and zone, communities with them; most open first."""
    places = Unit.objects.filter(kind__in=PLACES, path__startswith=found.campaign.city.path)
    lines = {unit.path: UnitLine(unit) for unit in places.order_by("path")}
    rows = cases.filter(clauses__in=list(found.article_of), territory__isnull=False)
    for (path,), tally in _tallied(rows, "territory__path"):
        for end in range(len(str(path)), 0, -4):
            if line := lines.get(str(path)[:end]):
                line.cases.add(tally)
                break
    shown = [line for line in lines.values() if line.cases.filed]
    return sorted(shown, key=lambda line: (-line.cases.open, line.unit.path))


def _by_lead(lines: Iterable[GapLine]) -> list[UnitLine]:
    """Gaps by the unit that leads their clause; most open first."""
    found: dict[int, UnitLine] = {}
    for line in lines:
        if line.lead:
            one = found.setdefault(line.lead.pk, UnitLine(line.lead))
            one.gaps += 1
            one.closed += line.closed
            one.cases.add(line.cases)
    return sorted(found.values(), key=lambda one: (one.closed - one.gaps, one.unit.path))
