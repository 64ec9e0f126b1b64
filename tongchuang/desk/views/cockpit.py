"""The cockpit: shall we pass the gate, what is stuck, with whom."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeVar

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_GET

from tongchuang.accounts.permissions import Request, requires
from tongchuang.assessment.gates import gate_rings
from tongchuang.campaigns import queries as campaigns
from tongchuang.campaigns.models import Campaign
from tongchuang.core import audit, clock
from tongchuang.core.pages import export_response, render_page
from tongchuang.core.tabular import Sheet
from tongchuang.desk import sheets
from tongchuang.desk.queries import cockpit as queries

T = TypeVar("T")


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


@requires("desk.cockpit")
@require_GET
def cockpit_export(request: Request, table: str) -> HttpResponse:
    """One table of the cockpit: the same rows as on the page, so the numbers agree."""
    if table not in _EXPORTS:
        raise Http404
    name, data = _EXPORTS[table](request, clock.now())
    audit.record(subject=request.user, action="export", by=request.user, reason=name)
    return export_response(data, f"{name} {clock.today().isoformat()}.xlsx")


def _export_gates(request: Request, at: datetime) -> tuple[str, bytes]:
    rings = gate_rings(campaigns.campaigns_for(request.user))
    line = campaigns.gate_line(request.user, on=at.date(), readiness=rings)
    return _exported(sheets.gate_sheet(), sheets.gate_rows(line))


def _export_flow(request: Request, at: datetime) -> tuple[str, bytes]:
    return _exported(sheets.flow_sheet(), queries.figures(request.user, at=at).flow)


def _export_hands(request: Request, at: datetime) -> tuple[str, bytes]:
    return _exported(sheets.hand_sheet(), queries.slow_hands(request.user, at=at))


def _export_late(request: Request, at: datetime) -> tuple[str, bytes]:
    return _exported(sheets.late_sheet(), queries.late_rows(request.user, at=at))


def _export_states(request: Request, _at: datetime) -> tuple[str, bytes]:
    _switched, shown = _chosen(request, campaigns.campaigns_for(request.user))
    states = queries.clause_states(shown) if shown else None
    return _exported(sheets.state_sheet(), states.chapters if states else [])


_EXPORTS: dict[str, Callable[[Request, datetime], tuple[str, bytes]]] = {
    "gates": _export_gates,
    "flow": _export_flow,
    "hands": _export_hands,
    "late": _export_late,
    "states": _export_states,
}


def _exported(sheet: Sheet[T], rows: Iterable[T]) -> tuple[str, bytes]:
    return sheet.name, sheet.export(rows)


def _chosen(request: Request, visible: list[Campaign]) -> tuple[Campaign | None, Campaign | None]:
    """The campaign that was switched to (None: all), and the one whose clauses are shown."""
    switched = request.session.get("campaign")
    chosen = next((one for one in visible if one.pk == switched), None)
    main = next((one for one in visible if one.main), None)
    return chosen, chosen if chosen and chosen.framework_id else main
