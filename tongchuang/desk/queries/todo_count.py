"""The numbers in the frame of every page: what `todo_groups` lists and what came in the mail.

Both together take one query that stops counting early: the frame stands around every page.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from tongchuang.accounts.models import User
from tongchuang.accounts.permissions import can, reach
from tongchuang.campaigns import queries as campaigns
from tongchuang.campaigns.models import Opinion, Task, WorkPlan
from tongchuang.cases import queries as cases
from tongchuang.changeover import queries as changeover
from tongchuang.core import outbox
from tongchuang.dossiers.models import Paper
from tongchuang.inspections.models import Round, Visit
from tongchuang.inspections.queries.route import my_draws
from tongchuang.meetings import queries as meetings
from tongchuang.priorities import queries as priorities
from tongchuang.projects import queries as projects
from tongchuang.public import queries as public
from tongchuang.supervision.models import Bulletin, Objection, UnitScore

Rows = QuerySet[Any, Any]
MANY_STEPS = 999


@dataclass(frozen=True, slots=True)
class Waiting:
    """Steps that wait for a person, and messages to them or their units nobody opened yet.

    `steps` counts at most `MANY_STEPS` + 1 cases for each step; `unread` is counted to
    `outbox.MANY_UNREAD` + 1 of the person's and as many of their units'.
    """

    steps: int
    unread: int

    @property
    def steps_text(self) -> str:
        """The number for a narrow place: "999+" above 999."""
        return str(self.steps) if self.steps <= MANY_STEPS else f"{MANY_STEPS}+"

    @property
    def unread_text(self) -> str:
        """The number for a narrow place: "99+" above 99."""
        many = outbox.MANY_UNREAD
        return str(self.unread) if self.unread <= many else f"{many}+"


def waiting(user: User, *, at: datetime) -> Waiting:
    """What the frame shows a person; a test compares it with the pages."""
    steps = [
        *_of_cases(user, at),
        *_of_campaigns(user),
        changeover.to_sign(user),
        projects.nodes_owed(user, on=at.date()),
        *_of_meetings(user, at),
        *_of_lists(user),
        *_of_inspections(user, at),
        *_of_papers(user),
        *_of_bulletins(user, at),
        *_of_reports(user, at),
    ]
    mail = [_first(rows, outbox.MANY_UNREAD + 1) for rows in outbox.unread(user)]
    counts = {f"n{place}": _scalar(rows) for place, rows in enumerate([*mail, *steps])}
    found = User.objects.filter(pk=user.pk).values_list(*counts.values()).get()
    return Waiting(int(sum(found[len(mail) :])), int(sum(found[: len(mail)])))


def todo_count(user: User, *, at: datetime) -> int:
    """How many steps wait for this person."""
    return waiting(user, at=at).steps


def _first(rows: Rows, most: int) -> Rows:
    """As many of the rows as are counted: nobody's page waits for the rest."""
    some: Rows = rows.model._default_manager.filter(pk__in=rows.order_by().values("pk")[:most])
    return some


def _scalar(rows: Rows) -> Coalesce:
    """The number of rows as a part of a larger query."""
    counted = rows.order_by().annotate(all=Value(1)).values("all").annotate(n=Count("pk"))
    return Coalesce(Subquery(counted.values("n")), 0)


def _of_cases(user: User, at: datetime) -> Iterator[Rows]:
    for rows in cases.to_do_by_step(user, at=at):
        yield _first(rows, MANY_STEPS + 1)


def _of_campaigns(user: User) -> Iterator[Rows]:
    if can(user, "campaigns.plan"):
        mine = reach(user, "campaigns.plan").unit_ids
        yield WorkPlan.objects.filter(unit__in=mine, status__in=["draft", "returned"])
        yield Opinion.objects.filter(unit__in=mine, status=Opinion.Status.WAITING)
        yield Task.objects.filter(unit__in=mine, status=Task.Status.ISSUED)
    if can(user, "campaigns.approve"):
        yield campaigns.plans(user).filter(status=WorkPlan.Status.SUBMITTED)
    if can(user, "campaigns.manage"):
        yield Task.objects.visible_to(user).filter(status=Task.Status.SUBMITTED)
        yield Opinion.objects.visible_to(user).filter(status=Opinion.Status.OBJECTED)


def _of_meetings(user: User, at: datetime) -> Iterator[Rows]:
    for _label, rows, _url, _day in meetings.waiting_rows(user, on=at.date()):
        yield rows


def _of_lists(user: User) -> Iterator[Rows]:
    if can(user, "campaigns.approve"):
        yield priorities.deferrals_to_decide(user)
        yield priorities.to_approve(user)
    if can(user, "priorities.verify"):
        yield priorities.to_verify(user)
    if can(user, "priorities.nominate"):
        yield priorities.to_complete(user)


def _of_inspections(user: User, at: datetime) -> Iterator[Rows]:
    if can(user, "inspections.visit"):
        yield my_draws(user)
        yield Visit.objects.filter(inspector=user, status=Visit.Status.OPEN)
    if can(user, "inspections.plan"):
        rounds = Round.objects.visible_to(user)
        yield rounds.filter(status=Round.Status.PLANNED)
        yield rounds.filter(status=Round.Status.RUNNING, to_on__lt=at.date())


def _of_papers(user: User) -> Iterator[Rows]:
    for action, status in (
        ("dossiers.review", Paper.Status.REGISTERED),
        ("dossiers.register", Paper.Status.RETURNED),
    ):
        if where := reach(user, action):
            papers = Paper.objects.filter(status=status)
            papers = papers if where.everything else papers.filter(unit__in=where.unit_ids)
            mine = status == Paper.Status.REGISTERED  # nobody reviews their own paper
            yield papers.exclude(registered_by=user) if mine else papers


def _of_bulletins(user: User, at: datetime) -> Iterator[Rows]:
    seen, states = Bulletin.objects.visible_to(user), Bulletin.Status
    if can(user, "supervision.draft"):
        yield seen.filter(status=states.DRAFT)
    if can(user, "supervision.rule"):
        yield Objection.objects.filter(bulletin__in=seen.order_by(), state=Objection.State.OPEN)
    if can(user, "supervision.seal"):
        ready = seen.filter(status=states.CONSULTING, objections_until__lte=at)
        yield ready.exclude(objections__state=Objection.State.OPEN)
    if can(user, "supervision.issue"):
        yield seen.filter(status=states.SEALED)
    if can(user, "supervision.object"):
        units = reach(user, "supervision.object").unit_ids
        yield seen.filter(
            status=states.CONSULTING,
            objections_until__gte=at,
            pk__in=UnitScore.objects.filter(unit__in=units).values("bulletin"),
        ).exclude(pk__in=Objection.objects.filter(unit__in=units).values("bulletin"))


def _of_reports(user: User, at: datetime) -> Iterator[Rows]:
    if can(user, "public.answer"):
        for tab in ("waiting", "answer", "reopen"):
            yield public.answerable_by(user).filter(public.tab_condition(tab, at))
