"""Reading standards: the tree, what hangs on a clause, what is unsure, limits of problems."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from tongchuang.core.worktime import Limit, LimitUnit
from tongchuang.standards.models import (
    ChecklistItem,
    Clause,
    Confidence,
    Correction,
    Framework,
    Grade,
    GradeLimit,
    LimitChange,
    Measure,
    ProblemClass,
    Process,
    Rule,
    SiteType,
)
from tongchuang.standards.rules.shapes import LIMIT_PARTS

VETO, UNSURE, MEASURED = "veto", "unsure", "measured"


# The tree
@dataclass(frozen=True, slots=True)
class Requirement:
    """A requirement with the figures it asks for."""

    clause: Clause
    measures: list[Measure]

    @property
    def unsure(self) -> bool:
        """Whether something about it must be checked before use."""
        return self.clause.confidence == Confidence.LOW or any(m.unsure for m in self.measures)

    def fits(self, only: str) -> bool:
        """Whether it belongs under the filter `only`."""
        match only:
            case "veto":
                return self.clause.veto
            case "unsure":
                return self.unsure
            case "measured":
                return bool(self.measures)
        return True

    def mentions(self, words: str) -> bool:
        """Whether `words` stand in it."""
        clause = self.clause
        texts = [clause.code, clause.title, clause.title_en, clause.text, *clause.evidence]
        texts += [f"{measure.name} {measure.name_en}" for measure in self.measures]
        return any(words in text.casefold() for text in texts)


@dataclass(frozen=True, slots=True)
class Article:
    """An article with its requirements; `clause` None where requirements stand in the chapter."""

    clause: Clause | None
    requirements: list[Requirement]

    @property
    def evidence(self) -> list[str]:
        """What papers are asked for, each once."""
        return list(dict.fromkeys(e for row in self.requirements for e in row.clause.evidence))

    @property
    def responsible(self) -> list[str]:
        """Who is proposed, each once."""
        hints = (hint for row in self.requirements for hint in row.clause.responsible_hint)
        return list(dict.fromkeys(hints))

    def mentions(self, words: str) -> bool:
        """Whether `words` stand in its title or explanation."""
        if self.clause is None:
            return False
        texts = [self.clause.code, self.clause.title, self.clause.title_en, self.clause.plain]
        return any(words in text.casefold() for text in texts)


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter with its articles."""

    clause: Clause
    articles: list[Article]

    @property
    def requirements(self) -> list[Requirement]:
        """All of the chapter."""
        return [row for article in self.articles for row in article.requirements]


def clause_tree(framework: Framework) -> list[Chapter]:
    """The framework as people read it, in two queries."""
    clauses = framework.clauses.order_by("ordinal").prefetch_related("measures")
    chapters: dict[str, Chapter] = {}
    articles: dict[str, Article] = {}
    for clause in clauses:
        parts = clause.path.split("/")
        if clause.level == Clause.Level.CHAPTER:
            chapters[clause.code] = Chapter(clause, [])
        elif clause.level == Clause.Level.ARTICLE:
            articles[clause.code] = Article(clause, [])
            chapters[parts[0]].articles.append(articles[clause.code])
        else:
            _home(chapters[parts[0]], articles, parts).requirements.append(
                Requirement(clause, list(clause.measures.all()))
            )
    return list(chapters.values())


def _home(chapter: Chapter, articles: Mapping[str, Article], path: list[str]) -> Article:
    """The article of a requirement, or the chapter's own list."""
    if len(path) > 1 and path[1] in articles:
        return articles[path[1]]
    if not chapter.articles or chapter.articles[0].clause is not None:
        chapter.articles.insert(0, Article(None, []))
    return chapter.articles[0]


def narrowed(tree: list[Chapter], *, words: str = "", only: str = "") -> list[Chapter]:
    """What of a tree fits: requirements of a kind (`VETO`, `UNSURE`, `MEASURED`) with `words`."""
    words = words.strip().casefold()
    if not words and not only:
        return tree
    found = []
    for chapter in tree:
        articles = [_fitting_article(article, words, only) for article in chapter.articles]
        articles = [article for article in articles if article.requirements]
        if articles:
            found.append(Chapter(chapter.clause, articles))
    return found


