"""The list, the ledger with its trial, the moves."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tongchuang.accounts.event_words import spoken
from tongchuang.accounts.permissions import Request, can, require, requires
from tongchuang.changeover import queries, services
from tongchuang.changeover.forms import ChangeoverForm, move_form
from tongchuang.changeover.models import FLOW, Changeover, Line
from tongchuang.changeover.queries import LineFilter
from tongchuang.changeover.sheets import changeover_sheet, entry_sheet, ledger_sheet
from tongchuang.core import audit, clock
from tongchuang.core.pages import check_version, export_response, keyset, render_page


@requires("changeover.view")
@require_GET
def changeover_list(request: Request) -> HttpResponse:
    context = {
        "changeovers": queries.changeover_list(request.user),
        "drafts": can(request.user, "changeover.draft"),
    }
    return render_page(request, "changeover/changeover_list.html", context)


@requires("changeover.view")
@require_GET
def changeover_export(request: Request) -> HttpResponse:
    return _export(request, changeover_sheet(), queries.changeover_list(request.user), _("换版"))


@requires("changeover.draft")
def changeover_new(request: Request) -> HttpResponse:
    ways = [
        w for w in queries.ways(request.user) if can(request.user, "changeover.draft", w.campaign)
    ]
    asked = (request.GET.get("campaign", ""), request.GET.get("to", ""))
    first = next((w.key for w in ways if (w.campaign.code, w.new.code) == asked), "")
    form = ChangeoverForm(request.POST or None, ways=ways, initial={"way": first})
    if request.method == "POST" and form.is_valid():
        way, note = form.chosen, form.cleaned_data["note"]
        try:
            found = services.draft_changeover(
                way.campaign, way.new, note=note, by=request.user, at=clock.now()
            )
        except services.ChangeoverRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("已盘点，逐行看过去向再报签批。"))
            return redirect("changeover:detail", pk=found.pk)
    context = {"form": form, "ways": ways}
    status = 422 if form.errors else 200
    return render_page(request, "changeover/changeover_new.html", context, status=status)


@requires("changeover.view")
@require_GET
def changeover_detail(request: Request, pk: int) -> HttpResponse:
    return detail_page(request, changeover_of(request, pk))


@requires("changeover.view")
@require_POST
def changeover_move(request: Request, pk: int, move: str) -> HttpResponse:
    """One move of the flow, with its form."""
    found = changeover_of(request, pk)
    if move not in services.MOVES:
        raise Http404
    require(request.user, FLOW.moves[move].action, found)
    check_version(found, request)
    form = move_form(move, request.POST)
    if not form.is_valid():
        return detail_page(request, found, moved=(move, form), status=422)
    try:
        services.MOVES[move](found, by=request.user, at=clock.now(), **form.cleaned_data)
    except services.ChangeoverRefused as refused:
        messages.error(request, str(refused))
        return detail_page(request, changeover_of(request, pk), moved=(move, form), status=422)
    messages.success(request, _("已办理。"))
    return redirect("changeover:detail", pk=pk)


@requires("changeover.view")
@require_POST
def changeover_try(request: Request, pk: int) -> HttpResponse:
    try:
        services.try_changeover(changeover_of(request, pk), by=request.user, at=clock.now())
    except services.ChangeoverRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("已试算，没有写入任何改动。"))
    return redirect("changeover:detail", pk=pk)


@requires("changeover.draft")
@require_POST
def changeover_refresh(request: Request, pk: int) -> HttpResponse:
    try:
        added, dropped = services.refresh_lines(
            changeover_of(request, pk), by=request.user, at=clock.now()
        )
    except services.ChangeoverRefused as refused:
        messages.error(request, str(refused))
    else:
        words = _("已重新盘点：新增 %(added)s 行，去掉 %(dropped)s 行，人定过的不变。")
        messages.success(request, words % {"added": added, "dropped": dropped})
    return redirect("changeover:detail", pk=pk)


@requires("changeover.draft")
@require_POST
def changeover_accept(request: Request, pk: int) -> HttpResponse:
    found = changeover_of(request, pk)
    number = services.accept_proposals(found, by=request.user, at=clock.now())
    words = _("%(number)s 行按建议定下，记在您名下。") % {"number": number}
    messages.success(request, words)
    return redirect("changeover:detail", pk=pk)


@requires("changeover.view")
@require_GET
def ledger_export(request: Request, pk: int) -> HttpResponse:
    found = changeover_of(request, pk)
    lines = queries.line_list(found, wanted_of(request))
    name = _("换版台账 %(campaign)s") % {"campaign": found.campaign.title}
    return _export(request, ledger_sheet(found), lines, name)


@requires("changeover.view")
@require_GET
def entry_list(request: Request, pk: int) -> HttpResponse:
    found = changeover_of(request, pk)
    kind = _known(request.GET.get("kind", ""), Line.Kind.values)
    page = keyset(request, queries.entry_list(found, kind), order=("line__ordinal", "id"))
    context = {"changeover": found, "page": page, "kind": kind, "kinds": Line.Kind.choices}
    return render_page(request, "changeover/entry_list.html", context)


@requires("changeover.view")
@require_GET
def entry_export(request: Request, pk: int) -> HttpResponse:
    found = changeover_of(request, pk)
    kind = _known(request.GET.get("kind", ""), Line.Kind.values)
    rows = queries.entry_list(found, kind).order_by("line__ordinal", "id")
    name = _("换版逐条记录 %(campaign)s") % {"campaign": found.campaign.title}
    return _export(request, entry_sheet(), rows, name)


def detail_page(
    request: Request,
    found: Changeover,
    *,
    moved: tuple[str, forms.Form] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The ledger, with a form that has to be put right where there is one."""
    wanted = wanted_of(request)
    page = keyset(request, queries.line_list(found, wanted), order=("ordinal",))
    counts, labels = queries.kind_counts(found, wanted), Line.Kind.choices
    context = {
        "changeover": found,
        "page": page,
        "lines": queries.with_names(found, page.rows),
        "wanted": wanted,
        "tabs": [
            ("", _("全部"), counts[""]),
            *((kind, label, counts.get(kind, 0)) for kind, label in labels),
        ],
        "fates": Line.Fate.choices,
        "only_choices": [("open", _("待定")), ("decided", _("已定"))],
        "open_count": found.lines.filter(is_open=True).count(),
        "outcome": queries.outcome_of(found),
        "moves": _moves(request, found, moved),
        "drafts": found.status == "draft" and can(request.user, "changeover.draft", found),
        "events": spoken(audit.history(found).order_by("-id")[:20]),
    }
    return render_page(
        request, "changeover/changeover_detail.html", context, fragment="rows", status=status
    )


