"""Campaigns and their gates."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import require
from tongchuang.campaigns.models import Campaign, Gate
from tongchuang.campaigns.rules import closes_circle
from tongchuang.core.flow import locked, remember, save_audited
from tongchuang.standards.models import Framework, Process


class Unavailable(Exception):
    """A gate cannot be taken because of another one; the message says which and why."""


@transaction.atomic
def create_campaign(
    code: str,
    title: str,
    *,
    city: Unit,
    framework: Framework | None,
    process: Process | None,
    by: User,
) -> Campaign:
    """Open a campaign for a title on one edition, with the gates of its procedure."""
    campaign = Campaign(code=code, title=title, city=city, framework=framework, process=process)
    require(by, "campaigns.manage", campaign)
    save_audited(campaign, "create", by=by)
    if process:
        gates_from_process(campaign, by=by)
    return campaign


@transaction.atomic
def gates_from_process(campaign: Campaign, *, by: User) -> list[Gate]:
    """Make a gate of every state of the procedure; gates that are there stay as they are."""
    require(by, "campaigns.manage", campaign)
    if campaign.process is None:
        return []
    have = set(campaign.gates.values_list("code", flat=True))
    made = []
    for ordinal, state in enumerate(campaign.process.states.order_by("ordinal")):
        if state.code in have:
            continue
        gate = Gate(
            campaign=campaign,
            code=state.code,
            title=state.title,
            process_state=state.code,
            ordinal=ordinal,
        )
        save_audited(gate, "create", by=by)
        made.append(gate)
    return made


@transaction.atomic
def start_campaign(campaign: Campaign, *, on: date, by: User) -> Campaign:
    """Give the signal: the campaign runs from this day."""
    campaign = locked(campaign)
    require(by, "campaigns.manage", campaign)
    if campaign.status == Campaign.Status.RUNNING:
        return campaign
    remember(campaign)
    campaign.status, campaign.started_on = Campaign.Status.RUNNING, on
    save_audited(campaign, "start", by=by)
    return campaign


@transaction.atomic
def set_gate_dates(
    gate: Gate, *, due_on: date | None, external_due_on: date | None, by: User
) -> Gate:
    """Set our own date and the one given from above."""
    gate = locked(gate)
    require(by, "campaigns.manage", gate)
    remember(gate)
    gate.due_on, gate.external_due_on = due_on, external_due_on
    save_audited(gate, "set_dates", by=by)
    return gate


@transaction.atomic
def add_prerequisite(gate: Gate, prerequisite: Gate, *, by: User) -> None:
    """Make passing `prerequisite` (of any campaign of the city) a condition of `gate`.

    Raises `Unavailable` when that would close a circle.
    """
    require(by, "campaigns.manage", gate)
    edges = Gate.prerequisites.through.objects.values_list("from_gate_id", "to_gate_id")
    if closes_circle(edges, gate.pk, prerequisite.pk):
        raise Unavailable(
            _("“%(gate)s”和“%(other)s”互为前置，不能成立。") % {"gate": gate, "other": prerequisite}
        )
    remember(gate)
    gate.prerequisites.add(prerequisite)
    save_audited(gate, "add_prerequisite", by=by, prerequisite=prerequisite.pk)


@transaction.atomic
def decide_gate(gate: Gate, *, passed: bool, on: date, paper: str, by: User) -> Gate:
    """Record the result of a gate with its paper (speech 2.1.1b).

    Raises `Unavailable` when a prerequisite failed or is still open and the gate is to pass.
    """
    gate = locked(gate)
    require(by, "campaigns.manage", gate)
    if passed and (reason := closed_because(gate)):
        raise Unavailable(reason)
    remember(gate)
    gate.state = Gate.State.PASSED if passed else Gate.State.FAILED
    gate.decided_on, gate.decision_paper = on, paper
    save_audited(gate, "decide", by=by)
    return gate


def closed_because(gate: Gate) -> str:
    """Why the gate cannot be taken now, in words; empty when it can."""
    reasons = []
    for other in gate.prerequisites.select_related("campaign"):
        names = {"campaign": other.campaign.title, "gate": other.title, "this": gate.title}
        if other.state == Gate.State.FAILED:
            reasons.append(_("%(campaign)s“%(gate)s”未过，失去%(this)s资格") % names)
        elif other.state != Gate.State.PASSED:
            reasons.append(_("须先通过%(campaign)s“%(gate)s”") % names)
    return "；".join(reasons)
