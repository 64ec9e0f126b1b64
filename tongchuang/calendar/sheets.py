"""The calendar, the load and the warnings as spreadsheets; they are only exported."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from tongchuang.calendar.queries import Cell, Event, UnitLoad, Warned
from tongchuang.calendar.queries.load import MATTERS
from tongchuang.core.tabular import Column, Sheet


def state_words(event: Event) -> str:
    """Open, done or late, in words."""
    words = {"open": _("未到"), "done": _("已办"), "late": _("已过期")}
    return words[event.state]


def event_sheet() -> Sheet[Event]:
    """Events by day."""
    return Sheet[Event](
        _("统筹日历"),
        [
            Column(_("日期"), lambda e: e.day),
            Column(_("至"), lambda e: e.until if e.lasts else None),
            Column(_("类别"), lambda e: str(e.label)),
            Column(_("事项"), lambda e: e.title, width=44),
            Column(_("创建"), lambda e: e.campaign, width=24),
            Column(_("单位"), lambda e: e.unit, width=24),
            Column(_("牵头领导"), lambda e: e.people),
            Column(_("状态"), state_words),
        ],
    )


@dataclass(frozen=True, slots=True)
class LoadRow:
    """One unit in one week."""

    row: UnitLoad
    cell: Cell

    @property
    def week(self) -> date:
        """Its Monday."""
        return self.cell.week


def load_rows(table: list[UnitLoad]) -> list[LoadRow]:
    """Every unit in every week in which it owes something."""
    return [LoadRow(row, cell) for row in table for cell in row.cells if cell.number]


def cell_words(cell: Cell) -> str:
    """How a week stands, in words."""
    words = {
        "unknown": _("待定"),
        "calm": _("平常"),
        "full": _("偏满"),
        "over": _("超负荷"),
    }
    return words[cell.state]


def load_sheet() -> Sheet[LoadRow]:
    """Units by weeks with the numbers by kind."""
    kinds: list[Column[LoadRow]] = [
        Column(str(words), lambda r, kind=kind: r.cell.by_kind.get(kind, 0))  # type: ignore[misc]
        for kind, words in MATTERS.items()
    ]
    return Sheet[LoadRow](
        _("单位负荷"),
        [
            Column(_("单位"), lambda r: r.row.unit.name, width=28),
            Column(_("周（周一）"), lambda r: r.week),
            Column(_("应办"), lambda r: r.cell.number),
            *kinds,
            Column(_("平常一周办结"), lambda r: r.row.line),
            Column(_("状态"), lambda r: cell_words(r.cell)),
            Column(_("负责人"), lambda r: "、".join(p.name for p in r.row.people), width=20),
        ],
    )


def warning_sheet() -> Sheet[Warned]:
    """Warnings with everything that they name."""
    return Sheet[Warned](
        _("冲突提醒"),
        [
            Column(_("周（周一）"), lambda w: w.week),
            Column(_("类别"), lambda w: str(w.label)),
            Column(_("情况"), lambda w: w.words, width=60),
            Column(_("事项"), lambda w: "；".join(m.title for m in w.matters), width=60),
            Column(_("创建"), lambda w: "、".join(w.campaigns), width=30),
            Column(_("单位"), lambda w: "、".join(u.name for u in w.units), width=40),
            Column(_("负责人"), lambda w: "、".join(w.people), width=24),
        ],
    )
