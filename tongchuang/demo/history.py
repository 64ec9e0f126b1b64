"""Three years of cases: when problems were found, where, and what became of each."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from tongchuang.cases.models import Case, CaseHelper, Leg, Pause, Slip, Source
from tongchuang.cases.rules import Hand
from tongchuang.cases.services import notices
from tongchuang.core import search
from tongchuang.core.calendars import city_calendar
from tongchuang.demo import drawing, loading
from tongchuang.demo.city import NOW, City, days
from tongchuang.demo.plots import Plot, named_plots
from tongchuang.demo.stream import Stream, weighted
from tongchuang.demo.tale import Desk, Tale
from tongchuang.demo.telling import tell
from tongchuang.demo.words import COUNTED, SEEN, SPOTS
from tongchuang.places.models import Site
from tongchuang.standards.models import ProblemClass

# Problems found on an ordinary working day, from a day on; scaled to the size of the city.
_TREND: Final = (
    (date(2013, 1, 1), 9.0),
    (date(2014, 1, 1), 12.0),
    (date(2015, 1, 1), 16.5),
    (date(2015, 9, 1), 19.0),
    (date(2015, 12, 8), 30.0),
    (date(2016, 1, 4), 37.0),
    (date(2016, 2, 15), 52.0),
    (date(2016, 3, 1), 92.0),
)
_INSPECTED: Final = (
    date(2013, 9, 20),
    date(2014, 6, 18),
    date(2014, 10, 25),
    date(2015, 6, 20),
    date(2015, 11, 25),
)
_SEASON: Final = (0.85, 0.7, 1.0, 1.05, 1.1, 1.2, 1.3, 1.25, 1.1, 1.0, 0.9, 0.85)
_WEEKDAY: Final = (1.1, 1.05, 1.05, 1.0, 0.95, 0.4, 0.22)
_CHANNELS: Final = {
    Case.Channel.INSPECTION: 42.0,
    Case.Channel.GRID: 27.0,
    Case.Channel.PUBLIC: 12.0,
    Case.Channel.HOTLINE: 12.0,
    Case.Channel.SUPERIOR: 4.0,
    Case.Channel.MEDIA: 3.0,
}
_TROUBLE: Final = {"T04": 1.6, "T12": 1.35, "T13": 1.15, "T03": 0.85, "T11": 0.8}
_OFTEN: Final = {
    "main_road": 9.0,
    "back_alley": 4.5,
    "waste_point": 3.5,
    "farmers_market": 12.0,
    "community": 3.0,
    "old_community": 5.0,
    "urban_village": 7.0,
    "urban_fringe": 5.0,
    "construction_site": 4.0,
    "idle_site": 4.0,
    "water_body": 3.0,
    "public_toilet": 2.5,
    "food_stall": 4.0,
    "recycling_station": 3.0,
}
_HOT_SPOT: Final = "城北农贸市场"
_BY_RULE: Final = ((0.96, "行业主管"), (0.93, "属地"), (0.88, "点位类别"), (0.62, "两单位均有先例"))


def live(city: City) -> None:
    """Generate the cases, tell each one's way, and insert everything that hangs on them."""
    desk = Desk.of(city)
    tales = [*_ordinary(city, desk), *_named(city, desk)]
    tales.sort(key=lambda one: (one.steps[0].at, one.case.title))
    _number(city, tales)
    loading.insert(one.case for one in tales)
    _legs(tales)
    loading.insert_values(CaseHelper, ("case", "unit", "part"), _helpers(tales))
    loading.insert_values(
        Source, ("case", "channel", "label", "at", "by", "from_case"), _sources(tales)
    )
    loading.insert(_pauses(city, tales))
    loading.insert(row for one in tales for row in one.extensions)
    loading.insert(_slips(city, tales))
    _link_clauses(city, tales)
    search.index_many(notices.KIND, ((one.case.pk, _text(one.case)) for one in tales))
    city.known["tales"] = tales
    city.counts["cases"] = len(tales)
    for one in tales:
        city.entries += one.entries()


# When
def found_moments(city: City) -> Iterator[datetime]:
    """When problems were found, in order of days, about as many as the size asks for."""
    chance = city.stream("moments")
    weights = {day: _weight(day) for day in days(city.size.from_on, NOW.date())}
    scale = city.size.cases / sum(weights.values())
    for day, weight in weights.items():
        whole, rest = divmod(weight * scale, 1)
        for _n in range(int(whole) + (chance.random() < rest)):
            moment = _moment(day, chance)
            if moment < NOW - timedelta(minutes=8):
                yield moment


