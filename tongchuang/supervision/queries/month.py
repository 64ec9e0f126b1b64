"""What every unit did in one month, read from the apps below as it stood at the data cut.

All figures of a unit include the units under it. Constant number of queries.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any, Protocol

from django.conf import settings
from django.db.models import Count, Q
from django.utils.module_loading import import_string

from tongchuang.accounts.models import Unit
from tongchuang.accounts.permissions import subtree
from tongchuang.assessment.models import Figure
from tongchuang.campaigns.models import Campaign, Relation
from tongchuang.campaigns.queries import curve_shares, shares_beside
from tongchuang.cases.models import (
    Case,
    CaseHelper,
    CaseQuerySet,
    Leg,
    OwnershipSession,
    Slip,
)
from tongchuang.cases.queries.figures import ClosingFigures, closing_by_unit
from tongchuang.cases.queries.lists import month_span
from tongchuang.dossiers.queries import dossier_figures
from tongchuang.inspections.queries import FieldQuality
from tongchuang.supervision.rules import Facts, Ratio, RuleSet, people_share

_SURVIVING = ~Q(status__in=[Case.Status.REJECTED, Case.Status.MERGED])
_STEP = 4


@dataclass(frozen=True, slots=True)
class Month:
    """One month of one campaign, cut at a moment: what is later than `at` has not happened."""

    campaign: Campaign
    first: date
    last: date
    at: datetime

    @classmethod
    def of(cls, campaign: Campaign, month: str, at: datetime) -> "Month":
        """The month "2016-02". Raises `ValueError` for anything else."""
        first = date.fromisoformat(f"{month}-01")
        return cls(campaign, first, next_month(first) - timedelta(days=1), at)

    @property
    def span(self) -> tuple[datetime, datetime]:
        """Its first and last moment."""
        return month_span(self.first)

    @property
    def cases(self) -> CaseQuerySet:
        """The cases of the campaign, and those of its city that belong to no campaign."""
        mine = Q(campaign=self.campaign) | Q(campaign=None)
        return Case.objects.filter(mine, _SURVIVING, city=self.campaign.city_id)

    @property
    def days(self) -> tuple[date, date]:
        """Its first and last day."""
        return self.first, self.last

    def before(self) -> "Month":
        """The month before, cut when it ended."""
        last = self.first - timedelta(days=1)
        return Month(self.campaign, last.replace(day=1), last, self.span[0])


def next_month(day: date) -> date:
    """The first day of the following month."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def scored_units(month: Month) -> list[Unit]:
    """Units that take part in the appraisal; without any, the units that led a case in the month.

    The second serves cities whose units came by an import and are not marked yet.
    """
    city = Unit.objects.get(pk=month.campaign.city_id)
    inside = Unit.objects.filter(subtree(city.path), active=True).order_by("path")
    scored = list(inside.filter(scored=True))
    if scored:
        return scored
    led = month.cases.filter(
        Q(fix_due_at__range=month.span) | Q(filed_at__range=month.span), lead__isnull=False
    )
    return list(inside.filter(pk__in=led.order_by().values("lead")).exclude(pk=city.pk))


