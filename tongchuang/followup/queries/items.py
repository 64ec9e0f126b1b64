"""重视、研究、落实: three ticks for every item, each with the records that give it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _

from tongchuang.accounts.models import User
from tongchuang.assessment.models import Cell
from tongchuang.assessment.rules import State
from tongchuang.campaigns.models import Assignment, Campaign, Progress, Task, WorkPlan
from tongchuang.cases.models import Case
from tongchuang.dossiers.models import Paper
from tongchuang.followup.queries.ground import Ground, ground_of
from tongchuang.priorities.queries import deferrals_of, difficulties_of
from tongchuang.standards.models import Clause

SIGNED = (WorkPlan.Status.SUBMITTED, WorkPlan.Status.APPROVED)


@dataclass(frozen=True, slots=True)
class Proof:
    """A record behind a tick: what it is and where to open it."""

    words: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    """One of the three; `done` when records show it, `missing` says what would."""

    key: str  # attended, studied, done
    done: bool
    proofs: list[Proof]
    missing: str = ""


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item with its lead and its ticks."""

    clause: Clause
    state: State
    duty: Assignment | None
    ticks: list[Tick]

    @property
    def state_label(self) -> str:
        """The state in words."""
        return str(Cell.State(self.state).label)

    @property
    def missing(self) -> list[str]:
        """The keys of the ticks that are not there."""
        return [tick.key for tick in self.ticks if not tick.done]


@dataclass(slots=True)
class _Records:
    """What records there are, counted by article."""

    plans: dict[int, WorkPlan]
    planned: set[int]
    tasks: dict[int, int]
    reports: dict[int, int]
    papers: dict[int, int]
    closed: dict[int, int]
    reasons: set[int]
    named: set[int]


def item_lines(user: User, campaign: Campaign) -> list[ItemLine]:
    """Every item that `user` may see with its three ticks; twelve queries."""
    found = ground_of(user, campaign)
    records = _read(found)
    return [
        ItemLine(
            clause=clause,
            state=found.state_of(key),
            duty=found.duties.get(key),
            ticks=[
                _attended(found, records, key),
                _studied(found, records, key),
                _implemented(found, records, key),
            ],
        )
        for key, clause in found.articles.items()
    ]


def _read(found: Ground) -> _Records:
    campaign = found.campaign
    tasks = Task.objects.filter(campaign=campaign).exclude(status=Task.Status.CANCELLED)
    reports = Progress.objects.filter(task__campaign=campaign, done__gt=0)
    papers = Paper.clauses.through.objects.filter(paper__status=Paper.Status.ACCEPTED)
    closed = Case.clauses.through.objects.filter(
        case__city=campaign.city_id, case__status__in=["closed", "archived"]
    )
    plans = {plan.unit_id: plan for plan in WorkPlan.objects.filter(campaign=campaign)}
    return _Records(
        plans=plans,
        planned=_planned(found, plans.values()),
        tasks=_count(found, tasks.values_list("clause").annotate(n=Count("pk")).order_by()),
        reports=_count(
            found, reports.values_list("task__clause").annotate(n=Count("pk")).order_by()
        ),
        papers=_count(found, papers.values_list("clause").annotate(n=Count("pk")).order_by()),
        closed=_count(found, closed.values_list("clause").annotate(n=Count("pk")).order_by()),
        reasons={key for key, row in deferrals_of(campaign).items() if row.status == "approved"},
        named=set(difficulties_of(campaign)),
    )


def _count(found: Ground, rows: Iterable[tuple[int | None, int]]) -> dict[int, int]:
    """Rows by clause put together by article; rows of other standards fall away."""
    totals: dict[int, int] = {}
    for clause, number in rows:
        article = found.article_of.get(clause or 0)
        if article is not None:
            totals[article] = totals.get(article, 0) + number
    return totals


def _planned(found: Ground, plans: Iterable[WorkPlan]) -> set[int]:
    """Articles that a signed plan names in its goals, by number or code."""
    names = {row.code: key for key, row in found.articles.items()}
    names |= {row.number: key for key, row in found.articles.items() if row.number}
    hit = set()
    for plan in plans:
        if plan.status in SIGNED:
            for row in plan.goals:
                text = str(row.get("clause", "")).strip().strip("第条")
                if text in names:
                    hit.add(names[text])
    return hit


def _attended(found: Ground, records: _Records, article: int) -> Tick:
    """重视: one lead, whose plan is signed by its head."""
    duty = found.duties.get(article)
    if duty is None:
        return Tick("attended", done=False, proofs=[], missing=_("还没有分工"))
    proofs = [Proof(_("牵头：%(unit)s") % {"unit": duty.lead}, _duty_url(duty))]
    plan = records.plans.get(duty.lead_id)
    if plan is None or plan.status not in SIGNED:
        return Tick(
            "attended", done=False, proofs=proofs, missing=_("牵头单位的 3+1 方案还没有签报")
        )
    proofs.append(Proof(_("3+1 方案已签报"), reverse("campaigns:plan_detail", args=[plan.pk])))
    return Tick("attended", done=True, proofs=proofs)


def _duty_url(duty: Assignment) -> str:
    return reverse("desk:clause", args=[duty.clause.code]) + "#duties"


def _studied(found: Ground, records: _Records, article: int) -> Tick:
    """研究: in a signed plan, a task, a reason that was approved, or a key difficulty."""
    proofs = []
    if article in records.planned:
        proofs.append(Proof(_("列入 3+1 方案"), reverse("campaigns:plan_list")))
    if number := records.tasks.get(article):
        words = _("任务 %(n)s 项") % {"n": number}
        proofs.append(Proof(words, _clause_url(found, article, "tasks")))
    if article in records.reasons:
        proofs.append(Proof(_("暂不立任务，已批"), reverse("followup:weak_list")))
    if article in records.named:
        proofs.append(Proof(_("列入难点重点"), reverse("followup:key_list")))
    return Tick("studied", bool(proofs), proofs, "" if proofs else _("没有列入方案，也没有任务"))


def _implemented(found: Ground, records: _Records, article: int) -> Tick:
    """落实: work that records show: progress, accepted papers, closed cases."""
    proofs = []
    for count, words, anchor in (
        (records.reports.get(article), _("进度 %(n)s 次"), "tasks"),
        (records.papers.get(article), _("采用资料 %(n)s 件"), "papers"),
        (records.closed.get(article), _("销号问题 %(n)s 件"), "cases"),
    ):
        if count:
            proofs.append(Proof(words % {"n": count}, _clause_url(found, article, anchor)))
    missing = "" if proofs else _("没有进度、采用的资料或销号的问题")
    return Tick("done", bool(proofs), proofs, missing)


def _clause_url(found: Ground, article: int, anchor: str) -> str:
    address = reverse("desk:clause", args=[found.articles[article].code])
    return f"{address}#{anchor}"
