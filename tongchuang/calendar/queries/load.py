"""How much falls due at each unit in each week, against what the unit usually gets done."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import Post, Unit, User
from tongchuang.accounts.permissions import Reach, reach
from tongchuang.accounts.queries import posts_on
from tongchuang.calendar.rules import (
    WEEK,
    State,
    capacity,
    load_state,
    share_of,
    spread,
    week_of,
    weeks_from,
    weeks_touched,
)
from tongchuang.calendar.settings import load_lines
from tongchuang.campaigns.models import Campaign, Gate, Task
from tongchuang.cases.models import Case
from tongchuang.dossiers.models import Paper
from tongchuang.dossiers.queries import dossier_figures
from tongchuang.inspections.models import Draw, Round, Visit
from tongchuang.projects.models import Project, ProjectNode

MATTERS: dict[str, str | Promise] = {
    "task": _("任务"),
    "case": _("案件"),
    "paper": _("资料"),
    "node": _("项目节点"),
    "visit": _("迎检"),
}
# With the unit itself; while a case waits for a check or a dispatch it is not the unit's work.
WITH_UNIT = (Case.Status.DISPATCHED, Case.Status.ACCEPTED, Case.Status.REWORK)
OPEN_TASKS = (Task.Status.RUNNING, Task.Status.BLOCKED)
Counts = dict[int, list[int]]
"""By unit key one count for each week."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One unit in one week: how many matters of each kind, and how that stands."""

    week: date
    by_kind: dict[str, int]
    state: State

    @property
    def number(self) -> int:
        """All matters together, each counted as one."""
        return sum(self.by_kind.values())

    @property
    def parts(self) -> list[tuple[str | Promise, int]]:
        """Kinds that are there, with their words."""
        return [(MATTERS[kind], number) for kind, number in self.by_kind.items() if number]


@dataclass(frozen=True, slots=True)
class UnitLoad:
    """A unit's weeks; `line` is its usual week, None while nobody knows it.

    `busy_weeks` of the weeks looked back at saw something finished.
    """

    unit: Unit
    line: Decimal | None
    busy_weeks: int
    cells: list[Cell]
    people: list[User]

    @property
    def over(self) -> list[Cell]:
        """The overloaded weeks."""
        return [cell for cell in self.cells if cell.state == "over"]

    @property
    def worst(self) -> Cell:
        """The week with most matters."""
        return max(self.cells, key=lambda cell: cell.number)

    def times(self, cell: Cell) -> float | None:
        """How many times its line a week holds."""
        share = share_of(cell.number, self.line)
        return None if share is None else float(share)


