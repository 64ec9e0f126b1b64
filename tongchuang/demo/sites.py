"""Sites of the 46 types: how many, what they are called, who answers for them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import cycle
from typing import Final

from tongchuang.accounts.models import Unit
from tongchuang.core import search
from tongchuang.demo import loading, units
from tongchuang.demo.city import City, inside
from tongchuang.demo.stream import Stream, weighted
from tongchuang.demo.words import ESTATES, LANES, MAKERS, ROADS, SHOPS, WORKS
from tongchuang.places.models import LeadRule, ResponsibilityRule, Site
from tongchuang.standards.models import SiteType

TERRITORY: Final = "territory"
# Kinds of land on which a site may lie.
_TOWNISH, _ANYWHERE, _RURAL = "townish", "anywhere", "rural"


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of site: how many there are, its trade regulator, who holds it, its name.

    `lead` is the share of its problems that go to the territory instead of the trade.
    `holder` is a unit code, `territory`, or the words for a private holder.
    """

    count: int
    trade: str
    holder: str
    name: str
    lead: float = 0.1
    land: str = _TOWNISH


KINDS: Final = {
    "main_road": Kind(30, "U20", "E02", "{road}", 0.05),
    "back_alley": Kind(86, "U20", TERRITORY, "{lane}巷{n}", 0.85),
    "waste_point": Kind(110, "U20", TERRITORY, "{c}垃圾收集点 {n}", 0.7, _ANYWHERE),
    "transfer_station": Kind(9, "U20", "E02", "{c}垃圾中转站", 0.0),
    "public_toilet": Kind(66, "U20", "E02", "{c}公厕 {n}", 0.1, _ANYWHERE),
    "farmers_market": Kind(14, "U21", "市场开办方", "{c}农贸市场", 0.25),
    "live_poultry": Kind(12, "U21", "市场开办方", "{c}市场活禽区", 0.1),
    "small_restaurant": Kind(170, "U21", "经营者", "{shop}餐馆", 0.05),
    "small_food_shop": Kind(90, "U21", "经营者", "{shop}食品店", 0.05),
    "small_workshop": Kind(26, "U21", "经营者", "{shop}豆制品作坊", 0.05, _ANYWHERE),
    "food_stall": Kind(14, "U20", TERRITORY, "{c}小吃摊点", 0.3),
    "canteen": Kind(32, "U21", "用餐单位", "{maker}食堂", 0.0),
    "small_hotel": Kind(56, "U33", "经营者", "{shop}旅店", 0.0),
    "small_barber": Kind(84, "U33", "经营者", "{shop}美发店", 0.0),
    "small_bath": Kind(20, "U33", "经营者", "{shop}浴室", 0.0),
    "small_ktv": Kind(18, "U33", "经营者", "{shop}歌舞厅", 0.0),
    "hotel": Kind(18, "U33", "经营者", "{shop}宾馆", 0.0),
    "mall": Kind(22, "U25", "经营者", "{shop}超市", 0.05),
    "community": Kind(70, "U19", "property", "{estate}小区{n}", 0.3),
    "old_community": Kind(62, "U19", TERRITORY, "{estate}老旧小区{n}（三无）", 0.9),
    "urban_village": Kind(18, "U22", TERRITORY, "{c}城中村片区", 0.8),
    "urban_fringe": Kind(24, "U22", TERRITORY, "{c}城乡结合部 {n}", 0.8, _RURAL),
    "construction_site": Kind(32, "U19", "施工单位", "{work}工地", 0.05),
    "idle_site": Kind(30, "U27", "E01", "{road} {no} 号待建地", 0.5),
    "school": Kind(34, "U14", "school", "{c}学校", 0.0, _ANYWHERE),
    "hospital": Kind(8, "U35", "U35", "{c}医院", 0.0),
    "community_health": Kind(14, "U11", "U35", "{c}卫生服务中心", 0.0, _ANYWHERE),
    "clinic": Kind(44, "U33", "经营者", "{shop}诊所", 0.0, _ANYWHERE),
    "station": Kind(4, "U24", "E03", "{c}公交首末站", 0.0),
    "park": Kind(26, "U28", "E06", "{c}游园", 0.05),
    "water_body": Kind(38, "U23", TERRITORY, "{c}沟渠 {n}", 0.5, _ANYWHERE),
    "recycling_station": Kind(26, "U25", "经营者", "{c}废品收购站 {n}", 0.4, _ANYWHERE),
    "water_works": Kind(4, "U39", "U39", "{c}水厂", 0.0, _RURAL),
    "secondary_supply": Kind(30, "U33", "property", "{estate}二次供水泵房{n}", 0.0),
    "treatment_plant": Kind(4, "U19", "E07", "{c}污水处理站", 0.0, _RURAL),
    "factory": Kind(30, "U11", "本单位", "{maker}实业厂", 0.1, _ANYWHERE),
    "office": Kind(30, "U01", "本单位", "{c}机关办公点", 0.1, _ANYWHERE),
    "community_office": Kind(43, "U11", TERRITORY, "{c}居（村）委会", 1.0, _ANYWHERE),
    "slaughterhouse": Kind(3, "U22", "经营者", "{c}屠宰场", 0.0, _RURAL),
    "cdc": Kind(1, "U34", "U34", "市疾控中心", 0.0),
    "railway_side": Kind(12, "U24", TERRITORY, "{c}铁路沿线 {n}", 0.5, _ANYWHERE),
    "scenic_area": Kind(6, "U26", "经营者", "{c}风景区", 0.1, _RURAL),
    "swimming_pool": Kind(6, "U33", "经营者", "{shop}游泳馆", 0.0),
    "temp_market": Kind(12, "U20", TERRITORY, "{c}便民疏导点 {n}", 0.6),
    "vector_site": Kind(34, "U34", TERRITORY, "{c}病媒外环境点 {n}", 0.6, _ANYWHERE),
    "car_service": Kind(28, "U24", "经营者", "{shop}汽车服务部", 0.1),
}
# Places of the story: type, name, territory, holder, address.
_NAMED: Final = (
    ("farmers_market", "城北农贸市场", "T0402", "E04", "环城北路 16 号"),
    ("farmers_market", "城南农贸市场", "T0301", "E05", "津南路 12 号"),
    ("farmers_market", "河沿市场", "T0103", "市场开办方", "河沿路 8 号"),
    ("idle_site", "津南路38号旁空地", "T030307", "E01", "津南路 38 号旁"),
    ("main_road", "迎宾大道", "T0404", "E02", "迎宾大道"),
    ("main_road", "文昌路", "T0101", "E02", "文昌路"),
    ("main_road", "经开区二路", "U4202", "E02", "经开区二路"),
    ("public_toilet", "凤凰社区公厕", "T0202", "E02", "凤凰路 21 号"),
    ("public_toilet", "渡口村旱厕", "T1302", TERRITORY, "渡口村"),
    ("public_toilet", "津南村旱厕", "T0303", TERRITORY, "津南村"),
    ("community", "南苑小区", "T0301", "P01", "南苑路 5 号"),
    ("secondary_supply", "凤凰小区二次供水泵房", "T0202", "P02", "凤凰路 33 号"),
    ("old_community", "龙潭小区（三无）", "T0302", TERRITORY, "龙潭路 9 号"),
    ("old_community", "文昌社区 6 栋（三无）", "T0101", TERRITORY, "文昌路 66 号"),
    ("construction_site", "北园安置房工地", "T0401", "施工单位", "北园路 101 号"),
    ("factory", "石材园加工区", "T0403", "本单位", "石材园路 1 号"),
    ("water_body", "东津河 K2+300 段", "T0102", TERRITORY, "东津路"),
    ("water_body", "津南村沟渠", "T0303", TERRITORY, "津南村"),
    ("school", "实验小学", "T0104", "X01", "学府路 2 号"),
    ("school", "城南中学", "T0305", "X02", "和平路 18 号"),
    ("canteen", "城南中学食堂", "T0305", "X02", "和平路 18 号"),
    ("station", "客运站", "T0404", "E03", "站前路 1 号"),
    ("transfer_station", "城北中转站", "T0405", "E02", "环城北路 88 号"),
    ("waste_point", "石口镇砂湾村垃圾收集点", "T1202", TERRITORY, "砂湾村"),
    ("vector_site", "城北粮库", "T0405", "E08", "环城北路 120 号"),
    ("hospital", "市人民医院", "T0305", "U35", "和平路 1 号"),
    ("water_works", "市自来水厂", "T0106", "U39", "东津路 200 号"),
    ("treatment_plant", "市污水处理厂", "U4203", "E07", "经开区一路 99 号"),
    ("small_restaurant", "西门街 45 号餐饮店", "T0201", "经营者", "西门街 45 号"),
)


