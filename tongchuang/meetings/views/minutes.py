"""The minutes of a meeting: written, moved, printed."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tongchuang.accounts.permissions import Request, require, requires
from tongchuang.core import clock
from tongchuang.core.files import serve_file
from tongchuang.core.pages import check_version, export_response
from tongchuang.meetings import paper, services
from tongchuang.meetings.forms import MINUTES_FORMS, MinutesForm, move_form
from tongchuang.meetings.models import MINUTES_FLOW, Minutes
from tongchuang.meetings.views.meetings import detail_page, meeting_of, minutes_for
from tongchuang.meetings.views.pages import form_page


@requires("meetings.manage")
def minutes_edit(request: Request, pk: int) -> HttpResponse:
    meeting = meeting_of(request, pk)
    require(request.user, "meetings.manage", meeting)
    minutes: Minutes | None = getattr(meeting, "minutes", None)
    words = {"opening": minutes.opening, "closing": minutes.closing} if minutes else {}
    initial = words or {"opening": paper.proposed_opening(meeting)}
    form = MinutesForm(request.POST or None, initial=initial)
    if minutes and request.method == "POST":
        check_version(minutes, request)

    def save() -> Minutes:
        return services.draft_minutes(meeting, by=request.user, **form.cleaned_data)

    return form_page(
        request,
        form,
        save,
        title=_("拟会议纪要"),
        submit=_("保存"),
        back=reverse("meetings:detail", args=[pk]) + "#minutes",
        crumb=meeting.title,
        version=minutes.version if minutes else None,
    )


@requires("meetings.view")
@require_POST
def minutes_move(request: Request, pk: int, move: str) -> HttpResponse:
    """One move of the minutes, with its form."""
    meeting = meeting_of(request, pk)
    minutes = minutes_for(request, meeting)
    if minutes is None or move not in MINUTES_FLOW.moves:
        raise Http404
    require(request.user, MINUTES_FLOW.moves[move].action, minutes)
    check_version(minutes, request)
    form = move_form(MINUTES_FORMS, move, request.POST)
    if form.is_valid():
        try:
            _make(request, minutes, move, form.cleaned_data)
        except services.Refused as fault:
            form.add_error(None, str(fault))
            messages.error(request, str(fault))
        else:
            messages.success(request, _("已办理。"))
            return redirect(reverse("meetings:detail", args=[pk]) + "#minutes")
    return detail_page(request, meeting, failed={move: form}, status=422)


def _make(request: Request, minutes: Minutes, move: str, fields: dict[str, Any]) -> None:
    by = request.user
    match move:
        case "review":
            services.review_minutes(minutes, by=by)
        case "send_back":
            services.send_back_minutes(minutes, by=by, **fields)
        case "sign":
            services.sign_minutes(minutes, at=clock.now(), by=by)
        case "issue":
            services.issue_minutes(minutes, on=clock.today(), by=by)


@requires("meetings.view")
@require_GET
def minutes_docx(request: Request, pk: int) -> HttpResponse | FileResponse:
    """The issued file as it was stored; before that a draft made on the spot."""
    meeting = meeting_of(request, pk)
    minutes = minutes_for(request, meeting)
    if minutes is None:
        raise Http404
    if minutes.docx:
        return serve_file(request, minutes.docx, "sealed")
    name = _("%(meeting)s纪要（稿）.docx") % {"meeting": meeting.title}
    return export_response(paper.minutes_paper(minutes).docx(), name)
