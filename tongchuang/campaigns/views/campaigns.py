"""Campaigns and gates."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tongchuang.accounts.permissions import Request, require, requires
from tongchuang.campaigns import queries, services
from tongchuang.campaigns.forms import (
    CampaignForm,
    GateDatesForm,
    GateDecisionForm,
    PrerequisiteForm,
    ReviewDecisionForm,
)
from tongchuang.campaigns.models import Campaign, Gate
from tongchuang.campaigns.services.gates import closed_because
from tongchuang.campaigns.services.keeping import withdrawal_is_due
from tongchuang.core import audit, clock
from tongchuang.core.pages import check_version, render_page


def campaign_of(request: Request) -> Campaign | None:
    """The campaign of the address, else the one switched to, else the first with a standard."""
    campaigns = queries.campaigns_for(request.user)
    asked = request.GET.get("campaign") or ""
    chosen = request.session.get("campaign")
    by_code = next((one for one in campaigns if one.code == asked), None)
    switched = next((one for one in campaigns if one.pk == chosen), None)
    return by_code or switched or next((one for one in campaigns if one.framework_id), None)


def chosen_campaign(request: Request) -> Campaign | None:
    """The campaign of the address or the switcher; None means all."""
    named = request.GET.get("campaign") or request.session.get("campaign")
    return campaign_of(request) if named else None


@requires("campaigns.view")
def campaign_list(request: Request) -> HttpResponse:
    campaigns = Campaign.objects.visible_to(request.user).select_related("framework")
    context = {
        "campaigns": campaigns.prefetch_related("gates"),
        "line": queries.gate_line(request.user, on=clock.today(), readiness={}),
        "today": clock.today(),
    }
    return render_page(request, "campaigns/campaign_list.html", context)


@requires("campaigns.view")
def campaign_detail(request: Request, code: str) -> HttpResponse:
    campaign = _campaign(request, code)
    counts = queries.task_counts(request.user, campaign=campaign, on=clock.today())
    context = {
        "campaign": campaign,
        "deadlines": queries.deadlines(campaign, on=clock.today()),
        "task_total": counts[""],
        "gates": campaign.gates.prefetch_related("prerequisites__campaign"),
        "duties": queries.units_by_duty(campaign, request.user),
        "task_counts": counts,
        "without_plan": queries.units_without_plan(campaign),
        "today": clock.today(),
    }
    return render_page(request, "campaigns/campaign_detail.html", context)


@requires("campaigns.manage")
def campaign_new(request: Request) -> HttpResponse:
    form = CampaignForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        campaign = services.create_campaign(by=request.user, **form.cleaned_data)
        return redirect("campaigns:detail", code=campaign.code)
    status = 422 if form.errors else 200
    return render_page(request, "campaigns/campaign_form.html", {"form": form}, status=status)


@requires("campaigns.view")
@require_POST
def switch(request: Request) -> HttpResponse:
    """Remember one campaign, or all, for this session; back to the page it came from."""
    chosen = request.POST.get("campaign", "")
    known = {str(campaign.pk): campaign.pk for campaign in queries.campaigns_for(request.user)}
    request.session["campaign"] = known.get(chosen)
    back = request.POST.get("next", "")
    return redirect(back if _is_ours(request, back) else "campaigns:list")


@requires("campaigns.view")
def gate_detail(request: Request, pk: int) -> HttpResponse:
    gate = _gate(request, pk)
    return _gate_page(request, gate)


@requires("campaigns.manage")
@require_POST
def gate_decide(request: Request, pk: int) -> HttpResponse:
    gate = _gate(request, pk)
    check_version(gate, request)
    form = _decision_form(gate)(request.POST)
    if not form.is_valid():
        return _gate_page(request, gate, decision=form)
    try:
        services.decide_gate(gate, by=request.user, **form.cleaned_data)
    except services.Unavailable as reason:
        form.add_error("passed", str(reason))
        return _gate_page(request, gate, decision=form)
    messages.success(request, _("已记录结论。"))
    return redirect("campaigns:gate_detail", pk=pk)


@requires("campaigns.manage")
@require_POST
def gate_dates(request: Request, pk: int) -> HttpResponse:
    gate = _gate(request, pk)
    form = GateDatesForm(request.POST)
    if not form.is_valid():
        return _gate_page(request, gate, dates=form)
    services.set_gate_dates(gate, by=request.user, **form.cleaned_data)
    messages.success(request, _("已保存。"))
    return redirect("campaigns:gate_detail", pk=pk)


@requires("campaigns.manage")
@require_POST
def gate_prerequisite(request: Request, pk: int) -> HttpResponse:
    gate = _gate(request, pk)
    form = PrerequisiteForm(request.POST, gate=gate)
    if form.is_valid():
        try:
            services.add_prerequisite(gate, form.cleaned_data["prerequisite"], by=request.user)
        except services.Unavailable as reason:
            form.add_error("prerequisite", str(reason))
    if form.errors:
        return _gate_page(request, gate, prerequisite=form)
    return redirect("campaigns:gate_detail", pk=pk)


def _gate_page(
    request: Request,
    gate: Gate,
    *,
    decision: GateDecisionForm | None = None,
    dates: GateDatesForm | None = None,
    prerequisite: PrerequisiteForm | None = None,
) -> HttpResponse:
    context = {
        "gate": gate,
        "closed_because": closed_because(gate),
        "deadlines": queries.deadlines(gate, on=clock.today()),
        "days_left": (gate.due_on - clock.today()).days if gate.due_on else None,
        "decision": decision or _decision_form(gate)(initial=_proposed(gate)),
        "decidable": gate.waits or gate.kind == Gate.Kind.STAGE,
        "days_over": max((clock.today() - gate.due_on).days, 0) if gate.due_on else 0,
        "dates": dates
        or GateDatesForm(initial={"due_on": gate.due_on, "external_due_on": gate.external_due_on}),
        "prerequisite": prerequisite or PrerequisiteForm(gate=gate),
        "events": audit.history(gate).order_by("-id")[:30],
    }
    failed = any(form and form.errors for form in (decision, dates, prerequisite))
    return render_page(
        request, "campaigns/gate_detail.html", context, status=422 if failed else 200
    )


def _decision_form(gate: Gate) -> type[GateDecisionForm]:
    return ReviewDecisionForm if gate.kind == Gate.Kind.REVIEW else GateDecisionForm


def _proposed(gate: Gate) -> dict[str, object]:
    """Today; and after one suspension the rules say that a second failure withdraws the title."""
    title = gate.campaign.aims_at if gate.kind == Gate.Kind.REVIEW else None
    worse = title is not None and withdrawal_is_due(title)
    return {"on": clock.today(), "withdrawn": "yes" if worse else "no"}


def _campaign(request: Request, code: str) -> Campaign:
    visible = Campaign.objects.visible_to(request.user)
    return get_object_or_404(
        visible.select_related("framework", "process", "city", "aims_at"), code=code
    )


def _gate(request: Request, pk: int) -> Gate:
    visible = Campaign.objects.visible_to(request.user)
    gates = Gate.objects.filter(campaign__in=visible).select_related("campaign__aims_at")
    gate = get_object_or_404(gates, pk=pk)
    if request.method == "POST":
        require(request.user, "campaigns.manage", gate)
    return gate


def _is_ours(request: HttpRequest, address: str) -> bool:
    return url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()})
