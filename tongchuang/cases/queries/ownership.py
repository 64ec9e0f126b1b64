"""Reading ownership sessions."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet

from tongchuang.accounts.models import Unit, User
from tongchuang.cases.models import Case, OwnershipSession
from tongchuang.core import audit


@dataclass(frozen=True, slots=True)
class Return:
    """One return of a case: who, when, on what basis, whom they named."""

    unit: Unit | None
    at: datetime
    why: str
    basis: str
    proposed: Unit | None


def session_list(user: User, status: str = "") -> QuerySet[OwnershipSession]:
    """The sessions that `user` may see, in one state or in all."""
    found = OwnershipSession.objects.visible_to(user).select_related(
        "case__city", "case__site", "case__lead", "case__territory", "interim", "lead", "ruled_by"
    )
    return found.filter(status=status) if status else found


def session_counts(user: User) -> dict[str, int]:
    """How many sessions stand in each state, and all under ""; one query."""
    rows = OwnershipSession.objects.visible_to(user).order_by().values_list("status")
    counts = dict.fromkeys(OwnershipSession.Status.values, 0)
    counts |= dict(rows.annotate(Count("pk")))
    return {"": sum(counts.values()), **counts}


def returns_of(case: Case) -> list[Return]:
    """Every return of a case in order; two queries."""
    events = list(audit.history(case).filter(action="return"))
    ids = {event.after.get(name) for event in events for name in ("from_unit", "proposed")}
    units = Unit.objects.in_bulk([pk for pk in ids if pk])
    return [
        Return(
            units.get(event.after.get("from_unit") or 0),
            event.at,
            event.after.get("why") or "",
            event.reason,
            units.get(event.after.get("proposed") or 0),
        )
        for event in events
    ]
