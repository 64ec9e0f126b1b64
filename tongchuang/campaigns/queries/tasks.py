"""Reading tasks, their lag and their progress."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, prefetch_related_objects

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import subtree
from tongchuang.campaigns.models import (
    Assignment,
    AssignmentHelper,
    Campaign,
    Progress,
    Task,
    TaskNode,
)
from tongchuang.campaigns.rules import Lag, Node, lag


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task with its lag on a day."""

    task: Task
    lag: Lag


@dataclass(frozen=True, slots=True)
class CurveShare:
    """Tasks of one unit: weight of all that run, and of those at or ahead of their curve."""

    unit_id: int
    weight: Decimal
    on_curve: Decimal
    tasks: int
    behind: int


def task_list(
    user: User,
    *,
    campaign: Campaign | None = None,
    tab: str = "",
    unit: Unit | None = None,
    on: date,
) -> QuerySet[Task]:
    """Tasks in the person's reach; `tab` is "", ahead, behind or a status."""
    tasks = Task.objects.visible_to(user).select_related(
        "unit", "clause", "campaign", "sponsor", "parent"
    )
    if campaign:
        tasks = tasks.filter(campaign=campaign)
    if unit:
        tasks = tasks.filter(unit__in=Unit.objects.filter(subtree(unit.path)))
    if tab == "behind":
        return tasks.filter(pk__in=behind_ids(tasks, on))
    if tab == "ahead":
        return tasks.filter(status__in=Task.AHEAD)
    if tab:
        return tasks.filter(status=tab)
    return tasks.exclude(status=Task.Status.CANCELLED)


def task_counts(user: User, *, campaign: Campaign | None, on: date) -> dict[str, int]:
    """Number of tasks per tab, with three queries."""
    tasks = task_list(user, campaign=campaign, on=on)
    counts = dict(tasks.order_by().values_list("status").annotate(Count("id")))
    return {
        "": sum(counts.values()),
        "behind": len(behind_ids(tasks, on)),
        "ahead": sum(counts.get(status, 0) for status in Task.AHEAD),
        **{
            status: counts.get(status, 0)
            for status in ("issued", "blocked", "submitted", "accepted", "long_term")
        },
    }


def behind_ids(tasks: QuerySet[Task], on: date) -> list[int]:
    """Keys of those of `tasks` that run and are behind at the end of a day. Two queries."""
    rows = tasks.filter(status__in=[Task.Status.RUNNING, Task.Status.BLOCKED], starts_on__lte=on)
    facts = rows.order_by().values_list("id", "done", "quantity", "starts_on", "due_on")
    nodes = _nodes(rows)
    return [
        pk
        for pk, done, quantity, starts_on, due_on in facts
        if not lag(
            done=done,
            quantity=quantity,
            starts_on=starts_on,
            due_on=due_on,
            on=on,
            nodes=nodes.get(pk, ()),
        ).on_curve
    ]


def _nodes(tasks: QuerySet[Task]) -> dict[int, list[Node]]:
    """The curves of those of `tasks` that have nodes, as shares, by task key. One query."""
    found: dict[int, list[Node]] = {}
    rows = TaskNode.objects.filter(task__in=tasks.order_by().values("pk")).order_by("task", "on")
    for key, on, value, quantity in rows.values_list("task", "on", "value", "task__quantity"):
        found.setdefault(key, []).append((on, min(value / quantity, Decimal(1))))
    return found


def with_lag(tasks: Iterable[Task], *, on: date) -> list[TaskLine]:
    """Tasks of a page with their lag; one query for all their nodes."""
    rows = list(tasks)
    prefetch_related_objects(rows, "nodes")
    return [TaskLine(task, task_lag(task, on=on)) for task in rows]


def node_shares(task: Task) -> list[Node]:
    """The nodes of a task as shares of its quantity, in order of days."""
    return [(node.on, min(node.value / task.quantity, Decimal(1))) for node in task.nodes.all()]


def task_lag(task: Task, *, on: date) -> Lag:
    """How a task stands against its curve: the one rule for lists, pages, bulletin and API.

    An accepted one stands still on the day it was accepted. Reads the nodes, so prefetch them.
    """
    day = min(on, task.finished_on) if task.finished_on else on
    return lag(
        done=task.done,
        quantity=task.quantity,
        starts_on=task.starts_on,
        due_on=task.due_on,
        on=day,
        nodes=node_shares(task),
    )


def curve_shares(campaign: Campaign, *, on: date) -> dict[int, CurveShare]:
    """Per lead unit the weight of its tasks and of those on their curve at the end of a day.

    Reads the progress known on that day, so that a past month can be computed again; a task
    that is broken down has done what its parts had. Three queries.
    """
    shares: dict[int, CurveShare] = {}
    for one in _on_curve(campaign, on):
        shares[one.unit] = _with(shares.get(one.unit), one.unit, one)
    return shares


