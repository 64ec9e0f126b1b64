"""Read and correct standards."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tongchuang.accounts.permissions import Request, requires
from tongchuang.core import clock
from tongchuang.core.pages import export_response, render_page, stale
from tongchuang.standards import queries, services
from tongchuang.standards.edition_files import other_editions
from tongchuang.standards.forms import CorrectionForm
from tongchuang.standards.models import (
    Clause,
    Framework,
    Measure,
    SiteType,
)
from tongchuang.standards.pairs import counterparts
from tongchuang.standards.services.correcting import CorrectionRefused, StaleMeasure, target_of
from tongchuang.standards.sheets import framework_lines, framework_sheet


@requires("standards.view")
@require_GET
def framework_list(request: Request) -> HttpResponse:
    context = {"frameworks": queries.framework_list()}
    return render_page(request, "standards/framework_list.html", context)


@requires("standards.view")
@require_GET
def framework_detail(request: Request, code: str) -> HttpResponse:
    framework = get_object_or_404(Framework, code=code)
    words, only = request.GET.get("q", "")[:100], request.GET.get("only", "")
    whole = queries.clause_tree(framework)
    counts = queries.tree_counts(whole)
    context = {
        "framework": framework,
        "tree": queries.narrowed(whole, words=words, only=only),
        "counts": counts,
        "editions": Framework.objects.filter(code__in=other_editions(framework.code)),
        "process": queries.process_of(framework),
        "words": words,
        "only": only,
        "tabs": [
            ("", _("全部"), counts.requirements),
            (queries.VETO, _("否决项"), counts.vetoes),
            (queries.MEASURED, _("量化"), counts.measured),
            (queries.UNSURE, _("待核实"), counts.unsure),
        ],
    }
    return render_page(request, "standards/framework_detail.html", context, fragment="tree")


@requires("standards.view")
@require_GET
def framework_export(request: Request, code: str) -> HttpResponse:
    framework = get_object_or_404(Framework, code=code)
    lines = framework_lines(queries.clause_tree(framework))
    return export_response(framework_sheet(framework).export(lines), f"{framework.name}.xlsx")


@requires("standards.view")
@require_GET
def clause_detail(request: Request, code: str) -> HttpResponse:
    clause = get_object_or_404(Clause.objects.select_related("framework"), code=code)
    context = {
        "facts": queries.clause_facts(clause),
        "clause": clause,
        "counterparts": counterparts(clause),
    }
    return render_page(request, "standards/clause_detail.html", context)


@requires("standards.view")
@require_GET
def unsure_list(request: Request, code: str) -> HttpResponse:
    framework = get_object_or_404(Framework, code=code)
    context = {
        "framework": framework,
        "measures": queries.unsure_list(framework),
        "corrections": queries.correction_list(framework),
    }
    return render_page(request, "standards/unsure_list.html", context)


@requires("standards.correct")
@require_http_methods(["GET", "POST"])
def measure_correct(request: Request, pk: int) -> HttpResponse:
    measure = get_object_or_404(Measure.objects.select_related("clause__framework"), pk=pk)
    form = CorrectionForm(request.POST or None, initial=_standing(measure))
    outdated = request.method == "POST" and stale(request, measure)
    if request.method == "POST" and not outdated and form.is_valid():
        try:
            return _corrected(request, measure, form)
        except StaleMeasure:
            outdated = True
            measure.refresh_from_db()
        except CorrectionRefused as refused:
            form.add_error(None, str(refused))
    context = {"measure": measure, "form": form, "corrections": measure.corrections.all()}
    if outdated:
        context["stale"] = measure.corrections.select_related("by").first()
    status = 409 if outdated else 422 if form.errors else 200
    return render_page(request, "standards/measure_correct.html", context, status=status)


def _standing(measure: Measure) -> dict[str, object]:
    return target_of(measure).as_json()


def _corrected(request: Request, measure: Measure, form: CorrectionForm) -> HttpResponse:
    services.correct_measure(
        measure,
        form.target(),
        paper=form.cleaned_data["paper"],
        reason=form.cleaned_data["reason"],
        version=measure.version,
        by=request.user,
        at=clock.now(),
    )
    messages.success(request, _("已更正“%(name)s”。原值留存。") % {"name": measure.title})
    return redirect("standards:clause_detail", code=measure.clause.code)


@requires("standards.view")
@require_GET
def site_type_list(request: Request) -> HttpResponse:
    context = {"site_types": queries.site_type_list()}
    return render_page(request, "standards/site_type_list.html", context)


@requires("standards.view")
@require_GET
def site_type_detail(request: Request, code: str) -> HttpResponse:
    site_type = get_object_or_404(SiteType, code=code)
    items = list(queries.checklist(site_type))
    clauses = {clause for item in items for clause in item.clauses.all()}
    context = {
        "site_type": site_type,
        "items": items,
        "frameworks": queries.clauses_by_framework(clauses),
        "classes": site_type.problem_classes.filter(active=True),
        "sources": queries.source_words(site_type.sources),
    }
    return render_page(request, "standards/site_type_detail.html", context)
