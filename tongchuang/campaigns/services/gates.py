"""Campaigns and their gates."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import require
from tongchuang.campaigns.models import Campaign, Gate, Title
from tongchuang.campaigns.rules import closes_circle
from tongchuang.campaigns.services.keeping import enter_naming, enter_review
from tongchuang.core import clock
from tongchuang.core.flow import locked, remember, save_audited
from tongchuang.standards.models import Framework, Process, ProcessState


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
    aims_at: Title | None = None,
    by: User,
) -> Campaign:
    """Open a campaign for a title on one edition, with the gates of its procedure."""
    campaign = Campaign(
        code=code, title=title, city=city, framework=framework, process=process, aims_at=aims_at
    )
    require(by, "campaigns.manage", campaign)
    save_audited(campaign, "create", by=by)
    if process:
        gates_from_process(campaign, by=by)
    return campaign


@transaction.atomic
def gates_from_process(campaign: Campaign, *, by: User) -> list[Gate]:
    """Make a gate of every state of the procedure up to the naming, each behind the one before.

    What comes after the naming (re-evaluation, 整改, revocation) belongs to keeping. Gates that
    are there stay as they are.
    """
    require(by, "campaigns.manage", campaign)
    if campaign.process is None:
        return []
    have = {gate.code: gate for gate in campaign.gates.all()}
    conditions = dict(
        campaign.process.gates.order_by("-ordinal").values_list("target__code", "condition")
    )
    made: list[Gate] = []
    before: Gate | None = None
    for ordinal, state in enumerate(_until_naming(campaign.process)):
        gate = have.get(state.code)
        if gate is None:
            gate = Gate(
                campaign=campaign,
                code=state.code,
                title=state.title,
                kind=Gate.Kind.NAMING if state.code == NAMED else Gate.Kind.STAGE,
                process_state=state.code,
                condition=conditions.get(state.code, ""),
                ordinal=ordinal,
            )
            save_audited(gate, "create", by=by)
            if before:
                gate.prerequisites.add(before)
            made.append(gate)
        before = gate
    return made


NAMED = "named"  # the state of a procedure in which the title is given


def _until_naming(process: Process) -> list[ProcessState]:
    states = list(process.states.order_by("ordinal"))
    naming = next((n for n, state in enumerate(states) if state.code == NAMED), len(states))
    return states[: naming + 1]


@transaction.atomic
def start_campaign(campaign: Campaign, *, on: date, by: User) -> Campaign:
    """Give the signal: the campaign runs from this day."""
    campaign = locked(campaign)
    require(by, "campaigns.manage", campaign)
    if campaign.status != Campaign.Status.PREPARING:
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
def decide_gate(
    gate: Gate,
    *,
    passed: bool,
    on: date,
    paper: str,
    reason: str = "",
    withdrawn: bool = False,
    by: User,
) -> Gate:
    """Record the result of a gate with its paper (speech 2.1.1b).

    A naming or a re-evaluation also goes into the register of titles (see `keeping`): a failed
    re-evaluation suspends the title, or withdraws it with `withdrawn`, and needs its `reason`.
    Raises `Unavailable` when a prerequisite failed or is still open and the gate is to pass, when
    the day lies ahead, or when a naming or re-evaluation was decided before.
    """
    gate = locked(gate)
    require(by, "campaigns.manage", gate)
    if passed and (obstacle := closed_because(gate)):
        raise Unavailable(obstacle)
    if on > clock.today():
        raise Unavailable(_("结论日期还没有到。"))
    if gate.kind != Gate.Kind.STAGE and not gate.waits:
        raise Unavailable(_("已有结论并记入荣誉称号台账，更正请改台账里的那一条。"))
    if gate.kind == Gate.Kind.REVIEW and not passed and not reason.strip():
        raise Unavailable(_("复审未过须写明原因。"))
    remember(gate)
    gate.state = Gate.State.PASSED if passed else Gate.State.FAILED
    gate.decided_on, gate.decision_paper = on, paper
    gate.decision_reason = "" if passed else reason.strip()
    save_audited(gate, "decide", by=by, reason=gate.decision_reason)
    if gate.kind == Gate.Kind.NAMING:
        enter_naming(gate, by=by)
    elif gate.kind == Gate.Kind.REVIEW:
        enter_review(gate, withdrawn=withdrawn, by=by)
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
