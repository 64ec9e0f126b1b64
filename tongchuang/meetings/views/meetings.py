"""Meetings: the list, one meeting, its moves, who comes and who came."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tongchuang.accounts.event_words import spoken
from tongchuang.accounts.permissions import Request, can, reach, require, requires
from tongchuang.campaigns.models import Campaign
from tongchuang.core import audit, clock
from tongchuang.core.pages import (
    check_version,
    export_response,
    keyset,
    render_page,
    requested_sort,
)
from tongchuang.meetings import paper, queries, services
from tongchuang.meetings.forms import (
    MEETING_FORMS,
    MINUTES_FORMS,
    AttendanceForm,
    CallForm,
    SignInForm,
    UnitsForm,
    move_form,
)
from tongchuang.meetings.models import (
    MEETING_FLOW,
    MINUTES_FLOW,
    Attendance,
    Meeting,
    MeetingType,
    Minutes,
    Ruling,
)
from tongchuang.meetings.sheets import meeting_sheet
from tongchuang.meetings.views.pages import campaign_of, form_page, moves_of

_SORTS = {"day": ("held_on", "id"), "title": ("title", "id"), "chair": ("chair__name", "id")}


@requires("meetings.view")
def meeting_list(request: Request) -> HttpResponse:
    today = clock.today()
    tab, kind = _asked(request)
    sort = requested_sort(request, _SORTS, default="-day")
    found = queries.meeting_list(request.user, tab, type_id=kind, on=today)
    page = keyset(request, found, order=sort.order)
    counts = queries.meeting_counts(request.user, on=today)
    kinds = MeetingType.objects.filter(campaign__in=Campaign.objects.visible_to(request.user))
    context = {
        "page": page,
        "tabs": [(name, word, counts[name]) for name, word in queries.MEETING_TABS],
        "tab": tab,
        "kinds": [
            (str(pk), title) for pk, title in kinds.order_by("pk").values_list("pk", "title")
        ],
        "kind": str(kind or ""),
        "sort": sort,
        "today": today,
        "gauges": queries.gauges(request.user, on=today)
        if can(request.user, "desk.cockpit")
        else [],
    }
    return render_page(request, "meetings/meeting_list.html", context, fragment="rows")


def _asked(request: Request) -> tuple[str, int | None]:
    tab, kind = request.GET.get("tab", ""), request.GET.get("kind", "")
    known = {name for name, _word in queries.MEETING_TABS}
    return tab if tab in known else "", int(kind) if kind.isascii() and kind.isdecimal() else None


@requires("meetings.view")
def meeting_export(request: Request) -> HttpResponse:
    tab, kind = _asked(request)
    rows = queries.meeting_list(request.user, tab, type_id=kind, on=clock.today())
    log_export(request, "export_meetings")
    return export_response(meeting_sheet().export(rows), _("会议.xlsx"))


def log_export(request: Request, action: str) -> None:
    audit.record(
        subject=request.user,
        action=action,
        by=request.user,
        after={"filters": request.GET.dict()},
    )


@requires("meetings.manage")
def meeting_new(request: Request) -> HttpResponse:
    campaign = campaign_of(request)
    if campaign is None:
        raise Http404
    require(request.user, "meetings.manage", campaign)
    form = CallForm(request.POST or None, campaign=campaign)

    def save() -> Meeting:
        return services.call_meeting(by=request.user, **form.cleaned_data)

    return form_page(
        request,
        form,
        save,
        title=_("召集会议"),
        submit=_("召集"),
        back=reverse("meetings:list"),
        crumb=_("会议"),
        opens="meetings:detail",
    )


# One meeting
@requires("meetings.view")
def meeting_detail(request: Request, pk: int) -> HttpResponse:
    return detail_page(request, meeting_of(request, pk))


def detail_page(
    request: Request,
    meeting: Meeting,
    *,
    failed: Mapping[str, forms.Form] | None = None,
    sign_form: forms.Form | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of a meeting, with a form that has to be put right where there is one."""
    failed, user, today = failed or {}, request.user, clock.today()
    minutes = minutes_for(request, meeting)
    attendance = list(meeting.attendance.select_related("unit"))
    rulings = queries.with_ruling_rows(rulings_for(request, meeting)).order_by("ordinal")
    context = {
        "meeting": meeting,
        "missed": meeting.status in {"planned", "announced"} and meeting.held_on < today,
        "items": meeting.agenda.select_related(
            "unit", "task", "case", "project", "clause", "ruling", "matter"
        ),
        "attendance": attendance,
        "present": sum(row.state == Attendance.State.PRESENT for row in attendance),
        "rulings": queries.ruling_lines(rulings, on=today),
        "minutes": minutes,
        "document": paper.minutes_paper(minutes) if minutes else None,
        "manages": can(user, "meetings.manage", meeting),
        "moves": moves_of(request, MEETING_FLOW, meeting, MEETING_FORMS, failed),
        "minutes_moves": _minutes_moves(request, minutes, failed),
        "mine": _mine(request, meeting, attendance),
        "sign_form": sign_form or SignInForm(),
        "events": spoken(audit.history(meeting).order_by("-id")[:30]),
    }
    return render_page(request, "meetings/meeting_detail.html", context, status=status)


