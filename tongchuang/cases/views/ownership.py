"""权属认定: the list of sessions, one session, what was seen, the ruling, the paper."""

from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tongchuang.accounts.permissions import Request, require, requires
from tongchuang.cases import forms, queries, services
from tongchuang.cases.models import OwnershipSession
from tongchuang.cases.sheets import ownership_sheet
from tongchuang.cases.views.records import visible_case
from tongchuang.core import audit, clock
from tongchuang.core.files import serve_file
from tongchuang.core.flow import WrongState
from tongchuang.core.pages import check_version, export_response, keyset, render_page


def _tab(request: Request) -> str:
    tab = request.GET.get("tab", "")
    return tab if tab in OwnershipSession.Status.values else ""


@requires("cases.view")
@require_GET
def ownership_list(request: Request) -> HttpResponse:
    tab = _tab(request)
    counts = queries.session_counts(request.user)
    names = [("", _("全部")), *OwnershipSession.Status.choices]
    context = {
        "page": keyset(request, queries.session_list(request.user, tab)),
        "tabs": [(name, word, counts[name]) for name, word in names],
        "tab": tab,
        "now": clock.now(),
    }
    return render_page(request, "cases/ownership_list.html", context, fragment="rows")


@requires("cases.view")
@require_GET
def ownership_export(request: Request) -> HttpResponse:
    rows = queries.session_list(request.user, _tab(request)).prefetch_related("groundless")
    audit.record(
        subject=request.user,
        action="export_ownership",
        by=request.user,
        after={"filters": request.GET.dict()},
    )
    return export_response(ownership_sheet().export(rows), _("权属认定.xlsx"))


@requires("cases.view")
@require_GET
def ownership_detail(request: Request, pk: int) -> HttpResponse:
    session = _session(request, pk)
    moves = OwnershipSession.FLOW.available(session, request.user)
    context = {
        "session": session,
        "may_hold": "hold" in moves,
        "may_rule": "rule" in moves,
        "returns": queries.returns_of(session.case),
        "blamed": list(session.groundless.all()),
        "now": clock.now(),
    }
    return render_page(request, "cases/ownership_detail.html", context)


@requires("cases.dispatch")
@require_http_methods(["GET", "POST"])
def ownership_open(request: Request, pk: int) -> HttpResponseBase:
    """Call the session of a case that came with two returns from elsewhere."""
    case = visible_case(request, pk)
    require(request.user, "cases.dispatch", case)
    found = case.sessions.first()
    if found:
        return redirect("cases:ownership_detail", pk=found.pk)
    form = django_forms.Form(request.POST or None)
    if request.method == "POST":
        try:
            session = services.open_session(case, by=request.user)
        except services.Refused as refused:
            messages.error(request, str(refused))
            return redirect("cases:detail", pk=case.pk)
        messages.success(request, _("已提起权属认定。"))
        return redirect("cases:ownership_detail", pk=session.pk)
    back = reverse("cases:detail", args=[case.pk])
    return _form_page(request, form, _("提起权属认定"), str(case), back)


@requires("cases.dispatch")
@require_http_methods(["GET", "POST"])
def ownership_hold(request: Request, pk: int) -> HttpResponseBase:
    session = _session(request, pk)
    require(request.user, "cases.dispatch", session)
    form = forms.HoldForm(request.POST or None, initial=_held(session))
    return _act(request, session, form, services.hold_session, _("记录现场认定"))


@requires("cases.rule_ownership")
@require_http_methods(["GET", "POST"])
def ownership_rule(request: Request, pk: int) -> HttpResponseBase:
    session = _session(request, pk)
    require(request.user, "cases.rule_ownership", session)
    form = forms.RulingForm(request.POST or None, session=session)
    return _act(request, session, form, services.rule_session, _("裁定权属"))


@requires("cases.view")
@require_GET
def ownership_docx(request: Request, pk: int) -> HttpResponse | FileResponse:
    session = _session(request, pk)
    if session.docx is None:
        raise Http404
    return serve_file(request, session.docx, "sealed")


def _session(request: Request, pk: int) -> OwnershipSession:
    sessions = queries.session_list(request.user)
    return get_object_or_404(sessions.select_related("docx", "held_by"), pk=pk)


def _held(session: OwnershipSession) -> dict[str, Any]:
    names = ("held_at", "present", "papers", "findings")
    return {name: getattr(session, name) or None for name in names}


def _act(
    request: Request, session: OwnershipSession, form: django_forms.Form, act: Any, title: str
) -> HttpResponseBase:
    """Show or take the form of one move of a session."""
    back = reverse("cases:ownership_detail", args=[session.pk])
    if request.method == "POST":
        check_version(session, request)
        if form.is_valid():
            try:
                act(session, by=request.user, **form.cleaned_data)
            except services.Refused as refused:
                form.add_error(None, str(refused))
            except WrongState as late:
                messages.info(request, str(late))
                return redirect(back)
            else:
                messages.success(request, _("已办理：%(move)s。") % {"move": title})
                return redirect(back)
    return _form_page(request, form, title, str(session.case), back, session.version)


def _form_page(
    request: Request,
    form: django_forms.Form,
    title: str,
    about: str,
    back: str,
    version: int | None = None,
) -> HttpResponse:
    context = {"form": form, "title": title, "about": about, "back": back, "version": version}
    status = 422 if form.errors else 200
    return render_page(request, "cases/ownership_form.html", context, status=status)
