"""Keeping an uploaded breakdown table, and writing of it what a person confirmed."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import require
from tongchuang.campaigns.breakdown.files import Found, read_file
from tongchuang.campaigns.breakdown.understanding import (
    Books,
    Change,
    Understood,
    bears_duty,
    changes_of,
    place_of,
    state_of,
    task_values,
    tell_group,
    understand,
)
from tongchuang.campaigns.models import (
    Assignment,
    BreakdownDraft,
    BreakdownRow,
    Campaign,
    Relation,
)
from tongchuang.campaigns.services.assignments import assign
from tongchuang.campaigns.services.tasks import change_task, create_task
from tongchuang.core.files import FileRefused, store_file
from tongchuang.core.flow import locked, remember, save_audited
from tongchuang.standards.models import Clause

State = BreakdownRow.State
Status = BreakdownDraft.Status
_READY = frozenset({str(State.NEW), str(State.CHANGED), str(State.SAME)})
_LISTED = 500  # names of a draft that wait for a person


class DraftClosed(Exception):
    """The draft was imported or discarded already; the message says which."""


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row as its page shows it."""

    row: BreakdownRow
    found: Understood
    changes: list[Change]
    place: str


@dataclass(frozen=True, slots=True)
class Written:
    """What a confirmation wrote: rows by kind, and rows that still wait."""

    new: int
    changed: int
    same: int
    waiting: int


# Uploading
@transaction.atomic
def keep_upload(
    campaign: Campaign, upload: File[bytes], *, by: User, at: datetime
) -> tuple[BreakdownDraft, bool]:
    """Keep an uploaded table as a draft, and whether it is new: the same file is one open draft.

    Raises `PermissionDenied`; `FileRefused` when the file is no breakdown table.
    """
    require(by, "campaigns.assign", campaign)
    stored = store_file(
        upload,
        by=by,
        purpose="breakdown",
        public_copy=False,
        accept=("sheet", "document"),
    )
    known = BreakdownDraft.objects.filter(
        campaign=campaign, status=Status.OPEN, file__sha256=stored.sha256
    ).first()
    if known:
        stored.delete()
        return known, False
    with stored.sealed.open("rb") as file:
        reading = read_file(file.read(), stored.name)
    draft = BreakdownDraft(
        campaign=campaign,
        file=stored,
        made_by=by,
        made_at=at,
        passed_over=reading.passed_over[:50],
        ignored=reading.ignored[:50],
    )
    save_audited(draft, "upload_breakdown", by=by, at=at, rows=len(reading.rows))
    BreakdownRow.objects.bulk_create(_rows(draft, reading.rows), batch_size=500)
    _settle(draft, Books(draft))
    return draft, True


def _rows(draft: BreakdownDraft, found: Iterable[Found]) -> Iterator[BreakdownRow]:
    for ordinal, one in enumerate(found, start=1):
        yield BreakdownRow(
            draft=draft,
            ordinal=ordinal,
            kind=one.kind,
            number=one.number,
            part=one.part[:40],
            trail=one.trail,
            texts=one.texts,
            faults=one.faults,
        )


# Choosing
@transaction.atomic
def choose_names(
    draft: BreakdownDraft, names: Mapping[str, int], *, default_due_on: date | None, by: User
) -> BreakdownDraft:
    """Say what names of the file mean (0 leaves one out) and which date rows without one get."""
    draft = _open(draft, by)
    draft.names = {**draft.names, **names}
    draft.default_due_on = default_due_on
    save_audited(draft, "choose_breakdown_names", by=by)
    _settle(draft, Books(draft))
    return draft


@transaction.atomic
def choose_rows(
    draft: BreakdownDraft, choices: Mapping[int, Mapping[str, Any]], *, by: User
) -> BreakdownDraft:
    """Say for rows (by key) what clause, lead, date and amount they have, or to leave them out."""
    draft = _open(draft, by)
    rows = list(draft.rows.filter(pk__in=choices))
    for row in rows:
        row.choice = {**row.choice, **choices[row.pk]}
    BreakdownRow.objects.bulk_update(rows, ["choice"], batch_size=500)
    save_audited(draft, "choose_breakdown_rows", by=by, rows=len(rows))
    _settle(draft, Books(draft))
    return draft


@transaction.atomic
def close_draft(draft: BreakdownDraft, *, by: User, at: datetime) -> BreakdownDraft:
    """Put a draft aside; what was confirmed of it stays."""
    draft = _open(draft, by)
    draft.status = Status.DONE if draft.decided_at else Status.DISCARDED
    draft.decided_by, draft.decided_at = by, at
    save_audited(draft, "close_breakdown", by=by, at=at)
    return draft


