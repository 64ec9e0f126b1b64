"""The register of titles: list, one title, its decisions, Excel."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tongchuang.accounts.models import Unit
from tongchuang.accounts.permissions import Request, can, require, requires
from tongchuang.campaigns import services, title_queries
from tongchuang.campaigns.models import Title, TitleEntry
from tongchuang.campaigns.title_forms import (
    CorrectionForm,
    DecisionForm,
    TitleForm,
    correction_of,
)
from tongchuang.campaigns.title_kinds import title_data
from tongchuang.campaigns.title_sheets import history_lines, title_sheet
from tongchuang.core import audit, clock
from tongchuang.core.pages import check_version, export_response, render_page
from tongchuang.core.sheet_views import sheet_import_page


@requires("campaigns.view")
def title_list(request: Request) -> HttpResponse:
    lines = title_queries.title_lines(request.user, on=clock.today(), holder=_holder(request))
    tab = request.GET.get("tab", "")
    everywhere = title_queries.title_lines(request.user, on=clock.today())
    context = {
        "lines": title_queries.of_tab(lines, tab),
        "tab": tab,
        "tabs": [(name, words, len(title_queries.of_tab(lines, name))) for name, words in _tabs()],
        "warned": [line for line in lines if line.warned],
        "holders": [(unit.code, unit.label) for unit in title_queries.holders(everywhere)],
        "holder": request.GET.get("holder", ""),
        "warn_months": title_data().warn_months,
    }
    return render_page(request, "campaigns/title_list.html", context)


def _tabs() -> list[tuple[str, str]]:
    return [
        ("", _("全部")),
        ("held", _("保有")),
        ("watch", _("要办复审")),
        ("sought", _("争创")),
        ("lost", _("已失")),
    ]


@requires("campaigns.view")
def title_detail(request: Request, pk: int) -> HttpResponse:
    return _title_page(request, _title(request, pk))


@requires("campaigns.manage")
def title_new(request: Request) -> HttpResponse:
    form = TitleForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            title = services.create_title(by=request.user, **form.cleaned_data)
        except services.TitleRefused as reason:
            form.add_error("name", str(reason))
        else:
            messages.success(request, _("已登记，接着录入命名等结论。"))
            return redirect("campaigns:title_detail", pk=title.pk)
    status = 422 if form.errors else 200
    return render_page(request, "campaigns/title_form.html", {"form": form}, status=status)


@requires("campaigns.manage")
@require_POST
def title_decide(request: Request, pk: int) -> HttpResponse:
    title = _title(request, pk)
    require(request.user, "campaigns.manage", title)
    form = DecisionForm(request.POST)
    if form.is_valid():
        given = {**form.cleaned_data}
        try:
            services.enter_decision(
                title, given.pop("kind"), given.pop("on"), by=request.user, **given
            )
        except services.TitleRefused as reason:
            form.add_error(None, str(reason))
    if form.errors:
        return _title_page(request, title, form)
    messages.success(request, _("已记入台账。"))
    return redirect("campaigns:title_detail", pk=pk)


@requires("campaigns.manage")
def title_correct(request: Request, pk: int) -> HttpResponse:
    """Put one decision right, with the reason; the old values stay in the record."""
    visible = Title.objects.visible_to(request.user)
    entries = TitleEntry.objects.filter(title__in=visible).select_related("title__holder")
    entry = get_object_or_404(entries, pk=pk)
    require(request.user, "campaigns.manage", entry.title)
    form = CorrectionForm(request.POST or None, initial=correction_of(entry))
    if request.method == "POST":
        check_version(entry.title, request)
        if form.is_valid():
            try:
                services.correct_decision(entry, by=request.user, **form.cleaned_data)
            except services.TitleRefused as reason:
                form.add_error(None, str(reason))
            else:
                messages.success(request, _("已更正，旧内容留在记录里。"))
                return redirect("campaigns:title_detail", pk=entry.title_id)
    context = {"form": form, "entry": entry, "title": entry.title}
    status = 422 if form.errors else 200
    return render_page(request, "campaigns/title_correct.html", context, status=status)


@requires("campaigns.view")
def title_export(request: Request) -> HttpResponse:
    lines = title_queries.title_lines(request.user, on=clock.today(), holder=_holder(request))
    audit.record(
        subject=request.user,
        action="export_titles",
        by=request.user,
        after={"filters": request.GET.dict()},
    )
    found = history_lines(title_queries.of_tab(lines, request.GET.get("tab", "")))
    return export_response(title_sheet().export(found), _("荣誉称号台账.xlsx"))


@requires("campaigns.manage")
def title_import(request: Request) -> HttpResponse:
    return sheet_import_page(request, title_sheet(), back_url="campaigns:title_list")


def _title_page(
    request: Request, title: Title, decision: DecisionForm | None = None
) -> HttpResponse:
    context = {
        "line": title_queries.line_of(request.user, title, on=clock.today()),
        "title": title,
        "manages": can(request.user, "campaigns.manage", title),
        "decision": decision or DecisionForm(),
        "events": audit.history(title).order_by("-id")[:30],
    }
    status = 422 if decision and decision.errors else 200
    return render_page(request, "campaigns/title_detail.html", context, status=status)


def _title(request: Request, pk: int) -> Title:
    visible = Title.objects.visible_to(request.user).select_related("holder")
    return get_object_or_404(visible, pk=pk)


def _holder(request: Request) -> Unit | None:
    code = request.GET.get("holder", "")
    return Unit.objects.filter(code=code).first() if code else None
