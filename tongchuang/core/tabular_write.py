"""Writing spreadsheets: bounded memory, nothing that runs as a formula."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any, Protocol

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _
from xlsxwriter.utility import xl_col_to_name

from tongchuang.core.cells import defused, text_of

TEMPLATE_ROWS = 5_000
_EPOCH = datetime(2016, 1, 1)  # noqa: DTZ001 -- a fixed stamp, so that the same data gives the same file


class Writable(Protocol):
    """What writing needs of a column."""

    @property
    def heading(self) -> str: ...
    @property
    def help(self) -> str: ...
    @property
    def required(self) -> bool: ...
    @property
    def choices(self) -> Sequence[str]: ...
    @property
    def width(self) -> int: ...


def write_xlsx(name: str, columns: Sequence[Writable], rows: Iterable[Sequence[object]]) -> bytes:
    """A table with its headings fixed at the top."""
    out = BytesIO()
    book = _book(out, constant_memory=True)
    page = book.add_worksheet(sheet_name(name))
    formats = {
        date: book.add_format({"num_format": "yyyy-mm-dd"}),
        datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
    }
    _head(book, page, columns)
    for number, row in enumerate(rows, start=1):
        for at, value in enumerate(row):
            _write(page, number, at, value, formats)
    book.close()
    return out.getvalue()


def write_csv(columns: Sequence[Writable], rows: Iterable[Sequence[object]]) -> bytes:
    """The same as CSV, UTF-8 with mark."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow([column.heading for column in columns])
    writer.writerows([defused(text_of(value)) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def write_template(name: str, columns: Sequence[Writable]) -> bytes:
    """Headings with notes and drop-down lists, and a second page that explains the columns."""
    out = BytesIO()
    book = _book(out, constant_memory=False)
    page = book.add_worksheet(sheet_name(name))
    _head(book, page, columns)
    text = book.add_format({"num_format": "@"})
    lists = book.add_worksheet(_("选项"))
    lists.hide()
    for at, column in enumerate(columns):
        page.set_column(at, at, column.width, text)
        page.write_comment(0, at, _note(column), {"x_scale": 1.6})
        if column.choices:
            lists.write_column(0, at, column.choices)
            letter = xl_col_to_name(at, col_abs=True)
            source = f"='{_('选项')}'!{letter}$1:{letter}${len(column.choices)}"
            page.data_validation(1, at, TEMPLATE_ROWS, at, {"validate": "list", "source": source})
    _explain(book, columns)
    book.close()
    return out.getvalue()


def sheet_name(name: str) -> str:
    """A name that Excel accepts for a sheet."""
    return "".join("_" if char in "[]:*?/\\'" else char for char in name)[:31] or "Sheet"


def _book(out: BytesIO, *, constant_memory: bool) -> Any:
    options = {
        "constant_memory": constant_memory,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"created": _EPOCH})
    return book


def _head(book: Any, page: Any, columns: Sequence[Writable]) -> None:
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    for at, column in enumerate(columns):
        page.set_column(at, at, column.width)
        page.write_string(0, at, column.heading, bold)
    page.freeze_panes(1, 0)


def _write(page: Any, row: int, column: int, value: object, formats: dict[type[date], Any]) -> None:
    if value is None or value == "":
        return
    if isinstance(value, datetime):
        if value.tzinfo is not None:
            value = timezone.localtime(value).replace(tzinfo=None)
        page.write_datetime(row, column, value, formats[datetime])
    elif isinstance(value, date):
        page.write_datetime(row, column, value, formats[date])
    elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        page.write_number(row, column, value)
    else:
        page.write_string(row, column, defused(text_of(value))[:32767])


def _note(column: Writable) -> str:
    duty = _("必填") if column.required else _("可不填")
    return f"{duty}。{column.help}" if column.help else f"{duty}。"


def _explain(book: Any, columns: Sequence[Writable]) -> None:
    page = book.add_worksheet(_("填写说明"))
    bold = book.add_format({"bold": True})
    page.write_row(0, 0, [_("列"), _("是否必填"), _("说明"), _("可选内容")], bold)
    for row, column in enumerate(columns, start=1):
        duty = _("必填") if column.required else _("可不填")
        page.write_row(row, 0, [column.heading, duty, column.help, "、".join(column.choices[:50])])
    page.set_column(0, 3, 24)
