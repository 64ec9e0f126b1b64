"""Builders of places."""

from itertools import count
from typing import Any

from tongchuang.accounts.models import Unit
from tongchuang.accounts.tests.make import make_unit
from tongchuang.places.models import Area, Site
from tongchuang.standards.models import SiteType

_numbers = count(1)


def make_site_type(code: str = "", **fields: Any) -> SiteType:
    """A kind of site."""
    number = next(_numbers)
    return SiteType.objects.create(
        code=code or f"type{number}", title=fields.pop("title", f"类别{number}"), **fields
    )


def make_site(**fields: Any) -> Site:
    """A site; its territory and type are made unless given."""
    number = next(_numbers)
    fields.setdefault("code", f"S{number:05}")
    fields.setdefault("name", f"点位{number}")
    fields["site_type"] = fields.get("site_type") or make_site_type()
    fields["territory"] = fields.get("territory") or make_unit(kind=Unit.Kind.COMMUNITY)
    return Site.objects.create(**fields)


def square(west: float, south: float, side: float = 1.0) -> dict[str, Any]:
    """A GeoJSON square with its lower left corner at (west, south), in degrees."""
    east, north = west + side, south + side
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def make_area(unit: Unit, boundary: dict[str, Any]) -> Area:
    """The boundary of a unit."""
    return Area.objects.create(unit=unit, boundary=boundary)
