"""Dates, amounts, numbers and titles as plans write them. Arithmetic without Django."""

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal

TITLE_LENGTH: Final = 120
Kind = Literal["day", "keep", "cycle", "unclear"]


@dataclass(frozen=True, slots=True)
class Limit:
    """When something is to be done.

    `day`: `due` (and `starts` of a span); `sure` is off when the year was not written.
    `keep`: for good (长期坚持); `cycle`: again and again (每月); `unclear`: words we cannot date.
    """

    kind: Kind
    due: date | None = None
    starts: date | None = None
    sure: bool = True


_KEEP = re.compile(r"长期|持续|常态|全年|始终|坚持|长效|日常")
_CYCLE = re.compile(r"每(?:年|半年|季度?|月|旬|周|日|天|个月)|按(?:月|季|周|年)")
_ISO = re.compile(r"(?P<y>20\d\d)[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)")
_DATE = re.compile(
    r"(?:(?P<y>20\d\d)\s*年)?\s*(?:(?P<m>\d{1,2})\s*月(?:份)?)\s*"
    r"(?:(?P<d>\d{1,2})\s*[日号]|(?P<part>底|末|初|中旬|上旬|下旬|中))?"
)
_MONTH = re.compile(r"(?P<y>20\d\d)[-/.](?P<m>\d{1,2})(?!\d|[-/.]\d)")
_PART = re.compile(
    r"(?:(?P<y>20\d\d)\s*年)?\s*(?:第?(?P<q>[一二三四1-4])季度?|(?P<half>上半年|下半年)|"
    r"(?P<end>(?<!半)年(?:底|末|内)|(?<=20\d\d年)(?:底|末|内)))"
)
_YEAR = re.compile(r"(?P<y>20\d\d)\s*年(?!\s*(?:\d|第|上|下|[一二三四]季))")
_DAYS: Final = {"初": 10, "上旬": 10, "中": 15, "中旬": 20}
_QUARTERS: Final = {"一": 3, "1": 3, "二": 6, "2": 6, "三": 9, "3": 9, "四": 12, "4": 12}


def limit_of(text: str, *, year: int | None = None) -> Limit | None:
    """Read a limit: 2016年6月底前, 2016-06-30, 3月—6月, 上半年, 长期坚持, 每月; None when empty.

    A date without a year gets `year` and is not sure; without `year` it is unclear.
    """
    words = unicodedata.normalize("NFKC", text).strip()
    if not words:
        return None
    try:
        days = _days(words, year)
    except ValueError:  # 2016年2月30日
        return Limit("unclear")
    if days:
        first, last = days[0], days[-1]
        starts = first.begins if len(days) > 1 and first.begins < last.ends else None
        return Limit("day", last.ends, starts, all(day.sure for day in days))
    if _CYCLE.search(words):
        return Limit("cycle")
    return Limit("keep" if _KEEP.search(words) else "unclear")


@dataclass(frozen=True, slots=True)
class _Span:
    begins: date
    ends: date
    sure: bool


def _days(words: str, year: int | None) -> list[_Span]:
    """The dates of a phrase in order; a year holds for what follows it."""
    found, at, known = [], 0, None
    while at < len(words):
        hits = [hit for p in (_ISO, _DATE, _MONTH, _PART, _YEAR) if (hit := p.search(words, at))]
        if not hits:
            break
        hit = min(hits, key=lambda one: (one.start(), -one.end()))
        parts = hit.groupdict()
        written = int(parts["y"]) if parts.get("y") else known
        if written or year:
            found.append(_span(parts, written or year or 0, sure=written is not None))
        known, at = written, hit.end()
    return found


def _span(parts: dict[str, str | None], year: int, *, sure: bool) -> _Span:
    if parts.get("q"):
        month = _QUARTERS[parts["q"] or ""]
        return _Span(date(year, month - 2, 1), _end(year, month), sure)
    if parts.get("half"):
        month = 6 if parts["half"] == "上半年" else 12
        return _Span(date(year, month - 5, 1), _end(year, month), sure)
    if not parts.get("m"):
        return _Span(date(year, 1, 1), date(year, 12, 31), sure)
    month = int(parts["m"] or 0)
    if parts.get("d"):
        day = date(year, month, int(parts["d"] or 0))
        return _Span(day, day, sure)
    part = parts.get("part") or ""
    ends = date(year, month, _DAYS[part]) if part in _DAYS else _end(year, month)
    return _Span(date(year, month, 1), ends, sure)


