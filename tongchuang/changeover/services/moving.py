"""Carry out a ledger: every record to where its line says, every record into the ledger."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from tongchuang.accounts.models import User
from tongchuang.campaigns.models import Assignment, AssignmentHelper, Task
from tongchuang.cases.models import Case
from tongchuang.changeover.editions import Editions
from tongchuang.changeover.models import Changeover, Entry, Line
from tongchuang.changeover.rules import Fate, Hanging, Sum, sums
from tongchuang.changeover.services.drafting import ChangeoverRefused
from tongchuang.changeover.survey import Survey, targets_of_case
from tongchuang.core import audit
from tongchuang.core.flow import locked, remember, save_audited
from tongchuang.dossiers.models import Paper
from tongchuang.projects.models import Project
from tongchuang.standards.models import Clause, Confidence, Mapping, ProblemClass

_K = Line.Kind
_BATCH = 500


@dataclass(slots=True)
class _Move:
    """One changeover being carried out: its lines with their records, by kind."""

    changeover: Changeover
    editions: Editions
    rows: dict[str, list[tuple[Line, list[Hanging]]]]
    by: User
    at: datetime

    def clauses(self, codes: Iterable[str]) -> list[Clause]:
        """New clauses by code."""
        return [self.editions.new_clauses[code] for code in codes]

    @property
    def reason(self) -> str:
        """As it stands in the history of a record that was moved."""
        return _("换版：%(old)s → %(new)s") % {
            "old": self.changeover.old.edition,
            "new": self.changeover.new.edition,
        }


def move_everything(changeover: Changeover, found: Survey, *, by: User, at: datetime) -> list[Sum]:
    """Carry out the lines inside the caller's transaction and return what they add up to.

    Nothing is deleted: old assignments, links, figures and judgements stay with the old edition.
    Raises `ChangeoverRefused` when a record has no line or stands in the ledger twice.
    """
    lines = {(line.kind, line.key): line for line in changeover.lines.select_related("clause")}
    counted = sums(found.hangings, {key: Fate(line.fate) for key, line in lines.items()})
    if not all(one.whole for one in counted):
        raise ChangeoverRefused(_("有记录没有去向，先重新盘点。"))
    grouped: dict[tuple[str, str], list[Hanging]] = {}
    for hanging in found.hangings:
        grouped.setdefault((hanging.kind, hanging.key), []).append(hanging)
    rows: dict[str, list[tuple[Line, list[Hanging]]]] = {}
    for key, line in lines.items():
        rows.setdefault(line.kind, []).append((line, grouped[key]))
    move = _Move(changeover, found.editions, rows, by, at)
    for kind, carry in _CARRY.items():
        if kind in rows:
            carry(move)
    _enter(move)
    campaign = locked(changeover.campaign)
    remember(campaign)
    campaign.framework = changeover.new
    save_audited(campaign, "change_edition", by=by, reason=move.reason, at=at)
    return counted


def _enter(move: _Move) -> None:
    """The ledger of records, one row each."""
    Entry.objects.bulk_create(
        (
            Entry(
                line=line,
                record=row.record,
                label=(dict(row.facts).get("title") or row.label)[:200],  # type: ignore[index]
                fate=line.fate,
                targets=line.targets,
                facts=audit.plain(dict(row.facts)),
            )
            for lines in move.rows.values()
            for line, rows in lines
            for row in rows
        ),
        batch_size=_BATCH,
    )


# Duties: new ones beside the old, which stay with the old edition
def _carry_duties(move: _Move) -> None:
    olds = {
        row.pk: row
        for row in Assignment.objects.filter(
            pk__in=[hanging.record for _line, rows in move.rows[_K.DUTY] for hanging in rows]
        ).prefetch_related("helper_rows")
    }
    held = set(move.changeover.campaign.assignments.values_list("clause__code", flat=True))
    coming: dict[str, list[tuple[Assignment, bool]]] = {}
    for line, rows in move.rows[_K.DUTY]:
        for code in line.targets:
            pair = (olds[rows[0].record], code not in line.helps)
            coming.setdefault(code, []).append(pair)
    made, helpers = [], []
    for code, pairs in coming.items():
        if code in held:
            continue
        row, helping = _duty(move, code, pairs)
        made.append(row)
        helpers += [(row, unit) for unit in sorted(helping)]
    Assignment.objects.bulk_create(made, batch_size=_BATCH)
    AssignmentHelper.objects.bulk_create(
        (AssignmentHelper(assignment=row, unit_id=unit) for row, unit in helpers), batch_size=_BATCH
    )
    _history(move, made, "assign", lambda row: {"lead": row.lead_id, "clause": row.clause_id})


def _duty(
    move: _Move, code: str, pairs: list[tuple[Assignment, bool]]
) -> tuple[Assignment, set[int]]:
    """The assignment of a new clause, and the units that help: other leads and all helpers."""
    first = next((old for old, leads in pairs if leads), pairs[0][0])
    units = {old.lead_id for old, _leads in pairs}
    units |= {helper.unit_id for old, _leads in pairs for helper in old.helper_rows.all()}
    origins = dict.fromkeys(move.editions.name_of_old(old.clause_id) for old, _leads in pairs)
    row = Assignment(
        campaign=move.changeover.campaign,
        clause=move.editions.new_clauses[code],
        lead_id=first.lead_id,
        sponsor_id=first.sponsor_id,
        origin=Assignment.Origin.HAND,
        reason=(_("换版，原条款：%(names)s") % {"names": "、".join(origins)})[:200],
    )
    return row, units - {first.lead_id}


# Tasks go on under their new clause
def _carry_tasks(move: _Move) -> None:
    wanted = {rows[0].record: line.targets[0] for line, rows in move.rows[_K.TASK] if line.targets}
    tasks = list(Task.objects.select_for_update().filter(pk__in=wanted))
    before = {task.pk: task.clause_id for task in tasks}
    for task in tasks:
        task.clause = move.editions.new_clauses[wanted[task.pk]]
        task.version += 1
    Task.objects.bulk_update(tasks, ["clause", "version"], batch_size=_BATCH)
    _history(
        move,
        tasks,
        "change_edition",
        lambda task: {"clause_id": task.clause_id},
        lambda task: {"clause_id": before[task.pk]},
    )


# Papers, cases and projects keep their old clauses and get the new ones beside them
def _carry_papers(move: _Move) -> None:
    links: list[tuple[int, int]] = []
    asked: dict[int, dict[str, str]] = {}
    for line, rows in move.rows[_K.PAPER]:
        for clause in move.clauses(line.targets):
            links += [(row.record, clause.pk) for row in rows]
            for row in rows if line.asked else ():
                asked.setdefault(row.record, {})[str(clause.pk)] = line.asked
    _link(Paper.clauses.through, "paper_id", links)
    papers = list(Paper.objects.select_for_update().filter(pk__in=asked))
    for paper in papers:
        paper.asked_as = {**paper.asked_as, **asked[paper.pk]}
        paper.version += 1
    Paper.objects.bulk_update(papers, ["asked_as", "version"], batch_size=_BATCH)
    _history(move, papers, "change_edition", lambda paper: {"asked_as": paper.asked_as})


def _carry_cases(move: _Move) -> None:
    """A case goes where its problem class points, among the targets of its line."""
    of_class: dict[int | None, set[str]] = {}
    through = ProblemClass.clauses.through.objects.filter(clause__framework=move.changeover.new)
    for problem_class, code in through.values_list("problemclass", "clause__code"):
        of_class.setdefault(problem_class, set()).add(code)
    records = {row.record for _line, rows in move.rows[_K.CASE] for row in rows}
    cases = Case.objects.filter(campaign=move.changeover.campaign)
    classes = {pk: kind for pk, kind in cases.values_list("pk", "problem_class") if pk in records}
    links = [
        (row.record, clause.pk)
        for line, rows in move.rows[_K.CASE]
        for row in rows
        for clause in move.clauses(targets_of_case(line, of_class.get(classes[row.record], set())))
    ]
    _link(Case.clauses.through, "case_id", links)


def _carry_projects(move: _Move) -> None:
    links = [
        (row.record, clause.pk)
        for line, rows in move.rows[_K.PROJECT]
        for row in rows
        for clause in move.clauses(line.targets)
    ]
    _link(Project.clauses.through, "project_id", links)


# Figures are not copied: the pair of measures says that they count for both
def _carry_figures(move: _Move) -> None:
    measures = move.editions.measures
    pairs = [
        (measures[line.key], measures[line.targets[0]], line.reason)
        for line, _rows in move.rows[_K.FIGURE]
        if line.targets
    ]
    there = {
        (row.source_measure_id, row.target_measure_id): row
        for row in Mapping.objects.filter(
            active=True, source_measure__in=[old.pk for old, _new, _reason in pairs]
        )
    }
    signed = {"review": Mapping.Review.ACCEPTED, "reviewed_by": move.by, "reviewed_at": move.at}
    made = []
    for old, new, reason in pairs:
        standing = there.get((old.pk, new.pk))
        if standing is None:
            made.append(_pair(move, old, new, reason, signed))
        elif standing.review == Mapping.Review.OPEN:
            Mapping.objects.filter(pk=standing.pk).update(**signed)
    Mapping.objects.bulk_create(made, batch_size=_BATCH)
    _history(move, made, "accept_mapping", lambda pair: {"code": pair.code})


def _pair(move: _Move, old: Any, new: Any, reason: str, signed: dict[str, Any]) -> Mapping:
    return Mapping(
        code=f"ED{move.changeover.pk}-{new.code}"[:40],
        source=old.clause,
        target=new.clause,
        source_measure=old,
        target_measure=new,
        same_quantity=True,
        relation="intersects_with",
        strength=5,
        rationale=Mapping.Rationale.SEMANTIC,
        reuse=Mapping.Reuse.FULL,
        reason=reason,
        confidence=Confidence.MEDIUM,
        author=move.changeover.drafted_by.name[:60],
        made_by=move.changeover.drafted_by,
        made_on=move.at.date(),
        **signed,
    )


_CARRY: dict[str, Callable[[_Move], None]] = {
    _K.DUTY: _carry_duties,
    _K.TASK: _carry_tasks,
    _K.PAPER: _carry_papers,
    _K.FIGURE: _carry_figures,
    _K.CASE: _carry_cases,
    _K.PROJECT: _carry_projects,
}


def _link(through: Any, name: str, links: list[tuple[int, int]]) -> None:
    """Add links that are not there yet."""
    rows = (through(**{name: record, "clause_id": clause}) for record, clause in sorted(set(links)))
    through.objects.bulk_create(rows, batch_size=_BATCH, ignore_conflicts=True)


def _history(
    move: _Move,
    rows: Iterable[Model],
    action: str,
    after: Callable[[Any], dict[str, Any]],
    before: Callable[[Any], dict[str, Any]] = lambda _row: {},
) -> None:
    audit.record_many(
        audit.Entry(row, action, move.by, move.reason, before(row), after(row), move.at)
        for row in rows
    )
