"""The clocks of a case as arithmetic: what each step does to hands, limits and pauses.

One function, `follow`, turns the steps of a case into its legs and due moments. Services, imports
and the replay of the audit trail all use it, so the same events always give the same clocks.
The readings of the reference that are decided here stand in docs/adr/0013-case-clocks.md.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt

from tongchuang.core.worktime import Deadline, Limit, LimitUnit, WorkCalendar, deadline, spent

CERTAINTY_LINE = 0.75
"""Below this certainty a person must choose the lead unit."""
SAME_SPOT_M = 50.0
"""An after-photo further from the spot must be explained (reference: workflows, P16)."""
NEAR_M = 30.0
"""Open cases of the same class this near may be the same problem (P4)."""
QUIET_DAYS = 30
"""A closed case that stays quiet this long is archived (P20); the watch for recurrence (P19)."""
REMINDER_SHARE = Decimal("0.75")

STRICTER = {"E": "D", "D": "C", "C": "B", "B": "A", "A": "A", "U": "U"}
"""The grade after a reopening: one step shorter; the shortest and the urgent stay (P19, P25)."""

HARD_GRADES = frozenset({"D", "E"})


class Stage(StrEnum):
    """In whose kind of hand a case lies."""

    REPORT = "report"
    VERIFY = "verify"
    DISPATCH = "dispatch"
    SIGN = "sign"
    RETURN = "return"
    FIX = "fix"
    CHECK = "check"
    REWORK = "rework"


class ImpossibleStep(ValueError):
    """A step that cannot follow the one before it."""


# Limits
def read_limit(text: str) -> Limit | None:
    """A text like "4 work_hour" as a limit; an empty one is none. Raises `ValueError` otherwise."""
    if not text:
        return None
    amount, unit = text.split()
    return Limit(Decimal(amount), LimitUnit(unit))


def write_limit(limit: Limit | None) -> str:
    """The text that `read_limit` understands."""
    return f"{limit.amount} {limit.unit}" if limit else ""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one case, by stage; `None` where there is none."""

    dispatch: Limit | None = None
    sign_for: Limit | None = None
    return_window: Limit | None = None
    make_safe: Limit | None = None
    fix: Limit | None = None
    verify: Limit | None = None

    @classmethod
    def read(cls, texts: Mapping[str, str]) -> "Limits":
        """Limits from texts by stage; unknown stages are left out."""
        known = {part.name for part in fields(cls)}
        return cls(**{name: read_limit(text) for name, text in texts.items() if name in known})

    def write(self) -> dict[str, str]:
        """The texts that `read` understands, without the empty ones."""
        pairs = ((part.name, write_limit(getattr(self, part.name))) for part in fields(self))
        return {name: text for name, text in pairs if text}


# Product defaults for the hands of the office, which the table of grades does not know.
VERIFY_REPORT = Limit(1, LimitUnit.WORK_DAY)  # P3
DISPATCH_DEFAULT = Limit(4, LimitUnit.WORK_HOUR)
DISPATCH_URGENT = Limit(Decimal("0.5"), LimitUnit.URGENT_HOUR)
CHECK_DEFAULT = Limit(1, LimitUnit.WORK_DAY)


def case_limits(grade: str, table: Mapping[str, str], own: Mapping[str, str]) -> Limits:
    """The limits of a case: the table of its grade, overridden by those of its problem class."""
    limits = Limits.read({**table, **own})
    office = DISPATCH_URGENT if grade == "U" else DISPATCH_DEFAULT
    return replace(
        limits, dispatch=limits.dispatch or office, verify=limits.verify or CHECK_DEFAULT
    )


def in_days(limit: Limit) -> int:
    """A limit in whole days, rounded up, at least one; what an extension may not exceed."""
    days = (Decimal(limit.amount) / _PER_DAY.get(limit.unit, Decimal(1))).to_integral_value(
        ROUND_CEILING
    )
    return max(1, int(days))


_PER_DAY = {LimitUnit.URGENT_HOUR: Decimal(24), LimitUnit.WORK_HOUR: Decimal("6.5")}


def extensions_allowed(grade: str) -> int:
    """How many extensions the office may grant: one, for hard grades two (workflows §2)."""
    return 2 if grade in HARD_GRADES else 1


# Steps and what they lead to
@dataclass(frozen=True, slots=True)
class Step:
    """One move of a case. `unit`: the new lead; `hand`: the unit of the person who moved it."""

    action: str
    at: datetime
    unit: int | None = None
    hand: int | None = None
    limits: Limits | None = None
    days: int = 0
    found_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Hand:
    """A leg of the way: which stage, in whose hands, from when to when, due when."""

    stage: Stage
    unit: int | None
    started_at: datetime
    ended_at: datetime | None = None
    due_at: datetime | None = None
    limit: str = ""


