"""3+1 work plans."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tongchuang.accounts.models import Unit
from tongchuang.accounts.permissions import Request, reach, require, requires
from tongchuang.accounts.queries import show_as_of
from tongchuang.campaigns import queries, services
from tongchuang.campaigns.forms import (
    DISPATCH_CELLS,
    ROW_SLOTS,
    ReasonForm,
    read_dispatch,
    read_rows,
)
from tongchuang.campaigns.models import PLAN_FLOW, WorkPlan
from tongchuang.campaigns.rules import missing_slots
from tongchuang.campaigns.services.plans import FIELDS, SLOT_WORDS
from tongchuang.campaigns.views.campaigns import campaign_of
from tongchuang.core import audit
from tongchuang.core.pages import check_version, keyset, render_page


@requires("campaigns.view")
def plan_list(request: Request) -> HttpResponse:
    campaign = campaign_of(request)
    plans = queries.plans(request.user, campaign)
    status = request.GET.get("status", "")
    if status == "open":
        plans = plans.filter(status__in=[WorkPlan.Status.DRAFT, WorkPlan.Status.RETURNED])
    elif status:
        plans = plans.filter(status=status)
    context = {
        "campaign": campaign,
        "page": keyset(request, plans, order=("unit__path", "id")),
        "statuses": [("open", _("待签报")), *WorkPlan.Status.choices],
        "without_plan": queries.units_without_plan(campaign) if campaign else [],
        "may_open": _may_open(request),
    }
    return render_page(request, "campaigns/plan_list.html", context, fragment="rows")


@requires("campaigns.plan")
@require_POST
def plan_open(request: Request) -> HttpResponse:
    """Begin the plan of a unit of this person."""
    campaign = campaign_of(request)
    unit = get_object_or_404(Unit, pk=request.POST.get("unit"))
    if campaign is None:
        return redirect("campaigns:plan_list")
    plan = services.open_plan(campaign, unit, by=request.user)
    return redirect("campaigns:plan_edit", pk=plan.pk)


@requires("campaigns.view")
def plan_detail(request: Request, pk: int) -> HttpResponse:
    return _page(request, _plan(request, pk))


@requires("campaigns.plan")
def plan_edit(request: Request, pk: int) -> HttpResponse:
    """The five slots as rows; "add a row" is a button of the same form, so it needs no script."""
    plan = _plan(request, pk)
    require(request.user, "campaigns.plan", plan)
    slots = {name: getattr(plan, name) for name in FIELDS}
    if request.method == "POST":
        check_version(plan, request)
        slots = {name: read_rows(request.POST, name) for name in ROW_SLOTS}
        slots["dispatch"] = read_dispatch(request.POST)
        if "add" not in request.POST:
            services.edit_plan(plan, by=request.user, **slots)
            messages.success(request, _("已保存。"))
            return redirect("campaigns:plan_detail", pk=pk)
    context = {"plan": plan, "slots": _editable(slots, request.POST.get("add", ""))}
    return render_page(request, "campaigns/plan_form.html", context)


@requires("campaigns.sign_plan")
@require_POST
def plan_submit(request: Request, pk: int) -> HttpResponse:
    plan = _plan(request, pk)
    try:
        services.submit_plan(plan, by=request.user)
    except services.IncompletePlan as gap:
        messages.error(request, str(gap))
        return _page(request, plan, status=422)
    messages.success(request, _("已签报。"))
    return redirect("campaigns:plan_detail", pk=pk)


@requires("campaigns.approve")
@require_POST
def plan_approve(request: Request, pk: int) -> HttpResponse:
    services.approve_plan(_plan(request, pk), by=request.user)
    messages.success(request, _("已批准。"))
    return redirect("campaigns:plan_detail", pk=pk)


@requires("campaigns.approve")
@require_POST
def plan_return(request: Request, pk: int) -> HttpResponse:
    plan = _plan(request, pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, plan, return_form=form, status=422)
    services.return_plan(plan, reason=form.cleaned_data["reason"], by=request.user)
    messages.success(request, _("已退回。"))
    return redirect("campaigns:plan_detail", pk=pk)


def _page(
    request: Request, plan: WorkPlan, *, status: int = 200, return_form: ReasonForm | None = None
) -> HttpResponse:
    values = {name: getattr(plan, name) for name in FIELDS}
    missing = missing_slots(values)
    show_as_of([(plan.unit, plan.signed_at)])  # a draft is of the unit of today
    context = {
        "plan": plan,
        "slots": _shown(values, missing),
        "missing": [SLOT_WORDS[slot] for slot in missing],
        "moves": PLAN_FLOW.available(plan, request.user),
        "return_form": return_form or ReasonForm(),
        "events": audit.history(plan).order_by("-id")[:30],
    }
    return render_page(request, "campaigns/plan_detail.html", context, status=status)


def _shown(values: dict[str, Any], missing: list[str]) -> list[dict[str, Any]]:
    """The five slots as tables of words."""
    shown = []
    for slot, name in zip(SLOT_WORDS, FIELDS, strict=True):
        cells = ROW_SLOTS.get(name, DISPATCH_CELLS)
        rows = values[name] if name in ROW_SLOTS else [values[name]] if values[name] else []
        shown.append(
            {
                "words": SLOT_WORDS[slot],
                "missing": slot in missing,
                "heads": [label for _cell, label, _kind, _needed in cells],
                "rows": [[row.get(cell, "") for cell, _l, _k, _n in cells] for row in rows],
            }
        )
    return shown


def _editable(values: dict[str, Any], add: str) -> list[dict[str, Any]]:
    """The five slots as rows of inputs, with an empty row where one was asked for or none is."""
    slots = []
    for slot, name in zip(SLOT_WORDS, FIELDS, strict=True):
        cells = ROW_SLOTS.get(name, DISPATCH_CELLS)
        rows = list(values[name]) if name in ROW_SLOTS else [values[name] or {}]
        if not rows or add == name:
            rows.append({})
        inputs = [
            [
                {
                    "name": f"{name}-{cell}",
                    "label": label,
                    "type": kind,
                    "needed": needed,
                    "value": row.get(cell, ""),
                }
                for cell, label, kind, needed in cells
            ]
            for row in rows
        ]
        slots.append(
            {"name": name, "words": SLOT_WORDS[slot], "rows": inputs, "grows": name in ROW_SLOTS}
        )
    return slots


def _plan(request: Request, pk: int) -> WorkPlan:
    return get_object_or_404(queries.plans(request.user), pk=pk)


def _may_open(request: Request) -> list[Unit]:
    """Units of this person without a plan in the chosen campaign."""
    campaign = campaign_of(request)
    if campaign is None:
        return []
    where = reach(request.user, "campaigns.plan")
    return [unit for unit in queries.units_without_plan(campaign) if unit.pk in where.unit_ids]
