"""Figures and the heat as spreadsheets."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.assessment import services
from tongchuang.assessment.heat import LABELS
from tongchuang.assessment.models import Cell, Figure
from tongchuang.assessment.reuse import KINDS, Reused
from tongchuang.core import clock
from tongchuang.core.cells import looked_up
from tongchuang.core.tabular import Column, Row, Sheet
from tongchuang.standards.models import Measure


def figure_sheet() -> Sheet[Figure]:
    """The sheet of figures (kind "figures"); a changed value is a correction with its reason."""
    measure = looked_up(_measures, _("没有这个指标"))
    unit = looked_up(_units, _("没有这个单位"))
    return Sheet[Figure](
        _("指标数值"),
        [
            Column(
                _("指标代码"),
                lambda f: f.measure.code,
                parse=measure,
                name="measure",
                width=22,
                help=_("先导出一份，照着代码填。"),
            ),
            Column(_("指标名称"), lambda f: f.measure.name, importable=False, width=30),
            Column(_("地区或单位"), lambda f: f.unit.name, parse=unit, name="unit"),
            Column(_("期间"), lambda f: f.period, name="period", help=_("2015 或 2016-02。")),
            Column(_("数值"), lambda f: f.value.normalize(), parse=Decimal, name="value"),
            Column(
                _("计量单位"),
                lambda f: f.measured_in or f.measure.unit,
                required=False,
                name="measured_in",
            ),
            Column(_("目标"), lambda f: f.measure.target, importable=False),
            Column(_("数据来源"), lambda f: f.source, name="source", width=30),
            Column(
                _("依据资料"),
                lambda f: f.paper.title if f.paper else "",
                importable=False,
                width=30,
            ),
            Column(_("更正理由"), lambda f: f.reason, required=False, name="reason", width=24),
        ],
        find=_existing,
        create=_enter,
        update=_correct,
        same=_same,
        check=_checker(),
        unique=["measure", "unit", "period"],
    )


def _existing(rows: list[Row]) -> list[Figure | None]:
    found = Figure.objects.current().filter(
        measure__in={row["measure"].pk for row in rows}, unit__in={row["unit"].pk for row in rows}
    )
    known = {
        (f.measure_id, f.unit_id, f.period): f
        for f in found.select_related("measure", "unit", "paper")
    }
    return [known.get((row["measure"].pk, row["unit"].pk, row["period"])) for row in rows]


def _checker() -> Callable[[Row], None]:
    """Refuses a changed value without its reason, and periods that cannot be."""
    known: dict[tuple[int, int, str], Figure] = {}

    def check(row: Row) -> None:
        try:
            services.check_period(row["period"], clock.now())
        except ValidationError as fault:
            raise ValueError("".join(fault.messages)) from fault
        if not known:
            figures = Figure.objects.current().select_related("measure")
            known.update({(f.measure_id, f.unit_id, f.period): f for f in figures})
        found = known.get((row["measure"].pk, row["unit"].pk, row["period"]))
        if found and not row.get("reason") and not _same(found, row):
            raise ValueError(_("这一期已有数值，更正须写明理由。"))

    return check


def _same(found: Figure, row: Row) -> bool:
    own_unit = row.get("measured_in") or found.measure.unit
    return (found.value, found.source, found.measured_in or found.measure.unit) == (
        row["value"],
        row["source"],
        own_unit,
    )


def _enter(*, by: User, **row: Any) -> Figure:
    texts = {name: row.get(name) or "" for name in ("measured_in", "reason", "source")}
    return services.enter_figure(
        row["measure"],
        row["unit"],
        row["period"],
        value=row["value"],
        by=by,
        at=clock.now(),
        paper=row.get("paper"),
        **texts,
    )


def _correct(figure: Figure, *, by: User, **row: Any) -> Figure:
    """A row tells nothing of the paper: it stays while the source does."""
    kept = figure.paper if figure.source == row.get("source") else None
    return _enter(by=by, paper=kept, **row)


def _measures() -> dict[str, Measure]:
    return {measure.code: measure for measure in Measure.objects.select_related("clause")}


def _units() -> dict[str, Unit]:
    units = list(Unit.objects.all())
    names = {unit.short_name: unit for unit in units if unit.short_name}
    return names | {unit.name: unit for unit in units} | {unit.code: unit for unit in units}


def heat_sheet() -> Sheet[Cell]:
    """The cells of a snapshot, one a line."""
    return Sheet[Cell](
        _("指标热力"),
        [
            Column(_("期间"), lambda c: c.snapshot.period),
            Column(_("条款"), lambda c: c.clause.number),
            Column(_("条款名称"), lambda c: c.clause.title, width=30),
            Column(_("单位"), lambda c: c.unit.name, width=24),
            Column(_("状态"), lambda c: str(LABELS[c.state])),
            Column(_("得分率"), lambda c: c.score),
            Column(_("覆盖率"), lambda c: c.coverage),
            Column(_("未销号"), lambda c: c.open_cases),
            Column(_("超期"), lambda c: c.overdue_cases),
        ],
    )


def reuse_sheet() -> Sheet[Reused]:
    """What is held once and read often, a line for what is read alike."""
    return Sheet[Reused](
        _("一数多用"),
        [
            Column(_("类别"), lambda row: str(KINDS[row.kind])),
            Column(_("事项"), lambda row: row.title, width=60),
            Column(_("记录数"), lambda row: row.facts),
            Column(_("每条用处"), lambda row: row.each),
            Column(_("少报次数"), lambda row: row.saved),
            Column(
                _("用于"),
                lambda row: "、".join(f"{code} {n}" for code, n in row.readers),
                width=40,
            ),
        ],
    )
