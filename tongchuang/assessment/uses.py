"""One figure, many uses: every clause that reads the figure of a measure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.urls import reverse

from tongchuang.accounts.models import User
from tongchuang.assessment.models import Cell, Figure, Snapshot
from tongchuang.assessment.rules import Result, threshold
from tongchuang.campaigns.models import Campaign
from tongchuang.standards.models import Clause, Mapping, MappingQuerySet, Measure
from tongchuang.standards.rules.crosswalk import Comparison, Target, compare


@dataclass(slots=True)
class Reading:
    """The first cell of a campaign that rests on the figure, what it says, and how many more do."""

    campaign: Campaign
    cell: Cell
    entry: dict[str, Any]
    more: int = 0

    @property
    def url(self) -> str:
        """The line of the cell that tells it."""
        return f"{cell_url(self.cell, self.campaign)}#rule-{self.entry['clause']}"


@dataclass(frozen=True, slots=True)
class Use:
    """A clause that reads the figure: its line, how it stands to the own line, what results.

    `mapping` is the accepted pair over which the figure reaches it, None for the own clause. Where
    the clause takes over a result instead of the figure, it has no line of its own: `measure`,
    `demand` and `result` are None. `campaigns` are those of its standard that the reader may see;
    `readings` the cells of their latest months that rest on the figure.
    """

    clause: Clause
    measure: Measure | None
    mapping: Mapping | None
    demand: Comparison | None
    result: Result | None
    campaigns: list[Campaign] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)

    @property
    def addresses(self) -> list[tuple[Campaign, str]]:
        """For each campaign without such a cell where its readiness is shown with the clauses."""
        told = {one.campaign.pk for one in self.readings}
        heat = reverse("assessment:heat")
        rest = [one for one in self.campaigns if one.pk not in told]
        return [(one, f"{heat}?campaign={one.code}") for one in rest]


def cell_url(cell: Cell, campaign: Campaign | None = None, *, period: str = "") -> str:
    """Where a cell is explained in full; the snapshot is read unless both are given."""
    address = reverse("assessment:cell", args=[cell.clause.code, cell.unit.code])
    code = campaign.code if campaign else cell.snapshot.campaign.code
    return f"{address}?campaign={code}&period={period or cell.snapshot.period}"


def uses_of(measure: Measure, figure: Figure | None, *, user: User) -> list[Use]:
    """Every use of a figure of `measure`, the own clause first, then by standard.

    First the clauses that read the number, then those that take over a result that rests on it.
    Six queries.
    """
    campaigns: dict[int | None, list[Campaign]] = {}
    for campaign in Campaign.objects.visible_to(user).order_by("ordinal", "id"):
        campaigns.setdefault(campaign.framework_id, []).append(campaign)
    reads = [
        Use(
            one.clause,
            one,
            mapping,
            compare(_target(measure), _target(one), same_quantity=True),
            _result(one, figure),
            campaigns.get(one.clause.framework_id, []),
        )
        for one, mapping in _readers(measure)
    ]
    taken = [
        Use(clause, None, mapping, None, None, campaigns.get(clause.framework_id, []))
        for clause, mapping in _takers(measure)
    ]
    _find_cells([*reads, *taken], measure, figure, user)
    return reads + [use for use in taken if use.readings]


def _readers(measure: Measure) -> list[tuple[Measure, Mapping | None]]:
    """The measure and those that share its figures, each with the pair."""
    pairs = twins([measure]).select_related("source_measure", "target_measure")
    ends = {
        end.pk: pair
        for pair in pairs
        for end in (pair.source_measure, pair.target_measure)
        if end is not None and end.pk != measure.pk and end.unit == measure.unit
    }
    wanted = Measure.objects.filter(pk__in=[measure.pk, *ends])
    rows = wanted.select_related("clause__framework").order_by("clause__framework", "pk")
    order = sorted(rows, key=lambda one: one.pk != measure.pk)
    return [(one, ends.get(one.pk)) for one in order]


def _takers(measure: Measure) -> list[tuple[Clause, Mapping]]:
    """The clauses at the other ends of the pairs of the measure's clause; one query."""
    own = Clause.objects.filter(pk=measure.clause_id)
    pairs = Mapping.objects.carrying().touching(own).order_by("code")
    return [
        (pair.target if pair.source_id == measure.clause_id else pair.source, pair)
        for pair in pairs.select_related("source__framework", "target__framework")
    ]


def _find_cells(uses: list[Use], measure: Measure, figure: Figure | None, user: User) -> None:
    """Note at every use the cells of the latest months that rest on the figure; two queries."""
    if figure is None:
        return
    campaigns = {one.pk: one for use in uses for one in use.campaigns}
    latest: dict[int, int] = {}
    kept = Snapshot.objects.filter(campaign__in=campaigns, current=True).order_by("period")
    latest.update(kept.values_list("campaign", "pk"))
    articles = {key for use in uses for key in (use.clause.pk, use.clause.parent_id) if key}
    cells = Cell.objects.visible_to(user).filter(snapshot__in=latest.values(), clause__in=articles)
    by_path = {use.clause.code: [one for one in uses if one.clause == use.clause] for use in uses}
    for cell in cells.select_related("clause", "unit", "snapshot").order_by("unit__path"):
        campaign = campaigns[cell.snapshot.campaign_id]
        for entry in cell.explanation:
            for use in by_path.get(entry["clause"], ()):
                if _rests_on(entry, use, measure, figure):
                    _note(use, campaign, cell, entry)


def _rests_on(entry: dict[str, Any], use: Use, measure: Measure, figure: Figure) -> bool:
    if use.measure is not None:
        return bool(entry["figure"] == figure.pk and entry["measure"] == use.measure.code)
    over = use.mapping.code if use.mapping else ""
    return bool(entry.get("via") == over and entry["figures"].get("from") == measure.clause.code)


def _note(use: Use, campaign: Campaign, cell: Cell, entry: dict[str, Any]) -> None:
    known = next((one for one in use.readings if one.campaign == campaign), None)
    if known is None:
        use.readings.append(Reading(campaign, cell, entry))
    elif known.cell != cell:
        known.more += 1


def twins(measures: Iterable[Measure]) -> MappingQuerySet:
    """Accepted pairs that share the figures of these measures."""
    wanted = list(measures)
    ends = Q(source_measure__in=wanted) | Q(target_measure__in=wanted)
    return Mapping.objects.carrying().filter(ends, same_quantity=True).order_by("code")


def use_counts(measures: Iterable[Measure]) -> dict[int, int]:
    """How many clauses read the figure of each measure, its own among them; one query."""
    wanted = list(measures)
    counts = {measure.pk: 1 for measure in wanted}
    for pair in twins(wanted).select_related("source_measure", "target_measure"):
        one, other = pair.source_measure, pair.target_measure
        if one and other and one.unit == other.unit:
            for end in {one.pk, other.pk} & counts.keys():
                counts[end] += 1
    return counts


def _result(one: Measure, figure: Figure | None) -> Result:
    return threshold(
        figure.value if figure else None,
        one.op,
        one.threshold,
        unit=one.unit,
        value_unit=figure.measured_in if figure else "",
    )


def _target(measure: Measure) -> Target:
    return Target(measure.op, measure.threshold, measure.unit, measure.base)
