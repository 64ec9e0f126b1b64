"""Pages of cases."""

from tongchuang.cases.views.filing import case_new
from tongchuang.cases.views.lists import (
    bulk_dispatch,
    case_export,
    case_list,
    case_map,
    case_points,
)
from tongchuang.cases.views.moves import (
    case_accept,
    case_check,
    case_decide_extension,
    case_dispatch,
    case_extend,
    case_helper,
    case_merge,
    case_pause,
    case_reject,
    case_reopen,
    case_reply,
    case_resubmit,
    case_resume,
    case_return,
    case_verify,
)
from tongchuang.cases.views.records import case_detail, case_photo, case_print

__all__ = [
    "bulk_dispatch",
    "case_accept",
    "case_check",
    "case_decide_extension",
    "case_detail",
    "case_dispatch",
    "case_export",
    "case_extend",
    "case_helper",
    "case_list",
    "case_map",
    "case_merge",
    "case_new",
    "case_pause",
    "case_photo",
    "case_points",
    "case_print",
    "case_reject",
    "case_reopen",
    "case_reply",
    "case_resubmit",
    "case_resume",
    "case_return",
    "case_verify",
]
