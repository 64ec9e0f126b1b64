"""A standard as one spreadsheet that can be edited and brought back (for reading: sheets)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.files.base import File
from django.utils.translation import gettext as _

from tongchuang.core.cells import day, halved
from tongchuang.core.tabular import CellError, Column, Sheet
from tongchuang.standards.models import Confidence, Framework, Rule
from tongchuang.standards.rules.outline import Cells, cell_of, document_of, rows_of
from tongchuang.standards.rules.reading import BrokenFile, Document
from tongchuang.standards.rules.shapes import STATUSES, UNITS


def outline_sheet(name: str = "") -> Sheet[Cells]:
    """A standard as one table: each row a chapter, an article, a requirement, a figure, a rule."""
    return Sheet(name or _("标准"), list(_outline_columns()), max_rows=20_000)


def read_outline(file: File[bytes], *, name: str) -> Document:
    """The standard in an uploaded table. Raises `FileRefused`, or `TableRefused` line by line."""
    preview = outline_sheet().preview(file, name=name)
    if preview.errors:
        raise TableRefused(preview.errors)
    try:
        return document_of(_translated(preview.good_rows()), name=name)
    except BrokenFile as broken:
        raise TableRefused(cell_errors(broken)) from broken


class TableRefused(Exception):
    """The table is no standard; nothing was kept."""

    def __init__(self, errors: list[CellError]) -> None:
        self.errors = errors
        super().__init__("；".join(map(str, errors[:5])))


def cell_errors(broken: BrokenFile) -> list[CellError]:
    """Faults of a standard by line and heading of the table."""
    headings = {column.key: column.heading for column in _outline_columns()} | _attributes()
    return [
        CellError(fault.line, headings.get(cell_of(fault.path), ""), fault.reason)
        for fault in broken.faults
    ]


def _outline_columns() -> Iterator[Column[Cells]]:
    """The columns in their order; words for codes, one thing to a line where there are several."""
    several = _("一行一个，格内换行")
    yield from _what_columns()
    yield from _target_columns()
    yield from _proof_columns(several)
    yield from _doubt_columns(several)


def _what_columns() -> Iterator[Column[Cells]]:
    """Which line it is, where it stands, and what it says."""
    yield _worded(_("类别"), "kind", _kinds(), required=True)
    yield _plain(_("代码"), "code", help=_("整份表里不能重复；定了以后不要改"), width=24)
    yield _plain(_("上级代码"), "above", help=_("一般空着：每行属于它上面最近的一行"))
    yield _plain(_("编号"), "number", help=_("条文的编号，如 12；引用请用代码"), width=8)
    yield _plain(_("名称"), "title", help=_("属性行填属性的名称，如“版本”"), width=30)
    yield _plain(_("内容"), "text", help=_("要求的内容；属性行填属性的值"), width=50)
    yield _flag(_("否决项"), "veto")


def _target_columns() -> Iterator[Column[Cells]]:
    """The figure that is asked for."""
    yield _plain(_("指标量"), "metric", help=_("口径相同的量用同一个名称"), width=24)
    yield _worded(_("比较"), "op", _ops())
    yield Column(
        _("目标值"),
        _cell_of("threshold"),
        parse=Decimal,
        required=False,
        name="threshold",
        width=10,
    )
    yield _worded(_("单位"), "unit", {unit: unit for unit in sorted(UNITS)})
    yield _plain(_("目标（文字）"), "threshold_text", help=_("没有固定数值时写明，如“逐年下降”"))
    yield _plain(_("适用情形"), "when", help=_("分档行：什么样的城市适用这个目标"))
    yield _plain(_("或"), "alternative", help=_("达不到目标时另一种算达标的情形，如“或持续改善”"))


def _proof_columns(several: str) -> Iterator[Column[Cells]]:
    """How it is judged and by what."""
    yield _worded(_("判定方式"), "rule", _rule_kinds())
    yield Column(
        _("判定参数"),
        lambda row: _params_text(row.get("params")),
        parse=_params,
        required=False,
        name="params",
        help=_("如“合格线=0.9”“指标=代码”；%(several)s") % {"several": several},
        width=30,
    )
    yield _plain(_("佐证材料"), "evidence", help=several, width=30)
    yield _plain(_("责任单位建议"), "responsible", help=several, width=24)
    yield _plain(
        _("点位类型"), "site_types", help=_("点位类型的代码；%(several)s") % {"several": several}
    )


def _doubt_columns(several: str) -> Iterator[Column[Cells]]:
    """How the figure is counted, and how sure we are."""
    yield Column(
        _("填报年数"), _cell_of("years_reported"), parse=int, required=False, name="years_reported"
    )
    yield _plain(_("口径"), "base")
    yield _plain(_("算法"), "formula")
    yield _flag(_("待核实"), "unsure")
    yield _worded(_("可信度"), "confidence", _confidences())
    yield _worded(_("编号可信度"), "number_confidence", _confidences())
    yield _plain(_("来源"), "sources", help=several, width=24)
    yield _plain(_("说明"), "note", width=30)
    yield _plain(_("通俗说明（非官方）"), "plain", width=40)
    yield _plain(_("英文名称"), "title_en", width=24)


def _cell_of(key: str) -> Callable[[Cells], object]:
    def read(row: Cells) -> object:
        value = row.get(key)
        return Decimal(value) if key == "threshold" and value is not None else value

    return read


def _plain(heading: str, key: str, **more: Any) -> Column[Cells]:
    worded = _attributes() if key == "title" else {}

    def read(row: Cells) -> object:
        value = row.get(key)
        if row["kind"] != "attribute" or value is None:
            return value
        if key == "text" and row["title"] == "status":
            return _statuses().get(value, value)
        return worded.get(value, value)

    return Column(heading, read, required=False, name=key, **more)


def _flag(heading: str, key: str) -> Column[Cells]:
    return Column(heading, _cell_of(key), parse=bool, required=False, name=key, width=8)


def _worded(
    heading: str, key: str, words: dict[str, str], *, required: bool = False
) -> Column[Cells]:
    """A column of codes that people read and write as words."""
    codes = {word: code for code, word in words.items()}
    return Column(
        heading,
        lambda row: words.get(row.get(key, ""), row.get(key)),
        parse=lambda text: codes.get(text, text),
        required=required,
        name=key,
        choices=tuple(words.values()),
        width=12,
    )


def _translated(rows: Iterable[tuple[int, Cells]]) -> Iterator[tuple[int, Cells]]:
    """Attributes and their values as codes; the other words were read by their columns."""
    attributes = {word: key for key, word in _attributes().items()}
    statuses = {word: code for code, word in _statuses().items()}
    for line, row in rows:
        if row["kind"] == "attribute":
            title, text = str(row.get("title") or ""), str(row.get("text") or "")
            key = attributes.get(title, title)
            if key in _DAYS and text:
                text = _day(text)
            yield line, row | {"title": key, "text": statuses.get(text, text)}
        else:
            yield line, row


_DAYS = ("issued_on", "in_force_on", "superseded_on")


def _day(text: str) -> str:
    try:
        return day(text).isoformat()
    except ValueError:
        return text  # told with its line when the whole is read


def _params_text(params: Cells | None) -> str:
    words = _param_words()
    return "\n".join(f"{words[key]}={_said(key, value)}" for key, value in (params or {}).items())


def _said(key: str, value: Any) -> str:
    return {"op": _ops(), "direction": _directions()}.get(key, {}).get(value, str(value))


def _params(text: str) -> Cells:
    """One parameter to a line, like 合格线=0.9. Raises `ValueError` for a line without one."""
    keys = {word: key for key, word in _param_words().items()}
    found: Cells = {}
    for part in filter(None, map(str.strip, text.splitlines())):
        word, sign, _value = halved(part).partition("=")
        key = keys.get(word.strip())
        if not sign or key is None or key in found:
            raise ValueError(
                _("读不懂“%(part)s”，应写成“合格线=0.9”，可用：%(words)s")
                % {"part": part, "words": "、".join(keys)}
            )
        said = part.replace("＝", "=").partition("=")[2].strip()
        found[key] = _code(key, said)
    return found


def _code(key: str, said: str) -> str:
    words = {"op": _ops(), "direction": _directions()}.get(key, {})
    return {word: code for code, word in words.items()}.get(said, said)


# Words for codes
def _kinds() -> dict[str, str]:
    return {
        "attribute": _("属性"),
        "chapter": _("章"),
        "article": _("条"),
        "requirement": _("要求"),
        "measure": _("指标"),
        "variant": _("分档"),
        "rule": _("判定"),
        "step": _("扣分项"),
    }


def _attributes() -> dict[str, str]:
    return {
        "id": _("代码"),
        "edition": _("版本"),
        "title": _("名称"),
        "title_en": _("英文名称"),
        "status": _("状态"),
        "issuer": _("发布机关"),
        "document_no": _("文号"),
        "issued_on": _("印发日期"),
        "in_force_on": _("施行日期"),
        "superseded_on": _("替代日期"),
        "superseded_by": _("被替代为"),
        "ordinal": _("顺序"),
        "note": _("说明"),
        "sources": _("来源"),
    }


def _statuses() -> dict[str, str]:
    return {code: str(Framework.Status(code).label) for code in sorted(STATUSES)}


def _ops() -> dict[str, str]:
    """Words that no spreadsheet takes for a formula."""
    return {">=": "≥", ">": ">", "==": _("等于"), "<=": "≤", "<": "<", "trend": _("趋势")}


def _directions() -> dict[str, str]:
    return {"up": _("上升"), "down": _("下降")}


def _confidences() -> dict[str, str]:
    return {str(code): str(word) for code, word in Confidence.choices}


def _rule_kinds() -> dict[str, str]:
    return {str(code): str(word) for code, word in Rule.Kind.choices}


def _param_words() -> dict[str, str]:
    return {
        "measure": _("指标"),
        "pass_line": _("合格线"),
        "gate": _("关口"),
        "part": _("部分"),
        "whole": _("总数"),
        "op": _("比较"),
        "direction": _("方向"),
        "years": _("年数"),
        "months": _("月数"),
        "most": _("最多"),
        "least": _("至少"),
        "full": _("满分"),
        "pass_score": _("合格分"),
        "title": _("称号"),
        "points": _("扣分"),
    }


# A draft for reading
@dataclass(frozen=True, slots=True)
class OutlineLine:
    """One row of a standard in words; `depth` from 0 (chapter) to 3 (variant, deduction)."""

    depth: int
    kind: str
    code: str
    number: str
    title: str
    detail: str


_DEPTHS = {"chapter": 0, "article": 0, "requirement": 1, "measure": 2, "rule": 2}


def outline_lines(content: Cells) -> list[OutlineLine]:
    """The rows of a standard below its attributes, as people read them."""
    kinds, ops, rules = _kinds(), _ops(), _rule_kinds()
    lines = []
    for row in rows_of(content):
        kind = row["kind"]
        if kind == "attribute":
            continue
        number = row.get("threshold", "")
        target = " ".join(filter(None, [ops.get(row.get("op", "")), number, row.get("unit")]))
        shown = row.get("threshold_text") or (target if number else "")
        params = _params_text(row.get("params")).replace("\n", "；")
        lines.append(
            OutlineLine(
                depth=_DEPTHS.get(kind, 3),
                kind=kinds[kind],
                code=row.get("code", ""),
                number=row.get("number", ""),
                title=row.get("title") or row.get("when") or rules.get(row.get("rule", ""), ""),
                detail="；".join(filter(None, [row.get("text"), shown, params])),
            )
        )
    return lines
