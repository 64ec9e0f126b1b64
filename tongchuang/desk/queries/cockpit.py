"""Everything that the cockpit shows, each in a fixed number of queries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Aggregate, Count, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import User
from tongchuang.assessment import queries as assessment
from tongchuang.assessment.models import Snapshot
from tongchuang.campaigns.models import Campaign
from tongchuang.cases import queries as cases
from tongchuang.cases.models import Case, Slip
from tongchuang.cases.queries.lists import STEP_WORDS, STEPS, day_span, tab_condition
from tongchuang.standards.models import Clause

DAYS = 7
ROWS = 7
SCALE = 2.4
"""How many times its limit a bar of the slowest hands can show; the mark stands at 1."""
_LADDER = (Slip.Step.RED, Slip.Step.YELLOW, Slip.Step.BLUE, Slip.Step.REMINDER)


# Figures of the day
@dataclass(frozen=True, slots=True)
class FlowLine:
    """How many cases took one step on the day, and how many still wait for the next."""

    label: str | Promise
    number: int
    url: str
    share: int  # of the longest line, in percent
    waiting: int = 0
    waiting_label: str | Promise = ""
    waiting_url: str = ""
    last: bool = False


@dataclass(frozen=True, slots=True)
class Figures:
    """The strip and the flow of the day."""

    open: int
    overdue: int
    ruling: int
    filed_week: int
    closed_week: int
    flow: list[FlowLine]


_WAITING: Mapping[str, tuple[str, str | Promise]] = {
    "found": ("verify", _("待核实")),
    "filed": ("dispatch", _("待派")),
    "dispatched": ("sign", _("待签")),
    "accepted": ("fix", _("办理中")),
    "replied": ("check", _("待核查")),
}


def figures(user: User, *, at: datetime) -> Figures:
    """What moved today and what waits, among the cases that `user` may see; two queries.

    Two, so that what waits is counted in the index of open cases alone.
    """
    today = day_span(at.date())
    week = (at - timedelta(days=DAYS), at)
    asked: dict[str, Aggregate] = {
        step: Count("pk", filter=Q(**{f"{field}__range": today})) for step, field in STEPS.items()
    }
    tabs = ("open", "overdue", "ruling", *(tab for tab, _word in _WAITING.values()))
    waiting = {f"tab_{tab}": Count("pk", filter=tab_condition(tab, at)) for tab in tabs}
    asked["filed_week"] = Count("pk", filter=Q(filed_at__range=week))
    asked["closed_week"] = Count("pk", filter=Q(closed_at__range=week))
    touched = Q(filed_at__range=week) | Q(closed_at__range=week)
    for field in STEPS.values():
        touched |= Q(**{f"{field}__range": today})
    mine = Case.objects.visible_to(user).order_by()
    found = mine.filter(touched).aggregate(**asked) | mine.open().aggregate(**waiting)
    return Figures(
        open=found["tab_open"],
        overdue=found["tab_overdue"],
        ruling=found["tab_ruling"],
        filed_week=found["filed_week"],
        closed_week=found["closed_week"],
        flow=_flow(found, at.date()),
    )


def _flow(found: Mapping[str, Any], day: date) -> list[FlowLine]:
    most = max(*(found[step] for step in STEPS), 1)
    address = reverse("cases:list")
    lines = []
    for step in STEPS:
        tab, word = _WAITING.get(step, ("", ""))
        lines.append(
            FlowLine(
                label=STEP_WORDS[step],
                number=found[step],
                url=f"{address}?tab=all&step={step}&day={day}",
                share=round(100 * found[step] / most),
                waiting=found[f"tab_{tab}"] if tab else 0,
                waiting_label=word,
                waiting_url=f"{address}?tab={tab}",
                last=step == "closed",
            )
        )
    return lines


# Slips
def open_slips(user: User, *, at: datetime) -> dict[str, int]:
    """How many overdue cases stand at each step of the ladder, strongest step first."""
    late = Case.objects.listed_for(user, Case.OPEN).overdue(at=at).order_by()
    slips = Slip.objects.filter(answered_at=None, case__in=late).exclude(step=Slip.Step.REMINDER)
    counts = dict(slips.order_by().values_list("step").annotate(Count("case", distinct=True)))
    return {str(Slip.Step(step).label): counts[step] for step in _LADDER if counts.get(step)}


@dataclass(frozen=True, slots=True)
class LateRow:
    """An overdue case with the strongest slip that it has drawn."""

    row: cases.CaseRow
    holder: str
    slip: str
    slip_kind: str


_SLIP_KINDS = {Slip.Step.RED: "bad", Slip.Step.YELLOW: "due", Slip.Step.BLUE: "run"}


def late_rows(user: User, *, at: datetime) -> list[LateRow]:
    """The cases that are overdue longest."""
    rows = cases.overdue_list(user, at=at, most=ROWS)
    slips = Slip.objects.filter(case__in=[row.case.pk for row in rows], answered_at=None)
    steps: dict[int, list[str]] = {}
    for case, step in slips.order_by().values_list("case", "step"):
        steps.setdefault(case, []).append(step)
    return [_late_row(row, steps.get(row.case.pk, [])) for row in rows]


def _late_row(row: cases.CaseRow, steps: Iterable[str]) -> LateRow:
    strongest = next((step for step in _LADDER if step in steps and step in _SLIP_KINDS), None)
    case = row.case
    holder = str(case.lead or case.territory or "–")
    label = str(strongest.label) if strongest else ""
    return LateRow(row, holder, label, _SLIP_KINDS[strongest] if strongest else "")


# Slowest hands
@dataclass(frozen=True, slots=True)
class HandBar:
    """A slow hand with its bar against the limit; `percent` of the bar's full length."""

    hand: cases.SlowHand
    percent: int
    kind: str
    url: str


