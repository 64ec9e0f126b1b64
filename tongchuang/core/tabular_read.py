"""Spreadsheets as lines of texts: xlsx and csv(.gz), heading rows found, merged cells known."""

import csv
import gzip
import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from difflib import get_close_matches
from io import BytesIO, TextIOWrapper
from itertools import islice
from typing import IO, Any, Protocol, cast

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.cell import get_column_letter, range_boundaries

from tongchuang.core.cells import clean, halved, text_of
from tongchuang.core.filetypes import (
    CSV_GZ,
    TEXT_ENCODINGS,
    XLSX,
    FileRefused,
    kind_of,
    text_encoding,
)

HEADING_ROWS = 10
MAX_MERGED_CELLS = 200_000
MAX_COLUMNS = 500
NO_VALUE = object()  # a formula whose result was never calculated
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*\bref="([A-Z]+[0-9]+:[A-Z]+[0-9]+)"')
Merges = dict[tuple[int, int], "Merge"]


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged range, seen from one of the cells that it hides."""

    ref: str
    top: int
    left: int
    across: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One row as shown in the file: its number from 1 and its cells as text."""

    number: int
    cells: list[Any]


class Walkable(Protocol):
    """What headings are found in: a spreadsheet, or a table of a Word file."""

    def lines(self) -> Iterator[Line]:
        """All lines in order."""
        ...


@dataclass(frozen=True, slots=True)
class Source:
    """A file's bytes under its name; can be walked as often as needed."""

    data: bytes
    name: str
    sheet: str = ""

    def lines(self) -> Iterator[Line]:
        """All lines in order. Raises `FileRefused`."""
        kind = kind_of(self.data, self.name)
        if kind is XLSX:
            return _xlsx_lines(self.data, self.sheet)
        return _csv_lines(self.data, packed=kind is CSV_GZ)

    def merges(self) -> Merges:
        """The hidden cells of merged ranges by (line, column from 1)."""
        if kind_of(self.data, self.name) is not XLSX:
            return {}
        return _merges(self.data, self.sheet)


# xlsx
def _xlsx_lines(data: bytes, name: str) -> Iterator[Line]:
    try:
        with (
            closing(load_workbook(BytesIO(data), read_only=True, data_only=True)) as results,
            closing(load_workbook(BytesIO(data), read_only=True)) as formulas,
        ):
            pairs = zip(_rows(results, name), _rows(formulas, name), strict=False)
            for number, (values, written) in enumerate(pairs, start=1):
                yield Line(number, [_cell(v, w) for v, w in zip(values, written, strict=False)])
    except (KeyError, ValueError, TypeError, AttributeError, zipfile.BadZipFile, SyntaxError):
        raise FileRefused(_("表格文件无法读取，请用 Excel 或 WPS 重新保存后上传。")) from None


def sheet_titles(data: bytes) -> list[str]:
    """Names of the sheets of an xlsx that are shown, in order; none for a csv."""
    if not data.startswith(b"PK"):
        return []
    try:
        with closing(load_workbook(BytesIO(data), read_only=True)) as book:
            return [page.title for page in book.worksheets if page.sheet_state == "visible"]
    except (KeyError, ValueError, TypeError, AttributeError, zipfile.BadZipFile, SyntaxError):
        raise FileRefused(_("表格文件无法读取，请用 Excel 或 WPS 重新保存后上传。")) from None


def _rows(book: Any, name: str) -> Iterator[tuple[Any, ...]]:
    page = _page(book, name)
    page.reset_dimensions()  # some programs write a wrong size
    rows: Iterator[tuple[Any, ...]] = page.iter_rows(values_only=True, max_col=MAX_COLUMNS)
    return rows


def _page(book: Any, name: str) -> Any:
    """The sheet of that name, else the first one that is shown."""
    pages = [page for page in book.worksheets if page.sheet_state == "visible"] or book.worksheets
    return next((page for page in pages if name and page.title == name), pages[0])


def _cell(value: object, written: object) -> object:
    if value is None and isinstance(written, str) and written.startswith("="):
        return NO_VALUE
    return clean(text_of(value)) if value is not None else ""


def _merges(data: bytes, name: str) -> Merges:
    with closing(load_workbook(BytesIO(data), read_only=True)) as book:
        path = _page(book, name)._worksheet_path
    with zipfile.ZipFile(BytesIO(data)) as archive:
        refs = [match.decode() for match in _MERGE.findall(archive.read(path))]
    hidden: Merges = {}
    for ref in refs:
        left, top, right, bottom = _corners(ref)
        if (right - left + 1) * (bottom - top + 1) + len(hidden) > MAX_MERGED_CELLS:
            raise FileRefused(_("合并单元格过多，请拆分后上传。"))
        merge = Merge(ref, top, left, across=right > left)
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                if (row, column) != (top, left):
                    hidden[row, column] = merge
    return hidden


def _corners(ref: str) -> tuple[int, int, int, int]:
    left, top, right, bottom = (int(corner or 1) for corner in range_boundaries(ref))
    return left, top, right, bottom


