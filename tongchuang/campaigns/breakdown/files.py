"""Rows of a breakdown table out of a file: Excel, CSV, tables and paragraphs of a Word file."""

import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from docx import Document
from docx.oxml.ns import qn

from tongchuang.campaigns.breakdown.brackets import duties_in
from tongchuang.campaigns.breakdown.columns import FIELD_OF
from tongchuang.core.filetypes import DOCX, FileRefused, kind_of
from tongchuang.core.tabular_read import (
    NO_VALUE,
    Headings,
    Line,
    Merge,
    Merges,
    Source,
    Walkable,
    find_headings,
    sheet_titles,
)

MAX_ROWS: Final = 3_000
TRAIL_LENGTH: Final = 200
_CELL_LENGTH: Final = 2_000
_HEADING = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|第[一二三四五六七八九十]+[章节部])"
)
PLACES: Final = {
    "line": gettext_lazy("第 %(n)s 行"),
    "paragraph": gettext_lazy("第 %(n)s 段"),
}


@dataclass(slots=True)
class Found:
    """One row as the file says it: where it stands, under which headings, its texts by field.

    `kind` is line (of a sheet or table) or paragraph; `part` names the sheet or the table.
    `faults` are headings of cells whose formula has no result.
    """

    kind: str
    number: int
    part: str
    trail: str
    texts: dict[str, str]
    faults: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Reading:
    """What a file holds: rows, the parts that were no breakdown, headings nobody knows."""

    rows: list[Found] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def read_file(data: bytes, name: str) -> Reading:
    """Every row of a breakdown in a file. Raises `FileRefused` with a sentence."""
    reading = Reading()
    kind = kind_of(data, name)
    if kind is not DOCX and kind.group != "sheet":
        raise FileRefused(_("请上传 Excel、Word 或 CSV 文件；PDF 请先另存为 Word。"))
    rows = _word_rows(data, reading) if kind is DOCX else _sheets(data, name, reading)
    for row in rows:
        if len(reading.rows) == MAX_ROWS:
            raise FileRefused(
                _("超过 %(limit)s 行，不像一份分解表。请按章分成几份上传。") % {"limit": MAX_ROWS}
            )
        reading.rows.append(row)
    if not reading.rows:
        raise FileRefused(
            _(
                "没有找到任务。表格要有“工作任务”“牵头单位”这样的表头；文稿要有〔牵头单位：…〕这样的括号。"
            )
        )
    return reading


# Sheets
def _sheets(data: bytes, name: str, reading: Reading) -> Iterator[Found]:
    titles = sheet_titles(data) or [""]
    for title in titles:
        source = Source(data, name, title)
        try:
            yield from _table(source, source.merges(), title if len(titles) > 1 else "", reading)
        except _NoTable as fault:
            if len(titles) == 1:
                raise FileRefused(str(fault)) from None
            reading.passed_over.append(title)


class _NoTable(Exception):
    """A sheet or table without the headings of a breakdown."""


_WHAT = frozenset({"task", "content", "clause", "code"})
_WHO = frozenset({"lead", "units", "helpers"})


def _table(source: Walkable, merges: Merges, part: str, reading: Reading) -> Iterator[Found]:
    columns, line = _columns(source, merges, reading)
    trail: list[str] = []
    tops: dict[tuple[int, int], str] = {}
    merged = {(merge.top, merge.left) for merge in merges.values()}
    for one in source.lines():
        cells = _carried(one, merges, merged, tops)
        if one.number <= line:
            continue
        filled = list(dict.fromkeys(cell for cell in cells if isinstance(cell, str) and cell))
        if len(filled) == 1 and not cells_of(cells, columns, _WHO):
            _deepen(trail, filled[0])
            continue
        texts, faults = _texts(cells, columns)
        if _says_something(texts):
            above = " / ".join(filter(None, [*trail, texts.get("chapter", "")]))
            yield Found("line", one.number, part, above[-TRAIL_LENGTH:], texts, faults)


def cells_of(cells: list[Any], columns: dict[str, list[int]], fields: Iterable[str]) -> list[Any]:
    """The cells of these fields that are filled."""
    places = [at for name in fields for at in columns.get(name, ())]
    return [cells[at] for at in places if at < len(cells) and cells[at]]


def _says_something(texts: dict[str, str]) -> bool:
    return any(texts.get(name) for name in (*_WHAT, *_WHO)) and not _is_total(texts)


def _is_total(texts: dict[str, str]) -> bool:
    return any(texts.get(name) in {"合计", "总计", "小计"} for name in ("number", *_WHAT))


def _columns(
    source: Walkable, merges: Merges, reading: Reading
) -> tuple[dict[str, list[int]], int]:
    """Field → columns from 0, and the last line of the headings."""
    try:
        headings: Headings = find_headings(source, list(FIELD_OF), [], merges)
    except FileRefused:
        raise _NoTable(
            _("前 10 行里没有找到分解表的表头，如“工作任务”“牵头单位”“责任单位”“完成时限”。")
        ) from None
    columns: dict[str, list[int]] = {}
    for heading, at in headings.columns.items():
        columns.setdefault(FIELD_OF[heading], []).append(at)
    if not _WHO & set(columns) or not _WHAT & set(columns):
        raise _NoTable(_("表头里既要有任务或条款，也要有牵头单位或责任单位。"))
    reading.ignored += [word for word in headings.ignored if word not in reading.ignored]
    return columns, headings.line


