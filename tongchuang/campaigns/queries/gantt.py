"""The plan of a campaign as bars, and what late tasks mean for those after them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Max, Min, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse

from tongchuang.accounts.models import Unit, User
from tongchuang.campaigns.gantt import Bar, Gantt, draw, state_of
from tongchuang.campaigns.models import Campaign, Gate, Task, TaskLink
from tongchuang.campaigns.queries.tasks import TaskLine, task_list, with_lag
from tongchuang.campaigns.slips import Move, Work, moves

ROWS = 100


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A row of the table beside the drawing."""

    line: TaskLine
    bar: Bar
    awaits: list[Task]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A task that a late one would push: the new dates, and the gates it would then miss."""

    task: Task
    because: Task
    move: Move
    gates: list[Gate]


def plan_tasks(
    user: User, *, campaign: Campaign | None, unit: Unit | None, on: date
) -> QuerySet[Task]:
    """Tasks of a plan by unit and start; the parts of a task follow it."""
    tasks = task_list(user, campaign=campaign, unit=unit, on=on)
    begun = Coalesce("parent__starts_on", "starts_on")
    family = (Coalesce("parent", "pk"), F("parent").asc(nulls_first=True))
    return tasks.order_by("campaign", begun, *family, "starts_on", "pk")


def plan_span(tasks: QuerySet[Task]) -> tuple[date, date] | None:
    """First and last day of a whole plan; None without tasks. One query."""
    found = tasks.order_by().aggregate(
        first=Min("starts_on"),
        base=Min("baseline_starts_on"),
        last=Max("due_on"),
        base_last=Max("baseline_due_on"),
    )
    if found["first"] is None:
        return None
    first = min(day for day in (found["first"], found["base"]) if day)
    return first, max(day for day in (found["last"], found["base_last"]) if day)


def plan_rows(tasks: Sequence[Task], *, on: date) -> list[PlanRow]:
    """The rows of one window with what each waits for. One query."""
    awaits: dict[int, list[Task]] = defaultdict(list)
    for link in TaskLink.objects.filter(after__in=tasks).select_related("before"):
        awaits[link.after_id].append(link.before)
    return [PlanRow(line, _bar(line), awaits[line.task.pk]) for line in with_lag(tasks, on=on)]


def plan_gantt(
    rows: Sequence[PlanRow], *, span: tuple[date, date], gates: Iterable[Gate], on: date
) -> Gantt:
    """The drawing of one window."""
    return draw(
        [row.bar for row in rows],
        on=on,
        first=span[0],
        last=span[1],
        links=[(one.pk, row.line.task.pk) for row in rows for one in row.awaits],
        gates=[(gate.due_on, gate.title) for gate in gates if gate.due_on],
    )


def open_gates(user: User, campaign: Campaign | None = None) -> list[Gate]:
    """Undecided gates with a date, by day."""
    gates = Gate.objects.filter(campaign__in=Campaign.objects.visible_to(user), decided_on=None)
    if campaign:
        gates = gates.filter(campaign=campaign)
    return list(gates.exclude(due_on=None).select_related("campaign").order_by("due_on", "pk"))


def _bar(line: TaskLine) -> Bar:
    task = line.task
    state, words = state_of(task.status, line.lag.colour)
    issued = None
    if task.baseline_starts_on and task.baseline_due_on:
        issued = (task.baseline_starts_on, task.baseline_due_on)
    return Bar(
        key=task.pk,
        title=task.title,
        url=reverse("campaigns:task_detail", args=[task.pk]),
        note=task.unit.label,
        starts_on=task.starts_on,
        due_on=task.due_on,
        share=float(line.lag.actual),
        state=state,
        words=words,
        issued=issued,
        depth=1 if task.parent_id else 0,
    )


def proposals(user: User, *, on: date) -> list[Proposal]:
    """What would have to move because something before it is late; nothing is moved.

    Reads whole cities, since a link may cross units, and shows what `user` may see. Four queries.
    Raises `slips.Circular` where tasks wait for each other.
    """
    visible = Task.objects.visible_to(user)
    cities = set(visible.values_list("campaign__city", flat=True).distinct())
    links = list(
        TaskLink.objects.filter(after__campaign__city__in=cities).values_list("before", "after")
    )
    keys = {key for pair in links for key in pair}
    tasks = {
        task.pk: task
        for task in Task.objects.filter(pk__in=keys)
        .exclude(status=Task.Status.CANCELLED)
        .select_related("unit", "campaign", "sponsor")
    }
    works = {key: Work(t.starts_on, t.due_on, t.finished_on) for key, t in tasks.items()}
    seen = set(visible.filter(pk__in=tasks).values_list("pk", flat=True))
    gates = open_gates(user)
    return [
        Proposal(tasks[move.key], tasks[move.because], move, _missed(tasks[move.key], move, gates))
        for move in moves(works, links, on=on)
        if move.key in seen
    ]


def _missed(task: Task, move: Move, gates: Iterable[Gate]) -> list[Gate]:
    """Gates of the task's campaign that lie before its new end and not before its present one."""
    return [
        gate
        for gate in gates
        if gate.campaign_id == task.campaign_id
        and gate.due_on
        and task.due_on <= gate.due_on < move.due_on
    ]