class Fold:
    """Leads every unit to the nearest scored unit at or above it."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self._by_path = {unit.path: unit.pk for unit in units}

    @cached_property
    def _of(self) -> dict[int, int]:
        found: dict[int, int] = {}
        for pk, path in Unit.objects.order_by().values_list("pk", "path"):
            ends = range(len(path), 0, -_STEP)
            above = (self._by_path[path[:end]] for end in ends if path[:end] in self._by_path)
            owner = next(above, None)
            if owner is not None:
                found[pk] = owner
        return found

    def get(self, unit_id: int | None) -> int | None:
        """The scored unit of a unit, or None when it lies under none."""
        return None if unit_id is None else self._of.get(unit_id)

    def counts(self, rows: Iterable[tuple[int | None, int]]) -> Counter[int]:
        """Sums by scored unit."""
        found: Counter[int] = Counter()
        for unit_id, number in rows:
            owner = self.get(unit_id)
            if owner is not None:
                found[owner] += number
        return found


# Closing
def closing(month: Month, fold: Fold) -> dict[int, ClosingFigures]:
    """Closing figures by scored unit; the same limits and moments as in `cases`."""
    rows = closing_by_unit(month.cases, first=month.first, last=month.last, at=month.at)
    found: dict[int, ClosingFigures] = {}
    for lead, row in rows.items():
        owner = fold.get(lead)
        if owner is not None:
            found[owner] = _together(found.get(owner, ClosingFigures(owner)), row)
    return found


def _together(one: ClosingFigures, other: ClosingFigures) -> ClosingFigures:
    names = [field.name for field in fields(ClosingFigures) if field.name != "unit_id"]
    sums = {name: getattr(one, name) + getattr(other, name) for name in names}
    return ClosingFigures(one.unit_id, **sums)


def failed_and_open(month: Month, fold: Fold) -> Counter[int]:
    """Due cases that failed a check and were not closed by the cut."""
    rows = (
        month.cases.filter(fix_due_at__range=month.span, reworks__gt=0)
        .exclude(closed_at__lte=month.at)
        .order_by()
        .values_list("lead")
        .annotate(Count("pk"))
    )
    return fold.counts(rows)


def _owners(fold: Fold, *unit_ids: int | None) -> set[int]:
    return {owner for owner in map(fold.get, unit_ids) if owner is not None}


# Dossier, people, co-operation
def papers(month: Month, units: list[Unit]) -> dict[int, tuple[Ratio, Ratio]]:
    """Accepted of the asked papers, and passed at once of those reviewed in the month."""
    rows = dossier_figures(units, f"{month.first:%Y-%m}", campaign=month.campaign)
    return {
        pk: (Ratio(row.accepted, row.due), Ratio(row.first_pass, row.reviewed))
        for pk, row in rows.items()
    }


def satisfaction(month: Month, measure: str, units: Iterable[Unit]) -> dict[int, Decimal]:
    """The share of satisfied people by unit where a figure was entered for the month."""
    rows = Figure.objects.filter(
        measure__code=measure, period=f"{month.first:%Y-%m}", unit__in=list(units), replaced_by=None
    )
    values = rows.values_list("unit", "value", "measure__unit")
    return {unit: value / 100 if sign == "%" else value for unit, value, sign in values}


class Verdicts(Protocol):
    """What an app above tells: by unit how many citizens were satisfied, and how many judged."""

    def __call__(
        self, city: int, *, since: datetime, until: datetime
    ) -> Mapping[int, tuple[int, int]]: ...


def citizens(month: Month, fold: Fold) -> dict[int, tuple[int, int]]:
    """Satisfied and judging citizens of the month by scored unit, units under it included."""
    tell: Verdicts = import_string(settings.CITIZENS_VERDICTS)
    since, until = month.span
    found: dict[int, tuple[int, int]] = {}
    rows = tell(month.campaign.city_id, since=since, until=min(until, month.at))
    for unit, (satisfied, judged) in rows.items():
        owner = fold.get(unit)
        if owner is not None:
            old = found.get(owner, (0, 0))
            found[owner] = (old[0] + satisfied, old[1] + judged)
    return found


def asked(month: Month, fold: Fold) -> set[int]:
    """Units to which a case was sent in the month, as lead or as helper."""
    cases = month.cases.order_by()
    sent = Leg.objects.filter(case__in=cases, stage=Leg.Stage.SIGN, started_at__range=month.span)
    helped = CaseHelper.objects.filter(case__in=cases.filter(filed_at__range=month.span))
    ids = {*sent.order_by().values_list("unit", flat=True).distinct()}
    ids |= {*helped.order_by().values_list("unit", flat=True).distinct()}
    return _owners(fold, *ids)


def groundless_returns(month: Month, fold: Fold) -> Counter[int]:
    """Cases that a unit sent back in the month and that came to it again, or were so ruled."""
    sent_back = Leg.objects.filter(stage=Leg.Stage.RETURN, started_at__range=month.span)
    cases = month.cases.filter(pk__in=sent_back.values("case"), reopenings=0).order_by()
    again = (
        Leg.objects.filter(case__in=cases, stage=Leg.Stage.SIGN, started_at__lte=month.at)
        .order_by()
        .values_list("unit", "case")
        .annotate(n=Count("pk"))
        .filter(n__gte=2)
    )
    ruled = OwnershipSession.groundless.through.objects.filter(
        ownershipsession__case__in=month.cases.order_by(),
        ownershipsession__ruled_at__range=month.span,
    ).values_list("unit", "ownershipsession__case")
    found = {(unit, case) for unit, case, _n in again} | set(ruled)
    return fold.counts((unit, 1) for unit, _case in sorted(found))


def media_cases(month: Month, fold: Fold) -> Counter[int]:
    """Problems that media raised, filed in the month, by lead."""
    rows = month.cases.filter(channel=Case.Channel.MEDIA, filed_at__range=month.span).order_by()
    return fold.counts(rows.values_list("lead").annotate(Count("pk")))


def red_slips(month: Month, fold: Fold) -> Counter[int]:
    """Red slips issued in the month."""
    rows = Slip.objects.filter(
        step=Slip.Step.RED, issued_at__range=month.span, case__in=month.cases.order_by()
    )
    return fold.counts(rows.order_by().values_list("unit").annotate(Count("pk")))


# Together
def facts_of_month(
    month: Month,
    units: list[Unit],
    *,
    rules: RuleSet,
    quality: Mapping[int, FieldQuality],
    verdicts: Mapping[int, tuple[int, int]],
) -> dict[int, Facts]:
    """The facts that a score reads, for each of these units.

    People is the figure that was entered for the unit and month, else what citizens said.
    """
    fold = Fold(units)
    people = {
        unit: people_share(*found, least=rules.people_least) for unit, found in verdicts.items()
    }
    sources: dict[str, Any] = {
        "field": quality,
        "closing": closing(month, fold),
        "failed": failed_and_open(month, fold),
        "tasks": _tasks(month, fold),
        "papers": papers(month, units),
        "people": people | satisfaction(month, rules.people_measure, units),
        "asked": asked(month, fold),
        "returned": groundless_returns(month, fold),
        "media": media_cases(month, fold),
        "red": red_slips(month, fold),
    }
    return {unit.pk: _facts(unit.pk, sources) for unit in units}


def _tasks(month: Month, fold: Fold) -> dict[tuple[int, str], Ratio]:
    """Weight of the tasks on their curve, by unit and how it stands to them."""
    led = curve_shares(month.campaign, on=month.last).items()
    rows = [((unit, str(Relation.LEAD)), row) for unit, row in led]
    rows += shares_beside(month.campaign, on=month.last).items()
    found: dict[tuple[int, str], Ratio] = {}
    for (unit, relation), row in rows:
        owner = fold.get(unit)
        if owner is not None:
            old = found.get((owner, relation), Ratio())
            found[owner, relation] = Ratio(old.part + row.on_curve, old.whole + row.weight)
    return found


def _facts(pk: int, sources: Mapping[str, Any]) -> Facts:
    field: FieldQuality = sources["field"][pk]
    cases: ClosingFigures = sources["closing"].get(pk, ClosingFigures(pk))
    accepted, first = sources["papers"].get(pk, (Ratio(), Ratio()))
    return Facts(
        field=field.score,
        coverage=Ratio(field.drawn.visited, field.drawn.whole).share,
        due=cases.due,
        on_time=cases.on_time,
        first_pass=Ratio(cases.first_pass, cases.closed + sources["failed"][pk]),
        lasting=Ratio(cases.closed - cases.recurred, cases.closed),
        tasks=sources["tasks"].get((pk, Relation.LEAD), Ratio()),
        joint_tasks=sources["tasks"].get((pk, Relation.JOINT), Ratio()),
        support_tasks=sources["tasks"].get((pk, Relation.SUPPORT), Ratio()),
        papers_accepted=accepted,
        papers_first=first,
        people=sources["people"].get(pk),
        cooperation=pk in sources["asked"],
        groundless_returns=sources["returned"][pk],
        deductions={
            "overdue_general": cases.late_general,
            "overdue_major": cases.late_major,
            "recurrence": cases.recurred,
            "media": sources["media"][pk],
            "red_slip": sources["red"][pk],
        },
    )


def cut_moment(month: str) -> datetime:
    """When the data of a month is cut: the first moment of the month after it.

    Raises `ValueError` for anything but "2016-02".
    """
    following = next_month(date.fromisoformat(f"{month}-01"))
    return month_span(following)[0]
