"""Two editions beside each other in words, for the page and for Excel."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from tongchuang.core.tabular import Column, Sheet
from tongchuang.standards.models import Measure, in_language
from tongchuang.standards.rules.editions import Change, Compared, MeasureRow, Row

Content = dict[str, Any]
BADGES = {
    Change.KEPT: "na",
    Change.RENAMED: "run",
    Change.SPLIT: "run",
    Change.MERGED: "run",
    Change.ADDED: "due",
    Change.REMOVED: "bad",
}
TARGET_BADGES = {
    "target_stricter": "due",
    "target_looser": "ok",
    "same": "na",
    "incomparable": "rule",
    "added": "due",
    "removed": "na",
}


@dataclass(frozen=True, slots=True)
class Beside:
    """One line: what stood in the old edition, what became of it, what stands in the new one."""

    part: str
    kind: str
    badge: str
    words: str
    old: str
    old_code: str
    new: str
    new_code: str
    difference: str
    reason: str


def article_lines(found: Compared, *, only: str = "") -> list[Beside]:
    """Articles with what became of them, those of one kind where asked."""
    return [_article(row) for row in found.rows if only in {"", row.change}]


def measure_lines(found: Compared, *, same: bool = False) -> list[Beside]:
    """Figures whose target changed, and with `same` also those that did not."""
    return [_measure(row) for row in (found.measures if same else found.changed)]


def change_words() -> dict[str, str]:
    """What the changes are called."""
    return {
        Change.KEPT: _("保留"),
        Change.RENAMED: _("改名或扩展"),
        Change.SPLIT: _("拆分"),
        Change.MERGED: _("合并"),
        Change.ADDED: _("新增"),
        Change.REMOVED: _("取消"),
    }


def editions_sheet() -> Sheet[Beside]:
    """Both lists in one table."""
    return Sheet(
        _("版本对比"),
        [
            Column(_("层级"), lambda line: line.part),
            Column(_("变化"), lambda line: line.words),
            Column(_("旧版代码"), lambda line: line.old_code, width=24),
            Column(_("旧版"), lambda line: line.old, width=40),
            Column(_("新版代码"), lambda line: line.new_code, width=24),
            Column(_("新版"), lambda line: line.new, width=40),
            Column(_("差"), lambda line: line.difference),
            Column(_("理由"), lambda line: line.reason, width=60),
        ],
    )


def _article(row: Row) -> Beside:
    return Beside(
        part=_("条"),
        kind=row.change,
        badge=BADGES[row.change],
        words=change_words()[row.change],
        old=_titled(row.old),
        old_code=str((row.old or {}).get("id", "")),
        new=_titled(row.new),
        new_code=str((row.new or {}).get("id", "")),
        difference="",
        reason=row.reason,
    )


def _titled(facts: Content | None) -> str:
    if not facts:
        return ""
    title = in_language(facts["title"], facts.get("title_en", ""))
    return f"{facts.get('number', '')} {title}".strip()


def _measure(row: MeasureRow) -> Beside:
    difference = row.beside.difference if row.beside else None
    return Beside(
        part=_("指标"),
        kind=row.kind,
        badge=TARGET_BADGES[row.kind],
        words=_demands()[row.kind],
        old=_aimed(row.old),
        old_code=str((row.old or {}).get("id", "")),
        new=_aimed(row.new),
        new_code=str((row.new or {}).get("id", "")),
        difference="" if difference is None else f"{difference:+f}",
        reason=row.reason,
    )


def _demands() -> dict[str, str]:
    return {
        "target_stricter": _("更严"),
        "target_looser": _("更松"),
        "same": _("不变"),
        "incomparable": _("不能比较"),
        "added": _("新增"),
        "removed": _("取消"),
    }


def _aimed(facts: Content | None) -> str:
    """「建成区绿化覆盖率 ≥ 36 %」."""
    if not facts:
        return ""
    value = facts.get("threshold")
    target = Measure(
        op=facts.get("op", ""),
        threshold=None if value is None else Decimal(value),
        unit=facts.get("unit", ""),
        threshold_text=facts.get("threshold_text", ""),
    ).target
    name = in_language(facts["name"], facts.get("name_en", ""))
    doubt = f"（{_('待核实')}）" if facts.get("unsure") else ""
    return f"{name} {target}".strip() + doubt
