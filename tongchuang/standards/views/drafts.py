"""Bring a standard in a spreadsheet: take a table, upload it, look at the draft, publish it."""

import re

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongchuang.accounts.permissions import Request, requires
from tongchuang.core import clock
from tongchuang.core.pages import export_response, render_page
from tongchuang.core.tabular import FileRefused
from tongchuang.standards import services
from tongchuang.standards.models import DataFile, Draft, Framework
from tongchuang.standards.outline_sheet import (
    TableRefused,
    cell_errors,
    outline_lines,
    outline_sheet,
    read_outline,
)
from tongchuang.standards.rules.outline import recoded, rows_of
from tongchuang.standards.rules.reading import BrokenFile
from tongchuang.standards.services.drafting import check_draft, document_of_draft

_CODE = re.compile(r"[A-Za-z0-9_-]{1,60}")


@requires("standards.view")
@require_GET
def framework_table(request: Request, code: str) -> HttpResponse:
    """The whole standard to edit; `?as=` gives it under another code, to start a new edition."""
    framework = get_object_or_404(Framework, code=code)
    kept = get_object_or_404(DataFile, kind="framework", code=code)
    content, other = kept.content, request.GET.get("as", "")
    if other:
        if not _CODE.fullmatch(other):
            raise Http404
        content = recoded(content, other)
    data = outline_sheet().export(rows_of(content))
    return export_response(data, f"{framework.name}.xlsx")


@requires("standards.draft")
@require_GET
def draft_list(request: Request) -> HttpResponse:
    drafts = Draft.objects.select_related("made_by", "decided_by", "framework")
    return render_page(request, "standards/draft_list.html", {"drafts": drafts})


@requires("standards.draft")
@require_http_methods(["GET", "POST"])
def draft_new(request: Request) -> HttpResponse:
    if "template" in request.GET:
        return export_response(outline_sheet().template(), _("标准导入模板.xlsx"))
    context: dict[str, object] = {}
    if request.method == "POST":
        try:
            draft = _kept(request)
        except (FileRefused, services.DraftRefused) as refused:
            context["refusal"] = str(refused)
        except TableRefused as refused:
            context["errors"] = refused.errors
        except BrokenFile as broken:
            context["errors"] = cell_errors(broken)
        else:
            messages.success(request, _("没有发现错误，已存为草稿。看过后再发布。"))
            return redirect("standards:draft_detail", pk=draft.pk)
    status = 422 if context else 200
    return render_page(request, "standards/draft_new.html", context, status=status)


def _kept(request: Request) -> Draft:
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise FileRefused(_("请选择要导入的文件。"))
    name = file.name or _("标准")
    document = read_outline(file, name=name)
    return services.keep_draft(document, file_name=name, by=request.user, at=clock.now())


@requires("standards.draft")
@require_GET
def draft_detail(request: Request, pk: int) -> HttpResponse:
    draft = get_object_or_404(Draft.objects.select_related("made_by", "decided_by"), pk=pk)
    return render_page(request, "standards/draft_detail.html", _facts(draft))


def _facts(draft: Draft) -> dict[str, object]:
    rows = [row["kind"] for row in rows_of(draft.content)]
    counts = {kind: rows.count(kind) for kind in ("chapter", "article", "requirement", "measure")}
    facts: dict[str, object] = {
        "draft": draft,
        "counts": counts,
        "lines": outline_lines(draft.content),
    }
    if draft.status == Draft.Status.OPEN:
        try:
            check_draft(document_of_draft(draft))
        except BrokenFile as broken:
            facts["errors"] = cell_errors(broken)
    return facts


@requires("standards.draft")
@require_GET
def draft_table(request: Request, pk: int) -> HttpResponse:
    draft = get_object_or_404(Draft, pk=pk)
    return export_response(outline_sheet().export(rows_of(draft.content)), f"{draft.title}.xlsx")


@requires("standards.publish")
@require_POST
def draft_publish(request: Request, pk: int) -> HttpResponse:
    draft = _as_seen(request, pk)
    try:
        framework = services.publish_draft(draft, by=request.user, at=clock.now())
    except services.DraftRefused as refused:
        messages.error(request, str(refused))
    except BrokenFile:
        messages.error(request, _("没有发布：草稿里有与现有标准冲突的地方，见下面。"))
    else:
        messages.success(
            request, _("已发布“%(name)s”，可以用于创建任务。") % {"name": framework.name}
        )
        return redirect("standards:framework_detail", code=framework.code)
    return redirect("standards:draft_detail", pk=pk)


@requires("standards.draft")
@require_POST
def draft_discard(request: Request, pk: int) -> HttpResponse:
    try:
        services.discard_draft(_as_seen(request, pk), by=request.user, at=clock.now())
    except services.DraftRefused as refused:
        messages.error(request, str(refused))
        return redirect("standards:draft_detail", pk=pk)
    messages.success(request, _("草稿已作废，留在清单里备查。"))
    return redirect("standards:draft_list")


def _as_seen(request: Request, pk: int) -> Draft:
    """The draft with the content that the person looked at, so that a newer one is noticed."""
    draft = get_object_or_404(Draft, pk=pk)
    draft.content_sha256 = request.POST.get("seen", "")
    return draft
