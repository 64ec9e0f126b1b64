"""One figure, many uses: every clause that reads the figure of a measure."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse

from tongchuang.accounts.models import User
from tongchuang.assessment.models import Figure
from tongchuang.assessment.rules import Result, threshold
from tongchuang.campaigns.models import Campaign
from tongchuang.standards.models import Mapping, MappingQuerySet, Measure
from tongchuang.standards.rules.crosswalk import Comparison, Target, compare


@dataclass(frozen=True, slots=True)
class Use:
    """A clause that reads the figure: its line, how it stands to the own line, what results.

    `mapping` is the accepted pair over which the figure reaches it, None for the own clause;
    `campaigns` are those of its standard that the reader may see.
    """

    measure: Measure
    mapping: Mapping | None
    demand: Comparison
    result: Result
    campaigns: list[Campaign]

    @property
    def addresses(self) -> list[tuple[Campaign, str]]:
        """For each campaign where its readiness is shown with the clauses."""
        heat = reverse("assessment:heat")
        return [(one, f"{heat}?campaign={one.code}") for one in self.campaigns]


def uses_of(measure: Measure, figure: Figure | None, *, user: User) -> list[Use]:
    """Every use of a figure of `measure`, the own clause first, then by standard; three queries."""
    campaigns: dict[int | None, list[Campaign]] = {}
    for campaign in Campaign.objects.visible_to(user).order_by("ordinal", "id"):
        campaigns.setdefault(campaign.framework_id, []).append(campaign)
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
    return [
        Use(
            one,
            ends.get(one.pk),
            compare(_target(measure), _target(one), same_quantity=True),
            _result(one, figure),
            campaigns.get(one.clause.framework_id, []),
        )
        for one in order
    ]


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
