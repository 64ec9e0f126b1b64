"""Pages that show what was found."""

from typing import Literal, cast

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404

from tongchuang.accounts.permissions import Request, can, requires
from tongchuang.accounts.queries import show_as_of
from tongchuang.core.files import serve_file
from tongchuang.core.pages import keyset, render_page
from tongchuang.core.sheet_views import sheet_import_page
from tongchuang.inspections import queries, services
from tongchuang.inspections.models import Answer, Visit
from tongchuang.inspections.queries.visits import with_answers
from tongchuang.inspections.rules import PASS_LINE
from tongchuang.inspections.sheets import visit_sheet
from tongchuang.places.models import Site


@requires("inspections.view")
def visit_detail(request: Request, pk: int) -> HttpResponse:
    visits = with_answers(Visit.objects.visible_to(request.user))
    visit = get_object_or_404(visits, pk=pk)
    show_as_of([(visit.site.territory, visit.started_at)])
    answers = list(visit.answers.all())
    served = queries.served_by(visit)
    feeds = queries.feeds_of([answer.item for answer in answers], served)
    mine = visit.inspector_id == request.user.pk
    context = {
        "visit": visit,
        "answers": [(answer, feeds[answer.item_id]) for answer in answers],
        "pass_line": PASS_LINE,
        "may_go_on": mine and visit.status == Visit.Status.OPEN,
    }
    return render_page(request, "inspections/visit_detail.html", context)


@requires("inspections.view")
def place_visits(request: Request, code: str) -> HttpResponse:
    sites = Site.objects.visible_to(request.user).select_related(
        "site_type", "territory", "trade", "holder"
    )
    site = get_object_or_404(sites, code=code)
    may = site.active and can(request.user, "inspections.visit", site)
    context = {
        "site": site,
        "page": keyset(
            request, queries.visits_of_site(site, request.user), order=("-started_at", "-id")
        ),
        "may_visit": may and not services.why_not_visit(site, request.user),
    }
    return render_page(request, "inspections/place_visits.html", context)


@requires("inspections.view")
def photo(request: Request, pk: int, kind: str) -> HttpResponseBase:
    if kind not in {"sealed", "copy", "thumb"}:
        raise Http404
    visits = Visit.objects.visible_to(request.user)
    answers = Answer.objects.filter(visit__in=visits, photo__isnull=False)
    answer = get_object_or_404(answers.select_related("photo"), pk=pk)
    if answer.photo is None:
        raise Http404
    return serve_file(request, answer.photo, cast(Literal["sealed", "copy", "thumb"], kind))


@requires("places.import")
def visit_import(request: Request) -> HttpResponse:
    return sheet_import_page(request, visit_sheet(), back_url="inspections:round_list")
