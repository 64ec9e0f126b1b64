"""The project matching month."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tongchuang.accounts.permissions import Request, requires
from tongchuang.core import audit, clock
from tongchuang.core.pages import check_version, export_response, render_page
from tongchuang.projects import queries, services
from tongchuang.projects.forms import RoundCloseForm
from tongchuang.projects.models import MatchingRound, Project
from tongchuang.projects.services.rounds import DECEMBER
from tongchuang.projects.sheets import round_sheet
from tongchuang.projects.views.projects import campaign_of


@requires("projects.view")
def round_list(request: Request) -> HttpResponse:
    if request.method == "POST":
        return _open(request)
    today = clock.today()
    ideas = Project.objects.visible_to(request.user).filter(status=Project.Status.IDEA)
    context = {
        "rounds": queries.rounds_with_sums(request.user),
        "ideas": queries.lines_of(queries.with_lines(ideas)[:60], on=today),
        "in_december": today.month == DECEMBER,
        "next_year": today.year + 1,
    }
    return render_page(request, "projects/round_list.html", context)


def _open(request: Request) -> HttpResponse:
    campaign = campaign_of(request)
    if campaign is None:
        return redirect("projects:round_list")
    try:
        found = services.open_round(campaign.city, on=clock.today(), by=request.user)
    except services.NotReady as fault:
        messages.error(request, str(fault))
        return redirect("projects:round_list")
    messages.success(request, _("项目对接月已开始。"))
    return redirect("projects:round_detail", pk=found.pk)


@requires("projects.view")
def round_detail(request: Request, pk: int) -> HttpResponse:
    return _page(request, _round(request, pk), RoundCloseForm())


@requires("projects.manage")
@require_POST
def round_close(request: Request, pk: int) -> HttpResponse:
    found = _round(request, pk)
    check_version(found, request)
    form = RoundCloseForm(request.POST)
    if form.is_valid():
        try:
            services.close_round(found, on=clock.today(), by=request.user, **form.cleaned_data)
        except services.NotReady as fault:
            form.add_error(None, str(fault))
        else:
            messages.success(request, _("对接结束，清单已定。"))
            return redirect("projects:round_detail", pk=pk)
    return _page(request, found, form, status=422)


@requires("projects.view")
def round_export(request: Request, pk: int) -> HttpResponse:
    found = _round(request, pk)
    audit.record(
        subject=request.user, action="export_projects", by=request.user, after={"round": str(found)}
    )
    rows = Project.objects.visible_to(request.user).filter(round=found)
    rows = rows.select_related("unit", "area").prefetch_related("funding").order_by("code")
    name = _("%(year)s年度重点建设项目清单.xlsx") % {"year": found.year}
    return export_response(round_sheet().export(rows), name)


def _page(
    request: Request, found: MatchingRound, form: RoundCloseForm, status: int = 200
) -> HttpResponse:
    listed = Project.objects.visible_to(request.user).filter(round=found)
    rows = queries.with_lines(listed.order_by("kind", "code"))
    lines = queries.lines_of(rows, on=clock.today())
    context = {
        "round": found,
        "lines": lines,
        "money": queries.sum_of(lines),
        "investment": sum(line.project.investment for line in lines),
        "form": form,
    }
    return render_page(request, "projects/round_detail.html", context, status=status)


def _round(request: Request, pk: int) -> MatchingRound:
    return get_object_or_404(queries.rounds_for(request.user), pk=pk)
