"""The register of titles: entering a title, its decisions, and correcting an entry."""

from datetime import date
from typing import TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import require
from tongchuang.campaigns import title_rules
from tongchuang.campaigns.models import Campaign, Title, TitleEntry
from tongchuang.campaigns.title_kinds import ReviewRule, title_kinds
from tongchuang.core import clock
from tongchuang.core.flow import locked, remember, save_audited

NEEDS_REASON = frozenset({TitleEntry.Kind.SUSPENDED, TitleEntry.Kind.WITHDRAWN})


class TitleRefused(Exception):
    """An entry that cannot stand in the register; the message says why."""


class EntryFields(TypedDict, total=False):
    """What a paper says besides kind and day; absent keys stay empty or as they are."""

    paper: str
    issuer: str
    until: date | None
    campaign: str
    reason: str
    source: str


@transaction.atomic
def create_title(
    holder: Unit, name: str, *, kind: str = "", level: str = "", note: str = "", by: User
) -> Title:
    """Enter a title of a place; level and kind follow from the data file where it knows them.

    The same title of the same place is entered once. Raises `PermissionDenied`, `TitleRefused`.
    """
    title = Title(holder=holder, name=name, kind=kind, level=level, note=note)
    require(by, "campaigns.manage", title)
    if Title.objects.filter(holder=holder, name=name).exists():
        raise TitleRefused(
            _("%(place)s的“%(title)s”已在台账里。") % {"place": holder.label, "title": name}
        )
    if known := title_kinds().get(kind):
        title.level = level or known.level
    save_audited(title, "create", by=by)
    return title


@transaction.atomic
def enter_decision(
    title: Title, kind: str, on: date, *, by: User, **fields: Unpack[EntryFields]
) -> TitleEntry:
    """Enter what an office decided on a title; its state and next re-evaluation follow.

    Where the paper names no day for the re-evaluation, that of the kind's rule is taken. The same
    decision again changes nothing. Raises `PermissionDenied`, or `TitleRefused` for a decision
    that cannot follow on the ones before it, lies in the future or lacks its reason.
    """
    title = locked(title)
    require(by, "campaigns.manage", title)
    again = title.entries.filter(kind=kind, on=on).first()
    if again and all(getattr(again, name) == value for name, value in fields.items()):
        return again
    if again:
        raise TitleRefused(_("这一天的这项结论已在台账里，更正请改那一条。"))
    entry = TitleEntry(title=title, kind=kind, on=on, **fields)
    if entry.until is None and kind in {TitleEntry.Kind.NAMED, TitleEntry.Kind.CONFIRMED}:
        entry.until = title_rules.review_day(on, rule_of(title).years)
    _check(entry)
    save_audited(entry, "enter", by=by)
    _replay(title, "decide", by=by)
    return entry


@transaction.atomic
def correct_decision(
    entry: TitleEntry,
    *,
    correction: str,
    kind: str,
    on: date,
    by: User,
    **fields: Unpack[EntryFields],
) -> TitleEntry:
    """Put an entry right; the old values stay in the record with the reason `correction`.

    Raises `PermissionDenied`, or `TitleRefused` when the history would not hold together.
    """
    entry = locked(entry)
    title = locked(entry.title)
    require(by, "campaigns.manage", title)
    if not correction.strip():
        raise TitleRefused(_("更正须写明理由。"))
    others = title.entries.filter(kind=kind, on=on).exclude(pk=entry.pk)
    if others.exists():
        raise TitleRefused(_("这一天的这项结论已在台账里，更正请改那一条。"))
    remember(entry)
    entry.kind, entry.on = kind, on
    for name, value in fields.items():
        setattr(entry, name, value)
    _check(entry)
    save_audited(entry, "correct", by=by, reason=correction.strip())
    _replay(title, "correct", by=by)
    return entry


def rule_of(title: Title) -> ReviewRule:
    """When a title of this kind is examined again; unknown for kinds the data does not hold."""
    known = title_kinds().get(title.kind)
    return known.review if known else ReviewRule()


def _check(entry: TitleEntry) -> None:
    if entry.on > clock.today():
        raise TitleRefused(_("日期还没有到。"))
    if entry.until and entry.until <= entry.on:
        raise TitleRefused(_("复审期限要晚于结论日期。"))
    if entry.kind in NEEDS_REASON and not entry.reason.strip():
        raise TitleRefused(_("暂缓、撤销须写明原因。"))


def _replay(title: Title, action: str, *, by: User) -> None:
    """Put state and next re-evaluation in step with the entries; refuse what cannot be."""
    rows = list(title.entries.order_by("on", "id"))
    try:
        state, until = title_rules.replay(plain(rows))
    except title_rules.Impossible as fault:
        row = rows[fault.place]
        words = {
            "day": row.on,
            "kind": row.get_kind_display(),
            "state": Title.State(fault.state).label,
        }
        raise TitleRefused(
            _("%(day)s“%(kind)s”不能成立：那时的状态是“%(state)s”。") % words
        ) from fault
    remember(title)
    title.state, title.review_on = Title.State(state), until
    save_audited(title, action, by=by)


def plain(rows: list[TitleEntry]) -> list[title_rules.Entry]:
    """Entries as the rules read them."""
    return [title_rules.Entry(title_rules.Kind(row.kind), row.on, row.until) for row in rows]


# For the gates of a campaign
def review_rule(campaign: Campaign) -> ReviewRule:
    """When the title of a campaign is examined again: by its procedure, else by its kind."""
    process = campaign.process
    state = process and process.states.filter(code="re_review").exclude(period_years=None).first()
    if process and state:
        return ReviewRule(
            state.period_years,
            process.document_no or process.title,
            state.title,
            state.confidence == "high",
        )
    return rule_of(campaign.aims_at) if campaign.aims_at else ReviewRule()


def title_of_campaign(campaign: Campaign, *, by: User) -> Title:
    """The title a campaign strives for; entered under the campaign's name when none was chosen."""
    if campaign.aims_at:
        return campaign.aims_at
    found = Title.objects.filter(holder=campaign.city, name=campaign.title).first()
    title = found or create_title(campaign.city, campaign.title, by=by)
    remember(campaign)
    campaign.aims_at = title
    save_audited(campaign, "aim", by=by)
    return title
