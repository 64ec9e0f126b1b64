"""Every change to papers."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TypedDict, Unpack

from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import require
from tongchuang.campaigns.models import Campaign
from tongchuang.core import search
from tongchuang.core.files import store_file
from tongchuang.core.flow import locked, save_audited
from tongchuang.dossiers.models import FLOW, Paper
from tongchuang.standards.models import Clause


class OwnPaper(PermissionDenied):
    """Whoever registered a paper cannot review it."""


class PaperFacts(TypedDict, total=False):
    """What may be said of a paper; absent keys stay as they are."""

    requirement: str
    title: str
    document_no: str
    issuer: str
    dated_on: date
    year: int
    pages: int | None
    kept_at: str


@transaction.atomic
def register_paper(
    campaign: Campaign,
    unit: Unit,
    *,
    clauses: Iterable[Clause],
    upload: File[bytes] | None = None,
    by: User,
    at: datetime,
    **facts: Unpack[PaperFacts],
) -> Paper:
    """Register a paper once for all clauses that it proves, as a file or with its place.

    Raises `PermissionDenied` outside the units of `by`, `FileRefused` for a bad file.
    """
    paper = Paper(campaign=campaign, unit=unit, registered_by=by, registered_at=at, **facts)
    require(by, "dossiers.register", paper)
    _attach(paper, upload, by)
    linked = list(clauses)
    save_audited(paper, "register", by=by, at=at, clauses=[clause.code for clause in linked])
    _link(paper, linked)
    return paper


@transaction.atomic
def resubmit_paper(
    paper: Paper,
    *,
    clauses: Iterable[Clause],
    upload: File[bytes] | None = None,
    by: User,
    at: datetime,
    **facts: Unpack[PaperFacts],
) -> Paper:
    """Hand a returned paper in again, put right; a file given replaces the old one."""
    paper = locked(paper)
    FLOW.start(paper, "resubmit", by=by)
    for name, value in facts.items():
        setattr(paper, name, value)
    _attach(paper, upload, by)
    paper.registered_by, paper.registered_at = by, at
    linked = list(clauses)
    FLOW.finish(paper, "resubmit", by=by, at=at, clauses=[clause.code for clause in linked])
    _link(paper, linked)
    return paper


@transaction.atomic
def accept_paper(paper: Paper, *, by: User, at: datetime) -> Paper:
    """Accept a paper as evidence. Raises `OwnPaper` for whoever registered it."""
    paper = _to_review(paper, "accept", by)
    paper.reviewed_by, paper.reviewed_at, paper.return_reason = by, at, ""
    FLOW.finish(paper, "accept", by=by, at=at)
    return paper


@transaction.atomic
def return_paper(paper: Paper, *, reason: str, by: User, at: datetime) -> Paper:
    """Give a paper back with the reason. Raises `OwnPaper` for whoever registered it."""
    paper = _to_review(paper, "return", by)
    paper.reviewed_by, paper.reviewed_at, paper.return_reason = by, at, reason
    paper.returns += 1
    FLOW.finish(paper, "return", by=by, reason=reason, at=at)
    return paper


@transaction.atomic
def supersede_paper(paper: Paper, *, reason: str, by: User, at: datetime) -> Paper:
    """Take an accepted paper out of use; it stays in the register."""
    paper = locked(paper)
    FLOW.start(paper, "supersede", by=by)
    FLOW.finish(paper, "supersede", by=by, reason=reason, at=at)
    return paper


def _to_review(paper: Paper, move: str, by: User) -> Paper:
    paper = locked(paper)
    FLOW.start(paper, move, by=by)
    if paper.registered_by_id == by.pk:
        raise OwnPaper(_("自己登记的资料不能自己审核。"))
    return paper


def _attach(paper: Paper, upload: File[bytes] | None, by: User) -> None:
    if upload is not None:
        paper.file = store_file(upload, by=by, purpose="paper", public_copy=False)


def _link(paper: Paper, clauses: list[Clause]) -> None:
    paper.clauses.set(clauses)
    search.index("paper", paper.pk, search_text(paper))


def search_text(paper: Paper) -> str:
    """By which words a paper is found."""
    words = [paper.title, paper.document_no, paper.issuer, paper.requirement]
    return " ".join(filter(None, words))
