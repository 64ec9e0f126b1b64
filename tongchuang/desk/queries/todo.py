"""What waits for a person in every app: a list written by hand, no registry."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import User
from tongchuang.campaigns import queries as campaigns
from tongchuang.cases import queries as cases
from tongchuang.cases.queries.lists import with_rows
from tongchuang.changeover import queries as changeover
from tongchuang.core.pages import Counted
from tongchuang.dossiers import queries as dossiers
from tongchuang.followup import queries as followup
from tongchuang.inspections import queries as inspections
from tongchuang.meetings import queries as meetings
from tongchuang.projects import queries as projects
from tongchuang.public import queries as public
from tongchuang.supervision import queries as supervision

NEXT_CASES = 8


@dataclass(frozen=True, slots=True)
class TodoLine:
    """So many things wait for one step of this person; `url` opens them.

    `due_at` is the nearest limit that has not passed, `late` how many have passed theirs. A lag is
    a warning and no step: it `counts` for nothing.
    """

    label: str | Promise
    count: Counted
    url: str
    late: int = 0
    due_at: datetime | None = None
    counts: bool = True


@dataclass(frozen=True, slots=True)
class TodoGroup:
    """The lines of one part of the work."""

    label: str | Promise
    icon: str
    lines: list[TodoLine]


def todo_groups(user: User, *, at: datetime) -> list[TodoGroup]:
    """Everything that waits for this person, without the empty parts."""
    groups = [
        TodoGroup(_("问题案件"), "case", list(_of_cases(user, at))),
        TodoGroup(_("方案与任务"), "task", list(_of_campaigns(user, at))),
        TodoGroup(_("硬件项目"), "project", list(_of_projects(user, at))),
        TodoGroup(_("会议与重大事项"), "rule", list(_of_meetings(user, at))),
        TodoGroup(_("四张清单"), "list", list(_of_lists(user, at))),
        TodoGroup(_("检查"), "walk", list(_of_inspections(user, at))),
        TodoGroup(_("档案资料"), "box", list(_of_papers(user))),
        TodoGroup(_("通报"), "horn", list(_of_bulletins(user, at))),
        TodoGroup(_("诉求"), "chat", list(_of_reports(user, at))),
    ]
    return [group for group in groups if group.lines]


def _of_cases(user: User, at: datetime) -> Iterator[TodoLine]:
    for todo in cases.todo_for(user, at=at):
        yield TodoLine(todo.label, todo.count, todo.url, todo.late, todo.due_at)


def _of_campaigns(user: User, at: datetime) -> Iterator[TodoLine]:
    for todo in campaigns.todo_for(user, on=at.date()):
        step = not todo.url.endswith("tab=behind")
        due_at = _end_of(todo.due_on)
        yield TodoLine(todo.label, _exact(todo.count), todo.url, due_at=due_at, counts=step)
    if ledgers := changeover.to_sign(user).count():
        yield TodoLine(_("换版台账待签批"), _exact(ledgers), reverse("changeover:list"))


def _of_projects(user: User, at: datetime) -> Iterator[TodoLine]:
    owed = projects.owed_for(user, on=at.date())
    if owed.count:
        url, due_at = reverse("projects:list") + "?tab=owed", _end_of(owed.due_on)
        yield TodoLine(_("项目节点到期待办结"), _exact(owed.count), url, owed.late, due_at)


def _of_meetings(user: User, at: datetime) -> Iterator[TodoLine]:
    for todo in meetings.todo_for(user, on=at.date()):
        due_at = _end_of(todo.due_on)
        yield TodoLine(todo.label, _exact(todo.count), todo.url, due_at=due_at)


def _of_lists(user: User, at: datetime) -> Iterator[TodoLine]:
    for todo in followup.todo_for(user, on=at.date()):
        yield TodoLine(todo.label, _exact(todo.count), todo.url, counts=todo.step)


def _of_inspections(user: User, at: datetime) -> Iterator[TodoLine]:
    for todo in inspections.todo_for(user, on=at.date()):
        due_at = _end_of(todo.due_on)
        late = todo.count if due_at and due_at < at else 0
        yield TodoLine(todo.label, _exact(todo.count), todo.url, late, None if late else due_at)


def _of_papers(user: User) -> Iterator[TodoLine]:
    for todo in dossiers.todo_for(user):
        yield TodoLine(todo.label, _exact(todo.count), todo.url)


def _of_bulletins(user: User, at: datetime) -> Iterator[TodoLine]:
    for todo in supervision.todo_for(user, at=at):
        yield TodoLine(todo.label, _exact(todo.count), todo.url, due_at=todo.due_at)


def _of_reports(user: User, at: datetime) -> Iterator[TodoLine]:
    for todo in public.todo_for(user, at=at):
        yield TodoLine(todo.label, _exact(todo.count), todo.url, todo.late)


def _end_of(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time.max)) if day else None


def _exact(number: int) -> Counted:
    return Counted(number, capped=False)


def next_cases(user: User, *, at: datetime) -> list[cases.CaseRow]:
    """The cases that wait for this person and end soonest."""
    mine = cases.mine_to_do(user, at=at).exclude(due_at=None).order_by("due_at", "pk")
    return cases.case_rows(with_rows(mine)[:NEXT_CASES], at=at)


def total_of(groups: Iterable[TodoGroup]) -> int:
    """Steps that wait; what is only a warning is not counted."""
    return sum(line.count.number for group in groups for line in group.lines if line.counts)
