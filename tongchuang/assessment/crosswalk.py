"""What other standards say of a clause: over accepted pairs, one hop, now and without copying."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch, Q

from tongchuang.campaigns.models import Campaign
from tongchuang.standards.models import Clause, Mapping, Measure
from tongchuang.standards.rules.crosswalk import Relation


@dataclass(frozen=True, slots=True)
class Source:
    """A clause of another standard; `relation` is read "this clause RELATION the own clause"."""

    mapping: Mapping
    relation: Relation
    clause: Clause


@dataclass(frozen=True, slots=True)
class Twin:
    """A measure of another standard that asks for the same figure in the same unit."""

    mapping: Mapping
    measure: Measure


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """What reaches the clauses of one standard, by the key of the own clause or measure.

    A pair with the same quantity shares the figure, which is then compared with each line; any
    other pair passes on the result of its clause. Sources are in the order of their codes.
    """

    sources: dict[int, list[Source]]
    twins: dict[int, list[Twin]]

    @property
    def clauses(self) -> list[Clause]:
        """Every clause whose result is asked for, once."""
        found = {one.clause.pk: one.clause for many in self.sources.values() for one in many}
        return list(found.values())

    @property
    def measure_ids(self) -> set[int]:
        """Every measure whose figures may be read in place of an own one."""
        return {twin.measure.pk for many in self.twins.values() for twin in many}

    def facts(self) -> list[tuple[str, str, int]]:
        """What was used, for the digest of the inputs."""
        mappings = [one.mapping for many in self.sources.values() for one in many]
        mappings += [one.mapping for many in self.twins.values() for one in many]
        return sorted({(m.code, m.relation, m.version) for m in mappings})


NOTHING = Crosswalk({}, {})


def read_crosswalk(campaign: Campaign) -> Crosswalk:
    """The accepted pairs of the campaign's standard with their other ends; a few queries."""
    own = Clause.objects.filter(framework=campaign.framework_id)
    rows = Mapping.objects.carrying().touching(own).order_by("code")
    other = Clause.objects.select_related("framework", "parent").prefetch_related(
        "rules", "site_types", Prefetch("measures", Measure.objects.order_by("ordinal", "id"))
    )
    mappings = list(
        rows.filter(~Q(relation=Relation.NONE)).select_related("source_measure", "target_measure")
    )
    ends = {end for m in mappings for end in (m.source_id, m.target_id)}
    clauses = {clause.pk: clause for clause in other.filter(pk__in=ends)}
    return _gathered(mappings, clauses, campaign.framework_id)


def _gathered(
    mappings: Iterable[Mapping], clauses: dict[int, Clause], framework: int | None
) -> Crosswalk:
    found = Crosswalk({}, {})
    for mapping in mappings:
        source, target = clauses[mapping.source_id], clauses[mapping.target_id]
        measures = (mapping.source_measure, mapping.target_measure)
        if target.framework_id == framework:
            _add(found, mapping, mapping.kind, target, source, (measures[1], measures[0]))
        if source.framework_id == framework:
            _add(found, mapping, mapping.kind.inverse, source, target, measures)
    return found


def _add(
    found: Crosswalk,
    mapping: Mapping,
    relation: Relation,
    own: Clause,
    other: Clause,
    measures: tuple[Measure | None, Measure | None],
) -> None:
    mine, theirs = measures
    if mapping.same_quantity and mine and theirs and mine.unit == theirs.unit:
        found.twins.setdefault(mine.pk, []).append(Twin(mapping, theirs))
    else:
        found.sources.setdefault(own.pk, []).append(Source(mapping, relation, other))
