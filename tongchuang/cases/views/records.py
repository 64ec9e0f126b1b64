"""One case: its page, its photos, its sheet for printing."""

from dataclasses import dataclass
from typing import Any, Literal, cast

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from tongchuang.accounts.models import User
from tongchuang.accounts.permissions import Request, can, requires
from tongchuang.cases import queries, services
from tongchuang.cases.caseline import case_line
from tongchuang.cases.models import FLOW, Case, OwnershipSession, Photo
from tongchuang.cases.queries.lists import case_row
from tongchuang.core import clock
from tongchuang.core.files import serve_file
from tongchuang.core.pages import render_page
from tongchuang.standards.queries import standing_class

_S = Case.Status
# The move that leads on from each state, and the page on which it is made.
_NEXT: dict[str, tuple[str, str, str | Promise]] = {
    _S.TO_VERIFY: ("verify", "verify", gettext_lazy("记录核实结果")),
    _S.FILED: ("dispatch", "dispatch", gettext_lazy("派发")),
    _S.RETURNED: ("dispatch", "dispatch", gettext_lazy("改派")),
    _S.REOPENED: ("dispatch", "dispatch", gettext_lazy("派发")),
    _S.DISPATCHED: ("accept", "accept", gettext_lazy("签收")),
    _S.ACCEPTED: ("reply", "reply", gettext_lazy("回复")),
    _S.REWORK: ("reply", "reply", gettext_lazy("回复")),
    _S.REPLIED: ("close", "check", gettext_lazy("记录核查结果")),
}
# The other moves: name in FLOW, page, word of the button.
_MORE: tuple[tuple[str, str, str | Promise], ...] = (
    ("return", "return", gettext_lazy("退回")),
    ("ask_extension", "extend", gettext_lazy("申请延期")),
    ("grant_extension", "decide_extension", gettext_lazy("批复延期")),
    ("pause", "pause", gettext_lazy("暂停计时")),
    ("resume", "resume", gettext_lazy("恢复计时")),
    ("merge", "merge", gettext_lazy("并案")),
    ("reject", "reject", gettext_lazy("不予立案")),
    ("reopen", "reopen", gettext_lazy("重新打开")),
    ("resubmit", "resubmit", gettext_lazy("恢复")),
)


@requires("cases.view")
@require_GET
def case_detail(request: Request, pk: int) -> HttpResponse:
    case = visible_case(request, pk)
    return render_page(request, "cases/case_detail.html", detail_context(request.user, case))


def visible_case(request: Request, pk: int) -> Case:
    """The case, if it lies within the person's reach; else 404.

    Its class says what held on the day it was filed: a closing condition set since is for others.
    """
    cases = Case.objects.visible_to(request.user).select_related(
        "city",
        "campaign",
        "problem_class",
        "site__site_type",
        "territory",
        "lead",
        "proposed_lead",
        "found_by__unit",
        "handler",
        "merged_into",
        "repeat_of",
    )
    case = get_object_or_404(cases, pk=pk)
    if case.problem_class:
        case.problem_class = standing_class(case.problem_class, on=services.terms_day(case))
    return case


def detail_context(user: User, case: Case) -> dict[str, Any]:
    """Everything that the page of a case shows."""
    at = clock.now()
    detail = queries.case_detail(case, at=at)
    row = case_row(case, detail.open_leg, at=at)
    session = case.sessions.first() if case.returns else None
    wait = _wait(user, case, detail, row, session)
    queries.name_as_then(detail)
    before = detail.photo(Photo.Moment.BEFORE)
    after = detail.photo(Photo.Moment.AFTER, Photo.Moment.CHECK)
    return {
        "case": case,
        "detail": detail,
        "row": row,
        "line": case_line(detail, at=at),
        "timeline": queries.timeline(detail),
        "wait": wait,
        "session": session,
        "more": _more(user, case, detail),
        "before": photo_item(before) if before else None,
        "after": photo_item(after) if after else None,
        "after_photo": after,
        "photos": [photo_item(photo) for photo in detail.photos],
        "near": queries.near_cases(case, user) if case.status in _MERGEABLE else [],
        "same_spot": bool(after and after.distance_m is not None and after.distance_m <= 50),
    }


_MERGEABLE = {_S.TO_VERIFY, _S.FILED, _S.RETURNED}


def photo_item(photo: Photo) -> dict[str, Any]:
    """A photo as the photo pair shows it."""
    address = reverse("cases:photo", args=[photo.pk, "copy"])
    return {
        "url": address if photo.file.copy else reverse("cases:photo", args=[photo.pk, "sealed"]),
        "full": reverse("cases:photo", args=[photo.pk, "sealed"]),
        "alt": f"{photo.get_moment_display()}",
        "at": photo.taken_at or photo.added_at,
        "by": str(photo.by or ""),
        "accuracy": round(photo.accuracy_m) if photo.accuracy_m is not None else None,
        "sha256": photo.file.sha256,
        "moment": photo.get_moment_display(),
        "note": photo.note,
        "distance_m": photo.distance_m,
    }


