"""The register of titles as a spreadsheet: one line for every decision."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.campaigns import services, title_rules
from tongchuang.campaigns.models import Title, TitleEntry
from tongchuang.campaigns.services.titles import NEEDS_REASON, plain
from tongchuang.campaigns.title_kinds import title_kinds
from tongchuang.campaigns.title_queries import TitleLine
from tongchuang.core import clock
from tongchuang.core.cells import looked_up
from tongchuang.core.tabular import Column, Row, Sheet, WrongCell


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One decision on a title; `entry` None for a title that has none yet."""

    title: Title
    entry: TitleEntry | None = None

    def of_entry(self, name: str) -> Any:
        """A value of the decision, nothing when there is none."""
        return getattr(self.entry, name) if self.entry else None


def history_lines(lines: list[TitleLine]) -> list[HistoryLine]:
    """Every decision of these titles in order."""
    found: list[HistoryLine] = []
    for line in lines:
        if not line.entries:
            found.append(HistoryLine(line.title))
        found += [HistoryLine(line.title, entry) for entry in line.entries]
    return found


def title_sheet() -> Sheet[HistoryLine]:
    """The register; imported lines add titles and decisions, those that are there stay."""
    return Sheet[HistoryLine](
        _("荣誉称号台账"),
        [
            *_facts(),
            *_decision(),
            *_paper(),
            Column(_("现状"), lambda h: str(h.title.get_state_display()), importable=False),
        ],
        find=_existing,
        create=_create,
        unique=["holder", "name", "kind", "on"],
        check=_checker(),
    )


def _facts() -> list[Column[HistoryLine]]:
    unit = looked_up(_units, _("没有这个单位"))
    levels = {str(word): code for code, word in Title.Level.choices}
    return [
        Column(_("获得单位"), lambda h: h.title.holder.name, parse=unit, name="holder", width=20),
        Column(_("称号"), lambda h: h.title.name, parse=_at_most(60), name="name", width=24),
        Column(
            _("类别"),
            lambda h: _kind_name(h.title.kind),
            parse=looked_up(_kinds, _("没有这个类别")),
            required=False,
            name="kind_of_title",
            width=20,
            help="、".join(known.title for known in title_kinds().values()),
        ),
        Column(
            _("级别"),
            lambda h: str(h.title.get_level_display()),
            parse=levels.__getitem__,
            required=False,
            name="level",
            choices=list(levels),
        ),
    ]


def _decision() -> list[Column[HistoryLine]]:
    kinds = {str(word): code for code, word in TitleEntry.Kind.choices}
    return [
        Column(
            _("结论"),
            lambda h: h.entry and str(h.entry.get_kind_display()),
            parse=kinds.__getitem__,
            required=False,
            name="kind",
            choices=list(kinds),
        ),
        Column(_("日期"), lambda h: h.of_entry("on"), parse=date, required=False, name="on"),
    ]


def _paper() -> list[Column[HistoryLine]]:
    def text(heading: str, name: str, length: int, width: int) -> Column[HistoryLine]:
        return Column(
            heading,
            lambda h: h.of_entry(name),
            parse=_at_most(length),
            required=False,
            name=name,
            width=width,
        )

    return [
        text(_("文号"), "paper", 80, 26),
        text(_("发文机关"), "issuer", 80, 24),
        Column(
            _("复审期限"), lambda h: h.of_entry("until"), parse=date, required=False, name="until"
        ),
        text(_("创建工作"), "campaign", 80, 20),
        text(_("原因"), "reason", 200, 30),
        text(_("依据存放"), "source", 120, 24),
    ]


def _at_most(length: int) -> Callable[[str], str]:
    def read(text: str) -> str:
        if len(text) > length:
            raise ValueError(_("不能超过 %(length)s 个字") % {"length": length})
        return text

    return read


def _existing(rows: list[Row]) -> list[HistoryLine | None]:
    titles = Title.objects.filter(name__in={row["name"] for row in rows}).select_related("holder")
    known = {(title.holder_id, title.name): title for title in titles}
    entries = TitleEntry.objects.filter(title__in=titles).select_related("title__holder")
    decided = {(entry.title_id, entry.kind, entry.on): entry for entry in entries}
    found: list[HistoryLine | None] = []
    for row in rows:
        title = known.get((row["holder"].pk, row["name"]))
        kind, on = row.get("kind"), row.get("on")
        entry = decided.get((title.pk, kind, on)) if title and kind and on else None
        there = title and (entry or not kind)
        found.append(HistoryLine(title, entry) if title and there else None)
    return found


def _create(*, by: User, **row: Any) -> TitleEntry | Title:
    holder, name = row["holder"], row["name"]
    title = Title.objects.filter(holder=holder, name=name).first()
    if title is None:
        kind, level = row.get("kind_of_title") or "", row.get("level") or ""
        title = services.create_title(holder, name, kind=kind, level=level, by=by)
    if not row.get("kind"):
        return title
    texts = ("paper", "issuer", "campaign", "reason", "source")
    return services.enter_decision(
        title,
        row["kind"],
        row["on"],
        by=by,
        until=row.get("until"),
        **{name: row.get(name) or "" for name in texts},
    )


def _checker() -> Callable[[Row], None]:
    """Refuses a decision that cannot follow on those of the register and of the lines above."""
    known: dict[tuple[int, str], set[title_rules.Entry]] = {}

    def check(row: Row) -> None:
        if bool(row.get("kind")) != bool(row.get("on")):
            raise ValueError(_("结论和日期要么都填，要么都空着。"))
        if not row.get("kind"):
            return
        if row["on"] > clock.today():
            raise WrongCell(_("日期"), _("日期还没有到。"))
        if row.get("until") and row["until"] <= row["on"]:
            raise WrongCell(_("复审期限"), _("复审期限要晚于结论日期。"))
        if row["kind"] in NEEDS_REASON and not row.get("reason"):
            raise WrongCell(_("原因"), _("暂缓、撤销须写明原因。"))
        key = (row["holder"].pk, row["name"])
        if key not in known:
            rows = TitleEntry.objects.filter(title__holder=key[0], title__name=key[1])
            known[key] = {title_rules.Entry(one.kind, one.on) for one in plain(list(rows))}
        known[key].add(title_rules.Entry(title_rules.Kind(row["kind"]), row["on"]))
        _replayed(sorted(known[key], key=lambda entry: entry.on))

    return check


def _replayed(entries: list[title_rules.Entry]) -> None:
    try:
        title_rules.replay(entries)
    except title_rules.Impossible as fault:
        words = {
            "day": entries[fault.place].on,
            "kind": TitleEntry.Kind(fault.kind).label,
            "state": Title.State(fault.state).label,
        }
        raise WrongCell(
            _("结论"), _("%(day)s“%(kind)s”不能成立：那时的状态是“%(state)s”。") % words
        ) from fault


def _units() -> dict[str, Unit]:
    units = list(Unit.objects.all())
    names = {unit.short_name: unit for unit in units if unit.short_name}
    return names | {unit.name: unit for unit in units} | {unit.code: unit for unit in units}


def _kinds() -> dict[str, str]:
    return {text: k.code for k in title_kinds().values() for text in (k.title, k.title_en, k.code)}


def _kind_name(code: str) -> str:
    known = title_kinds().get(code)
    return known.name if known else code
