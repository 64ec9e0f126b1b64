"""A special round on places that many clauses ask about, before the city mobilised."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

from tongchuang.core.audit import Entry
from tongchuang.demo import drawing, loading
from tongchuang.demo.city import City, local
from tongchuang.demo.drawing import Beat
from tongchuang.demo.stream import Stream
from tongchuang.inspections import rules
from tongchuang.inspections.models import Answer, Draw, Visit
from tongchuang.standards.models import ChecklistItem

_START: Final = date(2015, 11, 16)
_TITLE: Final = "2015 年 11 月重点场所专项督查"
_KINDS: Final = (
    "office",
    "community_office",
    "school",
    "hospital",
    "community_health",
    "station",
    "park",
    "factory",
    "mall",
    "canteen",
    "cdc",
    "construction_site",
    "farmers_market",
    "hotel",
    "scenic_area",
    "secondary_supply",
    "transfer_station",
    "treatment_plant",
    "urban_village",
    "vector_site",
    "water_body",
    "water_works",
)
_TEAM: Final = ("wuyong", "tianfang", "renjie", "dingli", "xumei", "songtao")
_SHARE: Final = {"pass": 96.0, "fail": 1.0, "na": 3.0}


def look(city: City) -> None:
    """Insert the round with its visits and answers; what failed was put right on the spot."""
    beat = drawing.special(city, _START, _TITLE, list(_KINDS))
    loading.insert([beat.round])
    chance = city.stream("special round")
    visits = [_visit(city, beat, n, chance) for n in range(len(beat.sites))]
    answers = list(_answers(visits, chance))
    loading.insert(
        Draw(round=beat.round, site=visit.site, ordinal=n, inspector=visit.inspector)
        for n, visit in enumerate(visits, 1)
    )
    loading.insert(visits)
    loading.insert_values(
        Answer,
        ("visit", "item", "result", "note", "photo", "case"),
        ((visit.pk, *rest) for visit, *rest in answers),
    )
    city.entries += _events(city, beat, visits)
    city.counts["visits"] = city.counts.get("visits", 0) + len(visits)
    city.counts["rounds"] = city.counts.get("rounds", 0) + 1


def _visit(city: City, beat: Beat, n: int, chance: Stream) -> Visit:
    site = beat.sites[n]
    at = local(chance.choice(beat.workdays()), chance.choice((9, 10, 15, 16)), chance.randrange(50))
    return Visit(
        round=beat.round,
        campaign=beat.round.campaign,
        city=city.units["349900"],
        site=site,
        inspector=city.people[chance.choice(_TEAM)],
        status=Visit.Status.FINISHED,
        started_at=at,
        finished_at=at + timedelta(minutes=18),
        lon=site.lon,
        lat=site.lat,
        accuracy_m=site.accuracy_m,
    )


def _answers(visits: list[Visit], chance: Stream) -> Iterator[tuple[Any, ...]]:
    items: dict[int, list[ChecklistItem]] = {}
    for item in ChecklistItem.objects.filter(active=True).order_by("site_type", "ordinal"):
        items.setdefault(item.site_type_id, []).append(item)
    for visit in visits:
        marks = []
        for item in items.get(visit.site.site_type_id, ()):
            result = chance.choices(list(_SHARE), list(_SHARE.values()))[0]
            passed = {"pass": True, "fail": False}.get(result)
            red_line = item.severity == ChecklistItem.Severity.RED_LINE
            marks.append(rules.Mark(item.weight, red_line, passed))
            note = "现场当即整改" if result == "fail" else ""
            yield visit, item.pk, result, note, None, None
        visit.passed = sum(mark.passed is True for mark in marks)
        visit.failed = sum(mark.passed is False for mark in marks)
        visit.score = rules.visit_score(marks)


def _events(city: City, beat: Beat, visits: list[Visit]) -> Iterator[Entry]:
    one, chief = beat.round, city.people["gaojun"]
    at = local(one.from_on, 8, 10)
    facts = {"status": "running", "drawn": len(beat.sites)}
    yield Entry(one, "plan", chief, after={"status": "planned"}, at=at - timedelta(hours=16))
    yield Entry(one, "draw", chief, before={"status": "planned"}, after=facts, at=at)
    end = local(one.to_on, 17, 20)
    yield Entry(one, "close", chief, after={"status": "closed"}, at=end)
    for visit in visits:
        after = {"status": "finished", "score": str(visit.score)}
        yield Entry(visit, "finish", visit.inspector, after=after, at=visit.finished_at)
