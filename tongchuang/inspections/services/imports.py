"""Visits that other systems recorded, many at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from tongchuang.accounts.models import User
from tongchuang.accounts.permissions import require
from tongchuang.cases.services.filing import city_of
from tongchuang.core import audit
from tongchuang.inspections.models import Visit
from tongchuang.places.models import Site

_BATCH = 500


@dataclass(frozen=True, slots=True)
class PastVisit:
    """A finished visit as another system tells of it; `score` in [0, 100]."""

    external_source: str
    external_id: str
    site: Site
    at: datetime
    score: Decimal | None
    note: str = ""


@transaction.atomic
def import_visits(pasts: Sequence[PastVisit], *, by: User) -> list[Visit]:
    """Write finished visits without answers; each keeps its foreign number.

    Raises `PermissionDenied` unless `by` may import places.
    """
    require(by, "places.import")
    cities = {past.site.territory_id: past.site.territory for past in pasts}
    found = {key: city_of(unit) for key, unit in cities.items()}
    rows = [
        Visit(
            external_source=past.external_source,
            external_id=past.external_id,
            city=found[past.site.territory_id],
            site=past.site,
            inspector=by,
            status=Visit.Status.FINISHED,
            started_at=past.at,
            finished_at=past.at,
            score=past.score,
            note=past.note,
        )
        for past in pasts
    ]
    visits = Visit.objects.bulk_create(rows, batch_size=_BATCH)
    audit.record_many(
        audit.Entry(visit, "import", by, after={"score": str(visit.score)}, at=visit.finished_at)
        for visit in visits
    )
    return visits
