"""What a meeting should speak of: matters found in the records, each with the reason."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Count, Max, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongchuang.accounts.models import Unit
from tongchuang.assessment.models import Cell
from tongchuang.assessment.queries import snapshot_of
from tongchuang.campaigns.models import Assignment, Campaign, Task
from tongchuang.campaigns.queries import behind_tasks
from tongchuang.cases.models import Case
from tongchuang.core.models import Event
from tongchuang.meetings.models import AgendaItem, Matter, Meeting, Ruling
from tongchuang.projects.models import Project
from tongchuang.projects.queries import lines_of
from tongchuang.standards.models import Clause

MOST = 8  # of each kind: a meeting that speaks of everything decides nothing
_K = AgendaItem.Kind
_ORDER: Final = {kind: place for place, kind in enumerate(_K.values)}
_WEAK: Final = (Cell.State.WEAK, Cell.State.HARD, Cell.State.BAD)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A matter that the records put forward; `link` names the record's kind and key.

    `days` tells for how long, None when nobody wrote it down.
    """

    kind: str
    link: str
    pk: int
    title: str
    why: str
    url: str
    unit: Unit | None
    days: int | None

    @property
    def key(self) -> str:
        """What a form sends for it: "task-12"."""
        return f"{self.link}-{self.pk}"

    @property
    def kind_word(self) -> str:
        """The kind in words."""
        return str(_K(self.kind).label)


def propose(meeting: Meeting, *, at: datetime) -> list[Proposal]:
    """What stands in the records and not yet on the agenda: by kind, the longest wait first.

    The number of queries does not depend on the number of matters.
    """
    campaign, on = meeting.campaign, at.date()
    on_agenda = _on_agenda(meeting)
    found = [
        *_late_rulings(campaign, on),
        *_blocked(campaign, on),
        *_matters(campaign, on),
        *_behind(campaign, on),
        *_cases(campaign, at),
        *_projects(campaign, on),
        *_weak(campaign),
    ]
    fresh = [one for one in found if (one.link, one.pk) not in on_agenda]
    fresh.sort(key=lambda one: (_ORDER[_K(one.kind)], -(one.days or 0), one.pk))
    return [one for kind in _K.values for one in [p for p in fresh if p.kind == kind][:MOST]]


def _on_agenda(meeting: Meeting) -> set[tuple[str, int]]:
    links = ("task", "case", "project", "clause", "ruling", "matter")
    rows = meeting.agenda.values(*links)
    return {(name, row[name]) for row in rows for name in links if row[name]}


def _late_rulings(campaign: Campaign, on: date) -> Iterator[Proposal]:
    open_tasks = [Task.Status.RUNNING, Task.Status.BLOCKED, Task.Status.SUBMITTED]
    rows = Ruling.objects.filter(
        meeting__campaign=campaign, due_on__lt=on, task__status__in=open_tasks
    )
    for row in rows.select_related("unit", "meeting", "person"):
        days = (on - row.due_on).days
        words = {"meeting": row.meeting.title, "person": row.person, "days": days}
        yield Proposal(
            kind=_K.RULING,
            link="ruling",
            pk=row.pk,
            title=row.wording,
            why=_("%(meeting)s议定，责任人%(person)s，已超期 %(days)s 天。") % words,
            url=reverse("campaigns:task_detail", args=[row.task_id]),
            unit=row.unit,
            days=days,
        )


def _blocked(campaign: Campaign, on: date) -> Iterator[Proposal]:
    tasks = list(
        Task.objects.filter(campaign=campaign, status=Task.Status.BLOCKED).select_related("unit")
    )
    since = _since([task.pk for task in tasks])
    for task in tasks:
        days = (on - since[task.pk]).days if task.pk in since else None
        cause = task.get_cause_display() or _("原因未填")
        why = _("受阻（%(cause)s）") % {"cause": cause}
        if days is not None:
            why += ngettext("，已 %(n)s 天", "，已 %(n)s 天", days) % {"n": days}
        yield Proposal(
            kind=_K.BLOCKED,
            link="task",
            pk=task.pk,
            title=task.title,
            why=why + _("，要由会议定。"),
            url=reverse("campaigns:task_detail", args=[task.pk]),
            unit=task.unit,
            days=days,
        )


def _since(tasks: Iterable[int]) -> dict[int, date]:
    """The day on which each task was last reported as blocked, where the log tells it."""
    events = Event.objects.filter(
        subject_kind="campaigns.task", subject_id__in=list(tasks), action="block"
    )
    rows = events.order_by().values_list("subject_id").annotate(at=Max("at"))
    return {pk: at.date() for pk, at in rows}


def _matters(campaign: Campaign, on: date) -> Iterator[Proposal]:
    rows = Matter.objects.filter(campaign=campaign, status=Matter.Status.OPEN)
    rows = rows.annotate(ruled=Count("rulings")).filter(Q(ruled=0) | Q(due_on__lt=on))
    for row in rows.select_related("unit", "sponsor"):
        late = (on - row.due_on).days
        days = late if late > 0 else (on - row.listed_on).days
        words = {"leader": row.sponsor, "days": days}
        why = _("%(leader)s包保，列入 %(days)s 天还没有议定。") % words
        if late > 0:
            why = _("%(leader)s包保，超过解决期限 %(days)s 天。") % words
        yield Proposal(
            kind=_K.MATTER,
            link="matter",
            pk=row.pk,
            title=row.title,
            why=why,
            url=reverse("meetings:matter_detail", args=[row.pk]),
            unit=row.unit,
            days=days,
        )