def _weight(day: date) -> float:
    level = [high for since, high in _TREND if since <= day][-1]
    rest = 1.0 if city_calendar().is_workday(day) else 0.3
    near = any(0 <= (on - day).days <= 18 for on in _INSPECTED)
    weekday = _WEEKDAY[day.weekday()] if rest == 1.0 else 1.0
    return level * _SEASON[day.month - 1] * weekday * rest * (1.7 if near else 1.0)


def _moment(day: date, chance: Stream) -> datetime:
    """Most problems are found in office hours, some early, some at night."""
    hour = chance.choices(
        (7, 8, 9, 10, 11, 12, 14, 15, 16, 17, 19, 21), (3, 8, 16, 17, 12, 3, 8, 14, 10, 5, 3, 1)
    )[0]
    return datetime.combine(day, time(hour, chance.randrange(60)), NOW.tzinfo)


# Where and what
def _ordinary(city: City, desk: Desk) -> Iterator[Tale]:
    chance = city.stream("cases")
    weights = _site_weights(city)
    classes = _classes_by_type()
    moments = list(found_moments(city))
    for n, moment in enumerate(moments):
        own = city.stream("case", n)
        site = chance.choices(city.sites, cum_weights=weights)[0]
        channel = weighted(own, _CHANNELS)
        if channel == Case.Channel.INSPECTION:
            site = drawing.next_spot(city, moment.date(), own) or site
        kind = weighted(chance, classes.get(site.site_type_id) or classes[0])
        case = _case(city, site, kind, moment, own)
        case.channel = channel
        yield tell(desk, case, own, site)


def _site_weights(city: City) -> list[float]:
    """Running sums of how often something is wrong at each site."""
    chance = city.stream("trouble")
    codes = {site.site_type_id: site.site_type.code for site in city.sites}
    sums, total = [], 0.0
    for site in city.sites:
        weight = _OFTEN.get(codes[site.site_type_id], 1.0) * chance.lognormvariate(0, 0.8)
        weight *= _TROUBLE.get(city.town_of(site.territory).code, 1.0)
        total += weight * (9.0 if site.name == _HOT_SPOT else 1.0)
        sums.append(total)
    return sums


def _classes_by_type() -> dict[int, dict[ProblemClass, float]]:
    """Problem classes that belong to each type of site, the first ones oftener; 0 for any."""
    found: dict[int, dict[ProblemClass, float]] = {0: {}}
    for kind in ProblemClass.objects.prefetch_related("site_types").order_by("ordinal", "id"):
        rare = 0.06 if kind.grade in {"U", "E"} else 0.1 if kind.grade == "D" else 1.0
        found[0][kind] = rare
        for site_type in kind.site_types.all():
            row = found.setdefault(site_type.pk, {})
            row[kind] = rare / (1 + 0.25 * len(row))
    return found


def _case(city: City, site: Site, kind: ProblemClass, found_at: datetime, chance: Stream) -> Case:
    what = kind.title.replace("、", "和")
    count = chance.choice(COUNTED)
    spot = chance.choice(SPOTS) if chance.random() < 0.45 else ""
    if site.name == _HOT_SPOT and kind.code in {"market_outside", "street_trading"}:
        spot = "东门"
    off = 0.00012
    return Case(
        city=city.units["349900"],
        campaign=city.campaign(),
        title=f"{site.name}{spot or ' '}{what}"[:120],
        description=chance.choice(SEEN).format(what=what, count=count, where=site.name),
        problem_class=kind,
        grade=_grade(kind, chance),
        site=site,
        address=f"{site.address}{spot}",
        lon=round((site.lon or 0) + chance.uniform(-off, off), 6),
        lat=round((site.lat or 0) + chance.uniform(-off, off), 6),
        accuracy_m=float(chance.choice((3, 4, 5, 6, 6, 8, 10, 15))),
        territory=site.territory,
        found_at=found_at,
    )


def _grade(kind: ProblemClass, chance: Stream) -> str:
    """Mostly the usual grade of the class, now and then a step beside it."""
    if chance.random() < 0.9 or kind.grade in {"U", "E", "A"}:
        return kind.grade
    return {"B": "C", "C": "B", "D": "C"}[kind.grade]


def _named(city: City, desk: Desk) -> Iterator[Tale]:
    """The problems of the story, each by name."""
    by_name = {site.name: site for site in city.sites}
    classes = {kind.code: kind for kind in ProblemClass.objects.all()}
    for n, plot in enumerate(named_plots()):
        site = by_name.get(plot.site)
        if site is not None and plot.kind in classes:
            yield _told_plot(city, desk, plot, site, classes[plot.kind], n)


