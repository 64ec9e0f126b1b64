"""The crosswalk to work on: propose, review, give up, suggestions, import."""

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongchuang.accounts.permissions import Request, requires
from tongchuang.core import clock
from tongchuang.core.pages import Stale, check_version, render_page
from tongchuang.core.sheet_views import sheet_import_page
from tongchuang.standards import services
from tongchuang.standards.models import Clause, Framework
from tongchuang.standards.pair_forms import GiveUpForm, PairForm, ReviewForm
from tongchuang.standards.pair_sheets import mapping_sheet
from tongchuang.standards.services.mapping import StaleMapping
from tongchuang.standards.suggestions import suggestion_list as guesses_between
from tongchuang.standards.views.crosswalk import found_pair, pair_page

_FOUND = 20  # clauses shown for a search


@requires("standards.map")
@require_POST
def mapping_review(request: Request, code: str) -> HttpResponse:
    mapping = found_pair(code)
    check_version(mapping, request)
    form = ReviewForm(request.POST)
    accept = request.POST.get("decision") == "accept"
    if form.is_valid():
        try:
            services.review_mapping(
                mapping,
                accept=accept,
                note=form.cleaned_data["note"],
                version=mapping.version,
                by=request.user,
                at=clock.now(),
            )
        except StaleMapping:
            raise Stale(mapping) from None
        except services.MappingRefused as refused:
            form.add_error("note", str(refused))
        else:
            messages.success(request, _("已采用。") if accept else _("已记为不采用。"))
            return redirect("standards:mapping_detail", code=code)
    return pair_page(request, mapping, status=422, review_form=form)


@requires("standards.map")
@require_POST
def mapping_give_up(request: Request, code: str) -> HttpResponse:
    mapping = found_pair(code)
    check_version(mapping, request)
    form = GiveUpForm(request.POST)
    if not form.is_valid():
        return pair_page(request, mapping, status=422, give_up_form=form)
    try:
        services.give_up_mapping(
            mapping,
            reason=form.cleaned_data["reason"],
            version=mapping.version,
            by=request.user,
            at=clock.now(),
        )
    except StaleMapping:
        raise Stale(mapping) from None
    messages.success(request, _("已停用，记录保留。"))
    return redirect("standards:mapping_detail", code=code)


# By hand
@requires("standards.map")
@require_http_methods(["GET", "POST"])
def mapping_new(request: Request) -> HttpResponse:
    source, target = _clause(request, "source"), _clause(request, "target")
    context: dict[str, Any] = {"ends": [_end(request, "source"), _end(request, "target")]}
    if source is None or target is None:
        return render_page(request, "standards/mapping_new.html", context)
    form = PairForm(request.POST or None, source=source, target=target)
    if request.method == "POST" and form.is_valid():
        try:
            mapping = services.propose_mapping(form.pair(), by=request.user, at=clock.now())
        except services.MappingRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("已提出，请另一位同事复核。"))
            return redirect("standards:mapping_detail", code=mapping.code)
    context["form"] = form
    status = 422 if form.errors else 200
    return render_page(request, "standards/mapping_new.html", context, status=status)


def _clause(request: Request, name: str) -> Clause | None:
    code = request.GET.get(name, "")
    rows = Clause.objects.select_related("framework").prefetch_related("measures")
    return rows.filter(code=code).first() if code else None


def _end(request: Request, name: str) -> dict[str, Any]:
    """One side of the choice: what was searched for, what was found, what was chosen."""
    words = request.GET.get(f"{name}_q", "").strip()[:100]
    return {
        "name": name,
        "label": _("甲方条款") if name == "source" else _("乙方条款"),
        "words": words,
        "found": _searched(words) if words else None,
        "chosen": _clause(request, name),
    }


def _searched(words: str) -> QuerySet[Clause]:
    fits = Q(code__icontains=words) | Q(title__icontains=words) | Q(title_en__icontains=words)
    fits |= Q(measures__name__icontains=words)
    rows = Clause.objects.filter(fits, level=Clause.Level.REQUIREMENT).distinct()
    return rows.select_related("framework").order_by("framework__ordinal", "ordinal")[:_FOUND]


# Suggestions
@requires("standards.map")
@require_GET
def suggestion_list(request: Request) -> HttpResponse:
    frameworks = {one.code: one for one in Framework.objects.all()}
    codes = list(frameworks)
    asked = request.GET.get("framework", ""), request.GET.get("other", "")
    one = (
        frameworks.get(asked[0])
        or frameworks.get("nsc2021")
        or next(iter(frameworks.values()), None)
    )
    other = frameworks.get(asked[1]) or next(
        (frameworks[code] for code in codes if one and code != one.code), None
    )
    rows = guesses_between(one, other) if one and other and one != other else []
    context = {
        "tab": "suggestion_list",
        "rows": rows,
        "one": one,
        "other": other,
        "frameworks": [(f.code, f.name) for f in frameworks.values()],
    }
    return render_page(request, "standards/suggestion_list.html", context)


@requires("standards.map")
@require_POST
def suggestion_refuse(request: Request) -> HttpResponse:
    ends = [get_object_or_404(Clause, code=request.POST.get(n, "")) for n in ("source", "target")]
    try:
        services.refuse_suggestion(
            *ends, reason=request.POST.get("reason", ""), by=request.user, at=clock.now()
        )
    except services.MappingRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("已记为不成对，不再建议。"))
    frameworks = [clause.framework.code for clause in ends]
    address = reverse("standards:suggestion_list")
    return redirect(f"{address}?framework={frameworks[0]}&other={frameworks[1]}")


@requires("standards.map")
def mapping_import(request: Request) -> HttpResponse:
    return sheet_import_page(request, mapping_sheet(), back_url=reverse("standards:mapping_list"))
