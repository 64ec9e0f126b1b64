"""Filters of the campaign pages."""

from decimal import Decimal

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

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
}


@register.filter
def campaign_action(action: str) -> str:
    """What was done, in words."""
    return str(ACTIONS.get(action, action))


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
