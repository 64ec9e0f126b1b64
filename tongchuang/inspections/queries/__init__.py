"""Reading rounds, visits and answers."""

from tongchuang.inspections.queries.asking import Feed, Union, feeds_of, served_by, union_of
from tongchuang.inspections.queries.figures import (
    ChecklistRates,
    FieldQuality,
    PassCount,
    VisitTotals,
    checklist_rates,
    field_quality,
    visit_totals,
)
from tongchuang.inspections.queries.rounds import (
    CoverageLine,
    coverage_by_street,
    coverage_by_type,
    drawn_sites,
    findings_of,
    redraw_agrees,
    round_figures,
    round_list,
)
from tongchuang.inspections.queries.route import (
    Stop,
    Todo,
    inspectors_of,
    route_of,
    todo_for,
    visited_today,
)
from tongchuang.inspections.queries.scope import scope_words, sites_in
from tongchuang.inspections.queries.visits import (
    answers_of,
    cases_to_check,
    failed_answers,
    item_history,
    items_of,
    visits_of_site,
)

__all__ = [
    "ChecklistRates",
    "CoverageLine",
    "Feed",
    "FieldQuality",
    "PassCount",
    "Stop",
    "Todo",
    "Union",
    "VisitTotals",
    "answers_of",
    "cases_to_check",
    "checklist_rates",
    "coverage_by_street",
    "coverage_by_type",
    "drawn_sites",
    "failed_answers",
    "feeds_of",
    "field_quality",
    "findings_of",
    "inspectors_of",
    "item_history",
    "items_of",
    "redraw_agrees",
    "round_figures",
    "round_list",
    "route_of",
    "scope_words",
    "served_by",
    "sites_in",
    "todo_for",
    "union_of",
    "visit_totals",
    "visited_today",
    "visits_of_site",
]