def _fitting_article(article: Article, words: str, only: str) -> Article:
    whole = not words or article.mentions(words)
    rows = [row for row in article.requirements if row.fits(only)]
    return Article(article.clause, [row for row in rows if whole or row.mentions(words)])


@dataclass(frozen=True, slots=True)
class TreeCounts:
    """How much a framework holds."""

    chapters: int
    articles: int
    requirements: int
    measures: int
    measured: int
    vetoes: int
    unsure: int


def tree_counts(tree: list[Chapter]) -> TreeCounts:
    """Counts of a whole tree; `measured`, `vetoes` and `unsure` count requirements."""
    rows = [row for chapter in tree for row in chapter.requirements]
    articles = [a for chapter in tree for a in chapter.articles if a.clause]
    return TreeCounts(
        chapters=len(tree),
        articles=len(articles),
        requirements=len(rows),
        measures=sum(len(row.measures) for row in rows),
        measured=sum(bool(row.measures) for row in rows),
        vetoes=sum(row.clause.veto for row in rows),
        unsure=sum(row.unsure for row in rows),
    )


def framework_list() -> QuerySet[Framework]:
    """All frameworks with `requirement_count`, `measure_count` and `unsure_count`."""
    level = Q(clauses__level=Clause.Level.REQUIREMENT)
    return Framework.objects.annotate(
        requirement_count=Count("clauses", filter=level, distinct=True),
        measure_count=Count("clauses__measures", distinct=True),
        unsure_count=Count(
            "clauses__measures", filter=Q(clauses__measures__unsure=True), distinct=True
        ),
    ).order_by("ordinal", "code")


def requirements(framework: Framework) -> QuerySet[Clause]:
    """The clauses that are judged, in the order of the document."""
    return framework.clauses.filter(level=Clause.Level.REQUIREMENT).order_by("ordinal")


def articles(framework: Framework) -> QuerySet[Clause]:
    """The clauses that are assigned to units, in the order of the document."""
    return framework.clauses.filter(level=Clause.Level.ARTICLE).order_by("ordinal")


def under(clause: Clause) -> QuerySet[Clause]:
    """The clause and everything below it."""
    return Clause.objects.filter(Q(pk=clause.pk) | Q(path__startswith=f"{clause.path}/"))


def rules_of(framework: Framework) -> QuerySet[Rule]:
    """Every rule of a framework with its clause."""
    return Rule.objects.filter(clause__framework=framework).select_related("clause")


# One clause
@dataclass(frozen=True, slots=True)
class Checklist:
    """The items of one site type that bear on a clause."""

    site_type: SiteType
    items: list[ChecklistItem]


@dataclass(frozen=True, slots=True)
class ClauseFacts:
    """What standards know about a clause; other apps hang more on it."""

    clause: Clause
    above: list[Clause]
    before: Clause | None
    after: Clause | None
    requirements: list[Requirement]
    rules: list[Rule]
    checklists: list[Checklist]
    problem_classes: list[ProblemClass]

    @property
    def plain(self) -> str:
        """Our explanation: its own, or that of the article above it."""
        texts = [self.clause.plain, *(clause.plain for clause in reversed(self.above))]
        return next(filter(None, texts), "")

    @property
    def measures(self) -> list[Measure]:
        """All figures of the clause and below."""
        return [measure for row in self.requirements for measure in row.measures]

    @property
    def evidence(self) -> list[str]:
        """What papers are asked for, each once."""
        return list(dict.fromkeys(e for row in self.requirements for e in row.clause.evidence))

    @property
    def responsible(self) -> list[str]:
        """Who is proposed to lead, each once."""
        hints = (hint for row in self.requirements for hint in row.clause.responsible_hint)
        return list(dict.fromkeys(hints))

    @property
    def judged(self) -> list[tuple[Rule, Measure | None]]:
        """Every rule with the figure it compares."""
        measures = {measure.code: measure for measure in self.measures}
        return [(rule, measures.get(rule.params.get("measure", ""))) for rule in self.rules]

    @property
    def vetoes(self) -> list[Clause]:
        """Requirements on which everything falls."""
        return [row.clause for row in self.requirements if row.clause.veto]

    @property
    def sources(self) -> list[str]:
        """Where the wording and the values are from."""
        found = [
            *self.clause.sources,
            *(s for row in self.requirements for s in row.clause.sources),
        ]
        return source_words([*found, *(s for measure in self.measures for s in measure.sources)])


