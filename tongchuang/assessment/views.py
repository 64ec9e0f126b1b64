"""Pages of assessment."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import Request, require, requires
from tongchuang.accounts.queries import unit_name_on
from tongchuang.assessment import queries, services
from tongchuang.assessment.effects import Effect, campaigns_reached, effects_of
from tongchuang.assessment.explaining import STATES, explained, origin_of, use_words
from tongchuang.assessment.forms import FigureForm
from tongchuang.assessment.gates import gate_rings
from tongchuang.assessment.heat import Heat, HeatFilter
from tongchuang.assessment.heat import heat as heat_grid
from tongchuang.assessment.jobs import request_assessment
from tongchuang.assessment.models import Cell, Figure, Snapshot
from tongchuang.assessment.months import months_to_choose
from tongchuang.assessment.rules import Verdict, threshold
from tongchuang.assessment.sheets import figure_sheet, heat_sheet
from tongchuang.assessment.uses import use_counts, uses_of
from tongchuang.campaigns import queries as campaign_queries
from tongchuang.campaigns.gateline import NO_RING, Ring
from tongchuang.campaigns.models import Campaign, Gate
from tongchuang.core import audit, clock
from tongchuang.core.pages import export_response, render_page
from tongchuang.core.sheet_views import sheet_import_page
from tongchuang.priorities.models import Target
from tongchuang.priorities.queries import targets_of
from tongchuang.standards.models import Measure


@requires("assessment.view")
def heat(request: Request) -> HttpResponse:
    campaign = _campaign(request)
    snapshot = _snapshot(request, campaign)
    wanted = _wanted(request)
    context: dict[str, Any] = {
        "campaign": campaign,
        "snapshot": snapshot,
        "wanted": wanted,
        "periods": [(period, period) for period in queries.periods_of(campaign)],
    }
    if campaign and snapshot:
        grid = heat_grid(request.user, snapshot, wanted)
        context |= {
            "heat": grid,
            "readiness": queries.readiness_for_campaign(campaign, snapshot.period),
            "column_slice": _one(_chosen_column(request, grid)),
            "past": _is_past(snapshot),
            "wanted_table": request.GET.get("view") == "table",
            **_selected(request, campaign, snapshot, wanted),
        }
    return render_page(request, "assessment/heat.html", context)


@requires("assessment.view")
def heat_export(request: Request) -> HttpResponse:
    snapshot = _snapshot(request, _campaign(request))
    if snapshot is None:
        raise Http404
    cells = Cell.objects.visible_to(request.user).filter(snapshot=snapshot)
    audit.record(subject=snapshot, action="export_heat", by=request.user)
    rows = cells.select_related("clause", "unit", "snapshot").defer("explanation")
    ordered = rows.order_by("clause__ordinal", "unit__path").iterator(chunk_size=1000)
    name = _("指标热力-%(period)s.xlsx") % {"period": snapshot.period}
    return export_response(heat_sheet().export(ordered), name)


@requires("assessment.view")
def cell(request: Request, clause: str, unit: str) -> HttpResponse:
    campaign = _campaign(request)
    snapshot = _snapshot(request, campaign)
    found = queries.cell_of(request.user, snapshot, clause, unit) if snapshot else None
    if campaign is None or snapshot is None or found is None:
        raise Http404
    context = {
        "campaign": campaign,
        **_cell_context(request.user, found, campaign),
        "answers": queries.failed_answers(request.user, found, on=snapshot.computed_at.date()),
        "cases": queries.open_cases(request.user, found),
    }
    return render_page(request, "assessment/cell.html", context)


@requires("assessment.view")
def readiness(request: Request) -> HttpResponse:
    campaign = _campaign(request)
    period = request.GET.get("period", "")
    context: dict[str, Any] = {"campaign": campaign}
    if campaign:
        found = queries.readiness_for_campaign(campaign, period)
        context |= {
            "readiness": found,
            "chapters": queries.states_by_chapter(campaign, period),
            "gates": _gates(campaign),
            "weak": queries.weak_list(request.user, campaign, period),
            "periods": _months(campaign),
            "period": _begun(period),
            "shown_period": found.snapshot.period if found.snapshot else _begun(period),
            "past": _is_past(found.snapshot),
        }
    return render_page(request, "assessment/readiness.html", context)


@requires("assessment.value")
@require_POST
def recompute(request: Request) -> HttpResponse:
    """Assess the present month, or the one of the address, anew; the old snapshot stays."""
    campaign = _campaign(request)
    if campaign is None:
        raise Http404
    require(request.user, "assessment.value", campaign)
    at = clock.now()
    period = _begun(request.GET.get("period", "")) or f"{at:%Y-%m}"
    before = queries.snapshot_of(campaign, period)
    after = services.compute_snapshot(campaign, period, at=at, by=request.user)
    same = before is not None and before.pk == after.pk
    words = _("数据没有变化，仍用现有的自评。") if same else _("已按现有数据重新自评。")
    messages.success(request, words)
    return redirect(f"{reverse('assessment:heat')}?campaign={campaign.code}&period={period}")


def _begun(period: str) -> str:
    """The month, or nothing when it is none or has not begun."""
    try:
        services.check_month(period, clock.now())
    except ValidationError:
        return ""
    return period


def _is_past(snapshot: Snapshot | None) -> bool:
    """Whether it tells of a month that has ended."""
    return snapshot is not None and snapshot.period < f"{clock.today():%Y-%m}"


def _gates(campaign: Campaign) -> list[tuple[Gate, Ring]]:
    """The gates in order, each with its ring or why it has none."""
    rings = gate_rings([campaign])
    gates = campaign.gates.prefetch_related("prerequisites").order_by("ordinal")
    return [(gate, rings.get(gate.pk, NO_RING)) for gate in gates]


def _months(campaign: Campaign) -> list[tuple[str, str]]:
    """The months to choose from; those that were not assessed say so."""
    found = months_to_choose(campaign, at=clock.now())
    return [(one, one if done else _("%(month)s（未评）") % {"month": one}) for one, done in found]


# Figures
@requires("assessment.view")
def figure_list(request: Request) -> HttpResponse:
    campaign = _campaign(request)
    context: dict[str, Any] = {"campaign": campaign}
    if campaign:
        unit = _unit(request, campaign)
        measures = queries.measures_of(
            campaign, words=request.GET.get("q", "").strip(), code=request.GET.get("measure", "")
        )
        periods = queries.figure_periods(request.user, campaign, unit, today=clock.today())
        found = queries.figure_rows(request.user, measures, unit, periods)
        uses = use_counts(row.measure for row in found)
        targets = targets_of(campaign)
        lines = [_line(row, uses[row.measure.pk], targets) for row in found]
        only = request.GET.get("only", "")
        context |= {
            "unit": unit,
            "periods": periods,
            "rows": [line for line in lines if not only or line["verdict"] == only],
            "tabs": _figure_tabs(lines),
            "only": only,
            "units": [(u.code, u.label) for u in queries.figure_units(request.user, campaign)],
            "unit_code": request.GET.get("unit", ""),
            "history": _history(request, unit),
        }
    return render_page(request, "assessment/figure_list.html", context, fragment="rows")


@requires("assessment.view")
@require_GET
def figure_uses(request: Request, measure: str) -> HttpResponse:
    """One figure with its history and every clause of every standard that reads it."""
    target = get_object_or_404(Measure.objects.select_related("clause__framework"), code=measure)
    campaign = _campaign_on(request, target)
    unit = _unit(request, campaign)
    history = queries.figure_history(request.user, target, unit)
    latest = next((figure for figure in history if figure.replaced_by_id is None), None)
    uses = [use_words(use) for use in uses_of(target, latest, user=request.user)]
    context = {
        "measure": target,
        "campaign": campaign,
        "unit": unit,
        "latest": latest,
        "uses": uses,
        "origin": origin_of(latest) if latest else "",
        "saved": sum(row.use.measure is not None for row in uses) - 1,
        "history": history,
    }
    return render_page(request, "assessment/figure_uses.html", context)


@requires("assessment.value")
def figure_enter(request: Request, measure: str) -> HttpResponse:
    target = get_object_or_404(Measure.objects.select_related("clause__framework"), code=measure)
    campaign = _campaign_on(request, target)
    form = FigureForm(
        request.POST or None,
        campaign=campaign,
        measure=target,
        user=request.user,
        initial=_initial(request, target, campaign),
    )
    preview = bool(request.POST.get("preview"))
    valid = request.method == "POST" and form.is_valid()
    if valid and not preview and _enter(request, target, form):
        request_assessment(campaigns_reached(target), by=request.user)
        messages.success(request, _("已录入。用到它的创建工作正在重新自评。"))
        return redirect(f"{reverse('assessment:figure_list')}?campaign={campaign.code}")
    context = {
        "form": form,
        "measure": target,
        "campaign": campaign,
        "effects": _effects(request, target, form) if valid and preview else None,
        "history": queries.figure_history(request.user, target, campaign.city),
    }
    status = 422 if form.errors else 200
    return render_page(request, "assessment/figure_form.html", context, status=status)


@requires("assessment.value")
def figure_import(request: Request) -> HttpResponse:
    return sheet_import_page(request, figure_sheet(), back_url=reverse("assessment:figure_list"))


@requires("assessment.view")
def figure_export(request: Request) -> HttpResponse:
    campaign = _campaign(request)
    if campaign is None:
        raise Http404
    figures = Figure.objects.visible_to(request.user).current()
    figures = figures.filter(measure__clause__framework=campaign.framework_id)
    audit.record(subject=campaign, action="export_figures", by=request.user)
    rows = figures.select_related("measure", "unit", "paper").order_by(
        "measure__ordinal", "measure_id", "unit__path", "period"
    )
    return export_response(
        figure_sheet().export(rows.iterator(chunk_size=1000)), _("指标数值.xlsx")
    )


# What the address says
def _campaign(request: Request) -> Campaign | None:
    campaigns = [c for c in campaign_queries.campaigns_for(request.user) if c.framework_id]
    asked = request.GET.get("campaign") or ""
    chosen = request.session.get("campaign")
    by_code = next((one for one in campaigns if one.code == asked), None)
    switched = next((one for one in campaigns if one.pk == chosen), None)
    return by_code or switched or next(iter(campaigns), None)


def _campaign_on(request: Request, measure: Measure) -> Campaign:
    """The campaign on the standard of a measure, the present one before others; else the present.

    No campaign may stand on an edition any more whose figures still count for others.
    """
    framework = measure.clause.framework_id
    campaigns = Campaign.objects.visible_to(request.user).filter(framework=framework)
    present = _campaign(request)
    found = campaigns.filter(pk=present.pk).first() if present else None
    found = found or campaigns.first() or present
    if found is None:
        raise Http404
    return found


def _snapshot(request: Request, campaign: Campaign | None) -> Snapshot | None:
    period = request.GET.get("period", "")
    return queries.snapshot_of(campaign, period) or queries.snapshot_of(campaign)


def _wanted(request: HttpRequest) -> HeatFilter:
    asked = request.GET
    return HeatFilter(
        kind=asked.get("kind", "") if asked.get("kind") in {"place", "other"} else "",
        only=asked.get("only", "") if asked.get("only") in {"veto", "unknown"} else "",
        state=asked.get("state", "") if asked.get("state") in Cell.State.values else "",
        cell=asked.get("cell", "")[:160],
        unit=asked.get("unit", "")[:40],
    )


def _chosen_column(request: Request, grid: Heat) -> int:
    """Which unit the phone shows: the one asked for, the person's own, else the first."""
    codes = [column.unit.code for column in grid.columns]
    asked = request.GET.get("unit", "")
    if asked in codes:
        return codes.index(asked)
    own = [column.unit.pk for column in grid.columns]
    return own.index(request.user.unit_id) if request.user.unit_id in own else 0


