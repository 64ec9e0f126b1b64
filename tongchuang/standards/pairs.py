"""Reading the crosswalk: the matrix, lists of pairs, what one clause is paired with."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from tongchuang.standards.models import Clause, Framework, Mapping, MappingQuerySet, Measure
from tongchuang.standards.queries import under
from tongchuang.standards.rules.crosswalk import (
    Comparison,
    Demand,
    Relation,
    Target,
    compare_lines,
    connected,
    obstacles,
    strictest,
)

SYMBOLS = {
    Relation.EQUAL: "=",
    Relation.SUBSET: "⊂",
    Relation.SUPERSET: "⊃",
    Relation.INTERSECTS: "∩",
    Relation.NONE: "–",
}


def demand_word(demand: Demand) -> str:
    """What the second clause asks beside the first, in a word."""
    return {
        Demand.SAME: _("相同"),
        Demand.STRICTER: _("乙方更严"),
        Demand.LOOSER: _("乙方更宽"),
        Demand.INCOMPARABLE: _("不可比"),
    }[demand]


def reason_words(reason: str) -> str:
    """Why two lines cannot be compared, in a sentence."""
    return {
        "": "",
        "quantity": _("不是同一个量"),
        "no_value": _("至少一方没有查到数值"),
        "unit": _("单位不同，不作换算"),
        "base": _("统计口径不同"),
        "direction": _("一方越高越好，一方越低越好，或没有固定数值"),
        "tiers": _("双方分档不同，不猜本市属于哪一档"),
        "no_measure": _("至少一方没有量化指标"),
    }[reason]


def number(value: Decimal) -> str:
    """A number without idle zeros and with a true minus sign."""
    return f"{value.normalize():f}".replace("-", "−")


def line_words(line: Target) -> str:
    """A line as people write it: "≥ 38 %", with the tier it holds for."""
    if line.value is None:
        return line.when
    sign = Measure.Op(line.op).label if line.op else ""
    return f"{line.when} {sign} {number(line.value)} {line.unit}".strip()


def lines_of(measure: Measure | None) -> list[Target]:
    """The target of a figure and its tiers, as the arithmetic knows them."""
    if measure is None:
        return []
    found = [
        _line(measure, tier["op"], tier["threshold"], tier["when"]) for tier in _tiers(measure)
    ]
    if measure.threshold is not None or not found:
        found.insert(0, _line(measure, measure.op, measure.threshold))
    return found


def _line(measure: Measure, op: str, value: object, when: str = "") -> Target:
    known = None if value is None else Decimal(str(value))
    return Target(op, known, measure.unit, measure.base, when)


def _tiers(measure: Measure) -> list[dict[str, str]]:
    return [tier for tier in measure.variants if {"op", "threshold", "when"} <= tier.keys()]


# One pair
@dataclass(frozen=True, slots=True)
class Read:
    """A pair read from one of its clauses: `other` is the far end, `relation` as from here."""

    mapping: Mapping
    here: Clause
    other: Clause
    here_measure: Measure | None
    other_measure: Measure | None
    relation: Relation

    @property
    def symbol(self) -> str:
        """The sign of the relation."""
        return SYMBOLS[self.relation]

    @property
    def relation_word(self) -> str:
        """The relation in words."""
        return str(Mapping.RelationKind(self.relation).label)

    @property
    def comparisons(self) -> list[Comparison]:
        """Every line here against every line there that it can be held against."""
        return compare_lines(
            lines_of(self.here_measure),
            lines_of(self.other_measure),
            same_quantity=self.mapping.same_quantity,
        )

    @property
    def obstacle(self) -> str:
        """Why nothing can be compared, in words; empty when something can."""
        if not (self.here_measure and self.other_measure):
            return reason_words("no_measure")
        found = self.comparisons
        if any(one.demand is not Demand.INCOMPARABLE for one in found):
            return ""
        return reason_words(found[0].reason if found else "tiers")

    @property
    def plain(self) -> Comparison | None:
        """The one comparison of two figures without tiers; None with tiers or without figures."""
        found = self.comparisons
        return found[0] if len(found) == 1 and not found[0].target.when else None

    @property
    def demand(self) -> Demand:
        """What the far end asks beside this one, over all tiers alike; else incomparable."""
        found = {one.demand for one in self.comparisons}
        return found.pop() if len(found) == 1 else Demand.INCOMPARABLE

    @property
    def differs(self) -> bool:
        """Whether some comparable line asks more or less."""
        return any(one.demand in {Demand.STRICTER, Demand.LOOSER} for one in self.comparisons)

    @property
    def unsure(self) -> bool:
        """Whether a value of one of the ends must be checked before use."""
        return any(m.unsure for m in (self.here_measure, self.other_measure) if m)

    @property
    def shown(self) -> list[tuple[str, str]]:
        """The comparable lines in words: which lines, and what they ask of each other."""
        return [
            (f"{line_words(one.source)} → {line_words(one.target)}", comparison_words(one))
            for one in self.comparisons
            if one.demand is not Demand.INCOMPARABLE
        ]


def comparison_words(one: Comparison) -> str:
    """The demand with its difference: "乙方更严 +4 %"."""
    if one.demand is Demand.INCOMPARABLE:
        return f"{demand_word(one.demand)}：{reason_words(one.reason)}"
    if not one.difference:
        return demand_word(one.demand)
    return f"{demand_word(one.demand)} {signed(one.difference)} {one.target.unit}".strip()


def signed(value: Decimal) -> str:
    """A difference with its sign."""
    return f"{'+' if value > 0 else ''}{number(value)}" if value else "0"


def read(mapping: Mapping, *, turned: bool = False) -> Read:
    """A pair from its source, or `turned` from its target."""
    ends = (mapping.source, mapping.target, mapping.source_measure, mapping.target_measure)
    if turned:
        here, other, here_measure, other_measure = ends[1], ends[0], ends[3], ends[2]
        return Read(mapping, here, other, here_measure, other_measure, mapping.kind.inverse)
    return Read(mapping, *ends, mapping.kind)


# Lists
@dataclass(frozen=True, slots=True)
class PairFilter:
    """What a reader wants of the list; empty means all. Frameworks and clauses are codes."""

    framework: str = ""
    other: str = ""
    relation: str = ""
    review: str = ""
    tension: bool = False
    confidence: str = ""
    clause: str = ""
    words: str = ""


def with_ends(rows: MappingQuerySet) -> MappingQuerySet:
    """Pairs with clauses, standards and figures of both ends, in the same query."""
    return rows.select_related(
        "source__framework",
        "target__framework",
        "source_measure",
        "target_measure",
        "reviewed_by",
    )


def pair_list(wanted: PairFilter) -> MappingQuerySet:
    """Pairs in use that fit; `framework` and `other` stand on either side."""
    rows = with_ends(Mapping.objects.active())
    for name in ("relation", "review", "confidence"):
        if getattr(wanted, name):
            rows = rows.filter(**{name: getattr(wanted, name)})
    if wanted.framework or wanted.other:
        rows = rows.filter(_between(wanted.framework, wanted.other))
    if wanted.tension:
        rows = rows.exclude(tension="")
    if wanted.clause:
        ends = _under_code(wanted.clause)
        rows = rows.filter(Q(source__in=ends) | Q(target__in=ends))
    return rows.filter(_mentions(wanted.words)) if wanted.words else rows


def _between(one: str, other: str) -> Q:
    there, back = Q(), Q()
    for code, near, far in ((one, "source", "target"), (other, "target", "source")):
        if code:
            there &= Q(**{f"{near}__framework__code": code})
            back &= Q(**{f"{far}__framework__code": code})
    return there | back


def _under_code(code: str) -> QuerySet[Clause]:
    clause = Clause.objects.filter(code=code).first()
    return under(clause) if clause else Clause.objects.none()


def _mentions(words: str) -> Q:
    found = Q()
    for name in (
        "code",
        "reason",
        "tension",
        "source__title",
        "target__title",
        "source__title_en",
        "target__title_en",
        "source__code",
        "target__code",
        "source_measure__name",
        "target_measure__name",
    ):
        found |= Q(**{f"{name}__icontains": words})
    return found


def review_counts(wanted: PairFilter) -> dict[str, int]:
    """How many pairs that fit stand in each state of review."""
    rows = pair_list(wanted).order_by().values_list("review").annotate(Count("pk"))
    return dict(rows)


def tension_list() -> MappingQuerySet:
    """Pairs of which the one pulls against the other."""
    return pair_list(PairFilter(tension=True))


def window_list() -> MappingQuerySet:
    """Pairs that look back over different spans without incident."""
    return (
        pair_list(PairFilter())
        .exclude(source_window=F("target_window"))
        .filter(source_window__isnull=False, target_window__isnull=False)
    )


DIFFERS, SAME, OPEN = "differs", "same", "incomparable"


def threshold_list(kind: str) -> MappingQuerySet:
    """Pairs with figures at both ends by what their lines say: `DIFFERS`, `SAME` or `OPEN`.

    Which line asks more is computed and never stored, so the pairs are looked through once.
    """
    rows = pair_list(PairFilter()).filter(
        source_measure__isnull=False, target_measure__isnull=False
    )
    found = [row.pk for row in rows.order_by() if _threshold_kind(read(row)) == kind]
    return rows.filter(pk__in=found)


def _threshold_kind(pair: Read) -> str:
    if pair.differs:
        return DIFFERS
    return SAME if pair.demand is Demand.SAME else OPEN


def alone_list(framework: Framework) -> QuerySet[Clause]:
    """Requirements of a standard that nothing in another one is paired with."""
    return _alone().filter(framework=framework).order_by("ordinal")


def alone_counts() -> list[tuple[Framework, int]]:
    """Every standard with the number of its requirements without counterpart."""
    counts = dict(_alone().order_by().values_list("framework").annotate(Count("pk")))
    return [(framework, counts.get(framework.pk, 0)) for framework in Framework.objects.all()]


def _alone() -> QuerySet[Clause]:
    standing = Mapping.objects.active().exclude(review=Mapping.Review.REFUSED)
    paired = Exists(standing.filter(source=OuterRef("pk"))) | Exists(
        standing.filter(target=OuterRef("pk"))
    )
    return Clause.objects.filter(~paired, level=Clause.Level.REQUIREMENT)


# The matrix
@dataclass(slots=True)
class Cell:
    """Pairs between two standards as the first reads them; refused ones are left out."""

    row: Framework
    column: Framework
    accepted: int = 0
    open: int = 0
    relations: dict[Relation, int] = field(default_factory=lambda: dict.fromkeys(Relation, 0))
    share: int = 0  # percent of the fullest cell, for the length of the bar

    @property
    def total(self) -> int:
        """Pairs of the cell."""
        return self.accepted + self.open

    @property
    def segments(self) -> list[tuple[int, int, str, str, int]]:
        """The bar, of 100: where a relation begins, how wide, its value, its word, its count."""
        found, passed = [], 0
        for kind, count in self.relations.items():
            begin, passed = self._of_bar(passed), passed + count
            if count:
                word = str(Mapping.RelationKind(kind).label)
                found.append((begin, self._of_bar(passed) - begin, kind.value, word, count))
        return found

    def _of_bar(self, count: int) -> int:
        return round(self.share * count / self.total)


@dataclass(frozen=True, slots=True)
class Matrix:
    """Standard × standard; the diagonal says how many requirements a standard has."""

    frameworks: list[Framework]
    rows: list[tuple[Framework, list[Cell]]]
    total: int


def matrix() -> Matrix:
    """The whole crosswalk as counts, in two queries however many pairs there are."""
    frameworks: list[Framework] = list(
        Framework.objects.annotate(
            requirement_count=Count("clauses", filter=Q(clauses__level=Clause.Level.REQUIREMENT))
        ).order_by("ordinal", "code")
    )
    cells = {(a.pk, b.pk): Cell(a, b) for a in frameworks for b in frameworks}
    for source, target, relation, review, count in _grouped():
        _add(cells[source, target], Relation(relation), review, count)
        _add(cells[target, source], Relation(relation).inverse, review, count)
    most = max((cell.total for cell in cells.values()), default=0)
    for cell in cells.values():
        cell.share = max(14, round(100 * cell.total / most)) if cell.total else 0
    rows = [(a, [cells[a.pk, b.pk] for b in frameworks]) for a in frameworks]
    return Matrix(frameworks, rows, sum(cell.total for cell in cells.values()) // 2)


def _grouped() -> Iterable[tuple[int, int, str, str, int]]:
    rows = Mapping.objects.active().exclude(review=Mapping.Review.REFUSED).order_by()
    return rows.values_list(
        "source__framework", "target__framework", "relation", "review"
    ).annotate(Count("pk"))


def _add(cell: Cell, relation: Relation, review: str, count: int) -> None:
    cell.relations[relation] += count
    if review == Mapping.Review.ACCEPTED:
        cell.accepted += count
    else:
        cell.open += count


# One clause
def counterparts(clause: Clause) -> list[Read]:
    """What a clause, and what is below it, is paired with; read from the clause. One query."""
    ends = under(clause)
    rows = with_ends(Mapping.objects.active().touching(ends)).exclude(review=Mapping.Review.REFUSED)
    found = [read(row, turned=not _belongs(row.source, clause)) for row in rows.order_by("code")]
    return sorted(found, key=lambda one: (one.other.framework.ordinal, one.other.ordinal))


def _belongs(clause: Clause, root: Clause) -> bool:
    return clause.pk == root.pk or clause.path.startswith(f"{root.path}/")


# The strictest line
@dataclass(frozen=True, slots=True)
class Shared:
    """One quantity that several standards ask for, by pairs that say so."""

    measures: list[Measure]
    mappings: list[Mapping]

    @property
    def title(self) -> str:
        """What the figure is called where it is called shortest."""
        return min((measure.title for measure in self.measures), key=len)

    @property
    def accepted(self) -> bool:
        """Whether a person has accepted every pair of it."""
        return all(row.review == Mapping.Review.ACCEPTED for row in self.mappings)

    @property
    def open_count(self) -> int:
        """Pairs that nobody has looked at."""
        return sum(row.review == Mapping.Review.OPEN for row in self.mappings)

    @property
    def valued(self) -> list[tuple[Measure, Target]]:
        """Figures with one line; those with tiers only are shown, never guessed."""
        lines = ((measure, lines_of(measure)[0]) for measure in self.measures)
        return [(m, line) for m, line in lines if line.value is not None and not line.when]

    @property
    def tiered(self) -> list[tuple[Measure, list[str]]]:
        """Figures whose line depends on what a city is, with all their tiers."""
        found = [
            (m, [line_words(line) for line in lines_of(m) if line.when]) for m in self.measures
        ]
        return [(measure, tiers) for measure, tiers in found if tiers]

    @property
    def missing(self) -> list[Measure]:
        """Figures without any known line."""
        return [m for m in self.measures if m.threshold is None and not _tiers(m)]

    @property
    def best(self) -> Target | None:
        """The line that meets all that have one; None when they cannot be compared."""
        return strictest(line for _measure, line in self.valued)

    @property
    def best_words(self) -> str:
        """That line as people write it."""
        return line_words(self.best) if self.best else ""

    @property
    def lines(self) -> list[tuple[Measure, str, bool]]:
        """Every figure with one line, and whether it is the strictest."""
        return [(m, line_words(line), line == self.best) for m, line in self.valued]

    @property
    def obstacles(self) -> list[str]:
        """Which figures cannot be compared with each other, and why."""
        measures = [measure for measure, _line in self.valued]
        return [
            _("%(one)s 与 %(other)s：%(reason)s")
            % {
                "one": f"{measures[a].title}（{measures[a].clause.framework.name}）",
                "other": f"{measures[b].title}（{measures[b].clause.framework.name}）",
                "reason": reason_words(reason),
            }
            for a, b, reason in obstacles([line for _measure, line in self.valued])
        ]


def shared_quantities(*, accepted: bool = False) -> list[Shared]:
    """Every quantity that two or more standards ask for; `accepted`: only by accepted pairs."""
    rows = Mapping.objects.carrying() if accepted else Mapping.objects.active()
    pairs = list(
        rows.filter(same_quantity=True).exclude(review=Mapping.Review.REFUSED).order_by("code")
    )
    ends = [(row.source_measure_id or 0, row.target_measure_id or 0) for row in pairs]
    known = Measure.objects.select_related("clause__framework").in_bulk(
        {pk for end in ends for pk in end}
    )
    by_measure: dict[int, list[Mapping]] = defaultdict(list)
    for row, (source, _target) in zip(pairs, ends, strict=True):
        by_measure[source].append(row)
    return [
        Shared(_in_order(known[pk] for pk in group), [m for pk in group for m in by_measure[pk]])
        for group in connected(ends)
    ]


def _in_order(measures: Iterator[Measure]) -> list[Measure]:
    return sorted(measures, key=lambda m: (m.clause.framework.ordinal, m.clause.ordinal, m.pk))
