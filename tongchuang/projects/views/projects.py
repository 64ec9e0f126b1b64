"""The pool, one project, its moves, the clauses that ask for a facility."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tongchuang.accounts.event_words import spoken
from tongchuang.accounts.models import Unit
from tongchuang.accounts.permissions import Request, can, require, requires
from tongchuang.campaigns.models import Campaign
from tongchuang.core import audit, clock
from tongchuang.core.pages import (
    check_version,
    export_response,
    keyset,
    render_page,
    requested_sort,
)
from tongchuang.core.sheet_views import sheet_import_page
from tongchuang.projects import queries, services
from tongchuang.projects.chart import node_chart
from tongchuang.projects.forms import PhotoForm, ProjectForm, move_form
from tongchuang.projects.kinds import kinds, kinds_for
from tongchuang.projects.models import FLOW, Project
from tongchuang.projects.queries import ProjectFilter
from tongchuang.projects.sheets import project_sheet
from tongchuang.standards.models import Clause

SORTS = {
    "finish": ("planned_finish_on",),
    "title": ("title",),
    "unit": ("unit__path",),
    "money": ("investment",),
}
FIELDS = (
    "title",
    "kind",
    "scale",
    "unit",
    "sponsor",
    "area",
    "place",
    "key",
    "investment",
    "planned_start_on",
    "planned_finish_on",
)


@requires("projects.view")
def project_list(request: Request) -> HttpResponse:
    wanted, today = wanted_of(request), clock.today()
    sort = requested_sort(request, SORTS, default="finish")
    found = queries.with_lines(queries.project_list(request.user, wanted, on=today))
    page = keyset(request, found, order=sort.order)
    counts = queries.tab_counts(request.user, wanted, on=today)
    context = {
        "page": page,
        "lines": queries.lines_of(page.rows, on=today),
        "tabs": [(name, words, counts[name]) for name, words in _tabs()],
        "colours": queries.colour_counts(request.user, on=today),
        "wanted": wanted,
        "kinds": [(kind.code, kind.name) for kind in kinds().values()],
        "colour_choices": [("red", _("红")), ("yellow", _("黄")), ("green", _("绿"))],
        "sort": sort,
    }
    return render_page(request, "projects/project_list.html", context, fragment="rows")


@requires("projects.view")
def project_detail(request: Request, pk: int) -> HttpResponse:
    return detail_page(request, project_of(request, pk))


@requires("projects.manage")
def project_new(request: Request) -> HttpResponse:
    campaign = campaign_of(request)
    if campaign is None:
        raise Http404
    asked = Clause.objects.filter(code=request.GET.get("clause", "")).first()
    found = kinds_for({asked.code}) if asked else []
    initial = {"clauses": [asked.pk] if asked else [], "kind": found[0].code if found else ""}
    form = ProjectForm(request.POST or None, user=request.user, campaign=campaign, initial=initial)
    if request.method == "POST" and form.is_valid():
        project = services.create_project(campaign, by=request.user, **form.cleaned_data)
        messages.success(request, _("已登记，节点按类别排好，可逐个调整。"))
        return redirect("projects:detail", pk=project.pk)
    context = {"form": form, "campaign": campaign, "project": None}
    status = 422 if form.errors else 200
    return render_page(request, "projects/project_form.html", context, status=status)


@requires("projects.manage")
def project_edit(request: Request, pk: int) -> HttpResponse:
    project = project_of(request, pk)
    require(request.user, "projects.manage", project)
    initial = {
        name: getattr(getattr(project, name), "pk", getattr(project, name)) for name in FIELDS
    }
    initial["clauses"] = [clause.pk for clause in project.clauses.all()]
    form = ProjectForm(
        request.POST or None, user=request.user, campaign=project.campaign, initial=initial
    )
    if request.method == "POST":
        check_version(project, request)
        if form.is_valid():
            services.change_project(project, by=request.user, **form.cleaned_data)
            messages.success(request, _("已保存，旧内容留在记录里。"))
            return redirect("projects:detail", pk=pk)
    context = {"form": form, "campaign": project.campaign, "project": project}
    status = 422 if form.errors else 200
    return render_page(request, "projects/project_form.html", context, status=status)


@requires("projects.view")
@require_POST
def project_move(request: Request, pk: int, move: str) -> HttpResponse:
    """One move of the flow, with its form."""
    project = project_of(request, pk)
    if move not in services.MOVES:
        raise Http404
    require(request.user, FLOW.moves[move].action, project)
    check_version(project, request)
    form = move_form(move, project, request.POST)
    if not form.is_valid():
        return detail_page(request, project, moved=(move, form), status=422)
    try:
        services.MOVES[move](project, by=request.user, **form.cleaned_data)
    except services.NotReady as fault:
        form.add_error(None, str(fault))
        messages.error(request, str(fault))
        return detail_page(request, project, moved=(move, form), status=422)
    messages.success(request, _("已办理。"))
    return redirect("projects:detail", pk=pk)


@requires("projects.view")
def project_export(request: Request) -> HttpResponse:
    found = queries.project_list(request.user, wanted_of(request), on=clock.today())
    audit.record(
        subject=request.user,
        action="export_projects",
        by=request.user,
        after={"filters": request.GET.dict()},
    )
    rows = found.select_related("unit", "area").prefetch_related("clauses", "funding")
    sheet = project_sheet(campaign_of(request))
    return export_response(sheet.export(rows.order_by("code")), _("项目库.xlsx"))


@requires("projects.manage")
def project_import(request: Request) -> HttpResponse:
    sheet = project_sheet(campaign_of(request))
    return sheet_import_page(
        request, sheet, template="projects/project_import.html", back_url="projects:list"
    )


@requires("projects.view")
def clause_list(request: Request) -> HttpResponse:
    campaign = campaign_of(request)
    needs = queries.campaign_needs(request.user, campaign, on=clock.today())
    counts = {state: sum(need.state == state for need in needs) for state in _STATES}
    asked = request.GET.get("state", "")
    context = {
        "campaign": campaign,
        "needs": [need for need in needs if not asked or need.state == asked],
        "state": asked,
        "tabs": [
            ("", _("全部"), len(needs)),
            ("gap", _("没有项目"), counts["gap"]),
            ("under_way", _("项目未投用"), counts["under_way"]),
            ("done", _("投用见效"), counts["done"]),
        ],
    }
    return render_page(request, "projects/clause_list.html", context)


_STATES = ("gap", "under_way", "done")


def detail_page(
    request: Request,
    project: Project,
    *,
    moved: tuple[str, forms.Form] | None = None,
    photo_form: forms.Form | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of a project, with a form that has to be put right where there is one."""
    today = clock.today()
    line = queries.lines_of([project], on=today)[0]
    nodes, missed = queries.node_lines(project, on=today), queries.gates_missed(request.user, line)
    context = {
        "project": project,
        "line": line,
        "nodes": nodes,
        "chart": node_chart(project, nodes, gates=[one.gate for one in missed], on=today),
        "missed": missed,
        "clauses": project.clauses.order_by("ordinal"),
        "funding": project.funding.all(),
        "photos": project.photos.select_related("file", "by", "node__project"),
        "moves": _moves(request, project, moved),
        "manages": can(request.user, "projects.manage", project),
        "reports": can(request.user, "projects.report", project),
        "photo_form": photo_form or PhotoForm(project=project),
        "events": spoken(audit.history(project).order_by("-id")[:30]),
        "today": today,
    }
    return render_page(request, "projects/project_detail.html", context, status=status)


