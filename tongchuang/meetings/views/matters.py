"""The list of major matters and one matter."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tongchuang.accounts.event_words import spoken
from tongchuang.accounts.models import User
from tongchuang.accounts.permissions import Request, can, require, requires
from tongchuang.core import audit, clock
from tongchuang.core.pages import (
    check_version,
    export_response,
    keyset,
    render_page,
    requested_sort,
)
from tongchuang.meetings import queries, services
from tongchuang.meetings.forms import MATTER_FORMS, MatterForm, move_form
from tongchuang.meetings.models import MATTER_FLOW, Matter
from tongchuang.meetings.sheets import matter_sheet
from tongchuang.meetings.views.meetings import log_export
from tongchuang.meetings.views.pages import campaign_of, form_page, moves_of

_SORTS = {
    "due": ("due_on", "id"),
    "number": ("number", "id"),
    "unit": ("unit__name", "id"),
    "sponsor": ("sponsor__name", "id"),
}
_FIELDS = ("title", "detail", "cause", "unit", "sponsor", "due_on", "task", "project")


@requires("meetings.view")
def matter_list(request: Request) -> HttpResponse:
    today = clock.today()
    asked = _asked(request)
    sort = requested_sort(request, _SORTS, default="due")
    found = queries.matter_list(request.user, on=today, **asked)
    rows = keyset(request, found.prefetch_related(None), order=sort.order)
    counts = queries.matter_counts(request.user, on=today)
    lines = queries.with_matter_rows(Matter.objects.filter(pk__in=[row.pk for row in rows.rows]))
    by_pk = {line.matter.pk: line for line in queries.matter_lines(lines, on=today)}
    seen = Matter.objects.visible_to(request.user).order_by().values("sponsor")
    context = {
        "page": rows,
        "lines": [by_pk[row.pk] for row in rows.rows],
        "tabs": [(name, word, counts[name]) for name, word in queries.MATTER_TABS],
        "tab": asked["tab"],
        "sponsors": [
            (str(pk), name)
            for pk, name in User.objects.filter(pk__in=seen).values_list("pk", "name")
        ],
        "sponsor": str(asked["sponsor"] or ""),
        "sort": sort,
    }
    return render_page(request, "meetings/matter_list.html", context, fragment="rows")


def _asked(request: Request) -> dict[str, Any]:
    tab, sponsor = request.GET.get("tab", ""), request.GET.get("sponsor", "")
    known = {name for name, _word in queries.MATTER_TABS}
    number = sponsor.isascii() and sponsor.isdecimal()
    return {"tab": tab if tab in known else "", "sponsor": int(sponsor) if number else None}


@requires("meetings.view")
def matter_export(request: Request) -> HttpResponse:
    today = clock.today()
    found = queries.matter_list(request.user, on=today, **_asked(request)).order_by("number")
    log_export(request, "export_matters")
    lines = queries.matter_lines(queries.with_matter_rows(found), on=today)
    return export_response(matter_sheet().export(lines), _("重大事项清单.xlsx"))


@requires("meetings.manage")
def matter_new(request: Request) -> HttpResponse:
    campaign = campaign_of(request)
    if campaign is None:
        raise Http404
    require(request.user, "meetings.manage", campaign)
    form = MatterForm(request.POST or None, campaign=campaign)

    def save() -> Matter:
        return services.list_matter(
            campaign, on=clock.today(), by=request.user, **form.cleaned_data
        )

    return form_page(
        request,
        form,
        save,
        title=_("列入重大事项"),
        submit=_("列入清单"),
        back=reverse("meetings:matter_list"),
        crumb=_("重大事项清单"),
        opens="meetings:matter_detail",
    )


@requires("meetings.manage")
def matter_edit(request: Request, pk: int) -> HttpResponse:
    matter = matter_of(request, pk)
    require(request.user, "meetings.manage", matter)
    initial = {name: getattr(matter, name) for name in _FIELDS}
    initial["helpers"] = list(matter.helpers.all())
    form = MatterForm(request.POST or None, campaign=matter.campaign, initial=initial)
    if request.method == "POST":
        check_version(matter, request)

    def save() -> Matter:
        return services.change_matter(matter, by=request.user, **form.cleaned_data)

    return form_page(
        request,
        form,
        save,
        title=_("修改重大事项"),
        submit=_("保存"),
        back=reverse("meetings:matter_detail", args=[pk]),
        crumb=matter.title,
        version=matter.version,
    )


@requires("meetings.view")
def matter_detail(request: Request, pk: int) -> HttpResponse:
    return _detail_page(request, matter_of(request, pk))


def _detail_page(
    request: Request,
    matter: Matter,
    *,
    failed: Mapping[str, forms.Form] | None = None,
    status: int = 200,
) -> HttpResponse:
    today = clock.today()
    line = queries.matter_lines([matter], on=today)[0]
    context = {
        "matter": matter,
        "line": line,
        "rulings": queries.ruling_lines(line.rulings, on=today),
        "studied": [item.meeting for item in matter.studied],  # type: ignore[attr-defined]
        "manages": can(request.user, "meetings.manage", matter),
        "moves": moves_of(request, MATTER_FLOW, matter, MATTER_FORMS, failed or {}),
        "events": spoken(audit.history(matter).order_by("-id")[:30]),
    }
    return render_page(request, "meetings/matter_detail.html", context, status=status)


@requires("meetings.view")
@require_POST
def matter_move(request: Request, pk: int, move: str) -> HttpResponse:
    """One move of the flow, with its form."""
    matter = matter_of(request, pk)
    if move not in MATTER_FLOW.moves:
        raise Http404
    require(request.user, MATTER_FLOW.moves[move].action, matter)
    check_version(matter, request)
    form = move_form(MATTER_FORMS, move, request.POST)
    if form.is_valid():
        try:
            _make(request, matter, move, form.cleaned_data)
        except services.Refused as fault:
            form.add_error(None, str(fault))
        else:
            messages.success(request, _("已办理。"))
            return redirect("meetings:matter_detail", pk=pk)
    return _detail_page(request, matter, failed={move: form}, status=422)


def _make(request: Request, matter: Matter, move: str, fields: dict[str, Any]) -> None:
    by = request.user
    match move:
        case "solve":
            services.solve_matter(matter, on=clock.today(), by=by, **fields)
        case "withdraw":
            services.withdraw_matter(matter, by=by, **fields)
        case "reopen":
            services.reopen_matter(matter, by=by, **fields)


def matter_of(request: Request, pk: int) -> Matter:
    """A matter that the reader may see; else 404."""
    found = queries.with_matter_rows(Matter.objects.visible_to(request.user))
    return get_object_or_404(
        found.select_related("campaign", "unit", "sponsor", "task", "case", "project"), pk=pk
    )
