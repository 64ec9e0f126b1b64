"""From a nomination to experience that others learn from."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TypedDict, Unpack

from django.core.files.base import File
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import require
from tongchuang.campaigns.models import Campaign
from tongchuang.core import audit, outbox
from tongchuang.core.files import store_file
from tongchuang.core.flow import WrongState, locked, remember, save_audited
from tongchuang.core.numbering import next_number
from tongchuang.priorities.models import Evidence, Highlight, Spread
from tongchuang.priorities.services.decisions import Refused
from tongchuang.standards.models import Clause, SiteType

Upload = tuple[File[bytes], str]  # the file and its caption


class HighlightFields(TypedDict, total=False):
    """What a unit says of its practice."""

    title: str
    clause: Clause
    trade: SiteType | None
    area: Unit | None
    background: str
    practice: str
    effect: str
    measured: str
    before: str
    after: str


@transaction.atomic
def nominate_highlight(
    campaign: Campaign,
    unit: Unit,
    *,
    uploads: Sequence[Upload] = (),
    at: datetime,
    on: date,
    by: User,
    **fields: Unpack[HighlightFields],
) -> Highlight:
    """Nominate good practice with its effect, measured before and after.

    Raises `Refused` for a clause of another standard, `FileRefused` for a file.
    """
    found = Highlight(campaign=campaign, unit=unit, nominated_by=by, nominated_on=on, **fields)
    require(by, "priorities.nominate", found)
    if found.clause.framework_id != campaign.framework_id:
        raise Refused(_("这一条不在本项创建的标准里。"))
    found.code = f"LD{on.year}-{next_number('highlight', on.year):03}"
    save_audited(found, "nominate", by=by, at=at)
    for upload, caption in uploads:
        add_evidence(found, upload, caption=caption, at=at, by=by)
    return found


@transaction.atomic
def change_highlight(found: Highlight, *, by: User, **fields: Unpack[HighlightFields]) -> Highlight:
    """Write on while it is nominated or was returned."""
    found = locked(found)
    require(by, "priorities.nominate", found)
    if found.status not in {Highlight.Status.NOMINATED, Highlight.Status.RETURNED}:
        raise WrongState(found, "change", found.status)
    remember(found)
    for name, value in fields.items():
        setattr(found, name, value)
    save_audited(found, "change", by=by)
    return found


@transaction.atomic
def add_evidence(
    found: Highlight, upload: File[bytes], *, caption: str, at: datetime, by: User
) -> Evidence:
    """Add a photo or paper that shows the effect."""
    require(by, "priorities.nominate", found)
    if found.status not in {Highlight.Status.NOMINATED, Highlight.Status.RETURNED}:
        raise WrongState(found, "add_evidence", found.status)
    file = store_file(upload, by=by, purpose="highlight", accept=("photo", "document"))
    evidence = Evidence.objects.create(
        highlight=found, file=file, caption=caption.strip(), by=by, at=at
    )
    audit.record(subject=evidence, action="add_evidence", by=by, at=at, after={"file": file.sha256})
    return evidence


@transaction.atomic
def resubmit_highlight(found: Highlight, *, by: User) -> Highlight:
    """Hand in again what was returned."""
    found = locked(found)
    Highlight.FLOW.start(found, "resubmit", by=by)
    Highlight.FLOW.finish(found, "resubmit", by=by)
    return found


@transaction.atomic
def verify_highlight(found: Highlight, *, place: str, note: str, on: date, by: User) -> Highlight:
    """Record that it was seen on the spot and is true.

    Raises `Refused` for the nominating unit's own people and while there is no evidence.
    """
    found = locked(found)
    Highlight.FLOW.start(found, "verify", by=by)
    if by.unit_id == found.unit_id or by.pk == found.nominated_by_id:
        raise Refused(_("核实人不能是申报单位的人。"))
    if not found.evidence.exists():
        raise Refused(_("还没有成效证据（照片或文件），先退回补充。"))
    if on < found.nominated_on:
        raise Refused(_("核实日期早于申报日期。"))
    found.verified_by, found.verified_on = by, on
    found.verified_at_place, found.verified_note = place.strip(), note.strip()
    Highlight.FLOW.finish(found, "verify", by=by)
    return found


@transaction.atomic
def return_highlight(found: Highlight, *, reason: str, by: User) -> Highlight:
    """Send it back with what is missing; a check done before no longer counts."""
    found = locked(found)
    Highlight.FLOW.start(found, "return", by=by)
    found.verified_by, found.verified_on = None, None
    Highlight.FLOW.finish(found, "return", by=by, reason=reason)
    _tell(found, _("特色亮点退回补充：%(title)s"), reason)
    return found


@transaction.atomic
def approve_highlight(found: Highlight, *, paper: str, on: date, by: User) -> Highlight:
    """Approve it by a paper: the clause shows it from the next self-assessment on.

    Raises `Refused` for who nominated or verified it.
    """
    found = locked(found)
    Highlight.FLOW.start(found, "approve", by=by)
    if by.pk in {found.verified_by_id, found.nominated_by_id}:
        raise Refused(_("申报、核实和认定要由不同的人办。"))
    found.approved_by, found.approved_on, found.approval_paper = by, on, paper.strip()
    Highlight.FLOW.finish(found, "approve", by=by)
    _tell(found, _("特色亮点已认定：%(title)s"), found.approval_paper)
    return found


@transaction.atomic
def drop_highlight(found: Highlight, *, reason: str, by: User) -> Highlight:
    """Decide that it is no model."""
    found = locked(found)
    Highlight.FLOW.start(found, "drop", by=by)
    Highlight.FLOW.finish(found, "drop", by=by, reason=reason)
    _tell(found, _("特色亮点未获认定：%(title)s"), reason)
    return found


@transaction.atomic
def spread_highlight(found: Highlight, *, level: str, paper: str, on: date, by: User) -> Spread:
    """Record that a level took it up as experience, and by which paper; each level once.

    Raises `Refused` while it is not approved, before its approval, or the second time.
    """
    found = locked(found)
    require(by, "priorities.decide", found)
    if found.status != Highlight.Status.APPROVED or found.approved_on is None:
        raise Refused(_("先认定，再推广。"))
    if on < found.approved_on:
        raise Refused(_("推广日期早于认定日期。"))
    if found.spreads.filter(level=level).exists():
        raise Refused(_("这一层级已登记过推广。"))
    spread = Spread(highlight=found, level=level, paper=paper.strip(), on=on, by=by)
    save_audited(spread, "spread", by=by)
    _tell(found, _("特色亮点在更大范围推广：%(title)s"), spread.paper)
    return spread


def _tell(found: Highlight, words: str, body: str) -> None:
    outbox.post(
        to=found.unit,
        kind="highlight",
        subject=(words % {"title": found.title})[:120],
        body=body,
        url=reverse("priorities:highlight_detail", args=[found.pk]),
    )
