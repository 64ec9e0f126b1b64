"""Reading projects: the pool with its colours, one project, what hangs on clauses, the rounds."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db.models import Count, Exists, Min, OuterRef, Prefetch, Q, QuerySet, Sum

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import reach
from tongchuang.campaigns.models import Campaign, Gate
from tongchuang.projects.kinds import Kind, hardware_clauses, kinds_for
from tongchuang.projects.models import FundingLine, MatchingRound, Project, ProjectNode
from tongchuang.projects.rules import (
    Money,
    NodeFact,
    Standing,
    slip_days,
    standing,
    total,
)
from tongchuang.standards.models import Clause

_S = Project.Status
# Tabs of the pool: states by what has to be done with them.
TABS: dict[str, frozenset[str]] = {
    "proposed": frozenset({_S.IDEA, _S.MATCHED}),
    "early": frozenset({_S.POOLED, _S.APPROVED, _S.FUNDED, _S.PREPARING}),
    "building": frozenset({_S.BUILDING}),
    "blocked": frozenset({_S.PAUSED}),
    "finishing": frozenset({_S.COMPLETED, _S.ACCEPTED}),
    "in_use": frozenset({_S.IN_USE}),
}
NODE_AHEAD_DAYS = 7


@dataclass(frozen=True, slots=True)
class ProjectFilter:
    """What the reader asked for; empty means all."""

    tab: str = ""
    kind: str = ""
    unit: Unit | None = None
    clause: Clause | None = None
    colour: str = ""
    q: str = ""
    key: bool = False


@dataclass(frozen=True, slots=True)
class ProjectLine:
    """A project with its money and where it stands; `standing` None where nothing is watched."""

    project: Project
    money: Money
    standing: Standing | None
    next_node: ProjectNode | None


@dataclass(frozen=True, slots=True)
class NodeLine:
    """A node with the days by which it was or is late."""

    node: ProjectNode
    slip: int
    state: str  # done, late, open


@dataclass(frozen=True, slots=True)
class GateMissed:
    """A gate before which the project will not be in use; `by_slip` when the plan would do."""

    gate: Gate
    clauses: list[Clause]
    by_slip: bool


@dataclass(frozen=True, slots=True)
class ClauseNeed:
    """A clause that asks for a facility: its projects, or the gap; `state` done, under_way, gap.

    It is done only when every project that was not given up is in use with its proof. An idea is
    shown, but fills no gap before it is matched.
    """

    clause: Clause
    kinds: list[Kind]
    lines: list[ProjectLine]
    state: str
    missed: list[GateMissed]


# Lists
def project_list(user: User, wanted: ProjectFilter, *, on: date) -> QuerySet[Project]:
    """The projects that `user` may see and asked for."""
    found = _of_tab(user, wanted.tab, on)
    for name in ("kind", "unit"):
        if value := getattr(wanted, name):
            found = found.filter(**{name: value})
    if wanted.clause:
        found = found.filter(clauses=wanted.clause)
    if wanted.key:
        found = found.filter(key=True)
    if wanted.q:
        found = found.filter(Q(title__icontains=wanted.q) | Q(code__icontains=wanted.q))
    if wanted.colour:
        found = found.filter(pk__in=_of_colour(found, wanted.colour, on=on))
    return found


def _of_tab(user: User, tab: str, on: date) -> QuerySet[Project]:
    found = Project.objects.visible_to(user)
    if tab == "owed":
        return found.filter(pk__in=nodes_owed(user, on=on).order_by().values("project"))
    return found.filter(status__in=TABS[tab]) if tab else found.exclude(status=_S.CANCELLED)


def with_lines(projects: QuerySet[Project]) -> QuerySet[Project]:
    """With what `lines_of` reads: two more queries, however many projects."""
    return projects.select_related("unit", "area", "sponsor").prefetch_related(
        "nodes", "nodes__office", "funding"
    )


def lines_of(projects: Iterable[Project], *, on: date) -> list[ProjectLine]:
    """Where each project stands on a day."""
    return [_line(project, on) for project in projects]


def tab_counts(user: User, wanted: ProjectFilter, *, on: date) -> dict[str, int]:
    """Projects by tab, under the other filters; "" is all but the cancelled."""
    others = ProjectFilter(
        "", wanted.kind, wanted.unit, wanted.clause, wanted.colour, wanted.q, wanted.key
    )
    rows = project_list(user, others, on=on).order_by().values_list("status")
    by_status = dict(rows.annotate(number=Count("pk")))
    counts = {tab: sum(by_status.get(s, 0) for s in states) for tab, states in TABS.items()}
    owed = project_list(user, replace(others, tab="owed"), on=on).count()
    return {"": sum(by_status.values()), "owed": owed, **counts}


def colour_counts(user: User, *, on: date) -> dict[str, int]:
    """Running projects by colour."""
    running = Project.objects.visible_to(user).moving()
    counts = {"green": 0, "yellow": 0, "red": 0}
    for line in _at_risk(running, on=on):
        if line.standing:
            counts[line.standing.colour] += 1
    counts["green"] = running.count() - counts["yellow"] - counts["red"]
    return counts


def _of_colour(projects: QuerySet[Project], colour: str, *, on: date) -> list[int]:
    """Keys of running projects of a colour; the database leaves only what could be late."""
    running = projects.filter(status__in=Project.RUNNING)
    marked = {
        line.project.pk: line.standing.colour for line in _at_risk(running, on=on) if line.standing
    }
    if colour == "green":
        keys = running.values_list("pk", flat=True)
        return [pk for pk in keys if marked.get(pk, "green") == "green"]
    return [pk for pk, found in marked.items() if found == colour]


def _at_risk(running: QuerySet[Project], *, on: date) -> list[ProjectLine]:
    late = ProjectNode.objects.filter(project=OuterRef("pk"), done_on=None, limit_on__lt=on)
    due = FundingLine.objects.filter(project=OuterRef("pk"), due_on__lte=on)
    at_risk = running.filter(Exists(late) | Exists(due)).prefetch_related("nodes", "funding")
    return lines_of(at_risk, on=on)


def money_of(project: Project) -> Money:
    """The sum of a project's funding lines; nothing is due."""
    return total(_money(line, None) for line in project.funding.all())


