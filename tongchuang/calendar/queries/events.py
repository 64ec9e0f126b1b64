"""Everything dated in all campaigns, as one list: each source by the rights of its own app."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import subtree
from tongchuang.campaigns import queries as campaigns
from tongchuang.campaigns.models import Campaign, Gate, Task
from tongchuang.dossiers.models import Paper
from tongchuang.inspections.models import Draw, Round, Visit
from tongchuang.meetings.models import Attendance, Meeting
from tongchuang.projects.kinds import node_name
from tongchuang.projects.models import Project, ProjectNode
from tongchuang.supervision.models import Bulletin

KINDS: dict[str, tuple[str | Promise, str]] = {
    "gate": (gettext_lazy("关口"), "gate"),
    "above": (gettext_lazy("上级期限"), "flag"),
    "task": (gettext_lazy("任务"), "task"),
    "node": (gettext_lazy("项目节点"), "project"),
    "meeting": (gettext_lazy("会议"), "rule"),
    "round": (gettext_lazy("检查轮次"), "walk"),
    "visit": (gettext_lazy("检查"), "search"),
    "paper": (gettext_lazy("资料报送"), "box"),
    "plan": (gettext_lazy("工作方案"), "doc"),
    "bulletin": (gettext_lazy("通报"), "horn"),
}
_ORDER = {kind: n for n, kind in enumerate(KINDS)}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Days from `first` to `last` and what the address asks for; empty means all."""

    first: date
    last: date
    campaign: Campaign | None = None
    unit: Unit | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One dated thing; `until` is its last day, `state` one of open, done, late."""

    key: str
    kind: str
    day: date
    until: date
    title: str
    url: str
    campaign: str = ""
    unit: str = ""
    people: str = ""
    state: str = "open"

    @property
    def label(self) -> str | Promise:
        """What kind of thing it is, in words."""
        return KINDS[self.kind][0]

    @property
    def icon(self) -> str:
        """The icon of its kind."""
        return KINDS[self.kind][1]

    @property
    def lasts(self) -> bool:
        """Whether it takes more than one day."""
        return self.until > self.day


def events(user: User, wanted: Wanted, *, on: date) -> list[Event]:
    """What is dated inside the window and `user` may see, by day; a fixed number of queries."""
    found: list[Event] = []
    for kinds, source in _SOURCES:
        if not wanted.kind or wanted.kind in kinds:
            found += source(user, wanted, on)
    if wanted.kind:
        found = [event for event in found if event.kind == wanted.kind]
    return sorted(found, key=lambda one: (one.day, _ORDER[one.kind], one.title, one.key))


def kind_choices() -> list[tuple[str, str | Promise]]:
    """Kinds with their words, for the filter."""
    return [(kind, words) for kind, (words, _icon) in KINDS.items()]


# Sources
def _gates(user: User, wanted: Wanted, on: date) -> Iterator[Event]:
    gates = Gate.objects.filter(campaign__in=_campaigns(user, wanted)).select_related("campaign")
    window = (wanted.first, wanted.last)
    near = Q(due_on__range=window) | Q(external_due_on__range=window) | Q(decided_on__range=window)
    for gate in gates.filter(near):
        url = reverse("campaigns:gate_detail", args=[gate.pk])
        day = gate.decided_on or gate.due_on
        late = gate.decided_on is None and day is not None and day < on
        state = "done" if gate.decided_on else "late" if late else "open"
        for kind, at in (("gate", day), ("above", gate.external_due_on)):
            if at and wanted.first <= at <= wanted.last:
                key = f"{kind}-{gate.pk}"
                yield Event(key, kind, at, at, gate.title, url, str(gate.campaign), state=state)


def _deadlines(user: User, wanted: Wanted, on: date) -> Iterator[Event]:
    """The ends of whole campaigns."""
    for campaign in _campaigns(user, wanted):
        for kind, day in (("gate", campaign.deadline_on), ("above", campaign.external_deadline_on)):
            if day and wanted.first <= day <= wanted.last:
                url = reverse("campaigns:detail", args=[campaign.code])
                words = _("创建期限") if kind == "gate" else _("上级规定的创建期限")
                state = "late" if day < on else "open"
                key = f"{kind}-campaign-{campaign.pk}"
                yield Event(key, kind, day, day, words, url, campaign.title, state=state)


def _tasks(user: User, wanted: Wanted, on: date) -> Iterator[Event]:
    tasks = campaigns.task_list(user, campaign=wanted.campaign, unit=wanted.unit, on=on)
    rows = tasks.filter(due_on__range=(wanted.first, wanted.last)).order_by()
    for task in rows:
        done = task.status in Task.FINISHED
        yield Event(
            key=f"task-{task.pk}",
            kind="task",
            day=task.due_on,
            until=task.due_on,
            title=task.title,
            url=reverse("campaigns:task_detail", args=[task.pk]),
            campaign=task.campaign.title,
            unit=task.unit.label,
            people=task.sponsor.name if task.sponsor else "",
            state="done" if done else "late" if task.due_on < on else "open",
        )


def _nodes(user: User, wanted: Wanted, on: date) -> Iterator[Event]:
    projects = Project.objects.visible_to(user)
    running = projects.filter(
        Q(status__in=Project.RUNNING) | Q(status__in=["completed", "accepted"])
    )
    nodes = ProjectNode.objects.filter(project__in=running)
    nodes = nodes.filter(limit_on__range=(wanted.first, wanted.last))
    if wanted.campaign:
        nodes = nodes.filter(project__campaign=wanted.campaign)
    if wanted.unit:
        units = _under(wanted.unit)
        nodes = nodes.filter(Q(office__in=units) | Q(project__unit__in=units))
    related = ("project__campaign", "project__unit", "project__sponsor", "office")
    for node in nodes.select_related(*related):
        project = node.project
        yield Event(
            key=f"node-{node.pk}",
            kind="node",
            day=node.limit_on,
            until=node.limit_on,
            title=f"{project.title} · {node_name(project.kind, node.code, node.title)}",
            url=f"{reverse('projects:detail', args=[project.pk])}#node-{node.pk}",
            campaign=project.campaign.title,
            unit=(node.office or project.unit).label,
            people=project.sponsor.name if project.sponsor else "",
            state="done" if node.done_on else "late" if node.limit_on < on else "open",
        )


def _meetings(user: User, wanted: Wanted, on: date) -> Iterator[Event]:
    """Meetings that were not called off, with their chair."""
    meetings = Meeting.objects.visible_to(user).exclude(status=Meeting.Status.CANCELLED)
    meetings = meetings.filter(held_on__range=(wanted.first, wanted.last))
    if wanted.campaign:
        meetings = meetings.filter(campaign=wanted.campaign)
    if wanted.unit:
        asked = Attendance.objects.filter(meeting=OuterRef("pk"), unit__in=_under(wanted.unit))
        meetings = meetings.filter(Exists(asked))
    for one in meetings.select_related("campaign", "chair"):
        held = one.status == Meeting.Status.HELD
        yield Event(
            key=f"meeting-{one.pk}",
            kind="meeting",
            day=one.held_on,
            until=one.held_on,
            title=f"{one.starts_at:%H:%M} {one.title}",
            url=reverse("meetings:detail", args=[one.pk]),
            campaign=one.campaign.title,
            unit=_named(wanted),
            people=one.chair.name,
            state="done" if held else "late" if one.held_on < on else "open",
        )


def _rounds(user: User, wanted: Wanted, on: date) -> Iterator[Event]:
    rounds = Round.objects.visible_to(user).select_related("campaign", "planned_by")
    rounds = rounds.filter(from_on__lte=wanted.last, to_on__gte=wanted.first)
    if wanted.campaign:
        rounds = rounds.filter(campaign=wanted.campaign)
    if wanted.unit:
        drawn = Draw.objects.filter(round=OuterRef("pk"), site__territory__in=_under(wanted.unit))
        rounds = rounds.filter(Exists(drawn))
    for one in rounds:
        closed = one.status == Round.Status.CLOSED
        yield Event(
            key=f"round-{one.pk}",
            kind="round",
            day=one.from_on,
            until=one.to_on,
            title=one.title,
            url=reverse("inspections:round_detail", args=[one.pk]),
            campaign=one.campaign.title,
            people=one.planned_by.name,
            state="done" if closed else "late" if one.to_on < on else "open",
        )


def _visits(user: User, wanted: Wanted, on: date) -> Iterator[Event]:
    """The visits of a day, as one line for each campaign."""
    visits = Visit.objects.visible_to(user).filter(started_at__range=_moments(wanted))
    if wanted.campaign:
        visits = visits.filter(campaign=wanted.campaign)
    if wanted.unit:
        visits = visits.filter(site__territory__in=_under(wanted.unit))
    for day, campaign, number in _by_day(visits, "started_at"):
        url, title = reverse("inspections:round_list"), _("检查点位 %(n)s 处") % {"n": number}
        key, unit = f"visit-{day}-{campaign}", _named(wanted)
        yield Event(key, "visit", day, day, title, url, campaign, unit, state="done")


def _papers(user: User, wanted: Wanted, on: date) -> Iterator[Event]:
    """The papers registered on a day, as one line for each campaign."""
    papers = Paper.objects.visible_to(user).filter(registered_at__range=_moments(wanted))
    if wanted.campaign:
        papers = papers.filter(campaign=wanted.campaign)
    if wanted.unit:
        papers = papers.filter(unit__in=_under(wanted.unit))
    for day, campaign, number in _by_day(papers, "registered_at"):
        url, title = reverse("dossiers:paper_list"), _("登记资料 %(n)s 份") % {"n": number}
        key, unit = f"paper-{day}-{campaign}", _named(wanted)
        yield Event(key, "paper", day, day, title, url, campaign, unit, state="done")


def _plans(user: User, wanted: Wanted, on: date) -> Iterator[Event]:
    plans = campaigns.plans(user, wanted.campaign)
    plans = plans.filter(due_on__range=(wanted.first, wanted.last))
    if wanted.unit:
        plans = plans.filter(unit__in=_under(wanted.unit))
    for plan in plans:
        if plan.due_on is None:
            continue
        open_ = plan.status in {"draft", "returned"}
        yield Event(
            key=f"plan-{plan.pk}",
            kind="plan",
            day=plan.due_on,
            until=plan.due_on,
            title=_("3+1 工作方案报送"),
            url=reverse("campaigns:plan_detail", args=[plan.pk]),
            campaign=plan.campaign.title,
            unit=plan.unit.label,
            state="late" if open_ and plan.due_on < on else "open" if open_ else "done",
        )


def _bulletins(user: User, wanted: Wanted, on: date) -> Iterator[Event]:
    bulletins = Bulletin.objects.visible_to(user).select_related("campaign")
    if wanted.campaign:
        bulletins = bulletins.filter(campaign=wanted.campaign)
    window = _moments(wanted)
    near = Q(frozen_at__range=window) | Q(objections_until__range=window)
    for one in bulletins.filter(near | Q(issued_at__range=window)).defer("data"):
        url = reverse("supervision:bulletin_detail", args=[one.pk])
        for words, at, part in (
            (_("%(month)s 通报数据冻结"), one.frozen_at, "frozen"),
            (_("%(month)s 通报异议截止"), one.objections_until, "objections"),
            (_("%(month)s 通报印发"), one.issued_at, "issued"),
        ):
            day = timezone.localtime(at).date() if at else None
            if day and wanted.first <= day <= wanted.last:
                state = "done" if day < on else "open"
                title, key = words % {"month": one.month}, f"bulletin-{one.pk}-{part}"
                yield Event(key, "bulletin", day, day, title, url, one.campaign.title, state=state)


_Source = Callable[[User, Wanted, date], Iterator[Event]]
_SOURCES: tuple[tuple[frozenset[str], _Source], ...] = (
    (frozenset({"gate", "above"}), _gates),
    (frozenset({"gate", "above"}), _deadlines),
    (frozenset({"task"}), _tasks),
    (frozenset({"node"}), _nodes),
    (frozenset({"meeting"}), _meetings),
    (frozenset({"round"}), _rounds),
    (frozenset({"visit"}), _visits),
    (frozenset({"paper"}), _papers),
    (frozenset({"plan"}), _plans),
    (frozenset({"bulletin"}), _bulletins),
)


def _campaigns(user: User, wanted: Wanted) -> QuerySet[Campaign]:
    found = Campaign.objects.visible_to(user)
    return found.filter(pk=wanted.campaign.pk) if wanted.campaign else found


def _under(unit: Unit) -> QuerySet[Unit]:
    units: QuerySet[Unit] = Unit.objects.filter(subtree(unit.path))
    return units


def _moments(wanted: Wanted) -> tuple[datetime, datetime]:
    """The first and last moment of the window, in the city's time."""
    zone = timezone.get_current_timezone()
    first = datetime.combine(wanted.first, time.min, tzinfo=zone)
    return first, datetime.combine(wanted.last, time.max, tzinfo=zone)


def _named(wanted: Wanted) -> str:
    """The unit asked for; without one a line takes in all of them."""
    return wanted.unit.label if wanted.unit else ""


def _by_day(rows: QuerySet[Visit] | QuerySet[Paper], field: str) -> Iterator[tuple[date, str, int]]:
    """Day, campaign and how many; one query."""
    dated = rows.order_by().annotate(of_day=TruncDate(field))
    grouped = dated.values_list("of_day", "campaign__title").annotate(number=Count("pk"))
    for day, campaign, number in grouped:
        yield day, campaign or "", number
