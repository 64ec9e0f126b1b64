"""The problems of the story by name: those that a visitor meets on the first pages."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tongchuang.demo.city import NOW, ZONE


@dataclass(frozen=True, slots=True)
class Plot:
    """A case whose facts are given: where it is found today and how it came there.

    `state` is where it stands now. `late` is by how much its limit has passed. `script` names a
    way of its own.
    """

    title: str
    site: str
    kind: str
    grade: str
    channel: str
    found_at: datetime
    state: str
    lead: str
    late: timedelta = timedelta(0)
    returns: int = 0
    text: str = ""
    script: str = ""


def _today(hour: int, minute: int) -> datetime:
    return datetime(2016, 3, 8, hour, minute, tzinfo=ZONE)


# title, site, class, grade, channel, hour, minute, state, lead
_TODAY: Final = (
    (
        "农贸市场东门污水外溢",
        "城北农贸市场",
        "sewer_overflow",
        "A",
        "inspection",
        14,
        10,
        "filed",
        "U21",
    ),
    ("公厕洗手台无水", "凤凰社区公厕", "toilet_facility", "B", "grid", 14, 8, "filed", "U20"),
    ("小区花坛被圈占种菜", "南苑小区", "garden_plot", "B", "public", 13, 58, "to_verify", "T03"),
    ("小区外墙乱张贴 14 处", "南苑小区", "posters", "B", "public", 13, 12, "filed", "T03"),
    ("工地出入口带泥上路", "北园安置房工地", "dust", "B", "inspection", 13, 40, "filed", "U19"),
    ("路面窨井盖缺失", "文昌路", "manhole", "U", "grid", 13, 58, "dispatched", "U19"),
    ("餐饮店油烟直排", "西门街 45 号餐饮店", "oil_smoke", "B", "hotline", 10, 20, "filed", "U18"),
    ("旱厕未封闭", "渡口村旱厕", "dry_toilet", "C", "inspection", 11, 30, "dispatched", "T13"),
    (
        "候车厅防蝇设施缺失",
        "客运站",
        "station_hygiene",
        "B",
        "inspection",
        11,
        12,
        "dispatched",
        "U24",
    ),
    (
        "垃圾中转站地面破损",
        "城北中转站",
        "transfer_station",
        "C",
        "inspection",
        10,
        57,
        "accepted",
        "U20",
    ),
    (
        "占道经营 9 处",
        "城北农贸市场",
        "market_outside",
        "C",
        "inspection",
        10,
        40,
        "accepted",
        "T04",
    ),
    (
        "楼道堆物占消防通道",
        "文昌社区 6 栋（三无）",
        "stairwell",
        "B",
        "grid",
        10,
        22,
        "accepted",
        "T01",
    ),
    ("河岸漂浮垃圾约 20 米", "东津河 K2+300 段", "floating", "B", "grid", 10, 5, "accepted", "U23"),
    ("学校周边流动摊贩", "实验小学", "street_trading", "B", "media", 8, 40, "accepted", "U20"),
    (
        "二次供水箱间未上锁",
        "凤凰小区二次供水泵房",
        "tank_cleaning",
        "B",
        "inspection",
        9,
        37,
        "accepted",
        "U33",
    ),
    (
        "建筑垃圾偷倒约 30 吨",
        "石口镇砂湾村垃圾收集点",
        "spoil_dumping",
        "C",
        "hotline",
        8,
        35,
        "accepted",
        "T12",
    ),
    ("活禽区未分区宰杀", "河沿市场", "live_poultry", "A", "inspection", 9, 2, "closed", "U21"),
    ("垃圾桶满溢", "经开区二路", "bin_overflow", "A", "grid", 8, 55, "closed", "U42"),
    ("绿化带黄土裸露", "迎宾大道", "green_bare", "B", "inspection", 8, 41, "replied", "U28"),
    ("鼠迹阳性 2 处", "城北粮库", "rat", "C", "inspection", 13, 33, "filed", "U11"),
    (
        "南苑小区北门垃圾桶倾倒",
        "南苑小区",
        "bin_overflow",
        "B",
        "grid",
        11,
        40,
        "dispatched",
        "T03",
    ),
    (
        "龙潭小区楼道乱堆杂物",
        "龙潭小区（三无）",
        "stairwell",
        "B",
        "inspection",
        9,
        40,
        "dispatched",
        "T03",
    ),
)
# title, site, class, grade, lead, hours late, days found before the limit
_LATE: Final = (
    ("城北农贸市场东门占道经营", "城北农贸市场", "market_outside", "C", "T04", 144),
    ("石材园污水外溢", "石材园加工区", "facility_discharge", "C", "T12", 96),
    ("凤凰社区公厕无水", "凤凰社区公厕", "toilet_facility", "B", "U19", 72),
    ("客运站候车厅蚊蝇设施缺失", "客运站", "station_hygiene", "B", "U24", 48),
    ("津南村沟渠淤塞", "津南村沟渠", "ditch_sewage", "B", "T03", 9),
    ("文昌社区三无小区楼道堆物", "文昌社区 6 栋（三无）", "stairwell", "B", "T01", 7),
    ("渡口村旱厕未封", "渡口村旱厕", "dry_toilet", "C", "T13", 5),
)
_DAYS: Final = {"A": 1, "B": 3, "C": 7, "D": 15}


def named_plots() -> list[Plot]:
    """All of them."""
    today = [
        Plot(title, site, kind, grade, channel, _today(hour, minute), state, lead)
        for title, site, kind, grade, channel, hour, minute, state, lead in _TODAY
    ]
    late = [
        Plot(
            title,
            site,
            kind,
            grade,
            "inspection",
            NOW - timedelta(hours=hours + 6) - timedelta(days=_DAYS[grade]),
            "accepted",
            lead,
            timedelta(hours=hours),
        )
        for title, site, kind, grade, lead, hours in _LATE
    ]
    return [*today, *late, _RETURNED, _VACANT]


_RETURNED: Final = Plot(
    "石材加工点废水直排沟渠",
    "石材园加工区",
    "facility_discharge",
    "D",
    "hotline",
    datetime(2016, 3, 7, 13, 22, tzinfo=ZONE),
    "returned",
    "U18",
    returns=2,
)
_VACANT: Final = Plot(
    "津南路 38 号旁空地垃圾混堆",
    "津南路38号旁空地",
    "idle_dumping",
    "B",
    "inspection",
    datetime(2016, 3, 5, 9, 12, tzinfo=ZONE),
    "replied",
    "T03",
    text="垃圾混堆，约 6 平方米，含建筑垃圾，临近居民楼。",
    script="vacant",
)