def place(city: City) -> None:
    """Insert responsibility rules and sites, findable by name."""
    types = {kind.code: kind for kind in SiteType.objects.all()}
    loading.insert(
        ResponsibilityRule(
            site_type=types[code],
            trade=city.units[kind.trade],
            holder_hint=_hint(kind.holder),
            source="示创卫指〔2015〕6号",
        )
        for code, kind in KINDS.items()
        if code in types
    )
    _lead_rules(city, types)
    chance = city.stream("sites")
    city.sites = [*_named_sites(city, types), *_other_sites(city, types)]
    for n, site in enumerate(city.sites, 1):
        site.code = f"D{n:05d}"
        site.plate = f"{chance.getrandbits(40):010x}"
    loading.insert(city.sites)
    search.index_many("site", ((site.pk, f"{site.name} {site.address}") for site in city.sites))
    city.known["kinds"] = {types[code].pk: kind for code, kind in KINDS.items() if code in types}
    city.counts["sites"] = len(city.sites)


def _lead_rules(city: City, types: dict[str, SiteType]) -> None:
    """Old estates belong to their company, those without one to the street."""
    loading.insert(
        LeadRule(
            kind=LeadRule.Kind.TYPE,
            party=LeadRule.Party.HOLDER,
            site_type=types[code],
            source="示创卫指〔2015〕6号",
            from_on=date(2015, 6, 1),
        )
        for code in ("old_community", "estate")
        if code in types
    )


