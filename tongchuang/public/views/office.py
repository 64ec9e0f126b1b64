"""The office's side of the citizens' reports."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tongchuang.accounts.permissions import Request, can, require, requires
from tongchuang.cases.models import Case, Photo
from tongchuang.core import audit, clock
from tongchuang.core.files import serve_file
from tongchuang.core.pages import keyset, render_page, stale
from tongchuang.public import queries, services
from tongchuang.public.forms import AnswerForm, LetterForm, ReopenForm
from tongchuang.public.models import Report

_ASKED = ("tab", "topic", "q", "unit", "month")


@requires("public.view")
@require_GET
def report_list(request: Request) -> HttpResponse:
    at = clock.now()
    text = {name: request.GET.get(name, "").strip()[:60] for name in _ASKED}
    wanted = queries.ReportFilter(**text)
    page = keyset(request, queries.report_list(request.user, wanted, at=at), order=("-at",))
    counts = queries.tab_counts(request.user, at=at)
    context = {
        "page": page,
        "rows": [
            (row, *queries.report_state(row), queries.late_to_acknowledge(row, at=at))
            for row in page.rows
        ],
        "wanted": wanted,
        "tabs": [(name, label, counts[name]) for name, label in queries.TABS.items()],
        "topics": Report.Topic.choices,
        "word": queries.citizens_word(),
    }
    return render_page(request, "public/report_list.html", context, fragment="rows")


@requires("public.view")
@require_GET
def report_detail(request: Request, pk: int) -> HttpResponse:
    return _detail(request, _visible(request, pk))


@requires("public.view")
@require_GET
def report_by_code(request: Request, code: str) -> HttpResponse:
    reports = Report.objects.visible_to(request.user)
    return redirect("public:report_detail", pk=get_object_or_404(reports, tracking_code=code).pk)


@requires("public.view")
@require_GET
def report_photo(request: Request, pk: int, photo: int) -> HttpResponseBase:
    found = get_object_or_404(_visible(request, pk).photos.select_related("file"), pk=photo)
    return serve_file(request, found.file, "copy" if "large" in request.GET else "thumb")


@requires("public.reporter")
@require_POST
def report_contact(request: Request, pk: int) -> HttpResponse:
    report = _visible(request, pk)
    contact = services.read_contact(report, by=request.user)
    return _detail(request, report, contact=contact)


@requires("public.answer")
@require_POST
def report_answer(request: Request, pk: int) -> HttpResponse:
    report = _visible(request, pk)
    form = AnswerForm(request.POST)
    if stale(request, report):
        return _detail(request, report, answer=form, status=409)
    if not form.is_valid():
        return _detail(request, report, answer=form, status=422)
    services.answer_report(report, by=request.user, at=clock.now(), **form.cleaned_data)
    messages.success(request, _("已答复，群众凭查询码可见。"))
    return redirect("public:report_detail", pk=pk)


@requires("public.answer")
@require_POST
def report_file(request: Request, pk: int) -> HttpResponse:
    report = _visible(request, pk)
    require(request.user, "cases.file")
    form = LetterForm(request.POST, city=report.city)
    if stale(request, report):
        return _detail(request, report, letter=form, status=409)
    if not form.is_valid():
        return _detail(request, report, letter=form, status=422)
    try:
        services.file_letter(report, by=request.user, at=clock.now(), **form.cleaned_data)
    except services.Refused as refused:
        form.add_error("address", str(refused))
        return _detail(request, report, letter=form, status=422)
    messages.success(request, _("已转为案件，核实后派发。"))
    return redirect("public:report_detail", pk=pk)


@requires("public.answer")
@require_POST
def report_reopening(request: Request, pk: int) -> HttpResponse:
    report = _visible(request, pk)
    form = ReopenForm(request.POST)
    if stale(request, report):
        return _detail(request, report, reopening=form, status=409)
    if not form.is_valid():
        return _detail(request, report, reopening=form, status=422)
    uphold = request.POST.get("uphold") == "1"
    try:
        services.decide_reopening(
            report,
            uphold=uphold,
            answer=form.cleaned_data["answer"],
            by=request.user,
            at=clock.now(),
        )
    except services.Refused as refused:
        form.add_error(None, str(refused))
        return _detail(request, report, reopening=form, status=422)
    messages.success(request, _("已重新打开案件。") if uphold else _("已答复群众。"))
    return redirect("public:report_detail", pk=pk)


@requires("public.answer")
@require_POST
def report_publish(request: Request, pk: int) -> HttpResponse:
    public = request.POST.get("public") == "1"
    try:
        services.publish_result(_visible(request, pk), by=request.user, public=public)
    except services.Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("已公开处理结果。") if public else _("已撤下公开结果。"))
    return redirect("public:report_detail", pk=pk)


def _visible(request: Request, pk: int) -> Report:
    reports = Report.objects.visible_to(request.user).select_related(
        "city",
        "case__lead",
        "case__proposed_lead",
        "case__merged_into__lead",
        "answering_unit",
        "site",
    )
    return get_object_or_404(reports, pk=pk)


def _detail(
    request: Request,
    report: Report,
    *,
    contact: str = "",
    answer: AnswerForm | None = None,
    reopening: ReopenForm | None = None,
    letter: LetterForm | None = None,
    status: int = 200,
) -> HttpResponse:
    user, case = request.user, report.case
    first = {"text": report.answer, "unit": report.answering_unit_id or (case and case.lead_id)}
    kind, word = queries.report_state(report)
    may_answer = can(user, "public.answer", report)
    first_place = {"address": report.address, "problem_class": report.problem_class_id}
    context = {
        "report": report,
        "kind": kind,
        "word": word,
        "case_seen": case and Case.objects.visible_to(user).filter(pk=case.pk).exists(),
        "photos": report.photos.select_related("file"),
        "late": queries.late_to_acknowledge(report, at=clock.now()),
        "happenings": queries.happenings(report),
        "contact": contact,
        "may_read_contact": bool(report.contact) and can(user, "public.reporter", report),
        "may_answer": may_answer,
        "may_file": case is None and may_answer and can(user, "cases.file"),
        "letter_form": letter or LetterForm(initial=first_place, city=report.city),
        "may_reopen": case is not None and can(user, "cases.reopen", case),
        "answer_form": answer or AnswerForm(initial=first),
        "reopen_form": reopening or ReopenForm(),
        "published": case is not None and Photo.objects.filter(case=case, public=True).exists(),
        "stale": audit.history(report).last() if status == 409 else None,
    }
    return render_page(request, "public/report_detail.html", context, status=status)
