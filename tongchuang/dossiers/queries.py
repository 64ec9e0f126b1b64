"""Reading papers and what is asked for."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import actions_of, reach, subtree
from tongchuang.campaigns.models import Assignment, Campaign
from tongchuang.core import search
from tongchuang.dossiers.models import Paper
from tongchuang.dossiers.rules import Asked, asked_papers, first_year
from tongchuang.standards.models import Clause

_S = Paper.Status


@dataclass(frozen=True, slots=True)
class Todo:
    """Something that waits for a person: how many, the nearest date, where to do it."""

    label: str | Promise
    count: int
    url: str
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class PaperFilter:
    """What the address of the list asks for; empty means all."""

    status: str = ""
    unit: Unit | None = None
    year: int | None = None
    clause: Clause | None = None
    requirement: str = ""
    q: str = ""


def paper_list(user: User, campaign: Campaign | None, wanted: PaperFilter) -> QuerySet[Paper]:
    """Papers that `user` may see and asks for."""
    papers = Paper.objects.visible_to(user).select_related("unit", "file", "campaign")
    papers = papers.prefetch_related("clauses")
    if campaign:
        papers = papers.filter(campaign=campaign)
    if wanted.unit:
        papers = papers.filter(unit__in=Unit.objects.filter(subtree(wanted.unit.path)))
    if wanted.clause:
        linked = Paper.clauses.through.objects.filter(clause__in=_with_below(wanted.clause))
        papers = papers.filter(pk__in=linked.values("paper"))
    plain = {
        "status": wanted.status,
        "year": wanted.year,
        "requirement": wanted.requirement,
    }
    papers = papers.filter(**{name: value for name, value in plain.items() if value})
    return papers.filter(pk__in=search.match("paper", wanted.q)) if wanted.q else papers


def status_counts(papers: QuerySet[Paper]) -> dict[str, int]:
    """Number of papers per state, "" for all. One query."""
    rows = papers.order_by().values_list("status").annotate(Count("pk", distinct=True))
    counts = dict(rows)
    return {"": sum(counts.values()), **counts}


def paper_years(user: User) -> list[int]:
    """Years of which there are papers, latest first."""
    years = Paper.objects.visible_to(user).order_by("-year").values_list("year", flat=True)
    return list(years.distinct())


def _with_below(clause: Clause) -> QuerySet[Clause]:
    return Clause.objects.filter(Q(pk=clause.pk) | Q(path__startswith=f"{clause.path}/"))


def papers_to_cite(user: User, clause: Clause) -> QuerySet[Paper]:
    """Accepted papers of a clause or of the article above it that `user` may see, latest first."""
    found = Paper.objects.visible_to(user).filter(status=_S.ACCEPTED)
    return found.filter(clauses__in={clause.pk, clause.parent_id or clause.pk}).distinct()


# What is asked for
@dataclass(frozen=True, slots=True)
class Evidence:
    """Papers of one article with one unit: how many of each asked text, by what became of it."""

    accepted: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    waiting: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    years: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))


def asked_by_article(framework_id: int | None) -> dict[int, tuple[str, ...]]:
    """For every article the papers that it and its requirements ask for, each once. One query."""
    found: dict[int, list[str]] = {}
    rows = Clause.objects.filter(framework=framework_id).exclude(level=Clause.Level.CHAPTER)
    for pk, parent, level, evidence in rows.order_by("ordinal").values_list(
        "pk", "parent", "level", "evidence"
    ):
        article = pk if level == Clause.Level.ARTICLE else parent
        found.setdefault(article or pk, []).extend(evidence)
    return {article: tuple(dict.fromkeys(texts)) for article, texts in found.items()}


def evidence_by_clause_and_unit(campaign: Campaign, *, on: date) -> dict[tuple[int, int], Evidence]:
    """Papers of the years that count, by article and unit, by the asked text. One query.

    A paper linked to a requirement counts for the article above it; once, however many
    requirements of the article it proves.
    """
    found: dict[tuple[int, int], Evidence] = {}
    seen: set[tuple[int, int]] = set()
    links = Paper.clauses.through.objects.filter(
        paper__campaign=campaign,
        paper__year__range=(first_year(on.year), on.year),
        paper__dated_on__lte=on,
        paper__status__in=[_S.ACCEPTED, _S.REGISTERED],
    ).order_by()
    columns = ("clause", "clause__parent", "clause__level", "paper", "paper__unit")
    facts = ("paper__status", "paper__requirement", "paper__asked_as", "paper__year")
    for clause, parent, level, paper, unit, status, own, later, year in links.values_list(
        *columns, *facts
    ):
        article = parent if level == Clause.Level.REQUIREMENT else clause
        if (article, paper) in seen:
            continue
        seen.add((article, paper))
        text = later.get(str(article), own)
        evidence = found.setdefault((article, unit), Evidence())
        (evidence.accepted if status == _S.ACCEPTED else evidence.waiting)[text] += 1
        evidence.years[text].add(year)
    return found


def accepted_papers_of(articles: Iterable[int], city: Unit, *, on: date) -> dict[int, set[str]]:
    """The asked texts for which these articles have an accepted paper, in any campaign. One query.

    Articles without one are left out; papers count by the years of `evidence_by_clause_and_unit`.
    """
    keys = set(articles)
    if not keys:
        return {}
    found: dict[int, set[str]] = {}
    links = Paper.clauses.through.objects.filter(
        Q(clause__in=keys) | Q(clause__parent__in=keys),
        paper__campaign__city=city,
        paper__year__range=(first_year(on.year), on.year),
        paper__dated_on__lte=on,
        paper__status=_S.ACCEPTED,
    ).order_by()
    columns = ("clause", "clause__parent", "paper__requirement", "paper__asked_as")
    for clause, parent, own, later in links.values_list(*columns):
        article = clause if clause in keys or parent is None else parent
        found.setdefault(article, set()).add(later.get(str(article), own))
    return found


@dataclass(frozen=True, slots=True)
class UnitPapers:
    """Which asked papers of a clause one unit has handed in; `years` by asked text."""

    unit: Unit
    asked: list[Asked]
    years: dict[str, list[int]]
    others: int

    @property
    def lines(self) -> list[tuple[Asked, list[int]]]:
        """Asked papers with the years of which there are some."""
        return [(one, self.years.get(one.text, [])) for one in self.asked]


def clause_papers(user: User, campaign: Campaign, article: Clause, *, on: date) -> list[UnitPapers]:
    """The asked papers of an article by unit in the person's reach.

    Shown are the unit that answers for it and those that gave some.
    """
    asked = asked_by_article(campaign.framework_id).get(article.pk, ())
    evidence = {
        unit: found
        for (clause, unit), found in evidence_by_clause_and_unit(campaign, on=on).items()
        if clause == article.pk
    }
    owed = Assignment.objects.filter(campaign=campaign, clause=article)
    leads = set(owed.values_list("lead", flat=True))
    units = Unit.objects.filter(pk__in=leads | evidence.keys()).order_by("path")
    where = reach(user, "dossiers.view")
    if not where.everything:
        units = units.filter(pk__in=where.unit_ids)
    return [_unit_papers(unit, asked, evidence.get(unit.pk, Evidence())) for unit in units]


def _unit_papers(unit: Unit, asked: Iterable[str], evidence: Evidence) -> UnitPapers:
    lines = asked_papers(asked, evidence.accepted, evidence.waiting)
    named = {line.text for line in lines}
    handed = {**evidence.waiting, **evidence.accepted}
    others = sum(number for text, number in handed.items() if text not in named)
    years = {text: sorted(found) for text, found in evidence.years.items()}
    return UnitPapers(unit, lines, years, others)


# Figures for others
@dataclass(frozen=True, slots=True)
class DossierFigures:
    """Papers of one unit at the end of a month; `conflicts` is unknown until figures are compared.

    `accepted` of `due` asked papers; `first_pass` of the `reviewed` papers of the month were
    accepted without having been returned.
    """

    unit_id: int
    due: int = 0
    accepted: int = 0
    reviewed: int = 0
    first_pass: int = 0
    conflicts: int | None = None

    @property
    def accepted_rate(self) -> float | None:
        """Share of the asked papers that are accepted; None when none is asked."""
        return self.accepted / self.due if self.due else None

    @property
    def first_pass_rate(self) -> float | None:
        """Share of the month's reviewed papers accepted at once; None when none was reviewed."""
        return self.first_pass / self.reviewed if self.reviewed else None


