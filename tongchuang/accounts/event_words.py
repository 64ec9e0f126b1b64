"""Audit events in words: what a record is called, what was done, what changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongchuang.core.flow import Flow
from tongchuang.core.models import Event
from tongchuang.core.tabular import Column, Sheet

LONGEST = 120
# Words of acts that no FLOW names. Moves of a FLOW bring their own label.
ACTION_WORDS: Final[dict[str, str | Promise]] = {
    "create": gettext_lazy("新建"),
    "change": gettext_lazy("修改"),
    "rename": gettext_lazy("更名"),
    "appoint": gettext_lazy("任职"),
    "leave": gettext_lazy("离任"),
    "grant": gettext_lazy("授予角色"),
    "end": gettext_lazy("结束"),
    "register": gettext_lazy("登记"),
    "withdraw": gettext_lazy("撤回"),
    "hand_over": gettext_lazy("工作移交"),
    "activate": gettext_lazy("启用账号"),
    "deactivate": gettext_lazy("停用账号"),
    "reset_password": gettext_lazy("重设口令"),
    "change_password": gettext_lazy("修改口令"),
    "sign_in": gettext_lazy("登录"),
    "end_session": gettext_lazy("结束登录"),
    "store": gettext_lazy("存入文件"),
    "retry_message": gettext_lazy("重发消息邮件"),
    "load": gettext_lazy("装载"),
    "import": gettext_lazy("导入"),
    "export": gettext_lazy("导出"),
    "correct": gettext_lazy("更正"),
    "set_limits": gettext_lazy("调整时限"),
    "propose_mapping": gettext_lazy("提出对照"),
    "accept_mapping": gettext_lazy("采用对照"),
    "refuse_mapping": gettext_lazy("不采用对照"),
    "give_up_mapping": gettext_lazy("停用对照"),
    "draft_standard": gettext_lazy("上传标准草稿"),
    "publish_standard": gettext_lazy("发布标准"),
    "discard_standard": gettext_lazy("作废标准草稿"),
    "refuse_suggestion": gettext_lazy("判为不成对"),
    "delete": gettext_lazy("删除"),
    "file": gettext_lazy("立案"),
    "dispatch": gettext_lazy("派发"),
    "accept": gettext_lazy("签收"),
    "return": gettext_lazy("退回"),
    "reply": gettext_lazy("回复"),
    "close": gettext_lazy("结案"),
    "rework": gettext_lazy("返工"),
    "reopen": gettext_lazy("重开"),
    "merge": gettext_lazy("并案"),
    "reject": gettext_lazy("不予立案"),
    "seal": gettext_lazy("封存"),
    "issue": gettext_lazy("印发"),
    "add": gettext_lazy("新增"),
    "edit": gettext_lazy("编辑"),
    "set_boundary": gettext_lazy("设定边界"),
    "add_lead_rule": gettext_lazy("新增主办规则"),
    "end_lead_rule": gettext_lazy("终止主办规则"),
    "export_lead_rules": gettext_lazy("导出主办规则"),
    "export_ownership": gettext_lazy("导出权属认定"),
    "open_session": gettext_lazy("提起权属认定"),
    "set_rule": gettext_lazy("设定规则"),
    "set_dates": gettext_lazy("设定期限"),
    "add_prerequisite": gettext_lazy("增加前置关口"),
    "decide": gettext_lazy("裁定关口"),
    "assign": gettext_lazy("分工"),
    "upload_breakdown": gettext_lazy("上传分解表"),
    "choose_breakdown_names": gettext_lazy("选定分解表里的名称"),
    "choose_breakdown_rows": gettext_lazy("核对分解表的行"),
    "confirm_breakdown": gettext_lazy("确认导入分解表"),
    "close_breakdown": gettext_lazy("结束分解表草稿"),
    "export_breakdown": gettext_lazy("导出任务分解表"),
    "export_refused": gettext_lazy("导出没有读懂的行"),
    "export_plan": gettext_lazy("导出实施方案稿"),
    "export_baseline": gettext_lazy("导出启动时的底数"),
    "freeze_baseline": gettext_lazy("封存启动时的底数"),
    "export_titles": gettext_lazy("导出称号台账"),
    "keep": gettext_lazy("转入保持"),
    "aim": gettext_lazy("定目标称号"),
    "agree": gettext_lazy("同意"),
    "lapse": gettext_lazy("逾期视为同意"),
    "unblock": gettext_lazy("解除受阻"),
    "split": gettext_lazy("分解任务"),
    "draft": gettext_lazy("起草"),
    "set_nodes": gettext_lazy("定进度节点"),
    "set_territories": gettext_lazy("定属地份额"),
    "export_relations": gettext_lazy("导出共同事项"),
    "export_changes": gettext_lazy("导出变更单"),
    "export_obstacles": gettext_lazy("导出受阻情况"),
    "export_opinions": gettext_lazy("导出征求意见"),
    "link": gettext_lazy("定先后"),
    "unlink": gettext_lazy("取消先后"),
    "start": gettext_lazy("开始"),
    "open": gettext_lazy("开始编制"),
    "plan": gettext_lazy("制定计划"),
    "draw": gettext_lazy("抽样"),
    "finish": gettext_lazy("完成检查"),
    "progress": gettext_lazy("报进度"),
    "block": gettext_lazy("报受阻"),
    "submit": gettext_lazy("提交"),
    "approve": gettext_lazy("批准"),
    "answer": gettext_lazy("答复"),
    "publish": gettext_lazy("公开"),
    "rate": gettext_lazy("评价"),
    "uphold": gettext_lazy("维持"),
    "read_contact": gettext_lazy("查看联系方式"),
    "join": gettext_lazy("并入"),
    "add_helper": gettext_lazy("增加协办"),
    "remove_helper": gettext_lazy("取消协办"),
    "archive": gettext_lazy("归档"),
    "enter": gettext_lazy("录入数值"),
    "compute": gettext_lazy("自评计算"),
    "consult": gettext_lazy("送单位核对"),
    "freeze": gettext_lazy("截取数据"),
    "print": gettext_lazy("打印"),
    "object": gettext_lazy("提出异议"),
    "rule": gettext_lazy("裁定异议"),
    "adjust": gettext_lazy("调整分数"),
    "export_heat": gettext_lazy("导出热力"),
    "export_figures": gettext_lazy("导出指标数值"),
    "export_forecast": gettext_lazy("导出关口预测"),
    "make_package": gettext_lazy("生成上报数据包"),
    "export_reuse": gettext_lazy("导出一数多用"),
    "export_papers": gettext_lazy("导出资料目录"),
    "export_mappings": gettext_lazy("导出对照"),
    "export_limits": gettext_lazy("导出时限"),
    "export_sites": gettext_lazy("导出点位"),
    "export_tasks": gettext_lazy("导出任务"),
    "export_assignments": gettext_lazy("导出分工"),
    "export_cases": gettext_lazy("导出问题案件"),
    "export_projects": gettext_lazy("导出硬件项目"),
    "open_round": gettext_lazy("开始项目对接"),
    "close_round": gettext_lazy("结束项目对接"),
    "set_node": gettext_lazy("调整节点"),
    "finish_node": gettext_lazy("办结节点"),
    "save_funding": gettext_lazy("登记资金"),
    "add_photo": gettext_lazy("上传照片"),
    "draft_changeover": gettext_lazy("起草换版"),
    "refresh_changeover": gettext_lazy("重新盘点"),
    "decide_line": gettext_lazy("定去向"),
    "accept_proposals": gettext_lazy("按建议定去向"),
    "change_edition": gettext_lazy("换版"),
    "export_changeover": gettext_lazy("导出换版"),
    "export_meetings": gettext_lazy("导出会议"),
    "export_rulings": gettext_lazy("导出议定事项"),
    "export_matters": gettext_lazy("导出重大事项清单"),
    "export_policies": gettext_lazy("导出政策措施台账"),
    "export_bodies": gettext_lazy("导出领导机构"),
    "ask_units": gettext_lazy("确定参加单位"),
    "attend": gettext_lazy("登记到会"),
    "reorder": gettext_lazy("调整议程"),
    "discuss": gettext_lazy("记讨论情况"),
    "ask_bodies": gettext_lazy("通知成立领导机构"),
    "report_body": gettext_lazy("登记领导机构"),
    "nominate": gettext_lazy("申报亮点"),
    "verify": gettext_lazy("核实"),
    "drop": gettext_lazy("不予认定"),
    "resubmit": gettext_lazy("补充后再报"),
    "spread": gettext_lazy("登记推广"),
    "add_evidence": gettext_lazy("上传证据"),
    "set_target": gettext_lazy("定争先目标"),
    "end_target": gettext_lazy("停用争先目标"),
    "defer": gettext_lazy("写明暂不立任务的理由"),
    "refuse": gettext_lazy("不同意"),
    "name_difficulty": gettext_lazy("列入难点重点"),
    "end_difficulty": gettext_lazy("难点重点销号"),
    "export_highlights": gettext_lazy("导出特色亮点"),
    "export_list": gettext_lazy("导出清单"),
    "export_draws": gettext_lazy("导出抽样"),
    "export_questions": gettext_lazy("导出检查项"),
    "export_scores": gettext_lazy("导出得分"),
}

# Details that an event carries beside the fields of its record.
DETAIL_WORDS: Final[dict[str, str | Promise]] = {
    "on": gettext_lazy("日期"),
    "parent": gettext_lazy("上级"),
    "address": gettext_lazy("地址"),
    "deputy": gettext_lazy("代理人"),
    "unit": gettext_lazy("单位"),
    "reason": gettext_lazy("理由"),
    "note": gettext_lazy("说明"),
    "count": gettext_lazy("数量"),
}
_SILENT: Final = frozenset({"id", "version", "path", "depth", "numchild", "password"})


@dataclass(frozen=True, slots=True)
class Change:
    """One field that changed, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class SpokenEvent:
    """An event as people read it."""

    event: Event
    kind: str
    action: str
    changes: list[Change]


