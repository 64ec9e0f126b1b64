"""Pages of the kernel: the state of the server and of a person's background jobs."""

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tongchuang.core import jobs
from tongchuang.core.files import serve_file
from tongchuang.core.health import health
from tongchuang.core.models import Job
from tongchuang.core.pages import render_page


@require_GET
@never_cache
def healthz(_request: HttpRequest) -> JsonResponse:
    report, well = health()
    return JsonResponse(report, status=200 if well else 503)


@login_required
@require_GET
@never_cache
def job_detail(request: HttpRequest, pk: int) -> HttpResponse:
    job = _own_job(request, pk)
    return render_page(request, "core/job_detail.html", {"job": job}, fragment="progress")


@login_required
@require_GET
def job_file(request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
    job = _own_job(request, pk)
    if job.result_file is None:
        raise Http404
    return serve_file(request, job.result_file, "sealed")


@login_required
@require_POST
def job_retry(request: HttpRequest, pk: int) -> HttpResponse:
    job = _own_job(request, pk)
    jobs.retry_job(job)
    return redirect("core:job_detail", pk=job.pk)


def _own_job(request: HttpRequest, pk: int) -> Job:
    """A job of the person who looks; to everyone else it does not exist."""
    assert request.user.is_authenticated  # noqa: S101 -- login_required; for the type checker
    jobs_seen = Job.objects.visible_to(request.user).select_related("result_file")
    return get_object_or_404(jobs_seen, pk=pk)
