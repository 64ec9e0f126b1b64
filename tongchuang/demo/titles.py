"""The register of titles: what the city and its towns hold, won, lost and strive for."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from tongchuang.campaigns import title_rules
from tongchuang.campaigns.models import Title, TitleEntry
from tongchuang.campaigns.services.titles import plain
from tongchuang.core.audit import Entry
from tongchuang.demo import loading
from tongchuang.demo.city import City, local

CITY: Final = "349900"
_FIVE, _TWO = "2012年五城联创", "2014年双城创建"
_ENTERED_ON: Final = date(2015, 12, 9)  # the day after the mobilisation
# What each campaign strives for or keeps, and since when it keeps.
AIMS: Final = {
    "NSC": "国家卫生城市",
    "PSC": "省级卫生城市",
    "NCC": "全国文明城市",
    "NGC": "国家园林城市",
    "FOR": "省级森林城市",
    "ECO": "国家生态市",
}
KEPT_SINCE: Final = {
    "PSC": date(2013, 3, 25),
    "FOR": date(2015, 10, 31),
    "ECO": date(2015, 10, 31),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One decision: what, when, its paper, the re-evaluation it names, of which campaign, why."""

    kind: str
    on: str
    paper: str = ""
    until: str = ""
    campaign: str = ""
    reason: str = ""


# holder, title, kind, level, office, its decisions
_TITLES: Final = (
    (
        (CITY, "国家卫生城市", "national-sanitary", "national", "全国爱卫办"),
        Told(
            "refused",
            "2014-12-31",
            "全爱卫办函〔2014〕33号",
            campaign=_TWO,
            reason="暗访未通过：城乡接合部和农贸市场",
        ),
    ),
    (
        (CITY, "省级卫生城市", "provincial-sanitary", "provincial", "省爱卫会"),
        Told("named", "2010-03-26", "省爱卫〔2010〕5号", "2013-03-25"),
        Told("confirmed", "2013-03-25", "省爱卫〔2013〕4号", "2016-03-25"),
    ),
    (
        (CITY, "全国文明城市", "national-civilised", "national", "中央文明办"),
        Told("nominated", "2015-02-28", "文明办〔2015〕3号", campaign=_TWO),
    ),
    (
        (CITY, "省级文明城市", "", "provincial", "省文明委"),
        Told("named", "2012-12-28", "省文明委〔2012〕19号", campaign=_FIVE),
    ),
    (
        (CITY, "国家园林城市", "national-garden", "national", "省住房和城乡建设厅"),
        Told("nominated", "2015-06-30", "省建城函〔2015〕51号"),
    ),
    (
        (CITY, "省级园林城市", "provincial-garden", "provincial", "省住房和城乡建设厅"),
        Told("named", "2012-11-20", "省建城〔2012〕166号", campaign=_FIVE),
    ),
    (
        (CITY, "省级森林城市", "provincial-forest", "provincial", "省绿化委员会"),
        Told("named", "2012-11-12", "省绿委〔2012〕21号", "2015-10-31", _FIVE),
        Told("confirmed", "2015-10-31", "省绿委〔2015〕17号", "2018-10-31"),
    ),
    (
        (CITY, "国家生态市", "ecological", "national", ""),
        Told("named", "2015-10-31", "", "2018-10-31", _FIVE),  # its paper is still looked for
    ),
    (
        ("T11", "省级卫生镇", "provincial-sanitary-town", "provincial", "省爱卫会"),
        Told("named", "2013-09-30", "省爱卫〔2013〕18号", "2016-09-30"),
    ),
    (
        ("T12", "省级卫生镇", "provincial-sanitary-town", "provincial", "省爱卫会"),
        Told("named", "2010-12-10", "省爱卫〔2010〕22号", "2013-12-10"),
        Told("suspended", "2014-01-20", "省爱卫〔2014〕2号", reason="石材加工扬尘、垃圾清运不到位"),
        Told("withdrawn", "2015-01-15", "省爱卫〔2015〕1号", reason="整改复查仍未过"),
    ),
    (
        ("T13", "省级卫生镇", "provincial-sanitary-town", "provincial", "省爱卫会"),
        Told("named", "2012-12-20", "省爱卫〔2012〕27号", "2015-12-20", _FIVE),
    ),
    (("T11", "国家卫生乡镇", "national-sanitary-county", "national", ""),),
)


def register(city: City) -> None:
    """Insert titles and their decisions, as the office typed them in from its papers."""
    by, at = city.people["fangyuan"], local(_ENTERED_ON, 10)
    titles: list[Title] = []
    entries: list[TitleEntry] = []
    for (holder, name, kind, level, issuer), *told in _TITLES:
        title = Title(holder=city.units[holder], name=name, kind=kind, level=level)
        rows = [_entry(title, one, issuer) for one in told]
        state, until = title_rules.replay(plain(rows))
        title.state, title.review_on = Title.State(state), until
        titles.append(title)
        entries += rows
        city.entries.append(Entry(title, "create", by, after={"name": name}, at=at))
    loading.insert(titles)
    loading.insert(entries)
    city.known["titles"] = {one.name: one for one in titles if one.holder.code == CITY}


def _entry(title: Title, told: Told, issuer: str) -> TitleEntry:
    return TitleEntry(
        title=title,
        kind=told.kind,
        on=date.fromisoformat(told.on),
        paper=told.paper,
        issuer=issuer,
        until=date.fromisoformat(told.until) if told.until else None,
        campaign=told.campaign,
        reason=told.reason,
    )
