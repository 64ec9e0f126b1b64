"""What a round asks for the campaigns that it serves, and for which clauses an answer counts."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from django.db.models import Q, QuerySet

from tongchuang.campaigns.models import Campaign
from tongchuang.inspections import folding
from tongchuang.inspections.models import Visit
from tongchuang.standards.models import ChecklistItem, Clause, Mapping, SiteType
from tongchuang.standards.rules.crosswalk import Carried, Relation, carried


@dataclass(frozen=True)
class Union:
    """The questions of a round: `asked` in the order of the lists, `items` by code.

    `alone` is how many questions each campaign would ask by itself; at places of the types
    `borrowed` none of the standards asks anything, so that all items in use are asked there.
    """

    asked: list[folding.Asked]
    items: dict[str, ChecklistItem]
    alone: list[tuple[Campaign, int]]
    borrowed: list[SiteType]

    @property
    def together(self) -> int:
        """All questions if every campaign came by itself."""
        return sum(number for _campaign, number in self.alone)

    @property
    def saved(self) -> int:
        """Questions that nobody is asked twice; 0 where nothing was folded."""
        return max(0, self.together - len(self.asked))

    @cached_property
    def by_kind(self) -> list[tuple[SiteType, list[folding.Asked]]]:
        """The questions by site type."""
        found: dict[SiteType, list[folding.Asked]] = {}
        for one in self.asked:
            found.setdefault(self.items[one.question.key].site_type, []).append(one)
        return sorted(found.items(), key=lambda pair: (pair[0].ordinal, pair[0].pk))


@dataclass(frozen=True, slots=True)
class Feed:
    """A clause for which an answer counts.

    `mapping` is the accepted pair that leads there, None for a clause of the item itself; not
    `whole`: it proves a part at most.
    """

    clause: Clause
    campaigns: list[Campaign]
    mapping: Mapping | None
    whole: bool


def union_of(
    campaigns: Sequence[Campaign], kinds: Collection[SiteType] | QuerySet[SiteType]
) -> Union:
    """The questions for some site types, without asking the same twice; four queries.

    A standard asks the items of its clauses; an item without clauses is asked for everybody.
    """
    items = list(
        ChecklistItem.objects.filter(site_type__in=kinds, active=True)
        .select_related("site_type")
        .prefetch_related("clauses")
    )
    standards = {one.framework_id for one in campaigns if one.framework_id}
    own, borrowed = _own(items, standards)
    questions = [
        folding.Question(item.code, item.site_type_id, item.text, _clauses(item, standards))
        for item in own
    ]
    asked = folding.fold(questions, _relations(standards))
    places = {item.code: item.ordinal for item in own}
    return Union(
        folding.in_order(asked, places),
        {item.code: item for item in own},
        [(one, sum(_asked_by(item, {one.framework_id}) for item in own)) for one in campaigns],
        sorted(borrowed, key=lambda kind: (kind.ordinal, kind.pk)),
    )


def _own(
    items: Iterable[ChecklistItem], standards: Collection[int]
) -> tuple[list[ChecklistItem], set[SiteType]]:
    """What the standards ask, and the types of places for which all items are borrowed."""
    by_kind: dict[SiteType, list[ChecklistItem]] = {}
    for item in items:
        by_kind.setdefault(item.site_type, []).append(item)
    found: list[ChecklistItem] = []
    borrowed = set()
    for kind, many in by_kind.items():
        own = [item for item in many if _asked_by(item, standards)]
        if len(own) < len(many) and not any(_clauses(item, standards) for item in own):
            own = many
            borrowed.add(kind)
        found += own
    return found, borrowed


def _clauses(item: ChecklistItem, standards: Collection[int | None]) -> dict[int, int]:
    return {c.pk: c.framework_id for c in item.clauses.all() if c.framework_id in standards}


def _asked_by(item: ChecklistItem, standards: Collection[int | None]) -> bool:
    return not item.clauses.all() or bool(_clauses(item, standards))


def _relations(standards: Collection[int]) -> folding.Relations:
    if len(standards) < 2:
        return {}
    pairs = Mapping.objects.carrying().filter(
        source__framework__in=standards, target__framework__in=standards
    )
    rows = pairs.order_by().values_list("source", "target", "relation")
    return folding.both_ways((one, other, Relation(word)) for one, other, word in rows)


def kept_with(campaigns: Sequence[Campaign], kinds: Collection[SiteType]) -> dict[str, list[str]]:
    """The codes of what is asked by site type, to be kept with a draw."""
    found = union_of(campaigns, kinds)
    asked = {kind.code: [one.question.key for one in many] for kind, many in found.by_kind}
    return {kind.code: asked.get(kind.code, []) for kind in kinds}


def items_now(campaigns: Sequence[Campaign], kind: SiteType) -> list[ChecklistItem]:
    """What would be asked today at a place of one type, in order, with clauses."""
    found = union_of(campaigns, [kind])
    return [found.items[one.question.key] for one in found.asked]


def served_by(visit: Visit) -> list[Campaign]:
    """For whom a visit was made, the leading campaign first."""
    return visit.round.campaigns if visit.round else campaigns_at(visit.city_id)


def campaigns_at(city: int) -> list[Campaign]:
    """For whom a visit without a round is made: the city's main campaign, else all of them."""
    found = list(Campaign.objects.filter(city=city).order_by("ordinal", "code"))
    return [one for one in found if one.main] or found


