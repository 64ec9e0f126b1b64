"""Meetings, rulings, matters, policies and bodies as spreadsheets; policies come in as well."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.campaigns.models import Campaign
from tongchuang.core import clock
from tongchuang.core.cells import looked_up
from tongchuang.core.tabular import Column, Row, Sheet
from tongchuang.meetings import services
from tongchuang.meetings.models import LeadingBody, Meeting, Policy
from tongchuang.meetings.queries import MatterLine, RulingLine
from tongchuang.meetings.rules import read_basis


def state_word(state: str) -> str:
    """A derived state in words: of a ruling or of a matter."""
    words = {
        "running": _("落实中"),
        "late": _("超期"),
        "done": _("已落实"),
        "dropped": _("已取消"),
        "listed": _("未上会"),
        "studied": _("已研究"),
        "ruled": _("已议定"),
        "solved": _("已解决"),
        "withdrawn": _("已撤销"),
    }
    return words[state]


def meeting_sheet() -> Sheet[Meeting]:
    """The meetings with what came of them."""
    return Sheet[Meeting](
        _("会议"),
        [
            Column(_("日期"), lambda m: m.held_on),
            Column(_("会议名称"), lambda m: m.title, width=40),
            Column(_("主持人"), lambda m: m.chair.name),
            Column(_("地点"), lambda m: m.place, width=24),
            Column(_("状态"), lambda m: str(m.get_status_display())),
            Column(_("议题数"), lambda m: m.items),  # type: ignore[attr-defined]  # meeting_list
            Column(_("议定事项数"), lambda m: m.ruled),  # type: ignore[attr-defined]  # meeting_list
            Column(_("纪要文号"), _number, width=24),
        ],
    )


def _number(meeting: Meeting) -> str:
    minutes = getattr(meeting, "minutes", None)
    return minutes.document_no if minutes else ""


def ruling_sheet() -> Sheet[RulingLine]:
    """The rulings with owner, day and how they stand."""
    return Sheet[RulingLine](
        _("议定事项"),
        [
            Column(_("会议名称"), lambda r: r.ruling.meeting.title, width=36),
            Column(_("议定事项"), lambda r: r.ruling.wording, width=48),
            Column(_("责任单位"), lambda r: r.ruling.unit.name, width=24),
            Column(_("责任人"), lambda r: r.ruling.person.name),
            Column(
                _("配合单位"),
                lambda r: "、".join(unit.name for unit in r.ruling.helpers.all()),
                width=36,
            ),
            Column(_("完成时限"), lambda r: r.ruling.due_on),
            Column(_("落实情况"), lambda r: state_word(r.state)),
            Column(_("任务"), lambda r: r.ruling.task.title, width=36),
        ],
    )


def matter_sheet() -> Sheet[MatterLine]:
    """The list of major matters."""
    return Sheet[MatterLine](
        _("重大事项清单"),
        [
            Column(_("编号"), lambda r: r.matter.number),
            Column(_("事项"), lambda r: r.matter.title, width=36),
            Column(_("问题和诉求"), lambda r: r.matter.detail, width=48),
            Column(_("成因"), lambda r: str(r.matter.get_cause_display())),
            Column(_("包保领导"), lambda r: r.matter.sponsor.name),
            Column(_("牵头单位"), lambda r: r.matter.unit.name, width=24),
            Column(
                _("配合单位"),
                lambda r: "、".join(unit.name for unit in r.matter.helpers.all()),
                width=36,
            ),
            Column(_("列入日期"), lambda r: r.matter.listed_on),
            Column(_("研究会议"), lambda r: r.studied_at and r.studied_at.title, width=32),
            Column(_("议定事项"), lambda r: "；".join(one.wording for one in r.rulings), width=48),
            Column(_("解决期限"), lambda r: r.matter.due_on),
            Column(_("状态"), lambda r: state_word(r.stage)),
            Column(_("超期天数"), lambda r: r.late),
            Column(_("解决结果"), lambda r: r.matter.result, width=40),
        ],
    )


def body_sheet() -> Sheet[LeadingBody]:
    """Who has set up a leading group and a working body."""
    return Sheet[LeadingBody](
        _("领导机构"),
        [
            Column(_("单位"), lambda b: b.unit.name, width=28),
            Column(_("成立期限"), lambda b: b.due_on),
            Column(_("领导小组组长"), lambda b: b.leader),
            Column(_("小组成员数"), lambda b: b.members),
            Column(_("工作机构"), lambda b: b.office, width=24),
            Column(_("工作机构负责人"), lambda b: b.office_head),
            Column(_("工作人员数"), lambda b: b.staff),
            Column(_("成立文号"), lambda b: b.paper, width=24),
            Column(_("成立日期"), lambda b: b.set_up_on),
        ],
    )


# Policies, in and out
def policy_sheet(campaign: Campaign | None) -> Sheet[Policy]:
    """The register; imported rows go to `campaign` and are recognised by number, else by name."""
    return Sheet[Policy](
        _("政策措施台账"),
        [*_paper(), *_term(), *_rest()],
        find=_existing,
        create=lambda *, by, **row: _create(campaign, by, row),
        update=_change,
        unique=["title"],
        check=_check,
    )


def _paper() -> list[Column[Policy]]:
    kinds = {str(label): value for value, label in Policy.Kind.choices}
    unit = looked_up(_units_by_name, _("没有这个单位"))
    return [
        Column(
            _("类别"),
            lambda p: str(p.get_kind_display()),
            parse=looked_up(lambda: kinds, _("没有这个类别")),
            name="kind",
            help="、".join(kinds),
        ),
        Column(_("名称"), lambda p: p.title, parse=_at_most(120), name="title", width=48),
        Column(_("制定单位"), lambda p: p.issuer.name, parse=unit, name="issuer", width=24),
        Column(
            _("文号"),
            lambda p: p.number,
            parse=_at_most(60),
            required=False,
            name="number",
            width=24,
            help=_("有文号的按施行登记，没有的按起草登记"),
        ),
    ]


def _term() -> list[Column[Policy]]:
    return [
        Column(heading, value, parse=date, required=False, name=name)
        for heading, value, name in (
            (_("印发日期"), lambda p: p.issued_on, "issued_on"),
            (_("有效期至"), lambda p: p.valid_until, "valid_until"),
            (_("下次评估"), lambda p: p.review_on, "review_on"),
        )
    ]


def _rest() -> list[Column[Policy]]:
    return [
        Column(
            _("法律依据"),
            lambda p: "；".join(p.basis_words),
            parse=_basis,
            required=False,
            name="basis",
            width=48,
            help=_("《名称》第几条，多条用分号分开"),
        ),
        Column(_("状态"), lambda p: str(p.get_status_display()), importable=False),
        Column(
            _("对应条款"),
            lambda p: "、".join(clause.code for clause in p.clauses.all()),
            importable=False,
            width=28,
        ),
    ]


def _basis(text: str) -> list[dict[str, str]]:
    try:
        return read_basis(text.replace(";", "；").replace("；", "\n"))
    except ValueError as fault:
        raise ValueError(_("“%(line)s”应写成《名称》第几条") % {"line": fault}) from fault


def _at_most(length: int) -> Any:
    def read(text: str) -> str:
        if len(text) > length:
            raise ValueError(_("不能超过 %(length)s 个字") % {"length": length})
        return text

    return read


def _existing(rows: list[Row]) -> list[Policy | None]:
    numbers = [row["number"] for row in rows if row.get("number")]
    titles = [row["title"] for row in rows]
    found = Policy.objects.select_related("issuer").prefetch_related("clauses")
    by_number = {p.number: p for p in found.filter(number__in=numbers)}
    by_title = {p.title: p for p in found.filter(title__in=titles)}
    return [by_number.get(row.get("number") or "–") or by_title.get(row["title"]) for row in rows]


def _create(campaign: Campaign | None, by: User, row: Row) -> Policy:
    if campaign is None:
        raise ValueError(_("先选定一项创建工作"))
    state = Policy.Status.IN_FORCE if row.get("number") else Policy.Status.DRAFTING
    return services.register_policy(campaign, status=state, by=by, **_complete(row))


def _change(policy: Policy, *, by: User, **row: Any) -> Policy:
    return services.change_policy(policy, by=by, **_complete(row))


def _complete(row: Row) -> Any:
    empty: dict[str, Any] = {"number": "", "basis": []}
    return {
        name: empty[name] if value is None and name in empty else value
        for name, value in row.items()
    }


def _check(row: Row) -> None:
    if bool(row.get("number")) != bool(row.get("issued_on")):
        raise ValueError(_("文号和印发日期要么都填，要么都不填"))
    if row.get("issued_on") and row["issued_on"] > clock.today():
        raise ValueError(_("印发日期晚于今天"))


def _units_by_name() -> dict[str, Unit]:
    units = list(Unit.objects.all())
    names = {unit.short_name: unit for unit in units if unit.short_name}
    return names | {unit.name: unit for unit in units} | {unit.code: unit for unit in units}
