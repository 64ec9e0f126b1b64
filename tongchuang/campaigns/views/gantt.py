"""The plan as bars, and the proposals that follow from late tasks."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tongchuang.accounts.models import Unit
from tongchuang.accounts.permissions import Request, can, require, requires
from tongchuang.campaigns import queries
from tongchuang.campaigns.forms import MoveForm
from tongchuang.campaigns.models import Task
from tongchuang.campaigns.queries import gantt as plan
from tongchuang.campaigns.services.slips import Outdated, accept_move
from tongchuang.campaigns.slips import Circular
from tongchuang.core import clock
from tongchuang.core.pages import render_page


@requires("campaigns.view")
@require_GET
def gantt(request: Request) -> HttpResponse:
    today = clock.today()
    listed = queries.campaigns_for(request.user)
    asked = request.GET.get("campaign", "")
    campaign = next((one for one in listed if one.code == asked), None)
    code = request.GET.get("unit", "")
    unit = Unit.objects.filter(code=code).first() if code else None
    tasks = plan.plan_tasks(request.user, campaign=campaign, unit=unit, on=today)
    span = plan.plan_span(tasks)
    size = 10_000 if request.GET.get("rows") == "all" else plan.ROWS
    page = Paginator(tasks, size).get_page(request.GET.get("page"))
    rows = plan.plan_rows(list(page.object_list), on=today)
    context: dict[str, Any] = {
        "page": page,
        "rows": rows,
        "campaign": campaign,
        "unit": unit,
        "campaigns": [(one.code, one.title) for one in listed],
    }
    if span:
        gates = plan.open_gates(request.user, campaign) if campaign else []
        context["chart"] = plan.plan_gantt(rows, span=span, gates=gates, on=today)
    return render_page(request, "campaigns/gantt.html", context, fragment="window")


@requires("campaigns.view")
@require_GET
def slip_list(request: Request) -> HttpResponse:
    return _slips(request)


@requires("campaigns.assign")
@require_POST
def slip_accept(request: Request, pk: int) -> HttpResponse:
    task = get_object_or_404(Task.objects.visible_to(request.user), pk=pk)
    require(request.user, "campaigns.assign", task.campaign)
    form = MoveForm(request.POST, auto_id=f"task-{pk}-%s")
    if not form.is_valid():
        return _slips(request, failed=(pk, form))
    try:
        accept_move(task, on=clock.today(), by=request.user, **form.cleaned_data)
    except Outdated:
        messages.error(
            request, _("前面的任务又有变化，这条建议已经不是原来的日期，没有改动。请重看。")
        )
        return redirect("campaigns:slip_list")
    messages.success(request, _("已改期，旧版本保留，并通知牵头单位。其他任务没有动。"))
    return redirect("campaigns:slip_list")


def _slips(request: Request, *, failed: tuple[int, MoveForm] | None = None) -> HttpResponse:
    circular = False
    try:
        found = plan.proposals(request.user, on=clock.today())
    except Circular:
        found, circular = [], True
    shown = []
    for one in found:
        initial = {"starts_on": one.move.starts_on, "due_on": one.move.due_on}
        wrong = failed[1] if failed and failed[0] == one.task.pk else None
        form = wrong or MoveForm(initial=initial, auto_id=f"task-{one.task.pk}-%s")
        may = can(request.user, "campaigns.assign", one.task.campaign)
        shown.append((one, form if may else None))
    context = {"shown": shown, "circular": circular}
    status = 422 if failed else 200
    return render_page(request, "campaigns/slip_list.html", context, status=status)