# Where an answer counts
def feeds_of(
    items: Iterable[ChecklistItem], campaigns: Sequence[Campaign]
) -> dict[int, list[Feed]]:
    """By item every clause of the campaigns' standards for which its answer counts; two queries.

    Directly, or one accepted pair away. Of several ways to a clause the surest is told. Fetch the
    items with their clauses.
    """
    wanted = list(items)
    by_standard: dict[int, list[Campaign]] = {}
    for one in campaigns:
        if one.framework_id:
            by_standard.setdefault(one.framework_id, []).append(one)
    own = {clause.pk for item in wanted for clause in item.clauses.all()}
    ways = _ways(own, by_standard)
    found = {}
    for item in wanted:
        feeds: dict[int, Feed] = {}
        for clause in item.clauses.all():
            if clause.framework_id in by_standard:
                feeds[clause.pk] = Feed(clause, by_standard[clause.framework_id], None, whole=True)
            for mapping, relation, other in ways.get(clause.pk, ()):
                whole = carried(relation, "met") is Carried.MET
                known = feeds.get(other.pk)
                if known is None or (whole and not known.whole):
                    reached = by_standard[other.framework_id]
                    feeds[other.pk] = Feed(other, reached, mapping, whole=whole)
        order = list(by_standard)
        found[item.pk] = sorted(
            feeds.values(), key=lambda f: (order.index(f.clause.framework_id), f.clause.ordinal)
        )
    return found


_Way = tuple[Mapping, Relation, Clause]


def _ways(own: Collection[int], standards: Collection[int]) -> dict[int, list[_Way]]:
    """By clause the accepted pairs that lead on to the standards, read from the clause."""
    if not own:
        return {}
    pairs = (
        Mapping.objects.carrying()
        .filter(
            Q(source__in=own, target__framework__in=standards)
            | Q(target__in=own, source__framework__in=standards)
        )
        .exclude(relation=Relation.NONE)
        .select_related("source", "target")
        .order_by("code")
    )
    found: dict[int, list[_Way]] = {}
    for pair in pairs:
        if pair.source_id in own and pair.target.framework_id in standards:
            found.setdefault(pair.source_id, []).append((pair, pair.kind, pair.target))
        if pair.target_id in own and pair.source.framework_id in standards:
            found.setdefault(pair.target_id, []).append((pair, pair.kind.inverse, pair.source))
    return found


def hit_by(item: ChecklistItem, visit: Visit) -> list[Clause]:
    """The clauses that a failed item breaks.

    Its own, those of the questions it stands for, and those its failure is carried to.
    """
    served = served_by(visit)
    hit = {clause.pk: clause for clause in item.clauses.all()}
    ways = _ways(set(hit), {c.framework_id for c in served if c.framework_id}).values()
    reached = [way for many in ways for way in many]
    found = union_of(served, [item.site_type]) if reached else None
    asked = next((a for a in found.asked if a.question.key == item.code), None) if found else None
    behind = asked.clauses if asked else frozenset[int]()
    for _mapping, relation, clause in reached:
        if clause.pk in behind or carried(relation, "not_met") is Carried.NOT_MET:
            hit.setdefault(clause.pk, clause)
    return list(hit.values())


Link = tuple[int, int, int, bool]  # clause, item, its site type, whether it is in use


def answered_elsewhere(clauses: Collection[int]) -> list[Link]:
    """Items of other standards whose answers answer an item of these clauses too; three queries.

    The rule is that of the union: a question that is not asked because another stands for it loses
    no answer, whoever asked the other.
    """
    pairs = Mapping.objects.carrying().exclude(relation=Relation.NONE)
    pairs = pairs.filter(Q(source__in=clauses) | Q(target__in=clauses)).order_by()
    rows = list(pairs.values_list("source", "target", "relation"))
    if not rows:
        return []
    relations = folding.both_ways((a, b, Relation(word)) for a, b, word in rows)
    ends = {end for a, b, _word in rows for end in (a, b)}
    links = ChecklistItem.clauses.through.objects.filter(
        checklistitem__in=ChecklistItem.objects.filter(clauses__in=ends).values("pk")
    )
    facts: dict[int, tuple[int, str, bool, dict[int, int]]] = {}
    for item, kind, text, active, clause, standard in links.order_by("pk").values_list(
        "checklistitem",
        "checklistitem__site_type",
        "checklistitem__text",
        "checklistitem__active",
        "clause",
        "clause__framework",
    ):
        facts.setdefault(item, (kind, text, active, {}))[3][clause] = standard
    return list(_answering(facts, frozenset(clauses), relations))


def _answering(
    facts: dict[int, tuple[int, str, bool, dict[int, int]]],
    wanted: frozenset[int],
    relations: folding.Relations,
) -> Iterator[Link]:
    by_kind: dict[int, list[tuple[int, bool, folding.Question]]] = {}
    for item, (kind, text, active, of) in facts.items():
        question = folding.Question(str(item), kind, text, of)
        by_kind.setdefault(kind, []).append((item, active, question))
    reached = {
        end
        for (_start, end), found in relations.items()
        if any(carried(relation, "met") is Carried.MET for relation in found)
    }
    for kind, many in by_kind.items():
        in_use = [theirs for _item, active, theirs in many if active]
        for theirs in (part for one in in_use for part in _parts(one, wanted, reached)):
            for item, active, mine in many:
                if folding.covers(mine, theirs, relations):
                    for clause in sorted(wanted & theirs.clauses.keys()):
                        yield clause, item, kind, active


def _parts(
    question: folding.Question, wanted: frozenset[int], reached: Collection[int]
) -> Iterator[folding.Question]:
    """A question as each standard asks it, where others may answer it for a wanted clause."""
    for standard in question.standards:
        asked = {clause: of for clause, of in question.clauses.items() if of == standard}
        if wanted & asked.keys() and all(clause in reached for clause in asked):
            yield replace(question, clauses=asked)