def sum_of(lines: Iterable[ProjectLine]) -> Money:
    """The money of several projects."""
    return total(line.money for line in lines)


def _line(project: Project, on: date) -> ProjectLine:
    nodes = list(project.nodes.all())
    money = total(_money(line, on) for line in project.funding.all())
    facts = [NodeFact(node.limit_on, node.done_on, node.main) for node in nodes]
    found = None
    if project.is_running:
        start, finish = project.planned_start_on, project.planned_finish_on
        found = standing(facts, money, starts_on=start, finish_on=finish, on=on)
    open_nodes = [node for node in nodes if node.done_on is None]
    coming = min(open_nodes, key=lambda node: (node.limit_on, node.ordinal), default=None)
    return ProjectLine(project, money, found, coming)


def _money(line: FundingLine, on: date | None) -> Money:
    due = line.approved if on and line.due_on and line.due_on <= on else Money().due
    return Money(line.applied, line.approved, line.received, line.spent, due)


# What waits for a person
@dataclass(frozen=True, slots=True)
class NodesOwed:
    """Open nodes to finish now: how many, how many of them late, the nearest limit ahead."""

    count: int
    late: int
    due_on: date | None


def nodes_owed(user: User, *, on: date) -> QuerySet[ProjectNode]:
    """Open nodes of running projects, late or due within `NODE_AHEAD_DAYS`, of the user's units.

    The office named at a node owes it, without one the unit that leads the project. Who reports
    for the whole city owes none: they see the colours.
    """
    where = reach(user, "projects.report")
    if where.everything or not where:
        return ProjectNode.objects.none()
    own = Q(office__in=where.unit_ids) | Q(office=None, project__unit__in=where.unit_ids)
    near = Q(done_on=None, limit_on__lte=on + timedelta(days=NODE_AHEAD_DAYS))
    return ProjectNode.objects.filter(own, near, project__status__in=Project.RUNNING)


def owed_for(user: User, *, on: date) -> NodesOwed:
    """`nodes_owed` in figures; one query."""
    late = Q(limit_on__lt=on)
    found = nodes_owed(user, on=on).aggregate(
        n=Count("pk"), late=Count("pk", filter=late), first=Min("limit_on", filter=~late)
    )
    return NodesOwed(found["n"], found["late"], found["first"])


# One project
def node_lines(project: Project, *, on: date) -> list[NodeLine]:
    """The nodes in order; each knows how late it was or is."""
    return [_node_line(node, on) for node in project.nodes.all()]


def _node_line(node: ProjectNode, on: date) -> NodeLine:
    slip = slip_days(NodeFact(node.limit_on, node.done_on, node.main), on=on)
    state = "done" if node.done_on else "late" if slip else "open"
    return NodeLine(node, slip, state)


def gates_missed(user: User, line: ProjectLine) -> list[GateMissed]:
    """The gates, not yet decided, before which the clauses of this project will not be built."""
    return gates_missed_by(user, [line]).get(line.project.pk, [])


