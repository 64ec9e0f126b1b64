"""The cockpit: shall we pass the gate, what is stuck, with whom."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from tongchuang.accounts.permissions import Request, requires
from tongchuang.assessment.gates import gate_rings
from tongchuang.campaigns import queries as campaigns
from tongchuang.campaigns.models import Campaign
from tongchuang.core import clock
from tongchuang.core.pages import render_page
from tongchuang.desk.queries import cockpit as queries


@requires("desk.cockpit")
@require_GET
def cockpit(request: Request) -> HttpResponse:
    at, user = clock.now(), request.user
    visible = campaigns.campaigns_for(user)
    chosen, shown = _chosen(request, visible)
    gate = campaigns.nearest_gate(user, on=at.date())
    context = {
        "at": at,
        "chosen": chosen,
        "gate": gate,
        "days_left": (gate.due_on - at.date()).days if gate and gate.due_on else None,
        "figures": queries.figures(user, at=at),
        "slips": queries.open_slips(user, at=at),
        "tasks": campaigns.task_counts(user, campaign=chosen, on=at.date()),
        "line": campaigns.gate_line(user, on=at.date(), readiness=gate_rings(visible)),
        "slow": queries.slow_hands(user, at=at),
        "late": queries.late_rows(user, at=at),
        "shown": shown,
        "states": queries.clause_states(shown) if shown else None,
    }
    return render_page(request, "desk/cockpit.html", context, fragment="live")


def _chosen(request: Request, visible: list[Campaign]) -> tuple[Campaign | None, Campaign | None]:
    """The campaign that was switched to (None: all), and the one whose clauses are shown."""
    switched = request.session.get("campaign")
    chosen = next((one for one in visible if one.pk == switched), None)
    main = next((one for one in visible if one.main), None)
    return chosen, chosen if chosen and chosen.framework_id else main
