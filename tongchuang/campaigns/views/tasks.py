"""Tasks and progress."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tongchuang.accounts.models import Unit
from tongchuang.accounts.permissions import Request, can, require, requires
from tongchuang.campaigns import queries, services
from tongchuang.campaigns.forms import (
    BlockForm,
    KeepUpForm,
    PaperForm,
    ProgressForm,
    ReasonForm,
    RulingForm,
    TaskForm,
)
from tongchuang.campaigns.models import TASK_FLOW, Task
from tongchuang.campaigns.rules import curve
from tongchuang.campaigns.sheets import task_sheet
from tongchuang.campaigns.views.campaigns import campaign_of, chosen_campaign
from tongchuang.core import audit, clock
from tongchuang.core.flow import WrongState
from tongchuang.core.pages import check_version, export_response, keyset, render_page
from tongchuang.core.sheet_views import sheet_import_page

FIELDS = (
    "title",
    "clause",
    "unit",
    "sponsor",
    "person",
    "quantity",
    "quantity_unit",
    "weight",
    "starts_on",
    "due_on",
)

# What a move asks for; the others are one button.
MOVE_FORMS: dict[str, type[forms.Form]] = {
    "issue": PaperForm,
    "block": BlockForm,
    "unblock": RulingForm,
    "send_back": ReasonForm,
    "keep_up": KeepUpForm,
    "reopen": ReasonForm,
    "cancel": ReasonForm,
}
MOVES: dict[str, Callable[..., Task]] = {
    "consult": services.consult_task,
    "issue": services.issue_task,
    "start": services.start_task,
    "block": services.block_task,
    "unblock": services.unblock_task,
    "submit": services.submit_task,
    "accept": services.accept_task,
    "send_back": services.send_back_task,
    "keep_up": services.keep_up_task,
    "reopen": services.reopen_task,
    "cancel": services.cancel_task,
}
REFUSALS = (
    services.ProgressRefused,
    services.PartsDoNotFit,
    services.PlanMissing,
    services.NotReady,
)


@requires("campaigns.view")
def task_list(request: Request) -> HttpResponse:
    today, campaign = clock.today(), chosen_campaign(request)
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
    form = TaskForm(request.POST or None, campaign=campaign, initial=_written_in(request))
    if request.method == "POST" and form.is_valid():
        task = services.draft_task(campaign, by=request.user, **form.cleaned_data)
        messages.success(request, _("已起草，征求意见后批准下达。"))
        return redirect("campaigns:task_detail", pk=task.pk)
    context = {"form": form, "campaign": campaign, "task": None}
    return render_page(
        request, "campaigns/task_form.html", context, status=422 if form.errors else 200
    )


def _written_in(request: Request) -> dict[str, Any]:
    """What the address writes into the form of a new task: from a clause, a gap, a meeting."""
    names = ("clause", "unit", "title", "quantity", "quantity_unit")
    asked = {name: request.GET[name][:120] for name in names if name in request.GET}
    return {"starts_on": clock.today(), **asked}


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
            values = {**reason.cleaned_data, **form.cleaned_data}
            try:
                services.change_task(task, by=request.user, **values)
            except services.PartsDoNotFit as fault:
                form.add_error(None, str(fault))
            else:
                messages.success(request, _("已变更，旧版本保留在变更单里。"))
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
    """One move of the flow, see `MOVES`."""
    task = _task(request, pk)
    form = MOVE_FORMS[move](request.POST, auto_id=f"id_{move}_%s") if move in MOVE_FORMS else None
    if form and not form.is_valid():
        return _page(request, task, move_form=(move, form), status=422)
    try:
        _make_move(task, move, request, form.cleaned_data if form else {})
    except (*REFUSALS, WrongState) as fault:
        messages.error(request, str(fault))
        return _page(
            request, _task(request, pk), status=409 if isinstance(fault, WrongState) else 422
        )
    messages.success(request, _("已办理。"))
    return redirect("campaigns:task_detail", pk=pk)


@requires("campaigns.view")
def task_export(request: Request) -> HttpResponse:
    campaign = chosen_campaign(request)
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
    if move not in MOVES:
        raise Http404(move)
    if move == "accept":
        values = {"on": clock.today()}
    MOVES[move](task, by=request.user, **values)


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
    moves = TASK_FLOW.available(task, request.user)
    points = curve(
        queries.task_reports(task),
        nodes=queries.node_shares(task),
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
        "moves": [(name, TASK_FLOW.moves[name].label) for name in moves if name not in MOVE_FORMS],
        "progress_form": progress_form
        or ProgressForm(today=today, initial={"on": today, "done": task.done}),
        "move_forms": _move_forms(moves, move_form),
        **_around(request, task, today),
        "events": audit.history(task).order_by("-id")[:30],
        "today": today,
    }
    return render_page(request, "campaigns/task_detail.html", context, status=status)


def _move_forms(moves: list[str], sent: tuple[str, Any] | None) -> list[tuple[str, Any, Any]]:
    """The moves that ask for something, each with its form; one that was sent keeps its text."""
    return [
        (
            name,
            TASK_FLOW.moves[name].label,
            sent[1] if sent and sent[0] == name else MOVE_FORMS[name](auto_id=f"id_{name}_%s"),
        )
        for name in moves
        if name in MOVE_FORMS
    ]


def _around(request: Request, task: Task, today: date) -> dict[str, Any]:
    """What stands around a task: parts, nodes, order, territories, obstacles, opinions, changes."""
    live = task.parts.exclude(status=Task.Status.CANCELLED).select_related("unit")
    return {
        "parts": queries.with_lag(live, on=today),
        "nodes": list(task.nodes.all()),
        "earlier": task.earlier_links.select_related("before__unit"),
        "later": task.later_links.select_related("after__unit"),
        "territories": task.territories.select_related("unit"),
        "obstacles": task.obstacles.select_related("by", "lifted_by").order_by("-since"),
        "opinions": task.opinions.select_related("unit").order_by("asked_at"),
        "notes": task.change_notes.select_related("by"),
        "may_split": can(request.user, "campaigns.assign", task.campaign)
        or can(request.user, "campaigns.plan", task),
        "now": clock.now(),
    }


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
        ("ahead", _("拟定与征求意见")),
        ("issued", _("待启动")),
        ("behind", _("落后")),
        ("blocked", _("受阻")),
        ("submitted", _("待验收")),
        ("accepted", _("已完成")),
        ("long_term", _("长效管护")),
    ]


def _task(request: Request, pk: int) -> Task:
    visible = Task.objects.visible_to(request.user).select_related(
        "unit", "clause", "campaign", "sponsor", "parent"
    )
    return get_object_or_404(visible, pk=pk)


def _unit(request: Request) -> Unit | None:
    code = request.GET.get("unit")
    found: Unit | None = Unit.objects.filter(code=code).first() if code else None
    return found
