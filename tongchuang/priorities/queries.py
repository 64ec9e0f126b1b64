"""Reading priorities: what holds for a campaign on a day, and the library of highlights."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import reach
from tongchuang.campaigns.models import Assignment, Campaign
from tongchuang.core.models import StoredFile
from tongchuang.priorities.models import Deferral, Difficulty, Evidence, Highlight, Spread, Target
from tongchuang.priorities.rules import highest
from tongchuang.standards.models import Clause

_S = Highlight.Status
TABS: dict[str, frozenset[str]] = {
    "library": frozenset({_S.APPROVED}),
    "nominated": frozenset({_S.NOMINATED, _S.RETURNED}),
    "verified": frozenset({_S.VERIFIED}),
    "dropped": frozenset({_S.DROPPED}),
}


# What holds
def duty_of(campaign: Campaign, clause: Clause) -> Assignment | None:
    """Who leads a clause, else its first requirement."""
    rows = Assignment.objects.filter(campaign=campaign).select_related("lead", "sponsor")
    rows = rows.filter(Q(clause=clause) | Q(clause__parent=clause))
    return rows.order_by("clause__ordinal").first()


def targets_of(campaign: Campaign, *, on: date | None = None) -> dict[int, Target]:
    """By measure the target that holds, or held on a day. One query."""
    rows = Target.objects.filter(campaign=campaign)
    if on is None:
        rows = rows.filter(ended_on=None)
    else:
        rows = rows.filter(Q(ended_on=None) | Q(ended_on__gt=on), set_on__lte=on)
    return {row.measure_id: row for row in rows.order_by("id")}


def targets_for(user: User, clauses: Iterable[int]) -> list[Target]:
    """The targets for the measures of these clauses in the campaigns that `user` sees."""
    seen = Campaign.objects.visible_to(user)
    rows = Target.objects.filter(ended_on=None, measure__clause__in=list(clauses))
    return list(rows.filter(campaign__in=seen).select_related("campaign", "measure"))


def deferrals_of(campaign: Campaign) -> dict[int, Deferral]:
    """By clause the reason that waits or was approved, whatever its last day. One query."""
    rows = Deferral.objects.filter(campaign=campaign, status__in=["submitted", "approved"])
    return {row.clause_id: row for row in rows.select_related("by", "decided_by", "unit")}


def deferrals_to_decide(user: User) -> QuerySet[Deferral]:
    """The reasons that wait for this person; nobody decides their own."""
    where = reach(user, "campaigns.approve")
    rows = Deferral.objects.filter(status=Deferral.Status.SUBMITTED).exclude(by=user)
    return rows if where.everything else rows.filter(unit__in=where.unit_ids)


def difficulties_of(campaign: Campaign) -> dict[int, Difficulty]:
    """By clause what was named a key difficulty and not struck off. One query."""
    rows = Difficulty.objects.filter(campaign=campaign, ended_on=None)
    return {row.clause_id: row for row in rows.select_related("unit", "sponsor", "project")}


def shown_by(campaign: Campaign, *, on: date) -> set[tuple[int, int]]:
    """Clause and unit of the highlights approved by a day. One query."""
    rows = Highlight.objects.approved().filter(campaign=campaign, approved_on__lte=on)
    return set(rows.order_by().values_list("clause", "unit"))


def highlights_on(user: User, clauses: Iterable[int]) -> list[Highlight]:
    """The approved highlights of these clauses with their levels; two queries."""
    rows = Highlight.objects.visible_to(user).approved().filter(clause__in=list(clauses))
    return list(rows.select_related("unit", "clause").prefetch_related("spreads")[:20])


def spreads_between(campaign: Campaign, first: date, last: date) -> list[Spread]:
    """What was spread in these days, for the bulletin's bonus. One query."""
    rows = Spread.objects.filter(highlight__campaign=campaign, on__gte=first, on__lte=last)
    return list(rows.select_related("highlight").order_by("on", "id"))