@dataclass(frozen=True, slots=True)
class Track:
    """Where the steps led: the legs, and the limits that hold now."""

    hands: tuple[Hand, ...]
    lead: int | None
    due_at: datetime | None
    fix_due_at: datetime | None
    provisional: bool
    pauses: tuple[tuple[datetime, datetime | None], ...]
    extensions: tuple[int, ...]
    asked: bool


@dataclass(slots=True)
class _Run:
    """The state of the clocks while the steps are gone through."""

    calendar: WorkCalendar
    hands: list[Hand] = field(default_factory=list)
    limits: Limits = field(default_factory=Limits)
    lead: int | None = None
    fix_start: datetime | None = None
    sign_due: datetime | None = None
    fix_due: Deadline | None = None
    due: Deadline | None = None
    pauses: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    checks: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    extensions: list[int] = field(default_factory=list)
    asked: bool = False

    # Hands
    def open(self, stage: Stage, unit: int | None, at: datetime, due: Deadline | None) -> None:
        limit = {
            Stage.VERIFY: VERIFY_REPORT,
            Stage.DISPATCH: self.limits.dispatch,
            Stage.RETURN: self.limits.dispatch,
            Stage.SIGN: self.limits.sign_for or self.limits.fix,
            Stage.CHECK: self.limits.verify,
        }.get(stage, self.limits.fix or self.limits.make_safe)
        self.due = due
        moment = due.at if due else None
        self.hands.append(Hand(stage, unit, at, None, moment, write_limit(limit)))

    def shut(self, at: datetime, hand: int | None) -> None:
        """End the open leg; a hand that had no name gets that of the person who ended it."""
        self.due = None
        if self.hands and self.hands[-1].ended_at is None:
            last = self.hands[-1]
            self.hands[-1] = replace(last, ended_at=at, unit=last.unit or hand)

    def renew(self) -> None:
        """The fix limit moved: tell the open leg, when it lies with the unit."""
        self.fix_due = self._fix_deadline()
        if self.hands and self.hands[-1].ended_at is None:
            self.due = self.fix_due
            moment = self.fix_due.at if self.fix_due else None
            self.hands[-1] = replace(self.hands[-1], due_at=moment)

    # Limits
    def within(self, start: datetime, limit: Limit | None) -> Deadline | None:
        return deadline(start, limit, calendar=self.calendar) if limit else None

    def _fix_deadline(self) -> Deadline | None:
        limit = self.limits.fix or self.limits.make_safe
        if limit is None or self.fix_start is None:
            return None
        return deadline(
            self.fix_start,
            limit,
            calendar=self.calendar,
            pauses=[*self.pauses, *self.checks],
            extensions=[Limit(days, LimitUnit.CALENDAR_DAY) for days in self.extensions],
        )


# One function a move; the names are those of FLOW.
def _begin(run: _Run, step: Step, stage: Stage, limit: Limit | None) -> None:
    if step.found_at and step.found_at < step.at and not run.hands:
        run.hands.append(Hand(Stage.REPORT, step.hand, step.found_at, step.at))
    run.shut(step.at, step.hand)
    run.open(stage, None, step.at, run.within(step.at, limit))


def _file(run: _Run, step: Step) -> None:
    _begin(run, step, Stage.DISPATCH, run.limits.dispatch)


def _to_verify(run: _Run, step: Step) -> None:
    _begin(run, step, Stage.VERIFY, VERIFY_REPORT)


def _dispatch(run: _Run, step: Step) -> None:
    run.shut(step.at, step.hand)
    run.lead, run.extensions, run.pauses, run.checks = step.unit, [], [], []
    run.asked = False
    sign = run.within(step.at, run.limits.sign_for)
    run.sign_due = sign.at if sign else None
    run.fix_start = run.sign_due or step.at
    run.fix_due = run._fix_deadline()
    run.open(Stage.SIGN, step.unit, step.at, sign or run.fix_due)


def _accept(run: _Run, step: Step) -> None:
    """The fix clock starts at the signature, at the latest when the limit to sign ends."""
    run.shut(step.at, step.hand)
    if run.sign_due is not None:
        run.fix_start = min(step.at, run.sign_due)
    run.fix_due = run._fix_deadline()
    run.open(Stage.FIX, run.lead, step.at, run.fix_due)


def _return(run: _Run, step: Step) -> None:
    run.shut(step.at, step.hand)
    run.open(Stage.RETURN, None, step.at, run.within(step.at, run.limits.dispatch))


def _reply(run: _Run, step: Step) -> None:
    """Stops the fix clock provisionally: the time of checking does not count."""
    if run.pauses and run.pauses[-1][1] is None:
        run.pauses[-1] = (run.pauses[-1][0], step.at)
        run.renew()
    run.asked = False
    run.shut(step.at, step.hand)
    run.checks.append((step.at, None))
    run.open(Stage.CHECK, None, step.at, run.within(step.at, run.limits.verify))


def _close(run: _Run, step: Step) -> None:
    run.shut(step.at, step.hand)


