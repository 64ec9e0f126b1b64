"""Pages of highlights: the library, one highlight, its way to approval, its paper."""

from collections.abc import Callable
from typing import Any, Literal, cast

from django import forms
from django.contrib import messages
from django.core.files.base import File
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tongchuang.accounts.event_words import spoken
from tongchuang.accounts.permissions import Request, can, require, requires
from tongchuang.campaigns.models import Campaign
from tongchuang.core import audit, clock
from tongchuang.core.files import FileRefused, serve_file
from tongchuang.core.pages import check_version, export_response, keyset, render_page
from tongchuang.priorities import queries, services
from tongchuang.priorities.forms import MOVE_FORMS, EvidenceForm, HighlightForm, SpreadForm
from tongchuang.priorities.models import Highlight, Spread
from tongchuang.priorities.papers import experience_paper
from tongchuang.priorities.queries import HighlightFilter
from tongchuang.priorities.sheets import highlight_sheet
from tongchuang.standards.models import Clause

FIELDS = (
    "title",
    "unit",
    "clause",
    "trade",
    "area",
    "background",
    "practice",
    "effect",
    "measured",
    "before",
    "after",
)
MOVES: dict[str, Callable[..., Highlight]] = {
    "resubmit": services.resubmit_highlight,
    "verify": services.verify_highlight,
    "return": services.return_highlight,
    "approve": services.approve_highlight,
    "drop": services.drop_highlight,
}


# The library
@requires("priorities.view")
def highlight_list(request: Request) -> HttpResponse:
    wanted = _wanted(request)
    found = queries.with_library(queries.highlight_list(request.user, wanted))
    page = keyset(request, found, order=("-id",))
    counts = queries.tab_counts(request.user, wanted)
    trades, areas = queries.choices_of(request.user)
    context = {
        "page": page,
        "rows": [(row, queries.level_of(row)) for row in page.rows],
        "tabs": [(name, words, counts[name]) for name, words in _tabs()],
        "wanted": wanted,
        "trades": trades,
        "areas": areas,
        "levels": Spread.Level.choices,
    }
    return render_page(request, "priorities/highlight_list.html", context, fragment="rows")


@requires("priorities.view")
@require_GET
def highlight_export(request: Request) -> HttpResponse:
    found = queries.highlight_list(request.user, _wanted(request))
    audit.record(subject=request.user, action="export_highlights", by=request.user)
    rows = queries.with_library(found).order_by("code")
    return export_response(highlight_sheet().export(rows), _("特色亮点.xlsx"))


def _tabs() -> list[tuple[str, str]]:
    return [
        ("library", _("亮点库")),
        ("nominated", _("申报中")),
        ("verified", _("待认定")),
        ("dropped", _("不予认定")),
    ]


def _wanted(request: Request) -> HighlightFilter:
    asked = request.GET
    tab = asked.get("tab", "")
    level = asked.get("level", "")
    code = asked.get("campaign", "")
    return HighlightFilter(
        tab=tab if tab in queries.TABS else "library",
        campaign=Campaign.objects.visible_to(request.user).filter(code=code).first()
        if code
        else None,
        trade=asked.get("trade", "")[:60],
        area=asked.get("area", "")[:40],
        level=level if level in Spread.Level.values else "",
        q=asked.get("q", "").strip()[:60],
    )


# One highlight
@requires("priorities.view")
@require_GET
def highlight_detail(request: Request, pk: int) -> HttpResponse:
    return _page(request, _highlight(request, pk))


@requires("priorities.nominate")
def highlight_new(request: Request) -> HttpResponse:
    campaign = campaign_of(request)
    if campaign is None:
        raise Http404
    form = HighlightForm(
        request.POST or None,
        campaign=campaign,
        user=request.user,
        initial={"clause": _article(campaign, request.GET.get("clause", ""))},
    )
    if request.method == "POST" and form.is_valid():
        fields = dict(form.cleaned_data)
        found = services.nominate_highlight(
            campaign,
            fields.pop("unit"),
            at=clock.now(),
            on=clock.today(),
            by=request.user,
            **fields,
        )
        messages.success(request, _("已申报。再上传成效证据（照片或文件），由督查现场核实。"))
        return redirect("priorities:highlight_detail", pk=found.pk)
    context = {"form": form, "campaign": campaign, "highlight": None}
    status = 422 if form.errors else 200
    return render_page(request, "priorities/highlight_form.html", context, status=status)


def _article(campaign: Campaign, code: str) -> int | None:
    """The article that the address names, or the one above the requirement that it names."""
    clause = Clause.objects.filter(framework=campaign.framework_id, code=code).first()
    if clause is None:
        return None
    return clause.parent_id if clause.level == Clause.Level.REQUIREMENT else clause.pk


@requires("priorities.nominate")
def highlight_edit(request: Request, pk: int) -> HttpResponse:
    found = _highlight(request, pk)
    require(request.user, "priorities.nominate", found)
    initial = {name: getattr(getattr(found, name), "pk", getattr(found, name)) for name in FIELDS}
    form = HighlightForm(
        request.POST or None, campaign=found.campaign, user=request.user, initial=initial
    )
    form.fields["unit"].disabled = True
    if request.method == "POST":
        check_version(found, request)
        if form.is_valid():
            fields = {name: form.cleaned_data[name] for name in FIELDS if name != "unit"}
            services.change_highlight(found, by=request.user, **cast(Any, fields))
            messages.success(request, _("已保存，旧内容留在记录里。"))
            return redirect("priorities:highlight_detail", pk=pk)
    context = {"form": form, "campaign": found.campaign, "highlight": found}
    status = 422 if form.errors else 200
    return render_page(request, "priorities/highlight_form.html", context, status=status)


