"""Sites as a spreadsheet."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongchuang.accounts.models import Unit, User
from tongchuang.core.cells import looked_up
from tongchuang.core.tabular import Column, Row, Sheet
from tongchuang.places import services
from tongchuang.places.models import LeadRule, Site
from tongchuang.standards.models import SiteType


def site_sheet() -> Sheet[Site]:
    """The sheet of sites; unit and type names are looked up once per sheet."""
    unit = looked_up(_units_by_name, _("没有这个单位"))
    kind = looked_up(_types_by_name, _("没有这个点位类别"))
    return Sheet[Site](
        _("点位"),
        [
            Column(_("编号"), lambda s: s.code, name="code"),
            Column(_("名称"), lambda s: s.name, name="name", width=28),
            Column(_("类别"), lambda s: s.site_type.title, parse=kind, name="site_type"),
            Column(_("属地"), lambda s: s.territory.name, parse=unit, name="territory"),
            Column(_("地址"), lambda s: s.address, required=False, name="address", width=32),
            Column(
                _("行业主管"),
                lambda s: s.trade and s.trade.name,
                parse=unit,
                required=False,
                name="trade",
            ),
            Column(
                _("产权单位"),
                lambda s: s.holder and s.holder.name,
                parse=unit,
                required=False,
                name="holder",
            ),
            Column(_("产权人"), lambda s: s.holder_name, required=False, name="holder_name"),
            Column(_("联系电话"), lambda s: s.holder_phone, required=False, name="holder_phone"),
            *_position(),
        ],
        find=_existing,
        create=_add,
        update=_change,
        unique=["code"],
        check=_check,
    )


def _position() -> list[Column[Site]]:
    """Where a site lies, as somebody measured it."""
    return [
        Column(
            _("经度"),
            lambda s: s.recorded_lon,
            parse=float,
            required=False,
            name="recorded_lon",
        ),
        Column(
            _("纬度"),
            lambda s: s.recorded_lat,
            parse=float,
            required=False,
            name="recorded_lat",
        ),
        Column(
            _("坐标系"),
            lambda s: s.datum,
            required=False,
            name="datum",
            choices=Site.Datum.values,
            help=_("手机地图多为 gcj02；不填按 wgs84。"),
        ),
        Column(
            _("精度（米）"),
            lambda s: s.accuracy_m,
            parse=float,
            required=False,
            name="accuracy_m",
        ),
    ]


def lead_rule_sheet() -> Sheet[LeadRule]:
    """Who leads where, with the paper and the days between which it holds."""
    return Sheet[LeadRule](
        _("主办规则"),
        [
            Column(_("规则来源"), lambda r: r.get_kind_display()),
            Column(_("适用"), lambda r: r.where, width=32),
            Column(_("由谁主办"), lambda r: r.who, width=24),
            Column(_("依据"), lambda r: r.source, width=36),
            Column(_("起"), lambda r: r.from_on),
            Column(_("止"), lambda r: r.to_on),
        ],
    )


SHEET_TITLE = gettext_lazy("点位")


def _existing(rows: list[Row]) -> list[Site | None]:
    found = Site.objects.select_related("site_type", "territory", "trade", "holder")
    by_code = {site.code: site for site in found.filter(code__in=[row["code"] for row in rows])}
    return [by_code.get(row["code"]) for row in rows]


def _add(*, by: User, code: str, **fields: Any) -> Site:
    return services.add_site(code, by=by, **_complete(fields))


def _change(site: Site, *, by: User, code: str, **fields: Any) -> Site:
    return services.change_site(site, by=by, **_complete(fields))


def _complete(fields: Row) -> Any:
    """Text left empty is empty text; no datum means WGS 84."""
    texts = ("address", "holder_name", "holder_phone")
    filled = {name: value or "" if name in texts else value for name, value in fields.items()}
    if "recorded_lon" in filled:
        filled["datum"] = filled.get("datum") or Site.Datum.WGS84
    return filled


def _check(row: Row) -> None:
    lon, lat = row.get("recorded_lon"), row.get("recorded_lat")
    if (lon is None) != (lat is None):
        raise ValueError(_("经度和纬度要么都填，要么都不填"))
    if lon is not None and not (-180 <= lon <= 180 and -90 <= (lat or 0) <= 90):
        raise ValueError(_("经纬度超出范围，可能填反了"))


def _units_by_name() -> dict[str, Unit]:
    units = list(Unit.objects.all())
    names = {unit.short_name: unit for unit in units if unit.short_name}
    return names | {unit.name: unit for unit in units} | {unit.code: unit for unit in units}


def _types_by_name() -> dict[str, SiteType]:
    types = list(SiteType.objects.all())
    return {kind.code: kind for kind in types} | {kind.title: kind for kind in types}
