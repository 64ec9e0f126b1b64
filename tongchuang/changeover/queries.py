"""Reading changeovers: the list, the ledger with names, where a campaign may go."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet

from tongchuang.accounts.models import User
from tongchuang.accounts.permissions import can
from tongchuang.assessment.models import Cell
from tongchuang.campaigns.models import Campaign
from tongchuang.changeover.models import Changeover, Entry, Line
from tongchuang.standards.edition_files import edition_mapping
from tongchuang.standards.models import Clause, Framework, Measure


def changeover_list(user: User) -> QuerySet[Changeover]:
    """The changeovers that `user` may see, with `lines_total` and `lines_open`."""
    return (
        Changeover.objects.visible_to(user)
        .select_related("campaign", "old", "new", "drafted_by", "submitted_by", "decided_by")
        .annotate(
            lines_total=Count("lines"), lines_open=Count("lines", filter=Q(lines__is_open=True))
        )
    )


def to_sign(user: User) -> QuerySet[Changeover]:
    """Ledgers that wait for this person's signature; nobody signs what they drew up."""
    waiting = Changeover.objects.visible_to(user).filter(status=Changeover.Status.SUBMITTED)
    if not can(user, "changeover.sign"):
        return waiting.none()
    return waiting.exclude(drafted_by=user).exclude(submitted_by=user)


# Where to
@dataclass(frozen=True, slots=True)
class Way:
    """A campaign and where it may move; `by_people` where a comparison was written."""

    campaign: Campaign
    new: Framework
    by_people: bool

    @property
    def key(self) -> str:
        """As the form sends it."""
        return f"{self.campaign.pk}:{self.new.code}"


def ways(user: User, campaigns: Iterable[Campaign] | None = None) -> list[Way]:
    """Every move that could be drafted; few queries.

    Two standards are editions of one when people wrote their comparison, or when an article has
    the same code behind the standard's own in both.
    """
    found = Campaign.objects.visible_to(user).exclude(framework=None).select_related("framework")
    busy = set(
        Changeover.objects.filter(status__in=["draft", "submitted"]).values_list(
            "campaign", flat=True
        )
    )
    wanted = list(found) if campaigns is None else [c for c in campaigns if c.framework_id]
    frameworks = list(Framework.objects.all())
    rests = _rests()
    return [
        Way(campaign, new, by_people)
        for campaign in wanted
        if campaign.pk not in busy and campaign.framework
        for new in frameworks
        for by_people in [edition_mapping(campaign.framework.code, new.code) is not None]
        if new.pk != campaign.framework_id
        and (by_people or rests.get(campaign.framework.code, set()) & rests.get(new.code, set()))
    ]


def _rests() -> dict[str, set[str]]:
    """For every standard the codes of its articles behind its own code."""
    found: dict[str, set[str]] = {}
    rows = Clause.objects.filter(level=Clause.Level.ARTICLE).order_by()
    for code, framework in rows.values_list("code", "framework__code"):
        if code.startswith(f"{framework}."):
            found.setdefault(framework, set()).add(code.removeprefix(f"{framework}."))
    return found


# One ledger
@dataclass(frozen=True, slots=True)
class LineFilter:
    """What the reader asked for; empty means all."""

    kind: str = ""
    fate: str = ""
    only: str = ""  # "open" or "decided"


@dataclass(frozen=True, slots=True)
class Target:
    """A new clause or figure of a line; `helps` where the duty does not lead it."""

    code: str
    title: str
    number: str
    helps: bool
    is_clause: bool


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A line with the names of its targets."""

    line: Line
    targets: list[Target]

    @property
    def badge(self) -> str:
        """Colour of the fate: nothing is lost, so nothing is red."""
        return {"carried": "ok", "split": "run", "merged": "run", "retired": "na"}[self.line.fate]


def line_list(changeover: Changeover, wanted: LineFilter) -> QuerySet[Line]:
    """The lines of a ledger in their order."""
    found = changeover.lines.select_related("clause", "decided_by")
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.fate:
        found = found.filter(fate=wanted.fate)
    if wanted.only:
        found = found.filter(is_open=wanted.only == "open")
    return found


def with_names(changeover: Changeover, lines: Sequence[Line]) -> list[LedgerLine]:
    """Lines with their targets named; two queries."""
    codes = {code for line in lines for code in line.targets}
    clauses = {c.code: c for c in Clause.objects.filter(framework=changeover.new, code__in=codes)}
    measures = {m.code: m for m in Measure.objects.filter(code__in=codes - clauses.keys())}
    return [LedgerLine(line, _targets(line, clauses, measures)) for line in lines]


def _targets(line: Line, clauses: dict[str, Clause], measures: dict[str, Measure]) -> list[Target]:
    found = []
    for code in line.targets:
        clause, measure = clauses.get(code), measures.get(code)
        title = clause.name if clause else measure.title if measure else code
        number = clause.number if clause else ""
        found.append(Target(code, title, number, code in line.helps, clause is not None))
    return found


def kind_counts(changeover: Changeover, wanted: LineFilter) -> dict[str, int]:
    """Lines by kind under the other filters; "" is all. One query."""
    others = line_list(changeover, LineFilter("", wanted.fate, wanted.only))
    rows = dict(others.order_by().values_list("kind").annotate(Count("pk")))
    return {"": sum(rows.values()), **rows}


# What it comes to
@dataclass(frozen=True, slots=True)
class SumLine:
    """Records of one kind before, and by what becomes of them."""

    label: str
    before: int
    carried: int = 0
    split: int = 0
    merged: int = 0
    retired: int = 0


@dataclass(frozen=True, slots=True)
class StateLine:
    """Articles in one state before and after."""

    state: str
    label: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """A trial or the real move: readiness before and after, and the sums."""

    at: str
    before: dict[str, Any]
    after: dict[str, Any]
    sums: list[SumLine]
    states: list[StateLine] = field(default_factory=list)

    @property
    def records(self) -> int:
        """All records that hung on the old edition."""
        return sum(one.before for one in self.sums)


def outcome_of(changeover: Changeover) -> Outcome | None:
    """The real move when it was signed, else the last trial; None before the first."""
    facts = changeover.result or changeover.preview
    if not facts:
        return None
    labels = dict(Line.Kind.choices)
    sums = [
        SumLine(str(labels[one["kind"]]), one["before"], **one["by_fate"]) for one in facts["sums"]
    ]
    return Outcome(facts["at"], facts["before"], facts["after"], sums, _states(facts))


def _states(facts: dict[str, Any]) -> list[StateLine]:
    before = Counter(facts["before"]["states"])
    after = Counter(facts["after"]["states"])
    return [
        StateLine(value, str(label), before[value], after[value])
        for value, label in Cell.State.choices
        if before[value] or after[value]
    ]


def entry_list(changeover: Changeover, kind: str = "") -> QuerySet[Entry]:
    """The records of a signed ledger."""
    found = Entry.objects.filter(line__changeover=changeover).select_related("line__clause")
    return found.filter(line__kind=kind) if kind else found