def clause_facts(clause: Clause) -> ClauseFacts:
    """Everything of this app that hangs on a clause, in a fixed number of queries."""
    below = list(under(clause).order_by("ordinal").prefetch_related("measures"))
    codes = clause.path.split("/")[:-1]
    above = {row.code: row for row in Clause.objects.filter(code__in=codes)}
    peers = Clause.objects.filter(framework=clause.framework, level=clause.level)
    bearing = [row.pk for row in below] + [above[code].pk for code in codes[1:]]
    return ClauseFacts(
        clause=clause,
        above=[above[code] for code in codes],
        before=peers.filter(ordinal__lt=clause.ordinal).order_by("-ordinal").first(),
        after=peers.filter(ordinal__gt=clause.ordinal).order_by("ordinal").first(),
        requirements=[
            Requirement(row, list(row.measures.all()))
            for row in below
            if row.level == Clause.Level.REQUIREMENT
        ],
        rules=list(Rule.objects.filter(clause__in=below).select_related("clause")),
        checklists=_checklists(bearing),
        problem_classes=list(
            ProblemClass.objects.filter(active=True, clauses__in=bearing).distinct()
        ),
    )


def _checklists(clause_ids: list[int]) -> list[Checklist]:
    """Items link to articles; a requirement shows those of its article."""
    items = (
        ChecklistItem.objects.filter(active=True, clauses__in=clause_ids)
        .select_related("site_type")
        .distinct()
        .order_by("site_type__ordinal", "ordinal")
    )
    found: dict[int, Checklist] = {}
    for item in items:
        found.setdefault(item.site_type_id, Checklist(item.site_type, [])).items.append(item)
    return list(found.values())


def source_words(sources: Iterable[str]) -> list[str]:
    """Kinds of source in words, each once; addresses stay as they are."""
    words = {"recall": _("凭记忆"), "secondary-copy": _("转载件")}
    return list(dict.fromkeys(words.get(source, source) for source in sources))


# Unsure values
def unsure_list(framework: Framework) -> QuerySet[Measure]:
    """Targets that must be checked before use, in the order of the document."""
    return (
        Measure.objects.filter(clause__framework=framework, unsure=True)
        .select_related("clause")
        .order_by("clause__ordinal", "ordinal")
    )


def correction_list(framework: Framework) -> QuerySet[Correction]:
    """What the city put right in a framework, latest first."""
    return Correction.objects.filter(measure__clause__framework=framework).select_related(
        "measure__clause", "by"
    )


# Site types and problems
def site_type_list() -> QuerySet[SiteType]:
    """All site types with `item_count`, `red_line_count` and `class_count`."""
    in_use = Q(items__active=True)
    red = Q(items__severity=ChecklistItem.Severity.RED_LINE)
    return SiteType.objects.annotate(
        item_count=Count("items", filter=in_use, distinct=True),
        red_line_count=Count("items", filter=in_use & red, distinct=True),
        class_count=Count("problem_classes", distinct=True),
    ).order_by("ordinal")


