"""The breakdown, the curve and the territories of a task."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from tongchuang.accounts.permissions import Request, can, require, requires
from tongchuang.campaigns import services
from tongchuang.campaigns.forms import NodeFormSet, PartFormSet, ShareFormSet, SplitForm
from tongchuang.campaigns.models import Task
from tongchuang.core.pages import check_version, render_page


@requires("campaigns.view")
def task_split(request: Request, pk: int) -> HttpResponse:
    """All sub-tasks as rows of one form: they are saved together, so that they add up."""
    task = _task(request, pk)
    if not can(request.user, "campaigns.assign", task.campaign):
        require(request.user, "campaigns.plan", task)
    live = task.parts.exclude(status=Task.Status.CANCELLED).select_related("unit")
    parts = {part.pk: part for part in live}
    form = SplitForm(request.POST or None, initial={"quantity": task.quantity})
    rows = PartFormSet(request.POST or None, initial=_rows(task, list(parts.values())))
    if request.method == "POST":
        check_version(task, request)
        if form.is_valid() and rows.is_valid():
            try:
                services.split_task(
                    task,
                    [_part(row.cleaned_data, parts) for row in rows if _kept(row)],
                    quantity=form.cleaned_data["quantity"],
                    reason=form.cleaned_data["reason"],
                    by=request.user,
                )
            except services.PartsDoNotFit as fault:
                form.add_error(None, str(fault))
            else:
                messages.success(request, _("分解已保存，合计与上级任务相等。"))
                return redirect("campaigns:task_detail", pk=pk)
    context = {"task": task, "form": form, "rows": rows, "heading": _("分解任务")}
    return _answer(request, "campaigns/task_split.html", context, form, rows)


@requires("campaigns.view")
def task_nodes(request: Request, pk: int) -> HttpResponse:
    """The curve of a task: dated nodes instead of the straight line."""
    task = _task(request, pk)
    if not can(request.user, "campaigns.assign", task.campaign):
        require(request.user, "campaigns.plan", task)
    initial = [{"on": n.on, "value": n.value, "title": n.title} for n in task.nodes.all()]
    rows = NodeFormSet(request.POST or None, initial=initial)
    fault = ""
    if request.method == "POST" and rows.is_valid():
        cells = [row.cleaned_data for row in rows if _kept(row)]
        nodes = [(cell["on"], cell["value"], cell["title"]) for cell in cells]
        try:
            services.set_nodes(task, nodes, by=request.user)
        except services.BadNodes as refused:
            fault = str(refused)
        else:
            messages.success(request, _("节点已保存，落后按节点判断。"))
            return redirect("campaigns:task_detail", pk=pk)
    context = {"task": task, "rows": rows, "fault": fault, "heading": _("进度节点")}
    return _answer(request, "campaigns/task_rows.html", context, rows, fault=fault)


@requires("campaigns.assign")
def task_territories(request: Request, pk: int) -> HttpResponse:
    """In which towns and streets a task is done, each with its share."""
    task = _task(request, pk)
    initial = [{"unit": s.unit_id, "percent": s.percent} for s in task.territories.all()]
    rows = ShareFormSet(request.POST or None, initial=initial)
    fault = ""
    if request.method == "POST" and rows.is_valid():
        cells = [row.cleaned_data for row in rows if _kept(row)]
        try:
            services.set_territories(
                task, {cell["unit"]: cell["percent"] for cell in cells}, by=request.user
            )
        except services.PartsDoNotFit as refused:
            fault = str(refused)
        else:
            messages.success(request, _("属地份额已保存。"))
            return redirect("campaigns:task_detail", pk=pk)
    context = {"task": task, "rows": rows, "fault": fault, "heading": _("属地份额")}
    return _answer(request, "campaigns/task_rows.html", context, rows, fault=fault)


def _answer(
    request: Request, template: str, context: dict[str, Any], *forms: Any, fault: str = ""
) -> HttpResponse:
    wrong = fault or any(form.is_bound and not form.is_valid() for form in forms)
    return render_page(request, template, context, status=422 if wrong else 200)


def _kept(row: Any) -> bool:
    """Whether a row was filled in and not ticked for removal."""
    return bool(row.cleaned_data) and not row.cleaned_data.get("DELETE")


def _rows(task: Task, parts: list[Task]) -> list[dict[str, Any]]:
    names = ("title", "person", "quantity", "done", "starts_on", "due_on")
    return [
        {"task": part.pk, "unit": part.unit_id, **{name: getattr(part, name) for name in names}}
        for part in parts
    ]


def _part(cells: dict[str, Any], parts: dict[int, Task]) -> services.Part:
    row = parts.get(cells["task"]) if cells["task"] else None
    return services.Part(
        unit=cells["unit"],
        title=cells["title"],
        person=cells["person"],
        quantity=cells["quantity"],
        starts_on=cells["starts_on"],
        due_on=cells["due_on"],
        done=cells["done"] or Decimal(0),
        task=row,
    )


def _task(request: Request, pk: int) -> Task:
    visible = Task.objects.visible_to(request.user).select_related("campaign", "unit")
    return get_object_or_404(visible, pk=pk)