# Who must do what
@dataclass(frozen=True, slots=True)
class Wait:
    """The line over a case: who must do what by when, and the button if it is this person."""

    who: str
    what: str
    left: str = ""
    note: str = ""
    kind: str = ""
    url: str = ""
    action: str = ""


def _wait(
    user: User,
    case: Case,
    detail: queries.CaseDetail,
    row: queries.CaseRow,
    session: OwnershipSession | None,
) -> Wait | None:
    if not case.is_open:
        return None
    if session and session.status != OwnershipSession.Status.RULED:
        return _session_wait(session)
    who, what, note = _expected(case)
    move, page, word = _NEXT.get(case.status, ("", "", ""))
    url = reverse(f"cases:{page}", args=[case.pk]) if move and may_move(user, case, move) else ""
    if case.needs_ruling:
        url, word = (reverse("cases:ownership_open", args=[case.pk]) if url else ""), _("权属认定")
    left = (_("已%(left)s") if row.left_kind == "bad" else _("剩余 %(left)s")) % {"left": row.left}
    kind = "rule" if case.needs_ruling else row.left_kind if row.left_kind != "run" else ""
    if detail.open_pause:
        left, note = _("计时已暂停"), detail.open_pause.reason
    return Wait(
        who, what, left if row.left or detail.open_pause else "", note, kind, url, str(word)
    )


def _session_wait(session: OwnershipSession) -> Wait:
    """The line while it is decided whose the case is; everyone who sees the case may read it."""
    held = session.status == OwnershipSession.Status.HELD
    what = _("裁定权属") if held else _("召开权属认定会")
    note = _("认定前由 %(unit)s 临时处置") % {"unit": session.interim} if session.interim else ""
    url = reverse("cases:ownership_detail", args=[session.pk])
    return Wait(_("指挥部办公室"), what, "", note, "rule", url, _("看权属认定"))


def _expected(case: Case) -> tuple[str, str, str]:
    office, lead = _("派单员"), str(case.lead or "")
    if case.needs_ruling:
        return _("指挥部办公室"), _("裁定权属后改派"), _("两个单位均已退回")
    return {
        _S.TO_VERIFY: (_("督查员"), _("现场核实"), ""),
        _S.FILED: (office, _("派发"), ""),
        _S.RETURNED: (office, _("改派"), ""),
        _S.REOPENED: (office, _("重新派发"), ""),
        _S.DISPATCHED: (lead, _("签收"), ""),
        _S.ACCEPTED: (lead, _("整改并回复"), str(case.handler or "")),
        _S.REWORK: (lead, _("返工后再次回复"), ""),
        _S.REPLIED: (_("督查员"), _("现场核查"), _("核查人不得属于主办单位")),
    }.get(_S(case.status), (office, _("办理"), ""))


def may_move(user: User, case: Case, move: str) -> bool:
    """Whether this person may make this move now, with what the flow table cannot know."""
    if move not in FLOW.available(case, user):
        return False
    if move == "reject" and case.status == _S.FILED:
        return can(user, "cases.dispatch", case)
    return move not in {"close", "send_back"} or not services.why_not_check(case, user)


def _more(user: User, case: Case, detail: queries.CaseDetail) -> list[tuple[str, str]]:
    """The other moves open to this person: address and word."""
    moves = {move for move in FLOW.available(case, user) if may_move(user, case, move)}
    if detail.asked_extension is None:
        moves.discard("grant_extension")
    else:
        moves.discard("ask_extension")
    moves.discard("pause" if detail.open_pause else "resume")
    links = [
        (reverse(f"cases:{page}", args=[case.pk]), str(word))
        for move, page, word in _MORE
        if move in moves
    ]
    if case.is_open and case.lead_id and can(user, "cases.dispatch", case):
        links.append((reverse("cases:helper", args=[case.pk]), _("配合单位")))
    return links


# Files and paper
@requires("cases.view")
@require_GET
def case_photo(request: Request, pk: int, kind: str) -> HttpResponseBase:
    if kind not in {"sealed", "copy", "thumb"}:
        raise Http404
    cases = Case.objects.visible_to(request.user)
    photo = get_object_or_404(Photo.objects.select_related("file"), pk=pk, case__in=cases)
    return serve_file(request, photo.file, cast(Literal["sealed", "copy", "thumb"], kind))


@requires("cases.view")
@require_GET
def case_print(request: Request, pk: int) -> HttpResponse:
    case = visible_case(request, pk)
    return render_page(request, "cases/case_print.html", detail_context(request.user, case))
