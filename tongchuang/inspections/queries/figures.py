"""Figures for those who appraise: field quality by unit, pass rates by clause and place."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from django.db.models import Avg, Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from tongchuang.accounts.models import Unit
from tongchuang.accounts.permissions import subtree
from tongchuang.campaigns.models import Campaign
from tongchuang.inspections import rules
from tongchuang.inspections.models import Answer, Draw, Round, Visit
from tongchuang.inspections.queries.asking import Link, answered_elsewhere
from tongchuang.places.models import Site
from tongchuang.places.queries import streets
from tongchuang.standards.models import ChecklistItem

_STEP = 4  # characters of a tree path a level
Period = tuple[date, date]  # both days included


@dataclass(frozen=True, slots=True)
class FieldQuality:
    """What inspections say of a unit: points in [0, 100] by place class, None when unassessed.

    `drawn` is coverage of the drawn places, `places` of all places the unit answers for.
    """

    unit_id: int
    score: Decimal | None
    visits: int
    drawn: rules.Coverage
    places: rules.Coverage


@dataclass(frozen=True, slots=True)
class PassCount:
    """Answers to checklist items that apply, and those of them that passed."""

    passed: int = 0
    answered: int = 0

    @property
    def rate(self) -> float | None:
        """Share of passed answers in [0, 1]; None without an answer."""
        return self.passed / self.answered if self.answered else None


@dataclass(frozen=True, slots=True)
class ChecklistRates:
    """What visits say of clauses; streets are streets, towns and zones.

    `types`: by clause the site types with items in use for it. `answers`: by clause, site type
    and street. `sites`: by site type and street how many places were visited, of all there are.
    """

    types: Mapping[int, frozenset[int]]
    answers: Mapping[tuple[int, int, int], PassCount]
    sites: Mapping[tuple[int, int], rules.Coverage]


@dataclass(frozen=True, slots=True)
class VisitTotals:
    """Finished visits, and the places that they went to."""

    visits: int
    places: int


def field_quality(
    units: Sequence[Unit], period: Period, *, campaign: Campaign | None = None
) -> dict[int, FieldQuality]:
    """Field quality of territorial units (by territory) and of others (by trade), six queries.

    The score is the mean of the means by site type, weighted by how many places of the type the
    unit answers for: a type that was visited often does not outweigh the others. `drawn` counts
    the rounds (of `campaign`) that ended in the period: one that still runs is held against nobody.
    """
    territory = _parts("territory", period, campaign)
    trade = _parts("trade", period, campaign)
    return {
        unit.pk: _quality(unit, territory if unit.kind in Unit.TERRITORIES else trade)
        for unit in units
    }


@dataclass(frozen=True, slots=True)
class _Part:
    """Figures of one site type with one party, found by its path."""

    path: str
    kind: int
    places: int = 0
    drawn: int = 0
    drawn_seen: int = 0
    visited: int = 0
    visits: int = 0
    mean: Decimal | None = None


def _parts(party: str, period: Period, campaign: Campaign | None) -> list[_Part]:
    begin, end = _moments(period)
    names = (f"site__{party}__path", "site__site_type")
    known = Q(**{f"site__{party}__isnull": False})
    seen = Visit.objects.filter(known, status=Visit.Status.FINISHED, score__isnull=False)
    seen = seen.filter(finished_at__range=(begin, end))
    sites = Site.objects.active().exclude(**{party: None}).order_by()
    rows = sites.values_list(f"{party}__path", "site_type").annotate(n=Count("pk"))
    parts = [_Part(path, kind, places=number) for path, kind, number in rows]
    drawn = _drawn(period, campaign).filter(known).order_by().values_list(*names)
    counted = drawn.annotate(n=Count("pk"), seen=Count("pk", filter=Q(met=True)))
    parts += [_Part(path, kind, drawn=n, drawn_seen=seen) for path, kind, n, seen in counted]
    facts = {"n": Count("pk"), "seen": Count("site", distinct=True), "mean": Avg("score")}
    for path, kind, number, places, mean in seen.order_by().values_list(*names).annotate(**facts):
        parts.append(_Part(path, kind, visits=number, visited=places, mean=Decimal(mean)))
    return parts


def _drawn(period: Period, campaign: Campaign | None) -> QuerySet[Draw]:
    """What was drawn in rounds that ended in the period; `met`: visited in that round by then."""
    visit = Visit.objects.filter(
        round=OuterRef("round"), site=OuterRef("site"), finished_at__lte=_moments(period)[1]
    )
    draws = Draw.objects.filter(round__to_on__range=period).annotate(met=Exists(visit))
    return draws.filter(round__in=serving(campaign)) if campaign else draws


def serving(campaign: Campaign) -> QuerySet[Round]:
    """Rounds that a campaign leads or that serve it too."""
    return Round.objects.filter(
        Q(campaign=campaign) | Q(pk__in=campaign.shared_rounds.order_by().values("pk"))
    ).order_by()


def _quality(unit: Unit, parts: Iterable[_Part]) -> FieldQuality:
    mine = [part for part in parts if part.path.startswith(unit.path)]
    weights: dict[int, int] = defaultdict(int)
    scored: dict[int, list[tuple[Decimal, int]]] = defaultdict(list)
    for part in mine:
        weights[part.kind] += part.places
        if part.mean is not None:
            scored[part.kind].append((part.mean, part.visits))
    means = {kind: rules.weighted_mean(found) for kind, found in scored.items()}
    visited = sum(part.visited for part in mine)
    return FieldQuality(
        unit.pk,
        rules.weighted_mean((m, max(weights[k], 1)) for k, m in means.items() if m is not None),
        sum(part.visits for part in mine),
        rules.Coverage(sum(part.drawn_seen for part in mine), sum(part.drawn for part in mine)),
        rules.Coverage(visited, sum(p.places for p in mine)),
    )


def checklist_rates(city: Unit, clauses: Collection[int], period: Period) -> ChecklistRates:
    """Pass rates by clause, site type and street of a city; seven queries.

    Visits count whoever asked for them: a place looks the same to every campaign. An item may
    belong to clauses of several standards, and stand for items of others (see `asking`).
    """
    visits = Visit.objects.filter(
        city=city,
        status=Visit.Status.FINISHED,
        finished_at__range=_moments(period),
    ).order_by()
    streets_of = _Streets(list(streets(city)))
    seen = visits.values_list("site__site_type", "site__territory__path")
    visited = streets_of.sums(seen.annotate(n=Count("site", distinct=True)))
    there = streets_of.sums(_sites_by_type(city))
    own = (
        ChecklistItem.clauses.through.objects.filter(clause__in=clauses)
        .order_by()
        .values_list("clause", "checklistitem", "checklistitem__site_type", "checklistitem__active")
    )
    links = list(dict.fromkeys([*own, *answered_elsewhere(clauses)]))
    return ChecklistRates(
        types=_types_by_clause(links),
        answers=_answers(links, visits, streets_of),
        sites={
            key: rules.Coverage(visited.get(key, 0), there.get(key, 0)) for key in visited | there
        },
    )


class _Streets:
    """Leads the paths of places to the street, town or zone in which they lie."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self._by_path = {unit.path: unit.pk for unit in units}

    def of(self, path: str) -> int | None:
        """The street of a place; None outside of all."""
        ends = range(_STEP, len(path) + 1, _STEP)
        return next((self._by_path[path[:e]] for e in ends if path[:e] in self._by_path), None)

    def sums(self, rows: Iterable[tuple[int, str, int]]) -> dict[tuple[int, int], int]:
        """Numbers by site type and street, from rows of type, path, number."""
        found: dict[tuple[int, int], int] = {}
        for kind, path, number in rows:
            street = self.of(path)
            if street is not None:
                found[kind, street] = found.get((kind, street), 0) + number
        return found


