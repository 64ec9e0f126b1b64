"""Reading campaigns, gates, assignments, plans and tasks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, OuterRef, Prefetch, QuerySet, Subquery
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import actions_of, reach, subtree
from tongchuang.campaigns import gateline
from tongchuang.campaigns.models import Assignment, Campaign, Gate, Progress, Task, WorkPlan
from tongchuang.campaigns.rules import Lag, lag
from tongchuang.standards.models import Clause


@dataclass(frozen=True, slots=True)
class Todo:
    """Something that waits for a person: how many, the nearest date, where to do it."""

    label: str | Promise
    count: int
    url: str
    due_on: date | None = None


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


@dataclass(frozen=True, slots=True)
class ClauseDuty:
    """A clause with its assignment, if it has one."""

    clause: Clause
    assignment: Assignment | None


@dataclass(frozen=True, slots=True)
class Deadline:
    """Our own date or the one from above; `days_left` is negative once it has passed.

    None without a date, and for a gate that is decided: nothing is left to wait for.
    """

    label: str | Promise
    day: date | None
    days_left: int | None

    @property
    def days_over(self) -> int:
        """How many days ago it passed, 0 when it has not."""
        return max(-(self.days_left or 0), 0)


# Campaigns and gates
def deadlines(item: Campaign | Gate, *, on: date) -> list[Deadline]:
    """Our own date beside the one from above, each with the days that are left (speech 1.2.3)."""
    if isinstance(item, Campaign):
        own, above, waits = item.deadline_on, item.external_deadline_on, True
    else:
        own, above, waits = item.due_on, item.external_due_on, item.decided_on is None
    pairs = ((_("自定期限"), own), (_("上级期限"), above))
    return [
        Deadline(label, day, (day - on).days if day and waits else None) for label, day in pairs
    ]


def campaigns_for(user: User) -> list[Campaign]:
    """The campaigns that `user` may switch between, in their order."""
    return list(Campaign.objects.visible_to(user))


def gate_line(user: User, *, on: date, readiness: Mapping[int, gateline.Ring]) -> gateline.GateLine:
    """The gate line of all visible campaigns; `readiness` by gate key comes from above."""
    gates = Gate.objects.order_by("ordinal").prefetch_related(
        Prefetch("prerequisites", Gate.objects.select_related("campaign"))
    )
    campaigns = Campaign.objects.visible_to(user).prefetch_related(Prefetch("gates", gates))
    return gateline.draw(list(campaigns), on=on, readiness=readiness)


def next_gate(campaign: Campaign) -> Gate | None:
    """The first gate that is not decided yet and has a date."""
    undecided = campaign.gates.filter(state__in=[Gate.State.AHEAD, Gate.State.OPEN])
    return undecided.exclude(due_on=None).order_by("due_on").first()


def nearest_gate(user: User, *, on: date) -> Gate | None:
    """The gate that comes first over all visible campaigns."""
    campaigns = Campaign.objects.visible_to(user)
    undecided = Gate.objects.filter(
        campaign__in=campaigns, state__in=[Gate.State.AHEAD, Gate.State.OPEN]
    )
    return undecided.filter(due_on__gte=on).select_related("campaign").order_by("due_on").first()


# Assignments
def duties(campaign: Campaign, user: User, *, unit: Unit | None = None) -> list[ClauseDuty]:
    """Articles and requirements of the campaign's standard with who answers for them."""
    levels = [Clause.Level.ARTICLE, Clause.Level.REQUIREMENT]
    clauses = Clause.objects.filter(framework=campaign.framework_id, level__in=levels).order_by(
        "ordinal"
    )
    rows = Assignment.objects.visible_to(user).filter(campaign=campaign)
    rows = rows.select_related("lead", "sponsor").prefetch_related("helpers")
    by_clause = {row.clause_id: row for row in rows}
    found = [
        ClauseDuty(clause, by_clause.get(clause.pk)) for clause in clauses.select_related("parent")
    ]
    if unit is None:
        return found
    return [duty for duty in found if duty.assignment and _concerns(duty.assignment, unit)]


def _concerns(assignment: Assignment, unit: Unit) -> bool:
    return assignment.lead_id == unit.pk or unit in assignment.helpers.all()


def units_by_duty(campaign: Campaign, user: User) -> list[tuple[Unit, int]]:
    """Units with the number of clauses they lead, most first."""
    rows = Assignment.objects.visible_to(user).filter(campaign=campaign).order_by()
    counts = dict(rows.values_list("lead").annotate(Count("id")))
    units = Unit.objects.filter(pk__in=counts)
    return sorted(((unit, counts[unit.pk]) for unit in units), key=lambda pair: -pair[1])


def lead_units(campaign: Campaign) -> dict[int, set[int]]:
    """For every clause key the units that lead or help with it."""
    found: dict[int, set[int]] = {}
    rows = Assignment.objects.filter(campaign=campaign).order_by()
    for clause, lead, helper in rows.values_list("clause", "lead", "helper_rows__unit"):
        found.setdefault(clause, set()).update(pk for pk in (lead, helper) if pk)
    return found


# Work plans
def plans(user: User, campaign: Campaign | None = None) -> QuerySet[WorkPlan]:
    """Work plans of units in the person's reach."""
    where = reach(user, "campaigns.view")
    rows = WorkPlan.objects.select_related("unit", "campaign", "signed_by")
    if campaign:
        rows = rows.filter(campaign=campaign)
    return rows if where.everything else rows.filter(unit__in=where.unit_ids)


def units_without_plan(campaign: Campaign) -> list[Unit]:
    """Scored units that have not begun a plan for the campaign."""
    have = WorkPlan.objects.filter(campaign=campaign).values("unit")
    return list(Unit.objects.filter(scored=True, active=True).exclude(pk__in=have))


