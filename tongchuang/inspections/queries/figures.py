"""Figures for those who appraise: field quality by unit, pass rates by clause and place."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from django.db.models import Avg, Count, Q, QuerySet
from django.utils import timezone

from tongchuang.accounts.models import Unit
from tongchuang.accounts.permissions import subtree
from tongchuang.campaigns.models import Campaign
from tongchuang.inspections import rules
from tongchuang.inspections.models import Answer, Draw, Visit
from tongchuang.places.models import Site
from tongchuang.places.queries import streets
from tongchuang.standards.models import ChecklistItem

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
class ClauseRate:
    """Answers to the checklist items of a clause at the places of a street."""

    clause_id: int
    unit_id: int
    passed: int
    answered: int
    visited: int
    in_scope: int

    @property
    def rate(self) -> float | None:
        """Share of passed answers in [0, 1]; None without an answer."""
        return self.passed / self.answered if self.answered else None

    @property
    def coverage(self) -> float | None:
        """Share of the places that were visited; None without places."""
        return self.visited / self.in_scope if self.in_scope else None


def field_quality(units: Sequence[Unit], period: Period) -> dict[int, FieldQuality]:
    """Field quality of territorial units (by territory) and of others (by trade), six queries.

    The score is the mean of the means by site type, weighted by how many places of the type the
    unit answers for: a type that was visited often does not outweigh the others.
    """
    territory = _parts("territory", period)
    trade = _parts("trade", period)
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
    visited: int = 0
    visits: int = 0
    mean: Decimal | None = None


def _parts(party: str, period: Period) -> list[_Part]:
    begin, end = _moments(period)
    names = (f"site__{party}__path", "site__site_type")
    known = Q(**{f"site__{party}__isnull": False})
    seen = Visit.objects.filter(known, status=Visit.Status.FINISHED, score__isnull=False)
    seen = seen.filter(finished_at__range=(begin, end))
    drawn = Draw.objects.filter(known, round__from_on__lte=period[1], round__to_on__gte=period[0])
    sites = Site.objects.active().exclude(**{party: None}).order_by()
    rows = sites.values_list(f"{party}__path", "site_type").annotate(n=Count("pk"))
    parts = [_Part(path, kind, places=number) for path, kind, number in rows]
    drawn_rows = drawn.order_by().values_list(*names).annotate(n=Count("site", distinct=True))
    parts += [_Part(path, kind, drawn=number) for path, kind, number in drawn_rows]
    facts = {"n": Count("pk"), "seen": Count("site", distinct=True), "mean": Avg("score")}
    for path, kind, number, places, mean in seen.order_by().values_list(*names).annotate(**facts):
        parts.append(_Part(path, kind, visits=number, visited=places, mean=Decimal(mean)))
    return parts


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
        rules.Coverage(min(visited, sum(p.drawn for p in mine)), sum(p.drawn for p in mine)),
        rules.Coverage(visited, sum(p.places for p in mine)),
    )


def checklist_rates(campaign: Campaign, period: Period) -> list[ClauseRate]:
    """Pass rates per clause × street, town or zone of the campaign's city; five queries."""
    begin, end = _moments(period)
    asked = _clauses_by_type(campaign)
    answers = Answer.objects.filter(
        visit__campaign=campaign,
        visit__status=Visit.Status.FINISHED,
        visit__finished_at__range=(begin, end),
        item__clauses__framework=campaign.framework_id,
    ).exclude(result=Answer.Result.NOT_APPLICABLE)
    table = _Table(list(streets(campaign.city)))
    for clause, path, passed, number, seen in _by_clause_and_path(answers):
        table.add(clause, path, passed=passed, answered=number, visited=seen)
    for kind, path, number in _sites_by_type(campaign):
        for clause in asked.get(kind, ()):
            table.add(clause, path, in_scope=number)
    return table.rates()


class _Table:
    """Sums by clause and street."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self.units = units
        self.sums: dict[tuple[int, int], dict[str, int]] = {}

    def add(self, clause: int, path: str, **numbers: int) -> None:
        unit = next((unit for unit in self.units if path.startswith(unit.path)), None)
        if unit is None:
            return
        empty = {"passed": 0, "answered": 0, "visited": 0, "in_scope": 0}
        sums = self.sums.setdefault((clause, unit.pk), empty)
        for name, number in numbers.items():
            sums[name] += number

    def rates(self) -> list[ClauseRate]:
        return [ClauseRate(clause, unit, **sums) for (clause, unit), sums in self.sums.items()]


def _by_clause_and_path(answers: QuerySet[Answer]) -> Iterable[tuple[int, str, int, int, int]]:
    return (
        answers.order_by()
        .values_list("item__clauses", "visit__site__territory__path")
        .annotate(
            passed=Count("pk", filter=Q(result=Answer.Result.PASS)),
            answered=Count("pk"),
            seen=Count("visit__site", distinct=True),
        )
    )


def _clauses_by_type(campaign: Campaign) -> dict[int, set[int]]:
    items = ChecklistItem.objects.filter(
        active=True, clauses__framework=campaign.framework_id
    ).order_by()
    found: dict[int, set[int]] = defaultdict(set)
    for kind, clause in items.values_list("site_type", "clauses").distinct():
        found[kind].add(clause)
    return found


def _sites_by_type(campaign: Campaign) -> Iterable[tuple[int, str, int]]:
    city = Unit.objects.filter(subtree(campaign.city.path))
    sites = Site.objects.active().filter(territory__in=city).order_by()
    return sites.values_list("site_type", "territory__path").annotate(n=Count("pk"))


def _moments(period: Period) -> tuple[datetime, datetime]:
    """First and last moment of the days, in the city's time."""
    first, last = period
    return (
        timezone.make_aware(datetime.combine(first, time.min)),
        timezone.make_aware(datetime.combine(last, time.max)),
    )
