"""Pages of rounds, for those who plan and read them."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tongchuang.accounts.permissions import Request, require, requires
from tongchuang.accounts.queries import each_as_of, past_names
from tongchuang.core import audit, clock
from tongchuang.core.flow import WrongState
from tongchuang.core.pages import check_version, export_response, keyset, render_page
from tongchuang.inspections import queries, services
from tongchuang.inspections.folding import Asked
from tongchuang.inspections.forms import DrawForm, RoundForm
from tongchuang.inspections.models import ROUND_FLOW, Round
from tongchuang.inspections.queries.scope import kinds_of
from tongchuang.inspections.rules import PASS_LINE, Coverage
from tongchuang.inspections.sheets import draw_sheet, question_sheet
from tongchuang.standards.models import SiteType


@requires("inspections.view")
def round_list(request: Request) -> HttpResponse:
    status = request.GET.get("status", "")
    status = status if status in Round.Status.values else ""
    page = keyset(
        request, queries.round_list(request.user, status=status), order=("-from_on", "-id")
    )
    context = {
        "page": page,
        "rows": [(one, Coverage(one.visited, one.drawn)) for one in page.rows],  # type: ignore[attr-defined]  # annotated by round_list
        "statuses": Round.Status.choices,
        "status": status,
    }
    return render_page(request, "inspections/round_list.html", context, fragment="rows")


@requires("inspections.plan")
def round_new(request: Request) -> HttpResponse:
    today = clock.today()
    initial = {"sample_size": 60, "per_type": True, "from_on": today}
    initial["to_on"] = today + timedelta(days=13)
    form = RoundForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        one = services.plan_round(by=request.user, **form.values())
        messages.success(request, _("已建立轮次，下一步抽样。"))
        return redirect("inspections:round_draw", pk=one.pk)
    status = 422 if form.errors else 200
    return render_page(request, "inspections/round_new.html", {"form": form}, status=status)


@requires("inspections.view")
def round_detail(request: Request, pk: int) -> HttpResponse:
    one = _round(request, pk)
    state = request.GET.get("state", "")
    page = keyset(
        request, queries.drawn_sites(one, request.user, state=state), order=("ordinal", "id")
    )
    names = past_names()
    names.show((draw.site.territory, one.from_on) for draw in page.rows)
    context = {
        "round": one,
        "scope": queries.scope_words(one, names),
        "figures": queries.round_figures(one),
        "union": queries.union_of(one.campaigns, kinds_of(one)),
        "pass_line": PASS_LINE,
        "types": queries.coverage_by_type(one),
        "streets": queries.coverage_by_street(one, names),
        "findings": queries.findings_of(one, request.user),
        "page": page,
        "tabs": [
            ("", _("全部"), None),
            ("visited", _("已检查"), None),
            ("open", _("未检查"), None),
        ],
        "state": state,
        "moves": ROUND_FLOW.available(one, request.user),
        "checked": "check" in request.GET,
        "agrees": queries.redraw_agrees(one) if "check" in request.GET else None,
        "events": audit.history(one).order_by("-id")[:20],
    }
    return render_page(request, "inspections/round_detail.html", context, fragment="rows")


@requires("inspections.plan")
def round_draw(request: Request, pk: int) -> HttpResponse:
    one = _round(request, pk)
    require(request.user, "inspections.plan", one)
    if one.status != Round.Status.PLANNED and request.method == "GET":
        return redirect("inspections:round_detail", pk=pk)
    people = queries.inspectors_of(one, on=clock.today())
    form = DrawForm(request.POST or None, people=people, initial={"inspectors": list(people)})
    if request.method == "POST":
        check_version(one, request)
        if form.is_valid() and _drawn(one, form, request):
            return redirect("inspections:round_detail", pk=pk)
    context = {
        "round": one,
        "form": form,
        "scope": queries.scope_words(one),
        "population": queries.sites_in(one).count(),
        "union": queries.union_of(one.campaigns, kinds_of(one)),
    }
    status = 422 if form.errors else 200
    return render_page(request, "inspections/round_draw.html", context, status=status)


def _drawn(one: Round, form: DrawForm, request: Request) -> bool:
    try:
        services.draw_round(one, inspectors=list(form.cleaned_data["inspectors"]), by=request.user)
    except WrongState:
        messages.info(request, _("这一轮已经抽过，没有重复抽。"))
    except services.Refused as fault:
        form.add_error(None, str(fault))
        return False
    else:
        messages.success(request, _("已抽样，点位已分给督查员。"))
    return True


@requires("inspections.view")
def round_questions(request: Request, pk: int) -> HttpResponse:
    """What the visits ask, what each question stands for and where its answer counts."""
    one = _round(request, pk)
    union = queries.union_of(one.campaigns, kinds_of(one))
    if request.GET.get("format") == "xlsx":
        rows = [row for _kind, lines in _question_lines(union, union.by_kind, one) for row in lines]
        audit.record(subject=one, action="export_questions", by=request.user)
        return export_response(question_sheet().export(rows), f"{one.title}-{_('检查项')}.xlsx")
    kind = request.GET.get("kind", "")
    shown = [pair for pair in union.by_kind if kind in {"", pair[0].code}]
    context = {
        "round": one,
        "union": union,
        "kinds": [(found.code, found.name) for found, _asked in union.by_kind],
        "kind": kind,
        "groups": _question_lines(union, shown, one),
    }
    return render_page(request, "inspections/round_questions.html", context)


def _question_lines(
    union: queries.Union, groups: list[tuple[SiteType, list[Asked]]], one: Round
) -> list[tuple[SiteType, list[dict[str, Any]]]]:
    items = [union.items[asked.question.key] for _kind, many in groups for asked in many]
    feeds = queries.feeds_of(items, one.campaigns)
    return [
        (
            kind,
            [
                {
                    "item": (item := union.items[asked.question.key]),
                    "behind": [union.items[other.key] for other in asked.stands_for],
                    "beside": [union.items[key] for key in asked.beside],
                    "feeds": feeds[item.pk],
                }
                for asked in many
            ],
        )
        for kind, many in groups
    ]


@requires("inspections.plan")
@require_POST
def round_close(request: Request, pk: int) -> HttpResponse:
    one = _round(request, pk)
    check_version(one, request)
    try:
        services.close_round(one, by=request.user)
    except WrongState as fault:
        messages.info(request, str(fault))
    else:
        messages.success(request, _("这一轮已结束，没有去的点位计为未检查。"))
    return redirect("inspections:round_detail", pk=pk)


@requires("inspections.view")
def round_export(request: Request, pk: int) -> HttpResponse:
    one = _round(request, pk)
    rows = queries.drawn_sites(one, request.user).order_by("ordinal")
    audit.record(subject=one, action="export_draws", by=request.user)
    named = each_as_of(
        rows.iterator(chunk_size=1000), lambda draw: [(draw.site.territory, one.from_on)]
    )
    data = draw_sheet().export(named)
    return export_response(data, f"{one.title}.xlsx")


def _round(request: Request, pk: int) -> Round:
    rounds = (
        Round.objects.visible_to(request.user)
        .select_related("campaign__city", "planned_by")
        .prefetch_related("also")
    )
    return get_object_or_404(rounds, pk=pk)
