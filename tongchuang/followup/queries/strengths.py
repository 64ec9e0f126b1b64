"""What holds already: each measure with the standard's line, our own target, gap and trend."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from tongchuang.accounts.models import User
from tongchuang.assessment.models import Cell, Figure
from tongchuang.assessment.rules import State
from tongchuang.campaigns.models import Assignment, Campaign
from tongchuang.followup.queries.ground import Ground, ground_of
from tongchuang.priorities.models import Highlight, Target
from tongchuang.priorities.queries import targets_of
from tongchuang.priorities.rules import Trend, gap, reached, trend
from tongchuang.standards.models import Clause, Measure

GOOD = (State.HIGHLIGHT, State.STRENGTH, State.MET)


@dataclass(frozen=True, slots=True)
class StrengthLine:
    """A measure of a clause that holds, or that has a target of its own."""

    clause: Clause
    state: State
    duty: Assignment | None
    measure: Measure | None
    figure: Figure | None
    before: Figure | None
    target: Target | None
    highlights: int

    @property
    def state_label(self) -> str:
        """The state in words."""
        return str(Cell.State(self.state).label)

    @property
    def comparable(self) -> bool:
        """Whether the figure is in the measure's own unit."""
        return bool(
            self.figure and self.measure and self.figure.measured_in in {"", self.measure.unit}
        )

    @property
    def gap(self) -> Decimal | None:
        """What is missing to our target; None without target or figure."""
        if not (self.target and self.measure and self.figure and self.comparable):
            return None
        return gap(self.figure.value, self.measure.op, self.target.value)

    @property
    def value_text(self) -> str:
        """The figure without idle zeros."""
        return f"{self.figure.value.normalize():f}" if self.figure else ""

    @property
    def gap_text(self) -> str:
        """The gap without idle zeros."""
        return "" if self.gap is None else f"{self.gap.normalize():f}"

    @property
    def reached(self) -> bool:
        """Whether our own target is reached."""
        if not (self.target and self.measure and self.figure and self.comparable):
            return False
        return reached(self.figure.value, self.measure.op, self.target.value)

    @property
    def trend(self) -> Trend | None:
        """Which way the figure went."""
        if not (self.measure and self.figure and self.before):
            return None
        if self.figure.measured_in != self.before.measured_in:
            return None
        return trend(self.before.value, self.figure.value, self.measure.op)


def strength_lines(user: User, campaign: Campaign) -> list[StrengthLine]:
    """Clauses that hold with their measures, and those with a target; eight queries."""
    found = ground_of(user, campaign)
    targets = targets_of(campaign)
    measures = _measures(found)
    figures = _figures(campaign, [one.pk for rows in measures.values() for one in rows])
    shown: dict[int, int] = defaultdict(int)
    approved = Highlight.objects.approved().filter(campaign=campaign).order_by()
    for clause in approved.values_list("clause", flat=True):
        shown[found.article_of.get(clause, clause)] += 1
    lines = []
    for key in found.articles:
        rows = measures.get(key, [])
        aimed = [one for one in rows if one.pk in targets]
        if found.state_of(key) not in GOOD and not aimed:
            continue
        wanted = rows if found.state_of(key) in GOOD else aimed
        every: list[Measure | None] = [*wanted] or [None]
        lines += [_line(found, key, one, figures, targets, shown[key]) for one in every]
    return lines


def _line(
    found: Ground,
    article: int,
    measure: Measure | None,
    figures: dict[int, list[Figure]],
    targets: dict[int, Target],
    shown: int,
) -> StrengthLine:
    own = figures.get(measure.pk, []) if measure else []
    return StrengthLine(
        clause=found.articles[article],
        state=found.state_of(article),
        duty=found.duties.get(article),
        measure=measure,
        figure=own[0] if own else None,
        before=own[1] if len(own) > 1 else None,
        target=targets.get(measure.pk) if measure else None,
        highlights=shown,
    )


def _measures(found: Ground) -> dict[int, list[Measure]]:
    """By article the measures that have a line to be beyond. One query."""
    rows = Measure.objects.filter(clause__in=list(found.article_of)).exclude(threshold=None)
    by_article: dict[int, list[Measure]] = defaultdict(list)
    for row in rows.filter(op__in=[">=", ">", "<=", "<"]).order_by("clause__ordinal", "ordinal"):
        by_article[found.article_of[row.clause_id]].append(row)
    return by_article


def _figures(campaign: Campaign, measures: list[int]) -> dict[int, list[Figure]]:
    """By measure the city's figures, newest first. One query."""
    rows = Figure.objects.current().filter(measure__in=measures, unit=campaign.city_id)
    by_measure: dict[int, list[Figure]] = defaultdict(list)
    for row in rows.order_by("-period", "-id"):
        by_measure[row.measure_id].append(row)
    return by_measure
