"""The matters behind one number of the load: what one unit owes in one week."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import subtree
from tongchuang.calendar.queries.load import (
    MATTERS,
    OPEN_TASKS,
    WITH_UNIT,
    open_nodes,
    papers_missing,
    part_of_week,
    waiting_draws,
)
from tongchuang.calendar.rules import week_of
from tongchuang.campaigns.models import Task
from tongchuang.cases.models import Case
from tongchuang.dossiers.models import Paper
from tongchuang.projects.kinds import node_name

MOST = 60


@dataclass(frozen=True, slots=True)
class Matter:
    """One matter: what, by when, in which campaign, who is its leader."""

    title: str
    url: str
    due_on: date | None
    campaign: str = ""
    person: str = ""
    late: bool = False


@dataclass(frozen=True, slots=True)
class Matters:
    """The matters of one kind; at most `MOST` of `number` are named, `url` lists them all."""

    kind: str
    number: int
    rows: list[Matter]
    url: str

    @property
    def label(self) -> str | Promise:
        """The kind in words."""
        return MATTERS[self.kind]

    @property
    def more(self) -> int:
        """How many are not named."""
        return self.number - len(self.rows)


def matters(user: User, unit: Unit, week: date, *, on: date) -> list[Matters]:
    """What `unit` and the units under it owe in the week that begins on the Monday `week`.

    In the present week what is overdue is owed too. Eleven queries at most.
    """
    first = date.min if week <= week_of(on) else week
    last = week + timedelta(days=6)
    units: QuerySet[Unit] = Unit.objects.filter(subtree(unit.path))
    found = [
        _tasks(user, units, first, last, on),
        _cases(user, unit, first, last, on),
        _papers(user, unit, week, on),
        _nodes(user, units, first, last, on),
        _visits(user, units, week, on),
    ]
    return [one for one in found if one.number]


def _tasks(user: User, units: QuerySet[Unit], first: date, last: date, on: date) -> Matters:
    tasks = Task.objects.visible_to(user).filter(unit__in=units, status__in=OPEN_TASKS)
    tasks = tasks.filter(due_on__range=(first, last)).select_related("campaign", "sponsor", "unit")
    rows = [
        Matter(
            task.title,
            reverse("campaigns:task_detail", args=[task.pk]),
            task.due_on,
            task.campaign.title,
            task.sponsor.name if task.sponsor else "",
            task.due_on < on,
        )
        for task in tasks.order_by("due_on", "id")[:MOST]
    ]
    number = tasks.count() if len(rows) == MOST else len(rows)
    return Matters("task", number, rows, reverse("campaigns:task_list"))


def _cases(user: User, unit: Unit, first: date, last: date, on: date) -> Matters:
    due = Q(due_at__lt=_moment(last + timedelta(days=1)))
    if first != date.min:
        due &= Q(due_at__gte=_moment(first))
    units = list(Unit.objects.filter(subtree(unit.path)).values_list("pk", flat=True))
    cases = Case.objects.visible_to(user).filter(due, lead__in=units, status__in=WITH_UNIT)
    rows = []
    for case in cases.select_related("campaign", "handler").order_by("due_at", "id")[:MOST]:
        day = timezone.localtime(case.due_at).date() if case.due_at else None
        rows.append(
            Matter(
                case.title,
                reverse("cases:detail", args=[case.pk]),
                day,
                case.campaign.title if case.campaign else "",
                case.handler.name if case.handler else "",
                bool(day and day < on),
            )
        )
    number = cases.order_by().count() if len(rows) == MOST else len(rows)
    return Matters("case", number, rows, f"{reverse('cases:list')}?lead={unit.pk}")


def _nodes(user: User, units: QuerySet[Unit], first: date, last: date, on: date) -> Matters:
    nodes = open_nodes(user).filter(limit_on__range=(first, last))
    nodes = nodes.filter(Q(office__in=units) | Q(office=None, project__unit__in=units))
    related = nodes.select_related("project__campaign", "project__sponsor")
    rows = [
        Matter(
            f"{node.project.title} · {node_name(node.project.kind, node.code, node.title)}",
            f"{reverse('projects:detail', args=[node.project_id])}#node-{node.pk}",
            node.limit_on,
            node.project.campaign.title,
            node.project.sponsor.name if node.project.sponsor else "",
            node.limit_on < on,
        )
        for node in related.order_by("limit_on", "id")[:MOST]
    ]
    number = nodes.count() if len(rows) == MOST else len(rows)
    return Matters("node", number, rows, reverse("projects:list"))


def _papers(user: User, unit: Unit, week: date, on: date) -> Matters:
    """Returned ones by name; those that a document review still waits for as a number."""
    papers = Paper.objects.visible_to(user).filter(status=Paper.Status.RETURNED)
    papers = papers.filter(unit__in=Unit.objects.filter(subtree(unit.path)))
    url = reverse("dossiers:paper_list")
    rows = []
    if week == week_of(on):
        rows = [
            Matter(paper.title, f"{url}?status=returned", None, paper.campaign.title)
            for paper in papers.select_related("campaign").order_by("id")[:MOST]
        ]
    number = papers.order_by().count() if len(rows) == MOST else len(rows)
    for key, gate, missing in papers_missing(user, [week], on):
        if key == unit.pk and gate.due_on:
            words = _("%(gate)s前应备资料，尚缺 %(number)s 份")
            title = words % {"gate": gate.title, "number": missing}
            rows.append(Matter(title, url, gate.due_on, gate.campaign.title))
            number += missing
    return Matters("paper", number, rows, f"{url}?unit={unit.code}")


def _visits(user: User, units: QuerySet[Unit], week: date, on: date) -> Matters:
    """The rounds that still come, with the share of their places that falls into the week."""
    rows, total = [], 0
    waiting = waiting_draws(user).filter(site__territory__in=units)
    names = ("round", "round__title", "round__campaign__title", "round__from_on", "round__to_on")
    for key, title, campaign, first, last, number in waiting.values_list(*names).annotate(
        Count("pk")
    ):
        part = part_of_week(number, week, first=first, last=last, on=on)
        if part:
            total += part
            words = _("%(round)s：本周约 %(part)s 处，共待检 %(number)s 处")
            text = words % {"round": title, "part": part, "number": number}
            url = reverse("inspections:round_detail", args=[key])
            rows.append(Matter(text, url, last, campaign))
    return Matters("visit", total, rows, reverse("inspections:round_list"))


def _moment(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())
