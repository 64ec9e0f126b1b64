"""Spreadsheets in and out: one `Sheet` is template, export and import of a table.

Import is upload → `Preview` (nothing written, every fault with its line) → `commit` in one
transaction through the services. See house-style §10 in docs.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path, PurePath
from typing import IO, Any, Generic, TypeVar

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from tongchuang.core.cells import Parse, reader, text_of
from tongchuang.core.filetypes import FileRefused
from tongchuang.core.sheet_mapping import SheetMapping
from tongchuang.core.statistics import MANY_ROWS, refresh_statistics
from tongchuang.core.tabular_read import (
    NO_VALUE,
    Headings,
    Line,
    Merges,
    Source,
    find_headings,
)
from tongchuang.core.tabular_write import write_csv, write_template, write_xlsx

__all__ = [
    "CellError",
    "Column",
    "FileRefused",
    "ImportRefused",
    "Outcome",
    "Preview",
    "PreviewRow",
    "Row",
    "Sheet",
    "SheetMapping",
    "WrongCell",
]

SHOWN_ROWS = 200
SHOWN_ERRORS = 200
KEPT_FAULTS = 2_000
KEPT_ROWS = 5_000
MAX_ROWS = 200_000
BATCH = 500
T = TypeVar("T")
Row = dict[str, Any]


@dataclass(frozen=True)
class Column(Generic[T]):
    """One column. `value` reads an object for the export, `parse` reads a text on import.

    `parse` is int, Decimal, float, bool, date, datetime (read with patience, see `core.cells`)
    or a function of the text that raises `ValueError` with a sentence; None is text. `name` is
    the key in the row that services get, else the heading. An empty cell of a column that is not
    `required` is None. `fill_down` takes a merged cell's value for all its lines. A column with
    `importable` off is only exported.
    """

    heading: str
    value: Callable[[T], object]
    parse: Parse | type | None = None
    required: bool = True
    help: str = ""
    name: str = ""
    choices: Sequence[str] = ()
    fill_down: bool = False
    importable: bool = True
    width: int = 16

    @property
    def key(self) -> str:
        """Under which the value stands in a row."""
        return self.name or self.heading

    def read(self, text: str) -> Any:
        """The value of a cell's text. Raises `ValueError` with a sentence."""
        if not text:
            if self.required:
                raise ValueError(_("不能为空"))
            return None
        if self.choices and text not in self.choices:
            raise ValueError(
                _("“%(text)s”不在可选范围内，可填：%(choices)s")
                % {"text": text, "choices": "、".join(self.choices[:20])}
            )
        return reader(self.parse)(text)


@dataclass(frozen=True)
class Sheet(Generic[T]):
    """A table that people may fill in. Callables of a request are bound with `replace`.

    `find` gives for a batch of rows the existing objects or None (`key` does so for one row);
    `create(by=, **row)`, `update(object, by=, **row)` are services; without `update` existing
    objects are left as they are. `create_many(rows, by=)` serves large imports. `unique` names
    the keys that must not repeat within one file. `check(row)` raises `ValueError`,
    or `WrongCell` to name the column.
    """

    name: str
    columns: Sequence[Column[T]]
    key: Callable[[Row], T | None] | None = None
    find: Callable[[list[Row]], list[T | None]] | None = None
    create: Callable[..., object] | None = None
    create_many: Callable[..., object] | None = None
    update: Callable[..., object] | None = None
    same: Callable[[T, Row], bool] | None = None
    check: Callable[[Row], object] | None = None
    unique: Sequence[str] = ()
    max_rows: int = MAX_ROWS

    def template(self) -> bytes:
        """An empty xlsx to fill in: headings, help as notes, drop-down lists."""
        return write_template(self.name, [c for c in self.columns if c.importable])

    def export(self, rows: Iterable[T]) -> bytes:
        """An xlsx of `rows` that can be imported again. Give it `visible_to(user)` only."""
        return write_xlsx(self.name, self.columns, self._texts(rows))

    def export_csv(self, rows: Iterable[T]) -> bytes:
        """The same as CSV in UTF-8 with mark, as Excel opens it."""
        return write_csv(self.columns, self._texts(rows))

    def _texts(self, rows: Iterable[T]) -> Iterator[list[object]]:
        for row in rows:
            yield [column.value(row) for column in self.columns]

    def preview(
        self,
        file: File[bytes] | IO[bytes] | Path,
        mapping: SheetMapping | None = None,
        *,
        name: str = "",
    ) -> "Preview[T]":
        """Read `file` without writing anything. Raises `FileRefused` when it is no table."""
        return Preview.of(self, _source(file, name or self.name, self.name), mapping)

    def existing(self, rows: list[Row]) -> list[T | None]:
        """For each row the object that it would change, or None when it is new."""
        if self.find:
            return self.find(rows)
        return [self.key(row) if self.key else None for row in rows]

    def is_same(self, found: T, row: Row) -> bool:
        """Whether importing `row` would change nothing."""
        if self.update is None:
            return True
        if self.same:
            return self.same(found, row)
        return all(_agrees(c, found, row) for c in self.columns if c.key in row)