def shares_beside(campaign: Campaign, *, on: date) -> dict[tuple[int, str], CurveShare]:
    """The same for the units beside the lead, by unit and relation (speech 3.2.4, 3.2.5).

    A task counts for the joint and supporting units of the issued assignment of its clause, its
    own unit apart. Four queries.
    """
    beside: dict[int, list[tuple[int, str]]] = {}
    rows = AssignmentHelper.objects.filter(
        Q(assignment__issued_on=None) | Q(assignment__issued_on__lte=on),
        assignment__campaign=campaign,
        assignment__status=Assignment.Status.ISSUED,
    )
    for clause, unit, kind in rows.values_list("assignment__clause", "unit", "kind"):
        beside.setdefault(clause, []).append((unit, kind))
    shares: dict[tuple[int, str], CurveShare] = {}
    for one in _on_curve(campaign, on):
        for unit, kind in beside.get(one.clause or 0, ()):
            if unit != one.unit:
                shares[unit, kind] = _with(shares.get((unit, kind)), unit, one)
    return shares


@dataclass(frozen=True, slots=True)
class _TaskThen:
    """A task on a day: who leads it, for which clause, whether it was on its curve."""

    unit: int
    clause: int | None
    weight: Decimal
    on_curve: bool


def _on_curve(campaign: Campaign, on: date) -> Iterator[_TaskThen]:
    tasks = Task.objects.counted().filter(campaign=campaign, starts_on__lte=on)
    tasks = tasks.exclude(status__in=Task.FINISHED, finished_on__lt=on.replace(day=1))
    columns = ("id", "unit", "clause", "weight", "quantity", "starts_on", "due_on")
    known, nodes = _known(campaign, on), _nodes(tasks)
    facts = tasks.order_by("unit", "id").values_list(*columns)
    for key, unit, clause, weight, quantity, starts_on, due_on in facts:
        state = lag(
            done=known[key],
            quantity=quantity,
            starts_on=starts_on,
            due_on=due_on,
            on=on,
            nodes=nodes.get(key, ()),
        )
        yield _TaskThen(unit, clause, weight, state.on_curve)


def _with(old: CurveShare | None, unit: int, one: _TaskThen) -> CurveShare:
    """A share with one more task."""
    old = old or CurveShare(unit, Decimal(0), Decimal(0), 0, 0)
    return CurveShare(
        unit,
        old.weight + one.weight,
        old.on_curve + (one.weight if one.on_curve else 0),
        old.tasks + 1,
        old.behind + (not one.on_curve),
    )


def _known(campaign: Campaign, on: date) -> dict[int, Decimal]:
    """What was known to be done on every task at the end of a day; parts summed upward."""
    reports = Progress.objects.filter(task=OuterRef("pk"), on__lte=on).order_by("-on", "-id")
    rows = Task.objects.filter(campaign=campaign).exclude(status=Task.Status.CANCELLED)
    facts = rows.order_by().annotate(known=Subquery(reports.values("done")[:1]))
    own = {key: (parent, done) for key, parent, done in facts.values_list("id", "parent", "known")}
    parts: dict[int, list[int]] = {}
    for key, (parent, _done) in own.items():
        if parent:
            parts.setdefault(parent, []).append(key)

    def total(key: int) -> Decimal | None:
        found = [done for part in parts.get(key, ()) if (done := total(part)) is not None]
        # Before its parts reported, a task had done what it reported itself.
        return sum(found, Decimal(0)) if found else own[key][1]

    return {key: total(key) or Decimal(0) for key in own}


def behind_tasks(campaign: Campaign, *, on: date) -> list[TaskLine]:
    """Running tasks behind their curve, the farthest behind first."""
    tasks = Task.objects.counted().underway().filter(campaign=campaign, starts_on__lte=on)
    lines = with_lag(tasks.select_related("unit", "clause"), on=on)
    return sorted((line for line in lines if not line.lag.on_curve), key=lambda line: line.lag.gap)


def task_reports(task: Task) -> list[tuple[date, Decimal]]:
    """What was done by which day, in order: its reports, or those of its parts summed up."""
    leaves = _leaves(task)
    amounts: dict[int, Decimal] = {}
    found: dict[date, Decimal] = {}
    if leaves != [task.pk]:  # what it reported itself before it was broken down
        found = dict(task.progress.order_by("on", "id").values_list("on", "done"))
    rows = Progress.objects.filter(task__in=leaves).order_by("on", "id")
    for key, on, done in rows.values_list("task", "on", "done"):
        amounts[key] = done
        found[on] = sum(amounts.values(), Decimal(0))
    return sorted(found.items())


def _leaves(task: Task) -> list[int]:
    """Keys of the tasks below `task` that have no parts; the task itself when it has none."""
    level, leaves = [task.pk], []
    while level:
        rows = Task.objects.filter(parent__in=level).exclude(status=Task.Status.CANCELLED)
        pairs = list(rows.order_by().values_list("pk", "parent"))
        with_parts = {parent for _key, parent in pairs}
        leaves += [key for key in level if key not in with_parts]
        level = [key for key, _parent in pairs]
    return leaves