def _moves(
    request: Request, project: Project, moved: tuple[str, forms.Form] | None
) -> list[dict[str, Any]]:
    """The moves that this person may make now, each with its form."""
    shown = []
    for name in FLOW.available(project, request.user):
        failed = moved[1] if moved and moved[0] == name else None
        form = failed or move_form(name, project)
        label = FLOW.moves[name].label
        plain = not form.fields and failed is None
        shown.append({"name": name, "label": label, "form": form, "open": failed, "plain": plain})
    return shown


def project_of(request: Request, pk: int) -> Project:
    """A project that the reader may see; else 404."""
    found = queries.with_lines(Project.objects.visible_to(request.user))
    return get_object_or_404(found.select_related("campaign", "round", "unit", "area"), pk=pk)


def campaign_of(request: Request) -> Campaign | None:
    """The campaign of the address, else of the switcher, else the main one."""
    campaigns = Campaign.objects.visible_to(request.user)
    named = request.GET.get("campaign") or ""
    chosen = request.session.get("campaign")
    found = campaigns.filter(code=named) if named else campaigns.filter(pk=chosen or 0)
    return found.first() or campaigns.exclude(framework=None).order_by("-main", "ordinal").first()


def wanted_of(request: Request) -> ProjectFilter:
    """What the address asks for; unknown values ask for nothing."""
    asked = request.GET
    tab, kind, colour = asked.get("tab", ""), asked.get("kind", ""), asked.get("colour", "")
    unit, clause = asked.get("unit", ""), asked.get("clause", "")
    return ProjectFilter(
        tab=tab if tab == "owed" or tab in queries.TABS else "",
        kind=kind if kind in kinds() else "",
        unit=Unit.objects.filter(code=unit).first() if unit else None,
        clause=Clause.objects.filter(code=clause).first() if clause else None,
        colour=colour if colour in {"green", "yellow", "red"} else "",
        q=asked.get("q", "").strip()[:60],
        key=asked.get("key") == "1",
    )


def _tabs() -> list[tuple[str, str]]:
    return [
        ("", _("全部")),
        ("owed", _("节点待办")),
        ("proposed", _("谋划对接")),
        ("early", _("前期")),
        ("building", _("在建")),
        ("blocked", _("受阻")),
        ("finishing", _("完工待投用")),
        ("in_use", _("投用见效")),
    ]
