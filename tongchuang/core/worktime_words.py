"""Limits, deadlines and what is left of them, in the words of the interface."""

from decimal import ROUND_HALF_UP, Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongchuang.core.worktime import Deadline, Limit, LimitUnit


def limit_words(limit: Limit) -> str:
    """A limit as people write it: 「4 工时」, 「3 天」, 「3月15日前」."""
    if limit.on is not None:
        return _("%(date)s前") % {"date": date_format(limit.on, _("n月j日"))}
    return amount_words(Decimal(limit.amount), limit.unit)


def amount_words(amount: Decimal, unit: LimitUnit) -> str:
    """So much of a unit, to a tenth at most: 「1.5 工时」."""
    number = f"{amount.quantize(Decimal('0.1'), ROUND_HALF_UP):f}".removesuffix(".0")
    return _amount_form(unit, 1 if number == "1" else 2) % {"number": number}


def _amount_form(unit: LimitUnit, count: int) -> str:
    """The sentence of one or several of a unit."""
    match unit:
        case LimitUnit.URGENT_HOUR:
            return ngettext("%(number)s 紧急工时", "%(number)s 紧急工时", count)
        case LimitUnit.WORK_HOUR:
            return ngettext("%(number)s 工时", "%(number)s 工时", count)
        case LimitUnit.WORK_DAY:
            return ngettext("%(number)s 个工作日", "%(number)s 个工作日", count)
        case _other:
            return ngettext("%(number)s 天", "%(number)s 天", count)


def left_words(left: Decimal, unit: LimitUnit) -> str:
    """What is left of a limit, or by how much it is overdue."""
    amount = amount_words(abs(left), unit)
    if left < 0:
        return _("已超时 %(amount)s") % {"amount": amount}
    return _("剩余 %(amount)s") % {"amount": amount}


def deadline_words(due: Deadline) -> str:
    """What must be known about a deadline besides its moment; empty when there is nothing."""
    remarks = []
    if due.stopped_at is not None:
        remarks.append(_("计时已暂停"))
    if due.provisional:
        remarks.append(_("暂定：%(year)s年放假安排尚未公布") % {"year": due.at.year})
    return "；".join(remarks)
