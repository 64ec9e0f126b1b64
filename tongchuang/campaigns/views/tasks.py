"""Tasks and progress."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tongchuang.accounts.models import Unit
from tongchuang.accounts.permissions import Request, require, requires
from tongchuang.campaigns import queries, services
from tongchuang.campaigns.forms import BlockForm, ProgressForm, ReasonForm, TaskForm
from tongchuang.campaigns.models import TASK_FLOW, Task
from tongchuang.campaigns.rules import curve
from tongchuang.campaigns.sheets import task_sheet
from tongchuang.campaigns.views.campaigns import campaign_of
from tongchuang.core import audit, clock
from tongchuang.core.flow import WrongState
from tongchuang.core.pages import check_version, export_response, keyset, render_page
from tongchuang.core.sheet_views import sheet_import_page

FIELDS = ("title", "clause", "unit", "quantity", "quantity_unit", "weight", "starts_on", "due_on")


@requires("campaigns.view")
def task_list(request: Request) -> HttpResponse:
    today, campaign = clock.today(), _chosen(request)
    tab, unit = request.GET.get("tab", ""), _unit(request)
    tasks = queries.task_list(request.user, campaign=campaign, tab=tab, unit=unit, on=today)
    page = keyset(request, tasks, order=("due_on", "id"))
    counts = queries.task_counts(request.user, campaign=campaign, on=today)
    context = {
        "campaign": campaign,
        "page": page,
        "lines": queries.with_lag(page.rows, on=today),
        "tabs": [(name, words, counts[name]) for name, words in _tabs()],
        "tab": tab,
        "unit": unit,
    }
    return render_page(request, "campaigns/task_list.html", context, fragment="rows")


@requires("campaigns.view")
def task_detail(request: Request, pk: int) -> HttpResponse:
    return _page(request, _task(request, pk))


@requires("campaigns.assign")
def task_new(request: Request) -> HttpResponse:
    campaign = campaign_of(request)
    if campaign is None:
        return redirect("campaigns:list")
    form = TaskForm(
        request.POST or None, campaign=campaign, initial={"clause": request.GET.get("clause")}
    )
    if request.method == "POST" and form.is_valid():
        task = services.create_task(campaign, by=request.user, **form.cleaned_data)
        messages.success(request, _("已下达，并通知牵头单位。"))
        return redirect("campaigns:task_detail", pk=task.pk)
    context = {"form": form, "campaign": campaign, "task": None}
    return render_page(
        request, "campaigns/task_form.html", context, status=422 if form.errors else 200
    )


@requires("campaigns.assign")
def task_edit(request: Request, pk: int) -> HttpResponse:
    task = _task(request, pk)
    require(request.user, "campaigns.assign", task.campaign)
    initial = {name: getattr(getattr(task, name), "pk", getattr(task, name)) for name in FIELDS}
    form = TaskForm(request.POST or None, campaign=task.campaign, initial=initial)
    reason = ReasonForm(request.POST or None)
    if request.method == "POST":
        check_version(task, request)
        if form.is_valid() and reason.is_valid():
            services.change_task(task, by=request.user, **reason.cleaned_data, **form.cleaned_data)
            messages.success(request, _("已变更，旧版本保留，并通知牵头单位。"))
            return redirect("campaigns:task_detail", pk=pk)
    context = {"form": form, "reason": reason, "campaign": task.campaign, "task": task}
    return render_page(
        request, "campaigns/task_form.html", context, status=422 if form.errors else 200
    )


@requires("campaigns.progress")
@require_POST
def task_progress(request: Request, pk: int) -> HttpResponse:
    task = _task(request, pk)
    form = ProgressForm(request.POST, today=clock.today())
    if not form.is_valid():
        return _page(request, task, progress_form=form, status=422)
    try:
        services.report_progress(task, by=request.user, **form.cleaned_data)
    except services.ProgressRefused as fault:
        form.add_error("done", str(fault))
        return _page(request, task, progress_form=form, status=422)
    messages.success(request, _("进度已填报。"))
    return redirect("campaigns:task_detail", pk=pk)


@requires("campaigns.view")
@require_POST
def task_move(request: Request, pk: int, move: str) -> HttpResponse:
    """One move of the flow: block, unblock, submit, accept, send_back, cancel."""
    task = _task(request, pk)
    form = BlockForm(request.POST) if move == "block" else ReasonForm(request.POST)
    if move in {"block", "unblock", "send_back", "cancel"} and not form.is_valid():
        return _page(request, task, move_form=(move, form), status=422)
    try:
        _make_move(task, move, request, form.cleaned_data if form.is_valid() else {})
    except (services.ProgressRefused, WrongState) as fault:
        messages.error(request, str(fault))
        return _page(
            request, _task(request, pk), status=409 if isinstance(fault, WrongState) else 422
        )
    messages.success(request, _("已办理。"))
    return redirect("campaigns:task_detail", pk=pk)


@requires("campaigns.view")
def task_export(request: Request) -> HttpResponse:
    campaign = _chosen(request)
    tab, unit = request.GET.get("tab", ""), _unit(request)
    tasks = queries.task_list(request.user, campaign=campaign, tab=tab, unit=unit, on=clock.today())
    audit.record(
        subject=request.user,
        action="export_tasks",
        by=request.user,
        after={"filters": request.GET.dict()},
    )
    return export_response(
        task_sheet(campaign).export(tasks.order_by("due_on", "id")), _("任务.xlsx")
    )


@requires("campaigns.assign")
def task_import(request: Request) -> HttpResponse:
    sheet = task_sheet(campaign_of(request))
    return sheet_import_page(
        request, sheet, template="campaigns/task_import.html", back_url="campaigns:task_list"
    )


def _make_move(task: Task, move: str, request: Request, values: dict[str, Any]) -> None:
    by = request.user
    match move:
        case "block":
            services.block_task(task, by=by, **values)
        case "unblock":
            services.unblock_task(task, reason=values["reason"], by=by)
        case "submit":
            services.submit_task(task, by=by)
        case "accept":
            services.accept_task(task, on=clock.today(), by=by)
        case "send_back":
            services.send_back_task(task, reason=values["reason"], by=by)
        case "cancel":
            services.cancel_task(task, reason=values["reason"], by=by)


def _page(
    request: Request,
    task: Task,
    *,
    status: int = 200,
    progress_form: ProgressForm | None = None,
    move_form: tuple[str, Any] | None = None,
) -> HttpResponse:
    today = clock.today()
    reports = list(task.progress.select_related("by").order_by("-on", "-id"))
    points = curve(
        [(report.on, report.done) for report in reversed(reports)],
        quantity=task.quantity,
        starts_on=task.starts_on,
        due_on=task.due_on,
        until=today,
    )
    context = {
        "task": task,
        "lag": queries.task_lag(task, on=today),
        "reports": reports,
        "points": points,
        "chart": _chart(points),
        "moves": [
            (name, TASK_FLOW.moves[name].label) for name in TASK_FLOW.available(task, request.user)
        ],
        "progress_form": progress_form
        or ProgressForm(today=today, initial={"on": today, "done": task.done}),
        "block_form": BlockForm(),
        "reason_form": ReasonForm(),
        "move_form": move_form,
        "events": audit.history(task).order_by("-id")[:30],
        "today": today,
    }
    return render_page(request, "campaigns/task_detail.html", context, status=status)


def _chart(points: Any) -> dict[str, Any]:
    """The curve as a chart: shares in percent of the target."""
    return {
        "kind": "line",
        "unit": "%",
        "labels": [f"{point.on:%Y-%m-%d}" for point in points],
        "series": [
            {
                "name": _("序时"),
                "values": [round(float(point.expected) * 100, 1) for point in points],
            },
            {
                "name": _("实际"),
                "values": [
                    None if p.actual is None else round(float(p.actual) * 100, 1) for p in points
                ],
            },
        ],
    }


def _tabs() -> list[tuple[str, str]]:
    return [
        ("", _("全部")),
        ("behind", _("落后")),
        ("blocked", _("受阻")),
        ("submitted", _("待验收")),
        ("accepted", _("已完成")),
    ]


def _chosen(request: Request) -> Any:
    """The campaign of the address or the switcher; None means all."""
    named = request.GET.get("campaign") or request.session.get("campaign")
    return campaign_of(request) if named else None


def _task(request: Request, pk: int) -> Task:
    visible = Task.objects.visible_to(request.user).select_related(
        "unit", "clause", "campaign", "sponsor"
    )
    return get_object_or_404(visible, pk=pk)


def _unit(request: Request) -> Unit | None:
    code = request.GET.get("unit")
    found: Unit | None = Unit.objects.filter(code=code).first() if code else None
    return found
