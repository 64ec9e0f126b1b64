"""Places for programs."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from tongchuang.accounts.permissions import allowed_person
from tongchuang.core.api import Listed, listed
from tongchuang.places.models import Site

router = Router(tags=["places"])


class SiteOut(Schema):
    """A place that is inspected, with its three parties; position in WGS 84."""

    code: str
    name: str
    site_type: str
    address: str
    lon: float | None
    lat: float | None
    accuracy_m: float | None
    territory: str
    trade: str | None
    holder: str | None
    active: bool


@router.get("/sites", response=Listed[SiteOut])
def sites(
    request: HttpRequest, site_type: str = "", before: int | None = None, limit: int = 100
) -> dict[str, Any]:
    """The sites that the person may see, newest first."""
    rows = Site.objects.visible_to(allowed_person(request, "places.view"))
    if site_type:
        rows = rows.filter(site_type__code=site_type)
    rows = rows.select_related("site_type", "territory", "trade", "holder")
    return listed(rows, before=before, limit=limit, show=_shown)


def _shown(site: Site) -> SiteOut:
    return SiteOut(
        code=site.code,
        name=site.name,
        site_type=site.site_type.code,
        address=site.address,
        lon=site.lon,
        lat=site.lat,
        accuracy_m=site.accuracy_m,
        territory=site.territory.code,
        trade=site.trade.code if site.trade else None,
        holder=site.holder.code if site.holder else None,
        active=site.active,
    )
