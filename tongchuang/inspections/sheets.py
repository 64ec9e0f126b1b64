"""Spreadsheets of inspections: a round's places to take away, foreign visits to take in."""

from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.core.cells import looked_up
from tongchuang.core.tabular import Column, Row, Sheet
from tongchuang.inspections import services
from tongchuang.inspections.models import Draw, Visit
from tongchuang.inspections.queries.asking import Feed
from tongchuang.places import services as places
from tongchuang.places.models import Site
from tongchuang.standards.models import SiteType


def draw_sheet() -> Sheet[Any]:
    """What was drawn, with what came of it; give it `queries.drawn_sites`."""
    return Sheet[Any](
        _("抽样点位"),
        [
            Column(_("序号"), lambda d: d.ordinal),
            Column(_("编号"), lambda d: d.site.code),
            Column(_("名称"), lambda d: d.site.name, width=28),
            Column(_("类别"), lambda d: d.site.site_type.title),
            Column(_("属地"), lambda d: d.site.territory.label),
            Column(_("督查员"), lambda d: str(d.inspector or "")),
            Column(_("状态"), _state),
            Column(_("得分"), lambda d: d.score),
            Column(_("不合格项"), lambda d: d.failed),
        ],
    )


def question_sheet() -> Sheet[Any]:
    """What a round asks; rows as of the page of its questions."""
    return Sheet[Any](
        _("检查项"),
        [
            Column(_("类别"), lambda q: q["item"].site_type.title),
            Column(_("代码"), lambda q: q["item"].code, width=22),
            Column(_("检查内容"), lambda q: q["item"].text, width=36),
            Column(_("同时回答"), lambda q: "；".join(one.text for one in q["behind"]), width=36),
            Column(_("有关联"), lambda q: "；".join(one.text for one in q["beside"]), width=30),
            Column(_("计入条款"), lambda q: "；".join(_fed(f) for f in q["feeds"]), width=48),
        ],
    )


def _fed(feed: Feed) -> str:
    for_whom = "、".join(one.title for one in feed.campaigns)
    words = f"{for_whom} {feed.clause.number or feed.clause.code} {feed.clause.title}"
    if feed.mapping is None:
        return words
    return f"{words}（{feed.mapping.code}）" if feed.whole else f"{words}（{_('部分')}）"


def _state(draw: Draw) -> str:
    return _("已检查") if getattr(draw, "seen", False) else _("未检查")


def visit_sheet() -> Sheet[Visit]:
    """Visits that another system recorded. Unknown places are refused, unless told to add them."""
    known = lru_cache(maxsize=1)(lambda: set(Site.objects.values_list("code", flat=True)))
    return Sheet[Visit](
        _("检查记录"),
        [
            Column(_("外部来源"), lambda v: v.external_source, name="external_source"),
            Column(_("外部编号"), lambda v: v.external_id, name="external_id"),
            *_place(),
            Column(_("检查时间"), lambda v: v.finished_at, parse=datetime, name="at"),
            Column(_("得分"), lambda v: v.score, parse=Decimal, required=False, name="score"),
            Column(_("督查员"), lambda v: str(v.inspector), required=False, name="inspector"),
            Column(_("备注"), lambda v: v.note, required=False, name="note"),
            Column(
                _("新建点位"),
                lambda _v: "",
                parse=bool,
                required=False,
                name="create_sites",
                help=_("填“是”：没有的点位按类别和属地登记。"),
            ),
        ],
        find=_existing,
        create_many=_create,
        unique=["external_source", "external_id"],
        check=lambda row: _check(row, known()),
    )


def _place() -> list[Column[Visit]]:
    """The place that was visited; the names of units and types are looked up once per sheet."""
    unit, kind = looked_up(_units, _("没有这个单位")), looked_up(_types, _("没有这个点位类别"))
    return [
        Column(_("点位编号"), lambda v: v.site.code, name="site_code"),
        Column(_("点位名称"), lambda v: v.site.name, required=False, name="site_name", width=28),
        Column(
            _("类别"),
            lambda v: v.site.site_type.title,
            parse=kind,
            required=False,
            name="site_type",
        ),
        Column(
            _("属地"),
            lambda v: v.site.territory.name,
            parse=unit,
            required=False,
            name="territory",
        ),
        Column(_("地址"), lambda v: v.site.address, required=False, name="address"),
        Column(_("经度"), lambda v: v.site.lon, parse=float, required=False, name="lon"),
        Column(_("纬度"), lambda v: v.site.lat, parse=float, required=False, name="lat"),
    ]


def _existing(rows: list[Row]) -> list[Visit | None]:
    ids = [row["external_id"] for row in rows]
    visits = Visit.objects.filter(external_id__in=ids)
    found = {(visit.external_source, visit.external_id): visit for visit in visits}
    return [found.get((row["external_source"], row["external_id"])) for row in rows]


def _check(row: Row, known: set[str]) -> None:
    score = row.get("score")
    if score is not None and not 0 <= score <= 100:
        raise ValueError(_("得分应在 0 到 100 之间"))
    lon, lat = row.get("lon"), row.get("lat")
    on_earth = lon is None or (-180 <= lon <= 180 and -90 <= (lat or 0) <= 90)
    if (lon is None) != (lat is None) or not on_earth:
        raise ValueError(_("经纬度不成对或超出范围"))
    if row["site_code"] in known:
        return
    if not row.get("create_sites"):
        words = _("没有编号为 %(code)s 的点位；可先导入点位，或在“新建点位”填“是”")
        raise ValueError(words % {"code": row["site_code"]})
    if not (row.get("site_name") and row.get("site_type") and row.get("territory")):
        raise ValueError(_("新建点位要有名称、类别和属地"))


def _create(rows: list[Row], *, by: User) -> None:
    codes = {row["site_code"] for row in rows}
    sites = {
        site.code: site for site in Site.objects.filter(code__in=codes).select_related("territory")
    }
    for row in rows:
        if row["site_code"] not in sites:
            sites[row["site_code"]] = _add_site(row, by)
    services.import_visits([_past(row, sites[row["site_code"]]) for row in rows], by=by)


def _add_site(row: Row, by: User) -> Site:
    return places.add_site(
        row["site_code"],
        by=by,
        name=row["site_name"][:120],
        site_type=row["site_type"],
        territory=row["territory"],
        address=(row.get("address") or "")[:200],
        recorded_lon=row.get("lon"),
        recorded_lat=row.get("lat"),
        datum=Site.Datum.WGS84,
    )


def _past(row: Row, site: Site) -> services.PastVisit:
    person, note = row.get("inspector"), row.get("note") or ""
    words = [_("检查人：%(name)s") % {"name": person}] if person else []
    return services.PastVisit(
        row["external_source"],
        row["external_id"],
        site,
        row["at"],
        row.get("score"),
        "\n".join([*words, note]).strip(),
    )


def _units() -> dict[str, Unit]:
    units = list(Unit.objects.all())
    return {unit.name: unit for unit in units} | {unit.code: unit for unit in units}


def _types() -> dict[str, SiteType]:
    kinds = list(SiteType.objects.all())
    return {kind.title: kind for kind in kinds} | {kind.code: kind for kind in kinds}
