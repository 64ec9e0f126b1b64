"""Standards for programs."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema

from tongchuang.accounts.permissions import allowed_person
from tongchuang.core.api import Listed, listed
from tongchuang.standards.models import Clause, Framework, Mapping
from tongchuang.standards.pairs import PairFilter, line_words, pair_list, read

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


class ComparisonOut(Schema):
    """Two lines beside each other; `demand` says what the target asks beside the source."""

    source: str
    target: str
    demand: str
    difference: Decimal | None
    reason: str


class PairOut(Schema):
    """A pair of clauses, read "source relation target"; only accepted ones carry results."""

    id: int
    code: str
    source: str
    target: str
    source_measure: str | None
    target_measure: str | None
    same_quantity: bool
    relation: str
    strength: int
    rationale: str
    reuse: str
    reason: str
    tension: str
    source_window_months: int | None
    target_window_months: int | None
    comparisons: list[ComparisonOut]
    confidence: str
    author: str
    made_on: date
    review: str
    reviewed_by: str | None
    reviewed_at: datetime | None
    version: int


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


@router.get("/pairs", response=Listed[PairOut])
def pairs(
    request: HttpRequest,
    framework: str = "",
    other: str = "",
    relation: str = "",
    review: str = "",
    clause: str = "",
    before: int | None = None,
    limit: int = 100,
) -> dict[str, Any]:
    """Pairs of the crosswalk in use: between standards, by relation, review or clause."""
    allowed_person(request, "standards.view")
    wanted = PairFilter(framework, other, relation, review, clause=clause)
    return listed(pair_list(wanted), before=before, limit=limit, show=_pair_shown)


def _pair_shown(row: Mapping) -> PairOut:
    return PairOut(
        id=row.pk,
        code=row.code,
        source=row.source.code,
        target=row.target.code,
        source_measure=row.source_measure.code if row.source_measure else None,
        target_measure=row.target_measure.code if row.target_measure else None,
        same_quantity=row.same_quantity,
        relation=row.relation,
        strength=row.strength,
        rationale=row.rationale,
        reuse=row.reuse,
        reason=row.reason,
        tension=row.tension,
        source_window_months=row.source_window,
        target_window_months=row.target_window,
        comparisons=_compared(row),
        confidence=row.confidence,
        author=row.author,
        made_on=row.made_on,
        review=row.review,
        reviewed_by=row.reviewed_by.name if row.reviewed_by else None,
        reviewed_at=row.reviewed_at,
        version=row.version,
    )


def _compared(row: Mapping) -> list[ComparisonOut]:
    return [
        ComparisonOut(
            source=line_words(one.source),
            target=line_words(one.target),
            demand=one.demand.value,
            difference=one.difference,
            reason=one.reason,
        )
        for one in read(row).comparisons
    ]
