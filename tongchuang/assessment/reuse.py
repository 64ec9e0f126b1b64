"""One fact, many uses: how often figures, papers and answers are read, and what that saves.

A use is a clause of a campaign for which a fact counts whole: its own clause, or one that an
accepted pair leads to (one hop; a part is no use). Whoever collects for each clause by itself asks
once per use, so every use beyond the first is a request saved (contract Q4).
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import User
from tongchuang.assessment.inputs import article_key
from tongchuang.assessment.models import Figure
from tongchuang.assessment.uses import twins
from tongchuang.campaigns.models import Campaign
from tongchuang.dossiers.models import Paper
from tongchuang.inspections.models import Answer, Visit
from tongchuang.inspections.queries import feeds_of
from tongchuang.standards.models import ChecklistItem, Clause, Mapping, Measure
from tongchuang.standards.rules.crosswalk import Carried, carried

KINDS = {"figure": _("指标数值"), "paper": _("档案资料"), "answer": _("检查答案")}


@dataclass(frozen=True, slots=True)
class Reused:
    """Facts of one sort that are read alike: all figures of a measure, one paper, one question.

    `facts` is how many there are, `uses` how many clauses of how many campaigns read each of them.
    """

    kind: str
    title: str
    url: str
    facts: int
    uses: Counter[str]

    @property
    def readers(self) -> list[tuple[str, int]]:
        """Codes of the campaigns that read each of them, with their number of clauses."""
        return sorted(self.uses.items())

    @property
    def each(self) -> int:
        """Uses of one fact."""
        return self.uses.total()

    @property
    def saved(self) -> int:
        """Requests that the uses beyond the first would have been."""
        return self.facts * max(0, self.each - 1)


@dataclass(frozen=True, slots=True)
class Sum:
    """Reused facts together; `ratio` is uses by fact in use, None where none is in use."""

    facts: int
    unused: int
    uses: int

    @property
    def saved(self) -> int:
        """Requests saved."""
        return self.uses - (self.facts - self.unused)

    @property
    def ratio(self) -> float | None:
        """Uses of a fact that is in use, on average; at least 1."""
        used = self.facts - self.unused
        return self.uses / used if used else None


def sum_of(rows: Iterable[Reused]) -> Sum:
    """Add up."""
    facts = unused = uses = 0
    for row in rows:
        facts += row.facts
        unused += 0 if row.each else row.facts
        uses += row.facts * row.each
    return Sum(facts, unused, uses)


def by_campaign(
    rows: Iterable[Reused], campaigns: Iterable[Campaign]
) -> list[tuple[Campaign, int]]:
    """How many uses each campaign has of all facts."""
    counted: Counter[str] = Counter()
    for row in rows:
        for code, number in row.uses.items():
            counted[code] += row.facts * number
    return [(one, counted[one.code]) for one in campaigns]


def reused(user: User, *, since: date) -> list[Reused]:
    """Every fact that `user` may see, since a day; the most useful first. About ten queries."""
    campaigns = list(Campaign.objects.visible_to(user).order_by("ordinal", "pk"))
    rows = [
        *_figures(user, campaigns, since),
        *_papers(user, campaigns, since),
        *_answers(user, campaigns, since),
    ]
    return sorted(rows, key=lambda row: (-row.saved, -row.each, row.kind, row.title))


def _standards(campaigns: Iterable[Campaign]) -> dict[int, list[str]]:
    """The codes of the campaigns by the standard they stand on."""
    found: dict[int, list[str]] = {}
    for one in campaigns:
        if one.framework_id:
            found.setdefault(one.framework_id, []).append(one.code)
    return found


def _counted(standards: dict[int, list[str]], read_by: Iterable[int]) -> Counter[str]:
    """Uses by campaign, from the standard of every clause that reads."""
    return Counter(code for standard in read_by for code in standards.get(standard, ()))


# Figures
def _figures(user: User, campaigns: list[Campaign], since: date) -> Iterable[Reused]:
    figures = Figure.objects.visible_to(user).current().filter(entered_at__date__gte=since)
    numbers = dict(figures.order_by().values_list("measure").annotate(Count("pk")))
    measures = Measure.objects.filter(pk__in=numbers).select_related("clause").order_by("pk")
    reading = _reading(measures)
    standards = _standards(campaigns)
    for one in measures:
        yield Reused(
            "figure",
            one.title,
            reverse("assessment:figure_uses", args=[one.code]),
            numbers[one.pk],
            _counted(standards, reading[one.pk]),
        )


def _reading(measures: Collection[Measure]) -> dict[int, list[int]]:
    """The standard of every clause that reads the figures of a measure, its own among them."""
    found = {one.pk: [one.clause.framework_id] for one in measures}
    ends = ("source_measure__clause", "target_measure__clause")
    for pair in twins(measures).select_related(*ends):
        one, other = pair.source_measure, pair.target_measure
        if one and other and one.unit == other.unit:
            for mine, theirs in ((one, other), (other, one)):
                if mine.pk in found:
                    found[mine.pk].append(theirs.clause.framework_id)
    return found


# Papers
def _papers(user: User, campaigns: list[Campaign], since: date) -> Iterable[Reused]:
    """Accepted papers: what each answers is read by every requirement that asks for it."""
    papers = Paper.objects.visible_to(user).filter(
        status=Paper.Status.ACCEPTED, registered_at__date__gte=since
    )
    rows = papers.order_by("pk").values_list("pk", "title", "requirement", "asked_as", "clauses")
    standards, proving = _standards(campaigns), _Proving()
    for pk, lines in groupby(rows.iterator(chunk_size=5000), key=itemgetter(0)):
        links = list(lines)
        _pk, title, text, texts, _clause = links[0]
        proved = (proving.clauses(clause, text, texts) for *_rest, clause in links if clause)
        read_by = {end: standard for found in proved for end, standard in found.items()}
        address = reverse("dossiers:paper_detail", args=[pk])
        yield Reused("paper", title, address, 1, _counted(standards, read_by.values()))


class _Proving:
    """Which clauses, with their standards, a paper linked to a clause proves; two queries."""

    def __init__(self) -> None:
        self.reached = _reached()
        self.articles: dict[int, int] = {}
        self.asking: dict[tuple[int, str], set[int]] = {}
        for clause in Clause.objects.select_related("parent"):
            article = article_key(clause)
            self.articles[clause.pk] = article
            for text in clause.evidence:
                self.asking.setdefault((article, text), set()).add(clause.pk)

    def clauses(self, clause: int, text: str, texts: dict[str, str]) -> dict[int, int]:
        """All that ask for its text in the article, else the clause; and where these lead."""
        article = self.articles[clause]
        asking = self.asking.get((article, texts.get(str(article), text))) or {clause}
        return {end: standard for one in asking for end, standard in self.reached[one].items()}


def _reached() -> dict[int, dict[int, int]]:
    """By clause itself and the clauses that its result proves whole, with their standards."""
    standards = dict(Clause.objects.values_list("pk", "framework"))
    found = {pk: {pk: standard} for pk, standard in standards.items()}
    for pair in Mapping.objects.carrying().only("source", "target", "relation"):
        ways = (
            (pair.source_id, pair.kind, pair.target_id),
            (pair.target_id, pair.kind.inverse, pair.source_id),
        )
        for start, relation, end in ways:
            if carried(relation, "met") is Carried.MET:
                found[start][end] = standards[end]
    return found


# Answers
def _answers(user: User, campaigns: list[Campaign], since: date) -> Iterable[Reused]:
    """Answers by question and campaigns served: a visit serves those of its round only."""
    visits = Visit.objects.visible_to(user).filter(started_at__date__gte=since)
    answers = Answer.objects.filter(visit__in=visits).exclude(result=Answer.Result.NOT_APPLICABLE)
    rows = answers.order_by().values_list("visit__campaign", "visit__round", "item")
    counted = list(rows.annotate(Count("pk")))
    shared = _shared({one for _campaign, one, _item, _number in counted})
    numbers: Counter[tuple[frozenset[int], int]] = Counter()
    for campaign, one, item, number in counted:
        numbers[shared.get(one, frozenset()) | {campaign}, item] += number
    items = _questions({item for _served, item in numbers})
    feeds = feeds_of(items.values(), campaigns)
    for (served, pk), number in numbers.items():
        item = items[pk]
        uses = Counter(
            one.code
            for feed in feeds[pk]
            if feed.whole
            for one in feed.campaigns
            if one.pk in served
        )
        title = f"{item.site_type.name} · {item.text}"
        yield Reused("answer", title, reverse("inspections:round_list"), number, uses)


def _shared(rounds: Collection[int | None]) -> dict[int | None, frozenset[int]]:
    """The further campaigns that rounds serve beside their own."""
    found: dict[int | None, set[int]] = {}
    links = Campaign.objects.filter(shared_rounds__in=[one for one in rounds if one])
    for one, campaign in links.values_list("shared_rounds", "pk"):
        found.setdefault(one, set()).add(campaign)
    return {one: frozenset(many) for one, many in found.items()}


def _questions(wanted: Collection[int]) -> dict[int, ChecklistItem]:
    items = ChecklistItem.objects.filter(pk__in=wanted).select_related("site_type")
    return {one.pk: one for one in items.prefetch_related("clauses")}
