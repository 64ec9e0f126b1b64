"""Leading bodies of the units, and the kinds of meetings with their rhythm."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tongchuang.accounts.permissions import Request, can, require, requires
from tongchuang.core import clock
from tongchuang.core.pages import (
    check_version,
    export_response,
    keyset,
    render_page,
    requested_sort,
)
from tongchuang.meetings import queries, services
from tongchuang.meetings.forms import AskForm, BodyForm, TypeForm
from tongchuang.meetings.models import LeadingBody, MeetingType
from tongchuang.meetings.sheets import body_sheet
from tongchuang.meetings.views.meetings import log_export
from tongchuang.meetings.views.pages import campaign_of, form_page

_SORTS = {"unit": ("unit__path", "id"), "due": ("due_on", "id"), "set_up": ("set_up_on", "id")}
_BODY = ("leader", "members", "office", "office_head", "staff", "paper", "set_up_on")
_TYPE = (
    "title",
    "rhythm",
    "day",
    "starts_at",
    "place",
    "chair",
    "notice_days",
    "with_minutes",
    "active",
)


@requires("meetings.view")
def body_list(request: Request) -> HttpResponse:
    tab = _tab(request)
    sort = requested_sort(request, _SORTS, default="unit")
    counts = queries.body_counts(request.user)
    context = {
        "page": keyset(request, queries.body_list(request.user, tab), order=sort.order),
        "tabs": [(name, word, counts[name]) for name, word in queries.BODY_TABS],
        "tab": tab,
        "sort": sort,
        "today": clock.today(),
        "ask_form": AskForm(),
    }
    return render_page(request, "meetings/body_list.html", context, fragment="rows")


def _tab(request: Request) -> str:
    tab = request.GET.get("tab", "")
    return tab if tab in {name for name, _word in queries.BODY_TABS} else ""


@requires("meetings.view")
def body_export(request: Request) -> HttpResponse:
    rows = queries.body_list(request.user, _tab(request))
    log_export(request, "export_bodies")
    return export_response(body_sheet().export(rows), _("领导机构.xlsx"))


@requires("meetings.manage")
@require_POST
def body_ask(request: Request) -> HttpResponse:
    campaign, form = campaign_of(request), AskForm(request.POST)
    if campaign is None:
        raise Http404
    if not form.is_valid():
        messages.error(request, _("请写明成立期限。"))
        return redirect("meetings:body_list")
    found = services.ask_bodies(campaign, by=request.user, **form.cleaned_data)
    messages.success(request, _("已通知 %(n)s 个单位。") % {"n": len(found)})
    return redirect("meetings:body_list")


@requires("meetings.report")
def body_edit(request: Request, pk: int) -> HttpResponse:
    seen = LeadingBody.objects.visible_to(request.user).select_related("unit")
    body = get_object_or_404(seen, pk=pk)
    require(request.user, "meetings.report", body)
    form = BodyForm(request.POST or None, initial={name: getattr(body, name) for name in _BODY})
    if request.method == "POST":
        check_version(body, request)

    def save() -> LeadingBody:
        return services.report_body(body, on=clock.today(), by=request.user, **form.cleaned_data)

    return form_page(
        request,
        form,
        save,
        title=_("登记领导机构和工作机构"),
        submit=_("保存"),
        back=reverse("meetings:body_list"),
        crumb=_("领导机构"),
        version=body.version,
    )


# Kinds of meetings
@requires("meetings.view")
def type_list(request: Request) -> HttpResponse:
    campaign = campaign_of(request)
    kinds = MeetingType.objects.filter(campaign=campaign).select_related("chair")
    context = {
        "campaign": campaign,
        "kinds": kinds.prefetch_related("units"),
        "manages": bool(campaign) and can(request.user, "meetings.manage", campaign),
    }
    return render_page(request, "meetings/type_list.html", context)


@requires("meetings.manage")
def type_edit(request: Request, pk: int = 0) -> HttpResponse:
    campaign = campaign_of(request)
    kind = get_object_or_404(MeetingType.objects.select_related("campaign"), pk=pk) if pk else None
    owner = kind.campaign if kind else campaign
    if owner is None:
        raise Http404
    require(request.user, "meetings.manage", owner)
    initial = {name: getattr(kind, name) for name in _TYPE} if kind else {}
    if kind:
        initial["units"] = list(kind.units.all())
    form = TypeForm(request.POST or None, initial=initial)
    if kind and request.method == "POST":
        check_version(kind, request)

    def save() -> MeetingType:
        return services.save_type(owner, kind, by=request.user, **form.cleaned_data)

    return form_page(
        request,
        form,
        save,
        title=_("修改会议制度") if kind else _("建立会议制度"),
        submit=_("保存"),
        back=reverse("meetings:type_list"),
        crumb=_("会议制度"),
        version=kind.version if kind else None,
    )
