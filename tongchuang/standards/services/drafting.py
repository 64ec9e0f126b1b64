"""A standard that the office brings in a spreadsheet: kept as a draft, published by a person."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tongchuang.accounts.models import User
from tongchuang.accounts.permissions import require
from tongchuang.core import audit
from tongchuang.standards.models import DataFile, Draft, Framework
from tongchuang.standards.rules.checks import Known, faults_of
from tongchuang.standards.rules.difference import digest
from tongchuang.standards.rules.reading import BrokenFile, Document, Fault
from tongchuang.standards.services.files import known_codes, taken
from tongchuang.standards.services.loading import load_documents


class DraftRefused(Exception):
    """The draft cannot be kept, published or discarded; the message says why."""


def check_draft(document: Document) -> None:
    """Hold a standard from a table to the same rules as a file, and to being a new edition.

    Raises `BrokenFile` with the line of every fault.
    """
    known = _with(document)
    faults = [*_edition_taken(document), *faults_of(document, known), *taken([document])]
    if faults:
        raise BrokenFile(faults)


def _with(document: Document) -> Known:
    known = known_codes()
    known.add(document)
    return known


def _edition_taken(document: Document) -> list[Fault]:
    """Editions never change: a code that is loaded stands for one edition, word for word."""
    code, edition = document.content["id"], document.content["edition"]
    loaded = DataFile.objects.filter(kind="framework", code=code).first()
    words = {"code": code, "edition": loaded.edition if loaded else ""}
    if loaded is None:
        return []
    if loaded.content_sha256 == digest(document.content):
        reason = _("与已载入的 %(code)s（%(edition)s 版）完全相同") % words
    elif loaded.edition == edition:
        reason = _("%(code)s 的 %(edition)s 版已载入，内容不同；要改请另取代码和版本") % words
    else:
        reason = _("代码 %(code)s 已用于 %(edition)s 版，一个代码只有一个版本，请另取代码") % words
    return [document.fault("id", reason)]


@transaction.atomic
def keep_draft(document: Document, *, file_name: str, by: User, at: datetime) -> Draft:
    """Keep a checked standard as the open draft of its code; an earlier open one is replaced.

    Raises `PermissionDenied`; `BrokenFile` when it does not hold.
    """
    require(by, "standards.draft")
    check_draft(document)
    content = document.content
    draft = Draft.objects.select_for_update().filter(
        code=content["id"], status=Draft.Status.OPEN
    ).first() or Draft(code=content["id"])
    before = {"sha256": draft.content_sha256} if draft.pk else {}
    draft.title, draft.edition = content["title"], content["edition"]
    draft.content, draft.lines = content, document.lines
    draft.content_sha256 = digest(content)
    draft.file_name, draft.made_by, draft.made_at = file_name[:200], by, at
    draft.save()
    after = {"edition": draft.edition, "sha256": draft.content_sha256, "file": draft.file_name}
    audit.record(subject=draft, action="draft_standard", by=by, before=before, after=after, at=at)
    return draft


@transaction.atomic
def publish_draft(draft: Draft, *, by: User, at: datetime) -> Framework:
    """Make a draft a standard that campaigns may use, through the same way as a file.

    Raises `PermissionDenied`; `DraftRefused` when it is decided already; `BrokenFile` when it no
    longer holds, because codes were taken since.
    """
    require(by, "standards.publish")
    draft = _open(draft)
    document = document_of_draft(draft)
    check_draft(document)
    load_documents([document], by=by)
    framework = Framework.objects.get(code=draft.code)
    draft.framework = framework
    _decide(draft, Draft.Status.PUBLISHED, "publish_standard", by=by, at=at)
    return framework


@transaction.atomic
def discard_draft(draft: Draft, *, by: User, at: datetime) -> Draft:
    """Put a draft aside; it stays on record. Raises `PermissionDenied`, `DraftRefused`."""
    require(by, "standards.draft")
    draft = _open(draft)
    _decide(draft, Draft.Status.DISCARDED, "discard_standard", by=by, at=at)
    return draft


def document_of_draft(draft: Draft) -> Document:
    """The standard of a draft with the lines of its table."""
    return Document(draft.file_name, draft.content, draft.lines)


def _open(draft: Draft) -> Draft:
    locked = Draft.objects.select_for_update().get(pk=draft.pk)
    if locked.status != Draft.Status.OPEN:
        raise DraftRefused(
            _("这份草稿已经处理过：%(status)s。") % {"status": locked.get_status_display()}
        )
    if locked.content_sha256 != draft.content_sha256:
        raise DraftRefused(_("这份草稿刚被重新上传过，请看过最新的内容再决定。"))
    return locked


def _decide(draft: Draft, status: Draft.Status, action: str, *, by: User, at: datetime) -> None:
    draft.status, draft.decided_by, draft.decided_at = status, by, at
    draft.save(update_fields=["status", "decided_by", "decided_at", "framework"])
    after = {"status": str(status), "sha256": draft.content_sha256}
    audit.record(subject=draft, action=action, by=by, before={"status": "open"}, after=after, at=at)