def _told_plot(city: City, desk: Desk, plot: Plot, site: Site, kind: ProblemClass, n: int) -> Tale:
    own = city.stream("plot", n)
    case = _case(city, site, kind, plot.found_at, own)
    case.title, case.grade, case.channel = plot.title, plot.grade or case.grade, plot.channel
    case.description = plot.text or case.description
    return tell(desk, case, own, site, plot)


# Rows
def _number(city: City, tales: list[Tale]) -> None:
    """Number the cases of each year in the order in which they came in."""
    loading.numbered(Case, [one.case for one in tales])
    for one in tales:
        year = one.steps[0].at.year
        key = ("case", year)
        city.numbers[key] = city.numbers.get(key, 0) + 1
        one.case.number = f"{year}-{city.numbers[key]:04d}"
    for one in tales:
        one.bind()


def _legs(tales: Iterable[Tale]) -> None:
    names = ("case", "stage", "unit", "started_at", "ended_at", "due_at", "limit")
    loading.insert_values(
        Leg,
        names,
        (
            (one.case.pk, str(h.stage), h.unit, h.started_at, h.ended_at, h.due_at, h.limit)
            for one in tales
            for h in one.track.hands
        ),
    )


def _helpers(tales: Iterable[Tale]) -> Iterator[tuple[int, int, str]]:
    """The trade regulator and the holder, where they are not the lead."""
    for one in tales:
        case, site = one.case, one.site
        known = {case.lead_id}
        if case.lead_id is None:
            continue
        for unit_id, part in ((site.trade_id, "trade"), (site.holder_id, "property")):
            if unit_id and unit_id not in known:
                known.add(unit_id)
                yield case.pk, unit_id, part


def _sources(tales: Iterable[Tale]) -> Iterator[tuple[Any, ...]]:
    """Who told of it; a merged case leaves its source to the one it joined as well."""
    for one in tales:
        case = one.case
        told = (str(case.channel), case.origin_label, case.found_at, case.found_by_id)
        yield case.pk, *told, None
        if one.joined is not None:
            yield one.joined.pk, *told, case.pk


def _pauses(city: City, tales: Iterable[Tale]) -> Iterator[Pause]:
    for one in tales:
        for (start, end), paper in zip(one.stops, one.papers, strict=True):
            yield Pause(
                case=one.case,
                started_at=start,
                ended_at=end,
                reason=paper[0],
                paper=paper[1],
                by=city.people["wanghaiyan"],
            )


def _slips(city: City, tales: Iterable[Tale]) -> Iterator[Slip]:
    """Blue when a limit passed, yellow at half as much again, red at twice the limit."""
    for one in tales:
        raised: set[tuple[str, Any, str]] = set()
        for hand in one.track.hands:
            for slip in _slips_of(city, one, hand):
                key = (slip.stage, slip.due_at, slip.step)
                if key not in raised:
                    raised.add(key)
                    yield slip


def _slips_of(city: City, one: Tale, hand: Hand) -> Iterator[Slip]:
    end = hand.ended_at or NOW
    if hand.due_at is None or hand.unit is None or end <= hand.due_at:
        return
    whole = max(hand.due_at - hand.started_at, timedelta(hours=4))
    for step, share, by in _LADDER:
        at = hand.due_at + whole * share + timedelta(minutes=10)
        if at < end:
            yield Slip(
                case=one.case,
                step=step,
                unit_id=hand.unit,
                stage=str(hand.stage),
                due_at=hand.due_at,
                issued_at=at,
                answered_at=one.case.closed_at,
                by=city.people[by],
            )


_LADDER: Final = (
    (Slip.Step.BLUE, 0.0, "robot"),
    (Slip.Step.YELLOW, 0.5, "gaojun"),
    (Slip.Step.RED, 1.0, "fangyuan"),
)


def _link_clauses(city: City, tales: Iterable[Tale]) -> None:
    """Each case hits the clauses of its class in the standard of the campaign."""
    framework = city.campaign().framework_id
    clauses = {
        kind.pk: list(kind.clauses.filter(framework=framework).values_list("pk", flat=True))
        for kind in ProblemClass.objects.all()
    }
    loading.link(
        Case.clauses,
        (
            (one.case.pk, clause)
            for one in tales
            for clause in clauses.get(one.case.problem_class_id or 0, [])
        ),
    )


def _text(case: Case) -> str:
    return f"{case.number} {case.title} {case.address}"
