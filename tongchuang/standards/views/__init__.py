"""Pages of standards."""

from tongchuang.standards.views.drafts import (
    draft_detail,
    draft_discard,
    draft_list,
    draft_new,
    draft_publish,
    draft_table,
    framework_table,
)
from tongchuang.standards.views.reading import (
    clause_detail,
    framework_detail,
    framework_export,
    framework_list,
    measure_correct,
    problem_class_detail,
    problem_class_list,
    site_type_detail,
    site_type_list,
    unsure_list,
)

__all__ = [
    "clause_detail",
    "draft_detail",
    "draft_discard",
    "draft_list",
    "draft_new",
    "draft_publish",
    "draft_table",
    "framework_detail",
    "framework_export",
    "framework_list",
    "framework_table",
    "measure_correct",
    "problem_class_detail",
    "problem_class_list",
    "site_type_detail",
    "site_type_list",
    "unsure_list",
]