def dossier_figures(
    units: Iterable[Unit], period: str, *, campaign: Campaign | None = None
) -> dict[int, DossierFigures]:
    """Figures of these units for a month ("2016-02"), each with its own row; few queries."""
    keys = {unit.pk for unit in units}
    first, last = _month(period)
    due, accepted = _due_and_accepted(keys, campaign, last)
    reviews = Paper.objects.filter(
        unit__in=keys, reviewed_at__date__range=(first, last), status__in=[_S.ACCEPTED, _S.RETURNED]
    )
    if campaign:
        reviews = reviews.filter(campaign=campaign)
    passed = Count("pk", filter=Q(status=_S.ACCEPTED, returns=0))
    rows = reviews.order_by().values("unit").annotate(n=Count("pk"), passed=passed)
    reviewed = {row["unit"]: (row["n"], row["passed"]) for row in rows}
    return {
        key: DossierFigures(key, due[key], accepted[key], *reviewed.get(key, (0, 0)))
        for key in keys
    }


def _due_and_accepted(
    keys: set[int], campaign: Campaign | None, on: date
) -> tuple[dict[int, int], dict[int, int]]:
    """By lead unit the asked papers and those of them accepted by `on`, each counted once."""
    due: dict[int, int] = defaultdict(int)
    accepted: dict[int, int] = defaultdict(int)
    campaigns = [campaign] if campaign else list(Campaign.objects.exclude(framework=None))
    for one in campaigns:
        asked = asked_by_article(one.framework_id)
        evidence = evidence_by_clause_and_unit(one, on=on)
        led = Assignment.objects.filter(campaign=one, lead__in=keys).order_by()
        for clause, lead in led.values_list("clause", "lead"):
            texts = asked.get(clause, ())
            found = evidence.get((clause, lead), Evidence()).accepted
            due[lead] += len(texts)
            accepted[lead] += sum(text in found for text in texts)
    return due, accepted


def _month(period: str) -> tuple[date, date]:
    first = date.fromisoformat(f"{period}-01")
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def todo_for(user: User) -> list[Todo]:
    """Papers that wait for this person: to review, or returned to be put right."""
    allowed = actions_of(user)
    found = []
    url = reverse("dossiers:paper_list")
    if "dossiers.review" in allowed:
        papers = _within(user, "dossiers.review").filter(status=_S.REGISTERED)
        waiting = papers.exclude(registered_by=user).count()
        found.append(Todo(_("资料待审"), waiting, f"{url}?status={_S.REGISTERED}"))
    if "dossiers.register" in allowed:
        returned = _within(user, "dossiers.register").filter(status=_S.RETURNED).count()
        found.append(Todo(_("资料被退回"), returned, f"{url}?status={_S.RETURNED}"))
    return [todo for todo in found if todo.count]


def _within(user: User, action: str) -> QuerySet[Paper]:
    where = reach(user, action)
    papers = Paper.objects.all()
    return papers if where.everything else papers.filter(unit__in=where.unit_ids)
