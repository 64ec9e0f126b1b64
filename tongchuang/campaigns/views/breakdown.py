"""The breakdown table: taken out, brought in, looked over, confirmed."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tongchuang.accounts.permissions import Request, can, require, requires
from tongchuang.campaigns.breakdown import drafts
from tongchuang.campaigns.breakdown.choices import read_choice, read_day
from tongchuang.campaigns.breakdown.lines import breakdown_lines
from tongchuang.campaigns.breakdown.papers import table_paper
from tongchuang.campaigns.breakdown.sheets import breakdown_sheet, refused_sheet
from tongchuang.campaigns.breakdown.understanding import Books
from tongchuang.campaigns.models import BreakdownDraft, BreakdownRow
from tongchuang.campaigns.views.campaigns import campaign_of
from tongchuang.core import audit, clock
from tongchuang.core.filetypes import FileRefused
from tongchuang.core.pages import check_version, export_response, keyset, render_page

State = BreakdownRow.State
_WAITING = (State.UNREAD, State.CONFIRM)


# Out
@requires("campaigns.view")
@require_GET
def breakdown_list(request: Request) -> HttpResponse:
    return _list_page(request)


def _list_page(request: Request, refusal: str = "") -> HttpResponse:
    campaign = campaign_of(request)
    rows = BreakdownDraft.objects.visible_to(request.user).filter(campaign=campaign)
    lines = breakdown_lines(campaign, request.user) if campaign else []
    context = {
        "campaign": campaign,
        "led": len({line.clause.pk for line in lines if line.assignment and line.clause}),
        "tasks": sum(line.task is not None for line in lines),
        "units": len({line.lead.pk for line in lines}),
        "drafts": rows.select_related("file", "made_by", "decided_by")[:30],
        "imports": campaign is not None and can(request.user, "campaigns.assign", campaign),
        "refusal": refusal,
    }
    status = 422 if refusal else 200
    return render_page(request, "campaigns/breakdown_list.html", context, status=status)


@requires("campaigns.view")
@require_GET
def breakdown_table(request: Request, kind: str) -> HttpResponse:
    """The table as xlsx or docx, with what the person may see."""
    campaign = campaign_of(request)
    if campaign is None:
        return redirect("campaigns:breakdown_list")
    audit.record(subject=campaign, action="export_breakdown", by=request.user, after={"kind": kind})
    name = f"{campaign.title}任务分解表.{kind}"
    if kind == "docx":
        data = table_paper(campaign, request.user, on=clock.today()).docx()
    else:
        data = breakdown_sheet().export(breakdown_lines(campaign, request.user))
    return export_response(data, name)


# In
@requires("campaigns.assign")
@require_POST
def breakdown_upload(request: Request) -> HttpResponse:
    campaign = campaign_of(request)
    file = request.FILES.get("file")
    if campaign is None:
        return redirect("campaigns:breakdown_list")
    if not isinstance(file, UploadedFile):
        return _list_page(request, _("请选择要导入的文件。"))
    try:
        draft, is_new = drafts.keep_upload(campaign, file, by=request.user, at=clock.now())
    except FileRefused as fault:
        return _list_page(request, str(fault))
    if not is_new:
        messages.info(request, _("这份文件已经上传过，接着核对即可。"))
    return redirect("campaigns:breakdown_draft", pk=draft.pk)


@requires("campaigns.assign")
@require_GET
def breakdown_draft(request: Request, pk: int) -> HttpResponse:
    """What was understood, what waits, what nobody could read; nothing is written yet."""
    draft = _draft(request, pk)
    states = Counter(draft.rows.order_by().values_list("state", flat=True))
    tab = request.GET.get("tab", "")
    rows = draft.rows.filter(state=tab) if tab in State.values else draft.rows.all()
    page = keyset(request, rows, order=("ordinal",), size=50)
    books = Books(draft)
    context = {
        "draft": draft,
        "page": page,
        "lines": drafts.read_rows(draft, page.rows, books),
        "tab": tab,
        "tabs": _tabs(states),
        "questions": drafts.questions_of(draft, books),
        "units": [(unit.pk, unit.full_name) for unit in books.units.units],
        "clauses": books.clauses.clauses,
        "ready": states[State.NEW] + states[State.CHANGED],
        "waiting": sum(states[state] for state in _WAITING),
        "states": states,
        "open": draft.status == BreakdownDraft.Status.OPEN,
    }
    return render_page(request, "campaigns/breakdown_draft.html", context)


def _tabs(states: Counter[str]) -> list[tuple[str, str, int]]:
    order = (State.UNREAD, State.CONFIRM, State.NEW, State.CHANGED, State.SAME, State.SKIPPED)
    return [
        ("", _("全部"), sum(states.values())),
        *((str(state), str(state.label), states[state]) for state in order),
    ]


@requires("campaigns.assign")
@require_POST
def breakdown_names(request: Request, pk: int) -> HttpResponse:
    draft = _changeable(request, pk)
    names: dict[str, int] = {}
    for one in draft.questions:
        chosen = request.POST.get(f"name-{one['key']}", "")
        if chosen.isdigit():
            names[one["key"]] = int(chosen)
    due = read_day(request.POST.get("default_due_on", ""))
    return _done(
        request,
        draft,
        lambda: drafts.choose_names(draft, names, default_due_on=due, by=request.user),
        _("已按名称对照重新核对。"),
    )


@requires("campaigns.assign")
@require_POST
def breakdown_rows(request: Request, pk: int) -> HttpResponse:
    draft = _changeable(request, pk)
    shown = [int(text) for text in request.POST.getlist("row") if text.isdigit()][:200]
    rows = list(draft.rows.filter(pk__in=shown))
    books = Books(draft)
    choices = {}
    for one in drafts.read_rows(draft, rows, books):
        said, fault = read_choice(request.POST, one, books)
        if fault:
            messages.error(request, f"{one.place}：{fault}")
            return _back(request, draft)
        choices[one.row.pk] = said
    return _done(
        request,
        draft,
        lambda: drafts.choose_rows(draft, choices, by=request.user),
        _("本页的核对已保存。"),
    )


@requires("campaigns.assign")
@require_POST
def breakdown_confirm(request: Request, pk: int) -> HttpResponse:
    draft = _changeable(request, pk)
    try:
        done = drafts.confirm_draft(draft, by=request.user, at=clock.now())
    except drafts.DraftClosed as fault:
        messages.error(request, str(fault))
        return _back(request, draft)
    words = _("已导入：新增 %(new)s 行，变更 %(changed)s 行，未变 %(same)s 行。")
    rest = _("还有 %(waiting)s 行待核对。") if done.waiting else ""
    values = {"new": done.new, "changed": done.changed, "same": done.same, "waiting": done.waiting}
    messages.success(request, (words + rest) % values)
    return _back(request, draft)


@requires("campaigns.assign")
@require_POST
def breakdown_close(request: Request, pk: int) -> HttpResponse:
    draft = _changeable(request, pk)
    try:
        drafts.close_draft(draft, by=request.user, at=clock.now())
    except drafts.DraftClosed as fault:
        messages.error(request, str(fault))
        return _back(request, draft)
    messages.success(request, _("这份草稿已结束，已导入的不受影响。"))
    return redirect(f"{reverse('campaigns:breakdown_list')}?campaign={draft.campaign.code}")


@requires("campaigns.assign")
@require_GET
def breakdown_refused(request: Request, pk: int) -> HttpResponse:
    """The rows that wait, with the reasons, to hand back to whoever wrote the table."""
    draft = _draft(request, pk)
    rows = draft.rows.filter(state__in=_WAITING)
    audit.record(subject=draft, action="export_refused", by=request.user)
    data = refused_sheet().export(drafts.read_rows(draft, rows, Books(draft)))
    return export_response(data, _("没有读懂的行.xlsx"))


def _draft(request: Request, pk: int) -> BreakdownDraft:
    seen = BreakdownDraft.objects.visible_to(request.user)
    return get_object_or_404(seen.select_related("campaign__city", "file", "made_by"), pk=pk)


def _changeable(request: Request, pk: int) -> BreakdownDraft:
    draft = _draft(request, pk)
    require(request.user, "campaigns.assign", draft)
    check_version(draft, request)
    return draft


def _done(request: Request, draft: BreakdownDraft, change: Any, words: str) -> HttpResponse:
    try:
        change()
    except drafts.DraftClosed as fault:
        messages.error(request, str(fault))
    else:
        messages.success(request, words)
    return _back(request, draft)


def _back(request: Request, draft: BreakdownDraft) -> HttpResponse:
    """To the same tab; the place in a long list is lost when rows left the tab."""
    tab = request.POST.get("tab", "")
    query = f"?tab={tab}" if tab in State.values else ""
    return redirect(reverse("campaigns:breakdown_draft", args=[draft.pk]) + query)
