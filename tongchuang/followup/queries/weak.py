"""Clauses that do not hold, and what answers them: a task, a project, an approved reason."""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.assessment.explaining import explained
from tongchuang.assessment.models import Cell
from tongchuang.assessment.rules import State
from tongchuang.campaigns.models import Assignment, Campaign, Task
from tongchuang.followup.queries.ground import (
    BELOW,
    OPEN_TASKS,
    Ground,
    ground_of,
    projects_by_article,
    tasks_by_article,
)
from tongchuang.priorities.models import Deferral
from tongchuang.priorities.queries import deferrals_of
from tongchuang.priorities.rules import reason_holds
from tongchuang.projects.models import Project
from tongchuang.standards.models import Clause

Answer = Literal["task", "project", "reason", "waiting", "none"]


@dataclass(frozen=True, slots=True)
class WeakLine:
    """A clause that does not hold, and what is done about it.

    `answer`: an open task; a project not yet in use; a reason that was approved and holds; a
    reason that waits for approval, which answers nothing yet; or nothing.
    """

    clause: Clause
    state: State
    duty: Assignment | None
    gap: str
    units: int
    tasks: list[Task]
    projects: list[Project]
    deferral: Deferral | None
    answer: Answer
    task_url: str

    @property
    def answered(self) -> bool:
        """Whether the clause needs nothing more at present."""
        return self.answer in {"task", "project", "reason"}

    @property
    def state_label(self) -> str:
        """The state in words."""
        return str(Cell.State(self.state).label)


def weak_lines(user: User, campaign: Campaign, *, on: date) -> list[WeakLine]:
    """Every clause below the line that `user` may see, the unanswered first; ten queries."""
    found = ground_of(user, campaign)
    weak = [key for key in found.articles if found.state_of(key) in BELOW]
    if not weak or found.snapshot is None:
        return []
    gaps, units = _gaps(found, weak)
    lines = _answered(found, weak, on)
    told = [_with_gap(line, gaps.get(line.clause.pk, ""), units, campaign) for line in lines]
    return sorted(told, key=lambda line: (line.answered, line.clause.ordinal))


def unanswered_count(user: User, campaign: Campaign | None, *, on: date) -> int:
    """How many of them nothing answers: an error that stays until somebody does."""
    if campaign is None or campaign.framework_id is None:
        return 0
    found = ground_of(user, campaign)
    weak = [key for key in found.articles if found.state_of(key) in BELOW]
    if not weak:
        return 0
    return sum(not line.answered for line in _answered(found, weak, on))


def _answered(found: Ground, weak: list[int], on: date) -> list[WeakLine]:
    """The weak clauses with what answers them; three queries."""
    tasks = tasks_by_article(found, Task.objects.filter(status__in=OPEN_TASKS))
    projects = projects_by_article(found)
    reasons = deferrals_of(found.campaign)
    return [
        _line(found, key, tasks.get(key, []), projects.get(key, []), reasons.get(key), on)
        for key in weak
    ]


def _line(
    found: Ground,
    article: int,
    tasks: list[Task],
    projects: list[Project],
    reason: Deferral | None,
    on: date,
) -> WeakLine:
    building = [one for one in projects if one.status != Project.Status.IN_USE]
    answer: Answer = "none"
    if tasks:
        answer = "task"
    elif building:
        answer = "project"
    elif reason and reason_holds(reason.status, reason.until, on=on):
        answer = "reason"
    elif reason and reason.status == Deferral.Status.SUBMITTED:
        answer = "waiting"
    return WeakLine(
        clause=found.articles[article],
        state=found.state_of(article),
        duty=found.duties.get(article),
        gap="",
        units=0,
        tasks=tasks,
        projects=building,
        deferral=reason,
        answer=answer,
        task_url="",
    )


def _with_gap(line: WeakLine, gap: str, units: dict[int, int], campaign: Campaign) -> WeakLine:
    number = units.get(line.clause.pk, 0)
    return WeakLine(
        clause=line.clause,
        state=line.state,
        duty=line.duty,
        gap=gap,
        units=number,
        tasks=line.tasks,
        projects=line.projects,
        deferral=line.deferral,
        answer=line.answer,
        task_url=_task_url(line, gap, campaign),
    )


def _task_url(line: WeakLine, gap: str, campaign: Campaign) -> str:
    """The form of a new task with clause, lead and gap written in."""
    title = _("补齐短板：%(clause)s") % {"clause": line.clause.name}
    values = {
        "campaign": campaign.code,
        "clause": line.clause.pk,
        "title": (f"{title}（{gap}）" if gap else title)[:120],
        "quantity": 1,
        "quantity_unit": _("项"),
    }
    if line.duty:
        values["unit"] = line.duty.lead_id
    return f"{reverse('campaigns:task_new')}?{urlencode(values)}"


def _gaps(found: Ground, weak: list[int]) -> tuple[dict[int, str], dict[int, int]]:
    """By clause the first rule that is not met where it is led, and how many units are below."""
    cells = Cell.objects.filter(snapshot=found.snapshot, clause__in=weak)
    below = cells.filter(state__in=BELOW).order_by()
    numbers = dict(below.values_list("clause").annotate(n=Count("pk")))
    leads = Q()
    for key in weak:
        lead: Unit | None = found.lead_of(key)
        if lead:
            leads |= Q(clause=key, unit=lead.pk)
    gaps: dict[int, str] = {}
    if leads:
        rows = cells.filter(leads).select_related("clause", "unit", "snapshot__campaign")
        gaps = {cell.clause_id: _gap(cell) for cell in rows}
    return gaps, numbers


def _gap(cell: Cell) -> str:
    """「垃圾清运率 94%（须 ≥ 95%）」, of the first rule that is not met."""
    for rule in explained(cell):
        if rule.counts and rule.badge in {"due", "bad"} and rule.rule != "veto":
            if rule.rule == "facility":
                return str(rule.words)
            found = f"{rule.title} {rule.value}".strip()
            asked = _("（须 %(target)s）") % {"target": rule.target} if rule.target else ""
            return found + asked
    return ""
