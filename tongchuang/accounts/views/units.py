"""Units: the tree, one unit, its posts."""

from typing import Any, cast

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongchuang.accounts import queries, services
from tongchuang.accounts.event_words import spoken
from tongchuang.accounts.forms import (
    AppointForm,
    GrantForm,
    PersonField,
    RenameForm,
    UnitForm,
    unit_text,
)
from tongchuang.accounts.models import Membership, Post, Unit, User
from tongchuang.accounts.permissions import Request, require, requires
from tongchuang.accounts.sheets import UNITS
from tongchuang.accounts.views.form_page import FormPage, attempt, render_form
from tongchuang.core import audit, clock
from tongchuang.core.pages import export_response, keyset, render_page

EXPORTED = 20_000


@requires("accounts.view")
@require_GET
def unit_list(request: Request) -> HttpResponse:
    units = queries.units_visible_to(request.user)
    if request.GET.get("format") == "xlsx":
        audit.record(subject=request.user, action="export", by=request.user, reason=_("单位"))
        return export_response(UNITS.export(_exported(units)), _("单位.xlsx"))
    text = request.GET.get("q", "").strip()[:40]
    today = clock.today()
    under = _under(request, units)
    context: dict[str, Any] = {
        "query": text,
        "under": under,
        "above": queries.ancestors(under) if under else [],
        "missing": queries.posts_missing(request.user, on=today).count(),
    }
    if text:
        found = queries.find_units(queries.with_gaps(units, on=today), text)
        context["page"] = keyset(request, found, order=("path",))
    else:
        context["tree"] = queries.unit_tree(request.user, on=today, under=under)
    return render_page(request, "accounts/unit_list.html", context)


@requires("accounts.view")
@require_GET
def posts_missing(request: Request) -> HttpResponse:
    missing = queries.posts_missing(request.user, on=clock.today())
    context = {"page": keyset(request, missing, order=("path",))}
    return render_page(request, "accounts/posts_missing.html", context)


@requires("accounts.view")
@require_GET
def unit_detail(request: Request, pk: int) -> HttpResponse:
    today = clock.today()
    units = queries.with_gaps(queries.units_visible_to(request.user), on=today)
    unit = get_object_or_404(units, pk=pk)
    held = queries.posts_on(today)
    grants = unit.memberships.filter(held).select_related("user__unit").order_by("role", "id")
    context = {
        "unit": unit,
        "above": queries.ancestors(unit),
        "posts": sorted(
            unit.posts.filter(held).select_related("holder"),
            key=lambda post: Post.ORDER.index(post.kind),
        ),
        "former": unit.posts.filter(to_on__lt=today).select_related("holder")[:20],
        "below": list(queries.with_gaps(queries.children(unit), on=today)[:100]),
        "grants": list(grants[:100]),
        "names": list(unit.names.all()),
        "page": keyset(request, unit.people.filter(robot=False), order=("-is_active", "id")),
        "lines": spoken(audit.history(unit).order_by("-id")[:20]),
    }
    return render_page(request, "accounts/unit_detail.html", context)


@requires("accounts.manage")
@require_http_methods(["GET", "POST"])
def unit_create(request: Request) -> HttpResponse:
    parent = _under(request, queries.units_managed_by(request.user))
    form = UnitForm(request.POST or None)
    page = FormPage(
        heading=_("新建单位"),
        submit=_("新建"),
        back=resolve_url(parent_url(parent)),
        keep=f"unit-new-{parent.pk if parent else 0}",
        crumb=str(parent or _("单位与人员")),
        note=_("上级：%s") % parent if parent else _("没有上级：这是一棵树的最上一级。"),
    )
    unit = attempt(
        request,
        form,
        page,
        lambda: services.create_unit(form.facts(), parent=parent, by=request.user),
    )
    if unit is None:
        return render_form(request, form, page)
    messages.success(request, _("已新建“%s”。") % unit)
    return redirect("accounts:unit_detail", pk=unit.pk)


@requires("accounts.manage")
@require_http_methods(["GET", "POST"])
def unit_edit(request: Request, pk: int) -> HttpResponse:
    unit = _managed(request, pk)
    form = UnitForm(request.POST or None, instance=Unit.objects.get(pk=pk))
    page = _unit_page(unit, _("修改单位"), _("保存"), "edit")
    done = attempt(
        request,
        form,
        page,
        lambda: services.change_unit(unit, form.facts(), by=request.user),
    )
    if done is None:
        return render_form(request, form, page)
    messages.success(request, _("已保存。"))
    return redirect("accounts:unit_detail", pk=pk)


@requires("accounts.manage")
@require_http_methods(["GET", "POST"])
def unit_rename(request: Request, pk: int) -> HttpResponse:
    unit = _managed(request, pk)
    today = clock.today()
    form = RenameForm(request.POST or None, today=today, initial={"on": today})
    page = _unit_page(unit, _("单位更名"), _("更名"), "rename", note=_("现名称：%s") % unit.name)
    done = attempt(
        request,
        form,
        page,
        lambda: services.rename_unit(unit, by=request.user, **form.cleaned_data),
    )
    if done is None:
        return render_form(request, form, page)
    messages.success(request, _("已更名，以前的记录仍显示原名称。"))
    return redirect("accounts:unit_detail", pk=pk)