def slow_hands(user: User, *, at: datetime) -> list[HandBar]:
    """Who usually held cases longest in the last days, against the mean of the limits they had."""
    first = at.date() - timedelta(days=DAYS - 1)
    hands = cases.slowest_hands(user, first=first, last=at.date(), most=ROWS)
    return [_hand_bar(hand, first) for hand in hands]


def _hand_bar(hand: cases.SlowHand, first: date) -> HandBar:
    used = hand.median / hand.limit if hand.limit else 0.0
    kind = "bad" if used > 1 else "due" if used >= 0.75 else "run"
    query = f"tab=all&leg={hand.stage}&holder={hand.unit.pk}&since={first}"
    return HandBar(
        hand, round(min(used / SCALE, 1) * 100), kind, f"{reverse('cases:list')}?{query}"
    )


# States of the clauses
STATES: tuple[tuple[str, str, str, str | Promise], ...] = (
    ("highlight", "b-star", "star", _("特色")),
    ("strength", "b-plus", "plus2", _("优势")),
    ("met", "b-met", "ok", _("达标")),
    ("weak", "b-due", "due", _("短板")),
    ("hard", "b-hard", "hard", _("难点重点")),
    ("unknown", "b-na", "na", _("未评")),
)
# What the six words of the cockpit take in: late and unruled clauses are weak ones.
_SHOWN_AS = {"running": "met", "bad": "weak", "ruling": "weak"}


@dataclass(frozen=True, slots=True)
class StateCount:
    """How many clauses are in one state."""

    key: str
    bar: str
    icon: str
    label: str | Promise
    number: int


@dataclass(frozen=True, slots=True)
class ChapterStates:
    """The clauses of one chapter by state."""

    chapter: Clause
    counts: list[StateCount]

    @property
    def total(self) -> int:
        """All clauses that concern somebody."""
        return sum(count.number for count in self.counts)


@dataclass(frozen=True, slots=True)
class ClauseStates:
    """All clauses of a campaign by state, together and by chapter."""

    snapshot: Snapshot
    counts: list[StateCount]
    chapters: list[ChapterStates]

    @property
    def total(self) -> int:
        """All clauses that concern somebody."""
        return sum(count.number for count in self.counts)


def clause_states(campaign: Campaign) -> ClauseStates | None:
    """How the clauses stand in the newest assessment; None before the first. Five queries."""
    snapshot = assessment.snapshot_of(campaign)
    if snapshot is None:
        return None
    states = assessment.clause_states(campaign)
    chapters: dict[str, list[str]] = {}
    for pk, path in Clause.objects.filter(pk__in=states).values_list("pk", "path"):
        chapters.setdefault(path.split("/")[0], []).append(states[pk])
    heads = Clause.objects.filter(
        framework=campaign.framework_id, level=Clause.Level.CHAPTER
    ).order_by("ordinal")
    lines = [ChapterStates(head, _counts(chapters.get(head.code, []))) for head in heads]
    every = [state for found in chapters.values() for state in found]
    return ClauseStates(snapshot, _counts(every), [line for line in lines if line.total])


def _counts(states: Iterable[str]) -> list[StateCount]:
    shown = [_SHOWN_AS.get(state, state) for state in states]
    return [StateCount(key, bar, icon, label, shown.count(key)) for key, bar, icon, label in STATES]