def _end(year: int, month: int) -> date:
    if not 1 <= month <= 12:
        raise ValueError(month)
    return date(year, month, monthrange(year, month)[1])


# Amounts
@dataclass(frozen=True, slots=True)
class Amount:
    """So many of something, as a text names them."""

    quantity: Decimal
    unit: str


_MEASURES: Final = [
    *("平方公里", "万平方米", "平方米", "立方米", "公里", "千米", "公顷", "场次", "人次"),
    *"座处个条家户所盏块米亩吨辆台套场人名件片栋幢间支面株棵只口根组批对部村",
    *("万元", "亿元"),
]
_AMOUNT = re.compile(
    r"(?<![\d.%第])(?P<n>\d[\d,]*(?:\.\d+)?)\s*(?P<myriad>万)?余?多?\s*"
    r"(?P<u>" + "|".join(sorted(_MEASURES, key=len, reverse=True)) + r")(?!月|工作日|以下)"
)
_VERBS = re.compile(
    r"(?:新建|改建|改造|建设|完成|新增|设置|增设|安装|整治|取缔|清理|拆除|铺设|打造|创建|更换|规范|建成|配备|"
    r"补植|疏浚|治理|购置|提升|修复|施划|培训|开展|发放|栽植|整修|维修|硬化|亮化|绿化|布设|投放|配置)"
)


def amounts_in(text: str) -> list[Amount]:
    """Amounts with their unit, those that follow a verb of doing first: 新建公厕12座."""
    plain = unicodedata.normalize("NFKC", text)
    found = []
    for hit in _AMOUNT.finditer(plain):
        number = Decimal(hit["n"].replace(",", "")) * (10_000 if hit["myriad"] else 1)
        clause = re.split(r"[,;。，；]", plain[: hit.start()])[-1]
        if number and not hit["u"].endswith("元"):
            found.append((not _VERBS.search(clause), Amount(number, hit["u"])))
    return [amount for _later, amount in sorted(found, key=lambda pair: pair[0])]


def amount_of(cell: str) -> Amount | None:
    """The amount that a whole cell says, whatever its unit: 24个, 2,600 标段; None for words."""
    said = re.fullmatch(
        r"(?P<n>\d[\d,]*(?:\.\d+)?)(?P<m>万?)\s*(?P<u>\D{0,20})",
        unicodedata.normalize("NFKC", cell),
    )
    if not said:
        return next(iter(amounts_in(cell)), None)
    number = Decimal(said["n"].replace(",", "")) * (10_000 if said["m"] else 1)
    return Amount(number, said["u"].strip())


# Numbers and titles
_CHINESE: Final = {char: value for value, char in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
}
_MARK = re.compile(
    r"^\s*(?:[（(][一二三四五六七八九十百\d]{1,4}[）)]|第[一二三四五六七八九十百\d]{1,4}[条项款]|"
    r"[一二三四五六七八九十]{1,3}、|\d{1,3}\s*[.．、](?!\d)|[①-⑳]|\d{1,3}[）)])\s*"
)


def chinese_number(text: str) -> int | None:
    """十三 is 13, 二十 is 20, 13 is 13; None for what is no number below 1000."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain.isdigit():
        return int(plain)
    total, digit = 0, 0
    for char in plain:
        if char in _CHINESE:
            digit = _CHINESE[char]
        elif char in "十百":
            total, digit = total + (digit or 1) * (10 if char == "十" else 100), 0
        else:
            return None
    return total + digit or None


def without_number(text: str) -> tuple[str, int | None]:
    """A line without the numbers before it, and the last of them: （四）18.公厕 → 公厕, 18."""
    number = None
    while mark := _MARK.match(text):
        digits = re.sub(r"[^一二三四五六七八九十百\d]", "", mark[0])
        number = chinese_number(digits) if digits else number
        text = text[mark.end() :]
    return text.strip(), number


_TARGET = re.compile(r"[，,]目标\d[\d.,万]*\D{1,8}$")


def title_of(text: str) -> str:
    """What a task is called: its text when short, else its first sentences, at most 120 signs.

    A target at the end is its amount and no part of the name: 改造老旧小区，目标24个.
    """
    words = re.sub(r"\s+", " ", without_number(text)[0]).strip(" 。；;，,")
    words = _TARGET.sub("", words)
    if len(words) <= TITLE_LENGTH:
        return words
    cut = max(words.rfind(mark, 0, TITLE_LENGTH) for mark in "。；;，,")
    return words[: cut if cut > 10 else TITLE_LENGTH].strip(" 。；;，,")
