"""The tables behind the drawings of the cockpit, as spreadsheets to take away."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from tongchuang.campaigns.gateline import GateLine, Mark
from tongchuang.campaigns.models import Campaign
from tongchuang.core.tabular import Column, Sheet
from tongchuang.desk.queries.cockpit import STATES, ChapterStates, FlowLine, HandBar, LateRow


@dataclass(frozen=True, slots=True)
class GateRow:
    """A gate of the gate line with its campaign."""

    campaign: Campaign
    mark: Mark

    @property
    def day(self) -> date | None:
        """When it was decided, else when it is due."""
        return self.mark.gate.decided_on or self.mark.gate.due_on


def gate_rows(line: GateLine) -> list[GateRow]:
    """The lines of the gate line's table."""
    return [GateRow(row.campaign, mark) for row in line.rows for mark in row.marks]


def gate_sheet() -> Sheet[GateRow]:
    """Every gate with its day, state and readiness (a share in [0, 1])."""
    return Sheet[GateRow](
        _("关口线"),
        [
            Column(_("创建"), lambda r: r.campaign.title, width=28),
            Column(_("关口"), lambda r: r.mark.gate.title, width=24),
            Column(_("日期"), lambda r: r.day),
            Column(_("状态"), lambda r: r.mark.gate.get_state_display()),
            Column(_("就绪度"), lambda r: r.mark.share),
            Column(_("剩余（天）"), lambda r: r.mark.days_left),
        ],
    )


def flow_sheet() -> Sheet[FlowLine]:
    """What moved on the day, and what waits for the next step."""
    return Sheet[FlowLine](
        _("今日流转"),
        [
            Column(_("环节"), lambda line: str(line.label)),
            Column(_("件数"), lambda line: line.number),
            Column(_("等待的环节"), lambda line: str(line.waiting_label)),
            Column(_("等待件数"), lambda line: line.waiting if line.waiting_label else None),
        ],
    )


def hand_sheet() -> Sheet[HandBar]:
    """Who held cases longest, in hours, beside the mean of the limits they had."""
    return Sheet[HandBar](
        _("最慢的手"),
        [
            Column(_("单位"), lambda bar: bar.hand.unit.label, width=24),
            Column(_("环节"), lambda bar: bar.hand.stage_label),
            Column(_("用时中位（小时）"), lambda bar: _hours(bar.hand.median)),
            Column(_("平均时限（小时）"), lambda bar: _hours(bar.hand.limit)),
            Column(_("件数"), lambda bar: bar.hand.cases),
        ],
    )


def late_sheet() -> Sheet[LateRow]:
    """The cases that are overdue longest."""
    return Sheet[LateRow](
        _("超期"),
        [
            Column(_("案号"), lambda line: line.row.case.number),
            Column(_("问题"), lambda line: line.row.case.title, width=40),
            Column(_("在谁手上"), lambda line: line.holder, width=20),
            Column(_("超期"), lambda line: line.row.left),
            Column(_("督办"), lambda line: line.slip),
        ],
    )


def state_sheet() -> Sheet[ChapterStates]:
    """Clauses by chapter and state."""
    return Sheet[ChapterStates](
        _("条款五态"),
        [
            Column(_("章"), lambda line: line.chapter.name, width=32),
            *(_state_column(key, str(label)) for key, _bar, _icon, label in STATES),
            Column(_("合计"), lambda line: line.total),
        ],
    )


def _state_column(key: str, label: str) -> Column[ChapterStates]:
    return Column(
        label, lambda line: next((one.number for one in line.counts if one.key == key), 0)
    )


def _hours(span: timedelta | None) -> float | None:
    return None if span is None else round(span.total_seconds() / 3600, 1)