def gates_missed_by(user: User, lines: Sequence[ProjectLine]) -> dict[int, list[GateMissed]]:
    """The same for several projects at once, by project."""
    links = _clauses_by_project([line.project.pk for line in lines])
    frameworks = {clause.framework_id for clauses in links.values() for clause in clauses}
    campaigns = Campaign.objects.visible_to(user).filter(framework__in=frameworks)
    gates = Gate.objects.filter(campaign__in=campaigns, state__in=["ahead", "open"])
    dated = list(gates.exclude(due_on=None).select_related("campaign").order_by("due_on", "id"))
    return {
        line.project.pk: list(_missed(line, links.get(line.project.pk, []), dated))
        for line in lines
    }


def _missed(line: ProjectLine, clauses: list[Clause], gates: list[Gate]) -> Iterable[GateMissed]:
    if line.project.status in {_S.IN_USE, _S.CANCELLED}:
        return
    plan = line.project.planned_finish_on
    expected = line.standing.forecast_on if line.standing else plan
    for gate in gates:
        hit = [c for c in clauses if c.framework_id == gate.campaign.framework_id]
        if hit and gate.due_on and gate.due_on < expected:
            yield GateMissed(gate, hit, by_slip=plan <= gate.due_on)


def _clauses_by_project(projects: list[int]) -> dict[int, list[Clause]]:
    links = Project.clauses.through.objects.filter(project__in=projects)
    found: dict[int, list[Clause]] = defaultdict(list)
    for link in links.select_related("clause").order_by("clause__ordinal"):
        found[link.project_id].append(link.clause)
    return found


# Clauses
def clause_needs(
    user: User, clauses: Iterable[Clause], *, on: date, every: bool = False
) -> list[ClauseNeed]:
    """Of these clauses those that ask for a facility, or have a project, with what is there.

    Projects that the reader may not see are left out. `every` keeps what has only a project.
    """
    listed = list(clauses)
    asked = hardware_clauses()
    projects = Project.objects.visible_to(user).exclude(status=_S.CANCELLED)
    hung = Prefetch("clauses", Clause.objects.filter(pk__in=[c.pk for c in listed]), "hung")
    rows = with_lines(projects.filter(clauses__in=listed).distinct()).prefetch_related(hung)
    lines = lines_of(rows, on=on)
    missed = gates_missed_by(user, lines) if lines else {}
    by_clause: dict[int, list[ProjectLine]] = defaultdict(list)
    for line in lines:
        for clause in line.project.hung:  # type: ignore[attr-defined]  # the Prefetch above
            by_clause[clause.pk].append(line)
    return [
        _need(clause, by_clause[clause.pk], missed)
        for clause in listed
        if clause.code in asked or (every and by_clause[clause.pk])
    ]


def _need(
    clause: Clause, lines: list[ProjectLine], missed: dict[int, list[GateMissed]]
) -> ClauseNeed:
    meant = [line for line in lines if line.project.status != _S.IDEA]
    state = "under_way" if meant else "gap"
    if meant and all(line.project.status == _S.IN_USE for line in meant):
        state = "done"
    hit = [gate for line in meant for gate in missed[line.project.pk] if clause in gate.clauses]
    once = {gate.gate.pk: gate for gate in sorted(hit, key=lambda one: one.by_slip)}
    ordered = sorted(once.values(), key=lambda one: (one.gate.due_on or date.max, one.gate.pk))
    return ClauseNeed(clause, kinds_for({clause.code}), lines, state, ordered)


def campaign_needs(user: User, campaign: Campaign | None, *, on: date) -> list[ClauseNeed]:
    """Every clause of a campaign's standard that asks for a facility or has a project."""
    if campaign is None or campaign.framework_id is None:
        return []
    asked = Q(code__in=hardware_clauses()) | Q(projects__isnull=False)
    clauses = Clause.objects.filter(asked, framework=campaign.framework_id).distinct()
    return clause_needs(
        user, clauses.select_related("parent").order_by("ordinal"), on=on, every=True
    )


# The rounds
def rounds_for(user: User) -> QuerySet[MatchingRound]:
    """The rounds of the cities in which `user` sees projects."""
    where = reach(user, "projects.view")
    if where.everything:
        return MatchingRound.objects.select_related("city")
    cities = Unit.objects.filter(pk__in=where.unit_ids).values_list("path", flat=True)
    paths = {path[:end] for path in cities for end in (4, 8)}
    return MatchingRound.objects.filter(city__path__in=paths).select_related("city")


def rounds_with_sums(user: User) -> QuerySet[MatchingRound]:
    """The rounds with the number of their projects (`projects_count`) and the investment."""
    return rounds_for(user).annotate(
        projects_count=Count("projects"), investment=Sum("projects__investment")
    )


def open_rounds(campaign: Campaign) -> QuerySet[MatchingRound]:
    """The rounds in which a project of this campaign may be matched now."""
    return MatchingRound.objects.filter(city=campaign.city_id, closed_on=None)