def _one(index: int) -> str:
    """For the template's `slice`."""
    return f"{index}:{index + 1}"


def _selected(
    request: Request, campaign: Campaign, snapshot: Snapshot, wanted: HeatFilter
) -> dict[str, Any]:
    """The panel of the chosen cell."""
    clause, _colon, unit = wanted.cell.partition(":")
    found = queries.cell_of(request.user, snapshot, clause, unit) if unit else None
    return _cell_context(request.user, found, campaign) if found else {}


def _cell_context(user: User, found: Cell, campaign: Campaign) -> dict[str, Any]:
    badge, icon = STATES[found.state]
    return {
        "cell": found,
        "unit_name": unit_name_on(found.unit, found.snapshot.computed_at.date()),
        "badge": badge,
        "icon": icon,
        "rules": explained(found, queries.figures_behind(user, found)),
        "facts": queries.cell_facts(found, campaign),
        "overdue_url": queries.cases_url(found, "overdue"),
        "coverage_line": found.snapshot.lines.get("coverage_line"),
    }


def _unit(request: Request, campaign: Campaign) -> Unit:
    code = request.GET.get("unit")
    found: Unit | None = Unit.objects.filter(code=code).first() if code else None
    return found or campaign.city


def _line(row: queries.FigureRow, uses: int, targets: dict[int, Target]) -> dict[str, Any]:
    """A row of the list with what its newest figure says."""
    latest, measure = row.latest, row.measure
    result = threshold(
        latest.value if latest else None,
        measure.op,
        measure.threshold,
        unit=measure.unit,
        value_unit=latest.measured_in if latest else "",
    )
    verdict = "none" if latest is None else str(result.verdict)
    near = result.reason.startswith("near_")
    return {
        "row": row,
        "measure": measure,
        "latest": latest,
        "verdict": verdict,
        "near": near,
        "uses": uses,
        "own_target": targets.get(measure.pk),
    }


