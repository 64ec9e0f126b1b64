"""Pages of supervision."""

from tongchuang.supervision.views.papers import (
    bulletin_docx,
    bulletin_pdf,
    bulletin_print,
    bulletin_xlsx,
    erratum_docx,
)
from tongchuang.supervision.views.plans import plan_file, plan_print
from tongchuang.supervision.views.reading import (
    bulletin_detail,
    bulletin_list,
    score_detail,
    slip_list,
)
from tongchuang.supervision.views.steps import (
    bulletin_new,
    consult,
    erratum_new,
    issue,
    objection_new,
    objection_rule,
    praise_edit,
    seal,
)

__all__ = [
    "bulletin_detail",
    "bulletin_docx",
    "bulletin_list",
    "bulletin_new",
    "bulletin_pdf",
    "bulletin_print",
    "bulletin_xlsx",
    "consult",
    "erratum_docx",
    "erratum_new",
    "issue",
    "objection_new",
    "objection_rule",
    "plan_file",
    "plan_print",
    "praise_edit",
    "score_detail",
    "seal",
    "slip_list",
]
