"""The agenda of a meeting and what was ruled on it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tongchuang.accounts.permissions import Request, can, require, requires
from tongchuang.campaigns.models import Task
from tongchuang.core import clock
from tongchuang.core.pages import export_response, keyset, render_page, requested_sort
from tongchuang.meetings import queries, services
from tongchuang.meetings.forms import DiscussForm, ItemForm, RulingForm
from tongchuang.meetings.models import AgendaItem, Meeting, Ruling
from tongchuang.meetings.sheets import ruling_sheet
from tongchuang.meetings.views.meetings import log_export, meeting_of
from tongchuang.meetings.views.pages import form_page

_SORTS = {"due": ("due_on", "id"), "unit": ("unit__name", "id"), "day": ("meeting__held_on", "id")}


@requires("meetings.manage")
def agenda(request: Request, pk: int) -> HttpResponse:
    """What the records put forward, and the agenda as it stands."""
    meeting = meeting_of(request, pk)
    require(request.user, "meetings.manage", meeting)
    form = ItemForm(meeting=meeting)
    if request.method == "POST":
        taken = _take_up(request, meeting)
        if taken is not None:
            return taken
    return _agenda_page(request, meeting, form)


def _take_up(request: Request, meeting: Meeting) -> HttpResponse | None:
    keys = request.POST.getlist("take")
    if not keys:
        messages.error(request, _("还没有勾选要上会的事项。"))
        return None
    try:
        items = services.take_up(meeting, keys, at=clock.now(), by=request.user)
    except services.Refused as fault:
        messages.error(request, str(fault))
        return None
    messages.success(request, _("已列入 %(n)s 项议题。") % {"n": len(items)})
    return redirect("meetings:agenda", pk=meeting.pk)


def _agenda_page(
    request: Request, meeting: Meeting, form: ItemForm, *, status: int = 200
) -> HttpResponse:
    open_now = meeting.status in {Meeting.Status.PLANNED, Meeting.Status.ANNOUNCED}
    context = {
        "meeting": meeting,
        "items": meeting.agenda.select_related("unit"),
        "proposals": queries.propose(meeting, at=clock.now()) if open_now else [],
        "open_now": open_now,
        "form": form,
    }
    return render_page(request, "meetings/agenda.html", context, status=status)


@requires("meetings.manage")
@require_POST
def item_new(request: Request, pk: int) -> HttpResponse:
    meeting = meeting_of(request, pk)
    require(request.user, "meetings.manage", meeting)
    form = ItemForm(request.POST, meeting=meeting)
    if form.is_valid():
        try:
            services.add_item(meeting, by=request.user, **form.cleaned_data)
        except services.Refused as fault:
            form.add_error("matter", str(fault))
        else:
            messages.success(request, _("已列入议题。"))
            return redirect("meetings:agenda", pk=pk)
    return _agenda_page(request, meeting, form, status=422)


@requires("meetings.manage")
@require_POST
def item_move(request: Request, pk: int, way: str) -> HttpResponse:
    """Up, down, or off the agenda."""
    item = _item(request, pk)
    try:
        if way == "remove":
            services.remove_item(item, by=request.user)
        else:
            services.move_item(item, up=way == "up", by=request.user)
    except services.Refused as fault:
        messages.error(request, str(fault))
    return redirect("meetings:agenda", pk=item.meeting_id)


@requires("meetings.manage")
def item_discuss(request: Request, pk: int) -> HttpResponse:
    item = _item(request, pk)
    require(request.user, "meetings.manage", item)
    form = DiscussForm(request.POST or None, initial={"discussion": item.discussion})

    def save() -> AgendaItem:
        return services.discuss_item(item, by=request.user, **form.cleaned_data)

    return form_page(
        request,
        form,
        save,
        title=item.title,
        submit=_("保存"),
        back=reverse("meetings:detail", args=[item.meeting_id]),
        crumb=item.meeting.title,
    )


def _item(request: Request, pk: int) -> AgendaItem:
    seen = Meeting.objects.visible_to(request.user).order_by()
    items = AgendaItem.objects.select_related("meeting__campaign", "meeting__minutes")
    return get_object_or_404(items, pk=pk, meeting__in=seen)


# Rulings
@requires("meetings.manage")
def ruling_new(request: Request, pk: int) -> HttpResponse:
    meeting = meeting_of(request, pk)
    require(request.user, "meetings.manage", meeting)
    asked = request.GET.get("item", "")
    items = meeting.agenda.select_related("task")
    item = items.filter(pk=asked).first() if asked.isascii() and asked.isdecimal() else None
    blocked = bool(item and item.task and item.task.status == Task.Status.BLOCKED)
    form = RulingForm(
        request.POST or None,
        meeting=meeting,
        lifts=can(request.user, "campaigns.manage", meeting),
        initial={"item": item, "means": Ruling.Means.BOTH if blocked else Ruling.Means.TASK},
    )

    def save() -> Ruling:
        fields = dict(form.cleaned_data)
        owner = fields.pop("owner")
        return services.make_ruling(
            meeting, unit=owner.unit, person=owner.holder, by=request.user, **fields
        )

    return form_page(
        request,
        form,
        save,
        title=_("登记议定事项"),
        submit=_("登记并下达"),
        back=reverse("meetings:detail", args=[pk]),
        crumb=meeting.title,
    )


@requires("meetings.view")
def ruling_list(request: Request) -> HttpResponse:
    today, tab = clock.today(), _tab(request)
    sort = requested_sort(request, _SORTS, default="due")
    page = keyset(request, queries.ruling_list(request.user, tab, on=today), order=sort.order)
    counts = queries.ruling_counts(request.user, on=today)
    context = {
        "page": page,
        "lines": queries.ruling_lines(page.rows, on=today),
        "tabs": [(name, word, counts[name]) for name, word in queries.RULING_TABS],
        "tab": tab,
        "sort": sort,
    }
    return render_page(request, "meetings/ruling_list.html", context, fragment="rows")


@requires("meetings.view")
def ruling_export(request: Request) -> HttpResponse:
    today = clock.today()
    rows = queries.ruling_list(request.user, _tab(request), on=today)
    log_export(request, "export_rulings")
    data = ruling_sheet().export(queries.ruling_lines(rows, on=today))
    return export_response(data, _("议定事项.xlsx"))


def _tab(request: Request) -> str:
    tab = request.GET.get("tab", "")
    return tab if tab in {name for name, _word in queries.RULING_TABS} else ""
