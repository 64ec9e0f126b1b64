"""Pages of standards."""

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
    "framework_detail",
    "framework_export",
    "framework_list",
    "measure_correct",
    "problem_class_detail",
    "problem_class_list",
    "site_type_detail",
    "site_type_list",
    "unsure_list",
]
