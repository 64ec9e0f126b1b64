"""Classes of problems with their limits and closing conditions: read, set, out and in."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tongchuang.accounts.permissions import Request, can, requires
from tongchuang.core import audit, clock
from tongchuang.core.pages import export_response, render_page
from tongchuang.core.sheet_views import sheet_import_page
from tongchuang.core.worktime_words import limit_words
from tongchuang.standards import queries, services
from tongchuang.standards.limit_forms import ClassLimitsForm, GradeLimitsForm
from tongchuang.standards.limit_sheets import limit_sheet
from tongchuang.standards.models import Grade, GradeLimit, LimitChange, ProblemClass
from tongchuang.standards.rules.shapes import LIMIT_PARTS
from tongchuang.standards.services import LimitsRefused, StaleLimits

SET = services.SET_LIMITS


@requires("standards.view")
@require_GET
def problem_class_list(request: Request) -> HttpResponse:
    group, grade = request.GET.get("group", ""), request.GET.get("grade", "")
    words = request.GET.get("q", "")[:100].strip()
    table = queries.limit_table(on=clock.today())
    rows = queries.problem_class_list(table, group=group, grade=grade, words=words)
    context = {
        "rows": [(row, _limit_words(table.of(row.grade, row.limits))) for row in rows],
        "grades": [(row, _limit_words(limits)) for row, limits in queries.grade_rows(table)],
        "groups": queries.problem_groups(),
        "grade_choices": Grade.choices,
        "group": group,
        "grade": grade,
        "words": words,
        "may_set": can(request.user, SET),
    }
    return render_page(request, "standards/problem_class_list.html", context, fragment="rows")


@requires("standards.view")
@require_GET
def problem_class_detail(request: Request, code: str) -> HttpResponse:
    shipped = get_object_or_404(ProblemClass, code=code)
    table = queries.limit_table(on=clock.today())
    problem_class = table.standing(shipped)
    context = {
        "problem_class": problem_class,
        "limits": _limit_words(table.of(problem_class.grade, problem_class.limits)),
        "own_limits": bool(problem_class.limits),
        "frameworks": queries.clauses_by_framework(
            problem_class.clauses.select_related("framework")
        ),
        "site_types": problem_class.site_types.all(),
        "changes": _change_rows(shipped, standing=problem_class.change),
        "may_set": can(request.user, SET),
    }
    return render_page(request, "standards/problem_class_detail.html", context)


# Setting
@requires(SET)
@require_http_methods(["GET", "POST"])
def problem_class_limits(request: Request, code: str) -> HttpResponse:
    shipped = get_object_or_404(ProblemClass, code=code)
    table = queries.limit_table(on=clock.today())
    standing = table.standing(shipped)
    initial = {
        "grade": standing.grade,
        "closing_condition": standing.closing_condition,
        "closing_condition_en": standing.closing_condition_en,
        **standing.limits,
    }
    form = ClassLimitsForm(request.POST or None, initial=initial)
    back = reverse("standards:problem_class_detail", args=[code])
    page = _Setting(shipped, form, standing.name, back, standing.change)
    return _set(request, page, table)


@requires(SET)
@require_http_methods(["GET", "POST"])
def grade_limits(request: Request, grade: str) -> HttpResponse:
    if grade not in Grade.values:
        raise Http404
    row = get_object_or_404(GradeLimit, grade=grade)
    table = queries.limit_table(on=clock.today())
    form = GradeLimitsForm(request.POST or None, initial=dict(table.grades[grade]))
    page = _Setting(row, form, str(row), reverse("standards:problem_class_list"))
    return _set(request, page, table)


@dataclass(frozen=True, slots=True)
class _Setting:
    """The page on which the limits of one class or grade are set."""

    subject: ProblemClass | GradeLimit
    form: ClassLimitsForm | GradeLimitsForm
    name: str
    back: str
    standing: LimitChange | None = None

    def set(self, *, by: Any, version: int) -> LimitChange:
        form, at = self.form, clock.now()
        if isinstance(self.subject, ProblemClass):
            assert isinstance(form, ClassLimitsForm)  # noqa: S101 -- made together by the view
            return services.set_class_limits(
                self.subject, form.terms(), form.ground(), by=by, at=at, version=version
            )
        assert isinstance(form, GradeLimitsForm)  # noqa: S101 -- as above
        return services.set_grade_limits(
            self.subject, form.limits(), form.ground(), by=by, at=at, version=version
        )


def _set(request: Request, page: _Setting, table: queries.LimitTable) -> HttpResponse:
    status = 200
    if request.method == "POST":
        saved, status = _saved(request, page)
        if saved:
            return redirect(page.back)
    changes = _change_rows(page.subject, standing=page.standing)
    context = {
        "page": page,
        "form": page.form,
        "version": services.version_of(page.subject),
        "grades": [(row, _limit_words(limits)) for row, limits in queries.grade_rows(table)],
        "changes": changes,
        "stale": queries.limit_changes(page.subject).order_by("-id").first()
        if status == 409
        else None,
    }
    return render_page(request, "standards/limits_form.html", context, status=status)


def _saved(request: Request, page: _Setting) -> tuple[LimitChange | None, int]:
    """The change, or the status of the page that says why there is none."""
    if not page.form.is_valid():
        return None, 422
    sent = request.POST.get("version", "")
    try:
        change = page.set(by=request.user, version=int(sent) if sent.isdigit() else 0)
    except StaleLimits:
        return None, 409
    except LimitsRefused as refused:
        page.form.add_error(None, str(refused))
        return None, 422
    told = _("已调整“%(name)s”，%(day)s起施行。原来的规定留存。")
    messages.success(request, told % {"name": page.name, "day": f"{change.from_on:%Y-%m-%d}"})
    return change, 302


# Out and in
@requires("standards.view")
@require_GET
def problem_class_export(request: Request) -> HttpResponse:
    table = queries.limit_table(on=clock.today())
    audit.record(subject=request.user, action="export_limits", by=request.user)
    data = limit_sheet(table, at=clock.now()).export(queries.problem_class_list(table))
    return export_response(data, _("问题类别与时限.xlsx"))


@requires(SET)
def problem_class_import(request: Request) -> HttpResponse:
    table = queries.limit_table(on=clock.today())
    return sheet_import_page(
        request,
        limit_sheet(table, at=clock.now()),
        back_url="standards:problem_class_list",
    )


# Words
@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change as the history shows it: what became what, and whether it holds today."""

    change: LimitChange
    lines: list[tuple[str, str, str]]
    state: str  # ahead, holds, past


