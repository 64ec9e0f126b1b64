"""Reading areas and sites."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TypedDict, Unpack

from django.db.models import Count, Max, Q, QuerySet, Sum

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import subtree
from tongchuang.places.leading import LeadTable
from tongchuang.places.models import Area, LeadRule, ResponsibilityRule, Site
from tongchuang.places.rules import AreaIndex
from tongchuang.standards.models import ProblemClass, SiteType


@dataclass(frozen=True, slots=True)
class TypeCount:
    """How many active sites of one type a person may see."""

    site_type: SiteType
    sites: int


@dataclass(frozen=True, slots=True)
class StreetCount:
    """How many of the listed sites lie in one town, street or zone."""

    unit: Unit
    sites: int


def territory_at(lon: float, lat: float) -> Unit | None:
    """The deepest territorial unit whose boundary holds a WGS 84 point, or None."""
    return territories_at([(lon, lat)])[0]


def territories_at(points: Sequence[tuple[float, float]]) -> list[Unit | None]:
    """`territory_at` for many points, with two queries in all."""
    keys = _index(_revision()).at_many(points)
    units = Unit.objects.in_bulk({key for key in keys if key is not None})
    return [units.get(key) if key is not None else None for key in keys]


def trade_of(site_type: SiteType) -> Unit | None:
    """The department that regulates a kind of site, by the city's responsibility rules."""
    rule = ResponsibilityRule.objects.select_related("trade").filter(site_type=site_type).first()
    return rule.trade if rule else None


class SiteFilters(TypedDict, total=False):
    """What the list, the map and the export may be narrowed by."""

    site_type: str
    territory: Unit | None
    trade: Unit | None
    text: str
    with_closed: bool


def site_list(user: User, **filters: Unpack[SiteFilters]) -> QuerySet[Site]:
    """The sites that `user` may see, narrowed by the filters of the page."""
    sites = Site.objects.visible_to(user).select_related(
        "site_type", "territory", "trade", "holder"
    )
    if not filters.get("with_closed"):
        sites = sites.active()
    if site_type := filters.get("site_type"):
        sites = sites.filter(site_type__code=site_type)
    if territory := filters.get("territory"):
        sites = sites.filter(territory__in=Unit.objects.filter(subtree(territory.path)))
    if trade := filters.get("trade"):
        sites = sites.filter(trade=trade)
    if text := filters.get("text"):
        named = Q(name__icontains=text) | Q(code__istartswith=text) | Q(address__icontains=text)
        sites = sites.filter(named)
    return sites


def site_features(user: User, **filters: Unpack[SiteFilters]) -> dict[str, object]:
    """The filtered sites as GeoJSON points, 20,000 at most."""
    rows = site_list(user, **filters).exclude(lon=None).order_by("id")
    points = rows.values_list("code", "name", "site_type__title", "lon", "lat")[:20_000]
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"name": name, "type": kind, "url": f"/places/sites/{code}/"},
                "geometry": {"type": "Point", "coordinates": [lon, lat]},
            }
            for code, name, kind, lon, lat in points
        ],
    }


def sites_by_street(user: User, **filters: Unpack[SiteFilters]) -> list[StreetCount]:
    """The filtered sites counted by town, street and zone; the twin of the map."""
    counts = (
        site_list(user, **filters).order_by().values_list("territory__path").annotate(Count("id"))
    )
    found = list(counts)
    return [
        StreetCount(unit, sum(number for path, number in found if path.startswith(unit.path)))
        for unit in streets()
    ]


def responsibility_rules() -> QuerySet[SiteType]:
    """Every site type with the city's rule for it, if there is one."""
    return SiteType.objects.select_related("responsibility__trade").order_by("ordinal")


def sites_by_type(user: User) -> list[TypeCount]:
    """Every site type with the number of active sites in the person's reach."""
    visible = Site.objects.visible_to(user).active()
    counts = dict(visible.order_by().values_list("site_type").annotate(Count("id")))
    return [
        TypeCount(kind, counts.get(kind.pk, 0)) for kind in SiteType.objects.order_by("ordinal")
    ]


def nearest_sites(user: User, lon: float, lat: float, *, most: int = 8) -> list[Site]:
    """Active visible sites around a point, nearest first; looks no further than about 2 km."""
    near = (
        Site.objects.visible_to(user)
        .active()
        .filter(lat__range=(lat - 0.02, lat + 0.02), lon__range=(lon - 0.02, lon + 0.02))
    )
    rows = near.select_related("site_type", "territory")[:2000]
    return sorted(rows, key=lambda s: ((s.lon or 0) - lon) ** 2 + ((s.lat or 0) - lat) ** 2)[:most]


def streets(city: Unit | None = None) -> QuerySet[Unit]:
    """Towns, streets and development zones, in tree order."""
    found: QuerySet[Unit] = Unit.objects.filter(
        kind__in=[Unit.Kind.TOWN, Unit.Kind.STREET, Unit.Kind.ZONE], active=True
    )
    return found.filter(subtree(city.path)) if city else found


def area_features(*, kinds: Sequence[str]) -> dict[str, object]:
    """Boundaries of territorial units as a GeoJSON FeatureCollection."""
    areas = Area.objects.select_related("unit").filter(unit__kind__in=kinds).exclude(boundary=None)
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": area.unit_id,
                "properties": {
                    "name": area.unit.label,
                    "code": area.unit.code,
                    "level": area.unit.kind,
                },
                "geometry": area.boundary,
            }
            for area in areas
        ],
    }


def _revision() -> tuple[int, int, int]:
    facts = Area.objects.aggregate(areas=Count("id"), last=Max("id"), changes=Sum("revision"))
    return facts["areas"], facts["last"] or 0, facts["changes"] or 0


@lru_cache(maxsize=2)
def _index(_key: tuple[int, int, int]) -> AreaIndex:
    rows = Area.objects.exclude(boundary=None).values_list("unit_id", "unit__depth", "boundary")
    return AreaIndex((unit, depth, boundary) for unit, depth, boundary in rows if boundary)


def lead_rules(*, on: date, ended: bool = False) -> QuerySet[LeadRule]:
    """Rules of who leads that hold on a day or will; with `ended` also those that are over."""
    rules = LeadRule.objects.select_related(
        "unit", "site", "site_type", "problem_class", "territory"
    )
    return rules if ended else rules.exclude(to_on__lt=on)


def lead_rule_for(
    site: Site | None, problem_class: ProblemClass | None, territory: Unit | None, *, on: date
) -> LeadRule | None:
    """The rule that says who leads a problem of a class at a place on a day; one query."""
    kind = site.site_type_id if site else None
    rules = lead_rules(on=on).filter(
        Q(site=None) | Q(site=site),
        Q(site_type=None) | Q(site_type=kind),
        Q(problem_class=None) | Q(problem_class=problem_class),
        from_on__lte=on,
    )
    return LeadTable(rules).find(
        site=site.pk if site else None,
        site_type=kind,
        problem_class=problem_class.pk if problem_class else None,
        path=territory.path if territory else "",
    )
