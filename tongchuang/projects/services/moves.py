"""The moves of a project from idea to use, each with what it needs."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from tongchuang.accounts.models import User
from tongchuang.core import outbox
from tongchuang.core.flow import locked
from tongchuang.projects.models import FLOW, MatchingRound, Project, ProjectNode
from tongchuang.projects.queries import money_of


class NotReady(Exception):
    """The move needs something that is not there; the message says what."""


@transaction.atomic
def match_project(project: Project, *, round: MatchingRound, gap: str, by: User) -> Project:
    """Take an idea into next year's list: which clause is not met and how much is missing.

    Raises `NotReady` without a clause or when the round is over.
    """
    if round.closed_on is not None or round.city_id != project.campaign.city_id:
        raise NotReady(_("这一轮项目对接已经结束。"))
    if not project.clauses.exists():
        raise NotReady(_("先写明项目对应哪些条款，再对接。"))
    return _move(project, "match", by=by, round=round, gap=gap)


@transaction.atomic
def pool_project(project: Project, *, by: User) -> Project:
    """Put a matched project into the pool; from now on its nodes are watched."""
    return _move(project, "pool", by=by)


@transaction.atomic
def approve_project(project: Project, *, paper: str, by: User) -> Project:
    """Record the approval with the number of its paper."""
    return _move(project, "approve", by=by, approval_paper=paper)


@transaction.atomic
def fund_project(project: Project, *, by: User) -> Project:
    """Confirm the money; raises `NotReady` while no source has approved anything."""
    if not money_of(project).approved:
        raise NotReady(_("还没有任何一笔资金获批，先在资金表里登记。"))
    return _move(project, "fund", by=by)


@transaction.atomic
def prepare_project(project: Project, *, by: User) -> Project:
    """Start land, planning, environment, design and tender."""
    return _move(project, "prepare", by=by)


@transaction.atomic
def begin_project(project: Project, *, on: date, by: User) -> Project:
    """Begin to build; raises `NotReady` while an early node of the main line is open."""
    _nodes_done(project, [ProjectNode.Stage.EARLY])
    return _move(project, "begin", by=by, started_on=on)


@transaction.atomic
def complete_project(project: Project, *, on: date, by: User) -> Project:
    """Report completion; raises `NotReady` while a building node of the main line is open."""
    _nodes_done(project, [ProjectNode.Stage.EARLY, ProjectNode.Stage.BUILD])
    return _move(project, "complete", by=by, finished_on=on)


@transaction.atomic
def accept_project(project: Project, *, paper: str, by: User) -> Project:
    """Accept the works; raises `NotReady` for a person of the unit that built them."""
    if by.unit_id == project.unit_id:
        raise NotReady(_("验收人不能是责任单位的人。"))
    return _move(project, "accept", by=by, acceptance_paper=paper)


@transaction.atomic
def put_project_in_use(project: Project, *, on: date, paper: str, proof: str, by: User) -> Project:
    """Record that it is used and what changed: only now do its clauses count as built.

    Raises `NotReady` without a photo, while a main node is open, or for the unit itself.
    """
    if by.unit_id == project.unit_id:
        raise NotReady(_("确认投用的人不能是责任单位的人。"))
    if not project.photos.exists():
        raise NotReady(_("还没有投用后的现场照片。"))
    _nodes_done(project, ProjectNode.Stage.values)
    return _move(project, "put_in_use", by=by, in_use_on=on, proof_paper=paper, proof=proof)


@transaction.atomic
def pause_project(project: Project, *, cause: str, reason: str, by: User) -> Project:
    """Report that it cannot go on, and the class of cause."""
    before = locked(project).status
    return _move(project, "pause", by=by, reason=reason, cause=cause, paused_from=before)


@transaction.atomic
def resume_project(project: Project, *, reason: str, by: User) -> Project:
    """Go on from the state in which it stopped."""
    before = locked(project).paused_from
    values = {"cause": "", "paused_from": "", "status": before} if before else {}
    return _move(project, "resume", by=by, reason=reason, **values)


@transaction.atomic
def send_back_project(project: Project, *, reason: str, by: User) -> Project:
    """Take a project off the list of the round again."""
    return _move(project, "send_back", by=by, reason=reason, round=None)


@transaction.atomic
def cancel_project(project: Project, *, reason: str, by: User) -> Project:
    """Give the project up; its clauses show the gap again."""
    return _move(project, "cancel", by=by, reason=reason)


MOVES: dict[str, Callable[..., Project]] = {
    "match": match_project,
    "pool": pool_project,
    "approve": approve_project,
    "fund": fund_project,
    "prepare": prepare_project,
    "begin": begin_project,
    "complete": complete_project,
    "accept": accept_project,
    "put_in_use": put_project_in_use,
    "pause": pause_project,
    "resume": resume_project,
    "send_back": send_back_project,
    "cancel": cancel_project,
}


def _nodes_done(project: Project, stages: list[Any]) -> None:
    open_nodes = list(project.nodes.filter(stage__in=stages, main=True, done_on=None))
    if open_nodes:
        names = _("、").join(node.name for node in open_nodes[:4])
        raise NotReady(_("主线节点还没有办结：%(names)s。") % {"names": names})


def _move(project: Project, move: str, *, by: User, reason: str = "", **values: object) -> Project:
    project = locked(project)
    FLOW.start(project, move, by=by)
    for name, value in values.items():
        setattr(project, name, value)
    FLOW.finish(project, move, by=by, reason=reason)
    outbox.post(
        to=project.unit,
        kind="project",
        subject=(_("项目状态变化：%(title)s") % {"title": project.title})[:120],
        body="",
        url=reverse("projects:detail", args=[project.pk]),
    )
    return project
