"""Reading the register of titles."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import Unit, User
from tongchuang.campaigns.models import Campaign, Title, TitleEntry
from tongchuang.campaigns.title_kinds import ReviewRule, title_data, title_kinds
from tongchuang.campaigns.title_rules import Standing, State, standing

TABS: dict[str, frozenset[State]] = {
    "held": frozenset({State.HELD, State.SUSPENDED}),
    "sought": frozenset({State.AIMED, State.NOMINATED}),
    "lost": frozenset({State.LOST}),
}
WATCHED = frozenset({Standing.LAPSING, Standing.OVERDUE, Standing.UNKNOWN, Standing.KEPT})
WARNED = frozenset({Standing.LAPSING, Standing.OVERDUE})
STANDING_WORDS: dict[Standing, str | Promise] = {
    Standing.QUIET: "",
    Standing.UNKNOWN: _("复审期限待核实"),
    Standing.KEPT: _("临近复审，保持中"),
    Standing.LAPSING: _("临近复审，没有保持工作"),
    Standing.OVERDUE: _("已过复审期限，没有结论"),
}


@dataclass(frozen=True, slots=True)
class TitleLine:
    """A title with its history, the campaigns that keep or seek it, and what it asks for."""

    title: Title
    entries: list[TitleEntry]
    campaigns: list[Campaign]
    standing: Standing
    days_left: int | None

    @property
    def words(self) -> str | Promise:
        """What it asks for, in words; empty when nothing."""
        return STANDING_WORDS[self.standing]

    @property
    def warned(self) -> bool:
        """Whether somebody must act."""
        return self.standing in WARNED

    @property
    def latest(self) -> TitleEntry | None:
        """The last decision."""
        return self.entries[-1] if self.entries else None

    @property
    def named_on(self) -> date | None:
        """The day on which it was last given; None when it never was."""
        days = [entry.on for entry in self.entries if entry.kind == TitleEntry.Kind.NAMED]
        return days[-1] if days else None

    @property
    def days_over(self) -> int:
        """How many days ago the re-evaluation was due, 0 when it was not."""
        return max(-(self.days_left or 0), 0)

    @property
    def rule(self) -> ReviewRule:
        """Document and clause of its re-evaluation; unknown for titles of no known kind."""
        known = title_kinds().get(self.title.kind)
        return known.review if known else ReviewRule()


def title_lines(user: User, *, on: date, holder: Unit | None = None) -> list[TitleLine]:
    """Every title in sight, or those of one place; three queries however many there are."""
    titles = Title.objects.visible_to(user).select_related("holder")
    if holder:
        titles = titles.filter(holder=holder)
    return lines_of(titles.prefetch_related("entries", _campaigns_of(user)), on=on)


def line_of(user: User, title: Title, *, on: date) -> TitleLine:
    """One title."""
    found = Title.objects.filter(pk=title.pk).select_related("holder")
    return lines_of(found.prefetch_related("entries", _campaigns_of(user)), on=on)[0]


def _campaigns_of(user: User) -> Prefetch[str]:
    return Prefetch("campaigns", Campaign.objects.visible_to(user))


def lines_of(titles: Iterable[Title], *, on: date) -> list[TitleLine]:
    """Titles with prefetched entries and campaigns as lines."""
    warn = title_data().warn_months
    return [_line(title, on, warn) for title in titles]


def _line(title: Title, on: date, warn: int) -> TitleLine:
    campaigns = list(title.campaigns.all())
    found = standing(
        State(title.state),
        title.review_on,
        kept=any(one.status == Campaign.Status.KEEPING for one in campaigns),
        on=on,
        warn_months=warn,
    )
    left = (title.review_on - on).days if title.review_on else None
    return TitleLine(title, list(title.entries.all()), campaigns, found, left)


def of_tab(lines: list[TitleLine], tab: str) -> list[TitleLine]:
    """The lines of a tab: "" all, `TABS`, or "watch" for those that ask for something."""
    if tab == "watch":
        return [line for line in lines if line.standing in WATCHED]
    if tab in TABS:
        return [line for line in lines if line.title.state in TABS[tab]]
    return lines


def holders(lines: Iterable[TitleLine]) -> list[Unit]:
    """The places of these titles, each once, in the order of the tree."""
    found = {line.title.holder_id: line.title.holder for line in lines}
    return sorted(found.values(), key=lambda unit: unit.path)
