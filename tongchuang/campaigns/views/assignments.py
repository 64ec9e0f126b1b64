"""Who answers for which clause."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tongchuang.accounts.models import Unit
from tongchuang.accounts.permissions import Request, require, requires
from tongchuang.campaigns import queries, services
from tongchuang.campaigns.forms import AssignmentForm, PaperForm
from tongchuang.campaigns.models import Assignment, AssignmentHelper, Campaign, Relation
from tongchuang.campaigns.sheets import assignment_sheet, relation_sheet
from tongchuang.campaigns.views.campaigns import campaign_of
from tongchuang.core import audit, clock
from tongchuang.core.pages import check_version, export_response, render_page
from tongchuang.standards.models import Clause


@requires("campaigns.view")
def assignment_list(request: Request) -> HttpResponse:
    campaign = campaign_of(request)
    unit = _unit(request)
    duties = queries.duties(campaign, request.user, unit=unit) if campaign else []
    if request.GET.get("only") == "open":
        duties = [duty for duty in duties if duty.assignment is None]
    context = {
        "campaign": campaign,
        "duties": duties,
        "units": [(u.code, u.label) for u, _n in queries.units_by_duty(campaign, request.user)]
        if campaign
        else [],
        "unit": unit,
        "stages": queries.assignment_stages(campaign) if campaign else {},
    }
    return render_page(request, "campaigns/assignment_list.html", context, fragment="rows")


@requires("campaigns.assign")
def assignment_edit(request: Request, campaign: str, clause: str) -> HttpResponse:
    target = _campaign(request, campaign)
    require(request.user, "campaigns.assign", target)
    article = get_object_or_404(Clause, code=clause, framework=target.framework_id)
    row = Assignment.objects.filter(campaign=target, clause=article).first()
    beside = list(row.helper_rows.select_related("unit").order_by("unit__path")) if row else []
    form = AssignmentForm(request.POST or None, initial=_initial(row, beside), beside=beside)
    if request.method == "POST":
        if row:
            check_version(row, request)
        if form.is_valid():
            saved = services.assign(target, article, by=request.user, **form.values)
            messages.success(request, _("已保存，并通知新旧牵头单位。"))
            known = {one.unit_id for one in beside}
            if saved.helper_rows.exclude(unit__in=known).exists():
                messages.info(request, _("请写明新加单位的承担内容。"))
                return redirect("campaigns:assignment_edit", target.code, article.code)
            return redirect(reverse("campaigns:assignment_list") + f"?campaign={target.code}")
    context = {"campaign": target, "clause": article, "assignment": row, "form": form}
    status = 422 if form.errors else 200
    return render_page(request, "campaigns/assignment_form.html", context, status=status)


@requires("campaigns.assign")
def assignment_rule(request: Request, campaign: str) -> HttpResponse:
    """What the rule proposes; written only after the button is pressed."""
    target = _campaign(request, campaign)
    require(request.user, "campaigns.assign", target)
    if request.method == "POST":
        plan = services.assign_by_rule(target, by=request.user)
        messages.success(request, _("已按规则分工 %(n)s 条。") % {"n": len(plan.proposed)})
        return redirect(reverse("campaigns:assignment_list") + f"?campaign={target.code}")
    context = {"campaign": target, "plan": services.plan_assignments(target)}
    return render_page(request, "campaigns/assignment_rule.html", context)


@requires("campaigns.assign")
@require_POST
def assignment_consult(request: Request, campaign: str) -> HttpResponse:
    """Send every draft of the campaign out for consultation."""
    count = services.consult_assignments(_campaign(request, campaign), by=request.user)
    messages.success(
        request, _("已就 %(n)s 项分工征求意见，单位有 3 个工作日答复。") % {"n": count}
    )
    return redirect(reverse("campaigns:opinion_list") + f"?campaign={campaign}")


@requires("campaigns.approve")
def assignment_issue(request: Request, campaign: str) -> HttpResponse:
    """Approve and issue what no unit still has to answer for, under a document number."""
    target = _campaign(request, campaign)
    require(request.user, "campaigns.approve", target)
    form = PaperForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            count = services.issue_assignments(target, by=request.user, **form.cleaned_data)
        except services.NotReady as fault:
            form.add_error(None, str(fault))
        else:
            messages.success(request, _("已下达 %(n)s 项分工，并通知单位。") % {"n": count})
            return redirect(reverse("campaigns:assignment_list") + f"?campaign={campaign}")
    context = {"campaign": target, "form": form, "stages": queries.assignment_stages(target)}
    status = 422 if form.errors else 200
    return render_page(request, "campaigns/assignment_issue.html", context, status=status)


@requires("campaigns.view")
def joint_board(request: Request) -> HttpResponse:
    """Matters that several units share, and how units stand to all matters."""
    campaign = campaign_of(request)
    matters = queries.joint_matters(campaign, request.user, on=clock.today()) if campaign else []
    counts = queries.relation_counts(campaign, request.user) if campaign else []
    if campaign and request.GET.get("format") == "xlsx":
        audit.record(subject=campaign, action="export_relations", by=request.user)
        return export_response(relation_sheet().export(counts), _("责任方式统计.xlsx"))
    context = {"campaign": campaign, "matters": matters, "counts": counts}
    return render_page(request, "campaigns/joint_board.html", context)


@requires("campaigns.view")
def assignment_export(request: Request, campaign: str) -> HttpResponse:
    target = _campaign(request, campaign)
    rows = Assignment.objects.visible_to(request.user).filter(campaign=target)
    rows = (
        rows.select_related("clause", "lead", "sponsor")
        .prefetch_related("helper_rows__unit", "territories__unit")
        .order_by("clause__ordinal")
    )
    audit.record(subject=target, action="export_assignments", by=request.user)
    return export_response(assignment_sheet().export(rows), _("责任分解表.xlsx"))


@requires("campaigns.view")
def duty_list(request: Request, campaign: str, unit: str) -> HttpResponse:
    """What one unit answers for, to print and sign."""
    target = _campaign(request, campaign)
    owner = get_object_or_404(Unit, code=unit)
    duties = queries.duties(target, request.user, unit=owner)
    context = {"campaign": target, "unit": owner, "duties": duties}
    return render_page(request, "campaigns/duty_list.html", context)


def _campaign(request: Request, code: str) -> Campaign:
    return get_object_or_404(Campaign.objects.visible_to(request.user), code=code)


def _unit(request: Request) -> Unit | None:
    code = request.GET.get("unit")
    found: Unit | None = Unit.objects.filter(code=code).first() if code else None
    return found


def _initial(row: Assignment | None, beside: list[AssignmentHelper]) -> dict[str, object]:
    if row is None:
        return {}
    return {
        "lead": row.lead_id,
        "helpers": [one.unit_id for one in beside if one.kind == Relation.SUPPORT],
        "joint": [one.unit_id for one in beside if one.kind == Relation.JOINT],
        "sponsor": row.sponsor_id,
        "reason": row.reason,
    }