def spoken(rows: Iterable[Event]) -> list[SpokenEvent]:
    """Events in words; one query for each kind of record that they point at."""
    events = list(rows)
    names = _names_of_related(events)
    return [
        SpokenEvent(
            event, kind_word(event.subject_kind), action_word(event), _changes(event, names)
        )
        for event in events
    ]


def kind_word(kind: str) -> str:
    """What a kind of record is called."""
    model = _model(kind)
    return str(model._meta.verbose_name) if model else kind


def action_word(event: Event) -> str:
    """What was done: the label of the move, else a word of the table, else the key."""
    flow = getattr(_model(event.subject_kind), "FLOW", None)
    if isinstance(flow, Flow) and event.action in flow.moves:
        label = str(flow.moves[event.action].label)
        if label:
            return label
    return str(ACTION_WORDS.get(event.action, event.action))


def _changes(event: Event, names: dict[tuple[str, Any], str]) -> list[Change]:
    model = _model(event.subject_kind)
    keys = [key for key in {**event.before, **event.after} if key not in _SILENT]
    changes = [
        Change(
            _label(model, key),
            _value(model, key, event.before.get(key), names),
            _value(model, key, event.after.get(key), names),
        )
        for key in keys
    ]
    return [change for change in changes if change.before != change.after]


