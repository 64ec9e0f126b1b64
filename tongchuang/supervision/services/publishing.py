"""Sealing, issuing, printing, correcting."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import require
from tongchuang.core import audit, outbox
from tongchuang.core.documents import document_number, to_pdf
from tongchuang.core.files import store_generated
from tongchuang.core.flow import WrongState, locked, remember, save_audited
from tongchuang.core.models import StoredFile
from tongchuang.core.numbering import next_number
from tongchuang.supervision import frozen, paper
from tongchuang.supervision.models import FLOW, Bulletin, Erratum, Objection
from tongchuang.supervision.services.consulting import month_words
from tongchuang.supervision.services.freezing import Refused


@transaction.atomic
def seal_bulletin(bulletin: Bulletin, *, at: datetime, by: User) -> Bulletin:
    """Close the data for good: rulings included, digest final.

    Raises `Refused` while objections are open or may still be made.
    """
    bulletin = locked(bulletin)
    FLOW.start(bulletin, "seal", by=by)
    waiting = bulletin.objections.filter(state=Objection.State.OPEN).count()
    if waiting:
        raise Refused(_("还有 %(n)s 件异议没有裁定，裁定后才能封存。") % {"n": waiting})
    if bulletin.objections_until and at < bulletin.objections_until:
        raise Refused(_("异议期未满，期满后才能封存。"))
    bulletin.data = {**bulletin.data, "objections": _objections(bulletin)}
    bulletin.digest = frozen.digest(bulletin.data)
    bulletin.sealed_at, bulletin.sealed_by = at, by
    FLOW.finish(bulletin, "seal", by=by, at=at)
    return bulletin


def _objections(bulletin: Bulletin) -> list[dict[str, Any]]:
    return [
        {
            "unit": row.unit_id,
            "part": row.part,
            "text": row.text,
            "state": row.state,
            "ruling": row.ruling,
            "points": str(row.points or 0),
        }
        for row in bulletin.objections.order_by("pk")
    ]


def issue_bulletin(bulletin: Bulletin, *, at: datetime, by: User, printed: bool = True) -> Bulletin:
    """Give the bulletin its number and its paper, and send it to the units.

    The PDF is printed after the number is safe, because printing takes seconds; not at all when
    `printed` is off: `print_bulletin` does it later.
    """
    bulletin = _issue(bulletin, at=at, by=by)
    return print_bulletin(bulletin, by=by) if printed else bulletin


@transaction.atomic
def _issue(bulletin: Bulletin, *, at: datetime, by: User) -> Bulletin:
    bulletin = locked(bulletin)
    FLOW.start(bulletin, "issue", by=by)
    bulletin.document_no = _number(bulletin, at)
    bulletin.issued_at, bulletin.issued_by = at, by
    words = paper.bulletin_paper(bulletin, on=paper.local_day(at))
    name = f"{month_words(bulletin)}通报.docx"
    bulletin.docx = store_generated(words.docx(), name, by=by, purpose="bulletin")
    FLOW.finish(bulletin, "issue", by=by, at=at)
    outbox.post_many(
        Unit.objects.filter(scores__bulletin=bulletin),
        kind="bulletin_issued",
        subject=f"{bulletin.document_no} {words.title}".replace("\n", ""),
        body=_("通报已印发，请对照工作要求办理。"),
        url=reverse("supervision:bulletin_detail", args=[bulletin.pk]),
    )
    return bulletin


def _number(bulletin: Bulletin, at: datetime) -> str:
    code = paper.document_code(bulletin)
    year = paper.local_day(at).year
    return document_number(code, year, next_number(f"document:{code}", year))


def print_bulletin(bulletin: Bulletin, *, by: User) -> Bulletin:
    """Make the PDF of an issued bulletin unless it is there; without LibreOffice there is none."""
    if bulletin.pdf_id or bulletin.docx is None:
        return bulletin
    sealed = bulletin.docx.sealed
    # A handle of its own, so that the row's stays open.
    with sealed.storage.open(str(sealed.name)) as source:
        printed = to_pdf(source.read())
    if printed is None:
        return bulletin
    stored = store_generated(printed, f"{month_words(bulletin)}通报.pdf", by=by, purpose="bulletin")
    return _attach_pdf(bulletin, stored, by=by)


@transaction.atomic
def _attach_pdf(bulletin: Bulletin, stored: StoredFile, *, by: User) -> Bulletin:
    bulletin = locked(bulletin)
    if bulletin.pdf_id is None:
        remember(bulletin)
        bulletin.pdf = stored
        save_audited(bulletin, "print", by=by)
    return bulletin


@transaction.atomic
def correct_bulletin(
    bulletin: Bulletin,
    *,
    anchor: str,
    place: str,
    was: str,
    reads: str,
    reason: str,
    at: datetime,
    by: User,
) -> Erratum:
    """Correct an issued bulletin by a notice of its own; the sealed data stays as it was.

    The same correction sent twice is one. Raises `WrongState` before the bulletin is issued,
    `Refused` when nothing changes.
    """
    bulletin = locked(bulletin)
    require(by, "supervision.correct", bulletin)
    if bulletin.status != Bulletin.Status.ISSUED:
        raise WrongState(bulletin, "correct", bulletin.status)
    words = {"place": place.strip(), "was": was.strip(), "reads": reads.strip()}
    if words["was"] == words["reads"]:
        raise Refused(_("更正后的文字和原文相同。"))
    known = bulletin.errata.filter(**words).first()
    if known:
        return known
    last = bulletin.errata.aggregate(last=Max("ordinal"))["last"] or 0
    erratum = Erratum(
        bulletin=bulletin,
        ordinal=last + 1,
        anchor=anchor,
        reason=reason.strip(),
        by=by,
        at=at,
        document_no=_number(bulletin, at),
        **words,
    )
    notice = paper.erratum_paper(erratum, on=paper.local_day(at))
    name = f"{month_words(bulletin)}通报更正{erratum.ordinal}.docx"
    erratum.docx = store_generated(notice.docx(), name, by=by, purpose="erratum")
    erratum.save()
    audit.record(subject=bulletin, action="correct", by=by, reason=erratum.reason, at=at)
    return erratum