# The library
@dataclass(frozen=True, slots=True)
class HighlightFilter:
    """What the reader asked for; empty means all."""

    tab: str = "library"
    campaign: Campaign | None = None
    trade: str = ""
    area: str = ""
    level: str = ""
    q: str = ""


def highlight_list(user: User, wanted: HighlightFilter) -> QuerySet[Highlight]:
    """The highlights that `user` may see and asked for."""
    found = Highlight.objects.visible_to(user).filter(status__in=TABS[wanted.tab])
    return _narrowed(found, wanted)


def _narrowed(found: QuerySet[Highlight], wanted: HighlightFilter) -> QuerySet[Highlight]:
    if wanted.campaign:
        found = found.filter(campaign=wanted.campaign)
    if wanted.trade:
        found = found.filter(trade__code=wanted.trade)
    if wanted.area:
        found = found.filter(area__code=wanted.area)
    if wanted.level:
        found = found.filter(spreads__level=wanted.level)
    if wanted.q:
        found = found.filter(Q(title__icontains=wanted.q) | Q(practice__icontains=wanted.q))
    return found


def with_library(found: QuerySet[Highlight]) -> QuerySet[Highlight]:
    """With what the list shows: one more query however many rows."""
    rows = found.select_related("unit", "clause", "trade", "area", "campaign")
    return rows.prefetch_related("spreads")


def tab_counts(user: User, wanted: HighlightFilter) -> dict[str, int]:
    """Highlights by tab under the other filters. One query."""
    rows = _narrowed(Highlight.objects.visible_to(user), wanted).order_by()
    by_status = dict(rows.values_list("status").annotate(n=Count("pk", distinct=True)))
    return {tab: sum(by_status.get(s, 0) for s in states) for tab, states in TABS.items()}


def level_of(found: Highlight) -> str:
    """The highest level that took it up, in words; '' while none did."""
    code = highest([spread.level for spread in found.spreads.all()])
    return str(Spread.Level(code).label) if code else ""


def choices_of(user: User) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Trades and places that occur in what `user` may see. Two queries."""
    seen = Highlight.objects.visible_to(user).order_by()
    trades = seen.exclude(trade=None).values_list("trade__ordinal", "trade__code", "trade__title")
    areas = Unit.objects.filter(pk__in=seen.values("area")).order_by("path")
    found = [(code, title) for _ordinal, code, title in sorted(set(trades))]
    return found, [(unit.code, unit.label) for unit in areas]


def evidence_of(user: User, pk: int) -> StoredFile | None:
    """The file of a piece of evidence that `user` may see."""
    seen = Highlight.objects.visible_to(user)
    row = Evidence.objects.filter(pk=pk, highlight__in=seen).select_related("file").first()
    return row.file if row else None


# What waits
def to_verify(user: User) -> QuerySet[Highlight]:
    """Nominations that this person may go and see: not those of their own unit."""
    where = reach(user, "priorities.verify")
    rows = Highlight.objects.filter(status=_S.NOMINATED).exclude(unit=user.unit_id)
    rows = rows.exclude(nominated_by=user)
    return rows if where.everything else rows.filter(unit__in=where.unit_ids)


def to_approve(user: User) -> QuerySet[Highlight]:
    """Verified ones that this person may approve: three different people."""
    where = reach(user, "campaigns.approve")
    rows = Highlight.objects.filter(status=_S.VERIFIED)
    rows = rows.exclude(verified_by=user).exclude(nominated_by=user)
    return rows if where.everything else rows.filter(unit__in=where.unit_ids)


def to_complete(user: User) -> QuerySet[Highlight]:
    """Those that came back to the units of this person."""
    where = reach(user, "priorities.nominate")
    rows = Highlight.objects.filter(status=_S.RETURNED)
    return rows if where.everything else rows.filter(unit__in=where.unit_ids)