def _change_rows(
    subject: ProblemClass | GradeLimit, *, standing: LimitChange | None
) -> list[ChangeRow]:
    today = clock.today()
    rows = list(queries.limit_changes(subject))
    holds = standing or next((row for row in rows if row.from_on <= today), None)
    return [ChangeRow(row, _change_lines(row), _state(row, holds)) for row in rows]


def _state(change: LimitChange, holds: LimitChange | None) -> str:
    if change.from_on > clock.today():
        return "ahead"
    return "holds" if holds and holds.pk == change.pk else "past"


def _change_lines(change: LimitChange) -> list[tuple[str, str, str]]:
    """(what, before, after) for everything that the change says differently."""
    old, new = dict(change.old), dict(change.new)
    lines = [
        (str(_LABELS[part]), _own_words(old, part), _own_words(new, part)) for part in LIMIT_PARTS
    ]
    if change.problem_class_id:
        grades = [str(Grade(terms["grade"]).label) for terms in (old, new)]
        lines.insert(0, (_("等级"), grades[0], grades[1]))
        lines.append((_("销号条件"), old["closing_condition"], new["closing_condition"]))
        english = "closing_condition_en"
        lines.append((_("英文销号条件"), old[english], new[english]))
    return [(what, before, after) for what, before, after in lines if before != after]


_LABELS = {part: GradeLimit._meta.get_field(part).verbose_name for part in LIMIT_PARTS}  # type: ignore[union-attr]  # columns


def _own_words(terms: dict[str, Any], part: str) -> str:
    """A limit of stored terms in words; of a class a missing one goes by the grade."""
    limits = terms.get("limits", terms)
    if part not in limits:
        return _("按等级")
    limit = queries.parse_limit(limits[part])
    return limit_words(limit) if limit else _("没有")


def _limit_words(limits: queries.Limits) -> dict[str, str]:
    found = {part: getattr(limits, part) for part in LIMIT_PARTS}
    return {part: limit_words(limit) if limit else "" for part, limit in found.items()}
