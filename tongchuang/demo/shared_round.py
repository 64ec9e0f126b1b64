"""One round that serves two campaigns: hygiene and civilised city in the same visit."""

from datetime import date, timedelta
from typing import Final

from tongchuang.campaigns.models import Campaign
from tongchuang.core import clock
from tongchuang.demo import loading
from tongchuang.demo.city import City, local
from tongchuang.demo.stream import Stream
from tongchuang.inspections import rules
from tongchuang.inspections.models import Answer, Draw, Round, Visit
from tongchuang.inspections.queries.asking import kept_with, union_of
from tongchuang.standards.models import ChecklistItem, SiteType

TYPES: Final = ("main_road", "community", "farmers_market", "park", "public_toilet")
_TITLE: Final = "2016 年 3 月创卫文明联合检查"
_DRAWN: Final = 25
_VISITED: Final = 12
_TEAM: Final = ("tianfang", "renjie")


def inspect(city: City) -> None:
    """A round of 25 places, about half of them visited; nothing was found that needs a case."""
    main, civil = city.campaign(), Campaign.objects.get(code="NCC")
    one = Round(
        campaign=main,
        title=_TITLE,
        kind=Round.Kind.OPEN,
        scope={"site_types": list(TYPES), "territories": []},
        seed=f"{city.seed}-joint",
        sample_size=_DRAWN,
        per_type=True,
        status=Round.Status.RUNNING,
        from_on=date(2016, 3, 1),
        to_on=date(2016, 3, 18),
        planned_by=city.people["gaojun"],
    )
    kinds = list(SiteType.objects.filter(code__in=TYPES))
    places = {site.code: site for site in city.sites if site.site_type.code in TYPES}
    for site in places.values():
        one.frame.setdefault(site.site_type.code, []).append(site.code)
    one.population = len(places)
    one.questions = kept_with([main, civil], kinds)
    one.save()
    one.also.set([civil])
    candidates = (rules.Candidate(site.code, site.site_type.code) for site in places.values())
    drawn = rules.draw(candidates, one.sample_size, one.seed, per_type=one.per_type)
    team = [city.people[name] for name in _TEAM]
    draws = [
        Draw(round=one, site=places[candidate.code], ordinal=n, inspector=team[n % len(team)])
        for n, candidate in enumerate(drawn, 1)
    ]
    loading.insert(draws)
    union = union_of([main, civil], kinds)
    lists = {
        kind.pk: [union.items[asked.question.key] for asked in many] for kind, many in union.by_kind
    }
    _visits(city, draws[:_VISITED], lists)


def _visits(city: City, draws: list[Draw], lists: dict[int, list[ChecklistItem]]) -> None:
    """Twenty minutes a place, in working hours of the first days."""
    chance, now = city.stream("joint"), clock.now()
    answers: list[Answer] = []
    visits = []
    for n, draw in enumerate(draws):
        at = local(date(2016, 3, 2 + n // 4), 9 + n % 4 * 2, 10)
        visit = Visit(
            round=draw.round,
            campaign=draw.round.campaign,
            city=city.units["349900"],
            site=draw.site,
            inspector=draw.inspector,
            status=Visit.Status.FINISHED,
            started_at=at,
            finished_at=min(at + timedelta(minutes=20), now),
            lon=draw.site.lon,
            lat=draw.site.lat,
            accuracy_m=draw.site.accuracy_m,
        )
        visits.append(visit)
        _answer(visit, lists[draw.site.site_type_id], chance, answers)
    loading.insert(visits)
    loading.insert(answers)
    city.counts["visits"] += len(visits)
    city.counts["rounds"] += 1


def _answer(
    visit: Visit, items: list[ChecklistItem], chance: Stream, answers: list[Answer]
) -> None:
    given = [
        Answer(visit=visit, item=item, result=chance.choices(("pass", "na"), (15, 1))[0])
        for item in items
    ]
    marks = [
        rules.Mark(
            answer.item.weight,
            answer.item.severity == ChecklistItem.Severity.RED_LINE,
            {"pass": True}.get(answer.result),
        )
        for answer in given
    ]
    visit.passed = sum(mark.passed is True for mark in marks)
    visit.score = rules.visit_score(marks)
    answers += given
