"""Assignments and tasks as spreadsheets."""

from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.campaigns import services
from tongchuang.campaigns.models import (
    Assignment,
    Campaign,
    ChangeNote,
    Obstacle,
    Opinion,
    Relation,
    Task,
)
from tongchuang.campaigns.queries import RelationCount
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
            Column(_("配合单位"), lambda a: _beside(a, Relation.SUPPORT), width=48),
            Column(_("共同单位"), lambda a: _beside(a, Relation.JOINT), width=36),
            Column(
                _("属地份额（%）"),
                lambda a: "、".join(f"{s.unit.label} {s.percent:g}" for s in a.territories.all()),
                width=36,
            ),
            Column(_("状态"), lambda a: a.get_status_display()),
            Column(_("下达文号"), lambda a: a.paper),
            Column(_("依据"), lambda a: a.reason, width=40),
        ],
    )


def _beside(assignment: Assignment, kind: str) -> str:
    rows = assignment.helper_rows.all()
    return "、".join(row.unit.name for row in rows if row.kind == kind)


def relation_sheet() -> Sheet[RelationCount]:
    """How many matters each unit leads, supports and shares."""
    return Sheet[RelationCount](
        _("责任方式统计"),
        [
            Column(_("单位"), lambda r: r.unit.name, width=28),
            Column(_("牵头"), lambda r: r.lead),
            Column(_("共同"), lambda r: r.joint),
            Column(_("配合"), lambda r: r.support),
        ],
    )


def opinion_sheet() -> Sheet[Opinion]:
    """What units said to proposed duties, and how objections were ruled."""
    return Sheet[Opinion](
        _("征求意见"),
        [
            Column(_("事项"), lambda o: o.title, width=40),
            Column(_("单位"), lambda o: o.unit.name, width=28),
            Column(_("责任方式"), lambda o: o.get_relation_display()),
            Column(_("状态"), lambda o: o.get_status_display(), width=20),
            Column(_("征求时间"), lambda o: o.asked_at),
            Column(_("答复期限"), lambda o: o.due_at),
            Column(_("答复时间"), lambda o: o.answered_at),
            Column(_("异议理由与依据"), lambda o: o.basis, width=40),
            Column(_("建议承担单位"), lambda o: o.proposed_owner and o.proposed_owner.name),
            Column(_("裁定期限"), lambda o: o.ruling_due_at),
            Column(_("裁定时间"), lambda o: o.ruled_at),
            Column(_("裁定意见"), lambda o: o.ruling, width=40),
            Column(_("改由"), lambda o: o.new_owner and o.new_owner.name),
        ],
    )


def change_sheet() -> Sheet[ChangeNote]:
    """Change notes: what was, what is, why."""
    return Sheet[ChangeNote](
        _("变更单"),
        [
            Column(_("编号"), lambda c: c.number),
            Column(_("事项"), lambda c: c.title, width=40),
            Column(
                _("变更内容"),
                lambda c: "；".join(f"{label}：{old} → {new}" for label, old, new in c.changes),
                width=60,
            ),
            Column(_("理由"), lambda c: c.reason, width=36),
            Column(_("经办人"), lambda c: c.by.name),
            Column(_("时间"), lambda c: c.at),
        ],
    )


def obstacle_sheet(at: datetime) -> Sheet[Obstacle]:
    """Blocked matters for a meeting, with the days blocked up to `at`."""
    return Sheet[Obstacle](
        _("受阻事项"),
        [
            Column(_("任务"), lambda o: o.task.title, width=40),
            Column(_("创建工作"), lambda o: o.task.campaign.title, width=24),
            Column(_("牵头单位"), lambda o: o.task.unit.name, width=28),
            Column(_("牵头领导"), lambda o: o.task.sponsor and o.task.sponsor.name),
            Column(_("受阻原因"), lambda o: o.get_cause_display()),
            Column(_("说明"), lambda o: o.reason, width=40),
            Column(_("权重"), lambda o: o.task.weight),
            Column(_("已受阻（天）"), lambda o: o.days(at)),
            Column(_("完成时限"), lambda o: o.task.due_on),
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
            Column(_("责任人"), lambda t: t.person, importable=False),
            Column(_("上级任务"), lambda t: t.parent.title if t.parent else "", importable=False),
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
