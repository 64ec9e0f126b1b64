"""The policy register and one policy."""

from collections.abc import Mapping
from typing import cast

from django import forms
from django.contrib import messages
from django.core.files.base import File
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tongchuang.accounts.event_words import spoken
from tongchuang.accounts.permissions import Request, can, require, requires
from tongchuang.campaigns.models import Task
from tongchuang.core import audit, clock
from tongchuang.core.files import FileRefused, serve_file
from tongchuang.core.pages import (
    check_version,
    export_response,
    keyset,
    render_page,
    requested_sort,
)
from tongchuang.core.sheet_views import sheet_import_page
from tongchuang.meetings import queries, services
from tongchuang.meetings.forms import POLICY_FORMS, FileForm, PolicyForm, move_form
from tongchuang.meetings.models import POLICY_FLOW, Policy
from tongchuang.meetings.sheets import policy_sheet
from tongchuang.meetings.views.meetings import log_export
from tongchuang.meetings.views.pages import campaign_of, form_page, moves_of

_SORTS = {
    "title": ("title", "id"),
    "issued": ("issued_on", "id"),
    "review": ("review_on", "id"),
    "issuer": ("issuer__name", "id"),
}
_FIELDS = ("kind", "title", "issuer", "number", "issued_on", "valid_until", "review_on")


@requires("meetings.view")
def policy_list(request: Request) -> HttpResponse:
    today = clock.today()
    tab, kind, words = _asked(request)
    sort = requested_sort(request, _SORTS, default="title")
    found = queries.policy_list(request.user, tab, kind=kind, q=words, on=today)
    counts = queries.policy_counts(request.user, on=today)
    context = {
        "page": keyset(request, found, order=sort.order),
        "tabs": [(name, word, counts[name]) for name, word in queries.POLICY_TABS],
        "tab": tab,
        "kinds": Policy.Kind.choices,
        "kind": kind,
        "q": words,
        "today": today,
        "sort": sort,
    }
    return render_page(request, "meetings/policy_list.html", context, fragment="rows")


def _asked(request: Request) -> tuple[str, str, str]:
    tab, kind = request.GET.get("tab", ""), request.GET.get("kind", "")
    known = {name for name, _word in queries.POLICY_TABS}
    return (
        tab if tab in known else "",
        kind if kind in Policy.Kind.values else "",
        request.GET.get("q", "").strip()[:60],
    )


@requires("meetings.view")
def policy_export(request: Request) -> HttpResponse:
    tab, kind, words = _asked(request)
    rows = queries.policy_list(request.user, tab, kind=kind, q=words, on=clock.today())
    log_export(request, "export_policies")
    return export_response(policy_sheet(None).export(rows), _("政策措施台账.xlsx"))


@requires("meetings.policy")
def policy_import(request: Request) -> HttpResponse:
    sheet = policy_sheet(campaign_of(request))
    return sheet_import_page(
        request, sheet, template="meetings/policy_import.html", back_url="meetings:policy_list"
    )


@requires("meetings.policy")
def policy_new(request: Request) -> HttpResponse:
    campaign = campaign_of(request)
    if campaign is None:
        raise Http404
    form = PolicyForm(request.POST or None, campaign=campaign, known=False)

    def save() -> Policy:
        return services.register_policy(campaign, by=request.user, **form.cleaned_data)

    return form_page(
        request,
        form,
        save,
        title=_("登记政策措施"),
        submit=_("登记"),
        back=reverse("meetings:policy_list"),
        crumb=_("政策措施台账"),
        opens="meetings:policy_detail",
    )


@requires("meetings.policy")
def policy_edit(request: Request, pk: int) -> HttpResponse:
    policy = policy_of(request, pk)
    require(request.user, "meetings.policy", policy)
    initial = {name: getattr(policy, name) for name in _FIELDS}
    initial |= {
        "basis": "\n".join(policy.basis_words),
        "clauses": list(policy.clauses.all()),
        "tasks": list(policy.tasks.all()),
    }
    form = PolicyForm(request.POST or None, campaign=policy.campaign, known=True, initial=initial)
    if request.method == "POST":
        check_version(policy, request)

    def save() -> Policy:
        return services.change_policy(policy, by=request.user, **form.cleaned_data)

    return form_page(
        request,
        form,
        save,
        title=_("修改政策措施"),
        submit=_("保存"),
        back=reverse("meetings:policy_detail", args=[pk]),
        crumb=policy.title,
        version=policy.version,
    )


@requires("meetings.view")
def policy_detail(request: Request, pk: int) -> HttpResponse:
    return _detail_page(request, policy_of(request, pk))


def _detail_page(
    request: Request,
    policy: Policy,
    *,
    failed: Mapping[str, forms.Form] | None = None,
    file_form: forms.Form | None = None,
    status: int = 200,
) -> HttpResponse:
    moves = moves_of(request, POLICY_FLOW, policy, POLICY_FORMS, failed or {})
    if policy.drafted_by_id == request.user.pk:  # the legal opinion is another person's
        moves = [move for move in moves if move["name"] != "issue"]
    context = {
        "policy": policy,
        "clauses": policy.clauses.order_by("ordinal"),
        "tasks": Task.objects.visible_to(request.user).filter(policies=policy),
        "predecessors": policy.predecessors.all(),
        "today": clock.today(),
        "manages": can(request.user, "meetings.policy", policy),
        "moves": moves,
        "file_form": file_form or FileForm(),
        "events": spoken(audit.history(policy).order_by("-id")[:30]),
    }
    return render_page(request, "meetings/policy_detail.html", context, status=status)


@requires("meetings.policy")
@require_POST
def policy_move(request: Request, pk: int, move: str) -> HttpResponse:
    """One move of the flow, with its form."""
    policy = policy_of(request, pk)
    if move not in POLICY_FLOW.moves:
        raise Http404
    require(request.user, POLICY_FLOW.moves[move].action, policy)
    check_version(policy, request)
    form = move_form(POLICY_FORMS, move, request.POST)
    if form.is_valid():
        try:
            services.move_policy(policy, move, by=request.user, **form.cleaned_data)
        except services.Refused as fault:
            form.add_error(None, str(fault))
            messages.error(request, str(fault))
        else:
            messages.success(request, _("已办理。"))
            return redirect("meetings:policy_detail", pk=pk)
    return _detail_page(request, policy_of(request, pk), failed={move: form}, status=422)


@requires("meetings.policy")
@require_POST
def policy_upload(request: Request, pk: int) -> HttpResponse:
    policy = policy_of(request, pk)
    form = FileForm(request.POST, request.FILES)
    if form.is_valid():
        upload = cast(File[bytes], form.cleaned_data["upload"])
        try:
            services.attach_file(policy, upload, by=request.user)
        except FileRefused as fault:
            form.add_error("upload", str(fault))
        else:
            messages.success(request, _("文件已存。"))
            return redirect("meetings:policy_detail", pk=pk)
    return _detail_page(request, policy, file_form=form, status=422)


@requires("meetings.view")
@require_GET
def policy_file(request: Request, pk: int) -> HttpResponse | FileResponse:
    policy = policy_of(request, pk)
    if policy.file is None:
        raise Http404
    return serve_file(request, policy.file, "sealed")


def policy_of(request: Request, pk: int) -> Policy:
    """A policy that the reader may see; else 404."""
    found = Policy.objects.visible_to(request.user).select_related(
        "issuer", "campaign", "successor", "drafted_by", "file"
    )
    return get_object_or_404(found, pk=pk)
