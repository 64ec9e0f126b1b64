"""Consultation, change notes and the cause report."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tongchuang.accounts.models import Unit
from tongchuang.accounts.permissions import Request, requires
from tongchuang.campaigns import queries, services
from tongchuang.campaigns.forms import ObjectionForm, ObjectionRulingForm
from tongchuang.campaigns.models import OPINION_FLOW, Opinion, Task
from tongchuang.campaigns.sheets import change_sheet, obstacle_sheet, opinion_sheet
from tongchuang.campaigns.views.campaigns import chosen_campaign
from tongchuang.core import audit, clock
from tongchuang.core.pages import export_response, keyset, render_page


# Opinions
@requires("campaigns.view")
def opinion_list(request: Request) -> HttpResponse:
    campaign, tab = chosen_campaign(request), request.GET.get("tab", "")
    rows = queries.opinions(request.user, campaign=campaign, tab=tab)
    if request.GET.get("format") == "xlsx":
        audit.record(subject=request.user, action="export_opinions", by=request.user)
        return export_response(opinion_sheet().export(rows), _("征求意见.xlsx"))
    counts = queries.opinion_counts(request.user, campaign=campaign)
    context = {
        "campaign": campaign,
        "page": keyset(request, rows, order=("-asked_at", "id")),
        "tabs": [(name, words, counts[name]) for name, words in _opinion_tabs()],
        "tab": tab,
        "now": clock.now(),
    }
    return render_page(request, "campaigns/opinion_list.html", context, fragment="rows")


@requires("campaigns.view")
def opinion_detail(request: Request, pk: int) -> HttpResponse:
    return _page(request, _opinion(request, pk))


@requires("campaigns.plan")
@require_POST
def opinion_agree(request: Request, pk: int) -> HttpResponse:
    services.agree(_opinion(request, pk), by=request.user)
    messages.success(request, _("已答复同意。"))
    return redirect("campaigns:opinion_detail", pk=pk)


@requires("campaigns.sign_plan")
@require_POST
def opinion_object(request: Request, pk: int) -> HttpResponse:
    opinion, form = _opinion(request, pk), ObjectionForm(request.POST)
    if form.is_valid():
        try:
            services.object_to(opinion, by=request.user, **form.cleaned_data)
        except services.NotReady as fault:
            form.add_error(None, str(fault))
        else:
            messages.success(request, _("异议已提交，指挥部办公室 2 个工作日内裁定。"))
            return redirect("campaigns:opinion_detail", pk=pk)
    return _page(request, opinion, objection=form, status=422)


@requires("campaigns.manage")
@require_POST
def opinion_rule(request: Request, pk: int) -> HttpResponse:
    opinion, form = _opinion(request, pk), ObjectionRulingForm(request.POST)
    if form.is_valid():
        values = form.cleaned_data
        try:
            if values["upheld"]:
                services.uphold(
                    opinion,
                    reason=values["reason"],
                    new_owner=values["new_owner"],
                    by=request.user,
                )
            else:
                services.reject(opinion, reason=values["reason"], by=request.user)
        except services.NotReady as fault:
            form.add_error(None, str(fault))
        else:
            messages.success(request, _("已裁定，并通知单位。"))
            return redirect("campaigns:opinion_detail", pk=pk)
    return _page(request, opinion, ruling=form, status=422)


def _page(
    request: Request,
    opinion: Opinion,
    *,
    status: int = 200,
    objection: ObjectionForm | None = None,
    ruling: ObjectionRulingForm | None = None,
) -> HttpResponse:
    context = {
        "opinion": opinion,
        "moves": OPINION_FLOW.available(opinion, request.user),
        "objection": objection or ObjectionForm(),
        "ruling": ruling or ObjectionRulingForm(initial={"new_owner": opinion.proposed_owner_id}),
        "events": audit.history(opinion).order_by("-id")[:30],
        "now": clock.now(),
    }
    return render_page(request, "campaigns/opinion_detail.html", context, status=status)


def _opinion(request: Request, pk: int) -> Opinion:
    return get_object_or_404(queries.opinions(request.user, campaign=None), pk=pk)


def _opinion_tabs() -> list[tuple[str, str]]:
    return [
        ("", _("全部")),
        ("waiting", _("待答复")),
        ("objected", _("异议待裁定")),
        ("ruled", _("已裁定")),
        ("agreed", _("同意")),
        ("silent", _("视为同意")),
    ]


# Change notes
@requires("campaigns.view")
def change_list(request: Request) -> HttpResponse:
    campaign = chosen_campaign(request)
    rows = queries.change_notes(request.user, campaign=campaign)
    if request.GET.get("format") == "xlsx":
        audit.record(subject=request.user, action="export_changes", by=request.user)
        return export_response(change_sheet().export(rows), _("变更单.xlsx"))
    context = {"campaign": campaign, "page": keyset(request, rows, order=("-at", "-id"))}
    return render_page(request, "campaigns/change_list.html", context, fragment="rows")


@requires("campaigns.view")
def change_detail(request: Request, pk: int) -> HttpResponse:
    note = get_object_or_404(queries.change_notes(request.user, campaign=None), pk=pk)
    return render_page(request, "campaigns/change_detail.html", {"note": note})


# What is blocked
@requires("campaigns.view")
def obstacle_list(request: Request) -> HttpResponse:
    """The cause report: blocked tasks by cause, unit and campaign, and the matters themselves."""
    campaign, cause, at = chosen_campaign(request), request.GET.get("cause", ""), clock.now()
    code = request.GET.get("unit")
    unit = Unit.objects.filter(code=code).first() if code else None
    every = queries.blocked_matters(request.user, campaign=campaign)
    rows = queries.blocked_matters(request.user, campaign=campaign, cause=cause, unit=unit)
    if request.GET.get("format") == "xlsx":
        audit.record(subject=request.user, action="export_obstacles", by=request.user)
        return export_response(obstacle_sheet(at).export(rows), _("受阻事项.xlsx"))
    context = {
        "campaign": campaign,
        "report": queries.cause_report(every, at=at),
        "page": keyset(request, rows, order=("since", "id")),
        "causes": Task.Cause.choices,
        "cause": cause,
        "unit": unit,
        "now": at,
    }
    return render_page(request, "campaigns/obstacle_list.html", context)
