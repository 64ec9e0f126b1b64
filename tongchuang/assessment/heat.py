"""Signature view 2, the heat: clauses down, units across, as a grid for the template."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.queries import names_on
from tongchuang.assessment.explaining import STATES
from tongchuang.assessment.inputs import PLACES
from tongchuang.assessment.models import Cell, Snapshot
from tongchuang.assessment.queries import cases_url
from tongchuang.assessment.rules import State
from tongchuang.standards.models import Clause

CLASSES = {
    State.HIGHLIGHT: "h-plus",
    State.STRENGTH: "h-plus",
    State.MET: "h-ok",
    State.RUNNING: "h-run",
    State.WEAK: "h-due",
    State.HARD: "h-due",
    State.BAD: "h-bad",
    State.RULING: "h-rule",
    State.UNKNOWN: "h-na",
}
LEGEND = (
    State.HIGHLIGHT,
    State.STRENGTH,
    State.MET,
    State.RUNNING,
    State.WEAK,
    State.HARD,
    State.BAD,
    State.RULING,
    State.UNKNOWN,
)
_NUMERALS = "〇一二三四五六七八九十"
LABELS: dict[str, str | Promise] = {str(value): label for value, label in Cell.State.choices}


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One field of the grid; `cell` None where the clause does not concern the unit."""

    cell: Cell | None
    unit_name: str
    key: str = ""
    selected: bool = False
    first_other: bool = False

    @property
    def css(self) -> str:
        """Colour, mark of the selection, gap before the departments."""
        colour = CLASSES[State(self.cell.state)] if self.cell else "h-off"
        marks = (" h-sel" if self.selected else "") + (" gap" if self.first_other else "")
        return colour + marks

    @property
    def icon(self) -> str:
        """The symbol where there is no number."""
        if self.cell is None or self.cell.open_cases or self.cell.state == State.UNKNOWN:
            return ""
        return STATES[self.cell.state][1]

    @property
    def open_url(self) -> str:
        """The open cases that it counts."""
        return cases_url(self.cell) if self.cell else ""

    @property
    def overdue_url(self) -> str:
        """Those of them that are overdue."""
        return cases_url(self.cell, "overdue") if self.cell else ""

    @property
    def badge(self) -> str:
        """The kind of badge in the list for phones."""
        return STATES[self.cell.state][0] if self.cell else "na"

    @property
    def badge_icon(self) -> str:
        """The symbol of the badge."""
        return STATES[self.cell.state][1] if self.cell else "na"

    @property
    def label(self) -> str:
        """What a screen reader says: unit, state, open cases."""
        if self.cell is None:
            return f"{self.unit_name} {LABELS[State.OFF]}"
        words = f"{self.unit_name} {LABELS[self.cell.state]}"
        if not self.cell.open_cases:
            return words
        return words + " " + _("未销号 %(count)s") % {"count": self.cell.open_cases}


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One clause across all units."""

    clause: Clause
    veto: bool
    cells: list[HeatCell]


@dataclass(slots=True)
class HeatChapter:
    """A chapter with its rows."""

    clause: Clause
    rows: list[HeatRow] = field(default_factory=list)

    @property
    def title(self) -> str:
        """「第一章 爱国卫生组织管理」."""
        number = self.clause.number
        if not number.isdecimal() or not 0 < int(number) < len(_NUMERALS):
            return f"{number} {self.clause.name}".strip()
        english = (get_language() or "").startswith("en")
        shown = number if english else _NUMERALS[int(number)]
        return _("第%(number)s章 %(name)s") % {"number": shown, "name": self.clause.name}


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A state with the number of its cells."""

    state: str
    label: str | Promise
    css: str
    count: int


@dataclass(frozen=True, slots=True)
class Column:
    """A unit with the name it had on the day of the snapshot."""

    unit: Unit
    name: str
    first_other: bool


@dataclass(frozen=True, slots=True)
class HeatFilter:
    """What the address asks for: places or others, only vetoes or unassessed or one state."""

    kind: str = ""
    only: str = ""
    state: str = ""
    cell: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Heat:
    """The whole grid."""

    columns: list[Column]
    chapters: list[HeatChapter]
    legend: list[LegendEntry]
    clauses: int

    @property
    def width(self) -> int:
        """Number of columns with the heading."""
        return len(self.columns) + 1

    @property
    def min_width(self) -> int:
        """Least width in px at which every column can be read."""
        return 200 + 28 * len(self.columns)


