"""Pages of inspections."""

from tongchuang.inspections.views.records import photo, place_visits, visit_detail, visit_import
from tongchuang.inspections.views.rounds import (
    round_close,
    round_detail,
    round_draw,
    round_export,
    round_list,
    round_new,
    round_questions,
)
from tongchuang.inspections.views.visiting import my_visits, visit, visit_finish, visit_start

__all__ = [
    "my_visits",
    "photo",
    "place_visits",
    "round_close",
    "round_detail",
    "round_draw",
    "round_export",
    "round_list",
    "round_new",
    "round_questions",
    "visit",
    "visit_detail",
    "visit_finish",
    "visit_import",
    "visit_start",
]
