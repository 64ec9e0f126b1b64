"""The breakdown table as a spreadsheet, and the rows of a file that could not be read."""

from typing import Any

from django.utils.translation import gettext as _

from tongchuang.campaigns.breakdown.columns import SYNONYMS
from tongchuang.campaigns.breakdown.drafts import ReadRow
from tongchuang.campaigns.breakdown.lines import BreakdownLine, plain_number
from tongchuang.core.tabular import Column, Sheet


def breakdown_sheet() -> Sheet[BreakdownLine]:
    """The whole table; its headings are those that the import reads, in Chinese always."""
    return Sheet[BreakdownLine](
        "任务分解表",
        [
            Column("序号", lambda line: line.number, width=6),
            Column("章", lambda line: line.chapter, width=18),
            Column("条款代码", lambda line: line.clause and line.clause.code, width=18),
            Column("条款", lambda line: line.clause and line.clause.title, width=30),
            Column("指标内容", lambda line: line.clause and line.clause.text, width=50),
            Column("工作任务", lambda line: line.task and line.task.title, width=40),
            Column("牵头领导", lambda line: line.sponsor and line.sponsor.name, width=12),
            Column("牵头单位", lambda line: line.lead.label, width=20),
            Column("配合单位", lambda line: line.helpers, width=48),
            Column("属地", lambda line: line.territory, width=24),
            Column("目标量", lambda line: line.task and line.task.quantity, width=10),
            Column("计量单位", lambda line: line.task and line.task.quantity_unit, width=10),
            Column("开始", lambda line: line.task and line.task.starts_on, width=12),
            Column("完成时限", lambda line: line.task and line.task.due_on, width=12),
            Column("佐证材料", evidence_of, width=40),
            Column("备注", lambda line: line.note, width=24),
        ],
    )


def evidence_of(line: BreakdownLine) -> str:
    """The papers that the standard asks for; told once, where the clause has its lead."""
    return "、".join(line.clause.evidence) if line.clause and line.assignment else ""


_HANDED_BACK = (
    *("number", "code", "clause", "content", "task", "sponsor", "lead", "units", "helpers"),
    *("territory", "amount", "measure", "starts", "limit", "note"),
)


def refused_sheet() -> Sheet[ReadRow]:
    """Rows that wait, as the file says them, with the reason: to be corrected and sent again."""
    columns: list[Column[ReadRow]] = [
        Column(_("原文位置"), lambda one: one.place, width=16),
        Column(_("所在标题"), lambda one: one.row.trail, width=28),
    ]
    columns += [Column(SYNONYMS[name][0], _text_of(name), width=24) for name in _HANDED_BACK]
    reasons: Column[ReadRow] = Column(_("没有读懂的地方"), reasons_of, width=60)
    return Sheet[ReadRow](_("没有读懂的行"), [*columns, reasons])


def _text_of(name: str) -> Any:
    return lambda one: one.row.texts.get(name, "")


def reasons_of(one: ReadRow) -> str:
    """What keeps a row waiting, each with the column it is about."""
    blocking = [p for p in one.found.problems if p.blocks]
    return "；".join(f"{problem.heading}：{problem}" for problem in blocking)


__all__ = ["breakdown_sheet", "evidence_of", "plain_number", "reasons_of", "refused_sheet"]
