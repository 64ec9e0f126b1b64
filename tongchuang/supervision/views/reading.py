"""Reading bulletins, one unit's score, slips."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tongchuang.accounts.permissions import Request, can, requires
from tongchuang.campaigns.models import Campaign
from tongchuang.campaigns.queries import campaigns_for
from tongchuang.cases.models import Slip
from tongchuang.core import clock
from tongchuang.core.pages import keyset, render_page
from tongchuang.supervision import a4, paper, queries
from tongchuang.supervision.models import FLOW, Bulletin, Objection
from tongchuang.supervision.queries import detail
from tongchuang.supervision.rulesets import rule_set


@requires("supervision.view")
@require_GET
def bulletin_list(request: Request) -> HttpResponse:
    campaigns = campaigns_for(request.user)
    campaign = _campaign(request, campaigns)
    rows = queries.bulletin_list(request.user, campaign=campaign)
    context = {
        "page": keyset(request, rows, order=["-month", "-id"], size=36),
        "campaign": campaign,
        "campaigns": [(one.code, one.title) for one in campaigns],
        "may_draft": can(request.user, "supervision.draft"),
    }
    return render_page(request, "supervision/bulletin_list.html", context, fragment="rows")


def _campaign(request: Request, campaigns: list[Campaign]) -> Campaign | None:
    """The campaign of the address, else the one switched to; None means all."""
    asked, chosen = request.GET.get("campaign"), request.session.get("campaign")
    if asked is not None:
        return next((one for one in campaigns if one.code == asked), None)
    return next((one for one in campaigns if one.pk == chosen), None)


def visible_bulletin(request: Request, pk: int) -> Bulletin:
    """A bulletin that the person may see; 404 for all others."""
    rows = Bulletin.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("campaign", "sealed_by", "issued_by"), pk=pk)


@requires("supervision.view")
@require_GET
def bulletin_detail(request: Request, pk: int) -> HttpResponse:
    bulletin = visible_bulletin(request, pk)
    return render_page(request, "supervision/bulletin_detail.html", page_of(request, bulletin))


def page_of(request: Request, bulletin: Bulletin) -> dict[str, Any]:
    """Everything that the page of a bulletin shows."""
    objections = list(queries.objections_of(bulletin))
    errata = list(bulletin.errata.select_related("by"))
    document = paper.bulletin_paper(bulletin, on=paper.local_day(bulletin.issued_at or clock.now()))
    return {
        "bulletin": bulletin,
        "data": bulletin.data,
        "rules": rule_set(bulletin.rules_version),
        "groups": detail.ranking(bulletin, errata),
        "columns": detail.columns(bulletin),
        "readiness": detail.readiness_words(bulletin.data),
        "steps": detail.steps(bulletin, objections),
        "objections": objections,
        "errata": errata,
        "by_anchor": [row for row in errata if not row.anchor.startswith("score-")],
        "sheets": a4.sheets(document, attachments=False),
        "document": document,
        "next": next_step(request, bulletin, objections),
        "may": _rights(request, bulletin),
    }


def _rights(request: Request, bulletin: Bulletin) -> dict[str, bool]:
    user, states = request.user, Bulletin.Status
    in_time = bulletin.objections_until and clock.now() <= bulletin.objections_until
    consulting = bulletin.status == states.CONSULTING
    return {
        "edit": bulletin.status == states.DRAFT and can(user, "supervision.draft", bulletin),
        "rule": consulting and can(user, "supervision.rule", bulletin),
        "object": bool(consulting and in_time)
        and bool(queries.units_that_may_object(bulletin, user)),
        "correct": bulletin.status == states.ISSUED and can(user, "supervision.correct", bulletin),
    }


# What comes next
@dataclass(frozen=True, slots=True)
class NextStep:
    """The step that is due, in words: what will happen, or what it waits for."""

    move: str
    label: str
    words: str
    url: str
    allowed: bool
    kind: str = ""


def next_step(request: Request, bulletin: Bulletin, objections: list[Objection]) -> NextStep | None:
    """The next step of a bulletin for this person; None when it was issued."""
    waiting = sum(row.state == Objection.State.OPEN for row in objections)
    match bulletin.status:
        case Bulletin.Status.DRAFT:
            move, words, ready = "consult", _consult_words(bulletin), True
        case Bulletin.Status.CONSULTING:
            move, words, ready = "seal", *_seal_words(bulletin, waiting)
        case Bulletin.Status.SEALED:
            move, words, ready = "issue", _issue_words(bulletin), True
        case _:
            return None
    step = FLOW.moves[move]
    return NextStep(
        move=move,
        label=str(step.label),
        words=words,
        url=reverse(f"supervision:{move}", args=[bulletin.pk]),
        allowed=ready and can(request.user, step.action, bulletin),
        kind="rule" if waiting else "",
    )


def _consult_words(bulletin: Bulletin) -> str:
    return _(
        "征求意见后，%(n)s 个单位收到得分，%(days)s 个工作日内可提异议；表扬、点名和要求不能再改。"
    ) % {
        "n": len(bulletin.data["units"]),
        "days": rule_set(bulletin.rules_version).objection_work_days,
    }


def _seal_words(bulletin: Bulletin, waiting: int) -> tuple[str, bool]:
    until = bulletin.objections_until
    if waiting:
        return _("还有 %(n)s 件异议待裁定，裁完才能封存。") % {"n": waiting}, False
    if until and clock.now() < until:
        return _("异议期到 %(time)s，期满才能封存。") % {"time": detail.moment(until)}, False
    return _("封存后数据和名次不再变化，之后只能用勘误更正。"), True


def _issue_words(bulletin: Bulletin) -> str:
    return _("印发时编定文号，生成公文，发到 %(n)s 个单位。") % {"n": len(bulletin.data["units"])}


@requires("supervision.view")
@require_GET
def score_detail(request: Request, pk: int, unit: int) -> HttpResponse:
    bulletin = visible_bulletin(request, pk)
    explained = detail.explain(bulletin, unit)
    if explained is None:
        raise Http404
    context = {
        "bulletin": bulletin,
        "rules": rule_set(bulletin.rules_version),
        "explained": explained,
        "objections": queries.objections_of(bulletin).filter(unit=unit),
        "errata": bulletin.errata.filter(anchor=f"score-{unit}"),
        "shown": detail.shown_line(bulletin, explained.line),
        "may_object": _rights(request, bulletin)["object"],
    }
    return render_page(request, "supervision/score_detail.html", context)


@requires("supervision.view")
@require_GET
def slip_list(request: Request) -> HttpResponse:
    step, answered = request.GET.get("step", ""), request.GET.get("answered", "")
    rows = queries.slip_list(
        request.user, step=step, answered=answered, unit=request.GET.get("unit", "")
    )
    context = {
        "page": keyset(request, rows, order=["-issued_at", "-id"]),
        "steps": Slip.Step.choices,
        "step": step,
        "answers": [("no", _("未办结")), ("yes", _("已办结"))],
        "answered": answered,
    }
    return render_page(request, "supervision/slip_list.html", context, fragment="rows")
