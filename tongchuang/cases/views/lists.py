"""The list of cases, its map, its export and its bulk action."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tongchuang.accounts.models import Unit
from tongchuang.accounts.permissions import Request, can, requires
from tongchuang.accounts.queries import each_as_of
from tongchuang.cases import queries, services
from tongchuang.cases.forms import read_filter
from tongchuang.cases.models import Case, Leg
from tongchuang.cases.queries.lists import STEP_WORDS, TABS, with_rows
from tongchuang.cases.sheets import CASES
from tongchuang.core import audit, clock
from tongchuang.core.pages import export_response, keyset, render_page, requested_sort
from tongchuang.places.queries import streets
from tongchuang.standards.models import Clause, ProblemClass

BULK_MOST = 200
EXPORT_MOST = 20_000
_SORTS = {
    "number": ["id"],
    "filed": ["filed_at"],
    "due": ["due_at"],
    "certainty": ["proposal_certainty"],
}


@requires("cases.view")
@require_GET
def case_list(request: Request) -> HttpResponse:
    at = clock.now()
    wanted = read_filter(request.GET)
    sort = requested_sort(request, _SORTS, default="-number")
    cases = with_rows(queries.case_list(request.user, wanted, at=at))
    counts = queries.tab_counts(request.user, wanted, at=at)
    tab = wanted.tab or "open"
    page = keyset(request, cases, order=sort.order, size=50, total=counts.get(tab))
    context = {
        "page": page,
        "rows": queries.case_rows(page.rows, at=at),
        "wanted": wanted,
        "tab": tab,
        "tabs": [(name, label, counts.get(name)) for name, label in TABS.items()],
        "counts": counts,
        "today": at.date(),
        "may_dispatch": can(request.user, "cases.dispatch"),
        "may_file": can(request.user, "cases.file"),
        **_choices(request, wanted),
    }
    return render_page(request, "cases/case_list.html", context, fragment="rows")


def _choices(request: Request, wanted: queries.CaseFilter) -> dict[str, Any]:
    """What the filters offer, and words for those that only come by a link."""
    return {
        "channels": Case.Channel.choices,
        "grades": Case.Grade.choices,
        "territories": [(unit.pk, unit.label) for unit in streets()],
        "classes": [(c.code, c.name) for c in ProblemClass.objects.filter(active=True)],
        "certainties": [("low", _("低于 75%")), ("high", _("75% 以上"))],
        "clause": Clause.objects.filter(pk=wanted.clause).first() if wanted.clause else None,
        "lead": Unit.objects.filter(pk=wanted.lead).first() if wanted.lead else None,
        "step_word": STEP_WORDS.get(wanted.step, ""),
        "leg_word": Leg.Stage(wanted.leg).label if wanted.leg else "",
    }


@requires("cases.view")
@require_GET
def case_map(request: Request) -> HttpResponse:
    at = clock.now()
    wanted = read_filter(request.GET)
    cases = queries.case_list(request.user, wanted, at=at)
    context = {
        "wanted": wanted,
        "areas": queries.open_by_area(cases, at=at),
        "points_url": f"{reverse('cases:points')}?{request.GET.urlencode()}",
        "list_url": f"{reverse('cases:list')}?{request.GET.urlencode()}",
    }
    return render_page(request, "cases/case_map.html", context)


@requires("cases.view")
@require_GET
def case_points(request: Request) -> HttpResponse:
    at = clock.now()
    cases = queries.case_list(request.user, read_filter(request.GET), at=at)
    home = reverse("cases:list")
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [point.lon, point.lat]},
            "properties": {
                "name": f"{point.number} {point.title} · {point.state}",
                "kind": point.kind,
                "url": f"{home}{point.pk}/",
            },
        }
        for point in queries.map_points(cases, at=at)
    ]
    return JsonResponse(
        {"type": "FeatureCollection", "features": features}, content_type="application/geo+json"
    )


@requires("cases.view")
@require_GET
def case_export(request: Request) -> HttpResponse:
    at = clock.now()
    cases = queries.case_list(request.user, read_filter(request.GET), at=at)
    rows = cases.select_related("site", "lead", "problem_class", "territory").order_by("-id")
    named = each_as_of(
        rows[:EXPORT_MOST].iterator(chunk_size=2000),
        lambda case: [
            (case.territory, case.found_at),
            (case.lead, case.dispatched_at or case.found_at),
        ],
    )
    data = CASES.export(named)
    audit.record(
        subject=request.user, action="export_cases", by=request.user, reason=request.GET.urlencode()
    )
    return export_response(data, _("问题案件 %(day)s.xlsx") % {"day": at.date().isoformat()})


@requires("cases.dispatch")
@require_POST
def bulk_dispatch(request: Request) -> HttpResponse:
    keys = [key for key in request.POST.getlist("ids") if key.isdecimal()][:BULK_MOST]
    cases = Case.objects.visible_to(request.user).filter(pk__in=keys)
    cases = cases.select_related("proposed_lead", "problem_class", "site").order_by("id")
    outcome = services.dispatch_as_proposed(cases, by=request.user)
    sent = [one for one in outcome if not one.why_not]
    if sent:
        messages.success(request, _("已派发 %(n)s 件。") % {"n": len(sent)})
    for one in outcome:
        if one.why_not:
            messages.warning(request, f"{one.case.number}：{one.why_not}")
    if not outcome:
        messages.warning(request, _("没有选中案件。"))
    back = request.POST.get("back", "")
    return HttpResponseRedirect(
        f"{reverse('cases:list')}{back if back.startswith('?') else ''}", status=303
    )
