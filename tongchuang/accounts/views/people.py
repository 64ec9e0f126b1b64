"""People: the list, one person, their absences and hand-over."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongchuang.accounts import queries, services
from tongchuang.accounts.event_words import spoken
from tongchuang.accounts.forms import AbsenceForm, HandOverForm, PersonForm, unit_text
from tongchuang.accounts.models import Absence, SignInSession, User
from tongchuang.accounts.permissions import Request, can, require, requires, signed_in
from tongchuang.accounts.sheets import PEOPLE
from tongchuang.accounts.views.form_page import FormPage, attempt, render_form
from tongchuang.accounts.views.units import offer_people
from tongchuang.core import audit, clock
from tongchuang.core.pages import export_response, keyset, render_page

MANAGE = "accounts.manage"
EXPORTED = 20_000


@requires("accounts.view")
@require_GET
def person_list(request: Request) -> HttpResponse:
    people = queries.people_visible_to(request.user)
    text = request.GET.get("q", "").strip()[:40]
    if text:
        people = queries.find_people(people, text)
    state = request.GET.get("state", "")
    if state in {"on", "off"}:
        people = people.filter(is_active=state == "on")
    if request.GET.get("format") == "xlsx":
        audit.record(subject=request.user, action="export", by=request.user, reason=_("人员"))
        return export_response(PEOPLE.export(people[:EXPORTED]), _("人员.xlsx"))
    context = {
        "page": keyset(request, people, order=("unit__path", "id")),
        "query": text,
        "state": state,
        "states": [("on", _("可登录")), ("off", _("已停用"))],
    }
    return render_page(request, "accounts/person_list.html", context, fragment="rows")


@requires("accounts.view")
@require_GET
@never_cache
def person_detail(request: Request, pk: int) -> HttpResponse:
    person = _visible(request, pk)
    today = clock.today()
    context = {
        "person": person,
        "manages": can(request.user, MANAGE, person),
        "oneself": person.pk == request.user.pk,
        "roles": list(queries.roles_held(person, on=today)),
        "posts": list(person.posts.select_related("unit")[:50]),
        "absences": list(person.absences.select_related("deputy")[:20]),
        "stands_in": list(queries.stands_in_for(person, on=today)),
        "hand_overs": list(person.handed_over.select_related("receiver")[:20]),
        "lines": spoken(audit.history(person).order_by("-id")[:20]),
        "word": request.session.pop(f"word-{pk}", ""),
    }
    return render_page(request, "accounts/person_detail.html", context)


@requires(MANAGE)
@require_http_methods(["GET", "POST"])
def person_create(request: Request) -> HttpResponse:
    form = _person_form(request, User())
    page = FormPage(
        heading=_("新建人员"),
        submit=_("新建"),
        back=resolve_url("accounts:person_list"),
        keep="person-new",
        crumb=_("人员"),
        note=_("保存后给出一次性口令，本人首次登录时须修改。"),
    )
    made = attempt(
        request, form, page, lambda: services.create_person(form.facts(), by=request.user)
    )
    if made is None:
        return render_form(request, form, page)
    return _show_word(request, *made)


@requires(MANAGE)
@require_http_methods(["GET", "POST"])
def person_edit(request: Request, pk: int) -> HttpResponse:
    person = _managed(request, pk)
    form = _person_form(request, User.objects.select_related("unit").get(pk=pk))
    page = _person_page(person, _("修改人员"), _("保存"), "edit")
    done = attempt(
        request,
        form,
        page,
        lambda: services.change_person(person, form.facts(), by=request.user),
    )
    if done is None:
        return render_form(request, form, page)
    messages.success(request, _("已保存。"))
    return redirect("accounts:person_detail", pk=pk)


@requires(MANAGE)
@require_POST
def person_set_active(request: Request, pk: int) -> HttpResponse:
    person = _managed(request, pk)
    active = request.POST.get("active") == "1"
    services.set_active(person, active=active, by=request.user)
    messages.success(request, _("账号已启用。") if active else _("账号已停用，登录已全部退出。"))
    return redirect("accounts:person_detail", pk=pk)


@requires(MANAGE)
@require_POST
def person_reset_password(request: Request, pk: int) -> HttpResponse:
    person = _managed(request, pk)
    return _show_word(request, person, services.reset_password(person, by=request.user))


@requires(MANAGE)
@require_POST
def person_end_sessions(request: Request, pk: int) -> HttpResponse:
    person = _managed(request, pk)
    for session in SignInSession.objects.filter(user=person, ended_at=None):
        services.end_session(session, by=request.user)
    messages.success(request, _("此人的登录已全部退出。"))
    return redirect("accounts:person_detail", pk=pk)


@signed_in
@require_http_methods(["GET", "POST"])
def absence_create(request: Request, pk: int) -> HttpResponse:
    person = _own_or_managed(request, pk)
    today = clock.today()
    form = AbsenceForm(request.POST or None, initial={"from_on": today, "to_on": today})
    _offer_colleagues(form, request, person)
    page = _person_page(person, _("登记离岗"), _("登记"), "absence", fresh=False)
    done = attempt(request, form, page, lambda: _register(form, person, request.user))
    if done is None:
        return render_form(request, form, page)
    messages.success(request, _("已登记，已通知代理人。"))
    return redirect(page.back)


@signed_in
@require_POST
def absence_end(request: Request, pk: int) -> HttpResponse:
    absence = get_object_or_404(Absence.objects.select_related("person"), pk=pk)
    person = _own_or_managed(request, absence.person_id)
    services.end_absence(absence, by=request.user, on=clock.today())
    messages.success(request, _("离岗已结束，代理随之结束。"))
    return redirect(_page_of(person, request.user))


@requires(MANAGE)
@require_http_methods(["GET", "POST"])
def hand_over(request: Request, pk: int) -> HttpResponse:
    giver = _managed(request, pk)
    form = HandOverForm(request.POST or None, initial={"on": clock.today()})
    offer_people(form, "receiver", request.user, giver.unit)
    page = _person_page(giver, _("工作移交"), _("移交"), "hand-over", fresh=False)
    done = attempt(
        request,
        form,
        page,
        lambda: services.hand_over(giver, by=request.user, **form.cleaned_data),
    )
    if done is None:
        return render_form(request, form, page)
    messages.success(
        request,
        _("已移交 %(posts)d 个岗位、%(roles)d 个角色，已通知接手人。")
        % {"posts": done.posts, "roles": done.roles},
    )
    return redirect("accounts:person_detail", pk=pk)


def _register(form: AbsenceForm, person: User, by: User) -> Absence:
    typed = form.cleaned_data
    return services.register_absence(
        person,
        deputy=typed["deputy"],
        days=(typed["from_on"], typed["to_on"]),
        reason=typed["reason"],
        by=by,
    )


def _offer_colleagues(form: Any, request: Request, person: User) -> None:
    """One's own deputy is somebody of one's unit; a manager may name anybody visible."""
    if person.pk != request.user.pk:
        offer_people(form, "deputy", request.user, person.unit)
        return
    colleagues = User.objects.filter(unit=person.unit, is_active=True, robot=False)
    form.fields["deputy"].among(
        colleagues.exclude(pk=person.pk), offered=colleagues.exclude(pk=person.pk)
    )


def _show_word(request: Request, person: User, word: str) -> HttpResponse:
    """Hand the one-time password to the next page, which shows it once."""
    request.session[f"word-{person.pk}"] = word
    return redirect("accounts:person_detail", pk=person.pk)


def _person_form(request: Request, person: User) -> PersonForm:
    units = queries.units_managed_by(request.user)
    asked = request.GET.get("unit", "")
    first = {}
    if asked.isdigit() and not person.pk:
        unit = units.filter(pk=int(asked[:17])).first()
        first = {"unit": unit_text(unit)} if unit else {}
    return PersonForm(request.POST or None, instance=person, units=units, initial=first)


def _person_page(
    person: User, heading: str, submit: str, what: str, *, fresh: bool = True
) -> FormPage:
    return FormPage(
        heading=heading,
        submit=submit,
        back=resolve_url("accounts:person_detail", pk=person.pk),
        keep=f"person-{person.pk}-{what}",
        crumb=person.name,
        subject=person if fresh else None,
    )


def _visible(request: Request, pk: int) -> User:
    return get_object_or_404(queries.people_visible_to(request.user), pk=pk)


def _managed(request: Request, pk: int) -> User:
    person = _visible(request, pk)
    require(request.user, MANAGE, person)
    return person


def _own_or_managed(request: Request, pk: int) -> User:
    return request.user if pk == request.user.pk else _managed(request, pk)


def _page_of(person: User, user: User) -> str:
    if person.pk == user.pk:
        return resolve_url("accounts:me")
    return resolve_url("accounts:person_detail", pk=person.pk)
