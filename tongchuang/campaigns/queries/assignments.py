"""Reading who answers for which clause."""

from dataclasses import dataclass

from django.db.models import Count

from tongchuang.accounts.models import Unit, User
from tongchuang.campaigns.models import Assignment, Campaign
from tongchuang.standards.models import Clause


@dataclass(frozen=True, slots=True)
class ClauseDuty:
    """A clause with its assignment, if it has one."""

    clause: Clause
    assignment: Assignment | None


def duties(campaign: Campaign, user: User, *, unit: Unit | None = None) -> list[ClauseDuty]:
    """Articles and requirements of the campaign's standard with who answers for them."""
    levels = [Clause.Level.ARTICLE, Clause.Level.REQUIREMENT]
    clauses = Clause.objects.filter(framework=campaign.framework_id, level__in=levels).order_by(
        "ordinal"
    )
    rows = Assignment.objects.visible_to(user).filter(campaign=campaign)
    rows = rows.select_related("lead", "sponsor").prefetch_related("helper_rows__unit")
    by_clause = {row.clause_id: row for row in rows}
    found = [
        ClauseDuty(clause, by_clause.get(clause.pk)) for clause in clauses.select_related("parent")
    ]
    if unit is None:
        return found
    return [duty for duty in found if duty.assignment and _concerns(duty.assignment, unit)]


def _concerns(assignment: Assignment, unit: Unit) -> bool:
    return assignment.lead_id == unit.pk or any(
        row.unit_id == unit.pk for row in assignment.helper_rows.all()
    )


def units_by_duty(campaign: Campaign, user: User) -> list[tuple[Unit, int]]:
    """Units with the number of clauses of the present edition they lead, most first."""
    rows = Assignment.objects.visible_to(user).filter(
        campaign=campaign, clause__framework=campaign.framework_id
    )
    rows = rows.order_by()
    counts = dict(rows.values_list("lead").annotate(Count("id")))
    units = Unit.objects.filter(pk__in=counts)
    return sorted(((unit, counts[unit.pk]) for unit in units), key=lambda pair: -pair[1])


def lead_units(campaign: Campaign) -> dict[int, set[int]]:
    """For every clause key the units that lead or help with it."""
    found: dict[int, set[int]] = {}
    rows = Assignment.objects.filter(campaign=campaign).order_by()
    for clause, lead, helper in rows.values_list("clause", "lead", "helper_rows__unit"):
        found.setdefault(clause, set()).update(pk for pk in (lead, helper) if pk)
    return found