def _minutes_moves(
    request: Request, minutes: Minutes | None, failed: Mapping[str, forms.Form]
) -> list[dict[str, Any]]:
    """The moves of the minutes; who wrote them neither reviews nor signs."""
    if minutes is None:
        return []
    found = moves_of(request, MINUTES_FLOW, minutes, MINUTES_FORMS, failed)
    own = minutes.drafted_by_id == request.user.pk
    return [move for move in found if not (own and move["name"] in {"review", "sign"})]


def _mine(request: Request, meeting: Meeting, attendance: list[Attendance]) -> Attendance | None:
    """The place at this meeting for which the reader may sign in now."""
    if meeting.status != Meeting.Status.ANNOUNCED or meeting.held_on != clock.today():
        return None
    where = reach(request.user, "meetings.report")
    waits = (row for row in attendance if row.state == Attendance.State.ASKED)
    return next((row for row in waits if where.covers({row.unit_id})), None)


def rulings_for(request: Request, meeting: Meeting) -> Any:
    """The rulings of a meeting that concern the reader; all of them for the office."""
    return Ruling.objects.visible_to(request.user).filter(meeting=meeting)


def minutes_for(request: Request, meeting: Meeting) -> Minutes | None:
    """The minutes as far as the reader may see them: units see what was issued."""
    minutes: Minutes | None = getattr(meeting, "minutes", None)
    issued = minutes is not None and minutes.status == Minutes.Status.ISSUED
    everywhere = reach(request.user, "meetings.view").everything
    return minutes if issued or everywhere else None


@requires("meetings.view")
@require_POST
def meeting_move(request: Request, pk: int, move: str) -> HttpResponse:
    """One move of the flow, with its form."""
    meeting = meeting_of(request, pk)
    if move not in MEETING_FLOW.moves:
        raise Http404
    require(request.user, MEETING_FLOW.moves[move].action, meeting)
    check_version(meeting, request)
    form = move_form(MEETING_FORMS, move, request.POST)
    if form.is_valid():
        try:
            _make(request, meeting, move, form.cleaned_data)
        except services.Refused as fault:
            form.add_error(None, str(fault))
            messages.error(request, str(fault))
        else:
            messages.success(request, _("已办理。"))
            return redirect("meetings:detail", pk=pk)
    return detail_page(request, meeting, failed={move: form}, status=422)


def _make(request: Request, meeting: Meeting, move: str, fields: dict[str, Any]) -> None:
    by = request.user
    match move:
        case "announce":
            services.announce_meeting(meeting, at=clock.now(), by=by)
        case "hold":
            services.hold_meeting(meeting, on=clock.today(), by=by)
        case "postpone":
            services.postpone_meeting(meeting, by=by, **fields)
        case "cancel":
            services.cancel_meeting(meeting, by=by, **fields)


# Who comes
@requires("meetings.manage")
def meeting_units(request: Request, pk: int) -> HttpResponse:
    meeting = meeting_of(request, pk)
    require(request.user, "meetings.manage", meeting)
    parts: dict[str, list[int]] = {"attend": [], "observe": []}
    for unit, part in meeting.attendance.values_list("unit", "part"):
        parts[part].append(unit)
    form = UnitsForm(request.POST or None, initial=parts)

    def save() -> Meeting:
        return services.ask_units(meeting, by=request.user, **form.cleaned_data)

    return form_page(
        request,
        form,
        save,
        title=_("参加单位"),
        submit=_("保存"),
        back=reverse("meetings:detail", args=[pk]),
        crumb=meeting.title,
    )


@requires("meetings.manage")
def attendance_edit(request: Request, pk: int) -> HttpResponse:
    meeting = meeting_of(request, pk)
    require(request.user, "meetings.manage", meeting)
    form = AttendanceForm(request.POST or None, meeting=meeting)
    if request.method == "POST":
        check_version(meeting, request)
        if form.is_valid():
            services.mark_attendance(meeting, form.states(), at=clock.now(), by=request.user)
            messages.success(request, _("到会情况已登记。"))
            return redirect("meetings:detail", pk=pk)
    context = {"meeting": meeting, "form": form, "pairs": form.pairs()}
    status = 422 if form.errors else 200
    return render_page(request, "meetings/attendance.html", context, status=status)


@requires("meetings.report")
@require_POST
def sign_in(request: Request, pk: int) -> HttpResponse:
    """A unit signs in at the meeting."""
    meeting = meeting_of(request, pk)
    row = _mine(request, meeting, list(meeting.attendance.select_related("unit", "meeting")))
    form = SignInForm(request.POST)
    if row is None or not form.is_valid():
        messages.error(request, _("会议当天、会议登记召开之前才能签到，并写明参会人。"))
        return redirect("meetings:detail", pk=pk)
    services.sign_in(row, at=clock.now(), by=request.user, **form.cleaned_data)
    messages.success(request, _("已签到。"))
    return redirect("meetings:detail", pk=pk)


def meeting_of(request: Request, pk: int) -> Meeting:
    """A meeting that the reader may see; else 404."""
    found = Meeting.objects.visible_to(request.user).select_related(
        "type",
        "chair",
        "campaign__city",
        "minutes__drafted_by",
        "minutes__reviewed_by",
        "minutes__signed_by",
    )
    return get_object_or_404(found, pk=pk)
