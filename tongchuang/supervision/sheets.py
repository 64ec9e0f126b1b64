"""The scores of a bulletin as a spreadsheet."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from tongchuang.accounts.comparison import group_word
from tongchuang.core.tabular import Column, Sheet
from tongchuang.supervision.models import Bulletin
from tongchuang.supervision.rules import PARTS
from tongchuang.supervision.words import NOT_RANKED_WORDS, PART_WORDS

Plain = dict[str, Any]


def score_rows(bulletin: Bulletin) -> list[Plain]:
    """Every line of the ranking with the title of its group."""
    return [
        {**line, "group": group_word(group["key"], group["title"])}
        for group in bulletin.data["groups"]
        for line in group["lines"]
    ]


def score_sheet() -> Sheet[Plain]:
    """Group, rank, unit, parts, deduction, bonus, adjustment, score, change, reason."""
    return Sheet[Plain](
        _("得分表"),
        [
            Column(_("可比组"), lambda row: row["group"], width=22),
            Column(_("名次"), lambda row: row["rank"]),
            Column(_("单位"), lambda row: row["name"], width=24),
            *(Column(str(PART_WORDS[name]), _part(name)) for name in PARTS),
            Column(_("扣分"), lambda row: _amount(row["deduction"])),
            Column(_("加分"), lambda row: _amount(row["bonus"])),
            Column(_("异议更正"), lambda row: _amount(row["adjustment"])),
            Column(_("得分"), lambda row: _amount(row["total"])),
            Column(_("名次变化"), lambda row: row["change"]),
            Column(_("不排名原因"), lambda row: str(NOT_RANKED_WORDS.get(row["not_ranked"], ""))),
        ],
    )


def _part(name: str) -> Callable[[Plain], Decimal | None]:
    return lambda row: _amount(row["parts"][name])


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
