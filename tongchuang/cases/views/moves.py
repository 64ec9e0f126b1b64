"""One small page a move: GET shows its form, POST makes the move."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from tongchuang.accounts.models import User
from tongchuang.accounts.permissions import Request, can, require, requires
from tongchuang.cases import forms, queries, services
from tongchuang.cases.models import FLOW, Case, Photo
from tongchuang.cases.views.records import may_move, photo_item, visible_case
from tongchuang.core import audit
from tongchuang.core.files import FileRefused
from tongchuang.core.flow import WrongState
from tongchuang.core.pages import render_page, stale, wants_fragment

Act = Callable[[Case, dict[str, Any]], object]


@dataclass(frozen=True, slots=True)
class MovePage:
    """The page of one move: which move guards it, its form, and its words."""

    move: str
    form: type[forms.MoveForm]
    title: str | Promise
    submit: str | Promise
    note: str | Promise = ""


def _move(request: Request, pk: int, page: MovePage, act: Act) -> HttpResponseBase:
    """Show or take the form of a move. What was done already is told, not done again."""
    case = visible_case(request, pk)
    step = FLOW.moves[page.move]
    if case.status not in step.sources:
        return _done_already(request, case)
    if not may_move(request.user, case, page.move):
        raise PermissionDenied(step.action)
    if request.method == "GET":
        return _show(request, case, page, page.form(case=case, user=request.user))
    return _take(request, case, page, act)


def _take(request: Request, case: Case, page: MovePage, act: Act) -> HttpResponseBase:
    """Make the move; whatever is wrong is told beside the text that was typed."""
    form = page.form(request.POST, request.FILES, case=case, user=request.user)
    if stale(request, case):
        return _show(request, case, page, form, status=409)
    if form.is_valid():
        try:
            act(case, form.cleaned_data)
        except WrongState:
            return _done_already(request, case)
        except (services.Refused, FileRefused) as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("已办理：%(move)s。") % {"move": page.title})
            return _to_case(request, case)
    return _show(request, case, page, form, status=422)


def _done_already(request: Request, case: Case) -> HttpResponseBase:
    last = audit.history(case).last()
    who = f"{last.actor_name}" if last else ""
    state = case.get_status_display()
    words = _("已办理，现在是“%(state)s”（%(who)s）。") % {"state": state, "who": who}
    messages.info(request, words)
    return _to_case(request, case)


def _to_case(request: Request, case: Case) -> HttpResponseBase:
    address = reverse("cases:detail", args=[case.pk])
    if not Case.objects.visible_to(request.user).filter(pk=case.pk).exists():
        address = reverse("cases:list")  # a unit that sent a case away no longer sees it
    if wants_fragment(request):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address, status=303)


def _show(
    request: Request, case: Case, page: MovePage, form: forms.MoveForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "case": case,
        "page": page,
        "form": form,
        "stale": _last_event(case) if status == 409 else None,
        **(_pair(case, request.user) if page.move == "close" else {}),
    }
    return render_page(request, "cases/case_move.html", context, fragment="move", status=status)


def _pair(case: Case, user: User) -> dict[str, Any]:
    """The photos before and after, to hold against what is seen on the spot."""
    photos = list(case.photos.select_related("file", "by").order_by("id"))
    before = [photo for photo in photos if photo.moment == Photo.Moment.BEFORE]
    after = [photo for photo in photos if photo.moment == Photo.Moment.AFTER]
    return {
        "before": photo_item(before[0]) if before else None,
        "after": photo_item(after[-1]) if after else None,
        "alike": [
            {"photo": photo_item(one.photo), "case": one.photo.case, "bits": one.bits}
            for one in (queries.alike_photos(after[-1], user) if after else [])
        ],
    }


def _last_event(case: Case) -> dict[str, Any]:
    """Who moved the case since, for the form that came too late."""
    event = audit.history(case).last()
    if event is None:
        return {"by": "", "at": None}
    move = FLOW.moves.get(event.action)
    title = str(move.label) if move else event.action
    return {"by": event.actor_name, "at": event.at, "title": title}


# Reports
VERIFY = MovePage(
    "verify", forms.VerifyForm, gettext_lazy("核实群众反映"), gettext_lazy("提交核实结果")
)


@requires("cases.verify_report")
@require_http_methods(["GET", "POST"])
def case_verify(request: Request, pk: int) -> HttpResponseBase:
    def act(case: Case, data: dict[str, Any]) -> object:
        if data["result"] == forms.FAIL:
            return services.reject_case(case, reason=data["note"], by=request.user)
        return services.verify_report(
            case, by=request.user, note=data["note"], photos=data["photos"]
        )

    return _move(request, pk, VERIFY, act)


REJECT = MovePage(
    "reject",
    forms.ReasonForm,
    gettext_lazy("不予立案"),
    gettext_lazy("不予立案"),
    gettext_lazy("理由会告知反映人；以后可以恢复。"),
)


@requires("cases.reject")
@require_http_methods(["GET", "POST"])
def case_reject(request: Request, pk: int) -> HttpResponseBase:
    return _move(
        request,
        pk,
        REJECT,
        lambda case, data: services.reject_case(case, reason=data["reason"], by=request.user),
    )


MERGE = MovePage(
    "merge",
    forms.MergeForm,
    gettext_lazy("并案"),
    gettext_lazy("并入"),
    gettext_lazy("照片和来源并入保留的案件，反映人会得到告知。"),
)


@requires("cases.merge")
@require_http_methods(["GET", "POST"])
def case_merge(request: Request, pk: int) -> HttpResponseBase:
    return _move(
        request,
        pk,
        MERGE,
        lambda case, data: services.merge_case(case, into=data["into"], by=request.user),
    )


RESUBMIT = MovePage("resubmit", forms.ReasonForm, gettext_lazy("恢复"), gettext_lazy("恢复"))


@requires("cases.reopen")
@require_http_methods(["GET", "POST"])
def case_resubmit(request: Request, pk: int) -> HttpResponseBase:
    return _move(
        request,
        pk,
        RESUBMIT,
        lambda case, data: services.resubmit_case(case, reason=data["reason"], by=request.user),
    )


# To whom it goes
DISPATCH = MovePage(
    "dispatch",
    forms.DispatchForm,
    gettext_lazy("派发"),
    gettext_lazy("派发"),
    gettext_lazy("主办单位只有一个；行业和产权单位会得到知会。"),
)


@requires("cases.dispatch")
@require_http_methods(["GET", "POST"])
def case_dispatch(request: Request, pk: int) -> HttpResponseBase:
    return _move(
        request,
        pk,
        DISPATCH,
        lambda case, data: services.dispatch_case(
            case, to=data["to"], basis=data["basis"], by=request.user
        ),
    )


ACCEPT = MovePage("accept", forms.AcceptForm, gettext_lazy("签收"), gettext_lazy("签收"))


@requires("cases.accept")
@require_http_methods(["GET", "POST"])
def case_accept(request: Request, pk: int) -> HttpResponseBase:
    return _move(
        request,
        pk,
        ACCEPT,
        lambda case, data: services.accept_case(case, handler=data["handler"], by=request.user),
    )


RETURN = MovePage(
    "return",
    forms.ReturnForm,
    gettext_lazy("退回"),
    gettext_lazy("退回派单员"),
    gettext_lazy("每个单位只能退回一次；退回不停总时限。"),
)


@requires("cases.return")
@require_http_methods(["GET", "POST"])
def case_return(request: Request, pk: int) -> HttpResponseBase:
    return _move(
        request,
        pk,
        RETURN,
        lambda case, data: services.return_case(
            case,
            reason=data["reason"],
            basis=data["basis"],
            proposed=data["proposed"],
            by=request.user,
        ),
    )


# What the unit does
REPLY = MovePage(
    "reply",
    forms.ReplyForm,
    gettext_lazy("回复整改情况"),
    gettext_lazy("提交回复"),
    gettext_lazy("提交后由其他单位的人现场核查，整改时限暂时停表。"),
)


@requires("cases.handle")
@require_http_methods(["GET", "POST"])
def case_reply(request: Request, pk: int) -> HttpResponseBase:
    def act(case: Case, data: dict[str, Any]) -> object:
        photos = [
            services.PhotoInput(one, lon=data["lon"], lat=data["lat"]) for one in data["photos"]
        ]
        return services.reply_case(
            case,
            measure=data["measure"],
            photos=photos,
            explanation=data["explanation"],
            by=request.user,
        )

    return _move(request, pk, REPLY, act)


EXTEND = MovePage(
    "ask_extension", forms.ExtensionForm, gettext_lazy("申请延期"), gettext_lazy("提交申请")
)


@requires("cases.ask_extension")
@require_http_methods(["GET", "POST"])
def case_extend(request: Request, pk: int) -> HttpResponseBase:
    return _move(
        request,
        pk,
        EXTEND,
        lambda case, data: services.ask_extension(
            case, days=data["days"], reason=data["reason"], by=request.user
        ),
    )


DECIDE = MovePage(
    "grant_extension", forms.DecideForm, gettext_lazy("批复延期"), gettext_lazy("批复")
)


@requires("cases.grant_extension")
@require_http_methods(["GET", "POST"])
def case_decide_extension(request: Request, pk: int) -> HttpResponseBase:
    def act(case: Case, data: dict[str, Any]) -> object:
        if data["result"] == forms.FAIL:
            return services.refuse_extension(case, reason=data["answer"], by=request.user)
        return services.grant_extension(case, answer=data["answer"], by=request.user)

    return _move(request, pk, DECIDE, act)


PAUSE = MovePage(
    "pause",
    forms.PauseForm,
    gettext_lazy("暂停计时"),
    gettext_lazy("暂停计时"),
    gettext_lazy("须有文件依据；退回不属于暂停事由。"),
)


@requires("cases.pause")
@require_http_methods(["GET", "POST"])
def case_pause(request: Request, pk: int) -> HttpResponseBase:
    return _move(
        request,
        pk,
        PAUSE,
        lambda case, data: services.pause_case(
            case, reason=data["reason"], paper=data["paper"], by=request.user
        ),
    )


RESUME = MovePage("resume", forms.NothingForm, gettext_lazy("恢复计时"), gettext_lazy("恢复计时"))


@requires("cases.pause")
@require_http_methods(["GET", "POST"])
def case_resume(request: Request, pk: int) -> HttpResponseBase:
    return _move(
        request, pk, RESUME, lambda case, _data: services.resume_case(case, by=request.user)
    )


# The end
CHECK = MovePage(
    "close",
    forms.CheckForm,
    gettext_lazy("记录核查结果"),
    gettext_lazy("提交核查结果"),
    gettext_lazy("请对照整改前后照片和销号条件，到现场核查。"),
)


@requires("cases.check")
@require_http_methods(["GET", "POST"])
def case_check(request: Request, pk: int) -> HttpResponseBase:
    def act(case: Case, data: dict[str, Any]) -> object:
        if data["result"] == forms.FAIL:
            return services.send_back_case(
                case, reason=data["note"], photos=data["photos"], by=request.user
            )
        return services.close_case(
            case,
            photos=data["photos"],
            no_photo_reason=data["no_photo_reason"],
            note=data["note"],
            by=request.user,
        )

    return _move(request, pk, CHECK, act)


REOPEN = MovePage(
    "reopen",
    forms.ReasonForm,
    gettext_lazy("重新打开"),
    gettext_lazy("重新打开"),
    gettext_lazy("等级升一档，按更短的时限重新派发。"),
)


@requires("cases.reopen")
@require_http_methods(["GET", "POST"])
def case_reopen(request: Request, pk: int) -> HttpResponseBase:
    return _move(
        request,
        pk,
        REOPEN,
        lambda case, data: services.reopen_case(case, reason=data["reason"], by=request.user),
    )


# Helpers: no move of the flow, but the same kind of page
HELPER = MovePage("", forms.HelperForm, gettext_lazy("配合单位"), gettext_lazy("保存"))


@requires("cases.dispatch")
@require_http_methods(["GET", "POST"])
def case_helper(request: Request, pk: int) -> HttpResponseBase:
    case = visible_case(request, pk)
    require(request.user, "cases.dispatch", case)
    if not (case.is_open and can(request.user, "cases.dispatch", case)):
        return _done_already(request, case)
    form = forms.HelperForm(request.POST or None, case=case, user=request.user)
    if request.method == "GET":
        return _show(request, case, HELPER, forms.HelperForm(case=case, user=request.user))
    if not form.is_valid():
        return _show(request, case, HELPER, form, status=422)
    data = form.cleaned_data
    if data["remove"]:
        services.remove_helper(case, unit=data["unit"], by=request.user)
    else:
        services.add_helper(case, unit=data["unit"], part=data["part"], by=request.user)
    return _to_case(request, case)
