"""Every change to areas, sites and responsibility rules."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import require
from tongchuang.core import audit
from tongchuang.core.flow import locked, remember, save_audited
from tongchuang.places.models import Area, LeadRule, ResponsibilityRule, Site
from tongchuang.places.rules import TO_WGS84, BadBoundary, read_boundary
from tongchuang.standards.models import ProblemClass, SiteType


class SiteFields(TypedDict, total=False):
    """What may be said of a site; absent keys stay as they are."""

    name: str
    site_type: SiteType
    address: str
    territory: Unit
    trade: Unit | None
    holder: Unit | None
    holder_name: str
    holder_phone: str
    recorded_lon: float | None
    recorded_lat: float | None
    datum: str
    accuracy_m: float | None


class LeadRuleFields(TypedDict, total=False):
    """What a rule of who leads says; conditions left out do not count."""

    kind: str
    party: str
    unit: Unit | None
    site: Site | None
    site_type: SiteType | None
    problem_class: ProblemClass | None
    territory: Unit | None
    source: str
    source_url: str
    from_on: date
    to_on: date | None


@dataclass(frozen=True, slots=True)
class BoundaryReport:
    """What became of the features of a boundary file."""

    placed: list[str]
    unknown: list[str]


@transaction.atomic
def add_site(code: str, *, by: User, **fields: Unpack[SiteFields]) -> Site:
    """Register a site; the trade regulator follows the rule of its type unless named.

    Raises `PermissionDenied` unless `by` may manage places in the territory.
    """
    site = Site(code=code, **_with_position(fields))
    require(by, "places.manage", site)
    if site.trade_id is None:
        rule = ResponsibilityRule.objects.filter(site_type=site.site_type_id).first()
        site.trade = rule.trade if rule else None
    save_audited(site, "add", by=by)
    return site


@transaction.atomic
def change_site(site: Site, *, by: User, **fields: Unpack[SiteFields]) -> Site:
    """Correct what is said of a site; before and after are kept in the audit."""
    site = locked(site)
    require(by, "places.manage", site)
    remember(site)
    for name, value in _with_position(fields).items():
        setattr(site, name, value)
    require(by, "places.manage", site)
    save_audited(site, "change", by=by)
    return site


@transaction.atomic
def close_site(site: Site, *, on: date, reason: str, by: User) -> Site:
    """Take a site out of use; its history stays. Closing twice changes nothing."""
    site = locked(site)
    require(by, "places.manage", site)
    if not site.active:
        return site
    remember(site)
    site.active, site.closed_on = False, on
    save_audited(site, "close", by=by, reason=reason)
    return site


@transaction.atomic
def set_boundary(unit: Unit, geometry: dict[str, Any], *, source: str, by: User) -> Area:
    """Give a territorial unit its boundary (GeoJSON, WGS 84).

    Raises `BadBoundary` with the fault, `PermissionDenied` outside the person's territory.
    """
    require(by, "places.manage", unit)
    boundary, box = read_boundary(geometry)
    area = Area.objects.filter(unit=unit).first() or Area(unit=unit, revision=0)
    if area.boundary == boundary:
        return area
    area.boundary, area.source = boundary, source
    area.west, area.south, area.east, area.north = box.west, box.south, box.east, box.north
    area.revision += 1
    area.save()
    audit.record(
        subject=area, action="set_boundary", by=by, after={"source": source, "box": str(box)}
    )
    return area


@transaction.atomic
def import_boundaries(
    features: Iterable[dict[str, Any]], *, source: str, by: User
) -> BoundaryReport:
    """Set the boundaries of a GeoJSON FeatureCollection, matched by unit code, else by name.

    Features without a known unit are listed, not guessed. One bad boundary refuses the file.
    """
    units = list(Unit.objects.filter(kind__in=Unit.TERRITORIES | {Unit.Kind.CITY}))
    by_key = {key: unit for unit in units for key in (unit.name, unit.short_name, unit.code) if key}
    placed: list[str] = []
    unknown: list[str] = []
    for feature in features:
        facts = feature.get("properties") or {}
        label = str(facts.get("code") or facts.get("name") or _("（无名）"))
        unit = by_key.get(str(facts.get("code", ""))) or by_key.get(str(facts.get("name", "")))
        if unit is None:
            unknown.append(str(facts.get("name") or label))
            continue
        try:
            set_boundary(unit, feature.get("geometry") or {}, source=source, by=by)
        except BadBoundary as fault:
            raise BadBoundary(f"{label}: {fault}") from None
        placed.append(unit.name)
    return BoundaryReport(placed, unknown)


@transaction.atomic
def set_rule(
    site_type: SiteType, *, trade: Unit | None, holder_hint: str, source: str, by: User
) -> ResponsibilityRule:
    """Say which department regulates a kind of site in this city."""
    require(by, "places.manage")
    rule = ResponsibilityRule.objects.filter(site_type=site_type).first() or ResponsibilityRule(
        site_type=site_type
    )
    remember(rule)
    rule.trade, rule.holder_hint, rule.source = trade, holder_hint, source
    save_audited(rule, "set_rule", by=by)
    return rule


def _with_position(fields: SiteFields) -> dict[str, Any]:
    """`fields` with the WGS 84 position that follows from the recorded one."""
    values: dict[str, Any] = dict(fields)
    if "recorded_lon" in fields or "recorded_lat" in fields:
        lon, lat = fields.get("recorded_lon"), fields.get("recorded_lat")
        values["lon"], values["lat"] = None, None
        if lon is not None and lat is not None:
            convert = TO_WGS84[fields.get("datum", Site.Datum.WGS84)]
            values["lon"], values["lat"] = convert(lon, lat)
    return values


@transaction.atomic
def add_lead_rule(*, by: User, **fields: Unpack[LeadRuleFields]) -> LeadRule:
    """Say who leads at a place from a day on; earlier rules stay and may be ended apart.

    Raises `PermissionDenied` unless `by` may manage places, `ValidationError` for a rule that
    names no place or no unit.
    """
    require(by, "places.manage")
    rule = LeadRule(**fields)
    rule.full_clean()
    save_audited(rule, "add_lead_rule", by=by)
    return rule


@transaction.atomic
def end_lead_rule(rule: LeadRule, *, on: date, by: User) -> LeadRule:
    """Let a rule hold for the last time on a day; what was proposed by it stays."""
    require(by, "places.manage")
    rule = locked(rule)
    if rule.to_on and rule.to_on <= on:
        return rule
    remember(rule)
    rule.to_on = max(on, rule.from_on)
    save_audited(rule, "end_lead_rule", by=by)
    return rule