def _figure_tabs(lines: list[dict[str, Any]]) -> list[tuple[str, str, int]]:
    words = [
        (str(Verdict.MET), _("达到")),
        (str(Verdict.NOT_MET), _("没达到")),
        (str(Verdict.UNKNOWN), _("不能比较")),
        ("none", _("没有数值")),
    ]
    tabs = [(key, word, sum(line["verdict"] == key for line in lines)) for key, word in words]
    return [("", _("全部"), len(lines)), *tabs]


def _history(request: Request, unit: Unit) -> list[Figure]:
    """All rows of the one measure that the address names."""
    code = request.GET.get("measure")
    measure = Measure.objects.filter(code=code).first() if code else None
    return queries.figure_history(request.user, measure, unit) if measure else []


def _initial(request: Request, measure: Measure, campaign: Campaign) -> dict[str, object]:
    year = clock.today().year - 1
    return {
        "unit": campaign.city_id,
        "period": request.GET.get("period", str(year)),
        "measured_in": measure.unit,
    }


def _effects(request: Request, measure: Measure, form: FigureForm) -> list[Effect]:
    """What the figure in the form would change; it is not saved."""
    names = ("unit", "period", "value", "measured_in")
    figure = Figure(measure=measure, **{name: form.cleaned_data[name] for name in names})
    return effects_of(figure, user=request.user, at=clock.now())


def _enter(request: Request, measure: Measure, form: FigureForm) -> Figure | None:
    """Enter the figure; what is wrong is told beside its field."""
    facts = dict(form.cleaned_data)
    unit, period = facts.pop("unit"), facts.pop("period")
    try:
        return services.enter_figure(
            measure, unit, period, by=request.user, at=clock.now(), **facts
        )
    except ValidationError as fault:
        form.add_error(None, fault)
        return None