def _behind(campaign: Campaign, on: date) -> Iterator[Proposal]:
    new = Ruling.objects.filter(meeting__campaign=campaign).exclude(means=Ruling.Means.LIFT)
    ruled = set(new.values_list("task", flat=True))  # those come as rulings not carried out
    for line in behind_tasks(campaign, on=on):
        task = line.task
        if task.pk in ruled:
            continue
        late = (on - task.due_on).days
        if task.status == Task.Status.BLOCKED or (line.lag.colour != "red" and late <= 0):
            continue
        gap = {"done": round(line.lag.actual * 100), "due": round(line.lag.expected * 100)}
        why = _("完成 %(done)s%%，序时应为 %(due)s%%。") % gap
        if late > 0:
            words = {"days": late, "done": gap["done"]}
            why = _("已过完成时限 %(days)s 天，完成 %(done)s%%。") % words
        yield Proposal(
            kind=_K.LATE,
            link="task",
            pk=task.pk,
            title=task.title,
            why=why,
            url=reverse("campaigns:task_detail", args=[task.pk]),
            unit=task.unit,
            days=late if late > 0 else None,
        )


def _cases(campaign: Campaign, at: datetime) -> Iterator[Proposal]:
    grades = [Case.Grade.MAJOR, Case.Grade.BUILD]
    late = Q(due_at__lt=at, status__in=Case.OPEN)
    parked = Q(pauses__ended_at=None, pauses__isnull=False)
    rows = Case.objects.filter(
        late | parked, campaign=campaign, grade__in=grades, status__in=Case.OPEN
    )
    for row in rows.select_related("lead").order_by("due_at", "pk").distinct()[:MOST]:
        days = (at - row.due_at).days if row.due_at and row.due_at < at else None
        grade = row.get_grade_display()
        why = _("%(grade)s问题，暂停计时（挂账）。") % {"grade": grade}
        if days is not None:
            why = _("%(grade)s问题，超期 %(days)s 天。") % {"grade": grade, "days": days}
        yield Proposal(
            kind=_K.CASE,
            link="case",
            pk=row.pk,
            title=f"{row.number} {row.title}",
            why=why,
            url=reverse("cases:detail", args=[row.pk]),
            unit=row.lead,
            days=days,
        )


def _projects(campaign: Campaign, on: date) -> Iterator[Proposal]:
    rows = Project.objects.filter(campaign=campaign).select_related("unit")
    paused = Q(status=Project.Status.PAUSED)
    rows = rows.filter(paused | Q(status__in=Project.RUNNING)).prefetch_related("nodes", "funding")
    words = {"red": _("亮红灯"), "yellow": _("亮黄灯")}
    for line in lines_of(rows, on=on):
        project, colour = line.project, line.standing.colour if line.standing else ""
        if colour not in words and project.status != Project.Status.PAUSED:
            continue
        late = max(((on - node.limit_on).days for node in _late_nodes(project, on)), default=None)
        why = words.get(colour) or _("受阻暂停（%(cause)s）") % {
            "cause": project.get_cause_display() or _("原因未填")
        }
        if late:
            why += _("，节点拖后 %(days)s 天") % {"days": late}
        yield Proposal(
            kind=_K.PROJECT,
            link="project",
            pk=project.pk,
            title=project.title,
            why=why + _("。"),
            url=reverse("projects:detail", args=[project.pk]),
            unit=project.unit,
            days=late,
        )


def _late_nodes(project: Project, on: date) -> list[Any]:
    return [node for node in project.nodes.all() if node.done_on is None and node.limit_on < on]


def _weak(campaign: Campaign) -> Iterator[Proposal]:
    """Clauses that are weak somewhere and have no task; those with most open problems first."""
    snapshot = snapshot_of(campaign)
    if snapshot is None:
        return
    covered = Task.objects.filter(campaign=campaign).exclude(status=Task.Status.CANCELLED)
    cells = Cell.objects.filter(snapshot=snapshot, state__in=_WEAK)
    cells = cells.exclude(clause__in=covered.exclude(clause=None).values("clause"))
    rows = cells.order_by().values("clause").annotate(places=Count("pk"), open=Sum("open_cases"))
    worst = {row["clause"]: row for row in rows.order_by("-open", "-places", "clause")[:MOST]}
    leads = _leads(campaign, worst)
    for clause in Clause.objects.filter(pk__in=worst):
        row = worst[clause.pk]
        words = {"places": row["places"], "open": row["open"]}
        yield Proposal(
            kind=_K.WEAK,
            link="clause",
            pk=clause.pk,
            title=clause.title,
            why=_("%(places)s 处短板，%(open)s 件问题未销号，没有任务。") % words,
            url=reverse("desk:clause", args=[clause.code]),
            unit=leads.get(clause.pk),
            days=None,
        )


def _leads(campaign: Campaign, clauses: Mapping[int, object]) -> dict[int, Unit]:
    rows = Assignment.objects.filter(campaign=campaign, clause__in=clauses).select_related("lead")
    return {row.clause_id: row.lead for row in rows}
