"""Problem cases for programs."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema

from tongchuang.accounts.permissions import allowed_person
from tongchuang.cases.models import Case, CaseQuerySet
from tongchuang.cases.queries.lists import CaseFilter, case_list
from tongchuang.core import clock
from tongchuang.core.api import Listed, listed

router = Router(tags=["cases"])


class LegOut(Schema):
    """The time in one hand; the present one has no end."""

    stage: str
    unit: str | None
    started_at: datetime
    ended_at: datetime | None
    due_at: datetime | None


class CaseOut(Schema):
    """A case in a list. Moments carry their offset; positions are WGS 84."""

    id: int
    number: str
    title: str
    status: str
    grade: str
    channel: str
    problem_class: str | None
    site: str | None
    address: str
    lon: float | None
    lat: float | None
    territory: str | None
    lead: str | None
    found_at: datetime
    filed_at: datetime | None
    due_at: datetime | None
    overdue: bool
    closed_at: datetime | None
    version: int


class CaseDetailOut(CaseOut):
    """A case with what happened to it."""

    description: str
    clauses: list[str]
    helpers: list[str]
    measure: str
    returns: int
    reworks: int
    reopenings: int
    legs: list[LegOut]


@router.get("/cases", response=Listed[CaseOut])
def cases(
    request: HttpRequest,
    tab: str = "open",
    q: str = "",
    before: int | None = None,
    limit: int = 100,
) -> dict[str, Any]:
    """The cases that the person may see: by tab (open, overdue, closed, all …) and words."""
    person = allowed_person(request, "cases.view")
    rows = case_list(person, CaseFilter(tab=tab, q=q), at=clock.now())
    return listed(_with_names(rows), before=before, limit=limit, show=_shown)


@router.get("/cases/{number}", response=CaseDetailOut)
def case(request: HttpRequest, number: str) -> CaseDetailOut:
    """One case, with its helpers, clauses and legs."""
    rows = _with_names(
        Case.objects.visible_to(allowed_person(request, "cases.view"))
    ).prefetch_related("clauses", "helpers", "legs__unit")
    found = get_object_or_404(rows, number=number)
    return CaseDetailOut(
        **_shown(found).dict(),
        description=found.description,
        clauses=[clause.code for clause in found.clauses.all()],
        helpers=[unit.code for unit in found.helpers.all()],
        measure=found.measure,
        returns=found.returns,
        reworks=found.reworks,
        reopenings=found.reopenings,
        legs=[
            LegOut(
                stage=leg.stage,
                unit=leg.unit.code if leg.unit else None,
                started_at=leg.started_at,
                ended_at=leg.ended_at,
                due_at=leg.due_at,
            )
            for leg in found.legs.all()
        ],
    )


def _with_names(rows: CaseQuerySet) -> CaseQuerySet:
    return rows.select_related("problem_class", "site", "territory", "lead")


def _shown(found: Case) -> CaseOut:
    return CaseOut(
        id=found.pk,
        number=found.number,
        title=found.title,
        status=found.status,
        grade=found.grade,
        channel=found.channel,
        problem_class=found.problem_class.code if found.problem_class else None,
        site=found.site.code if found.site else None,
        address=found.address,
        lon=found.lon,
        lat=found.lat,
        territory=found.territory.code if found.territory else None,
        lead=found.lead.code if found.lead else None,
        found_at=found.found_at,
        filed_at=found.filed_at,
        due_at=found.due_at,
        overdue=bool(found.status in Case.OPEN and found.due_at and found.due_at < clock.now()),
        closed_at=found.closed_at,
        version=found.version,
    )