def _open(draft: BreakdownDraft, by: User) -> BreakdownDraft:
    draft = locked(draft)
    require(by, "campaigns.assign", draft.campaign)
    if draft.status != Status.OPEN:
        words = _("这份分解表已经处理过：%(status)s。")
        raise DraftClosed(words % {"status": draft.get_status_display()})
    remember(draft)
    return draft


# Settling
def _settle(draft: BreakdownDraft, books: Books) -> list[ReadRow]:
    """Work out anew how every row stands; returns all rows."""
    rows = list(draft.rows.order_by("ordinal"))
    read = [(row, understand(row, books)) for row in rows]
    _carry(read)
    helpers = helpers_by_clause(read)
    found = []
    for row, one in read:
        row.clause = one.clause
        tell_group(row, one)
        changes = _changes(row, one, books, helpers)
        row.state = state_of(row, one, changes)
        found.append(ReadRow(row, one, changes, place_of(row)))
    BreakdownRow.objects.bulk_update(rows, ["state", "clause", "carries", "group"], batch_size=500)
    draft.questions = _questions(draft, found, books)
    BreakdownDraft.objects.filter(pk=draft.pk).update(questions=draft.questions)
    return found


def _questions(draft: BreakdownDraft, rows: list[ReadRow], books: Books) -> list[dict[str, Any]]:
    """Names that nobody knows or that a person has decided, the most frequent first."""
    times: Counter[tuple[str, bool]] = Counter()
    for one in rows:
        named = {n for n in one.found.named if n.open or f"unit:{n.text}" in draft.names}
        times.update((f"unit:{name.text}", name.how == "vague") for name in named)
        text = one.row.texts.get("sponsor", "")
        if text and (one.found.sponsor is None or books.leaders.decided(text)):
            times[f"leader:{text}", False] += 1
    return [
        {"key": key, "times": count, "vague": vague}
        for (key, vague), count in times.most_common(_LISTED)
    ]


def _changes(
    row: BreakdownRow, one: Understood, books: Books, helpers: Mapping[int, tuple[Unit, ...]]
) -> list[Change]:
    if one.unread or one.blocked:
        return []
    shared = helpers.get(one.clause.pk, ()) if one.clause else ()
    return changes_of(one, books, carries=row.carries, helpers=shared)


def _carry(read: list[tuple[BreakdownRow, Understood]]) -> None:
    """The first row of a clause gives it its lead; a task named twice counts once."""
    led: dict[int, tuple[int, BreakdownRow]] = {}
    seen: dict[tuple[str, int], BreakdownRow] = {}
    for row, one in read:
        row.carries, row.group = False, {}
        if row.choice.get("skip") or one.unread or one.blocked or one.lead is None:
            continue
        if one.title:
            twin = seen.setdefault((one.title, one.lead.pk), row)
            if twin is not row:
                row.group = {"repeats": _place(twin)}
                continue
        if bears_duty(row, one) and one.clause:
            lead, first = led.setdefault(one.clause.pk, (one.lead.pk, row))
            row.carries = first is row
            if lead != one.lead.pk:
                row.group = {"led_by": _place(first)}


def _place(row: BreakdownRow) -> list[Any]:
    return [row.kind, row.number, row.part]


def helpers_by_clause(
    read: Iterable[tuple[BreakdownRow, Understood]],
) -> dict[int, tuple[Unit, ...]]:
    """Helpers of a clause: those of every row that has the clause's lead."""
    leads: dict[int, Unit | None] = {}
    helpers: dict[int, dict[Unit, None]] = {}
    ready = [
        (row, one)
        for row, one in read
        if not (row.choice.get("skip") or one.unread or one.blocked or "repeats" in row.group)
        and bears_duty(row, one)
    ]
    for row, one in ready:
        if row.carries and one.clause:
            leads[one.clause.pk] = one.lead
    for _row, one in ready:
        if one.clause and leads.get(one.clause.pk) == one.lead:
            helpers.setdefault(one.clause.pk, {}).update(dict.fromkeys(one.helpers))
    return {clause: tuple(units) for clause, units in helpers.items()}


# Reading for a page
def read_rows(draft: BreakdownDraft, rows: Iterable[BreakdownRow], books: Books) -> list[ReadRow]:
    """Rows of a page put together; their clauses' other rows are read for the helpers."""
    wanted = list(rows)
    clauses = {row.clause_id for row in wanted if row.clause_id}
    mates = list(draft.rows.filter(clause__in=clauses)) if clauses else []
    helpers = helpers_by_clause([(row, understand(row, books)) for row in mates])
    found = []
    for row in wanted:
        one = understand(row, books)
        tell_group(row, one)
        found.append(ReadRow(row, one, _changes(row, one, books, helpers), place_of(row)))
    return found


