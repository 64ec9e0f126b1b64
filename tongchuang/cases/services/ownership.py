"""Whose is it: the ownership session from the second return to the ruling that binds."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import require
from tongchuang.cases import ownership_paper
from tongchuang.cases.models import Case, OwnershipSession
from tongchuang.cases.services.dispatching import dispatch_case, open_for
from tongchuang.cases.services.notices import tell
from tongchuang.cases.services.trail import Refused, moment
from tongchuang.core import audit
from tongchuang.core.documents import document_number
from tongchuang.core.files import store_generated
from tongchuang.core.flow import locked, save_audited
from tongchuang.core.numbering import next_number
from tongchuang.places.models import LeadRule

Scope = OwnershipSession.Scope


@transaction.atomic
def open_session(case: Case, *, by: User) -> OwnershipSession:
    """Call the session for a case that two units sent back, if the second return did not.

    Raises `Refused` for a case that waits for no ruling.
    """
    case = locked(case)
    require(by, "cases.dispatch", case)
    if not case.needs_ruling or case.sessions.exists():
        raise Refused(_("本案不需要权属认定，或已经提起。"))
    return open_for(case, by=by, at=moment())


@transaction.atomic
def hold_session(
    session: OwnershipSession,
    *,
    held_at: datetime,
    present: str,
    papers: str,
    findings: str,
    by: User,
) -> OwnershipSession:
    """Write down what was seen on the spot; may be corrected until the ruling."""
    session = locked(session)
    OwnershipSession.FLOW.start(session, "hold", by=by)
    if held_at < session.opened_at:
        raise Refused(_("召开时间不能早于提起时间。"))
    if not (present.strip() and papers.strip() and findings.strip()):
        raise Refused(_("到场人员、查看的材料和现场情况都须写明。"))
    session.held_at, session.held_by = held_at, by
    session.present, session.papers, session.findings = present, papers, findings
    OwnershipSession.FLOW.finish(session, "hold", by=by)
    return session


@transaction.atomic
def rule_session(
    session: OwnershipSession,
    *,
    lead: Unit,
    grounds: str,
    scope: str,
    by: User,
    groundless: Iterable[Unit] = (),
) -> OwnershipSession:
    """Decide: number and keep the minutes, make the rule, dispatch; nobody returns it again.

    `groundless` marks units whose return had no ground: they must have returned the case.
    Raises `Refused` with the reason in words.
    """
    session = locked(session)
    OwnershipSession.FLOW.start(session, "rule", by=by)
    blamed = list(groundless)
    why_not = _why_not_rule(session, grounds, scope, blamed)
    if why_not:
        raise Refused(why_not)
    session.lead, session.grounds, session.scope = lead, grounds, scope
    session.ruled_by, session.ruled_at = by, moment()
    session.groundless.set(blamed)
    _number(session, by)
    session.rule = _rule_of(session, by)
    names = [unit.pk for unit in blamed]
    OwnershipSession.FLOW.finish(session, "rule", by=by, reason=grounds, groundless=names)
    basis = _("权属认定 %(number)s") % {"number": session.document_no}
    case = dispatch_case(session.case, to=lead, basis=basis, by=by)
    tell(case, [session.interim, *returned_units(case)], basis, grounds)
    return session


def returned_units(case: Case) -> list[Unit]:
    """The units that sent a case back."""
    sent = audit.history(case).filter(action="return")
    ids = {event.after.get("from_unit") for event in sent} - {None}
    return list(Unit.objects.filter(pk__in=ids).order_by("path"))


def _why_not_rule(session: OwnershipSession, grounds: str, scope: str, blamed: list[Unit]) -> str:
    case = session.case
    if not grounds.strip():
        return _("裁定须写明理由。")
    if case.status != Case.Status.RETURNED:
        return _("案件已不在退回状态，不能裁定。")
    if not _fits(case, scope):
        return _("本案没有写明点位、属地或问题类别，适用范围请另选。")
    if not {unit.pk for unit in blamed} <= {unit.pk for unit in returned_units(case)}:
        return _("只有退回过本案的单位可以认定为无理由退回。")
    return ""


def _fits(case: Case, scope: str) -> bool:
    """Whether the case names what a scope speaks of."""
    needed = {
        Scope.CASE: (),
        Scope.SITE: (case.site_id,),
        Scope.SITE_CLASS: (case.site_id, case.problem_class_id),
        Scope.AREA_CLASS: (case.territory_id, case.problem_class_id),
    }
    return all(needed[Scope(scope)])


def _number(session: OwnershipSession, by: User) -> None:
    """Give the minutes their number and keep the paper."""
    day = timezone.localdate(session.ruled_at)
    code = ownership_paper.document_code(session)
    number = next_number(f"document:{code}", day.year)
    session.document_no = document_number(code, day.year, number)
    name = f"{session.document_no}权属认定纪要.docx"
    words = ownership_paper.ruling_paper(session).docx()
    session.docx = store_generated(words, name, by=by, purpose="ownership")


def _rule_of(session: OwnershipSession, by: User) -> LeadRule | None:
    """The rule that the ruling makes for cases to come; none when it is for this case alone."""
    case, scope = session.case, session.scope
    if scope == Scope.CASE:
        return None
    here = scope in {Scope.SITE, Scope.SITE_CLASS}
    rule = LeadRule(
        kind=LeadRule.Kind.RULING,
        party=LeadRule.Party.UNIT,
        unit=session.lead,
        site=case.site if here else None,
        territory=None if here else case.territory,
        problem_class=None if scope == Scope.SITE else case.problem_class,
        source=_("权属认定 %(number)s") % {"number": session.document_no},
        source_url=reverse("cases:ownership_detail", args=[session.pk]),
        from_on=timezone.localdate(session.ruled_at),
    )
    save_audited(rule, "add_lead_rule", by=by)
    return rule