def heat(user: User, snapshot: Snapshot, wanted: HeatFilter) -> Heat:
    """The cells of a snapshot that `user` may see, as a grid; four queries."""
    cells = list(
        Cell.objects.visible_to(user)
        .filter(snapshot=snapshot)
        .select_related("unit")
        .defer("explanation")
        .order_by()
    )
    columns = _columns(cells, snapshot, wanted)
    shown = {column.unit.pk for column in columns}
    cells = [cell for cell in cells if cell.unit_id in shown]
    clauses = list(Clause.objects.filter(framework=snapshot.framework_id))
    grid = {(cell.clause_id, cell.unit_id): cell for cell in cells}
    chapters = _chapters(clauses, columns, grid, wanted)
    return Heat(
        columns=columns,
        chapters=chapters,
        legend=_legend(cells),
        clauses=sum(len(chapter.rows) for chapter in chapters),
    )


def _columns(cells: Sequence[Cell], snapshot: Snapshot, wanted: HeatFilter) -> list[Column]:
    units = {cell.unit_id: cell.unit for cell in cells}
    names = names_on(units.values(), snapshot.computed_at.date())
    places = [unit for unit in units.values() if unit.kind in PLACES]
    others = [unit for unit in units.values() if unit.kind not in PLACES]
    if wanted.kind == "place":
        others = []
    if wanted.kind == "other":
        places = []
    ordered = [*sorted(places, key=_as_listed), *sorted(others, key=_in_tree)]
    first = min(others, key=_in_tree).pk if places and others else None
    return [Column(unit, names[unit.pk], unit.pk == first) for unit in ordered]


def _as_listed(unit: Unit) -> tuple[int, str]:
    """Streets, then towns, then zones."""
    return PLACES.index(Unit.Kind(unit.kind)), str(unit.path)


def _in_tree(unit: Unit) -> str:
    return str(unit.path)


def _chapters(
    clauses: Sequence[Clause],
    columns: Sequence[Column],
    grid: Mapping[tuple[int, int], Cell],
    wanted: HeatFilter,
) -> list[HeatChapter]:
    vetoes = _with_veto(clauses)
    chapters: dict[str, HeatChapter] = {}
    with_cells = {clause for clause, _unit in grid}
    for clause in sorted(clauses, key=lambda one: one.ordinal):
        if clause.level == Clause.Level.CHAPTER:
            chapters[clause.code] = HeatChapter(clause)
            continue
        if clause.level == Clause.Level.REQUIREMENT and clause.pk not in with_cells:
            continue
        row = HeatRow(clause, clause.pk in vetoes, _row(clause, columns, grid, wanted))
        if _fits(row, wanted):
            chapters[clause.path.split("/")[0]].rows.append(row)
    return [chapter for chapter in chapters.values() if chapter.rows]


def _with_veto(clauses: Sequence[Clause]) -> set[int]:
    vetoes = {clause.pk for clause in clauses if clause.veto}
    return vetoes | {clause.parent_id for clause in clauses if clause.veto and clause.parent_id}


def _row(
    clause: Clause,
    columns: Sequence[Column],
    grid: Mapping[tuple[int, int], Cell],
    wanted: HeatFilter,
) -> list[HeatCell]:
    row = []
    for column in columns:
        key = f"{clause.code}:{column.unit.code}"
        row.append(
            HeatCell(
                cell=grid.get((clause.pk, column.unit.pk)),
                unit_name=column.name,
                key=key,
                selected=key == wanted.cell,
                first_other=column.first_other,
            )
        )
    return row


def _fits(row: HeatRow, wanted: HeatFilter) -> bool:
    states = {one.cell.state for one in row.cells if one.cell}
    if wanted.only == "veto" and not row.veto:
        return False
    if wanted.only == "unknown" and State.UNKNOWN not in states:
        return False
    return not wanted.state or wanted.state in states


def _legend(cells: Sequence[Cell]) -> list[LegendEntry]:
    counts = {state: sum(cell.state == state for cell in cells) for state in LEGEND}
    rare = {State.HIGHLIGHT, State.HARD, State.RULING}
    return [
        LegendEntry(str(state), LABELS[state], CLASSES[state], count)
        for state, count in counts.items()
        if count or state not in rare
    ]