# csv
def _csv_lines(data: bytes, *, packed: bool) -> Iterator[Line]:
    encoding = _packed_encoding(data) if packed else text_encoding(data)
    raw: IO[bytes] = BytesIO(data)
    if packed:
        raw = cast(IO[bytes], gzip.GzipFile(fileobj=raw))
    with raw, TextIOWrapper(raw, encoding=encoding or "gb18030", newline="") as stream:
        first = stream.readline()
        stream.seek(0)
        try:
            for number, cells in enumerate(csv.reader(stream, delimiter=_delimiter(first)), 1):
                yield Line(number, [clean(cell) for cell in cells[:MAX_COLUMNS]])
        except csv.Error:
            raise FileRefused(_("CSV 文件格式有误，无法分列。")) from None


def _delimiter(first: str) -> str:
    return max(",\t;", key=first.count)


def _packed_encoding(data: bytes) -> str:
    for encoding in TEXT_ENCODINGS:
        with (
            suppress(UnicodeDecodeError),
            gzip.open(BytesIO(data), "rt", encoding=encoding) as stream,
        ):
            while stream.read(1024 * 1024):
                pass
            return encoding
    raise FileRefused(_("文字编码无法识别，请另存为 UTF-8 后上传。"))


# Headings
@dataclass(frozen=True, slots=True)
class Headings:
    """Where the headings stand: last heading line, heading → column from 0, and what is wrong."""

    line: int
    columns: dict[str, int]
    ignored: list[str] = field(default_factory=list)
    errors: list[tuple[str, str]] = field(default_factory=list)


def plain_heading(text: object) -> str:
    """A heading without blanks, marks of duty and differences of width."""
    if not isinstance(text, str):
        return ""
    word = re.sub(r"\s+", "", halved(text)).replace("(必填)", "")
    return word.strip("*:").lower()


def find_headings(
    source: Walkable, wanted: Sequence[str], required: Sequence[str], merges: Merges
) -> Headings:
    """Find the heading row (or pair of rows) among the first lines."""
    top = list(islice(source.lines(), HEADING_ROWS + 1))
    if not any(any(cell for cell in line.cells) for line in top):
        raise FileRefused(_("表中没有内容。"))
    names = {plain_heading(name): name for name in wanted}
    best = max(_candidates(top, merges), key=lambda c: _score(c[1], names))
    if _score(best[1], names) == 0:
        raise FileRefused(
            _("前 %(rows)s 行里没有找到表头。应有的列：%(wanted)s。")
            % {"rows": HEADING_ROWS, "wanted": "、".join(wanted)}
        )
    return _placed(best[0], best[1], names, required)


Heads = list[tuple[str, ...]]  # for each column the spellings that may match, the fullest first


def _candidates(top: list[Line], merges: Merges) -> Iterator[tuple[int, Heads]]:
    for at, line in enumerate(top[:HEADING_ROWS]):
        yield line.number, [(cell,) if isinstance(cell, str) else ("",) for cell in line.cells]
        if at + 1 < len(top):
            yield top[at + 1].number, list(_joined(line, top[at + 1], merges))


def _joined(upper: Line, lower: Line, merges: Merges) -> Iterator[tuple[str, ...]]:
    """Two heading rows read as 组/列; a heading over both rows counts as itself."""
    for at in range(max(len(upper.cells), len(lower.cells))):
        below = _at(lower, at)
        merge = merges.get((upper.number, at + 1))
        group = _at(upper, merge.left - 1 if merge and merge.across else at)
        if below and group:
            yield f"{group}/{below}", below
        elif below or (lower.number, at + 1) in merges:
            yield (below or group,)
        else:
            yield ("",)


def _at(line: Line, at: int) -> str:
    cell = line.cells[at] if at < len(line.cells) else ""
    return cell if isinstance(cell, str) else ""


def _match(spellings: tuple[str, ...], names: dict[str, str]) -> str:
    return next((names[p] for s in spellings if (p := plain_heading(s)) in names), "")


def _score(heads: Heads, names: dict[str, str]) -> int:
    return len({found for spellings in heads if (found := _match(spellings, names))})


def _placed(line: int, heads: Heads, names: dict[str, str], required: Sequence[str]) -> Headings:
    columns: dict[str, int] = {}
    result = Headings(line, columns)
    for at, spellings in enumerate(heads):
        found = _match(spellings, names)
        if found in columns:
            letters = f"{get_column_letter(columns[found] + 1)}、{get_column_letter(at + 1)}"
            message = _("表头重复出现（%(columns)s 列），请只保留一列") % {"columns": letters}
            result.errors.append((found, message))
        elif found:
            columns[found] = at
        elif spellings[0]:
            result.ignored.append(spellings[0])
    for name in required:
        if name not in columns:
            result.errors.append((name, _missing(name, result.ignored)))
    return result


def _missing(name: str, ignored: list[str]) -> str:
    near = get_close_matches(name, ignored, n=1, cutoff=0.5)
    if near:
        return _("缺少这一列；表中有“%(near)s”，是否就是它？请改为规定的表头") % {"near": near[0]}
    return _("缺少这一列")
