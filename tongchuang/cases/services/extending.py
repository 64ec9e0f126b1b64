"""More time: extensions that are asked for in time, and pauses by a paper."""

from django.db import transaction
from django.utils.translation import gettext as _

from tongchuang.accounts.models import User
from tongchuang.accounts.permissions import require
from tongchuang.cases import rules
from tongchuang.cases.models import FLOW, Case, Extension, Pause
from tongchuang.cases.services.notices import office_of, tell
from tongchuang.cases.services.trail import Refused, limits_for, make_move, moment
from tongchuang.core.flow import locked


@transaction.atomic
def ask_extension(case: Case, *, days: int, reason: str, by: User) -> Case:
    """Ask for more days to put a case right, before its limit ends.

    At most as many days as the original limit has. Raises `Refused` otherwise.
    """
    case = locked(case)
    FLOW.start(case, "ask_extension", by=by)
    at = moment()
    most = longest_extension(case)
    if case.fix_due_at is None or at >= case.fix_due_at:
        raise Refused(_("延期须在整改时限届满前申请。"))
    if not reason.strip() or not 1 <= days <= most:
        raise Refused(_("请写明理由；延长天数为 1 至 %(most)s 天。") % {"most": most})
    if case.extensions.filter(state=Extension.State.ASKED).exists():
        raise Refused(_("已有一份延期申请待批。"))
    Extension.objects.create(case=case, asked_by=by, asked_at=at, days=days, reason=reason[:200])
    make_move(case, "ask_extension", by=by, at=at, reason=reason, asked_days=days)
    tell(case, [office_of(case.city)], _("申请延期 %(days)s 天") % {"days": days}, reason)
    return case


def longest_extension(case: Case) -> int:
    """How many days may be asked for: as long as the original limit."""
    limits = limits_for(case)
    limit = limits.fix or limits.make_safe
    return rules.in_days(limit) if limit else 1


@transaction.atomic
def grant_extension(case: Case, *, by: User, answer: str = "") -> Case:
    """Grant the open request. Beyond the usual number only a sponsor leader or commander may."""
    case = locked(case)
    FLOW.start(case, "grant_extension", by=by)
    request = _open_request(case)
    granted = case.extensions.filter(state=Extension.State.GRANTED).count()
    if granted >= rules.extensions_allowed(case.grade):
        require(by, "cases.grant_third_extension", case)
    _decide(request, Extension.State.GRANTED, by, answer)
    make_move(case, "grant_extension", by=by, at=moment(), reason=answer, days=request.days)
    tell(case, [case.lead], _("延期已批准 %(days)s 天") % {"days": request.days}, answer)
    return case


@transaction.atomic
def refuse_extension(case: Case, *, reason: str, by: User) -> Case:
    """Refuse the open request, with a reason."""
    case = locked(case)
    FLOW.start(case, "refuse_extension", by=by)
    if not reason.strip():
        raise Refused(_("请写明不准延期的理由。"))
    _decide(_open_request(case), Extension.State.REFUSED, by, reason)
    make_move(case, "refuse_extension", by=by, at=moment(), reason=reason)
    tell(case, [case.lead], _("延期未获批准"), reason)
    return case


def _open_request(case: Case) -> Extension:
    request = case.extensions.filter(state=Extension.State.ASKED).first()
    if request is None:
        raise Refused(_("没有待批的延期申请。"))
    return request


def _decide(request: Extension, state: str, by: User, answer: str) -> None:
    if request.asked_by_id == by.pk:
        raise Refused(_("申请人不能批自己的申请。"))
    request.state, request.decided_by, request.decided_at = state, by, moment()
    request.answer = answer[:200]
    request.save()


@transaction.atomic
def pause_case(case: Case, *, reason: str, paper: str, by: User) -> Case:
    """Stop the clock by a paper: weather alert, a third party outside the city, a higher order."""
    case = locked(case)
    FLOW.start(case, "pause", by=by)
    if not reason.strip() or not paper.strip():
        raise Refused(_("暂停计时须写明事由和依据文号。"))
    if case.pauses.filter(ended_at=None).exists():
        raise Refused(_("计时已经暂停。"))
    at = moment()
    Pause.objects.create(case=case, started_at=at, reason=reason[:120], paper=paper[:80], by=by)
    make_move(case, "pause", by=by, at=at, reason=reason, paper=paper)
    tell(case, [case.lead], _("暂停计时"), f"{reason} {paper}")
    return case


@transaction.atomic
def resume_case(case: Case, *, by: User) -> Case:
    """Let the clock go on."""
    case = locked(case)
    FLOW.start(case, "resume", by=by)
    at = moment()
    if not case.pauses.filter(ended_at=None).update(ended_at=at):
        raise Refused(_("计时没有暂停。"))
    make_move(case, "resume", by=by, at=at)
    tell(case, [case.lead], _("恢复计时"))
    return case
