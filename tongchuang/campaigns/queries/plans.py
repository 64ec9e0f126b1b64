"""Reading 3+1 work plans."""

from django.db.models import QuerySet

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import reach
from tongchuang.campaigns.models import Campaign, WorkPlan


def plans(user: User, campaign: Campaign | None = None) -> QuerySet[WorkPlan]:
    """Work plans of units in the person's reach."""
    where = reach(user, "campaigns.view")
    rows = WorkPlan.objects.select_related("unit", "campaign", "signed_by")
    if campaign:
        rows = rows.filter(campaign=campaign)
    return rows if where.everything else rows.filter(unit__in=where.unit_ids)


def units_without_plan(campaign: Campaign) -> list[Unit]:
    """Scored units that have not begun a plan for the campaign."""
    have = WorkPlan.objects.filter(campaign=campaign).values("unit")
    return list(Unit.objects.filter(scored=True, active=True).exclude(pk__in=have))
