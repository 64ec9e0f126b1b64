"""How many clauses of a campaign can be met by each of its gates, and what stands in the way."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction

from django.db.models import Count, Max, Min, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tongchuang.accounts.models import User
from tongchuang.assessment.forecast_rules import Assumption, Effort, comes, expected, trend
from tongchuang.assessment.inputs import article_key
from tongchuang.assessment.models import Snapshot
from tongchuang.assessment.rules import HOLDS, State
from tongchuang.campaigns.models import Campaign, Gate, Task
from tongchuang.cases.models import Case
from tongchuang.core import clock
from tongchuang.projects.models import Project
from tongchuang.standards.models import Clause

MONTHS = 6  # how far the trend looks back


@dataclass(frozen=True, slots=True)
class Work:
    """Something under way for a clause; `title` is empty where the reader may not see it."""

    kind: str
    title: str
    url: str
    effort: Effort


@dataclass(slots=True)
class OpenClause:
    """A clause that does not hold now, with what is under way for it."""

    clause: Clause
    state: str
    works: list[Work] = field(default_factory=list)

    @property
    def efforts(self) -> list[Effort]:
        """For the arithmetic."""
        return [work.effort for work in self.works]

    def verdicts(self, by: date, today: date) -> list[tuple[Assumption, bool]]:
        """By assumption whether it comes by a day."""
        return [(one, comes(self.efforts, one, by=by, today=today)) for one in Assumption]


@dataclass(frozen=True, slots=True)
class Outlook:
    """One gate: how many clauses hold by its day under each assumption, and by the trend."""

    gate: Gate
    day: date
    days_left: int
    expected: list[tuple[Assumption, int]]
    trend: int | None


@dataclass(frozen=True, slots=True)
class Forecast:
    """The forecast of a campaign; without a snapshot there is none.

    `unknown` clauses are not assessed: they are neither held nor expected.
    """

    today: date
    snapshot: Snapshot | None
    clauses: int = 0
    held: int = 0
    unknown: int = 0
    open: list[OpenClause] = field(default_factory=list)
    outlooks: list[Outlook] = field(default_factory=list)

    @property
    def without_work(self) -> int:
        """Open clauses for which nothing is under way."""
        return sum(not one.works for one in self.open)


def forecast(campaign: Campaign, user: User) -> Forecast:
    """Seen from today, for every gate ahead that has a date. About ten queries."""
    today = clock.today()
    rows = Snapshot.objects.filter(campaign=campaign, current=True).order_by("-period")
    months = list(rows[:MONTHS])
    if not months:
        return Forecast(today, None)
    states: dict[str, str] = months[0].readiness.get("clauses", {})
    held = _held(months[0])
    not_known = sum(state == State.UNKNOWN for state in states.values())
    found = _open_clauses(campaign, states)
    _add_works(campaign, user, found, today)
    of_one_edition = [one for one in months if one.framework_id == months[0].framework_id]
    seen = [_held(one) for one in reversed(of_one_edition)]
    efforts = [one.efforts for one in found.values()]
    gates = campaign.gates.filter(state__in=[Gate.State.AHEAD, Gate.State.OPEN], due_on__gte=today)
    outlooks = [
        _outlook(gate, gate.due_on, today, held, efforts, seen, len(states))
        for gate in gates.order_by("due_on", "ordinal")
        if gate.due_on
    ]
    return Forecast(today, months[0], len(states), held, not_known, list(found.values()), outlooks)


def _outlook(
    gate: Gate,
    day: date,
    today: date,
    held: int,
    efforts: list[list[Effort]],
    months: list[int],
    clauses: int,
) -> Outlook:
    left = (day - today).days
    counts = [(one, expected(held, efforts, one, by=day, today=today)) for one in Assumption]
    return Outlook(gate, day, left, counts, trend(months, clauses, ahead=round(left / 30.4)))


def _held(snapshot: Snapshot) -> int:
    return sum(state in HOLDS for state in snapshot.readiness.get("clauses", {}).values())


def _open_clauses(campaign: Campaign, states: dict[str, str]) -> dict[int, OpenClause]:
    apart = HOLDS | {State.UNKNOWN, State.OFF}
    wanted = {int(pk): state for pk, state in states.items() if state not in apart}
    rows = Clause.objects.filter(pk__in=wanted).order_by("ordinal")
    return {one.pk: OpenClause(one, wanted[one.pk]) for one in rows}


def _add_works(campaign: Campaign, user: User, found: dict[int, OpenClause], today: date) -> None:
    under = Clause.objects.filter(Q(pk__in=found) | Q(parent__in=found)).select_related("parent")
    article = {one.pk: article_key(one) for one in under}
    works = [
        *_tasks(campaign, user, article),
        *_projects(campaign, user, article),
        *_cases(campaign, article, today),
    ]
    for clause, work in works:
        if clause in found:
            found[clause].works.append(work)


def _tasks(campaign: Campaign, user: User, article: dict[int, int]) -> Iterable[tuple[int, Work]]:
    tasks = Task.objects.owed().filter(campaign=campaign, parent=None, clause__in=article)
    seen = set(tasks.visible_to(user).values_list("pk", flat=True))
    for task in tasks.order_by("due_on", "pk"):
        share = min(Fraction(task.done) / Fraction(task.quantity), Fraction(1))
        blocked = task.status == Task.Status.BLOCKED
        effort = Effort(task.starts_on, task.due_on, share, blocked)
        address = reverse("campaigns:task_detail", args=[task.pk])
        title = task.title if task.pk in seen else ""
        yield article[task.clause_id or 0], Work("task", title, address, effort)


def _projects(
    campaign: Campaign, user: User, article: dict[int, int]
) -> Iterable[tuple[int, Work]]:
    ended = [Project.Status.IN_USE, Project.Status.CANCELLED]
    projects = Project.objects.filter(campaign__city=campaign.city_id).exclude(status__in=ended)
    seen = set(projects.visible_to(user).values_list("pk", flat=True))
    links = Project.clauses.through.objects.filter(project__in=projects, clause__in=article)
    for link in links.select_related("project").order_by("project__planned_finish_on", "pk"):
        one = link.project
        blocked = one.status == Project.Status.PAUSED
        effort = Effort(one.planned_start_on, one.planned_finish_on, None, blocked)
        address = reverse("projects:detail", args=[one.pk])
        title = one.title if one.pk in seen else ""
        yield article[link.clause_id], Work("project", title, address, effort)


def _cases(campaign: Campaign, article: dict[int, int], today: date) -> Iterable[tuple[int, Work]]:
    """Open cases of a clause together; their last limit is the day that is set for them."""
    links = Case.clauses.through.objects.filter(
        clause__in=article, case__in=Case.objects.open().filter(city=campaign.city_id)
    )
    counted = (
        links.order_by("clause")
        .values_list("clause")
        .annotate(
            n=Count("pk"),
            first=Min("case__filed_at"),
            last=Max("case__due_at"),
            late=Count("pk", filter=Q(case__due_at__lt=clock.now())),
        )
    )
    for clause, number, first, last, late in counted:
        title = _("未销号 %(n)s 件，其中超期 %(late)s 件") % {"n": number, "late": late}
        address = reverse("cases:list") + f"?tab=open&clause={clause}"
        effort = Effort(_day(first) or today, _day(last) or today)
        yield article[clause], Work("case", title, address, effort)


def _day(moment: datetime | None) -> date | None:
    return timezone.localtime(moment).date() if moment else None
