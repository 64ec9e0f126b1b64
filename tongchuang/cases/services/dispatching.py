"""To whom a case goes: dispatch, sign for, return, helpers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import require
from tongchuang.cases import rules
from tongchuang.cases.models import FLOW, Case, CaseHelper, OwnershipSession
from tongchuang.cases.services.notices import office_of, tell
from tongchuang.cases.services.proposing import town_of, trade_unit
from tongchuang.cases.services.trail import Refused, limits_for, make_move, moment
from tongchuang.core import audit
from tongchuang.core.calendars import city_calendar
from tongchuang.core.flow import WrongState, locked, remember, save_audited
from tongchuang.core.worktime import Limit, LimitUnit, deadline
from tongchuang.core.worktime_words import limit_words

# Reference: workflows, P9.
RETURNS_TO_RULING = 2
UNITS_TO_RULING = 3
SESSION_LIMIT = Limit(1, LimitUnit.WORK_DAY)
RETURN_REASONS = ("not_ours", "handed_over", "wrong_place", "already_done", "other")


@transaction.atomic
def dispatch_case(case: Case, *, to: Unit, by: User, basis: str = "") -> Case:
    """Hand a case to the one unit that must put it right; trade and property parties are told.

    Raises `Refused` for a unit that no longer works, and for a second dispatch without a basis.
    """
    case = locked(case)
    FLOW.start(case, "dispatch", by=by)
    if not to.active:
        raise Refused(_("%(unit)s 已停用，不能派发。") % {"unit": to})
    if case.status == Case.Status.RETURNED and not basis.strip():
        raise Refused(_("退回后改派，须写明依据。"))
    if waits_for_ruling(case):
        raise Refused(_("正在权属认定，裁定后由系统派发。"))
    at = moment()
    case.lead, case.dispatched_at = to, at
    case.handler = case.accepted_at = case.replied_at = None
    limits = limits_for(case)
    as_proposed = to.pk == case.proposed_lead_id and not case.returns
    make_move(
        case,
        "dispatch",
        by=by,
        at=at,
        reason=basis,
        unit=to.pk,
        limits=limits,
        lead=to.pk,
        certainty=case.proposal_certainty if as_proposed else None,
    )
    told = _list_parties(case, to)
    tell(case, [to], _("新派案件，请签收"), basis)
    tell(case, told, _("知会"), basis)
    return case


def _list_parties(case: Case, lead: Unit) -> list[Unit]:
    """Write down trade regulator and holder beside the lead; the units that are new to the case."""
    case.helper_rows.filter(unit=lead).delete()
    site = case.site
    parties = [
        (trade_unit(site), CaseHelper.Part.TRADE),
        (site.holder if site else None, CaseHelper.Part.PROPERTY),
    ]
    known = {lead.pk, *case.helper_rows.values_list("unit", flat=True)}
    told: list[Unit] = []
    for unit, part in parties:
        if unit is not None and unit.pk not in known:
            known.add(unit.pk)
            told.append(unit)
            CaseHelper.objects.create(case=case, unit=unit, part=part)
    return told


@dataclass(frozen=True, slots=True)
class BulkOutcome:
    """What became of one case of a bulk dispatch; `why_not` is empty when it went out."""

    case: Case
    why_not: str = ""


def dispatch_as_proposed(cases: Iterable[Case], *, by: User) -> list[BulkOutcome]:
    """Dispatch each case to its proposed unit, each on its own: one failure stops no other."""
    return [BulkOutcome(case, _dispatched_or_why(case, by)) for case in cases]


def _dispatched_or_why(case: Case, by: User) -> str:
    if case.proposed_lead is None:
        return _("没有建议单位，须逐件确定")
    if (case.proposal_certainty or 0) < rules.CERTAINTY_LINE:
        return _("把握低于 75%，须逐件确定")
    try:
        dispatch_case(case, to=case.proposed_lead, by=by)
    except (Refused, WrongState) as refused:
        return str(refused)
    except PermissionDenied:
        return _("无权派发")
    return ""


@transaction.atomic
def accept_case(case: Case, *, by: User, handler: User | None = None) -> Case:
    """Sign for a case; the person named, or whoever signs, puts it right."""
    case = locked(case)
    FLOW.start(case, "accept", by=by)
    at = moment()
    case.accepted_at, case.handler = at, handler or by
    make_move(case, "accept", by=by, at=at, handler=case.handler.pk)
    return case


@transaction.atomic
def return_case(
    case: Case, *, reason: str, basis: str, by: User, proposed: Unit | None = None
) -> Case:
    """Send a case back to the dispatcher: once per unit, inside the window, with a basis.

    `reason` is one of `RETURN_REASONS`. The second return, or one after three units have had the
    case, opens an ownership session. Raises `Refused` otherwise.
    """
    case = locked(case)
    FLOW.start(case, "return", by=by)
    why_not = why_not_return(case)
    if why_not:
        raise Refused(why_not)
    if reason not in RETURN_REASONS or not basis.strip():
        raise Refused(_("退回须选择理由并写明依据。"))
    case.returns += 1
    if proposed is not None:
        case.proposed_lead, case.proposal_certainty = proposed, 0.5
        case.proposal_reason = _("%(unit)s 退回时建议") % {"unit": case.lead}
    make_move(
        case,
        "return",
        by=by,
        at=moment(),
        reason=basis,
        from_unit=case.lead_id,
        why=reason,
        proposed=proposed.pk if proposed else None,
    )
    if case.returns >= RETURNS_TO_RULING or len(_units_touched(case)) >= UNITS_TO_RULING:
        open_for(case, by=by, at=moment())
    else:
        tell(case, [office_of(case.city)], _("退回，待改派"), basis)
    return case


def open_for(case: Case, *, by: User, at: datetime) -> OwnershipSession:
    """Begin the ownership session of a returned case; the territory handles it meanwhile."""
    session = OwnershipSession(
        case=case,
        opened_at=at,
        due_at=deadline(at, SESSION_LIMIT, calendar=city_calendar()).at,
        interim=town_of(case.territory),
    )
    save_audited(session, "open_session", by=by)
    tell(case, [office_of(case.city)], _("请召开权属认定会"))
    tell(case, [session.interim], _("权属认定期间请先临时处置"))
    return session


def waits_for_ruling(case: Case) -> bool:
    """Whether nobody may dispatch the case before it is ruled whose it is."""
    states = list(case.sessions.values_list("status", flat=True))
    if not states:
        return case.needs_ruling
    return any(state != OwnershipSession.Status.RULED for state in states)


def _units_touched(case: Case) -> set[int]:
    sent = audit.history(case).filter(action="dispatch")
    return {event.after["lead"] for event in sent if event.after.get("lead")}


def why_not_return(case: Case) -> str:
    """Why the lead unit may not send the case back now; empty when it may."""
    window = limits_for(case).return_window
    if window is None:
        return _("%(grade)s类先处置后争议，不得退回。") % {"grade": case.get_grade_display()}
    if case.sessions.filter(status=OwnershipSession.Status.RULED).exists():
        return _("权属已经认定，不得再退回。")
    returned = audit.history(case).filter(action="return")
    if case.lead_id in {event.after.get("from_unit") for event in returned}:
        return _("每个单位只能退回一次，本单位已退回过。")
    start = case.dispatched_at or case.found_at
    if deadline(start, window, calendar=city_calendar()).passed(moment()):
        return _("已过退回时限（派发后 %(limit)s）。") % {"limit": limit_words(window)}
    return ""


@transaction.atomic
def add_helper(case: Case, *, unit: Unit, by: User, part: str = CaseHelper.Part.HELPER) -> Case:
    """Let another unit help with a case, or know of it. The lead itself cannot."""
    case = locked(case)
    require(by, "cases.dispatch", case)
    if unit.pk == case.lead_id:
        raise Refused(_("主办单位不能同时配合。"))
    remember(case)
    _row, new = CaseHelper.objects.get_or_create(case=case, unit=unit, defaults={"part": part})
    if new:
        save_audited(case, "add_helper", by=by, helper=unit.pk)
        tell(case, [unit], _("请配合办理"))
    return case


@transaction.atomic
def remove_helper(case: Case, *, unit: Unit, by: User) -> Case:
    """Release a unit from helping."""
    case = locked(case)
    require(by, "cases.dispatch", case)
    remember(case)
    removed, _rows = case.helper_rows.filter(unit=unit).delete()
    if removed:
        save_audited(case, "remove_helper", by=by, helper=unit.pk)
    return case
