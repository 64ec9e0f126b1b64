"""Pages of places."""

from typing import cast

import segno
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tongchuang.accounts.models import Unit
from tongchuang.accounts.permissions import Request, require, requires
from tongchuang.core import audit, clock
from tongchuang.core.pages import (
    check_version,
    export_response,
    keyset,
    render_page,
    requested_sort,
)
from tongchuang.core.sheet_views import sheet_import_page
from tongchuang.places import queries, services
from tongchuang.places.forms import BoundaryForm, CloseForm, LeadRuleForm, RuleForm, SiteForm
from tongchuang.places.models import LeadRule, ResponsibilityRule, Site
from tongchuang.places.rules import BadBoundary
from tongchuang.places.sheets import lead_rule_sheet, site_sheet
from tongchuang.standards.models import SiteType

SORTS = {"code": ("code", "id"), "name": ("name", "id"), "type": ("site_type__ordinal", "id")}


@requires("places.view")
def site_list(request: Request) -> HttpResponse:
    sites = queries.site_list(request.user, **_filters(request))
    sort = requested_sort(request, SORTS, default="code")
    context = {
        "page": keyset(request, sites, order=sort.order),
        "types": [
            (t.site_type.code, t.site_type.name)
            for t in queries.sites_by_type(request.user)
            if t.sites
        ],
        "territories": [(unit.code, unit.label) for unit in queries.streets()],
        "sort": sort,
    }
    return render_page(request, "places/site_list.html", context, fragment="rows")


@requires("places.view")
def site_map(request: Request) -> HttpResponse:
    context = {
        "types": [
            (t.site_type.code, t.site_type.name)
            for t in queries.sites_by_type(request.user)
            if t.sites
        ],
        "territories": [(unit.code, unit.label) for unit in queries.streets()],
        "counts": queries.sites_by_street(request.user, **_filters(request)),
    }
    return render_page(request, "places/site_map.html", context)


@requires("places.view")
def site_points(request: Request) -> JsonResponse:
    return JsonResponse(queries.site_features(request.user, **_filters(request)))


@requires("places.view")
def area_shapes(request: Request) -> JsonResponse:
    level = request.GET.get("level", "street")
    kinds = ["community", "village"] if level == "community" else ["street", "town", "zone"]
    response = JsonResponse(queries.area_features(kinds=kinds))
    response["Cache-Control"] = "private, max-age=300"
    return response


@requires("places.view")
def site_detail(request: Request, code: str) -> HttpResponse:
    site = _site(request, code)
    context = {
        "site": site,
        "events": audit.history(site).order_by("-id")[:50],
        "close_form": CloseForm(),
    }
    return render_page(request, "places/site_detail.html", context)


@requires("places.manage")
def site_new(request: Request) -> HttpResponse:
    form = SiteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        site = services.add_site(by=request.user, **form.cleaned_data)
        messages.success(request, _("已登记点位 %(name)s。") % {"name": site.name})
        return redirect("places:site_detail", code=site.code)
    context = {"form": form, "site": None}
    return render_page(request, "places/site_form.html", context, status=_status(form))


@requires("places.manage")
def site_edit(request: Request, code: str) -> HttpResponse:
    site = _site(request, code)
    require(request.user, "places.manage", site)
    form = SiteForm(request.POST or None, site=site, initial=_initial(site))
    if request.method == "POST":
        check_version(site, request)
        if form.is_valid():
            services.change_site(site, by=request.user, **form.cleaned_data)
            messages.success(request, _("已保存。"))
            return redirect("places:site_detail", code=site.code)
    context = {"form": form, "site": site}
    return render_page(request, "places/site_form.html", context, status=_status(form))


@requires("places.manage")
@require_POST
def site_close(request: Request, code: str) -> HttpResponse:
    site = _site(request, code)
    form = CloseForm(request.POST)
    if not form.is_valid():
        context = {
            "site": site,
            "close_form": form,
            "events": audit.history(site).order_by("-id")[:50],
        }
        return render_page(request, "places/site_detail.html", context, status=422)
    reason = form.cleaned_data["reason"]
    services.close_site(site, on=clock.today(), reason=reason, by=request.user)
    messages.success(request, _("点位已停用，历史记录保留。"))
    return redirect("places:site_detail", code=site.code)


@requires("places.view")
def site_plates(request: Request) -> HttpResponse:
    """QR plates to print: of one site (`?code=`) or of the filtered list, 200 at most."""
    sites = queries.site_list(request.user, **_filters(request))
    if request.GET.get("code"):
        sites = sites.filter(code=request.GET["code"])
    plates = [(site, _plate_svg(request, site)) for site in sites[:200]]
    return render_page(request, "places/site_plates.html", {"plates": plates})


@requires("places.view")
def site_export(request: Request) -> HttpResponse:
    sites = queries.site_list(request.user, **_filters(request)).order_by("code")
    audit.record(
        subject=request.user,
        action="export_sites",
        by=request.user,
        after={"filters": request.GET.dict()},
    )
    return export_response(site_sheet().export(sites.iterator(chunk_size=1000)), _("点位.xlsx"))


