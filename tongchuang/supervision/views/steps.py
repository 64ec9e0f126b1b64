"""The steps of a bulletin: one small page or button each."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tongchuang.accounts.permissions import Request, require, requires
from tongchuang.campaigns.models import Campaign
from tongchuang.core import audit, clock
from tongchuang.core.flow import WrongState
from tongchuang.core.pages import render_page, stale
from tongchuang.supervision import queries, services
from tongchuang.supervision.forms import (
    DemandsForm,
    EntryFormSet,
    ErratumForm,
    FreezeForm,
    HighlightFormSet,
    ObjectionForm,
    RulingForm,
)
from tongchuang.supervision.models import Bulletin, Objection
from tongchuang.supervision.queries.month import cut_moment
from tongchuang.supervision.views.reading import page_of, visible_bulletin
from tongchuang.supervision.words import ABOUT_WORDS


# Freezing
@requires("supervision.draft")
def bulletin_new(request: Request) -> HttpResponse:
    campaigns = Campaign.objects.visible_to(request.user).filter(started_on__isnull=False)
    chosen = campaigns.filter(pk=request.session.get("campaign") or 0).first()
    form = FreezeForm(
        request.POST or None,
        campaigns=campaigns,
        today=clock.today(),
        initial={"campaign": chosen.code if chosen else None},
    )
    if request.method == "POST" and form.is_valid():
        month = form.cleaned_data["month"]
        bulletin = services.freeze_bulletin(
            form.cleaned_data["campaign"], month=month, at=cut_moment(month), by=request.user
        )
        return _to(bulletin)
    status = 422 if form.errors else 200
    return render_page(request, "supervision/bulletin_new.html", {"form": form}, status=status)


def _to(bulletin: Bulletin) -> HttpResponseRedirect:
    return redirect("supervision:bulletin_detail", pk=bulletin.pk)


# Consult, seal, issue
def _step(request: Request, pk: int, act: Callable[[Bulletin], object], done: str) -> HttpResponse:
    """Take a step; done before or not possible now, the page says so."""
    bulletin = visible_bulletin(request, pk)
    if stale(request, bulletin):
        return _moved_on(request, bulletin)
    try:
        act(bulletin)
    except (services.Refused, WrongState) as refused:
        messages.warning(request, str(refused))
        return _to(bulletin)
    messages.success(request, done)
    return _to(bulletin)


def _moved_on(request: Request, bulletin: Bulletin) -> HttpResponse:
    context = page_of(request, bulletin) | {"stale": last_event(bulletin)}
    return render_page(request, "supervision/bulletin_detail.html", context, status=409)


def last_event(bulletin: Bulletin) -> dict[str, Any] | None:
    """Who moved the bulletin last, and when."""
    event = audit.history(bulletin).last()
    return {"by": event.actor_name, "at": event.at} if event else None


@requires("supervision.draft")
@require_POST
def consult(request: Request, pk: int) -> HttpResponse:
    act = lambda one: services.consult_bulletin(one, at=clock.now(), by=request.user)  # noqa: E731
    return _step(request, pk, act, _("已发各单位征求意见。"))


@requires("supervision.seal")
@require_POST
def seal(request: Request, pk: int) -> HttpResponse:
    act = lambda one: services.seal_bulletin(one, at=clock.now(), by=request.user)  # noqa: E731
    return _step(request, pk, act, _("已封存，数据不再变化。"))


@requires("supervision.issue")
@require_POST
def issue(request: Request, pk: int) -> HttpResponse:
    act = lambda one: services.issue_bulletin(one, at=clock.now(), by=request.user)  # noqa: E731
    return _step(request, pk, act, _("已印发。"))


# Praise, naming, demands
@requires("supervision.draft")
def praise_edit(request: Request, pk: int) -> HttpResponse:
    bulletin = visible_bulletin(request, pk)
    require(request.user, "supervision.draft", bulletin)
    if bulletin.status != Bulletin.Status.DRAFT:
        messages.info(request, _("已征求意见，表扬、点名和要求不能再改。"))
        return _to(bulletin)
    forms = _praise_forms(request, bulletin)
    if request.method == "POST" and stale(request, bulletin):
        return _praise_page(request, bulletin, forms, status=409)
    if request.method == "POST":
        if all(form.is_valid() for form in forms.values()) and _edit(request, bulletin, forms):
            messages.success(request, _("已保存。"))
            return _to(bulletin)
        return _praise_page(request, bulletin, forms, status=422)
    return _praise_page(request, bulletin, forms)


def _edit(request: Request, bulletin: Bulletin, forms: dict[str, Any]) -> bool:
    """Save what was typed; what is refused is told on the page."""
    try:
        services.edit_bulletin(
            bulletin,
            praise=_filled(forms["praise"]),
            named=_filled(forms["named"]),
            highlights=_filled(forms["highlights"]),
            demands=forms["demands"].cleaned_data["demands"],
            by=request.user,
        )
    except services.Refused as fault:
        messages.error(request, str(fault))
        return False
    return True


def _praise_forms(request: Request, bulletin: Bulletin) -> dict[str, Any]:
    posted = request.POST if request.method == "POST" else None
    units = [(row["unit"], row["name"]) for row in bulletin.data["units"]]
    made: dict[str, Any] = {
        prefix: EntryFormSet(posted, prefix=prefix, initial=entries, form_kwargs={"units": units})
        for prefix, entries in (("praise", bulletin.praise), ("named", bulletin.named))
    }
    made["highlights"] = HighlightFormSet(
        posted,
        prefix="highlights",
        initial=bulletin.data.get("highlights", []),
        form_kwargs={"units": units},
    )
    made["demands"] = DemandsForm(posted, initial={"demands": bulletin.demands})
    return made


def _filled(forms: Any) -> list[dict[str, Any]]:
    return [form.cleaned_data for form in forms if form.cleaned_data.get("unit")]


def _praise_page(
    request: Request, bulletin: Bulletin, forms: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    context = {"bulletin": bulletin, **forms}
    if status == 409:
        context["stale"] = last_event(bulletin)
    return render_page(request, "supervision/praise_edit.html", context, status=status)


# Objections
@requires("supervision.object")
def objection_new(request: Request, pk: int) -> HttpResponse:
    bulletin = visible_bulletin(request, pk)
    units = queries.units_that_may_object(bulletin, request.user)
    if not units:
        raise PermissionDenied("supervision.object")
    form = ObjectionForm(request.POST or None, units=units, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        try:
            services.object_to(bulletin, at=clock.now(), by=request.user, **form.cleaned_data)
        except (services.Refused, WrongState) as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("异议已提出，等待裁定。"))
            return _to(bulletin)
    context = {"bulletin": bulletin, "form": form}
    status = 422 if form.errors else 200
    return render_page(request, "supervision/objection_new.html", context, status=status)


@requires("supervision.rule")
def objection_rule(request: Request, pk: int) -> HttpResponse:
    seen = Bulletin.objects.visible_to(request.user).order_by()
    rows = Objection.objects.filter(bulletin__in=seen).select_related("bulletin", "unit", "by")
    objection = get_object_or_404(rows, pk=pk)
    require(request.user, "supervision.rule", objection.bulletin)
    if objection.state != Objection.State.OPEN:
        messages.info(request, _("这件异议已裁定：%(s)s。") % {"s": objection.get_state_display()})
        return _to(objection.bulletin)
    form = RulingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.rule_objection(objection, at=clock.now(), by=request.user, **form.cleaned_data)
        except (services.Refused, WrongState) as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("已裁定，并通知单位。"))
            return _to(objection.bulletin)
    context = {
        "objection": objection,
        "bulletin": objection.bulletin,
        "form": form,
        "about": ABOUT_WORDS.get(objection.part, objection.part),
    }
    status = 422 if form.errors else 200
    return render_page(request, "supervision/objection_rule.html", context, status=status)


# Errata
@requires("supervision.correct")
def erratum_new(request: Request, pk: int) -> HttpResponse:
    bulletin = visible_bulletin(request, pk)
    require(request.user, "supervision.correct", bulletin)
    if bulletin.status != Bulletin.Status.ISSUED:
        messages.info(request, _("印发以后才用勘误更正。"))
        return _to(bulletin)
    form = ErratumForm(request.POST or None, bulletin=bulletin, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        place = form.places[values["anchor"]]
        erratum = services.correct_bulletin(
            bulletin, place=place, at=clock.now(), by=request.user, **values
        )
        messages.success(request, _("已更正，文号 %(no)s。") % {"no": erratum.document_no})
        return _to(bulletin)
    context = {"bulletin": bulletin, "form": form}
    status = 422 if form.errors else 200
    return render_page(request, "supervision/erratum_new.html", context, status=status)
