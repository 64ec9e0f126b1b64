"""What a naming and a re-evaluation do to the title and to the campaign that keeps it."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from tongchuang.accounts.models import User
from tongchuang.accounts.permissions import require
from tongchuang.campaigns import title_rules
from tongchuang.campaigns.models import Campaign, Gate, Title, TitleEntry
from tongchuang.campaigns.services.titles import (
    TitleRefused,
    enter_decision,
    plain,
    review_rule,
    title_of_campaign,
)
from tongchuang.core.flow import WrongState, locked, remember, save_audited

RE_REVIEW = "re_review"  # the state of a procedure in which a title is examined again


def enter_naming(gate: Gate, *, by: User) -> None:
    """Enter a naming, or that it was refused, into the register."""
    campaign = locked(gate.campaign)
    title, rule = title_of_campaign(campaign, by=by), review_rule(campaign)
    on = gate.decided_on or campaign.started_on
    if on is None:
        return
    passed = gate.state == Gate.State.PASSED
    kind = TitleEntry.Kind.NAMED if passed else TitleEntry.Kind.REFUSED
    until = title_rules.review_day(on, rule.years) if passed else None
    _enter(title, kind, gate, on, until, by=by)


def enter_review(gate: Gate, *, withdrawn: bool, by: User) -> None:
    """Enter a re-evaluation: confirmed until the next, suspended until 整改, or withdrawn.

    The next gate follows: the next re-evaluation, or the second look after a suspension, whose
    day nobody knows yet. A withdrawn title ends its campaign.
    """
    campaign = locked(gate.campaign)
    title, rule = title_of_campaign(campaign, by=by), review_rule(campaign)
    on = gate.decided_on
    if on is None:
        return
    if gate.state == Gate.State.PASSED:
        until = title_rules.review_day(on, rule.years)
        _enter(title, TitleEntry.Kind.CONFIRMED, gate, on, until, by=by)
        open_review(campaign, _("复审"), until, by=by)
    elif withdrawn:
        _enter(title, TitleEntry.Kind.WITHDRAWN, gate, on, None, by=by)
        remember(campaign)
        campaign.status = Campaign.Status.ENDED
        save_audited(campaign, "end", by=by, reason=gate.decision_reason)
    else:
        _enter(title, TitleEntry.Kind.SUSPENDED, gate, on, None, by=by)
        open_review(campaign, _("整改复查"), None, by=by)


def _enter(title: Title, kind: str, gate: Gate, on: date, until: date | None, *, by: User) -> None:
    enter_decision(
        title,
        kind,
        on,
        paper=gate.decision_paper,
        until=until,
        campaign=gate.campaign.title,
        reason=gate.decision_reason,
        by=by,
    )


def open_review(campaign: Campaign, name: str, due_on: date | None, *, by: User) -> Gate:
    """The next re-evaluation as a gate at the end of the campaign."""
    number = campaign.gates.filter(kind=Gate.Kind.REVIEW).count() + 1
    process = campaign.process
    way = process.gates.filter(target__code=RE_REVIEW).first() if process else None
    gate = Gate(
        campaign=campaign,
        code=f"review{number}",
        title=name,
        kind=Gate.Kind.REVIEW,
        process_state=RE_REVIEW if way else "",
        due_on=due_on,
        external_due_on=due_on,
        condition=way.condition if way else "",
        ordinal=max(campaign.gates.values_list("ordinal", flat=True), default=0) + 1,
    )
    save_audited(gate, "create", by=by)
    return gate


@transaction.atomic
def keep_campaign(
    campaign: Campaign, *, on: date, review_on: date | None, rhythm_months: int, by: User
) -> Campaign:
    """Put a campaign whose title was given into keeping, with its next re-evaluation as a gate.

    `review_on` None: the day is not known (待核实). Kept already changes nothing. Raises
    `TitleRefused` unless the title is held, or for a day that has passed.
    """
    campaign = locked(campaign)
    require(by, "campaigns.manage", campaign)
    if campaign.status == Campaign.Status.KEEPING:
        return campaign
    if campaign.status != Campaign.Status.RUNNING:
        raise WrongState(campaign, "keep", campaign.status)
    if campaign.aims_at is None or campaign.aims_at.state not in title_rules.POSSESSED:
        raise TitleRefused(_("称号还没有命名，不能转入保持。"))
    if review_on and review_on <= on:
        raise TitleRefused(_("复审期限要在今天以后。"))
    remember(campaign)
    campaign.status, campaign.kept_since = Campaign.Status.KEEPING, on
    campaign.rhythm_months = rhythm_months
    save_audited(campaign, "keep", by=by)
    if not campaign.gates.filter(kind=Gate.Kind.REVIEW, decided_on=None).exists():
        open_review(campaign, _("复审"), review_on, by=by)
    return campaign


@transaction.atomic
def set_aim(campaign: Campaign, title: Title | None, *, by: User) -> Campaign:
    """Say which title of the register the campaign strives for or keeps."""
    campaign = locked(campaign)
    require(by, "campaigns.manage", campaign)
    remember(campaign)
    campaign.aims_at = title
    save_audited(campaign, "aim", by=by)
    return campaign


def withdrawal_is_due(title: Title) -> bool:
    """Whether the next failure is the second in a row: then the rules say 撤销, not 暂缓."""
    return title_rules.failures(plain(list(title.entries.all()))) >= 1
