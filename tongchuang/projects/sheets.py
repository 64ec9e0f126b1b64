"""Projects as spreadsheets: the pool in and out, the list of a matching round."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.campaigns.models import Campaign
from tongchuang.core.cells import looked_up, yes_no
from tongchuang.core.tabular import Column, Row, Sheet
from tongchuang.projects import services
from tongchuang.projects.kinds import kinds
from tongchuang.projects.models import Project
from tongchuang.projects.queries import money_of
from tongchuang.standards.models import Clause


def project_sheet(campaign: Campaign | None) -> Sheet[Project]:
    """The pool; imported rows go to `campaign` and are recognised by their number."""
    return Sheet[Project](
        _("项目库"),
        [*_facts(), *_plan(campaign), *_money()],
        find=_existing,
        create=lambda *, by, **row: _create(campaign, by, row),
        update=_change,
        unique=["code"],
        check=_check,
    )


def _facts() -> list[Column[Project]]:
    unit = looked_up(_units_by_name, _("没有这个单位"))
    kind = looked_up(_kinds_by_name, _("没有这个项目类别"))
    return [
        Column(_("编号"), lambda p: p.code, name="code"),
        Column(_("名称"), lambda p: p.title, name="title", parse=_at_most(80), width=32),
        Column(
            _("类别"),
            lambda p: p.kind_name,
            parse=kind,
            name="kind",
            help="、".join(kind.name for kind in kinds().values()),
        ),
        Column(_("责任单位"), lambda p: p.unit.name, parse=unit, name="unit", width=24),
        Column(
            _("属地"),
            lambda p: p.area and p.area.name,
            parse=unit,
            required=False,
            name="area",
            width=24,
        ),
        Column(
            _("地点"),
            lambda p: p.place,
            parse=_at_most(120),
            required=False,
            name="place",
            width=28,
        ),
        Column(_("建设内容和规模"), lambda p: p.scale, parse=_at_most(200), name="scale", width=40),
    ]


def _plan(campaign: Campaign | None) -> list[Column[Project]]:
    clauses = Clause.objects.filter(framework=campaign.framework_id if campaign else None)
    known = looked_up(lambda: {c.code: c for c in clauses}, _("标准里没有这个条款代码"))

    def several(text: str) -> list[Clause]:
        parts = text.replace(",", "、").replace("，", "、").split("、")
        found = {known(part.strip()) for part in parts if part.strip()}
        return sorted(found, key=lambda clause: clause.pk)

    return [
        Column(
            _("条款代码"),
            lambda p: "、".join(c.code for c in p.clauses.all()),
            parse=several,
            required=False,
            name="clauses",
            width=28,
            help=_("多条用顿号或逗号分开"),
        ),
        Column(
            _("重点建设项目"),
            lambda p: _("是") if p.key else _("否"),
            parse=yes_no,
            required=False,
            name="key",
        ),
        Column(
            _("总投资（万元）"),
            lambda p: p.investment,
            parse=Decimal,
            required=False,
            name="investment",
        ),
        Column(_("计划开始"), lambda p: p.planned_start_on, parse=date, name="planned_start_on"),
        Column(_("计划投用"), lambda p: p.planned_finish_on, parse=date, name="planned_finish_on"),
    ]


def _money() -> list[Column[Project]]:
    return [
        Column(_("状态"), lambda p: str(p.get_status_display()), importable=False),
        Column(_("申请"), lambda p: money_of(p).applied, importable=False),
        Column(_("获批"), lambda p: money_of(p).approved, importable=False),
        Column(_("到位"), lambda p: money_of(p).received, importable=False),
        Column(_("支出"), lambda p: money_of(p).spent, importable=False),
        Column(_("结余"), lambda p: money_of(p).balance, importable=False),
    ]


def round_sheet() -> Sheet[Project]:
    """The list that a matching round puts out, for export."""
    return Sheet[Project](
        _("年度重点建设项目清单"),
        [*_facts(), Column(_("缺口说明"), lambda p: p.gap, width=40), *_money()],
    )


def _at_most(length: int) -> Any:
    def read(text: str) -> str:
        if len(text) > length:
            raise ValueError(_("不能超过 %(length)s 个字") % {"length": length})
        return text

    return read


def _existing(rows: list[Row]) -> list[Project | None]:
    found = Project.objects.select_related("unit", "area").prefetch_related("clauses", "funding")
    by_code = {p.code: p for p in found.filter(code__in=[row["code"] for row in rows])}
    return [by_code.get(row["code"]) for row in rows]


def _create(campaign: Campaign | None, by: User, row: Row) -> Project:
    if campaign is None:
        raise ValueError(_("先选定一项创建工作"))
    clauses = row.pop("clauses", None) or []
    return services.create_project(campaign, by=by, clauses=clauses, **_complete(row))


def _change(project: Project, *, by: User, code: str, **row: Any) -> Project:
    clauses = row.pop("clauses", []) or [] if "clauses" in row else None
    return services.change_project(project, by=by, clauses=clauses, **_complete(row))


def _complete(row: Row) -> Any:
    """Empty cells: no place is empty text, no amount is nothing, not said is not a key project."""
    empty = {"place": "", "investment": Decimal(0), "key": False}
    return {
        name: empty[name] if value is None and name in empty else value
        for name, value in row.items()
    }


def _check(row: Row) -> None:
    if row["planned_finish_on"] < row["planned_start_on"]:
        raise ValueError(_("计划投用早于计划开始"))
    if (row.get("investment") or 0) < 0:
        raise ValueError(_("总投资不能是负数"))


def _units_by_name() -> dict[str, Unit]:
    units = list(Unit.objects.all())
    names = {unit.short_name: unit for unit in units if unit.short_name}
    return names | {unit.name: unit for unit in units} | {unit.code: unit for unit in units}


def _kinds_by_name() -> dict[str, str]:
    return {text: k.code for k in kinds().values() for text in (k.title, k.title_en, k.code)}
