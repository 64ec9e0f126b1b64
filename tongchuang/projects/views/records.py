"""Nodes, money and photos of a project."""

from typing import Literal, cast

from django.contrib import messages
from django.core.files.base import File
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tongchuang.accounts.permissions import Request, require, requires
from tongchuang.core import clock
from tongchuang.core.files import FileRefused, serve_file
from tongchuang.core.pages import check_version, render_page
from tongchuang.projects import services
from tongchuang.projects.forms import FundingForm, NodeDoneForm, NodeForm, PhotoForm
from tongchuang.projects.models import FundingLine, Project, ProjectNode, ProjectPhoto
from tongchuang.projects.views.projects import detail_page, project_of

AMOUNTS = ("source", "applied", "approved", "received", "spent", "due_on", "application_no")
KINDS = ("copy", "thumb")


@requires("projects.manage")
def node_edit(request: Request, pk: int) -> HttpResponse:
    node = _node(request, pk)
    require(request.user, "projects.manage", node.project)
    initial = {"limit_on": node.limit_on, "office": node.office_id, "main": node.main}
    form = NodeForm(request.POST or None, initial=initial)
    if request.method == "POST":
        check_version(node, request)
        if form.is_valid():
            services.set_node(node, by=request.user, **form.cleaned_data)
            messages.success(request, _("已调整，原来的期限留在记录里。"))
            return redirect("projects:detail", pk=node.project_id)
    context = {"node": node, "form": form, "submit": _("保存调整")}
    status = 422 if form.errors else 200
    return render_page(request, "projects/node_form.html", context, status=status)


@requires("projects.report")
def node_done(request: Request, pk: int) -> HttpResponse:
    node = _node(request, pk)
    require(request.user, "projects.report", node)
    form = NodeDoneForm(request.POST or None, initial={"on": clock.today()})
    if request.method == "POST":
        check_version(node, request)
        if form.is_valid():
            services.finish_node(node, by=request.user, **form.cleaned_data)
            messages.success(request, _("节点已办结。"))
            return redirect("projects:detail", pk=node.project_id)
    context = {"node": node, "form": form, "submit": _("登记办结")}
    status = 422 if form.errors else 200
    return render_page(request, "projects/node_form.html", context, status=status)


@requires("projects.report")
def funding_edit(request: Request, pk: int) -> HttpResponse:
    project = project_of(request, pk)
    require(request.user, "projects.report", project)
    line = _line(project, request.GET.get("source", ""))
    initial = {name: getattr(line, name) for name in AMOUNTS} if line else {}
    form = FundingForm(request.POST or None, initial=initial)
    if request.method == "POST":
        if line:
            check_version(line, request)
        if form.is_valid():
            services.save_funding(project, by=request.user, **form.cleaned_data)
            messages.success(request, _("资金已登记。"))
            return redirect("projects:detail", pk=pk)
    context = {"project": project, "form": form, "line": line}
    status = 422 if form.errors else 200
    return render_page(request, "projects/funding_form.html", context, status=status)


@requires("projects.report")
@require_POST
def photo_new(request: Request, pk: int) -> HttpResponse:
    project = project_of(request, pk)
    require(request.user, "projects.report", project)
    form = PhotoForm(request.POST, request.FILES, project=project)
    if form.is_valid():
        upload = cast(File[bytes], form.cleaned_data["upload"])
        try:
            services.add_photo(
                project,
                upload,
                place=form.cleaned_data["place"],
                node=form.cleaned_data["node"],
                at=clock.now(),
                by=request.user,
            )
        except FileRefused as fault:
            form.add_error("upload", str(fault))
        else:
            messages.success(request, _("照片已存。"))
            return redirect("projects:detail", pk=pk)
    return detail_page(request, project, photo_form=form, status=422)


@requires("projects.view")
def photo_file(request: Request, pk: int, kind: str) -> HttpResponse | FileResponse:
    if kind not in KINDS:
        raise Http404
    seen = Project.objects.visible_to(request.user)
    photo = get_object_or_404(ProjectPhoto.objects.select_related("file"), pk=pk, project__in=seen)
    return serve_file(request, photo.file, cast(Literal["copy", "thumb"], kind))


def _line(project: Project, source: str) -> FundingLine | None:
    return next((line for line in project.funding.all() if line.source == source), None)


def _node(request: Request, pk: int) -> ProjectNode:
    seen = Project.objects.visible_to(request.user)
    nodes = ProjectNode.objects.select_related("project__unit", "office")
    return get_object_or_404(nodes, pk=pk, project__in=seen)
