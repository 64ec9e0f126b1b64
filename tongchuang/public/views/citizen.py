"""Pages that everybody may open: no sign-in, no script needed."""

from typing import Literal

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongchuang.cases.models import Photo
from tongchuang.core import clock
from tongchuang.core.files import FileRefused, serve_file
from tongchuang.core.pages import keyset, render_page
from tongchuang.places.models import Site
from tongchuang.public import queries, services
from tongchuang.public.forms import CodeForm, RateForm, ReportForm
from tongchuang.public.models import Report


@require_http_methods(["GET", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _report_page(request, ReportForm(), None)
    site = _site(request.POST.get("plate", ""))
    form = ReportForm(request.POST, request.FILES, site=site)
    if form.is_valid():
        try:
            return _sent(request, form)
        except (FileRefused, services.Refused) as fault:
            place = "photos" if isinstance(fault, FileRefused) else None
            form.add_error(place, str(fault))
    return _report_page(request, form, site, status=422)


def _sent(request: HttpRequest, form: ReportForm) -> HttpResponse:
    token = form.cleaned_data["submission_id"]
    if not Report.objects.filter(submission_id=token).exists():
        services.allow_sender(request.META.get("REMOTE_ADDR", ""))
    made = services.submit_report(
        form.told(), submission_id=token, photos=form.cleaned_data["photos"], at=clock.now()
    )
    return redirect("public:thanks", code=made.tracking_code)


def _report_page(
    request: HttpRequest, form: ReportForm, site: Site | None, *, status: int = 200
) -> HttpResponse:
    return render_page(request, "public/report.html", {"form": form, "site": site}, status=status)


@require_GET
def qr(request: HttpRequest, plate: str) -> HttpResponse:
    """The form with the place filled in, from the plate on a site; an unknown plate says so."""
    site = _site(plate)
    form = ReportForm(site=site, initial={"plate": plate if site else ""})
    context = {"form": form, "site": site, "unknown_plate": site is None}
    return render_page(request, "public/report.html", context, status=200 if site else 404)


def _site(plate: str) -> Site | None:
    return Site.objects.active().filter(plate=plate).first() if plate else None


@require_GET
def thanks(request: HttpRequest, code: str) -> HttpResponse:
    return render_page(request, "public/thanks.html", {"report": _report(code)})


# Following a report
@require_GET
def track_form(request: HttpRequest) -> HttpResponse:
    if "code" not in request.GET:
        return render_page(request, "public/track_form.html", {"form": CodeForm()})
    code = request.GET["code"].strip().upper()
    found = Report.objects.filter(tracking_code=code).exists() if code else False
    if found:
        return redirect("public:track", code=code)
    context = {"form": CodeForm(request.GET), "missing": True}
    return render_page(request, "public/track_form.html", context, status=404)


@require_GET
def track(request: HttpRequest, code: str) -> HttpResponse:
    return _track_page(request, _report(code), RateForm())


@require_POST
def rate(request: HttpRequest, code: str) -> HttpResponse:
    found = _report(code)
    form = RateForm(request.POST)
    if not form.is_valid():
        return _track_page(request, found, form, status=422)
    try:
        services.rate_report(found, at=clock.now(), **form.cleaned_data)
    except services.Refused as refused:
        form.add_error(None, str(refused))
        return _track_page(request, found, form, status=422)
    return redirect("public:track", code=found.tracking_code)


def _track_page(
    request: HttpRequest, found: Report, form: RateForm, *, status: int = 200
) -> HttpResponse:
    may_rate = services.may_rate(found, at=clock.now())
    before, after = queries.result_pair(queries.followed(found))
    kind, word = queries.citizen_state(found, may_rate=may_rate)
    context = {
        "report": found,
        "form": form,
        "may_rate": may_rate,
        "rate_until": found.ended_at + Report.RATE_WITHIN if found.ended_at else None,
        "kind": kind,
        "word": word,
        "before": before,
        "after": after,
        "happenings": queries.happenings(found),
    }
    return render_page(request, "public/track.html", context, status=status)


@require_GET
def photo(request: HttpRequest, code: str, moment: str) -> HttpResponseBase:
    """One of the two photos of one's own report; without what the camera wrote into it."""
    before, after = queries.result_pair(queries.followed(_report(code)))
    return _served(request, {"before": before, "after": after}.get(moment))


def _report(code: str) -> Report:
    reports = Report.objects.select_related(
        "case__lead", "case__proposed_lead", "case__merged_into__lead", "answering_unit", "site"
    )
    return get_object_or_404(reports, tracking_code=code.upper())


# Results for everybody
@require_GET
def results(request: HttpRequest) -> HttpResponse:
    page = keyset(request, queries.results(), order=("-closed_at",), size=12)
    pairs = [(case, *_pair(case.public_photos)) for case in page.rows]  # type: ignore[attr-defined]  # prefetched
    context = {"page": page, "pairs": pairs, "word": queries.citizens_word()}
    return render_page(request, "public/results.html", context)


def _pair(photos: list[Photo]) -> tuple[Photo, Photo]:
    before = [one for one in photos if one.moment == Photo.Moment.BEFORE]
    after = [one for one in photos if one.moment != Photo.Moment.BEFORE]
    return before[0], after[-1]


@require_GET
def result_photo(request: HttpRequest, pk: int, moment: str) -> HttpResponseBase:
    case = get_object_or_404(queries.results(), pk=pk)
    before, after = _pair(case.public_photos)  # type: ignore[attr-defined]  # prefetched
    return _served(request, {"before": before, "after": after}.get(moment))


def _served(request: HttpRequest, found: Photo | None) -> HttpResponseBase:
    if found is None:
        raise Http404
    kind: Literal["copy", "thumb"] = "copy" if "large" in request.GET else "thumb"
    return serve_file(request, found.file, kind)