def _hint(holder: str) -> str:
    words = {TERRITORY: "属地兜底", "property": "物业公司", "school": "本单位"}
    return words.get(holder, holder if len(holder) > 3 or not holder[:1].isascii() else "管理单位")


def _named_sites(city: City, types: dict[str, SiteType]) -> Iterator[Site]:
    chance = city.stream("named sites")
    for code, name, where, holder, address in _NAMED:
        site = _site(city, types[code], KINDS[code], city.units[where], chance)
        site.name, site.address = name, address
        _hold(city, site, holder, chance)
        yield site


def _other_sites(city: City, types: dict[str, SiteType]) -> Iterator[Site]:
    """The rest of each type; a named one counts as one of them."""
    share = city.size.sites / sum(kind.count for kind in KINDS.values())
    named = [row[0] for row in _NAMED]
    for code, kind in KINDS.items():
        if code not in types:
            continue
        chance = city.stream("sites", code)
        wanted = max(1, round(kind.count * share)) - named.count(code)
        yield from _sites_of(city, types[code], kind, wanted, chance)


def _sites_of(
    city: City, site_type: SiteType, kind: Kind, count: int, chance: Stream
) -> Iterator[Site]:
    grids = _grids(city, kind.land)
    chance.shuffle(grids)
    stems = cycle(chance.sample(SHOPS, len(SHOPS)))
    used: dict[str, int] = {}
    for _n, grid in zip(range(max(0, count)), cycle(grids), strict=False):
        site = _site(city, site_type, kind, grid, chance)
        name = _name(city, kind.name, grid, next(stems), chance)
        used[name] = used.get(name, 0) + 1
        site.name = name.replace("{n}", f"{used[name]}").strip()
        if used[name] > 1 and "{n}" not in name:
            site.name = f"{name}（{used[name]}号）"
        _hold(city, site, kind.holder, chance)
        yield site


def _grids(city: City, land: str) -> list[Unit]:
    """Grids where such a site may lie: in streets and zone, in towns, or anywhere."""
    grids = [unit for unit in city.units.values() if unit.kind == Unit.Kind.GRID]
    town = [grid for grid in grids if grid.code[0] == "U" or grid.code[:2] == "T0"]
    country = [grid for grid in grids if grid.code[:2] == "T1"]
    if land == _TOWNISH:
        return town * 4 + country
    return country + town[::5] if land == _RURAL else grids


def _name(city: City, pattern: str, grid: Unit, stem: str, chance: Stream) -> str:
    community = city.units[grid.code[:5]].name
    parts = {
        "c": community.removesuffix("社区"),
        "road": chance.choice(ROADS),
        "lane": chance.choice(LANES),
        "shop": f"{community.removesuffix('社区').removesuffix('村')}{stem}",
        "estate": chance.choice(ESTATES),
        "work": f"{community.removesuffix('社区')}{chance.choice(WORKS)}",
        "maker": chance.choice(MAKERS),
        "no": str(chance.randint(2, 199)),
        "n": "{n}",
    }
    return pattern.format(**parts)


def _site(city: City, site_type: SiteType, kind: Kind, where: Unit, chance: Stream) -> Site:
    """A site of a type somewhere in a territory: position, address, trade regulator."""
    lon, lat = inside(city.land[where.code], chance)
    road = chance.choice(ROADS)
    return Site(
        site_type=site_type,
        lon=lon,
        lat=lat,
        datum=Site.Datum.WGS84,
        recorded_lon=lon,
        recorded_lat=lat,
        accuracy_m=float(chance.choice((3, 4, 5, 5, 6, 8, 12))),
        territory=where,
        trade=city.units[kind.trade],
        address=f"{road} {chance.randint(1, 260)} 号",
    )


def _hold(city: City, site: Site, holder: str, chance: Stream) -> None:
    """Write down who holds a site: a unit, or a private person by name."""
    if holder == TERRITORY:
        site.holder = city.town_of(site.territory)
    elif holder == "property":
        site.holder = city.units[chance.choice(units.KEEPERS).code]
    elif holder == "school":
        site.holder = city.units[chance.choice(units.SCHOOLS).code]
    elif holder in city.units:
        site.holder = city.units[holder]
    else:
        site.holder_name = f"{site.name}（{holder}）"[:80]
        site.holder_phone = f"0999-{chance.randint(2000000, 8999999)}"
        return
    site.holder_name = site.holder.name


def lead_of(city: City, site: Site, chance: Stream) -> Unit:
    """Which unit usually puts right what is wrong at a site."""
    kind: Kind = city.known["kinds"][site.site_type_id]
    if chance.random() < kind.lead:
        return city.town_of(site.territory)
    return city.units[kind.trade]


def pick(city: City, chance: Stream, weights: dict[int, float]) -> Site:
    """A site by the weight of its place in the list."""
    return city.sites[weighted(chance, weights)]