def _agrees(column: Column[T], found: T, row: Row) -> bool:
    try:
        return bool(column.read(text_of(column.value(found))) == row[column.key])
    except ValueError:
        return False


def _source(file: File[bytes] | IO[bytes] | Path, fallback: str, sheet: str) -> Source:
    if isinstance(file, Path):
        return Source(file.read_bytes(), file.name, sheet)
    file.seek(0)
    return Source(file.read(), PurePath(getattr(file, "name", "") or fallback).name, sheet)


@dataclass(frozen=True, slots=True)
class CellError:
    """What is wrong in one place of the file; line 0 is the file itself."""

    line: int
    heading: str
    message: str

    def __str__(self) -> str:
        place = _("第 %(line)s 行") % {"line": self.line} if self.line else ""
        column = f"“{self.heading}”" if self.heading else ""
        return f"{place}{column}：{self.message}" if place or column else self.message


class WrongCell(ValueError):
    """What a `check` of a whole row blames on one column."""

    def __init__(self, heading: str, message: str) -> None:
        self.heading = heading
        super().__init__(message)


class ImportRefused(Exception):
    """The import was not done; nothing was written."""

    def __init__(self, errors: list[CellError]) -> None:
        self.errors = errors
        super().__init__("; ".join(map(str, errors[:5])))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import did: rows by kind."""

    new: int = 0
    changed: int = 0
    same: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One line as it would be imported: `state` is new, changed, same or refused."""

    line: int
    cells: list[str]
    state: str


@dataclass(slots=True)
class _Parsed(Generic[T]):
    """A line on its way in; `texts` by heading, `row` by key; `errors` empty when it is good."""

    line: int
    texts: dict[str, str]
    row: Row = field(default_factory=dict)
    errors: list[CellError] = field(default_factory=list)
    found: T | None = None
    state: str = "new"