@requires("places.import")
def site_import(request: Request) -> HttpResponse:
    return sheet_import_page(
        request, site_sheet(), template="places/site_import.html", back_url="places:site_list"
    )


@requires("places.manage")
def boundary_import(request: Request) -> HttpResponse:
    form = BoundaryForm(request.POST or None, request.FILES or None)
    report = None
    if request.method == "POST" and form.is_valid():
        try:
            report = services.import_boundaries(
                form.cleaned_data["file"], source=form.cleaned_data["source"], by=request.user
            )
        except BadBoundary as fault:
            error = _("边界有误，没有导入任何内容：%(fault)s") % {"fault": fault}
            form.add_error("file", ValidationError(error))
    context = {"form": form, "report": report}
    return render_page(request, "places/boundary_import.html", context, status=_status(form))


@requires("places.view")
def boundary_export(request: Request) -> HttpResponse:
    kinds = ["street", "town", "zone", "community", "village", "grid"]
    response = JsonResponse(
        queries.area_features(kinds=kinds), json_dumps_params={"ensure_ascii": False}
    )
    response["Content-Disposition"] = 'attachment; filename="areas.geojson"'
    return response


@requires("places.view")
def rule_list(request: Request) -> HttpResponse:
    return render_page(request, "places/rule_list.html", {"rules": queries.responsibility_rules()})


@requires("places.manage")
def rule_edit(request: Request, code: str) -> HttpResponse:
    site_type = get_object_or_404(SiteType, code=code)
    rule = ResponsibilityRule.objects.filter(site_type=site_type).first()
    initial = (
        {"trade": rule.trade_id, "holder_hint": rule.holder_hint, "source": rule.source}
        if rule
        else {}
    )
    form = RuleForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        services.set_rule(site_type, by=request.user, **form.cleaned_data)
        messages.success(request, _("已保存。今后登记的点位按此规则。"))
        return redirect("places:rule_list")
    context = {"form": form, "site_type": site_type}
    return render_page(request, "places/rule_form.html", context, status=_status(form))


# Who leads
@requires("places.view")
def lead_rule_list(request: Request) -> HttpResponse:
    today, ended = clock.today(), request.GET.get("ended") == "1"
    page = keyset(request, queries.lead_rules(on=today, ended=ended))
    context = {"page": page, "ended": ended, "today": today}
    return render_page(request, "places/lead_rule_list.html", context, fragment="rows")


@requires("places.view")
def lead_rule_export(request: Request) -> HttpResponse:
    rules = queries.lead_rules(on=clock.today(), ended=True)
    audit.record(subject=request.user, action="export_lead_rules", by=request.user)
    return export_response(lead_rule_sheet().export(rules), _("主办规则.xlsx"))


@requires("places.manage")
def lead_rule_new(request: Request) -> HttpResponse:
    form = LeadRuleForm(request.POST or None, initial={"from_on": clock.today()})
    if request.method == "POST" and form.is_valid():
        services.add_lead_rule(by=request.user, **form.cleaned_data)
        messages.success(request, _("已保存。今后立案的建议按此规则。"))
        return redirect("places:lead_rule_list")
    return render_page(request, "places/lead_rule_form.html", {"form": form}, status=_status(form))


@requires("places.manage")
@require_POST
def lead_rule_end(request: Request, pk: int) -> HttpResponse:
    rule = get_object_or_404(LeadRule, pk=pk)
    services.end_lead_rule(rule, on=clock.today(), by=request.user)
    messages.success(request, _("今天是这条规则的最后一天。"))
    return redirect("places:lead_rule_list")


def _site(request: Request, code: str) -> Site:
    visible = Site.objects.visible_to(request.user)
    return get_object_or_404(
        visible.select_related("site_type", "territory", "trade", "holder"), code=code
    )


def _filters(request: HttpRequest) -> queries.SiteFilters:
    asked = request.GET
    territory, trade = asked.get("territory", ""), asked.get("trade", "")
    return {
        "site_type": asked.get("type", ""),
        "territory": cast(Unit | None, Unit.objects.filter(code=territory).first())
        if territory
        else None,
        "trade": cast(Unit | None, Unit.objects.filter(code=trade).first()) if trade else None,
        "text": asked.get("q", "").strip(),
        "with_closed": asked.get("closed") == "1",
    }


def _initial(site: Site) -> dict[str, object]:
    names = SiteForm.base_fields.keys() - {"code"}
    values = {name: getattr(site, name) for name in names}
    return {name: getattr(value, "pk", value) for name, value in values.items()}


def _status(form: SiteForm | BoundaryForm | RuleForm | LeadRuleForm) -> int:
    return 422 if form.errors else 200


def _plate_svg(request: HttpRequest, site: Site) -> str:
    address = request.build_absolute_uri(f"/p/s/{site.plate}/")
    return segno.make(address, error="m").svg_inline(scale=4, omitsize=True)