def _carried(
    line: Line, merges: Merges, merged: set[tuple[int, int]], tops: dict[tuple[int, int], str]
) -> list[Any]:
    """The cells of a line; what a merged cell says holds for every line and column it covers."""
    cells = list(line.cells)
    for at, cell in enumerate(cells):
        place = (line.number, at + 1)
        if place in merged:
            tops[place] = cell
        elif merge := merges.get(place):
            cells[at] = tops.get((merge.top, merge.left), "")
    return cells


def _texts(cells: list[Any], columns: dict[str, list[int]]) -> tuple[dict[str, str], list[str]]:
    texts: dict[str, str] = {}
    faults = []
    for name, places in columns.items():
        said = []
        for at in places:
            cell = cells[at] if at < len(cells) else ""
            if cell is NO_VALUE:
                faults.append(name)
            elif cell and cell not in said:
                said.append(str(cell)[:_CELL_LENGTH])
        if said:
            texts[name] = "；".join(said)
    return texts, faults


def _deepen(trail: list[str], heading: str) -> None:
    """Keep the chapter and what stands below it: a 一、 begins anew."""
    if not trail or re.match(r"^(?:[一二三四五六七八九十]{1,3}、|第.{1,3}[章部])", heading):
        trail.clear()
    elif len(trail) > 1:
        trail.pop()
    trail.append(heading[:80])


# Word
def _word_rows(data: bytes, reading: Reading) -> Iterator[Found]:
    try:
        body = Document(BytesIO(data)).element.body
    except (KeyError, ValueError, TypeError, AttributeError, zipfile.BadZipFile, SyntaxError):
        raise FileRefused(_("Word 文件无法读取，请用 Word 或 WPS 重新保存后上传。")) from None
    text = _Prose()
    tables = 0
    for child in body.iterchildren():
        if child.tag == qn("w:p"):
            yield from text.paragraph(_said(child))
        elif child.tag == qn("w:tbl"):
            tables += 1
            table, part = _WordTable.of(child), _("表 %(n)s") % {"n": tables}
            try:
                yield from _table(table, table.merges, part, reading)
            except _NoTable:
                reading.passed_over.append(part)


class _Prose:
    """Reads paragraph after paragraph: headings, tasks, and brackets that may follow them."""

    def __init__(self) -> None:
        self.number = 0
        self.trail: list[str] = []
        self.waiting = ""  # a paragraph whose bracket may stand in the next one

    def paragraph(self, text: str) -> Iterator[Found]:
        """The rows of one more paragraph."""
        self.number += 1
        said = text.strip()
        duties = duties_in(said)
        for duty in duties:
            task = duty.task or self.waiting
            self.waiting = ""
            above = " / ".join(self.trail)[-TRAIL_LENGTH:]
            yield Found(
                "paragraph", self.number, "", above, {"task": task[:_CELL_LENGTH]} | duty.fields
            )
        if duties or not said:
            return
        if _HEADING.match(said) and len(said) < 40:
            _deepen(self.trail, said.rstrip("。"))
            self.waiting = ""
        else:
            self.waiting = said


def _said(element: Any) -> str:
    """The text of a paragraph or cell, without what was struck out by tracked changes."""
    nodes = element.iter(qn("w:t"), qn("w:tab"), qn("w:br"))
    return "".join((node.text or "") if node.tag == qn("w:t") else " " for node in nodes)


@dataclass(slots=True)
class _WordTable:
    """A table of a Word file, walked as a sheet is."""

    rows: list[list[str]]
    merges: Merges

    @classmethod
    def of(cls, element: Any) -> "_WordTable":
        """Cells by line and column; what spans several is known as merged."""
        rows: list[list[str]] = []
        merges: Merges = {}
        tops: dict[int, tuple[int, int]] = {}  # column → where its merged cell begins
        for number, row in enumerate(element.iterchildren(qn("w:tr")), start=1):
            cells: list[str] = []
            for cell in row.iterchildren(qn("w:tc")):
                _place(cell, number, cells, merges, tops)
            rows.append(cells)
        return cls(rows, merges)

    def lines(self) -> Iterator[Line]:
        """All lines in order."""
        for number, cells in enumerate(self.rows, start=1):
            yield Line(number, list(cells))


def _place(
    cell: Any,
    number: int,
    cells: list[str],
    merges: Merges,
    tops: dict[int, tuple[int, int]],
) -> None:
    """Add a cell to its line: `gridSpan` goes across, `vMerge` without a value goes down."""
    width, below = _spans(cell)
    text = "\n".join(_said(part).strip() for part in cell.iterchildren(qn("w:p"))).strip()
    for _span in range(min(width, 50)):
        at = len(cells)
        across = width > 1
        if below and at in tops:
            top, left = tops[at]
            merges[number, at + 1] = Merge("", top, left, across=across)
        elif _span:
            tops[at] = (number, at + 1 - _span)
            merges[number, at + 1] = Merge("", number, at + 1 - _span, across=True)
        else:
            tops[at] = (number, at + 1)
        cells.append("" if below or _span else text)


def _spans(cell: Any) -> tuple[int, bool]:
    """How many columns a cell covers, and whether it goes on from the line above."""
    form = cell.find(qn("w:tcPr"))
    if form is None:
        return 1, False
    grid, down = form.find(qn("w:gridSpan")), form.find(qn("w:vMerge"))
    width = int(grid.get(qn("w:val"), "1")) if grid is not None else 1
    return width, down is not None and down.get(qn("w:val"), "continue") == "continue"