def _label(model: type[models.Model] | None, key: str) -> str:
    field = _field(model, key)
    return str(field.verbose_name if field else DETAIL_WORDS.get(key, key))


def _value(
    model: type[models.Model] | None, key: str, value: Any, names: dict[tuple[str, Any], str]
) -> str:
    field = _field(model, key)
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(field, models.ForeignKey):
        return names.get((field.related_model._meta.label_lower, value), str(value))
    if field is not None and field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return _short(_moment(field, value))


def _moment(field: models.Field[Any, Any] | None, value: Any) -> str:
    """A moment in the city's time; anything else as it is."""
    if isinstance(field, models.DateTimeField) and isinstance(value, str):
        return f"{timezone.localtime(datetime.fromisoformat(value)):%Y-%m-%d %H:%M}"
    return str(value)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _names_of_related(events: Iterable[Event]) -> dict[tuple[str, Any], str]:
    """Titles of the records whose keys stand in the events, by kind and key."""
    wanted: dict[type[models.Model], set[Any]] = {}
    for event in events:
        model = _model(event.subject_kind)
        for key, value in [*event.before.items(), *event.after.items()]:
            field = _field(model, key)
            if isinstance(field, models.ForeignKey) and isinstance(value, int | str) and value:
                wanted.setdefault(field.related_model, set()).add(value)
    return {
        (model._meta.label_lower, row.pk): str(row)
        for model, keys in wanted.items()
        for row in _titled(model, keys)
    }


def _titled(model: type[models.Model], keys: set[Any]) -> Iterable[models.Model]:
    """Rows that can tell their title without a query each: foreign keys one step away are read."""
    direct = [f.name for f in model._meta.concrete_fields if isinstance(f, models.ForeignKey)]
    return model._default_manager.filter(pk__in=keys).select_related(*direct)


def _model(kind: str) -> type[models.Model] | None:
    try:
        return apps.get_model(kind)
    except (LookupError, ValueError):
        return None


def _field(model: type[models.Model] | None, key: str) -> models.Field[Any, Any] | None:
    if model is None:
        return None
    try:
        field = model._meta.get_field(key.removesuffix("_id") if key.endswith("_id") else key)
    except FieldDoesNotExist:
        return None
    return field if isinstance(field, models.Field) else None


def _changed_text(event: Event) -> str:
    changes = _changes(event, {})
    return "；".join(f"{c.label}：{c.before} → {c.after}" for c in changes)


EVENTS: Sheet[Event] = Sheet(
    "操作日志",
    [
        Column("编号", lambda e: e.pk, width=10),
        Column("时间", lambda e: f"{timezone.localtime(e.at):%Y-%m-%d %H:%M:%S}", width=20),
        Column("人员", lambda e: e.actor_name),
        Column("对象", lambda e: kind_word(e.subject_kind)),
        Column("对象编号", lambda e: e.subject_id, width=10),
        Column("对象名称", lambda e: e.subject_title, width=30),
        Column("动作", action_word),
        Column("理由", lambda e: e.reason, width=30),
        Column("变更", _changed_text, width=60),
        Column("摘要", lambda e: e.digest, width=20),
    ],
)
