"""Cases with their past: many at once, with legs and events that agree."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import require
from tongchuang.cases import rules
from tongchuang.cases.models import Case, CaseHelper, Leg, Source
from tongchuang.cases.rules import Hand, Step
from tongchuang.cases.services.notices import KIND, case_text
from tongchuang.cases.services.trail import leg_of, write_step
from tongchuang.core import audit, search
from tongchuang.core.calendars import city_calendar
from tongchuang.core.models import Counter

_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Past:
    """A case that lived before it came here: the unsaved row and the steps of its life.

    `case` carries the facts; state, limits and moments are taken from `steps`. `people` names
    who made each step, as long as `steps` or empty; without it one event tells of all steps.
    `due_at` overrules the computed fix limit where the other system set one.
    """

    case: Case
    steps: Sequence[Step]
    people: Sequence[User | None] = ()
    reasons: Sequence[str] = ()
    helpers: Sequence[tuple[Unit, str]] = ()
    clauses: Sequence[int] = ()
    source_label: str = ""
    due_at: datetime | None = None


_STATUS = {
    "file": Case.Status.FILED,
    "to_verify": Case.Status.TO_VERIFY,
    "verify": Case.Status.FILED,
    "reject": Case.Status.REJECTED,
    "merge": Case.Status.MERGED,
    "dispatch": Case.Status.DISPATCHED,
    "accept": Case.Status.ACCEPTED,
    "return": Case.Status.RETURNED,
    "reply": Case.Status.REPLIED,
    "close": Case.Status.CLOSED,
    "send_back": Case.Status.REWORK,
    "reopen": Case.Status.REOPENED,
    "archive": Case.Status.ARCHIVED,
}
_MOMENTS = {
    "file": "filed_at",
    "verify": "filed_at",
    "dispatch": "dispatched_at",
    "accept": "accepted_at",
    "reply": "replied_at",
    "close": "closed_at",
}
_COUNTS = {"return": "returns", "send_back": "reworks", "reopen": "reopenings"}


def import_case(past: Past, *, by: User) -> Case:
    """One case with its past; see `import_cases`."""
    return import_cases([past], by=by)[0]


@transaction.atomic
def import_cases(pasts: Iterable[Past], *, by: User) -> list[Case]:
    """Write cases with legs, events, sources and search entries that agree with each other.

    Numbers are given by the year of finding. Raises `ImpossibleStep` for steps out of order and
    `PermissionDenied` unless `by` may import.
    """
    require(by, "cases.import")
    done = [_lived(past) for past in pasts]
    _number([past.case for past, _hands in done])
    cases = Case.objects.bulk_create([past.case for past, _hands in done], batch_size=_BATCH)
    Leg.objects.bulk_create(
        (leg_of(past.case, hand) for past, hands in done for hand in hands), batch_size=_BATCH
    )
    _write_sides([past for past, _hands in done], by)
    audit.record_many(entry for past, _hands in done for entry in _entries(past, by))
    search.index_many(KIND, ((case.pk, case_text(case)) for case in cases))
    return cases


def _lived(past: Past) -> tuple[Past, Sequence[Hand]]:
    """Let the row live through its steps."""
    case = past.case
    track = rules.follow(past.steps, calendar=city_calendar())
    for step in past.steps:
        _live(case, step)
    case.lead_id = case.lead_id or track.lead
    case.due_at, case.fix_due_at = track.due_at, track.fix_due_at
    case.due_provisional = track.provisional
    if past.due_at:
        case.fix_due_at = past.due_at
        case.due_at = past.due_at if case.is_open else None
    return past, rules.lasting(track.hands)


def _live(case: Case, step: Step) -> None:
    case.status = _STATUS.get(step.action, case.status)
    if step.action in _MOMENTS:
        setattr(case, _MOMENTS[step.action], step.at)
    if step.action in _COUNTS:
        setattr(case, _COUNTS[step.action], getattr(case, _COUNTS[step.action]) + 1)
    if step.action == "dispatch":
        case.lead_id = step.unit
    if step.action == "reopen":
        case.closed_at = None
    case.version += 1


def _number(cases: Sequence[Case]) -> None:
    """Numbers in the order of finding, one range a year."""
    by_year: dict[int, list[Case]] = {}
    for case in cases:
        if not case.number:
            by_year.setdefault(case.found_at.year, []).append(case)
    for year, found in by_year.items():
        first = _take_numbers(year, len(found))
        for offset, case in enumerate(found):
            case.number = f"{year}-{first + offset:04d}"


def _take_numbers(year: int, how_many: int) -> int:
    """The first of a range of numbers, taken in this transaction; see `core.numbering`."""
    counter = Counter.objects.filter(series="case", year=year)
    if not counter.update(last=F("last") + how_many):
        Counter.objects.bulk_create([Counter(series="case", year=year)], ignore_conflicts=True)
        counter.update(last=F("last") + how_many)
    return counter.values_list("last", flat=True).get() - how_many + 1


def _write_sides(pasts: Sequence[Past], by: User) -> None:
    Source.objects.bulk_create(
        (
            Source(
                case=past.case,
                channel=past.case.channel,
                label=past.source_label[:120],
                at=past.case.found_at,
                by_id=past.case.found_by_id,
            )
            for past in pasts
        ),
        batch_size=_BATCH,
    )
    CaseHelper.objects.bulk_create(
        (
            CaseHelper(case=past.case, unit=unit, part=part)
            for past in pasts
            for unit, part in past.helpers
            if unit.pk != past.case.lead_id
        ),
        batch_size=_BATCH,
    )
    through = Case.clauses.through
    through._default_manager.bulk_create(
        (
            through(case_id=past.case.pk, clause_id=clause)
            for past in pasts
            for clause in past.clauses
        ),
        batch_size=_BATCH,
    )


def _entries(past: Past, by: User) -> Iterable[audit.Entry]:
    if not past.people:
        steps = [
            {"action": step.action, "at": step.at.isoformat()} | write_step(step)
            for step in past.steps
        ]
        yield audit.Entry(past.case, "import", by, after={"steps": steps}, at=past.steps[-1].at)
        return
    reasons = list(past.reasons) or [""] * len(past.steps)
    status = str(Case.Status.SUBMITTED)
    for step, person, reason in zip(past.steps, past.people, reasons, strict=True):
        after: dict[str, object] = {
            "step": write_step(step),
            "status": str(_STATUS.get(step.action, status)),
        }
        if step.action == "return":
            after["from_unit"] = step.hand
        yield audit.Entry(
            past.case, step.action, person, reason, {"status": status}, after, step.at
        )
        status = str(after["status"])
