"""Standards for programs."""

from decimal import Decimal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema

from tongchuang.accounts.permissions import allowed_person
from tongchuang.standards.models import Clause, Framework

router = Router(tags=["standards"])


class FrameworkOut(Schema):
    """An edition of a standard."""

    code: str
    title: str
    title_en: str
    document_no: str
    edition: str


class MeasureOut(Schema):
    """A figure that a requirement asks for; `unsure` values must be checked before use."""

    code: str
    name: str
    unit: str
    op: str
    threshold: Decimal | None
    confidence: str
    unsure: bool


class ClauseOut(Schema):
    """A chapter, an article or a requirement, in document order."""

    code: str
    parent: str | None
    level: str
    number: str
    title: str
    title_en: str
    text: str
    veto: bool
    confidence: str
    measures: list[MeasureOut]


@router.get("/frameworks", response=list[FrameworkOut])
def frameworks(request: HttpRequest) -> list[Framework]:
    """All editions that are loaded."""
    allowed_person(request, "standards.view")
    return list(Framework.objects.all())


@router.get("/frameworks/{code}/clauses", response=list[ClauseOut])
def clauses(request: HttpRequest, code: str) -> list[ClauseOut]:
    """The clauses of one edition with their measures."""
    allowed_person(request, "standards.view")
    framework = get_object_or_404(Framework, code=code)
    rows = (
        framework.clauses.order_by("ordinal").select_related("parent").prefetch_related("measures")
    )
    return [_shown(clause) for clause in rows]


def _shown(clause: Clause) -> ClauseOut:
    return ClauseOut(
        code=clause.code,
        parent=clause.parent.code if clause.parent else None,
        level=clause.level,
        number=clause.number,
        title=clause.title,
        title_en=clause.title_en,
        text=clause.text,
        veto=clause.veto,
        confidence=clause.confidence,
        measures=[MeasureOut.from_orm(measure) for measure in clause.measures.all()],
    )
