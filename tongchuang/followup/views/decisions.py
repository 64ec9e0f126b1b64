"""What people decide on the lists: a reason, a target, a key difficulty."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tongchuang.accounts.permissions import Request, require, requires
from tongchuang.campaigns.models import Campaign
from tongchuang.core import clock
from tongchuang.core.pages import check_version, render_page
from tongchuang.priorities import queries as priorities
from tongchuang.priorities import services
from tongchuang.priorities.forms import (
    DeferralForm,
    DifficultyForm,
    EndForm,
    NoteForm,
    TargetForm,
)
from tongchuang.priorities.models import Deferral, Difficulty, Target
from tongchuang.priorities.views import campaign_of
from tongchuang.standards.models import Clause, Measure


# Reasons
@requires("priorities.explain")
def reason_new(request: Request, clause: str) -> HttpResponse:
    """Why a weak clause has no task now."""
    campaign, found = _place(request, clause)
    duty = priorities.duty_of(campaign, found)
    if duty is not None:
        require(request.user, "priorities.explain", duty)
    form = DeferralForm(request.POST or None, today=clock.today())
    if request.method == "POST" and form.is_valid():
        try:
            services.defer_clause(
                campaign, found, at=clock.now(), by=request.user, **form.cleaned_data
            )
        except services.Refused as fault:
            form.add_error(None, str(fault))
        else:
            messages.success(request, _("已报批；批准以前这一条仍算短板无任务。"))
            return _back(campaign, "followup:weak_list")
    context = {"form": form, "campaign": campaign, "clause": found, "duty": duty}
    return _form(request, "followup/reason_form.html", context, form)


@requires("assessment.view")
@require_POST
def reason_move(request: Request, pk: int, move: str) -> HttpResponse:
    """Approve, refuse or take back a reason."""
    seen = Campaign.objects.visible_to(request.user)
    rows = Deferral.objects.filter(campaign__in=seen).select_related("campaign", "clause")
    found = get_object_or_404(rows, pk=pk)
    if move not in Deferral.FLOW.moves:
        raise Http404
    require(request.user, Deferral.FLOW.moves[move].action, found)
    check_version(found, request)
    form = NoteForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    try:
        if move == "end":
            services.end_deferral(found, at=clock.now(), by=request.user)
        else:
            services.decide_deferral(
                found, approve=move == "approve", note=note, at=clock.now(), by=request.user
            )
    except services.Refused as fault:
        messages.error(request, str(fault))
    else:
        messages.success(request, _("已办理。"))
    return _back(found.campaign, "followup:weak_list")


# Targets
@requires("priorities.decide")
def target_set(request: Request, measure: str) -> HttpResponse:
    """Our own target for a measure, or the end of it."""
    found = get_object_or_404(Measure.objects.select_related("clause__framework"), code=measure)
    campaign = campaign_of(request)
    if campaign is None or campaign.framework_id != found.clause.framework_id:
        raise Http404
    require(request.user, "priorities.decide", campaign)
    old = priorities.targets_of(campaign).get(found.pk)
    if request.method == "POST" and "end" in request.POST and old:
        check_version(old, request)
        services.end_target(old, on=clock.today(), reason=_("回到标准的线"), by=request.user)
        messages.success(request, _("已停用争先目标，回到标准的线。"))
        return _back(campaign, "followup:strength_list")
    initial = {"value": old.value.normalize(), "reach_on": old.reach_on} if old else {}
    form = TargetForm(request.POST or None, measure=found, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.set_target(
                campaign, found, on=clock.today(), by=request.user, **form.cleaned_data
            )
        except services.Refused as fault:
            form.add_error("value", str(fault))
        else:
            messages.success(request, _("已定争先目标；下一次自评按它判优势。"))
            return _back(campaign, "followup:strength_list")
    past = Target.objects.filter(campaign=campaign, measure=found).select_related("set_by")
    context = {
        "form": form,
        "campaign": campaign,
        "measure": found,
        "old": old,
        "past": past.order_by("-id")[:12],
    }
    return _form(request, "followup/target_form.html", context, form)


# Key difficulties
@requires("priorities.decide")
def key_edit(request: Request, clause: str) -> HttpResponse:
    """Take a clause up as a key difficulty, or write on."""
    campaign, found = _place(request, clause)
    require(request.user, "priorities.decide", campaign)
    old = priorities.difficulties_of(campaign).get(found.pk)
    form = DifficultyForm(
        request.POST or None,
        campaign=campaign,
        user=request.user,
        initial=_initial(request, campaign, found, old),
    )
    if request.method == "POST":
        if old:
            check_version(old, request)
        if form.is_valid():
            services.name_difficulty(
                campaign, found, on=clock.today(), by=request.user, **form.cleaned_data
            )
            messages.success(request, _("已列入难点重点清单，并通知牵头单位。"))
            return _back(campaign, "followup:key_list")
    context = {
        "form": form,
        "end_form": EndForm(),
        "campaign": campaign,
        "clause": found,
        "old": old,
    }
    return _form(request, "followup/key_form.html", context, form)


@requires("priorities.decide")
@require_POST
def key_end(request: Request, clause: str) -> HttpResponse:
    """Strike a key difficulty off."""
    campaign, found = _place(request, clause)
    old = priorities.difficulties_of(campaign).get(found.pk)
    if old is None:
        raise Http404
    require(request.user, "priorities.decide", campaign)
    check_version(old, request)
    form = EndForm(request.POST)
    if form.is_valid():
        services.end_difficulty(old, on=clock.today(), by=request.user, **form.cleaned_data)
        messages.success(request, _("已销号。"))
        return _back(campaign, "followup:key_list")
    initial = _initial(request, campaign, found, old)
    context = {
        "form": DifficultyForm(campaign=campaign, user=request.user, initial=initial),
        "end_form": form,
        "campaign": campaign,
        "clause": found,
        "old": old,
    }
    return _form(request, "followup/key_form.html", context, form)


def _initial(
    request: Request, campaign: Campaign, clause: Clause, old: Difficulty | None
) -> dict[str, Any]:
    """What was decided, else who answers for the clause."""
    if old:
        return {
            "matter": old.matter,
            "sponsor": old.sponsor_id,
            "unit": old.unit_id,
            "next_step": old.next_step,
            "next_on": old.next_on,
            "project": old.project_id,
            "paper": old.paper,
        }
    duty = priorities.duty_of(campaign, clause)
    return {
        "unit": duty.lead_id if duty else None,
        "sponsor": duty.sponsor_id if duty else None,
        "project": request.GET.get("project"),
    }


def _place(request: Request, code: str) -> tuple[Campaign, Clause]:
    """The campaign and the clause of its standard that the address names; else 404."""
    campaign = campaign_of(request)
    if campaign is None:
        raise Http404
    return campaign, get_object_or_404(Clause, code=code, framework=campaign.framework_id)


def _back(campaign: Campaign, name: str) -> HttpResponse:
    response = redirect(name)
    response["Location"] += f"?campaign={campaign.code}"
    return response


def _form(request: Request, template: str, context: dict[str, Any], form: Any) -> HttpResponse:
    return render_page(request, template, context, status=422 if form.errors else 200)