@dataclass(slots=True)
class _Tally:
    """Counts by kind and unit for a row of weeks."""

    weeks: list[date]
    kinds: dict[str, Counts] = field(default_factory=dict)

    def add(self, kind: str, unit: int | None, week: date, number: int) -> None:
        """Count something; what lies before the first week counts in it, what is later not."""
        if unit is None or week > self.weeks[-1]:
            return
        row = self.kinds.setdefault(kind, defaultdict(lambda: [0] * len(self.weeks)))[unit]
        row[max((week - self.weeks[0]) // WEEK, 0)] += number


def load_table(user: User, *, on: date, unit: Unit | None = None) -> list[UnitLoad]:
    """The load of every unit that `user` may look at, the fullest first; about twenty queries.

    Matters of communities and villages count for their street or town when that is within reach.
    What is overdue counts in the present week. Cases that are still to come are in no week.
    """
    lines = load_lines()
    weeks = weeks_from(on, lines.weeks)
    back = [week_of(on) - n * WEEK for n in range(lines.look_back_weeks, 0, -1)]
    due, done = _Tally(weeks), _Tally(back)
    for kind, key, week, number in _due(user, weeks, on):
        due.add(kind, key, week, number)
    for kind, key, week, number in _done(user, back):
        done.add(kind, key, week, number)
    units = _owners(user, unit)
    found = _rolled_up(units, due, done)
    people = people_of(found, on)
    rows = [_row(one, found[one], weeks, people.get(one.pk, [])) for one in found]
    return sorted(rows, key=_fullest)


def _fullest(row: UnitLoad) -> tuple[int, float, int, str]:
    shares = [row.times(cell) or 0.0 for cell in row.cells]
    return (-len(row.over), -max(shares), -row.worst.number, row.unit.path)


@dataclass(slots=True)
class _Sum:
    due: dict[str, list[int]]
    done: list[int]


def _rolled_up(owners: dict[int, Unit], due: _Tally, done: _Tally) -> dict[Unit, _Sum]:
    found: dict[Unit, _Sum] = {}
    blank = len(done.weeks)
    for tally in (due, done):
        for kind, counts in tally.kinds.items():
            for key, row in counts.items():
                owner = owners.get(key)
                if owner is None:
                    continue
                total = found.setdefault(owner, _Sum({}, [0] * blank))
                if tally is due:
                    there = total.due.setdefault(kind, [0] * len(row))
                    total.due[kind] = [a + b for a, b in zip(there, row, strict=True)]
                else:
                    total.done = [a + b for a, b in zip(total.done, row, strict=True)]
    return found


def _row(unit: Unit, total: _Sum, weeks: list[date], people: list[User]) -> UnitLoad:
    lines = load_lines()
    line = capacity(total.done, least_weeks=lines.least_weeks)
    cells = []
    for n, week in enumerate(weeks):
        by_kind = {kind: total.due[kind][n] for kind in MATTERS if kind in total.due}
        number = sum(by_kind.values())
        state = load_state(number, line, over_share=lines.over_share, least=lines.least)
        cells.append(Cell(week, by_kind, state))
    return UnitLoad(unit, line, sum(number > 0 for number in total.done), cells, people)


def _owners(user: User, unit: Unit | None) -> dict[int, Unit]:
    """By key the unit on whose row its matters count: the nearest above that has posts."""
    where = reach(user, "campaigns.view")
    every = {one.path: one for one in Unit.objects.all()}
    owners: dict[int, Unit] = {}
    for path, one in every.items():
        if not (where.everything or one.pk in where.unit_ids):
            continue
        above = [every.get(path[:end]) for end in range(len(path), 0, -4)]
        posts = (u for u in above if u and u.kind in Unit.WITH_POSTS)
        owner = next(posts, one)
        inside = where.everything or owner.pk in where.unit_ids
        owners[one.pk] = owner if inside else one
    if unit is None:
        return owners
    return {key: owner for key, owner in owners.items() if owner.path.startswith(unit.path)}


def people_of(units: Iterable[Unit], on: date) -> dict[int, list[User]]:
    """Head and deputy in charge of each unit: whom a warning names."""
    kinds = [Post.Kind.HEAD, Post.Kind.DEPUTY]
    posts = Post.objects.filter(posts_on(on), unit__in=list(units), kind__in=kinds)
    found: dict[int, list[User]] = defaultdict(list)
    for post in posts.select_related("holder").order_by("unit", "-kind"):
        found[post.unit_id].append(post.holder)
    return found


# What falls due
_Fact = tuple[str, int | None, date, int]


def _due(user: User, weeks: list[date], on: date) -> Iterator[_Fact]:
    last = weeks[-1] + timedelta(days=6)
    tasks = Task.objects.visible_to(user).filter(status__in=OPEN_TASKS, due_on__lte=last)
    for unit, day, number in _counted(tasks, "unit", "due_on"):
        yield "task", unit, week_of(day), number
    for unit, day, number in _counted(
        open_nodes(user).filter(limit_on__lte=last), "owed_by", "limit_on"
    ):
        yield "node", unit, week_of(day), number
    yield from _cases_due(user, weeks)
    yield from _papers_due(user, weeks, on)
    yield from _visits_due(user, on)


def open_nodes(user: User) -> QuerySet[ProjectNode, ProjectNode]:
    """Open nodes of running projects, each with the unit that owes it (`owed_by`)."""
    projects = Project.objects.visible_to(user).moving()
    nodes = ProjectNode.objects.filter(project__in=projects, done_on=None)
    return nodes.annotate(owed_by=Coalesce("office", "project__unit")).order_by()


def _cases_due(user: User, weeks: list[date]) -> Iterator[_Fact]:
    """Counted by the database: there may be very many. The first week takes what is overdue."""
    ends = [_moment(week + WEEK) for week in weeks]
    cases = _of(
        Case.objects.filter(status__in=WITH_UNIT, due_at__lt=ends[-1]), user, "cases.view", "lead"
    )
    asked: dict[str, Any] = {"w0": Count("pk", filter=Q(due_at__lt=ends[0]))}
    for n in range(1, len(weeks)):
        asked[f"w{n}"] = Count("pk", filter=Q(due_at__gte=ends[n - 1], due_at__lt=ends[n]))
    yield from _by_week("case", cases, "lead", asked, weeks)


def _papers_due(user: User, weeks: list[date], on: date) -> Iterator[_Fact]:
    """Returned papers are owed now; papers still asked for are owed by the document review."""
    papers = Paper.objects.visible_to(user).filter(status=Paper.Status.RETURNED).order_by()
    for unit, number in papers.values_list("unit").annotate(Count("pk")):
        yield "paper", unit, weeks[0], number
    for key, gate, missing in papers_missing(user, weeks, on):
        if gate.due_on:
            yield "paper", key, week_of(gate.due_on), missing


def papers_missing(user: User, weeks: Sequence[date], on: date) -> Iterator[tuple[int, Gate, int]]:
    """Units with the papers that a document review in these weeks still waits for."""
    gates = Gate.objects.filter(
        campaign__in=Campaign.objects.visible_to(user),
        process_state="document_review",
        decided_on=None,
        due_on__range=(max(on, weeks[0]), weeks[-1] + timedelta(days=6)),
    )
    where = reach(user, "dossiers.view")
    for gate in gates.select_related("campaign"):
        units = Unit.objects.filter(led_assignments__campaign=gate.campaign).distinct()
        if not where.everything:
            units = units.filter(pk__in=where.unit_ids)
        figures = dossier_figures(units, f"{on:%Y-%m}", campaign=gate.campaign)
        for key, figure in figures.items():
            if figure.due > figure.accepted:
                yield key, gate, figure.due - figure.accepted


def waiting_draws(user: User) -> QuerySet[Draw, Draw]:
    """Sites drawn in running rounds and not visited yet."""
    visited = Visit.objects.filter(round=OuterRef("round"), site=OuterRef("site"))
    draws = Draw.objects.filter(round__status=Round.Status.RUNNING).exclude(Exists(visited))
    return _of(draws.order_by(), user, "inspections.view", "site__territory")


def _visits_due(user: User, on: date) -> Iterator[_Fact]:
    """Sites still to be visited, spread evenly over what is left of their round."""
    rows = waiting_draws(user).values_list("site__territory", "round__from_on", "round__to_on")
    for unit, first, last, number in rows.annotate(Count("pk")):
        for week in weeks_touched(max(first, on), max(last, on)):
            part = part_of_week(number, week, first=first, last=last, on=on)
            yield "visit", unit, week, part


def part_of_week(number: int, week: date, *, first: date, last: date, on: date) -> int:
    """How many of a round's `number` places fall into a week, from `on` or its first day on."""
    left = weeks_touched(max(first, on), max(last, on))
    parts = dict(zip(left, spread(number, len(left)), strict=True))
    return parts.get(week, 0)


# What was done
def _done(user: User, weeks: list[date]) -> Iterator[_Fact]:
    first, last = weeks[0], weeks[-1] + timedelta(days=6)
    tasks = Task.objects.visible_to(user).filter(finished_on__range=(first, last))
    for unit, day, number in _counted(tasks, "unit", "finished_on"):
        yield "task", unit, week_of(day), number
    nodes = ProjectNode.objects.filter(project__in=Project.objects.visible_to(user))
    nodes = nodes.filter(done_on__range=(first, last)).order_by()
    owed = nodes.annotate(owed_by=Coalesce("office", "project__unit"))
    for unit, day, number in _counted(owed, "owed_by", "done_on"):
        yield "node", unit, week_of(day), number
    papers = Paper.objects.visible_to(user)
    yield from _done_by_week("paper", papers, "unit", "registered_at", weeks)
    cases = _of(Case.objects.all(), user, "cases.view", "lead")
    yield from _done_by_week("case", cases, "lead", "replied_at", weeks)
    visits = _of(Visit.objects.all(), user, "inspections.view", "site__territory")
    yield from _done_by_week("visit", visits, "site__territory", "finished_at", weeks)


def _done_by_week(
    kind: str, rows: QuerySet[Any, Any], unit: str, field: str, weeks: list[date]
) -> Iterator[_Fact]:
    edges = [_moment(week) for week in (*weeks, weeks[-1] + WEEK)]
    within = rows.filter(**{f"{field}__gte": edges[0], f"{field}__lt": edges[-1]}).order_by()
    asked = {
        f"w{n}": Count("pk", filter=Q(**{f"{field}__gte": a, f"{field}__lt": b}))
        for n, (a, b) in enumerate(pairwise(edges))
    }
    yield from _by_week(kind, within, unit, asked, weeks)


def _by_week(
    kind: str, rows: QuerySet[Any, Any], unit: str, asked: dict[str, Any], weeks: Sequence[date]
) -> Iterator[_Fact]:
    names = [f"w{n}" for n in range(len(weeks))]
    for row in rows.order_by().values(owner=F(unit)).annotate(**asked):
        for name, week in zip(names, weeks, strict=True):
            if row[name]:
                yield kind, row["owner"], week, row[name]


def _counted(
    rows: QuerySet[Any, Any], unit: str, day: str
) -> Iterator[tuple[int | None, date, int]]:
    yield from rows.order_by().values_list(unit, day).annotate(Count("pk"))


def _of(rows: QuerySet[Any, Any], user: User, action: str, unit: str) -> QuerySet[Any, Any]:
    """Rows of units in reach: narrower than `visible_to`, and an index answers it."""
    where: Reach = reach(user, action)
    return rows if where.everything else rows.filter(**{f"{unit}__in": where.unit_ids})


def _moment(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())
