"""Every change to rounds, visits and answers."""

from tongchuang.inspections.services.finishing import (
    Incomplete,
    Missing,
    finish_visit,
    propose_class,
    what_is_missing,
)
from tongchuang.inspections.services.imports import PastVisit, import_visits
from tongchuang.inspections.services.planning import (
    Refused,
    close_round,
    draw_round,
    plan_round,
    why_not_visit,
)
from tongchuang.inspections.services.visiting import (
    Given,
    Position,
    answer_item,
    answer_items,
    start_visit,
)

__all__ = [
    "Given",
    "Incomplete",
    "Missing",
    "PastVisit",
    "Position",
    "Refused",
    "answer_item",
    "answer_items",
    "close_round",
    "draw_round",
    "finish_visit",
    "import_visits",
    "plan_round",
    "propose_class",
    "start_visit",
    "what_is_missing",
    "why_not_visit",
]