@dataclass(frozen=True, slots=True)
class Question:
    """A name of the file that waits for a person, with the number of its rows.

    `near` is offered first; for a unit any `others` may be chosen.
    """

    key: str
    name: str
    times: int
    near: list[tuple[int, str]]
    others: bool
    chosen: int | None
    vague: bool


def questions_of(draft: BreakdownDraft, books: Books) -> list[Question]:
    """The names that wait, each with what it might mean."""
    leaders = [(person.pk, person.name) for person in books.leaders.leaders]
    found = []
    for one in draft.questions:
        kind, _colon, name = one["key"].partition(":")
        near = [(unit.pk, unit.full_name) for unit in books.units.near(name)]
        found.append(
            Question(
                key=one["key"],
                name=name,
                times=one["times"],
                near=near if kind == "unit" else leaders,
                others=kind == "unit",
                chosen=draft.names.get(one["key"]),
                vague=one["vague"],
            )
        )
    return found


def all_rows(draft: BreakdownDraft, books: Books) -> list[ReadRow]:
    """Every row of a draft put together, without writing anything."""
    return read_rows(draft, draft.rows.order_by("ordinal"), books)


# Confirming
@transaction.atomic
def confirm_draft(draft: BreakdownDraft, *, by: User, at: datetime) -> Written:
    """Write every row that is ready: assignments through `assign`, tasks through their services.

    Rows that wait stay in the draft; a second confirmation writes nothing twice. Raises
    `DraftClosed`.
    """
    draft = _open(draft, by)
    books = Books(draft)
    rows = _settle(draft, books)
    helpers = helpers_by_clause([(one.row, one.found) for one in rows])
    counts: Counter[str] = Counter(one.row.state for one in rows)
    for one in rows:
        if one.row.state in {State.NEW, State.CHANGED}:
            _write(draft, one, helpers, by)
    draft.decided_by, draft.decided_at = by, at
    waiting = counts[State.UNREAD] + counts[State.CONFIRM]
    if not waiting:
        draft.status = Status.DONE
    written = Written(counts[State.NEW], counts[State.CHANGED], counts[State.SAME], waiting)
    save_audited(
        draft,
        "confirm_breakdown",
        by=by,
        at=at,
        new=written.new,
        changed=written.changed,
        waiting=waiting,
    )
    _settle(draft, Books(draft))
    return written


def _write(
    draft: BreakdownDraft, one: ReadRow, helpers: Mapping[int, tuple[Unit, ...]], by: User
) -> None:
    found = one.found
    reason = _("分解表“%(file)s”%(place)s") % {"file": draft.file.name[:120], "place": one.place}
    if one.row.carries and found.clause and found.lead:
        _write_duty(
            draft.campaign, found, found.clause, helpers.get(found.clause.pk, ()), reason, by
        )
    if not found.title:
        return
    values = task_values(found)
    if found.task is None:
        create_task(draft.campaign, by=by, title=found.title, **values)
    elif changed := {k: v for k, v in values.items() if getattr(found.task, k) != v}:
        change_task(found.task, reason=reason[:200], by=by, **changed)


def _write_duty(
    campaign: Campaign,
    found: Understood,
    clause: Clause,
    helpers: tuple[Unit, ...],
    reason: str,
    by: User,
) -> None:
    assert found.lead is not None  # noqa: S101 -- only rows with a lead carry a duty
    present = campaign.assignments.filter(clause=clause).first()
    sponsor = found.sponsor if "sponsor" in found.stated else present.sponsor if present else None
    same = present and (present.lead, present.sponsor) == (found.lead, sponsor)
    if same and present and set(present.helpers.all()) == set(helpers):
        return
    # The table names helpers without their kind: a unit that shares the matter goes on sharing it.
    joint = present.helper_rows.filter(kind=Relation.JOINT) if present else None
    shared = {one.unit for one in joint.select_related("unit")} if joint else set()
    assign(
        campaign,
        clause,
        lead=found.lead,
        helpers=[unit for unit in helpers if unit not in shared],
        joint=[unit for unit in helpers if unit in shared],
        origin=Assignment.Origin.IMPORT,
        sponsor=sponsor,
        reason=reason[:200],
        by=by,
    )


__all__ = [
    "DraftClosed",
    "FileRefused",
    "Question",
    "ReadRow",
    "Written",
    "all_rows",
    "choose_names",
    "choose_rows",
    "close_draft",
    "confirm_draft",
    "keep_upload",
    "questions_of",
    "read_rows",
]
