"""Ledgers as spreadsheets: the lines out and in, the records out."""

from typing import Any

from django.utils.translation import gettext as _

from tongchuang.accounts.models import User
from tongchuang.changeover import services
from tongchuang.changeover.forms import split_codes
from tongchuang.changeover.models import Changeover, Entry, Line
from tongchuang.changeover.services.deciding import check_decision
from tongchuang.core import clock
from tongchuang.core.cells import yes_no
from tongchuang.core.tabular import Column, Row, Sheet


def ledger_sheet(changeover: Changeover) -> Sheet[Line]:
    """The lines of one ledger; imported rows are recognised by their number and decide lines."""
    lines = {line.ordinal: line for line in changeover.lines.select_related("clause", "changeover")}

    def find(rows: list[Row]) -> list[Line | None]:
        return [lines.get(row["ordinal"]) for row in rows]

    def check(row: Row) -> None:
        line = lines.get(row["ordinal"])
        if line is None:
            raise ValueError(_("台账里没有这个序号"))
        if _same(line, row):
            return
        try:
            check_decision(line, changeover, **_said(row))
        except services.ChangeoverRefused as refused:
            raise ValueError(str(refused)) from refused

    return Sheet[Line](
        _("换版台账"),
        _columns(),
        find=find,
        update=_decide,
        same=_same,
        check=check,
        unique=["ordinal"],
    )


def _columns() -> list[Column[Line]]:
    return [*_given(), *_decided()]


def _given() -> list[Column[Line]]:
    return [
        Column(_("序号"), lambda line: line.ordinal, parse=int, name="ordinal", width=8),
        Column(_("类别"), lambda line: str(line.get_kind_display()), importable=False),
        Column(_("原条款代码"), lambda line: line.clause and line.clause.code, importable=False),
        Column(
            _("原条款"), lambda line: line.clause and line.clause.title, importable=False, width=28
        ),
        Column(_("内容"), lambda line: line.label, importable=False, width=36),
        Column(_("条数"), lambda line: line.records, importable=False, width=8),
        Column(_("去向"), lambda line: str(line.get_fate_display()), importable=False, width=8),
    ]


def _decided() -> list[Column[Line]]:
    return [
        Column(
            _("新条款代码"),
            lambda line: "、".join(line.targets),
            parse=split_codes,
            required=False,
            name="targets",
            width=40,
            help=_("多个用顿号分开；空着就留在原版"),
        ),
        Column(
            _("只配合的新条款代码"),
            lambda line: "、".join(line.helps),
            parse=split_codes,
            required=False,
            name="helps",
            width=28,
            help=_("只用于责任分工：不牵头、只配合的"),
        ),
        Column(
            _("算作新版的材料"),
            lambda line: line.asked,
            required=False,
            name="asked",
            width=28,
            help=_("只用于资料"),
        ),
        Column(_("理由"), lambda line: line.reason, name="reason", width=48),
        Column(
            _("待定"),
            lambda line: _("是") if line.is_open else _("否"),
            parse=yes_no,
            required=False,
            name="is_open",
            width=8,
            help=_("改成“否”，就是按这一行定下"),
        ),
    ]


def _said(row: Row) -> dict[str, Any]:
    return {
        "targets": row.get("targets") or [],
        "helps": row.get("helps") or [],
        "asked": row.get("asked") or "",
        "reason": row["reason"],
    }


def _same(line: Line, row: Row) -> bool:
    said = _said(row)
    standing = {
        "targets": line.targets,
        "helps": line.helps,
        "asked": line.asked,
        "reason": line.reason,
    }
    return said == standing and (not line.is_open or row.get("is_open") is not False)


def _decide(line: Line, *, by: User, **row: Any) -> Line:
    return services.decide_line(line, by=by, at=clock.now(), **_said(row))


def entry_sheet() -> Sheet[Entry]:
    """Every record of a signed ledger, for export."""
    return Sheet[Entry](
        _("换版逐条记录"),
        [
            Column(_("台账序号"), lambda e: e.line.ordinal, width=8),
            Column(_("类别"), lambda e: str(e.line.get_kind_display())),
            Column(_("原条款代码"), lambda e: e.line.clause and e.line.clause.code),
            Column(_("原条款"), lambda e: e.line.clause and e.line.clause.title, width=28),
            Column(_("记录"), lambda e: e.label, width=40),
            Column(_("去向"), lambda e: str(e.get_fate_display()), width=8),
            Column(_("新条款代码"), lambda e: "、".join(e.targets), width=40),
            Column(_("理由"), lambda e: e.line.reason, width=48),
        ],
    )


def changeover_sheet() -> Sheet[Changeover]:
    """The list of changeovers, for export."""
    return Sheet[Changeover](
        _("换版"),
        [
            Column(_("创建工作"), lambda c: c.campaign.title, width=24),
            Column(_("原版本"), lambda c: c.old.title, width=36),
            Column(_("新版本"), lambda c: c.new.title, width=36),
            Column(_("状态"), lambda c: str(c.get_status_display())),
            Column(_("缘由"), lambda c: c.note, width=40),
            Column(_("起草人"), lambda c: c.drafted_by.name),
            Column(_("起草时间"), lambda c: c.drafted_at),
            Column(_("决定人"), lambda c: c.decided_by and c.decided_by.name),
            Column(_("决定时间"), lambda c: c.decided_at),
            Column(_("批准文号"), lambda c: c.paper_no, width=24),
        ],
    )
