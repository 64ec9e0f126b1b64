"""Inspection rounds and what each of them drew, before anybody has found a problem."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from tongchuang.core.calendars import city_calendar
from tongchuang.demo import loading
from tongchuang.demo.city import City, days
from tongchuang.demo.stream import Stream
from tongchuang.inspections import rules
from tongchuang.inspections.models import Round
from tongchuang.places.models import Site

_KINDS: Final = (
    ("routine", "日常巡查"),
    ("covert", "暗访"),
    ("routine", "日常巡查"),
    ("special", "专项督查"),
    ("look_back", "回头看"),
)
_THEMES: Final = (
    ("农贸市场", ("farmers_market", "live_poultry", "temp_market", "food_stall")),
    (
        "五小行业",
        ("small_restaurant", "small_food_shop", "small_hotel", "small_barber", "small_bath"),
    ),
    ("老旧小区和背街小巷", ("old_community", "back_alley", "urban_village")),
)
_SURVEY: Final = (date(2015, 12, 10), date(2015, 12, 31))  # every place, once the city mobilised
_STRICT_FROM: Final = date(2016, 1, 1)
_SOUTH: Final = "T03"
_WEAK: Final = "T13"  # where in February 11 of the 18 places that were due were visited
_DUE, _SEEN = 18, 11
_LEAST: Final = 0.85  # below this share no other unit falls
_SPOT_SHARE: Final = 0.8  # of the visits that may find something new
TODAY_SITES: Final = (
    "龙潭小区（三无）",
    "津南路38号旁空地",
    "南苑小区",
    "城南农贸市场",
    "津南村旱厕",
    "城南中学食堂",
    "津南村沟渠",
)


@dataclass
class Beat:
    """A round with its places in the order of the draw, and those among them never visited.

    `ahead` are places at which the inspectors have yet to find something.
    """

    round: Round
    sites: list[Site]
    skipped: set[str] = field(default_factory=set)
    ahead: list[Site] = field(default_factory=list)

    @property
    def running(self) -> bool:
        """Whether people are still out."""
        return self.round.status == Round.Status.RUNNING

    def workdays(self) -> list[date]:
        """The days on which inspectors go out."""
        calendar = city_calendar()
        open_days = list(days(self.round.from_on, self.round.to_on))
        return [day for day in open_days if calendar.is_workday(day)] or open_days


def plan(city: City) -> None:
    """Insert all rounds and draw them; the last one is running."""
    beats = [_drawn(city, one) for one in _rounds(city)]
    weak = _weak_round(city, beats)
    if weak is not None:
        beats.insert(-1, weak)
    for beat in beats:
        _skip(city, beat, beats)
    loading.insert(beat.round for beat in beats)
    for n, beat in enumerate(beats):
        _spread(city, beat, city.stream("beat", n))
    city.known["beats"] = beats
    city.counts["rounds"] = len(beats)


def next_spot(city: City, on: date, chance: Stream) -> Site | None:
    """Where the inspectors of a running round find something on a day, if they do."""
    for beat in city.known["beats"]:
        due = beat.round.from_on <= on <= beat.round.to_on
        if due and beat.ahead and chance.random() < 0.6:
            found: Site = beat.ahead.pop()
            return found
    return None


def special(city: City, start: date, title: str, site_types: list[str]) -> Beat:
    """A closed round on every site of some types; not yet inserted."""
    one = _round(city, -1, start, title, site_types=site_types, kind="special")
    one.seed = f"{city.seed}-{start:%m%d}"
    return _drawn(city, one)


# Rounds
def _rounds(city: City) -> Iterator[Round]:
    """Half a month each, the newest running now; in December 2015 a survey of every place."""
    last, number = date(2016, 3, 1), city.size.rounds
    step = max(14, (last - city.size.from_on).days // number)
    for n in range(number):
        start = last - timedelta(days=step * (number - 1 - n))
        if n == number - 1:
            yield _round(city, n, start, "2016 年 3 月南线第 2 轮巡查", territories=[_SOUTH])
        elif (start.year, start.month) == (2015, 12):
            yield _round(
                city, n, _SURVEY[0], "2015 年 12 月全面摸底", to_on=_SURVEY[1], kind="open"
            )
        elif start >= _STRICT_FROM:
            size = city.size.recent_sample
            yield _round(
                city, n, start, f"{_month(start)}全市暗访", kind="covert", sample_size=size
            )
        else:
            yield _early(city, n, start)


def _early(city: City, n: int, start: date) -> Round:
    kind, word = _KINDS[n % len(_KINDS)]
    half = "上" if start.day < 15 else "下"
    title, codes = f"{_month(start)}{half}半月{word}", list[str]()
    if kind == "special":
        theme, kinds = _THEMES[n % len(_THEMES)]
        title, codes = f"{_month(start)}{theme}{word}", list(kinds)
    size = city.size.sample
    return _round(city, n, start, title, kind=kind, sample_size=size, site_types=codes)


def _month(day: date) -> str:
    return f"{day.year} 年 {day.month} 月"


def _round(
    city: City,
    n: int,
    start: date,
    title: str,
    *,
    site_types: list[str] | None = None,
    territories: list[str] | None = None,
    **fields: Any,
) -> Round:
    running = n == city.size.rounds - 1
    values: dict[str, Any] = {
        "kind": "routine",
        "sample_size": 0,
        "to_on": start + timedelta(days=13),
        "status": Round.Status.RUNNING if running else Round.Status.CLOSED,
        "per_type": start < _STRICT_FROM,
    }
    return Round(
        campaign=city.campaign(),
        title=title,
        scope={"site_types": site_types or [], "territories": territories or []},
        seed=f"{city.seed}-{n:03d}",
        from_on=start,
        planned_by=city.people["gaojun"],
        **values | fields,
    )


# Draws
def _drawn(city: City, one: Round) -> Beat:
    """Draw as the product does, and keep what was drawn from."""
    kinds, towns = one.scope["site_types"], one.scope["territories"]
    frame = {
        site.code: site
        for site in city.sites
        if (not kinds or site.site_type.code in kinds)
        and (not towns or city.town_of(site.territory).code in towns)
    }
    one.population = len(frame)
    for site in frame.values():
        one.frame.setdefault(site.site_type.code, []).append(site.code)
    candidates = (rules.Candidate(site.code, site.site_type.code) for site in frame.values())
    found = rules.draw(candidates, one.sample_size, one.seed, per_type=one.per_type)
    return Beat(one, [frame[candidate.code] for candidate in found])


def _weak_round(city: City, beats: list[Beat]) -> Beat | None:
    """One more round where February came short, so that its places are as many as told."""
    feb = [beat for beat in beats if _in_february(beat)]
    due = sum(_in_town(city, site) for beat in feb for site in beat.sites)
    if not feb or due >= _DUE:
        return None
    title = f"2016 年 2 月{city.units[_WEAK].label}专项督查"
    one = _round(city, -1, date(2016, 2, 15), title, territories=[_WEAK], kind="special")
    one.seed, one.sample_size = f"{city.seed}-weak", _DUE - due
    return _drawn(city, one)


def _in_february(beat: Beat) -> bool:
    return (beat.round.to_on.year, beat.round.to_on.month) == (2016, 2)


def _in_town(city: City, site: Site) -> bool:
    return city.town_of(site.territory).code == _WEAK


def _skip(city: City, beat: Beat, beats: list[Beat]) -> None:
    """Choose the places that nobody came to: few, and of no unit too many."""
    if beat.running:
        return
    month = [other for other in beats if other.round.to_on.month == beat.round.to_on.month]
    month = [other for other in month if other.round.to_on.year == beat.round.to_on.year]
    wanted = [site for site in beat.sites if not (_in_february(beat) and _in_town(city, site))]
    spare = _sparing(city, month)
    beat.skipped |= _chosen(spare, wanted, len(beat.sites) // 25, towns=True)
    if _in_february(beat):
        weak = [site for site in beat.sites if _in_town(city, site)]
        whole = sum(_in_town(city, site) for other in month for site in other.sites)
        gone = sum(_in_town(city, s) for o in month for s in o.sites if s.code in o.skipped)
        beat.skipped |= _chosen(spare, weak, whole - round(whole * _SEEN / _DUE) - gone)


@dataclass
class _Sparing:
    """How many places of each unit may still be left out in a month."""

    city: City
    left: Counter[str]

    def units(self, site: Site, *, towns: bool) -> list[str]:
        """The trade regulator of a place and, if asked, its town."""
        trade = [site.trade.code] if site.trade else []
        return [*trade, self.city.town_of(site.territory).code] if towns else trade


def _sparing(city: City, month: Iterable[Beat]) -> _Sparing:
    drawn, gone, sparing = Counter[str](), Counter[str](), _Sparing(city, Counter())
    for beat in month:
        for site in beat.sites:
            codes = sparing.units(site, towns=True)
            drawn.update(codes)
            gone.update(codes if site.code in beat.skipped else ())
    for code, number in drawn.items():
        sparing.left[code] = int(number * (1 - _LEAST)) - gone[code]
    return sparing


def _chosen(spare: _Sparing, sites: list[Site], number: int, *, towns: bool = False) -> set[str]:
    """So many of the sites, those of units with room first; the last drawn go first."""
    found: set[str] = set()
    for site in reversed(sites):
        codes = spare.units(site, towns=towns)
        if len(found) < number and all(spare.left[code] > 0 for code in codes):
            spare.left.subtract(codes)
            found.add(site.code)
    if not towns:  # the number is part of the story
        rest = [site.code for site in reversed(sites) if site.code not in found]
        found |= set(rest[: max(0, number - len(found))])
    return found


def _spread(city: City, beat: Beat, chance: Stream) -> None:
    """The places at which something will be found."""
    kept = [site for site in beat.sites if site.code not in beat.skipped]
    if beat.running:
        kept = [site for site in kept if site.name not in TODAY_SITES]
    beat.ahead = chance.sample(kept, round(len(kept) * _SPOT_SHARE))
