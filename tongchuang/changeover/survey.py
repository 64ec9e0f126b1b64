"""What hangs on the clauses of a campaign's edition, and where the comparison would send it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from django.utils.translation import gettext as _

from tongchuang.campaigns.models import Campaign
from tongchuang.changeover.editions import Editions
from tongchuang.changeover.hangings import Hung, gather_hangings
from tongchuang.changeover.models import Line
from tongchuang.changeover.rules import (
    Choice,
    Duty,
    Fate,
    Hanging,
    Landing,
    Shared,
    asked_as,
    counterpart,
    fate_of,
    narrowed,
    share_leads,
)
from tongchuang.projects.kinds import kinds
from tongchuang.standards.models import Clause, Framework

_K = Line.Kind


@dataclass(frozen=True, slots=True)
class Proposal:
    """A line as the machine would write it."""

    kind: str
    key: str
    clause: Clause | None
    label: str
    records: int
    fate: Fate
    targets: tuple[str, ...]
    reason: str
    helps: tuple[str, ...] = ()
    asked: str = ""
    is_open: bool = False


@dataclass(slots=True)
class Survey:
    """Everything that hangs on the old edition, with a proposal for each line in reading order."""

    editions: Editions
    hangings: list[Hanging]
    proposals: dict[tuple[str, str], Proposal] = field(default_factory=dict)


def survey(campaign: Campaign, old: Framework, new: Framework) -> Survey:
    """Read what hangs on the campaign's clauses; a constant number of queries.

    Raises `BrokenFile` when the comparison that people wrote does not fit the two editions.
    """
    editions = Editions(old, new)
    hung = gather_hangings(campaign, old)
    found = Survey(editions, [one for many in hung.rows.values() for one in many])
    for proposal in _Proposer(editions, hung).proposals():
        found.proposals[proposal.kind, proposal.key] = proposal
    return found


class _Proposer:
    """Walks the lines, kind by kind, in the order of the clauses."""

    def __init__(self, editions: Editions, hung: Hung) -> None:
        self.editions, self.hung = editions, hung

    def proposals(self) -> Iterator[Proposal]:
        for kind, proposed in (
            (_K.DUTY, self._duty),
            (_K.TASK, self._task),
            (_K.PAPER, self._paper),
            (_K.FIGURE, self._figure),
            (_K.CASE, self._as_the_article),
            (_K.PROJECT, self._project),
            (_K.JUDGEMENT, self._as_the_article),
            (_K.MONTH, self._month),
        ):
            lines = _by_key(self.hung.rows.get(kind, []))
            order = self.editions.order
            for rows in sorted(lines.values(), key=lambda rows: order.get(rows[0].clause, 0)):
                yield proposed(rows)

    # Kinds
    def _duty(self, rows: list[Hanging]) -> Proposal:
        first = rows[0]
        choice, duty = self.duties[first.key]
        helps, shared = self.shared.helps.get(first.key, ()), self.shared.disputed
        proposal = self._line(rows, replace(choice, targets=duty.targets, sure=True))
        if not duty.targets:
            return proposal
        words = [proposal.reason]
        if helps:
            words.append(_("与别的单位的分工并到一处，转为配合。"))
        if first.key in shared:
            words.append(_("几个单位都牵头，由谁牵头待定。"))
        return replace(
            proposal,
            helps=helps,
            reason=_short("".join(words)),
            is_open=first.key in shared,
        )

    @cached_property
    def duties(self) -> dict[str, tuple[Choice, Duty]]:
        """Every assignment with its choice, in the order of the clauses."""
        found = {}
        rows = self.hung.rows.get(_K.DUTY, [])
        for row in sorted(rows, key=lambda row: self.editions.order.get(row.clause, 0)):
            landing = self.editions.landing(row.clause)
            whole = self.editions.is_article(row.clause)
            choice = Choice(landing.targets, "", sure=True) if whole else self._requirement(row)
            targets = landing.targets if choice.why == "article" else choice.targets
            lead = int(self.hung.leads[row.record])
            found[row.key] = (choice, Duty(row.key, lead, targets, whole=whole))
        return found

    @cached_property
    def shared(self) -> Shared:
        """Who leads each new clause."""
        return share_leads([duty for _choice, duty in self.duties.values()])

    def _task(self, rows: list[Hanging]) -> Proposal:
        landing = self.editions.landing(rows[0].clause)
        if not self.editions.is_article(rows[0].clause):
            return self._line(rows, self._requirement(rows[0]))
        return self._line(rows, Choice(landing.targets[:1], "", sure=len(landing.targets) < 2))

    def _requirement(self, row: Hanging) -> Choice:
        landing, editions = self.editions.landing(row.clause), self.editions
        return counterpart(
            editions.asked(row.clause),
            landing,
            editions.requirements(landing),
            editions.by_figure.get(row.clause, ()),
            editions.like,
        )

    def _paper(self, rows: list[Hanging]) -> Proposal:
        landing = self.editions.landing(rows[0].clause)
        text = rows[0].label
        choice = asked_as(text, landing, self.editions.papers(landing), self.editions.like)
        proposal = self._line(rows, choice)
        return replace(proposal, label=text or _("没有写明对应要求的资料"), asked=choice.text)

    def _figure(self, rows: list[Hanging]) -> Proposal:
        new, why = self.editions.figure(rows[0].key)
        choice = Choice((new,) if new else (), "", sure=True)
        fate = Fate.CARRIED if new else Fate.RETIRED
        return replace(self._line(rows, choice), fate=fate, reason=_short(why))

    def _project(self, rows: list[Hanging]) -> Proposal:
        landing = self.editions.landing(rows[0].clause)
        near = {one.code for one in self.editions.requirements(landing)}
        kind = kinds().get(self.hung.kinds.get(rows[0].record, ""))
        asked = tuple(code for code in kind.clauses if code in near) if kind else ()
        if asked:
            return self._line(rows, Choice(asked, "kind", sure=True))
        return self._line(rows, replace(self._requirement(rows[0]), sure=True))

    def _as_the_article(self, rows: list[Hanging]) -> Proposal:
        return self._line(
            rows, Choice(self.editions.landing(rows[0].clause).targets, "", sure=True)
        )

    def _month(self, rows: list[Hanging]) -> Proposal:
        reason = _("按原版评定，留存可查，不再重算。")
        return replace(self._line(rows, Choice((), "", sure=True)), reason=reason)

    # One line
    def _line(self, rows: list[Hanging], choice: Choice) -> Proposal:
        first = rows[0]
        landing = self.editions.landing(first.clause)
        clause = self.editions.old_clauses.get(first.clause)
        label = clause.title if clause and first.kind in {_K.CASE, _K.JUDGEMENT} else first.label
        return Proposal(
            kind=first.kind,
            key=first.key,
            clause=clause,
            label=label[:200],
            records=len(rows),
            fate=landing.fate if choice.targets else fate_of(0, shared=False),
            targets=choice.targets,
            reason=self._reason(landing, choice),
            is_open=not choice.sure,
        )

    def _reason(self, landing: Landing, choice: Choice) -> str:
        if not choice.targets:
            return _short(landing.reason + _("新版没有对应条款，原记录留存可查。"))
        named = {"name": self.editions.name(choice.targets[0])}
        said = {
            "figure": _("指标相同，随指标转到“%(name)s”。"),
            "alike": _("文字相近，建议转到“%(name)s”。"),
            "article": _("没有对应的要求，挂到“%(name)s”这一条。"),
            "same": _("新版仍要这份材料。"),
            "kind": _("这类项目在新版里对应“%(name)s”。"),
        }.get(choice.why, "")
        open_words = "" if choice.sure else _("原条款拆成几条，转到哪一条待定。")
        words = landing.reason + (said % named if said else "") + open_words
        return _short(words or _("两版条款相同。"))


def targets_of_case(line: Line, of_class: Iterable[str]) -> tuple[str, ...]:
    """The new clauses of a case: those of the line that its problem class names, else all."""
    return narrowed(of_class, line.targets)


def _short(words: str) -> str:
    return words if len(words) <= 300 else words[:299] + "…"


def _by_key(rows: Iterable[Hanging]) -> Mapping[str, list[Hanging]]:
    found: dict[str, list[Hanging]] = defaultdict(list)
    for row in rows:
        found[row.key].append(row)
    return found