def _answers(
    links: Iterable[Link], visits: QuerySet[Visit], streets_of: _Streets
) -> dict[tuple[int, int, int], PassCount]:
    """Counted by item first, which is quicker than by item and clause."""
    clauses_of: dict[int, list[int]] = defaultdict(list)
    for clause, item, _kind, _active in links:
        clauses_of[item].append(clause)
    rows = (
        Answer.objects.filter(visit__in=visits)
        .exclude(result=Answer.Result.NOT_APPLICABLE)
        .order_by()
        .values_list("item", "item__site_type", "visit__site__territory__path")
        .annotate(n=Count("pk"), passed=Count("pk", filter=Q(result=Answer.Result.PASS)))
    )
    found: dict[tuple[int, int, int], PassCount] = {}
    for item, kind, path, number, passed in rows:
        street = streets_of.of(path)
        if street is None:
            continue
        for clause in clauses_of.get(item, []):
            old = found.get((clause, kind, street), PassCount())
            found[clause, kind, street] = PassCount(old.passed + passed, old.answered + number)
    return found


def _types_by_clause(links: Iterable[Link]) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for clause, _item, kind, active in links:
        if active:
            found[clause].add(kind)
    return {clause: frozenset(kinds) for clause, kinds in found.items()}


def _sites_by_type(city: Unit) -> Iterable[tuple[int, str, int]]:
    inside = Unit.objects.filter(subtree(city.path))
    sites = Site.objects.active().filter(territory__in=inside).order_by()
    return sites.values_list("site_type", "territory__path").annotate(n=Count("pk"))


def visit_totals(campaign: Campaign, period: Period) -> VisitTotals:
    """Finished visits that serve a campaign, and those of its city for none; one query."""
    mine = Q(campaign=campaign) | Q(campaign=None) | Q(round__in=serving(campaign))
    found = Visit.objects.filter(
        mine,
        city=campaign.city_id,
        status=Visit.Status.FINISHED,
        finished_at__range=_moments(period),
    ).aggregate(n=Count("pk"), places=Count("site", distinct=True))
    return VisitTotals(found["n"], found["places"])


def _moments(period: Period) -> tuple[datetime, datetime]:
    """First and last moment of the days, in the city's time."""
    first, last = period
    return (
        timezone.make_aware(datetime.combine(first, time.min)),
        timezone.make_aware(datetime.combine(last, time.max)),
    )