# Tasks
def task_list(
    user: User,
    *,
    campaign: Campaign | None = None,
    tab: str = "",
    unit: Unit | None = None,
    on: date,
) -> QuerySet[Task]:
    """Tasks in the person's reach; `tab` is one of "", behind, blocked, submitted, accepted."""
    tasks = Task.objects.visible_to(user).select_related("unit", "clause", "campaign", "sponsor")
    if campaign:
        tasks = tasks.filter(campaign=campaign)
    if unit:
        tasks = tasks.filter(unit__in=Unit.objects.filter(subtree(unit.path)))
    if tab == "behind":
        return tasks.filter(pk__in=_behind_ids(tasks, on))
    if tab:
        return tasks.filter(status=tab)
    return tasks.exclude(status__in=[Task.Status.CANCELLED])


def task_counts(user: User, *, campaign: Campaign | None, on: date) -> dict[str, int]:
    """Number of tasks per tab, with two queries."""
    tasks = task_list(user, campaign=campaign, on=on)
    counts = dict(tasks.order_by().values_list("status").annotate(Count("id")))
    return {
        "": sum(counts.values()),
        "behind": len(_behind_ids(tasks, on)),
        **{status: counts.get(status, 0) for status in ("blocked", "submitted", "accepted")},
    }


def _behind_ids(tasks: QuerySet[Task], on: date) -> list[int]:
    rows = tasks.filter(status__in=[Task.Status.RUNNING, Task.Status.BLOCKED], starts_on__lte=on)
    facts = rows.order_by().values_list("id", "done", "quantity", "starts_on", "due_on")
    return [
        pk
        for pk, done, quantity, starts_on, due_on in facts
        if not lag(done=done, quantity=quantity, starts_on=starts_on, due_on=due_on, on=on).on_curve
    ]


def with_lag(tasks: Iterable[Task], *, on: date) -> list[TaskLine]:
    """Tasks of a page with their lag."""
    return [TaskLine(task, task_lag(task, on=on)) for task in tasks]


def task_lag(task: Task, *, on: date) -> Lag:
    """How a task stands against time; an accepted one stands still on the day it was accepted."""
    day = min(on, task.finished_on) if task.finished_on else on
    return lag(
        done=task.done, quantity=task.quantity, starts_on=task.starts_on, due_on=task.due_on, on=day
    )


def curve_shares(campaign: Campaign, *, on: date) -> dict[int, CurveShare]:
    """Per unit the weight of its tasks and of those on their curve at the end of a day.

    Reads the progress known on that day, so that a past month can be computed again.
    """
    tasks = Task.objects.filter(campaign=campaign, starts_on__lte=on).exclude(
        status=Task.Status.CANCELLED
    )
    tasks = tasks.exclude(status=Task.Status.ACCEPTED, finished_on__lt=on.replace(day=1))
    facts = tasks.annotate(known=_done_by(on)).order_by("unit", "id")
    columns = ("unit", "weight", "known", "quantity", "starts_on", "due_on")
    shares: dict[int, CurveShare] = {}
    for unit, weight, known, quantity, starts_on, due_on in facts.values_list(*columns):
        old = shares.get(unit, CurveShare(unit, Decimal(0), Decimal(0), 0, 0))
        state = lag(
            done=known or Decimal(0), quantity=quantity, starts_on=starts_on, due_on=due_on, on=on
        )
        ahead = weight if state.on_curve else Decimal(0)
        behind = old.behind + (not state.on_curve)
        shares[unit] = CurveShare(
            unit, old.weight + weight, old.on_curve + ahead, old.tasks + 1, behind
        )
    return shares


def _done_by(on: date) -> Subquery:
    reports = Progress.objects.filter(task=OuterRef("pk"), on__lte=on).order_by("-on", "-id")
    return Subquery(reports.values("done")[:1])


def behind_tasks(campaign: Campaign, *, on: date) -> list[TaskLine]:
    """Running tasks behind their curve, the farthest behind first."""
    tasks = Task.objects.filter(
        campaign=campaign, status__in=[Task.Status.RUNNING, Task.Status.BLOCKED]
    )
    lines = with_lag(tasks.filter(starts_on__lte=on).select_related("unit", "clause"), on=on)
    return sorted((line for line in lines if not line.lag.on_curve), key=lambda line: line.lag.gap)


def todo_for(user: User, *, on: date) -> list[Todo]:
    """Plans and tasks that wait for this person."""
    allowed = actions_of(user)
    found = []
    if "campaigns.plan" in allowed:
        mine = reach(user, "campaigns.plan").unit_ids
        open_plans = WorkPlan.objects.filter(unit__in=mine, status__in=["draft", "returned"])
        found.append(
            Todo(
                _("3+1 方案待签报"),
                open_plans.count(),
                f"{reverse('campaigns:plan_list')}?status=open",
            )
        )
    if "campaigns.progress" in allowed:
        tasks = Task.objects.filter(unit__in=reach(user, "campaigns.progress").unit_ids)
        behind = len(_behind_ids(tasks, on))
        found.append(Todo(_("任务落后"), behind, f"{reverse('campaigns:task_list')}?tab=behind"))
    if "campaigns.manage" in allowed:
        waiting = Task.objects.visible_to(user).filter(status=Task.Status.SUBMITTED).count()
        found.append(
            Todo(_("任务待验收"), waiting, f"{reverse('campaigns:task_list')}?tab=submitted")
        )
    if "campaigns.approve" in allowed:
        handed_in = plans(user).filter(status=WorkPlan.Status.SUBMITTED).count()
        found.append(
            Todo(
                _("3+1 方案待批准"), handed_in, f"{reverse('campaigns:plan_list')}?status=submitted"
            )
        )
    return [todo for todo in found if todo.count]
