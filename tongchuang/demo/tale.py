"""One case with its moves, each with its moment, person and reason, by the rules of the cases.

Times are drawn; limits, legs and due moments come from `cases.rules`, as they do in the product.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from tongchuang.accounts.models import Post, Unit, User
from tongchuang.cases import rules
from tongchuang.cases.models import FLOW, Case, Extension
from tongchuang.cases.rules import Limits, Step, Track
from tongchuang.cases.services.trail import limits_of, write_step
from tongchuang.core.audit import Entry
from tongchuang.core.calendars import city_calendar
from tongchuang.core.worktime import WorkCalendar
from tongchuang.demo.city import NOW, City
from tongchuang.demo.plots import named_plots
from tongchuang.places.models import Site
from tongchuang.standards.models import GradeLimit

_S = Case.Status
_STANDING: Final = {
    _S.TO_VERIFY: 8,
    _S.FILED: 7,
    _S.DISPATCHED: 9,
    _S.RETURNED: 2,
    _S.REPLIED: 12,
    _S.REWORK: 5,
    _S.REOPENED: 1,
    _S.CLOSED: 10**9,
    _S.ARCHIVED: 10**9,
    _S.REJECTED: 10**9,
    _S.MERGED: 10**9,
}
_OVERDUE: Final = 37
_INSPECTORS: Final = (
    "wuyong",
    "xumei",
    "chengang",
    "liming",
    "dingli",
    "chenli",
    "songtao",
    "tianfang",
    "renjie",
)
_DISPATCHERS: Final = ("wanghaiyan", "wanghaiyan", "luping", "qiulan")


@dataclass
class Desk:
    """What is needed at every case, looked up once; and how many may stand open where."""

    city: City
    calendar: WorkCalendar
    tables: dict[str, GradeLimit]
    inspectors: list[User]
    dispatchers: list[User]
    room: dict[str, int]
    overdue: int
    limits: dict[tuple[str, int], Limits] = field(default_factory=dict)
    last: dict[tuple[int, int], "Tale"] = field(default_factory=dict)

    @classmethod
    def of(cls, city: City) -> "Desk":
        """The desk of a city; the cases of the story have their room kept."""
        share = city.size.open_cases / 412
        room: dict[str, int] = {
            str(state): max(1, round(count * share)) for state, count in _STANDING.items()
        }
        room[_S.ACCEPTED] = city.size.open_cases - sum(n for n in room.values() if n < 10**6)
        plots = named_plots()
        for plot in plots:
            room[plot.state] = max(0, room[plot.state] - 1)
        return cls(
            city,
            city_calendar(),
            {row.grade: row for row in GradeLimit.objects.all()},
            [city.people[name] for name in _INSPECTORS],
            [city.people[name] for name in _DISPATCHERS],
            room,
            max(0, round(_OVERDUE * share) - sum(bool(plot.late) for plot in plots)),
        )

    def open(self, at: datetime) -> datetime:
        """The next moment at which the office works."""
        return self.calendar.next_open(at)

    def limits_for(self, case: Case) -> Limits:
        """The limits of a case by grade and class."""
        key = (str(case.grade), case.problem_class_id or 0)
        if key not in self.limits:
            table = self.tables.get(key[0])
            self.limits[key] = limits_of(key[0], case.problem_class, table)
        return self.limits[key]

    def clerk(self, unit: Unit) -> User:
        """Who signs and answers for a unit."""
        return self.city.posts[unit.code, Post.Kind.LIAISON]

    def admits(self, tale: "Tale") -> bool:
        """Whether one more may stand open like this today."""
        late = tale.late()
        at_south = tale.status == _S.DISPATCHED and tale.lead and tale.lead.code == "T03"
        if at_south or (late and not self.overdue) or not self.room.get(tale.status):
            return False
        self.room[tale.status] -= 1
        self.overdue -= late
        return True


@dataclass
class Tale:
    """A case with its moves so far; nothing moves after today."""

    desk: Desk
    case: Case
    site: Site
    steps: list[Step] = field(default_factory=list)
    people: list[User] = field(default_factory=list)
    facts: list[dict[str, Any]] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    stops: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    papers: list[tuple[str, str]] = field(default_factory=list)
    extensions: list[Extension] = field(default_factory=list)
    status: str = _S.SUBMITTED
    lead: Unit | None = None
    grade: str = ""
    measure: str = ""
    joined: Case | None = None
    repeat_of: Case | None = None
    proposal: tuple[Unit | None, float, str] = (None, 0.0, "")
    track: Track = field(init=False)

    def last_at(self) -> datetime:
        """When the last move was made, at first when the problem was found."""
        return self.steps[-1].at if self.steps else self.case.found_at

    def do(
        self,
        action: str,
        at: datetime,
        by: User,
        *,
        reason: str = "",
        unit: Unit | None = None,
        limits: Limits | None = None,
        days: int = 0,
        **facts: object,
    ) -> bool:
        """Make a move unless it lies in the future; whether it was made."""
        at = max(at, self.last_at() + timedelta(minutes=1)).replace(second=0, microsecond=0)
        if at > NOW:
            return False
        found = self.case.found_at if not self.steps else None
        step = Step(action, at, unit.pk if unit else None, by.unit_id, limits, days, found)
        self.steps.append(step)
        self.people.append(by)
        self.reasons.append(reason)
        before, self.status = self.status, FLOW.moves[action].target or self.status
        self.facts.append({"before": str(before), "after": str(self.status), **facts})
        self.lead = unit or self.lead
        return True

    def at_of(self, action: str) -> datetime | None:
        """When a move was made for the last time."""
        return next((step.at for step in reversed(self.steps) if step.action == action), None)

    def count(self, action: str) -> int:
        """How often a move was made."""
        return sum(step.action == action for step in self.steps)

    def late(self) -> bool:
        """Whether it stands open behind its limit now."""
        self.track = rules.follow(self.steps, calendar=self.desk.calendar)
        due = self.track.due_at
        return self.status in Case.OPEN and due is not None and due < NOW

    def finish(self) -> "Tale":
        """Write into the case what the moves made of it."""
        case, again = self.case, self.status in {_S.REOPENED}
        case.status, case.grade, case.lead = self.status, self.grade, self.lead
        case.due_at, case.fix_due_at = self.track.due_at, self.track.fix_due_at
        case.due_provisional = self.track.provisional
        case.filed_at = self.steps[0].at if self.steps[0].action == "file" else self.at_of("verify")
        case.dispatched_at = self.at_of("dispatch")
        case.accepted_at, case.replied_at = self._since("accept"), self._since("reply")
        reopened, closed = self.at_of("reopen"), self.at_of("close")
        case.closed_at = None if reopened and closed and reopened > closed else closed
        case.returns, case.reworks = self.count("return"), self.count("send_back")
        case.reopenings = self.count("reopen")
        case.measure = self.measure if case.replied_at or again else ""
        case.handler = self.desk.clerk(self.lead) if self.lead and case.accepted_at else None
        case.proposed_lead, case.proposal_certainty, case.proposal_reason = self.proposal
        case.version = len(self.steps)
        return self

    def _since(self, action: str) -> datetime | None:
        """When a move was made since the last dispatch."""
        at, sent = self.at_of(action), self.at_of("dispatch")
        return at if at and sent and at > sent else None

    def bind(self) -> None:
        """Point at other cases by the keys that they have got by now."""
        self.case.merged_into = self.joined
        self.case.repeat_of = self.repeat_of

    def entries(self) -> Iterator[Entry]:
        """The audit events of all moves."""
        rows = zip(self.steps, self.people, self.facts, self.reasons, strict=True)
        for step, by, facts, reason in rows:
            after = {"status": facts["after"], "step": write_step(step)}
            after |= {key: value for key, value in facts.items() if key not in {"before", "after"}}
            yield Entry(
                self.case,
                step.action,
                by,
                reason=reason,
                before={"status": facts["before"]},
                after=after,
                at=step.at,
            )
