"""Key difficulties: those that records show and those that a decision named."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.assessment.models import Cell, Snapshot
from tongchuang.assessment.rules import State
from tongchuang.campaigns.models import Campaign, Task
from tongchuang.followup.queries.ground import (
    BELOW,
    Ground,
    ground_of,
    projects_by_article,
    tasks_by_article,
)
from tongchuang.priorities.models import Difficulty
from tongchuang.priorities.queries import difficulties_of
from tongchuang.projects.models import Project
from tongchuang.standards.models import Clause

REPEATED = 3
"""So many assessed months in a row below the line make a weakness a key difficulty."""


@dataclass(frozen=True, slots=True)
class Why:
    """One reason for which a clause is on the list: kind, words, the record that shows it."""

    kind: str  # named, blocked, project, repeated
    words: str
    url_name: str = ""
    pk: int = 0


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A key difficulty with who leads, who stands above it, and what comes next by when."""

    clause: Clause
    state: State
    whys: list[Why]
    lead: Unit | None
    sponsor: User | None
    next_step: str
    next_on: date | None
    project: Project | None
    named: Difficulty | None

    @property
    def state_label(self) -> str:
        """The state in words."""
        return str(Cell.State(self.state).label)

    @property
    def complete(self) -> bool:
        """Whether leader, lead and next date are all known."""
        return bool(self.lead and self.sponsor and self.next_on)


def key_lines(user: User, campaign: Campaign) -> list[KeyLine]:
    """The list in the order of the standard; what is not complete is shown so. Nine queries."""
    found = ground_of(user, campaign)
    named = difficulties_of(campaign)
    blocked = tasks_by_article(found, Task.objects.filter(status=Task.Status.BLOCKED))
    projects = projects_by_article(found)
    repeated = _repeated(campaign)
    lines = []
    for key in found.articles:
        stuck = [p for p in projects.get(key, []) if p.status == Project.Status.PAUSED]
        running = [p for p in projects.get(key, []) if p.status != Project.Status.IN_USE]
        decision = named.get(key)
        whys = [*_named(decision), *_blocked(blocked.get(key, [])), *_stuck(stuck)]
        if key in repeated:
            whys.append(Why("repeated", _("连续 %(n)s 个月没有达到") % {"n": REPEATED}))
        if whys:
            lines.append(_line(found, key, whys, decision, blocked.get(key, []), stuck or running))
    return lines


def _line(
    found: Ground,
    article: int,
    whys: list[Why],
    decision: Difficulty | None,
    tasks: list[Task],
    projects: list[Project],
) -> KeyLine:
    duty = found.duties.get(article)
    task = tasks[0] if tasks else None
    project = (decision.project if decision else None) or (projects[0] if projects else None)
    lead = decision.unit if decision else duty.lead if duty else task.unit if task else None
    sponsor = decision.sponsor if decision else duty.sponsor if duty else None
    above = [one.sponsor for one in (task, project) if one and one.sponsor]
    return KeyLine(
        clause=found.articles[article],
        state=found.state_of(article),
        whys=whys,
        lead=lead,
        sponsor=sponsor or next(iter(above), None),
        next_step=decision.next_step if decision else task.title if task else "",
        next_on=_next_on(decision, task, project),
        project=project,
        named=decision,
    )


def _next_on(
    decision: Difficulty | None, task: Task | None, project: Project | None
) -> date | None:
    """The date that was decided, else that of the task, else of the project."""
    if decision:
        return decision.next_on
    if task:
        return task.due_on
    return project.planned_finish_on if project else None


def _named(decision: Difficulty | None) -> list[Why]:
    return [Why("named", decision.matter)] if decision else []


def _blocked(tasks: list[Task]) -> list[Why]:
    return [
        Why(
            "blocked",
            _("任务受阻（%(cause)s）：%(title)s")
            % {"cause": task.get_cause_display(), "title": task.title},
            "campaigns:task_detail",
            task.pk,
        )
        for task in tasks
    ]


def _stuck(projects: list[Project]) -> list[Why]:
    return [
        Why(
            "project",
            _("项目受阻（%(cause)s）：%(title)s")
            % {"cause": project.get_cause_display(), "title": project.title},
            "projects:detail",
            project.pk,
        )
        for project in projects
    ]


def _repeated(campaign: Campaign) -> set[int]:
    """Articles below the line in each of the last months that were assessed. One query."""
    rows = Snapshot.objects.filter(campaign=campaign, current=True).order_by("-period")
    months = [row.get("clauses", {}) for row in rows.values_list("readiness", flat=True)[:REPEATED]]
    if len(months) < REPEATED:
        return set()
    below = [{int(k) for k, state in month.items() if State(state) in BELOW} for month in months]
    return set.intersection(*below)
