"""Assignments and tasks as spreadsheets."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.campaigns import services
from tongchuang.campaigns.models import Assignment, Campaign, Task
from tongchuang.core.cells import looked_up
from tongchuang.core.tabular import Column, Row, Sheet
from tongchuang.standards.models import Clause


def assignment_sheet() -> Sheet[Assignment]:
    """The breakdown table: clause, sponsor leader, lead unit, helpers."""
    return Sheet[Assignment](
        _("责任分解表"),
        [
            Column(_("条款代码"), lambda a: a.clause.code),
            Column(_("条款"), lambda a: a.clause.title, width=40),
            Column(_("牵头领导"), lambda a: a.sponsor and a.sponsor.name),
            Column(_("牵头单位"), lambda a: a.lead.name, width=28),
            Column(
                _("配合单位"), lambda a: "、".join(unit.name for unit in a.helpers.all()), width=48
            ),
            Column(_("依据"), lambda a: a.reason, width=40),
        ],
    )


def task_sheet(campaign: Campaign | None) -> Sheet[Task]:
    """Tasks; imported ones go to `campaign` and are recognised by unit and title."""
    unit = looked_up(lambda: {u.name: u for u in Unit.objects.all()}, _("没有这个单位"))
    clauses = (
        Clause.objects.filter(framework=campaign.framework_id)
        if campaign
        else Clause.objects.none()
    )
    clause = looked_up(lambda: {c.code: c for c in clauses}, _("标准里没有这个条款代码"))
    return Sheet[Task](
        _("任务"),
        [
            Column(_("任务"), lambda t: t.title, name="title", width=40),
            Column(
                _("条款代码"),
                lambda t: t.clause and t.clause.code,
                parse=clause,
                required=False,
                name="clause",
            ),
            Column(_("牵头单位"), lambda t: t.unit.name, parse=unit, name="unit", width=28),
            Column(_("目标量"), lambda t: t.quantity, parse=Decimal, name="quantity"),
            Column(_("计量单位"), lambda t: t.quantity_unit, name="quantity_unit"),
            Column(_("开始"), lambda t: t.starts_on, parse=date, name="starts_on"),
            Column(_("完成时限"), lambda t: t.due_on, parse=date, name="due_on"),
            Column(_("累计完成"), lambda t: t.done, importable=False),
            Column(_("状态"), lambda t: t.get_status_display(), importable=False),
        ],
        find=lambda rows: _existing(campaign, rows),
        create=lambda *, by, **row: _create(campaign, by, row),
        unique=["unit", "title"],
        check=_check,
    )


def _existing(campaign: Campaign | None, rows: list[Row]) -> list[Task | None]:
    tasks = Task.objects.filter(campaign=campaign, title__in=[row["title"] for row in rows])
    known = {(task.unit_id, task.title): task for task in tasks}
    return [known.get((row["unit"].pk, row["title"])) for row in rows]


def _create(campaign: Campaign | None, by: User, row: Row) -> Task:
    if campaign is None:
        raise ValueError(_("先选定一项创建工作"))
    return services.create_task(campaign, by=by, **row)


def _check(row: Row) -> None:
    if row["quantity"] <= 0:
        raise ValueError(_("目标量要大于 0"))
    if row["due_on"] < row["starts_on"]:
        raise ValueError(_("完成时限早于开始日期"))
