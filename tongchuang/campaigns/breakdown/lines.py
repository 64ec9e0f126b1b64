"""The lines of the breakdown table, read from the records: who answers for what, by when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tongchuang.accounts.models import Unit, User
from tongchuang.campaigns.breakdown.understanding import TASK_ONLY
from tongchuang.campaigns.models import Assignment, Campaign, Task
from tongchuang.standards.models import Clause

_TOWNS = (
    (Unit.Kind.TOWN, "乡镇"),
    (Unit.Kind.STREET, "街道"),
    (Unit.Kind.ZONE, "开发区"),
)


@dataclass(frozen=True, slots=True)
class BreakdownLine:
    """A clause that somebody answers for, or a task, or both when one unit leads both.

    `task_only`: the line sets a task and says nothing of who leads its clause. Texts are those of
    an official paper: Chinese in every language.
    """

    number: int
    clause: Clause | None
    assignment: Assignment | None
    task: Task | None
    lead: Unit
    sponsor: User | None
    helpers: str
    territory: str
    parts: tuple[Task, ...] = ()

    @property
    def task_only(self) -> bool:
        """Whether the clause's lead is told by another line, or by none."""
        return self.assignment is None and self.clause is not None

    @property
    def chapter(self) -> str:
        """The chapter of the clause; empty for a task without one."""
        return chapter_of(self.clause).title if self.clause else ""

    @property
    def note(self) -> str:
        """What one has to know of the line."""
        words = [TASK_ONLY] if self.task_only else []
        if self.parts:
            shares = [f"{part.unit.label}{amount_words(part)}" for part in self.parts]
            words.append(f"分到{'、'.join(shares)}")
        return "；".join(words)


def chapter_of(clause: Clause) -> Clause:
    """The chapter in which a clause stands; the parents are read beforehand."""
    while clause.parent:
        clause = clause.parent
    return clause


def amount_words(task: Task) -> str:
    """36座."""
    return f"{plain_number(task.quantity)}{task.quantity_unit}"


def plain_number(number: Decimal) -> str:
    """Without trailing zeros: 36, 2.5."""
    return f"{number.normalize():f}"


def breakdown_lines(campaign: Campaign, user: User) -> list[BreakdownLine]:
    """Every assignment and task of a campaign that `user` may see, in the order of the standard.

    Six queries, whatever the number of lines. Sub-tasks stand in the note of their task.
    """
    rows = Assignment.objects.visible_to(user).filter(campaign=campaign)
    rows = rows.select_related("lead", "sponsor", "clause__parent__parent").prefetch_related(
        "helpers"
    )
    tasks = Task.objects.visible_to(user).filter(campaign=campaign, parent=None)
    tasks = tasks.exclude(status=Task.Status.CANCELLED).select_related(
        "unit", "sponsor", "clause__parent__parent"
    )
    by_clause: dict[int | None, list[Task]] = {}
    for task in tasks.prefetch_related("parts__unit").order_by("due_on", "pk"):
        by_clause.setdefault(task.clause_id, []).append(task)
    assignments = {row.clause_id: row for row in rows}
    clauses = {row.clause.pk: row.clause for row in assignments.values()}
    clauses |= {t.clause.pk: t.clause for ts in by_clause.values() for t in ts if t.clause}
    towns = list(Unit.objects.filter(active=True, kind__in=[kind for kind, _word in _TOWNS]))
    made = _Made(towns)
    for clause in sorted(clauses.values(), key=lambda one: one.ordinal):
        made.clause(clause, assignments.get(clause.pk), by_clause.get(clause.pk, []))
    for task in by_clause.get(None, []):
        made.task(None, task)
    return made.lines


class _Made:
    """Lines in the making."""

    def __init__(self, towns: list[Unit]) -> None:
        self.lines: list[BreakdownLine] = []
        self._towns = towns

    def clause(self, clause: Clause, row: Assignment | None, tasks: list[Task]) -> None:
        """A clause with its tasks: those of its lead carry the helpers, others stand alone."""
        own = [task for task in tasks if row and _same_hand(row, task)]
        if row and not own:
            self._add(clause, row, None)
        for task in own:
            self._add(clause, row, task)
        for task in tasks:
            if task not in own:
                self.task(clause, task)

    def task(self, clause: Clause | None, task: Task) -> None:
        """A task that says nothing of its clause's lead."""
        self.lines.append(
            BreakdownLine(
                number=len(self.lines) + 1,
                clause=clause,
                assignment=None,
                task=task,
                lead=task.unit,
                sponsor=task.sponsor,
                helpers="",
                territory="",
                parts=_parts(task),
            )
        )

    def _add(self, clause: Clause, row: Assignment | None, task: Task | None) -> None:
        if row is None:
            return
        helpers, territory = parted_helpers(row.helpers.all(), self._towns, row.lead)
        self.lines.append(
            BreakdownLine(
                number=len(self.lines) + 1,
                clause=clause,
                assignment=row,
                task=task,
                lead=row.lead,
                sponsor=row.sponsor,
                helpers=helpers,
                territory=territory,
                parts=_parts(task) if task else (),
            )
        )


def _same_hand(row: Assignment, task: Task) -> bool:
    return row.lead_id == task.unit_id and task.sponsor_id in {None, row.sponsor_id}


def _parts(task: Task) -> tuple[Task, ...]:
    return tuple(p for p in task.parts.all() if p.status != Task.Status.CANCELLED)


def parted_helpers(helpers: Iterable[Unit], towns: list[Unit], lead: Unit) -> tuple[str, str]:
    """Helping departments, and territory; all towns and streets together are 各乡镇、街道."""
    units = sorted(helpers, key=lambda unit: unit.path)
    here = {unit.pk for unit in towns}
    local = [unit for unit in units if unit.pk in here]
    everyone = here - {lead.pk}
    if local and {unit.pk for unit in local} == everyone:
        kinds = {unit.kind for unit in towns}
        territory = "各" + "、".join(word for kind, word in _TOWNS if kind in kinds)
    else:
        territory = "、".join(unit.label for unit in local)
    return "、".join(unit.label for unit in units if unit.pk not in here), territory


def last_due(lines: Iterable[BreakdownLine]) -> date | None:
    """The latest limit of the tasks of some lines; None without a task."""
    return max((line.task.due_on for line in lines if line.task), default=None)
