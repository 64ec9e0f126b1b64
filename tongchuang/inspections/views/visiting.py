"""Pages of the inspector on the way: today's route and the visit itself, made for a phone."""

import uuid
from contextlib import suppress

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tongchuang.accounts.permissions import Request, requires
from tongchuang.core import clock
from tongchuang.core.files import FileRefused
from tongchuang.core.pages import render_page
from tongchuang.inspections import queries, services
from tongchuang.inspections.forms import read_answers
from tongchuang.inspections.models import Answer, Round, Visit
from tongchuang.inspections.rules import Point
from tongchuang.places.models import Site
from tongchuang.standards.models import ChecklistItem


@requires("inspections.visit")
def my_visits(request: Request) -> HttpResponse:
    """Today's route: from where the phone is (?lon, ?lat), else from the last place visited."""
    today = queries.visited_today(request.user, on=clock.today())
    route = queries.route_of(request.user, start=_start(request, today))
    context = {
        "route": route,
        "next": route[0] if route else None,
        "done": [visit for visit in today if visit.status == Visit.Status.FINISHED],
        "unfinished": [visit for visit in today if visit.status == Visit.Status.OPEN],
        "today": clock.today(),
    }
    return render_page(request, "inspections/my_visits.html", context)


def _start(request: Request, today: list[Visit]) -> Point | None:
    lon, lat = _number(request.GET.get("lon")), _number(request.GET.get("lat"))
    if lon is not None and lat is not None:
        return Point(0, lon, lat)
    last = today[-1].site if today else None
    return Point(0, last.lon, last.lat) if last and last.lon is not None else None


def _number(text: str | None) -> float | None:
    with suppress(TypeError, ValueError):
        number = float(text or "")
        return number if abs(number) <= 180 else None
    return None


@requires("inspections.visit")
@require_POST
def visit_start(request: Request) -> HttpResponse:
    sites = Site.objects.visible_to(request.user).active()
    wanted = sites.select_related("territory", "trade", "holder")
    site = get_object_or_404(wanted, code=request.POST.get("site", ""))
    asked = request.POST.get("round", "")
    rounds = Round.objects.visible_to(request.user).select_related("campaign__city")
    one = get_object_or_404(rounds, pk=asked) if asked.isdigit() else None
    try:
        begun = services.start_visit(
            site, round=one, by=request.user, client_id=_uuid(request), position=_position(request)
        )
    except services.Refused as fault:
        messages.error(request, str(fault))
        return redirect("inspections:place_visits", code=site.code)
    return redirect("inspections:visit", pk=begun.pk)


def _uuid(request: Request) -> uuid.UUID | None:
    with suppress(ValueError):
        return uuid.UUID(request.POST.get("client_id", ""))
    return None


def _position(request: Request) -> services.Position:
    sent = request.POST
    return services.Position(*(_number(sent.get(name)) for name in ("lon", "lat", "accuracy_m")))


@requires("inspections.visit")
def visit(request: Request, pk: int) -> HttpResponse:
    """Answers are kept with every change (htmx, `only` = one item) or with the whole form."""
    one = _visit(request, pk)
    if one.status == Visit.Status.FINISHED:
        return redirect("inspections:visit_detail", pk=pk)
    if request.method != "POST":
        return _page(request, one)
    refusal = _keep(request, one)
    only = request.POST.get("only", "")
    if request.htmx and only.isdigit():
        return _page(request, one, refusal=refusal, only=int(only))
    if refusal:
        return _page(request, one, refusal=refusal)
    messages.success(request, _("已保存，可以接着查。"))
    return redirect("inspections:visit", pk=pk)


@requires("inspections.visit")
@require_POST
def visit_finish(request: Request, pk: int) -> HttpResponse:
    one = _visit(request, pk)
    refusal = _keep(request, one) if one.status == Visit.Status.OPEN else ""
    if refusal:
        return _page(request, one, refusal=refusal)
    try:
        services.finish_visit(one, by=request.user, note=request.POST.get("note", ""))
    except services.Incomplete as fault:
        return _page(request, one, refusal=str(fault), told=True)
    messages.success(request, _("检查已完成，不合格项已立案。"))
    return redirect("inspections:visit_detail", pk=pk)


def _keep(request: Request, one: Visit) -> str:
    """Keep what was sent; the words of a refusal, or nothing."""
    given = read_answers(queries.items_of(one), request.POST, request.FILES)
    try:
        services.answer_items(one, given, by=request.user)
    except (FileRefused, services.Refused) as fault:
        return str(fault)
    return ""


def _page(
    request: Request, one: Visit, *, refusal: str = "", told: bool = False, only: int = 0
) -> HttpResponse:
    items, answers = queries.items_of(one), queries.answers_of(one)
    missing = services.what_is_missing(items, answers)
    lacking = {gap.item.pk: gap.words for gap in missing}
    feeds = queries.feeds_of(items, queries.served_by(one)) if not only else {}
    lines = [
        _line(request, item, answers.get(item.pk), lacking, told=told)
        | {"feeds": feeds.get(item.pk, [])}
        for item in items
    ]
    context = {
        "visit": one,
        "lines": lines,
        "line": next(
            (line for item, line in zip(items, lines, strict=True) if item.pk == only), None
        ),
        "refusal": refusal,
        "left": len(missing),
        "gap": missing[0].item if missing else None,
        "total": len(items),
        "results": Answer.Result.choices,
        "checks": [] if only else queries.cases_to_check(one.site, request.user),
        "note": request.POST.get("note", one.note),
    }
    if only:
        return render_page(request, "inspections/_saved.html", context)
    return render_page(request, "inspections/visit.html", context, status=422 if refusal else 200)


def _line(
    request: Request,
    item: ChecklistItem,
    answer: Answer | None,
    lacking: dict[int, str],
    *,
    told: bool,
) -> dict[str, object]:
    """What stands on the page for one item: what was sent counts before what was kept."""
    sent = request.POST
    words = lacking.get(item.pk, "")
    return {
        "item": item,
        "answer": answer,
        "result": sent.get(f"r-{item.pk}", answer.result if answer else ""),
        "note": sent.get(f"n-{item.pk}", answer.note if answer else ""),
        "lacks": words if told or answer else "",
    }


def _visit(request: Request, pk: int) -> Visit:
    visits = Visit.objects.visible_to(request.user).select_related(
        "round__campaign", "site__site_type"
    )
    found = get_object_or_404(visits, pk=pk)
    if found.inspector_id != request.user.pk:
        raise PermissionDenied("inspections.visit")
    return found