def _send_back(run: _Run, step: Step) -> None:
    """The fix clock goes on with what the original limit had left at the reply."""
    run.shut(step.at, step.hand)
    if run.checks:
        run.checks[-1] = (run.checks[-1][0], step.at)
    run.fix_due = run._fix_deadline()
    run.open(Stage.REWORK, run.lead, step.at, run.fix_due)


def _pause(run: _Run, step: Step) -> None:
    run.pauses.append((step.at, None))
    run.renew()


def _resume(run: _Run, step: Step) -> None:
    run.pauses[-1] = (run.pauses[-1][0], step.at)
    run.renew()


def _ask(run: _Run, _step: Step) -> None:
    run.asked = True


def _refuse(run: _Run, _step: Step) -> None:
    run.asked = False


def _grant(run: _Run, step: Step) -> None:
    run.asked = False
    run.extensions.append(step.days)
    run.renew()


def _nothing(_run: _Run, _step: Step) -> None:
    """A move without effect on the clocks."""


_EFFECTS: dict[str, Callable[[_Run, Step], None]] = {
    "file": _file,
    "to_verify": _to_verify,
    "verify": _file,
    "reject": _close,
    "merge": _close,
    "dispatch": _dispatch,
    "accept": _accept,
    "return": _return,
    "reply": _reply,
    "close": _close,
    "send_back": _send_back,
    "ask_extension": _ask,
    "grant_extension": _grant,
    "refuse_extension": _refuse,
    "pause": _pause,
    "resume": _resume,
    "reopen": _file,
    "resubmit": _file,
    "archive": _nothing,
}


def follow(steps: Iterable[Step], *, calendar: WorkCalendar) -> Track:
    """Go through the steps of one case in order and tell where its clocks stand.

    Raises `ImpossibleStep` when a step is earlier than the one before it. Steps that are no moves
    (notes, corrections) change nothing.
    """
    run = _Run(calendar)
    last: datetime | None = None
    for step in steps:
        if last is not None and step.at < last:
            raise ImpossibleStep(f"'{step.action}' at {step.at} comes before {last}")
        last = step.at
        if step.limits is not None:
            run.limits = step.limits
        _EFFECTS.get(step.action, _nothing)(run, step)
    return _track(run)


def _track(run: _Run) -> Track:
    stopped = run.due is not None and run.due.stopped_at is not None
    return Track(
        hands=tuple(run.hands),
        lead=run.lead,
        due_at=run.due.at if run.due and not stopped else None,
        fix_due_at=run.fix_due.at if run.fix_due else None,
        provisional=bool(run.due and run.due.provisional),
        pauses=tuple(run.pauses),
        extensions=tuple(run.extensions),
        asked=run.asked,
    )


def lasting(hands: Iterable[Hand]) -> list[Hand]:
    """The legs that took any time; those of a moment tell nothing and are not kept on import."""
    return [hand for hand in hands if hand.ended_at is None or hand.ended_at > hand.started_at]


def gaps(hands: Sequence[Hand]) -> list[tuple[datetime, datetime]]:
    """Where a leg does not begin when the one before it ended, other than after an end."""
    return [
        (one.ended_at, other.started_at)
        for one, other in pairwise(hands)
        if one.ended_at is not None
        and one.ended_at != other.started_at
        and other.stage != Stage.DISPATCH
    ]


# Shares of a limit
def used_share(
    start: datetime, due: datetime, now: datetime, unit: LimitUnit, calendar: WorkCalendar
) -> Decimal:
    """How much of a limit is used up at `now`, counted on the limit's own clock; over 1 is late."""
    whole = spent(start, due, unit, calendar=calendar)
    if whole <= 0:
        return Decimal(1) if now >= due else Decimal(0)
    return spent(start, now, unit, calendar=calendar) / whole


def unit_of(limit: str) -> LimitUnit:
    """The unit in which a limit like "4 work_hour" is counted; calendar days when there is none."""
    return LimitUnit(limit.split()[1]) if limit else LimitUnit.CALENDAR_DAY


def late_share(due: datetime, now: datetime, *, quarter_from: datetime) -> str:
    """The colour of what is left: "run", "due" in the last quarter of a limit, "bad" after it."""
    if now > due:
        return "bad"
    return "due" if now >= due - (due - quarter_from) / 4 else "run"


# Places
def distance_m(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Great-circle distance of two WGS 84 points in metres."""
    a, b = radians(lat), radians(other_lat)
    half = sin((b - a) / 2) ** 2 + cos(a) * cos(b) * sin(radians(other_lon - lon) / 2) ** 2
    return 2 * 6_371_000.0 * asin(min(1.0, sqrt(half)))


def recently(closed_at: datetime, now: datetime) -> bool:
    """Whether a closing lies within the watch for recurrence."""
    return now - closed_at <= timedelta(days=QUIET_DAYS)