@requires("priorities.view")
@require_POST
def highlight_move(request: Request, pk: int, move: str) -> HttpResponse:
    """One move of the flow, with its form."""
    found = _highlight(request, pk)
    if move not in MOVES:
        raise Http404
    require(request.user, Highlight.FLOW.moves[move].action, found)
    check_version(found, request)
    form = MOVE_FORMS[move](request.POST, auto_id=f"{move}_%s")
    if form.is_valid():
        try:
            MOVES[move](found, by=request.user, **form.cleaned_data)
        except services.Refused as fault:
            form.add_error(None, str(fault))
        else:
            messages.success(request, _("已办理。"))
            return redirect("priorities:highlight_detail", pk=pk)
    return _page(request, found, moved=(move, form), status=422)


@requires("priorities.nominate")
@require_POST
def evidence_new(request: Request, pk: int) -> HttpResponse:
    found = _highlight(request, pk)
    require(request.user, "priorities.nominate", found)
    form = EvidenceForm(request.POST, request.FILES)
    if form.is_valid():
        upload = cast(File[bytes], form.cleaned_data["upload"])
        caption = form.cleaned_data["caption"]
        try:
            services.add_evidence(found, upload, caption=caption, at=clock.now(), by=request.user)
        except FileRefused as fault:
            form.add_error("upload", str(fault))
        else:
            messages.success(request, _("证据已存。"))
            return redirect("priorities:highlight_detail", pk=pk)
    return _page(request, found, evidence_form=form, status=422)


@requires("priorities.decide")
@require_POST
def spread_new(request: Request, pk: int) -> HttpResponse:
    found = _highlight(request, pk)
    form = SpreadForm(request.POST, auto_id="spread_%s")
    if form.is_valid():
        try:
            services.spread_highlight(found, by=request.user, **form.cleaned_data)
        except services.Refused as fault:
            form.add_error(None, str(fault))
        else:
            messages.success(request, _("已登记推广；当月通报按规则加分。"))
            return redirect("priorities:highlight_detail", pk=pk)
    return _page(request, found, spread_form=form, status=422)


@requires("priorities.view")
@require_GET
def highlight_paper(request: Request, pk: int) -> HttpResponse:
    """The experience paper as a Word file."""
    found = _highlight(request, pk)
    audit.record(subject=found, action="print", by=request.user)
    name = _("经验材料-%(title)s.docx") % {"title": found.title}
    return export_response(experience_paper(found).docx(), name)


@requires("priorities.view")
@require_GET
def evidence_file(request: Request, pk: int, kind: str) -> HttpResponse | FileResponse:
    file = queries.evidence_of(request.user, pk)
    if file is None or kind not in {"copy", "thumb", "sealed"}:
        raise Http404
    return serve_file(request, file, cast(Literal["copy", "thumb", "sealed"], kind))


def _page(
    request: Request,
    found: Highlight,
    *,
    moved: tuple[str, forms.Form] | None = None,
    evidence_form: forms.Form | None = None,
    spread_form: forms.Form | None = None,
    status: int = 200,
) -> HttpResponse:
    may_write = can(request.user, "priorities.nominate", found)
    context = {
        "highlight": found,
        "level": queries.level_of(found),
        "evidence": found.evidence.select_related("file", "by"),
        "moves": _moves(request, found, moved),
        "writes": may_write and found.status in {"nominated", "returned"},
        "decides": can(request.user, "priorities.decide", found) and found.status == "approved",
        "evidence_form": evidence_form or EvidenceForm(),
        "spread_form": spread_form
        or SpreadForm(initial={"on": clock.today()}, auto_id="spread_%s"),
        "events": spoken(audit.history(found).order_by("-id")[:30]),
    }
    return render_page(request, "priorities/highlight_detail.html", context, status=status)


def _spread_form() -> forms.Form:
    return SpreadForm(initial={"on": clock.today()}, auto_id="spread_%s")


def _moves(
    request: Request, found: Highlight, moved: tuple[str, forms.Form] | None
) -> list[dict[str, Any]]:
    """The moves that this person may make now, each with its form."""
    shown = []
    for name in Highlight.FLOW.available(found, request.user):
        failed = moved[1] if moved and moved[0] == name else None
        form = failed or MOVE_FORMS[name](initial={"on": clock.today()}, auto_id=f"{name}_%s")
        label = Highlight.FLOW.moves[name].label
        shown.append({"name": name, "label": label, "form": form, "open": failed})
    return shown


def _highlight(request: Request, pk: int) -> Highlight:
    rows = queries.with_library(Highlight.objects.visible_to(request.user))
    rows = rows.select_related("clause__framework", "nominated_by", "verified_by", "approved_by")
    return get_object_or_404(rows.select_related("unit", "campaign", "trade", "area"), pk=pk)


def campaign_of(request: Request) -> Campaign | None:
    """The campaign of the address, else of the switcher, else the main one; with a standard."""
    campaigns = Campaign.objects.visible_to(request.user).exclude(framework=None)
    named = request.GET.get("campaign") or ""
    chosen = request.session.get("campaign")
    found = campaigns.filter(code=named) if named else campaigns.filter(pk=chosen or 0)
    return found.first() or campaigns.order_by("-main", "ordinal").first()
