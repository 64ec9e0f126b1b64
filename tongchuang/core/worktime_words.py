"""Limits, deadlines and what is left of them, in the words of the interface."""

import re
import unicodedata
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


# What people write for each unit, in both languages of the interface.
_WRITTEN = {
    LimitUnit.URGENT_HOUR: {"紧急工时", "紧急小时", "urgent hour", "urgent hours"},
    LimitUnit.WORK_HOUR: {"工时", "工作小时", "work hour", "work hours"},
    LimitUnit.WORK_DAY: {"个工作日", "工作日", "working day", "working days"},
    LimitUnit.CALENDAR_DAY: {"天", "日", "个自然日", "自然日", "day", "days"},
}
_LIMIT = re.compile(r"(\d+(?:\.\d)?)\s*(\D+)")


def limit_of_words(text: str) -> Limit:
    """A limit as people write it, or as `limit_words` does: 「4 工时」, "2 working days".

    Raises `ValueError` with a sentence.
    """
    found = _LIMIT.fullmatch(unicodedata.normalize("NFKC", text).strip())
    written = found[2].strip().lower() if found else ""
    unit = next((unit for unit, words in _WRITTEN.items() if written in words), None)
    if found is None or unit is None or not Decimal(found[1]):
        raise ValueError(
            _("“%(text)s”不是时限，请写成“4 工时”“2 个工作日”“3 天”或“24 紧急工时”")
            % {"text": text}
        )
    return Limit(Decimal(found[1]), unit)


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
