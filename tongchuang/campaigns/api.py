"""Campaigns for programs."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema

from tongchuang.accounts.permissions import allowed_person
from tongchuang.campaigns.models import Campaign, Gate, Task
from tongchuang.campaigns.queries import task_lag
from tongchuang.campaigns.title_queries import TitleLine, title_lines
from tongchuang.core import clock
from tongchuang.core.api import Listed, listed

router = Router(tags=["campaigns"])


class GateOut(Schema):
    """A gate with the gates that must be passed before it."""

    code: str
    title: str
    state: str
    due_on: date | None
    external_due_on: date | None
    decided_on: date | None
    prerequisites: list[str]


class CampaignOut(Schema):
    """A campaign with its gates."""

    code: str
    title: str
    status: str
    framework: str | None
    started_on: date | None
    deadline_on: date | None
    external_deadline_on: date | None
    gates: list[GateOut]


class DecisionOut(Schema):
    """What an office decided on a title; `paper` empty: not found yet."""

    kind: str
    on: date
    paper: str
    issuer: str
    until: date | None
    reason: str


class TitleOut(Schema):
    """A title with its history; `standing` says what it asks for today."""

    id: int
    name: str
    holder: str
    level: str
    state: str
    review_on: date | None
    standing: str
    campaigns: list[str]
    decisions: list[DecisionOut]


class TaskOut(Schema):
    """A task; `expected` and `actual` are shares in [0, 1] on the day of the answer."""

    id: int
    campaign: str
    clause: str | None
    unit: str
    title: str
    quantity: Decimal
    quantity_unit: str
    done: Decimal
    starts_on: date
    due_on: date
    status: str
    parent: int | None
    expected: Decimal
    actual: Decimal
    colour: str


@router.get("/campaigns", response=list[CampaignOut])
def campaigns(request: HttpRequest) -> list[CampaignOut]:
    """The campaigns that the person may see."""
    rows = Campaign.objects.visible_to(allowed_person(request, "campaigns.view"))
    rows = rows.select_related("framework").prefetch_related("gates__prerequisites__campaign")
    return [_campaign(campaign) for campaign in rows]


@router.get("/titles", response=list[TitleOut])
def titles(request: HttpRequest) -> list[TitleOut]:
    """The register of titles, as far as the person may see it."""
    person = allowed_person(request, "campaigns.view")
    return [_title(line) for line in title_lines(person, on=clock.today())]


@router.get("/campaigns/{code}/tasks", response=Listed[TaskOut])
def tasks(
    request: HttpRequest, code: str, before: int | None = None, limit: int = 100
) -> dict[str, Any]:
    """The tasks of a campaign that the person may see, newest first."""
    rows = Task.objects.visible_to(allowed_person(request, "campaigns.view"))
    campaign = get_object_or_404(Campaign, code=code)
    rows = rows.filter(campaign=campaign).select_related("campaign", "clause", "unit")
    rows = rows.prefetch_related("nodes")
    return listed(rows, before=before, limit=limit, show=_task)


def _campaign(campaign: Campaign) -> CampaignOut:
    return CampaignOut(
        code=campaign.code,
        title=campaign.title,
        status=campaign.status,
        framework=campaign.framework.code if campaign.framework else None,
        started_on=campaign.started_on,
        deadline_on=campaign.deadline_on,
        external_deadline_on=campaign.external_deadline_on,
        gates=[_gate(gate) for gate in campaign.gates.all()],
    )


def _title(line: TitleLine) -> TitleOut:
    title = line.title
    return TitleOut(
        id=title.pk,
        name=title.name,
        holder=title.holder.code,
        level=title.level,
        state=title.state,
        review_on=title.review_on,
        standing=str(line.standing),
        campaigns=[campaign.code for campaign in line.campaigns],
        decisions=[
            DecisionOut(
                kind=entry.kind,
                on=entry.on,
                paper=entry.paper,
                issuer=entry.issuer,
                until=entry.until,
                reason=entry.reason,
            )
            for entry in line.entries
        ],
    )


def _gate(gate: Gate) -> GateOut:
    return GateOut(
        code=gate.code,
        title=gate.title,
        state=gate.state,
        due_on=gate.due_on,
        external_due_on=gate.external_due_on,
        decided_on=gate.decided_on,
        prerequisites=[f"{other.campaign.code}:{other.code}" for other in gate.prerequisites.all()],
    )


def _task(task: Task) -> TaskOut:
    state = task_lag(task, on=clock.today())
    return TaskOut(
        id=task.pk,
        campaign=task.campaign.code,
        clause=task.clause.code if task.clause else None,
        unit=task.unit.code,
        title=task.title,
        quantity=task.quantity,
        quantity_unit=task.quantity_unit,
        done=task.done,
        starts_on=task.starts_on,
        due_on=task.due_on,
        status=task.status,
        parent=task.parent_id,
        expected=round(state.expected, 4),
        actual=round(state.actual, 4),
        colour=state.colour,
    )
