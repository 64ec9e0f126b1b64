"""What people write into spreadsheet cells, read with patience and refused with words."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone as local
from django.utils.translation import gettext as _

Parse = Callable[[str], Any]
_BLANKS = " \t\r\n\v\f\u00a0\u3000\u200b\ufeff"
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
_MOMENT = re.compile(
    r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?"
    r"(?:[T\s]*(?P<hour>\d{1,2})\s*[:时点]\s*(?P<minute>\d{1,2})?"
    r"(?:\s*[:分]\s*(?P<second>\d{1,2})?)?(?:\.\d+)?秒?)?"
    r"\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?"
)
_COMPACT = re.compile(r"(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})")
_EXCEL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 -- Excel's days have no zone
_EXCEL_DAYS = range(10_000, 80_000)  # 1927 … 2119
_YES = {"是", "有", "对", "√", "✓", "1", "y", "yes", "true"}
_NO = {"否", "无", "不", "×", "✗", "0", "n", "no", "false"}


# Text
def clean(text: str) -> str:
    """Without blanks of any kind around it, and without our own defusing quote."""
    text = text.strip(_BLANKS)
    return text[1:] if text[:1] == "'" and text[1:].startswith(_DANGEROUS) else text


def halved(text: str) -> str:
    """Full-width digits and signs as half-width ones."""
    return unicodedata.normalize("NFKC", text).strip(_BLANKS)


def text_of(value: object) -> str:
    """A value as a person would type it into a cell; `None` is empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, datetime):
        return _moment_text(value)
    if isinstance(value, (float, Decimal)):
        return _number_text(value)
    return str(value)


def _moment_text(value: datetime) -> str:
    if value.tzinfo is not None:
        value = local.localtime(value).replace(tzinfo=None)
    if value.time() == time(0):
        return value.date().isoformat()
    return value.isoformat(sep=" ", timespec="seconds")


def _number_text(value: float | Decimal) -> str:
    if value == int(value) and abs(int(value)) < 10**15:
        return str(int(value))
    return format(value, "f") if isinstance(value, Decimal) else repr(value)


def defused(text: str) -> str:
    """Text that no spreadsheet will run as a formula; numbers stay numbers."""
    if text.startswith(_DANGEROUS) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


# Numbers
def whole_number(text: str) -> int:
    """An integer: "12", "１２", "1,200", "12.0"."""
    number = decimal_number(text)
    if number != number.to_integral_value():
        raise ValueError(_("应为整数，填的是“%(text)s”") % {"text": text})
    return int(number)


def decimal_number(text: str) -> Decimal:
    """A number, with separators of thousands or without."""
    plain = halved(text).replace(",", "").replace("−", "-")
    try:
        if _NUMBER.fullmatch(plain):
            return Decimal(plain)
    except InvalidOperation:
        pass
    raise ValueError(_("应为数字，填的是“%(text)s”") % {"text": text})


def float_number(text: str) -> float:
    """A number for coordinates and the like."""
    return float(decimal_number(text))


def yes_no(text: str) -> bool:
    """是/否, 有/无, √/×, 1/0, yes/no."""
    word = halved(text).lower()
    if word not in _YES | _NO:
        raise ValueError(_("应填“是”或“否”，填的是“%(text)s”") % {"text": text})
    return word in _YES


# Dates
def day(text: str) -> date:
    """A date: 2016-3-8, 2016/3/8, 2016年3月8日, 20160308 or Excel's number of days."""
    return _read_moment(text).date()


def moment(text: str) -> datetime:
    """A moment, in the city's time unless it names an offset."""
    read = _read_moment(text)
    return read if read.tzinfo else read.replace(tzinfo=ZoneInfo(settings.TIME_ZONE))


def _read_moment(text: str) -> datetime:
    plain = halved(text)
    try:
        return _by_serial(plain) or _by_words(plain)
    except (ValueError, OverflowError):
        raise ValueError(
            _("应为日期（如 2016-3-8 或 2016年3月8日），填的是“%(text)s”") % {"text": text}
        ) from None


def _by_serial(plain: str) -> datetime | None:
    if not _NUMBER.fullmatch(plain) or int(float(plain)) not in _EXCEL_DAYS:
        return None
    return _EXCEL_ZERO + timedelta(seconds=round(float(plain) * 86400))


def _by_words(plain: str) -> datetime:
    found = _COMPACT.fullmatch(plain) or _MOMENT.fullmatch(plain)
    if not found:
        raise ValueError
    parts = found.groupdict()
    numbers = [int(parts.get(name) or 0) for name in _PARTS]
    year, month, date_, hour, minute, second = numbers
    return datetime(year, month, date_, hour, minute, second, tzinfo=_offset(parts.get("zone")))


_PARTS = ("year", "month", "day", "hour", "minute", "second")


def _offset(zone: str | None) -> timezone | None:
    if not zone:
        return None
    if zone == "Z":
        return timezone.utc  # noqa: UP017 -- the name UTC would hide that this is an offset
    digits = zone[1:].replace(":", "")
    shift = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-shift if zone[0] == "-" else shift)


# A type may stand for its reader
_READERS: dict[object, Parse] = {
    int: whole_number,
    Decimal: decimal_number,
    float: float_number,
    bool: yes_no,
    date: day,
    datetime: moment,
    str: clean,
}


def reader(parse: Parse | type | None) -> Parse:
    """The reader for a column: types stand for our patient readers, None for text."""
    return _READERS.get(parse) or parse or clean


# Names of records
def looked_up(load: Callable[[], dict[str, Any]], fault: str) -> Parse:
    """Reads a name as the record that `load` knows under it; loaded once, at the first cell."""
    known: dict[str, Any] = {}

    def find(text: str) -> Any:
        if not known:
            known.update(load())
        if text not in known:
            raise ValueError(f"{fault}：{text}")
        return known[text]

    return find
