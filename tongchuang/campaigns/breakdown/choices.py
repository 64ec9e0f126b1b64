"""What a person typed for a row of a draft, where it differs from what was shown."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from tongchuang.campaigns.breakdown.drafts import ReadRow
from tongchuang.campaigns.breakdown.understanding import Books

_MOST = Decimal(10) ** 10


def read_choice(post: Mapping[str, str], one: ReadRow, books: Books) -> tuple[dict[str, Any], str]:
    """The choices for one row, and a sentence on what is wrong with them, empty when good.

    Fields are named clause-, lead-, title-, due-, quantity-, measure- and skip- with the row's key.
    What the file itself says for sure is not kept as a choice, so that a corrected name still
    shows through.
    """
    pk, found = one.row.pk, one.found
    said: dict[str, Any] = {"skip": f"skip-{pk}" in post}
    lead = post.get(f"lead-{pk}", "")
    if lead.isdigit():
        said["lead"] = int(lead)
    title = post.get(f"title-{pk}", "").strip()
    if title and title != found.title:
        said["title"] = title[:120]
    fault = (
        _clause(post.get(f"clause-{pk}"), one, books, said)
        or _due(post.get(f"due-{pk}", "").strip(), one, said)
        or _amount(post, one, said)
    )
    return said, fault


def _clause(typed: str | None, one: ReadRow, books: Books, said: dict[str, Any]) -> str:
    if typed is None:
        return ""
    code = typed.strip()
    if code and books.clauses.by_code(code) is None:
        return _("标准里没有“%(code)s”这个条款代码。") % {"code": code}
    shown = one.found.clause.code if one.found.clause else ""
    if "clause" in one.row.choice or code != shown:
        said["clause"] = code
    return ""


def _due(typed: str, one: ReadRow, said: dict[str, Any]) -> str:
    if not typed:
        return ""
    day, found = read_day(typed), one.found
    if day is None:
        return _("“%(text)s”不是日期。") % {"text": typed}
    sure = found.due_on == day and (found.limit is None or found.limit.sure)
    if "due" in one.row.choice or not sure:
        said["due"] = day.isoformat()
    return ""


def _amount(post: Mapping[str, str], one: ReadRow, said: dict[str, Any]) -> str:
    number = post.get(f"quantity-{one.row.pk}", "").strip()
    measure = post.get(f"measure-{one.row.pk}", "").strip()[:20]
    if not number:
        return ""
    try:
        quantity = Decimal(number)
    except InvalidOperation:
        quantity = Decimal(0)
    if not (quantity.is_finite() and 0 < quantity < _MOST):
        return _("数量“%(text)s”不是大于 0 的数字。") % {"text": number}
    if (quantity, measure) != (one.found.quantity, one.found.quantity_unit):
        said |= {"quantity": number, "measure": measure}
    return ""


def read_day(text: str) -> date | None:
    """A date as browsers send it; None for anything else."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