@requires("accounts.manage")
@require_http_methods(["GET", "POST"])
def post_appoint(request: Request, pk: int) -> HttpResponse:
    unit = _managed(request, pk)
    first = {"on": clock.today(), "kind": request.GET.get("kind", Post.Kind.HEAD)}
    form = AppointForm(request.POST or None, initial=first)
    offer_people(form, "holder", request.user, unit)
    page = _unit_page(unit, _("任职"), _("任职"), "appoint")
    done = attempt(
        request,
        form,
        page,
        lambda: services.appoint(unit, by=request.user, **form.cleaned_data),
    )
    if done is None:
        return render_form(request, form, page)
    messages.success(request, _("已任职。"))
    return redirect("accounts:unit_detail", pk=pk)


@requires("accounts.manage")
@require_POST
def post_end(request: Request, pk: int) -> HttpResponse:
    units = queries.units_managed_by(request.user)
    post = get_object_or_404(Post.objects.filter(unit__in=units.values("pk")), pk=pk)
    services.end_post(post, by=request.user, on=clock.today())
    messages.success(request, _("已离任，任职到今天为止。"))
    return redirect("accounts:unit_detail", pk=post.unit_id)


@requires("accounts.manage")
@require_http_methods(["GET", "POST"])
def membership_grant(request: Request, pk: int) -> HttpResponse:
    people = queries.people_visible_to(request.user)
    person = get_object_or_404(people, pk=pk)
    form = GrantForm(request.POST or None, initial=_first_grant(person))
    form.fields["unit"].among(queries.units_managed_by(request.user))  # type: ignore[attr-defined]  # UnitField
    page = FormPage(
        heading=_("授予角色"),
        submit=_("授予"),
        back=resolve_url("accounts:person_detail", pk=pk),
        keep=f"grant-{pk}",
        crumb=person.name,
        note=_("不能给自己授权；范围不超出您自己的管理范围。"),
    )
    done = attempt(
        request,
        form,
        page,
        lambda: services.grant_membership(person, by=request.user, **form.cleaned_data),
    )
    if done is None:
        return render_form(request, form, page)
    messages.success(request, _("已授予。"))
    return redirect("accounts:person_detail", pk=pk)


@requires("accounts.manage")
@require_POST
def membership_end(request: Request, pk: int) -> HttpResponse:
    units = queries.units_managed_by(request.user)
    grants = Membership.objects.filter(unit__in=units.values("pk")).select_related("user", "unit")
    grant = get_object_or_404(grants, pk=pk)
    services.end_membership(grant, by=request.user, on=clock.today())
    messages.success(request, _("角色已收回。"))
    return redirect("accounts:person_detail", pk=grant.user_id)


def offer_people(form: Any, name: str, user: User, unit: Unit | None) -> None:
    """Let a field name anybody visible; offer the people of the unit first."""
    field = cast(PersonField, form.fields[name])
    people = queries.people_visible_to(user).filter(is_active=True)
    field.among(people, offered=people.filter(unit=unit) if unit else people)


def parent_url(unit: Unit | None) -> str:
    """The page of a unit, or of the whole tree."""
    if unit is None:
        return resolve_url("accounts:unit_list")
    return resolve_url("accounts:unit_detail", pk=unit.pk)


def _first_grant(person: User) -> dict[str, object]:
    unit = unit_text(person.unit) if person.unit else ""
    return {"on": clock.today(), "unit": unit}


def _unit_page(unit: Unit, heading: str, submit: str, what: str, note: str = "") -> FormPage:
    return FormPage(
        heading=heading,
        submit=submit,
        back=resolve_url("accounts:unit_detail", pk=unit.pk),
        keep=f"unit-{unit.pk}-{what}",
        crumb=str(unit),
        note=note,
        subject=unit,
    )


def _managed(request: Request, pk: int) -> Unit:
    """A visible unit that one may change: outside the scope 404, inside without the right 403."""
    unit = get_object_or_404(queries.units_visible_to(request.user), pk=pk)
    require(request.user, "accounts.manage", unit)
    return unit


def _under(request: Request, units: QuerySet[Unit]) -> Unit | None:
    """The unit that `?under=` names; None without one."""
    pk = request.GET.get("under", "")
    if not pk:
        return None
    return get_object_or_404(units, pk=int(pk) if pk.isdigit() and len(pk) < 18 else 0)


def _exported(units: QuerySet[Unit]) -> list[Unit]:
    rows = list(units[:EXPORTED])
    by_path = {unit.path: unit for unit in Unit.objects.only("path", "code")}
    for unit in rows:
        unit.parent_code = by_path[unit.path[:-4]].code if unit.depth > 1 else ""
    return rows
