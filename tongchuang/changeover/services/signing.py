"""The trial of a changeover, its way to the signature, and the signature that moves everything."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tongchuang.accounts.models import User
from tongchuang.accounts.permissions import require
from tongchuang.accounts.services import robot
from tongchuang.assessment.months import readiness_at
from tongchuang.assessment.services import compute_snapshot
from tongchuang.campaigns.models import Campaign
from tongchuang.changeover.models import FLOW, Changeover, Line
from tongchuang.changeover.rules import Duty, Sum, without_one_lead
from tongchuang.changeover.services.drafting import (
    ChangeoverRefused,
    surveyed,
    write_lines,
)
from tongchuang.changeover.services.moving import move_everything
from tongchuang.core.flow import WrongState, locked
from tongchuang.standards.models import Clause


@transaction.atomic
def try_changeover(changeover: Changeover, *, by: User, at: datetime) -> Changeover:
    """Move everything, see how ready the campaign would be, and take all of it back.

    Open lines go as proposed. Only the outcome is kept, in `preview`. Raises `PermissionDenied`,
    `WrongState`, `ChangeoverRefused`.
    """
    require(by, "changeover.view", changeover)
    changeover = locked(changeover)
    if not changeover.is_open:
        raise WrongState(changeover, "try", changeover.status)
    changeover.preview = _tried(changeover, by=by, at=at)
    changeover.save(update_fields=["preview"])
    return changeover


def _tried(changeover: Changeover, *, by: User, at: datetime) -> dict[str, Any]:
    """The outcome of the move; the inner transaction is rolled back whatever happens."""
    with transaction.atomic():
        found = surveyed(changeover)
        write_lines(changeover, found)
        before = _readiness(changeover.campaign, at)
        sums = move_everything(changeover, found, by=by, at=at)
        changeover.campaign.refresh_from_db()
        after = _readiness(changeover.campaign, at)
        transaction.set_rollback(True)
    changeover.campaign.refresh_from_db()
    return _outcome(sums, before, after, at)


@transaction.atomic
def submit_changeover(changeover: Changeover, *, by: User, at: datetime) -> Changeover:
    """Put the ledger before the commander, with a fresh trial.

    Raises `PermissionDenied`, `WrongState`; `ChangeoverRefused` while a line is open, when a new
    clause would have no lead or two, or when records came in that nobody has decided about.
    """
    changeover = locked(changeover)
    FLOW.start(changeover, "submit", by=by)
    found = surveyed(changeover)
    write_lines(changeover, found)
    _check_whole(changeover)
    changeover.submitted_by, changeover.submitted_at, changeover.reason = by, at, ""
    changeover.preview = _tried(changeover, by=by, at=at)
    FLOW.finish(changeover, "submit", by=by, at=at)
    return changeover


@transaction.atomic
def return_changeover(changeover: Changeover, *, reason: str, by: User, at: datetime) -> Changeover:
    """Give the ledger back to be changed. Raises `PermissionDenied`, `WrongState`."""
    changeover = locked(changeover)
    FLOW.start(changeover, "return", by=by)
    changeover.reason = reason
    FLOW.finish(changeover, "return", by=by, reason=reason, at=at)
    return changeover


@transaction.atomic
def withdraw_changeover(
    changeover: Changeover, *, reason: str, by: User, at: datetime
) -> Changeover:
    """Give the move up; the ledger stays on record. Raises `PermissionDenied`, `WrongState`."""
    changeover = locked(changeover)
    FLOW.start(changeover, "withdraw", by=by)
    changeover.decided_by, changeover.decided_at, changeover.reason = by, at, reason
    FLOW.finish(changeover, "withdraw", by=by, reason=reason, at=at)
    return changeover


@transaction.atomic
def sign_changeover(changeover: Changeover, *, paper_no: str, by: User, at: datetime) -> Changeover:
    """Sign the ledger and carry it out: one transaction, all or nothing, once.

    The month is judged anew by the new edition. Raises `PermissionDenied`, `WrongState`;
    `ChangeoverRefused` for one's own draft, without a paper number, when the campaign no longer
    stands on the old edition, or when records came in since that leave something open.
    """
    changeover = locked(changeover)
    FLOW.start(changeover, "sign", by=by)
    campaign = locked(changeover.campaign)
    if by.pk in {changeover.drafted_by_id, changeover.submitted_by_id}:
        raise ChangeoverRefused(_("起草或报签的人不能自己签批，请另一位负责人签。"))
    if not paper_no.strip():
        raise ChangeoverRefused(_("请写明批准文号。"))
    if campaign.framework_id != changeover.old_id:
        raise ChangeoverRefused(_("这项创建工作已不在原版本上，这份换版不能再签。"))
    found = surveyed(changeover)
    write_lines(changeover, found)
    _check_whole(changeover)
    before = _readiness(campaign, at)
    sums = move_everything(changeover, found, by=by, at=at)
    changeover.campaign.refresh_from_db()
    month = f"{timezone.localtime(at):%Y-%m}"
    compute_snapshot(changeover.campaign, month, at=at, by=robot())
    after = _readiness(changeover.campaign, at)
    changeover.result = _outcome(sums, before, after, at)
    changeover.paper_no, changeover.decided_by, changeover.decided_at = paper_no.strip(), by, at
    FLOW.finish(changeover, "sign", by=by, at=at, paper_no=changeover.paper_no)
    return changeover


MOVES: dict[str, Callable[..., Changeover]] = {
    "submit": submit_changeover,
    "return": return_changeover,
    "sign": sign_changeover,
    "withdraw": withdraw_changeover,
}


def _check_whole(changeover: Changeover) -> None:
    """Raise `ChangeoverRefused` while anything is open or a new clause has not exactly one lead."""
    number = changeover.lines.filter(is_open=True).count()
    if number:
        raise ChangeoverRefused(
            _("还有 %(number)s 行待定：先重新盘点，再逐行定下去向。") % {"number": number}
        )
    wrong = without_one_lead(duties_of(changeover))
    if wrong:
        titles = Clause.objects.filter(code__in=wrong).order_by("ordinal")
        named = {"names": _("、").join(title.title for title in titles[:5]), "n": len(wrong)}
        raise ChangeoverRefused(
            _("每个新条款要有且只有一个牵头单位，下面 %(n)s 条不是：%(names)s。") % named
        )


def duties_of(changeover: Changeover) -> list[Duty]:
    """The assignments on their way as the lines say."""
    leads = dict(changeover.campaign.assignments.values_list("pk", "lead"))
    return [
        Duty(line.key, leads[int(line.key)], tuple(line.targets), tuple(line.helps))
        for line in changeover.lines.filter(kind=Line.Kind.DUTY)
    ]


def _readiness(campaign: Campaign, at: datetime) -> dict[str, Any]:
    """How ready the campaign is, as the records tell of it now; nothing is kept."""
    found = readiness_at(campaign, f"{timezone.localtime(at):%Y-%m}", at=at)
    facts = found.snapshot.readiness if found.snapshot else {}
    states: dict[str, int] = {}
    for state in facts.get("clauses", {}).values():
        states[state] = states.get(state, 0) + 1
    return {"score": found.score, "coverage": found.coverage, "states": states}


def _outcome(
    sums: list[Sum], before: dict[str, Any], after: dict[str, Any], at: datetime
) -> dict[str, Any]:
    return {
        "at": at.isoformat(),
        "before": before,
        "after": after,
        "sums": [{"kind": s.kind, "before": s.before, "by_fate": s.by_fate} for s in sums],
    }
