"""Filters of the campaign pages."""

from datetime import datetime
from decimal import Decimal

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tongchuang.campaigns.models import Obstacle

register = template.Library()

ACTIONS: dict[str, str | Promise] = {
    "create": _("新建"),
    "start": _("启动"),
    "set_dates": _("改期"),
    "add_prerequisite": _("增加前置"),
    "decide": _("记录结论"),
    "assign": _("分工"),
    "open": _("起草"),
    "edit": _("填写"),
    "submit": _("签报"),
    "approve": _("批准"),
    "return": _("退回"),
    "change": _("变更"),
    "progress": _("填报进度"),
    "block": _("报告受阻"),
    "unblock": _("解除受阻"),
    "accept": _("验收通过"),
    "send_back": _("退回"),
    "cancel": _("取消"),
    "keep": _("转入保持"),
    "aim": _("选定荣誉称号"),
    "end": _("结束"),
    "enter": _("记入结论"),
    "correct": _("更正"),
    "draft": _("起草"),
    "consult": _("征求意见"),
    "issue": _("批准下达"),
    "keep_up": _("转入长效管护"),
    "reopen": _("反弹重启"),
    "split": _("分解"),
    "link": _("定先后"),
    "unlink": _("取消先后"),
    "set_nodes": _("定节点"),
    "set_territories": _("定属地份额"),
    "agree": _("同意"),
    "object": _("提出异议"),
    "lapse": _("逾期视为同意"),
    "uphold": _("裁定异议成立"),
    "reject": _("裁定异议不成立"),
}


@register.filter
def campaign_action(action: str) -> str:
    """What was done, in words."""
    return str(ACTIONS.get(action, action))


@register.filter
def days_blocked(obstacle: Obstacle, at: datetime) -> int:
    """Whole days that a task has been, or was, blocked."""
    return obstacle.days(at)


@register.filter
def add_px(value: float, shift: float) -> str:
    """A place in a drawing, moved by `shift` px."""
    return f"{value + float(shift):.1f}"


@register.filter
def percent_number(share: float) -> str:
    """A share as a whole percent without the sign."""
    return f"{share * 100:.0f}"


@register.filter
def percent_css(share: Decimal | float) -> str:
    """A share as a length for a style."""
    return f"{min(max(float(share), 0), 1) * 100:.1f}%"
