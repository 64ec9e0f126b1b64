"""Visits of the inspection rounds with their answers; findings are the cases of history."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from tongchuang.cases.models import Case, Photo
from tongchuang.core.audit import Entry
from tongchuang.demo import loading
from tongchuang.demo.city import NOW, ZONE, City, local
from tongchuang.demo.drawing import TODAY_SITES, Beat
from tongchuang.demo.stream import Stream
from tongchuang.demo.tale import Tale
from tongchuang.inspections import rules
from tongchuang.inspections.models import Answer, Draw, Round, Visit
from tongchuang.places.models import Site
from tongchuang.standards.models import ChecklistItem, ProblemClass

_VISITED_TODAY: Final = 3
_TEAM: Final = ("wuyong", "liming", "tianfang", "renjie", "dingli", "xumei", "songtao")
_SOUTH_TEAM: Final = ("dingli", "xumei")  # beside 李明, whose day is told place by place
_STRICT_FROM: Final = date(2016, 1, 1)  # since then every failed item is filed as a case
_NOTES: Final = ("现场当即整改", "告知负责人，当场改正", "台账不全，当日补齐", "标识已补挂")


@dataclass
class _Log:
    """Rows that pile up while the rounds are gone through."""

    draws: list[Draw] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    cases: list[tuple[Visit, list[Case]]] = field(default_factory=list)


def inspect(city: City) -> None:
    """Insert what came of all rounds; the last one is running and has places not yet visited."""
    beats: list[Beat] = city.known["beats"]
    found, log = _found_by_site(city), _Log()
    for n, beat in enumerate(beats):
        (_running if beat.running else _finished)(city, beat, found, log, city.stream("round", n))
    answers = list(_answers(city, log, found))
    loading.insert(log.draws)
    loading.insert(log.visits)
    loading.insert_values(
        Answer,
        ("visit", "item", "result", "note", "photo", "case"),
        ((visit.pk, *rest) for visit, *rest in answers),
    )
    city.entries += _events(city, beats, log)
    city.counts["visits"] = len(log.visits)


Found = dict[int, list[Tale]]


def _found_by_site(city: City) -> Found:
    """All cases by site, in order of time."""
    found: Found = {}
    for tale in city.known["tales"]:
        found.setdefault(tale.site.pk, []).append(tale)
    return found


def _findings(found: Found, site: Site, one: Round) -> list[Case]:
    """What one inspector found at a site on one day of the round."""
    seen = [
        tale.case
        for tale in found.get(site.pk, ())
        if tale.case.channel == Case.Channel.INSPECTION
        and tale.case.found_by is not None
        and one.from_on <= tale.case.found_at.date() <= one.to_on
    ]
    first = seen[0] if seen else None
    return [
        case
        for case in seen
        if first
        and case.found_by is first.found_by
        and case.found_at.date() == first.found_at.date()
    ]


def _finished(city: City, beat: Beat, found: Found, log: _Log, chance: Stream) -> None:
    """Each place was visited when something was found there, or on some day of the round."""
    team, workdays = [city.people[name] for name in _TEAM], beat.workdays()
    for ordinal, site in enumerate(beat.sites, 1):
        draw = Draw(round=beat.round, site=site, ordinal=ordinal, inspector=chance.choice(team))
        log.draws.append(draw)
        if site.code in beat.skipped:
            continue
        hour = chance.choice((9, 10, 11, 15, 16))
        at = local(chance.choice(workdays), hour, chance.randrange(60))
        cases = _findings(found, site, beat.round)
        _visit(city, draw, cases[0].found_at if cases else at, cases, log)


def _running(city: City, beat: Beat, found: Found, log: _Log, chance: Stream) -> None:
    """李明 has seven places today, three of them behind him; others have been visited before."""
    ming, team = city.people["liming"], [city.people[name] for name in _SOUTH_TEAM]
    before = [day for day in beat.workdays() if day < NOW.date()]
    for ordinal, site in enumerate(beat.sites, 1):
        draw = Draw(round=beat.round, site=site, ordinal=ordinal, inspector=chance.choice(team))
        log.draws.append(draw)
        if site.name in TODAY_SITES:
            draw.inspector, n = ming, TODAY_SITES.index(site.name)
            at = datetime(2016, 3, 8, 9, 40, tzinfo=ZONE) + timedelta(minutes=25 * n)
            cases = [c for c in _findings(found, site, beat.round) if c.found_by is ming][:1]
            if n < _VISITED_TODAY:
                _visit(city, draw, at, cases, log)
            continue
        cases = _findings(found, site, beat.round)
        if cases or chance.random() < 0.45:
            at = local(chance.choice(before), chance.choice((9, 10, 15)), chance.randrange(60))
            draw.inspector = ming if not cases and chance.random() < 0.4 else draw.inspector
            _visit(city, draw, cases[0].found_at if cases else at, cases, log)


def _visit(city: City, draw: Draw, at: datetime, cases: list[Case], log: _Log) -> None:
    if cases and cases[0].found_by is not None:
        draw.inspector = cases[0].found_by
    site = draw.site
    visit = Visit(
        round=draw.round,
        campaign=draw.round.campaign,
        city=city.units["349900"],
        site=site,
        inspector=draw.inspector,
        status=Visit.Status.FINISHED,
        started_at=min(at, NOW) - timedelta(minutes=12),
        finished_at=min(at + timedelta(minutes=9), NOW),
        lon=site.lon,
        lat=site.lat,
        accuracy_m=site.accuracy_m,
    )
    log.visits.append(visit)
    log.cases.append((visit, cases))


# Answers
@dataclass
class _Lists:
    """The checklists, and which item of them a class of problems speaks of."""

    chance: Stream
    items: dict[int, list[ChecklistItem]] = field(default_factory=dict)
    classes: dict[int, ProblemClass] = field(default_factory=dict)
    photos: dict[int, int] = field(default_factory=dict)
    known: dict[tuple[int, int], list[int]] = field(default_factory=dict)

    @classmethod
    def load(cls, city: City) -> "_Lists":
        """Read them once."""
        lists = cls(city.stream("answers"))
        asked = ChecklistItem.objects.filter(clauses__framework=city.campaign().framework)
        items = asked.filter(active=True).distinct().prefetch_related("clauses")
        for item in items.order_by("site_type", "ordinal"):
            lists.items.setdefault(item.site_type_id, []).append(item)
        classes = ProblemClass.objects.prefetch_related("clauses")
        lists.classes = {kind.pk: kind for kind in classes}
        photos = Photo.objects.filter(moment=Photo.Moment.BEFORE)
        lists.photos = dict(photos.values_list("case", "file"))
        return lists

    def order(self, site_type: int, case: Case) -> list[int]:
        """Places of the items in the list, the ones that speak of the problem first."""
        key = (site_type, case.problem_class_id or 0)
        if key not in self.known and key[1]:
            self.known[key] = _likest(self.items[site_type], self.classes[key[1]])
        return self.known.get(key, [])


def _likest(items: list[ChecklistItem], kind: ProblemClass) -> list[int]:
    clauses = {clause.pk for clause in kind.clauses.all()}

    def fit(n: int) -> tuple[float, bool]:
        same = any(clause.pk in clauses for clause in items[n].clauses.all())
        return rules.likeness(items[n].text, kind.title), same

    return sorted(range(len(items)), key=fit, reverse=True)


def _answers(city: City, log: _Log, found: Found) -> Iterator[tuple[Any, ...]]:
    """The answer to every item of each visit; a case hangs on the item it speaks of."""
    lists, taken = _Lists.load(city), set[int]()
    for visit, cases in log.cases:
        site = visit.site
        listed = lists.items.get(site.site_type_id, [])
        fresh = [case for case in cases if case.pk not in taken]
        taken |= {case.pk for case in fresh}
        open_now = [tale.case for tale in found.get(site.pk, ()) if _open_at(tale, visit)]
        failed: dict[int, Case] = {}
        for case in [*fresh, *open_now][: max(0, len(listed) - 1)]:
            order = lists.order(site.site_type_id, case)
            place = next((n for n in order if n not in failed), None)
            if place is not None and case not in failed.values():
                failed[place] = case
        yield from _answers_of(visit, listed, failed, lists)


def _open_at(tale: Tale, visit: Visit) -> bool:
    """Whether the visit came upon a case that was being dealt with."""
    case = tale.case
    if case.lead is None or tale.joined is not None or case.found_at >= visit.started_at:
        return False
    return case.closed_at is None or case.closed_at > visit.started_at


def _answers_of(
    visit: Visit, items: list[ChecklistItem], failed: dict[int, Case], lists: _Lists
) -> Iterator[tuple[Any, ...]]:
    strict = visit.started_at.date() >= _STRICT_FROM
    marks = []
    for n, item in enumerate(items):
        case, chance = failed.get(n), lists.chance
        share = (94, 0, 6) if strict else (90, 4, 6)
        result = "fail" if case else chance.choices(("pass", "fail", "na"), share)[0]
        passed = {"pass": True, "fail": False}.get(result)
        red_line = item.severity == ChecklistItem.Severity.RED_LINE
        marks.append(rules.Mark(item.weight, red_line, passed))
        note = "" if result != "fail" else case.title if case else chance.choice(_NOTES)
        photo = lists.photos.get(case.pk) if case else None
        yield visit, item.pk, result, note, photo, case.pk if case else None
    visit.passed = sum(mark.passed is True for mark in marks)
    visit.failed = sum(mark.passed is False for mark in marks)
    visit.score = rules.visit_score(marks)


def _events(city: City, beats: list[Beat], log: _Log) -> Iterator[Entry]:
    chief = city.people["gaojun"]
    for beat in beats:
        one = beat.round
        at = local(one.from_on, 8, 10)
        facts = {"status": "running", "drawn": len(beat.sites)}
        yield Entry(one, "plan", chief, after={"status": "planned"}, at=at - timedelta(hours=16))
        yield Entry(one, "draw", chief, before={"status": "planned"}, after=facts, at=at)
        if not beat.running:
            end = local(one.to_on, 17, 20)
            yield Entry(one, "close", chief, after={"status": "closed"}, at=end)
    for visit in log.visits:
        after = {"status": "finished", "score": str(visit.score)}
        yield Entry(visit, "finish", visit.inspector, after=after, at=visit.finished_at)