def checklist(site_type: SiteType) -> QuerySet[ChecklistItem]:
    """The items in use of a site type, in order, with their clauses."""
    return (
        site_type.items.filter(active=True)
        .order_by("ordinal")
        .prefetch_related(Prefetch("clauses", Clause.objects.select_related("framework")))
    )


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one problem; None = there is none."""

    sign_for: Limit | None = None
    return_window: Limit | None = None
    make_safe: Limit | None = None
    fix: Limit | None = None
    verify: Limit | None = None


@dataclass(frozen=True, slots=True)
class LimitTable:
    """The limits of all grades and what was set for single classes, as they hold on one day."""

    grades: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    changes: Mapping[int, LimitChange] = field(default_factory=dict)

    def of(self, grade: str, own: Mapping[str, str] | None = None) -> Limits:
        """Limits of a grade; `own` (`ProblemClass.limits`) replaces single ones."""
        texts = {**self.grades.get(grade, {}), **(own or {})}
        return Limits(**{part: parse_limit(texts.get(part, "")) for part in LIMIT_PARTS})

    def standing(self, problem_class: ProblemClass) -> ProblemClass:
        """The class with the grade, limits and closing condition of the day; not to be saved."""
        change = self.changes.get(problem_class.pk)
        return with_change(problem_class, change) if change else problem_class


def with_change(problem_class: ProblemClass, change: LimitChange) -> ProblemClass:
    """A copy of the class that says what the change says; not to be saved."""
    standing = copy(problem_class)
    for name, value in change.new.items():
        setattr(standing, name, value)
    standing.change = change
    return standing


def limit_table(*, on: date) -> LimitTable:
    """The limits of every grade and class as they hold on a day. Two queries."""
    grades = {row.grade: {part: getattr(row, part) for part in LIMIT_PARTS} for row in _grades()}
    changes: dict[int, LimitChange] = {}
    for change in LimitChange.objects.begun(on=on):
        if change.problem_class_id is None:
            grades[change.grade] = change.new
        else:
            changes[change.problem_class_id] = change
    return LimitTable(grades, changes)


def standing_class(problem_class: ProblemClass, *, on: date) -> ProblemClass:
    """One class as it stands on a day; not to be saved. One query."""
    change = problem_class.limit_changes.begun(on=on).last()
    return with_change(problem_class, change) if change else problem_class


def _grades() -> QuerySet[GradeLimit]:
    return GradeLimit.objects.all()


def limits_of(problem_class: ProblemClass, *, on: date) -> Limits:
    """The limits of one problem class in its default grade on a day."""
    table = limit_table(on=on)
    standing = table.standing(problem_class)
    return table.of(standing.grade, standing.limits)


def parse_limit(text: str) -> Limit | None:
    """A text like `4 work_hour` as a limit; empty is none."""
    if not text:
        return None
    amount, _space, unit = text.partition(" ")
    return Limit(Decimal(amount), LimitUnit(unit))


def grade_rows(table: LimitTable) -> list[tuple[GradeLimit, Limits]]:
    """Every grade with its limits by that table, for the table of limits."""
    order = {grade: place for place, grade in enumerate(Grade.values)}
    rows = sorted(_grades(), key=lambda row: order[row.grade])
    return [(row, table.of(row.grade)) for row in rows]


def limit_changes(subject: ProblemClass | GradeLimit) -> QuerySet[LimitChange]:
    """What was ever set for a class or a grade, the latest day first, with the person."""
    if isinstance(subject, ProblemClass):
        return subject.limit_changes.select_related("by")
    return LimitChange.objects.filter(grade=subject.grade).select_related("by")


def problem_class_list(
    table: LimitTable, *, group: str = "", grade: str = "", words: str = ""
) -> list[ProblemClass]:
    """Problem classes in use as they stand by that table, with `site_type_count`.

    They are some dozens: what the city set is laid over them before they are narrowed.
    """
    rows = ProblemClass.objects.filter(active=True)
    if group:
        rows = rows.filter(group=group)
    counted = rows.annotate(site_type_count=Count("site_types", distinct=True)).order_by("ordinal")
    standing = [table.standing(row) for row in counted]
    return [
        row for row in standing if (not grade or row.grade == grade) and words.lower() in _said(row)
    ]


def _said(row: ProblemClass) -> str:
    return " ".join([row.title, row.title_en, row.closing_condition]).lower()


def problem_groups() -> list[tuple[str, str]]:
    """Groups of problem classes: value and name."""
    groups: dict[str, str] = {}
    for row in ProblemClass.objects.filter(active=True):
        groups.setdefault(row.group, row.group_name)
    return list(groups.items())


def process_of(framework: Framework) -> Process | None:
    """The review procedure of a framework with its stages and gates."""
    return framework.processes.prefetch_related("states", "gates__source", "gates__target").first()


def clauses_by_framework(clauses: Iterable[Clause]) -> list[tuple[Framework, list[Clause]]]:
    """Clauses of several editions, apart."""
    found: dict[Framework, list[Clause]] = defaultdict(list)
    for clause in sorted(clauses, key=lambda row: (row.framework.ordinal, row.ordinal)):
        found[clause.framework].append(clause)
    return list(found.items())
