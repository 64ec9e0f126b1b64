"""The draft of the implementation plan (实施方案): on A4, as Word and PDF."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tongchuang.accounts.permissions import Request, requires
from tongchuang.assessment.queries import readiness_for_campaign
from tongchuang.campaigns.breakdown.papers import PlanFacts, plan_facts, plan_paper
from tongchuang.campaigns.models import Campaign
from tongchuang.campaigns.views.campaigns import campaign_of
from tongchuang.core import audit, clock
from tongchuang.core.documents import OfficialDocument, to_pdf
from tongchuang.core.pages import export_response, render_page
from tongchuang.supervision import a4


@requires("supervision.draft")
@require_GET
def plan_print(request: Request) -> HttpResponse:
    """The whole paper, with the figures it stands on and where they come from."""
    campaign = campaign_of(request)
    context: dict[str, object] = {"campaign": campaign}
    if campaign:
        facts = _facts(campaign, request)
        document = _document(facts)
        context |= {"facts": facts, "document": document, "sheets": a4.sheets(document)}
    return render_page(request, "supervision/plan_paper.html", context)


@requires("supervision.draft")
@require_GET
def plan_file(request: Request, code: str, kind: str) -> HttpResponse:
    """The draft as docx to edit, or as pdf where the server can print."""
    campaign = get_object_or_404(Campaign.objects.visible_to(request.user), code=code)
    audit.record(subject=campaign, action="export_plan", by=request.user, after={"kind": kind})
    data: bytes | None = _document(_facts(campaign, request)).docx()
    if kind == "pdf" and data:
        data = to_pdf(data)
    if data is None:
        words = _("服务器上没有 LibreOffice，不能转成 PDF。请下载 Word 文件，或用浏览器打印。")
        messages.warning(request, words)
        return redirect(f"{reverse('supervision:plan_paper')}?campaign={campaign.code}")
    return export_response(data, f"{campaign.title}实施方案（稿）.{kind}")


def _facts(campaign: Campaign, request: Request) -> PlanFacts:
    return plan_facts(campaign, request.user, on=clock.today())


def _document(facts: PlanFacts) -> OfficialDocument:
    return plan_paper(facts, readiness=readiness_words(facts.campaign), on=clock.today())


def readiness_words(campaign: Campaign) -> str:
    """Where the campaign stands, for the paper; empty before anything was assessed.

    Never a score without its coverage.
    """
    found = readiness_for_campaign(campaign)
    if found.coverage is None:
        return ""
    covered = f"自评覆盖{found.coverage:.0%}"
    if found.score is None:
        return f"{covered}，覆盖不足，暂不计算创建就绪度。"
    return f"创建就绪度{found.score:.1%}，{covered}。"
