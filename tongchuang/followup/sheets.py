"""The lists as spreadsheets, for export."""

from django.utils.translation import gettext as _

from tongchuang.core.tabular import Column, Sheet
from tongchuang.followup.queries import GapLine, ItemLine, KeyLine, StrengthLine, WeakLine
from tongchuang.followup.words import ANSWERS, TRENDS


def weak_sheet() -> Sheet[WeakLine]:
    """Weak clauses and what answers them."""
    return Sheet[WeakLine](
        _("短板清单"),
        [
            Column(_("条款"), lambda row: row.clause.number),
            Column(_("条款名称"), lambda row: row.clause.name, width=30),
            Column(_("状态"), lambda row: row.state_label),
            Column(_("差距"), lambda row: row.gap, width=40),
            Column(_("没有达到的单位"), lambda row: row.units),
            Column(_("牵头单位"), lambda row: row.duty.lead.name if row.duty else "", width=24),
            Column(_("怎么办"), lambda row: str(ANSWERS[row.answer])),
            Column(_("任务"), lambda row: "；".join(t.title for t in row.tasks), width=40),
            Column(_("硬件项目"), lambda row: "；".join(p.title for p in row.projects), width=30),
            Column(
                _("暂不立任务的理由"),
                lambda row: row.deferral.reason if row.deferral else "",
                width=40,
            ),
            Column(_("截止日期"), lambda row: row.deferral.until if row.deferral else None),
            Column(
                _("批准人"),
                lambda row: (
                    row.deferral.decided_by.name if row.deferral and row.deferral.decided_by else ""
                ),
            ),
        ],
    )


def gap_sheet() -> Sheet[GapLine]:
    """What was short at the launch or is now, and how far it is closed."""
    return Sheet[GapLine](
        _("补缺补差"),
        [
            Column(_("条款"), lambda row: row.clause.number),
            Column(_("条款名称"), lambda row: row.clause.name, width=30),
            Column(_("牵头单位"), lambda row: row.lead.name if row.lead else "", width=24),
            Column(_("启动时"), lambda row: row.then.state_label),
            Column(_("现在"), lambda row: row.now.state_label),
            Column(_("结果"), lambda row: _("已补齐") if row.closed else _("未补齐")),
            Column(_("立案"), lambda row: row.cases.filed),
            Column(_("已销号"), lambda row: row.cases.closed),
            Column(_("待核查"), lambda row: row.cases.replied),
            Column(_("未销号"), lambda row: row.cases.open),
            Column(_("超期"), lambda row: row.cases.overdue),
            Column(_("任务"), lambda row: "；".join(t.title for t in row.tasks), width=40),
            Column(_("硬件项目"), lambda row: "；".join(p.title for p in row.projects), width=30),
        ],
    )


def strength_sheet() -> Sheet[StrengthLine]:
    """Measures of clauses that hold, with line, target, gap and trend."""
    return Sheet[StrengthLine](
        _("优势清单"),
        [
            Column(_("条款"), lambda row: row.clause.number),
            Column(_("条款名称"), lambda row: row.clause.name, width=30),
            Column(_("状态"), lambda row: row.state_label),
            Column(_("指标"), lambda row: row.measure.title if row.measure else "", width=30),
            Column(_("标准的线"), lambda row: row.measure.target if row.measure else ""),
            Column(_("争先目标"), lambda row: row.target.value if row.target else None),
            Column(_("达到日期"), lambda row: row.target.reach_on if row.target else None),
            Column(_("数值"), lambda row: row.figure.value if row.figure else None),
            Column(_("期间"), lambda row: row.figure.period if row.figure else ""),
            Column(_("差距"), lambda row: row.gap),
            Column(_("上期"), lambda row: row.before.value if row.before else None),
            Column(_("变化"), lambda row: str(TRENDS[row.trend]) if row.trend else ""),
            Column(_("牵头单位"), lambda row: row.duty.lead.name if row.duty else "", width=24),
        ],
    )


def key_sheet() -> Sheet[KeyLine]:
    """Key difficulties."""
    return Sheet[KeyLine](
        _("难点重点清单"),
        [
            Column(_("条款"), lambda row: row.clause.number),
            Column(_("条款名称"), lambda row: row.clause.name, width=30),
            Column(_("状态"), lambda row: row.state_label),
            Column(_("列入原因"), lambda row: "；".join(w.words for w in row.whys), width=50),
            Column(_("牵头领导"), lambda row: row.sponsor.name if row.sponsor else ""),
            Column(_("牵头单位"), lambda row: row.lead.name if row.lead else "", width=24),
            Column(_("下一步"), lambda row: row.next_step, width=40),
            Column(_("下一个日期"), lambda row: row.next_on),
            Column(_("硬件项目"), lambda row: row.project.title if row.project else "", width=30),
            Column(_("决定文号"), lambda row: row.named.paper if row.named else "", width=24),
        ],
    )


def item_sheet() -> Sheet[ItemLine]:
    """The three ticks of every item, with what is behind or missing."""
    return Sheet[ItemLine](
        _("重视研究落实"),
        [
            Column(_("条款"), lambda row: row.clause.number),
            Column(_("条款名称"), lambda row: row.clause.name, width=30),
            Column(_("牵头单位"), lambda row: row.duty.lead.name if row.duty else "", width=24),
            *(column for place in range(3) for column in _tick(place)),
        ],
    )


def _tick(place: int) -> list[Column[ItemLine]]:
    heading = str((_("重视"), _("研究"), _("落实"))[place])

    def records(row: ItemLine) -> str:
        tick = row.ticks[place]
        return tick.missing or "；".join(proof.words for proof in tick.proofs)

    return [
        Column(heading, lambda row: "√" if row.ticks[place].done else "×"),
        Column(_("%(tick)s的记录") % {"tick": heading}, records, width=36),
    ]
