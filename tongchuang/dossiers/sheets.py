"""The register of papers as a spreadsheet."""

from django.utils.translation import gettext as _

from tongchuang.core.tabular import Column, Sheet
from tongchuang.dossiers.models import Paper


def paper_sheet() -> Sheet[Paper]:
    """The register, for export."""
    return Sheet[Paper](
        _("资料目录"),
        [
            Column(_("年度"), lambda p: p.year),
            Column(_("形成单位"), lambda p: p.unit.full_name, width=24),
            Column(_("题名"), lambda p: p.title, width=40),
            Column(_("文号"), lambda p: p.document_no, width=20),
            Column(_("责任者"), lambda p: p.issuer, width=20),
            Column(_("成文日期"), lambda p: p.dated_on),
            Column(_("页数"), lambda p: p.pages),
            Column(_("佐证条款"), lambda p: "、".join(c.number for c in p.clauses.all())),
            Column(_("对应要求"), lambda p: p.requirement, width=24),
            Column(_("状态"), lambda p: str(p.get_status_display())),
            Column(_("存放"), lambda p: p.kept_at or (p.file.name if p.file else ""), width=24),
        ],
    )