@dataclass
class Preview(Generic[T]):
    """What an import would do; nothing is written before `commit`.

    At most `SHOWN_ROWS` rows and `SHOWN_ERRORS` errors are held for showing; the counts are of
    the whole file. `ignored` are headings that we do not know; `faults` counts equal faults by
    heading and message over the whole file.
    """

    sheet: Sheet[T]
    source: Source
    mapping: SheetMapping | None
    headings: Headings
    merges: Merges
    rows: list[PreviewRow] = field(default_factory=list)
    errors: list[CellError] = field(default_factory=list)
    new: int = 0
    changed: int = 0
    same: int = 0
    refused: int = 0
    faults: Counter[tuple[str, str]] = field(default_factory=Counter)
    _kept: list[_Parsed[T]] | None = field(default_factory=list)

    @classmethod
    def of(cls, sheet: Sheet[T], source: Source, mapping: SheetMapping | None) -> "Preview[T]":
        """Read the whole file once."""
        merges = source.merges()
        takes_part = [c for c in sheet.columns if c.importable]
        wanted = mapping.wanted() if mapping else [c.heading for c in takes_part]
        required = wanted if mapping else [c.heading for c in takes_part if c.required]
        preview = cls(
            sheet, source, mapping, find_headings(source, wanted, required, merges), merges
        )
        preview.headings.errors.extend(preview._unmapped())
        preview.errors = [CellError(0, name, words) for name, words in preview.headings.errors]
        if not preview.errors:
            preview._read()
        return preview

    @property
    def total(self) -> int:
        """Rows in the file, empty and filtered ones left out."""
        return self.new + self.changed + self.same + self.refused

    @property
    def ignored(self) -> list[str]:
        """Headings in the file that this table does not know."""
        return self.headings.ignored

    @property
    def ok(self) -> bool:
        """Whether the import may be confirmed: no error, and something to do."""
        return not self.errors and self.total > 0

    @cached_property
    def columns(self) -> list[Column[T]]:
        """The columns that take part: those found in the file or set by the mapping."""
        present = self.mapping.gives() if self.mapping else self.headings.columns
        return [c for c in self.sheet.columns if c.importable and c.heading in present]

    def _unmapped(self) -> list[tuple[str, str]]:
        """Required columns that a mapping forgot."""
        if self.mapping is None:
            return []
        present = {column.heading for column in self.columns}
        needed = [c.heading for c in self.sheet.columns if c.importable and c.required]
        return [(name, _("对照文件没有给出这一列")) for name in needed if name not in present]

    # Reading
    def _read(self) -> None:
        for parsed in self._parsed_lines():
            self._count(parsed)
            if self._kept is not None:
                self._kept.append(parsed)
                if len(self._kept) > KEPT_ROWS:
                    self._kept = None
            if self.total > self.sheet.max_rows:
                raise FileRefused(
                    _("超过 %(limit)s 行，请分成几份上传。") % {"limit": self.sheet.max_rows}
                )
        if not self.total:
            raise FileRefused(_("表头下面没有数据。"))

    def _count(self, parsed: _Parsed[T]) -> None:
        setattr(self, parsed.state, getattr(self, parsed.state) + 1)
        for error in parsed.errors:
            if len(self.faults) < KEPT_FAULTS or (error.heading, error.message) in self.faults:
                self.faults[error.heading, error.message] += 1
        room = SHOWN_ERRORS - len(self.errors)
        self.errors.extend(parsed.errors[:room])
        if len(self.rows) < SHOWN_ROWS:
            cells = [parsed.texts.get(column.heading, "") for column in self.columns]
            self.rows.append(PreviewRow(parsed.line, cells, parsed.state))

    def _parsed_lines(self) -> Iterator[_Parsed[T]]:
        """Every line, parsed and compared with what exists, batch by batch."""
        seen: dict[Hashable, int] = {}
        lines = self._own_lines()
        while batch := list(islice(lines, BATCH)):
            parsed = [self._parse(number, texts, seen, faults) for number, texts, faults in batch]
            self._compare([line for line in parsed if not line.errors])
            yield from parsed

    def _own_lines(self) -> Iterator[tuple[int, dict[str, str], list[CellError]]]:
        """Lines of data as texts under our headings."""
        filled: dict[str, str] = {}
        fill = {c.heading for c in self.sheet.columns if c.fill_down}
        for line in self.source.lines():
            if line.number <= self.headings.line:
                continue
            texts, faults = self._texts(line, filled, fill)
            if not any(texts.values()) and not faults:
                continue
            if self.mapping is None:
                yield line.number, texts, faults
            elif self.mapping.takes(texts):
                yield line.number, self.mapping.ours(texts), faults

    def _texts(
        self, line: Line, filled: dict[str, str], fill: set[str]
    ) -> tuple[dict[str, str], list[CellError]]:
        texts: dict[str, str] = {}
        faults: list[CellError] = []
        for heading, at in self.headings.columns.items():
            cell = line.cells[at] if at < len(line.cells) else ""
            merge = self.merges.get((line.number, at + 1))
            if cell is NO_VALUE:
                words = _("公式没有计算结果，请在 Excel 中打开保存一次，或粘贴为数值")
                faults.append(CellError(line.number, heading, words))
                cell = ""
            elif merge and heading in fill and not merge.across:
                cell = filled.get(heading, "")
            elif merge and merge.top > self.headings.line:
                words = _("单元格 %(ref)s 是合并的，请拆分后逐行填写") % {"ref": merge.ref}
                faults.append(CellError(line.number, heading, words))
            texts[heading] = filled[heading] = cell
        return texts, faults

    def _parse(
        self, number: int, texts: dict[str, str], seen: dict[Hashable, int], faults: list[CellError]
    ) -> _Parsed[T]:
        parsed: _Parsed[T] = _Parsed(number, texts, errors=list(faults))
        blamed = {fault.heading for fault in faults}
        for column in self.columns:
            try:
                parsed.row[column.key] = column.read(texts.get(column.heading, ""))
            except (ValueError, ValidationError) as fault:
                if column.heading not in blamed:
                    parsed.errors.append(CellError(number, column.heading, _sentence(fault)))
        if not parsed.errors:
            self._check_row(parsed, seen)
        if parsed.errors:
            parsed.state = "refused"
        return parsed

    def _check_row(self, parsed: _Parsed[T], seen: dict[Hashable, int]) -> None:
        if self.sheet.unique:
            mark = tuple(parsed.row.get(key) for key in self.sheet.unique)
            earlier = seen.setdefault(mark, parsed.line)
            if earlier != parsed.line:
                words = _("与第 %(line)s 行重复") % {"line": earlier}
                parsed.errors.append(CellError(parsed.line, self._unique_heading(), words))
        if self.sheet.check:
            try:
                self.sheet.check(parsed.row)
            except (ValueError, ValidationError) as fault:
                heading = fault.heading if isinstance(fault, WrongCell) else ""
                parsed.errors.append(CellError(parsed.line, heading, _sentence(fault)))

    def _unique_heading(self) -> str:
        return next((c.heading for c in self.sheet.columns if c.key in self.sheet.unique), "")

    def _compare(self, good: list[_Parsed[T]]) -> None:
        found = self.sheet.existing([parsed.row for parsed in good])
        for parsed, existing in zip(good, found, strict=True):
            if existing is not None:
                parsed.found = existing
                same = self.sheet.is_same(existing, parsed.row)
                parsed.state = "same" if same else "changed"

    def good_rows(self) -> Iterator[tuple[int, Row]]:
        """Line and row of everything without a fault, for a table that makes sense only whole."""
        for parsed in self._parsed_lines() if self._kept is None else self._kept:
            if not parsed.errors:
                yield parsed.line, parsed.row

    # Writing
    def commit(self, *, by: AbstractBaseUser | None, leave_out_refused: bool = False) -> Outcome:
        """Import in one transaction through the services.

        Raises `ImportRefused` when a line is wrong or a service refuses it; then nothing is
        written. `leave_out_refused` imports the good lines of a foreign table.
        """
        if self.headings.errors or (self.errors and not leave_out_refused):
            raise ImportRefused(self.errors)
        counts = {"new": 0, "changed": 0, "same": 0, "refused": 0}
        with transaction.atomic():
            lines = self._parsed_again()
            while batch := list(islice(lines, BATCH)):
                self._write(batch, by, counts, leave_out_refused=leave_out_refused)
        if counts["new"] + counts["changed"] >= MANY_ROWS:
            refresh_statistics()
        return Outcome(**counts)

    def _parsed_again(self) -> Iterator[_Parsed[T]]:
        """The lines once more, compared with what exists now, not at the time of the preview."""
        if self._kept is None:
            yield from self._parsed_lines()
            return
        for start in range(0, len(self._kept), BATCH):
            batch = self._kept[start : start + BATCH]
            good = [parsed for parsed in batch if not parsed.errors]
            for parsed in good:
                parsed.found, parsed.state = None, "new"
            self._compare(good)
            yield from batch

    def _write(
        self,
        batch: list[_Parsed[T]],
        by: AbstractBaseUser | None,
        counts: dict[str, int],
        *,
        leave_out_refused: bool,
    ) -> None:
        wrong = [error for parsed in batch for error in parsed.errors]
        if wrong and not leave_out_refused:
            raise ImportRefused(wrong)
        for parsed in batch:
            counts[parsed.state] += 1
        if self.sheet.create_many:
            fresh = [parsed.row for parsed in batch if parsed.state == "new"]
            first = batch[0].line
            with _told(first):
                self.sheet.create_many(fresh, by=by)
        for parsed in batch:
            self._through_service(parsed, by)

    def _through_service(self, parsed: _Parsed[T], by: AbstractBaseUser | None) -> None:
        with _told(parsed.line):
            if parsed.state == "new" and not self.sheet.create_many:
                if self.sheet.create is None:
                    raise ValueError(_("这份表只能更新已有的记录，找不到对应的记录"))
                self.sheet.create(by=by, **parsed.row)
            elif parsed.state == "changed" and self.sheet.update:
                self.sheet.update(parsed.found, by=by, **parsed.row)


@contextmanager
def _told(line: int) -> Iterator[None]:
    """What a service refuses is told with its line."""
    try:
        yield
    except (ValueError, ValidationError) as fault:
        raise ImportRefused([CellError(line, "", _sentence(fault))]) from fault


def _sentence(fault: Exception) -> str:
    if isinstance(fault, ValidationError):
        return "；".join(fault.messages)
    return str(fault)
