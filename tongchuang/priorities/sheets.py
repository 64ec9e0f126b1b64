"""Highlights as a spreadsheet."""

from django.utils.translation import gettext as _

from tongchuang.core.tabular import Column, Sheet
from tongchuang.priorities.models import Highlight
from tongchuang.priorities.queries import level_of


def highlight_sheet() -> Sheet[Highlight]:
    """The library, for export."""
    return Sheet[Highlight](
        _("特色亮点"),
        [
            Column(_("编号"), lambda h: h.code),
            Column(_("名称"), lambda h: h.title, width=30),
            Column(_("创建"), lambda h: h.campaign.title, width=20),
            Column(_("条款"), lambda h: f"{h.clause.number} {h.clause.name}", width=30),
            Column(_("申报单位"), lambda h: h.unit.name, width=24),
            Column(_("行业"), lambda h: h.trade.name if h.trade else "", width=20),
            Column(_("属地"), lambda h: h.area.name if h.area else "", width=20),
            Column(_("做法"), lambda h: h.practice, width=60),
            Column(_("成效"), lambda h: h.effect, width=40),
            Column(_("成效指标"), lambda h: h.measured, width=24),
            Column(_("做之前"), lambda h: h.before),
            Column(_("做之后"), lambda h: h.after),
            Column(_("状态"), lambda h: str(h.get_status_display())),
            Column(_("认定文号"), lambda h: h.approval_paper, width=24),
            Column(_("推广层级"), level_of),
            Column(_("推广文号"), lambda h: "、".join(s.paper for s in h.spreads.all()), width=30),
        ],
    )