def _moves(
    request: Request, found: Changeover, moved: tuple[str, forms.Form] | None
) -> list[dict[str, Any]]:
    shown = []
    for name in FLOW.available(found, request.user):
        failed = moved[1] if moved and moved[0] == name else None
        form = failed or move_form(name)
        label = FLOW.moves[name].label
        shown.append({"name": name, "label": label, "form": form, "open": failed is not None})
    return shown


def changeover_of(request: Request, pk: int) -> Changeover:
    """A changeover that the reader may see; else 404."""
    rows = Changeover.objects.visible_to(request.user).select_related(
        "campaign__city", "old", "new", "drafted_by", "submitted_by", "decided_by"
    )
    return get_object_or_404(rows, pk=pk)


def wanted_of(request: Request) -> LineFilter:
    """What the address asks for; unknown values ask for nothing."""
    asked = request.GET
    return LineFilter(
        kind=_known(asked.get("kind", ""), Line.Kind.values),
        fate=_known(asked.get("fate", ""), Line.Fate.values),
        only=_known(asked.get("only", ""), ["open", "decided"]),
    )


def _known(value: str, values: list[str]) -> str:
    return value if value in values else ""


def _export(request: Request, sheet: Any, rows: Any, name: str) -> HttpResponse:
    audit.record(
        subject=request.user, action="export_changeover", by=request.user, after={"name": name}
    )
    return export_response(sheet.export(rows), f"{name}.xlsx")
