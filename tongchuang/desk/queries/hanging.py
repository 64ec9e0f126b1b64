"""Everything that hangs on a clause, gathered from the apps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from tongchuang.accounts.models import User
from tongchuang.assessment.models import Cell, Figure
from tongchuang.campaigns import queries as campaigns
from tongchuang.campaigns.models import Assignment, Task
from tongchuang.cases import queries as cases
from tongchuang.cases.models import Case
from tongchuang.cases.queries.lists import with_rows
from tongchuang.core.pages import Counted, capped_count
from tongchuang.dossiers.models import Paper
from tongchuang.priorities.models import Highlight, Target
from tongchuang.priorities.queries import highlights_on, level_of, targets_for
from tongchuang.projects.queries import ClauseNeed, clause_needs
from tongchuang.standards.models import Clause, Measure

SHOWN = 8


@dataclass(frozen=True, slots=True)
class Hangings:
    """What hangs on a clause, as far as a person may see it."""

    assignments: Sequence[Assignment]
    tasks: Sequence[campaigns.TaskLine]
    needs: Sequence[ClauseNeed]
    cells: Sequence[Cell]
    figures: Sequence[Figure]
    papers: Sequence[Paper]
    paper_count: Counted
    cases: Sequence[cases.CaseRow]
    open_cases: Counted
    all_cases: Counted
    targets: Sequence[Target]
    highlights: Sequence[tuple[Highlight, str]]


def hangings(
    user: User,
    clause: Clause,
    below: Sequence[Clause],
    measures: Sequence[Measure],
    *,
    at: datetime,
) -> Hangings:
    """Assignments, tasks, readiness, figures, papers and cases of a clause and what is below it."""
    keys = [clause.pk, *(row.pk for row in below)]
    concerned = Case.objects.visible_to(user).filter(clauses=clause)
    newest = with_rows(concerned.open().order_by("-id"))[:SHOWN]
    papers = Paper.objects.visible_to(user).filter(clauses__in=keys).distinct()
    return Hangings(
        assignments=_assignments(user, keys, clause),
        tasks=_tasks(user, keys, at.date()),
        needs=clause_needs(user, [clause, *below], on=at.date(), every=True),
        cells=_cells(user, keys),
        figures=_figures(measures),
        papers=list(papers.select_related("unit").order_by("-dated_on", "-id")[:SHOWN]),
        paper_count=capped_count(papers),
        cases=cases.case_rows(newest, at=at),
        open_cases=capped_count(concerned.open()),
        all_cases=capped_count(concerned),
        targets=targets_for(user, keys),
        highlights=[(one, level_of(one)) for one in highlights_on(user, keys)],
    )


def _assignments(user: User, keys: list[int], clause: Clause) -> list[Assignment]:
    """Its own, else that of the article above it, else those of what is below."""
    rows = Assignment.objects.visible_to(user).filter(
        Q(clause__in=keys) | Q(clause=clause.parent_id)
    )
    rows = rows.select_related("campaign", "clause", "lead", "sponsor").prefetch_related("helpers")
    found = list(rows.order_by("campaign", "clause__ordinal"))
    own = [row for row in found if row.clause_id == clause.pk]
    above = [row for row in found if row.clause_id == clause.parent_id]
    return own or above or found


def _tasks(user: User, keys: list[int], on: date) -> list[campaigns.TaskLine]:
    tasks = Task.objects.visible_to(user).filter(clause__in=keys).select_related("unit")
    return campaigns.with_lag(tasks.exclude(status=Task.Status.CANCELLED)[:SHOWN], on=on)


def _cells(user: User, keys: list[int]) -> list[Cell]:
    cells = Cell.objects.visible_to(user).filter(clause__in=keys, snapshot__current=True)
    cells = cells.exclude(state=Cell.State.OFF).select_related(
        "unit", "clause", "snapshot__campaign"
    )
    return list(cells.defer("explanation").order_by("clause__ordinal", "unit__path")[:60])


def _figures(measures: Sequence[Measure]) -> list[Figure]:
    rows = Figure.objects.filter(measure__in=measures, replaced_by=None)
    return list(rows.select_related("measure", "unit").order_by("measure", "-period", "unit")[:40])
