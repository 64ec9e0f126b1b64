"""The crosswalk to read: matrix, lists, one clause in the middle, one pair."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tongchuang.accounts.event_words import spoken
from tongchuang.accounts.permissions import Request, can, requires
from tongchuang.core import audit
from tongchuang.core.pages import export_response, keyset, render_page, requested_sort
from tongchuang.standards import pairs
from tongchuang.standards.models import Clause, Confidence, Framework, Mapping
from tongchuang.standards.pair_forms import GiveUpForm, ReviewForm
from tongchuang.standards.pair_sheets import mapping_sheet
from tongchuang.standards.pairs import PairFilter, Read
from tongchuang.standards.rules.crosswalk import Relation
from tongchuang.standards.wheel import Stroke, stroke, wheel

_ORDER = ("source__framework__ordinal", "source__ordinal", "code")
_SORTS = {"clause": _ORDER, "code": ("code",), "strength": ("strength",), "made": ("made_on",)}


@requires("standards.view")
@require_GET
def mapping_list(request: Request) -> HttpResponse:
    wanted = _wanted(request)
    sort = requested_sort(request, _SORTS, default="clause")
    page = keyset(request, pairs.pair_list(wanted), order=sort.order)
    context = {
        "matrix": pairs.matrix(),
        "page": page,
        "rows": [pairs.read(row) for row in page.rows],
        "wanted": wanted,
        "states": _states(wanted),
        "frameworks": [(one.code, one.name) for one in Framework.objects.all()],
        "relations": Mapping.RelationKind.choices,
        "confidences": Confidence.choices,
        "tensions": [("1", _("有"))],
    }
    return render_page(request, "standards/mapping_list.html", context, fragment="rows")


def _wanted(request: Request) -> PairFilter:
    asked = request.GET
    return PairFilter(
        framework=asked.get("framework", ""),
        other=asked.get("other", ""),
        relation=asked.get("relation", ""),
        review=asked.get("review", ""),
        tension=asked.get("tension") == "1",
        confidence=asked.get("confidence", ""),
        clause=asked.get("clause", ""),
        words=asked.get("q", "").strip()[:100],
    )


def _states(wanted: PairFilter) -> list[tuple[str, str, int]]:
    counts = pairs.review_counts(wanted)
    found = [(value, str(label), counts.get(value, 0)) for value, label in Mapping.Review.choices]
    return [("", _("全部"), sum(counts.values())), *found]


@requires("standards.view")
@require_GET
def mapping_export(request: Request) -> HttpResponse:
    rows = pairs.pair_list(_wanted(request)).order_by(*_ORDER)
    audit.record(
        subject=request.user,
        action="export_mappings",
        by=request.user,
        after={"filters": request.GET.dict()},
    )
    return export_response(mapping_sheet().export(rows.iterator(chunk_size=1000)), _("对照.xlsx"))


# One clause
@requires("standards.view")
@require_GET
def clause_crosswalk(request: Request, code: str) -> HttpResponse:
    clause = get_object_or_404(Clause.objects.select_related("framework"), code=code)
    whole = pairs.counterparts(clause)
    asked = request.GET
    rows = [one for one in whole if _fits(one, request)]
    peers = Clause.objects.filter(framework=clause.framework, level=clause.level)
    context = {
        "clause": clause,
        "wheel": wheel(clause, rows),
        "rows": rows,
        "whole": whole,
        "standards": sorted({(o.other.framework.code, o.other.framework.name) for o in whole}),
        "measures": sorted({(m.code, m.title) for o in whole if (m := o.here_measure)}),
        "relations": Mapping.RelationKind.choices,
        "asked": asked,
        "unsure": sum(one.unsure for one in whole),
        "legend": _legend(),
        "before": peers.filter(ordinal__lt=clause.ordinal).order_by("-ordinal").first(),
        "after": peers.filter(ordinal__gt=clause.ordinal).order_by("ordinal").first(),
    }
    return render_page(request, "standards/clause_crosswalk.html", context)


def _fits(one: Read, request: Request) -> bool:
    asked = request.GET
    measure = one.here_measure.code if one.here_measure else ""
    return (
        asked.get("framework", "") in {"", one.other.framework.code}
        and asked.get("relation", "") in {"", one.relation.value}
        and asked.get("measure", "") in {"", measure}
        and (one.differs or asked.get("only") != "differs")
        and (one.unsure or asked.get("only") != "unsure")
    )


def _legend() -> list[tuple[Stroke, str, str]]:
    return [
        (stroke(kind, accepted=True), pairs.SYMBOLS[kind], str(Mapping.RelationKind(kind).label))
        for kind in Relation
    ]


# One pair
@requires("standards.view")
@require_GET
def mapping_detail(request: Request, code: str) -> HttpResponse:
    return pair_page(request, found_pair(code))


def found_pair(code: str) -> Mapping:
    """A pair with both its ends, or 404."""
    rows = pairs.with_ends(Mapping.objects.all()).select_related("made_by", "reviewed_by")
    return get_object_or_404(rows, code=code)


def pair_page(
    request: Request, mapping: Mapping, *, status: int = 200, **more: Any
) -> HttpResponse:
    """The page of a pair, with the forms as they were sent when one was refused."""
    pair = pairs.read(mapping)
    own = mapping.made_by_id == request.user.pk
    context = {
        "pair": pair,
        "mapping": mapping,
        "ends": [
            (_("甲方"), pair.here, pair.here_measure, mapping.source_window),
            (_("乙方"), pair.other, pair.other_measure, mapping.target_window),
        ],
        "comparisons": [
            (
                pairs.line_words(one.source) or "–",
                pairs.line_words(one.target) or "–",
                pairs.comparison_words(one),
                one.demand.value,
            )
            for one in pair.comparisons
        ],
        "window_gap": _window_gap(mapping),
        "own": own,
        "decides": can(request.user, "standards.map") and mapping.active,
        "review_form": ReviewForm(),
        "give_up_form": GiveUpForm(),
        "events": spoken(audit.history(mapping).order_by("-id")[:20]),
        **more,
    }
    return render_page(request, "standards/mapping_detail.html", context, status=status)


def _window_gap(mapping: Mapping) -> int | None:
    if mapping.source_window is None or mapping.target_window is None:
        return None
    return mapping.target_window - mapping.source_window


# Lists
@requires("standards.view")
@require_GET
def tension_list(request: Request) -> HttpResponse:
    page = keyset(request, pairs.tension_list(), order=_ORDER)
    return _side(request, "tension_list", page=page, rows=[pairs.read(row) for row in page.rows])


@requires("standards.view")
@require_GET
def window_list(request: Request) -> HttpResponse:
    page = keyset(request, pairs.window_list(), order=_ORDER)
    rows = [(pairs.read(row), _window_gap(row)) for row in page.rows]
    return _side(request, "window_list", page=page, rows=rows)


@requires("standards.view")
@require_GET
def threshold_list(request: Request) -> HttpResponse:
    kinds = [
        (pairs.DIFFERS, _("目标值不同")),
        (pairs.SAME, _("目标值相同")),
        (pairs.OPEN, _("不可比")),
    ]
    kind = request.GET.get("kind", pairs.DIFFERS)
    if kind not in dict(kinds):
        kind = pairs.DIFFERS
    page = keyset(request, pairs.threshold_list(kind), order=_ORDER)
    rows = [pairs.read(row) for row in page.rows]
    return _side(request, "threshold_list", page=page, rows=rows, kinds=kinds, kind=kind)


@requires("standards.view")
@require_GET
def alone_list(request: Request) -> HttpResponse:
    counts = pairs.alone_counts()
    asked = request.GET.get("framework", "")
    chosen = next((one for one, _n in counts if one.code == asked), None)
    chosen = chosen or (counts[0][0] if counts else None)
    page = keyset(request, pairs.alone_list(chosen), order=("ordinal",)) if chosen else None
    tabs = [(one.code, one.name, number) for one, number in counts]
    return _side(request, "alone_list", page=page, tabs=tabs, chosen=chosen)


@requires("standards.view")
@require_GET
def strictest_list(request: Request) -> HttpResponse:
    accepted = request.GET.get("review") == Mapping.Review.ACCEPTED
    groups = pairs.shared_quantities(accepted=accepted)
    return _side(request, "strictest_list", groups=groups, accepted=accepted)


def _side(request: Request, name: str, **context: Any) -> HttpResponse:
    return render_page(request, f"standards/{name}.html", {"tab": name, **context})
