"""Launching and keeping a campaign with its baseline, and the baseline beside the present."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tongchuang.accounts.permissions import Request, can, require, requires
from tongchuang.assessment import baselines
from tongchuang.assessment.baselines import ClauseChange
from tongchuang.assessment.comparing import Change
from tongchuang.assessment.heat import LABELS
from tongchuang.assessment.models import Baseline
from tongchuang.campaigns.models import Campaign
from tongchuang.campaigns.services import TitleRefused
from tongchuang.campaigns.services.titles import review_rule
from tongchuang.campaigns.title_forms import KeepForm
from tongchuang.campaigns.title_kinds import title_data
from tongchuang.campaigns.title_rules import POSSESSED
from tongchuang.core import audit, clock
from tongchuang.core.pages import export_response, render_page
from tongchuang.core.tabular import Column, Sheet
from tongchuang.standards.models import Clause


@requires("campaigns.manage")
@require_POST
def campaign_start(request: Request, code: str) -> HttpResponse:
    campaign = _campaign(request, code)
    at = clock.now()
    baselines.launch_campaign(campaign, on=clock.today(), at=at, by=request.user)
    messages.success(request, _("已启动，当天的基线已封存。"))
    return redirect("campaigns:detail", code=code)


@requires("campaigns.manage")
def campaign_keep(request: Request, code: str) -> HttpResponse:
    """Put a named campaign into keeping: its next re-evaluation and the slower rhythm."""
    campaign = _campaign(request, code)
    require(request.user, "campaigns.manage", campaign)
    title = campaign.aims_at
    initial = {
        "review_on": title.review_on if title else None,
        "rhythm_months": title_data().keep_rhythm_months,
    }
    form = KeepForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            baselines.keep_campaign(
                campaign, on=clock.today(), at=clock.now(), by=request.user, **form.cleaned_data
            )
        except TitleRefused as reason:
            form.add_error(None, str(reason))
        else:
            messages.success(request, _("已转入保持，当天的基线已封存。"))
            return redirect("campaigns:detail", code=code)
    context = {
        "form": form,
        "campaign": campaign,
        "rule": review_rule(campaign),
        "named": title is not None and title.state in POSSESSED,
    }
    status = 422 if form.errors else 200
    return render_page(request, "assessment/keep_form.html", context, status=status)


@requires("assessment.view")
def baseline(request: Request, code: str) -> HttpResponse:
    campaign = _campaign(request, code)
    frozen = baselines.baseline_of(campaign)
    context: dict[str, Any] = {
        "campaign": campaign,
        "baseline": frozen,
        "may_freeze": can(request.user, "campaigns.manage", campaign),
    }
    if frozen:
        found = _compared(campaign, frozen)
        counts, only = found.counts(), request.GET.get("only", "")
        context |= {
            "found": found,
            "tabs": [
                ("", _("全部"), len(found.clauses)),
                *((str(kind), words, counts[str(kind)]) for kind, words in _changes()),
            ],
            "only": only,
            "clauses": [
                (one, LABELS[one.then], LABELS[one.now], dict(_changes())[one.change])
                for one in found.clauses
                if not only or one.change == only
            ],
        }
    return render_page(request, "assessment/baseline.html", context)


@requires("assessment.view")
def baseline_export(request: Request, code: str) -> HttpResponse:
    campaign = _campaign(request, code)
    frozen = baselines.baseline_of(campaign)
    if frozen is None:
        raise Http404
    audit.record(subject=frozen, action="export_baseline", by=request.user)
    rows = _compared(campaign, frozen).clauses
    return export_response(_sheet().export(rows), _("基线对比.xlsx"))


def _changes() -> list[tuple[Change, str]]:
    return [
        (Change.BETTER, _("变好")),
        (Change.WORSE, _("变差")),
        (Change.ASSESSED, _("新评出")),
        (Change.UNKNOWN, _("现在没有评")),
        (Change.SAME, _("未变")),
    ]


def _sheet() -> Sheet[ClauseChange]:
    words = dict(_changes())
    return Sheet[ClauseChange](
        _("基线对比"),
        [
            Column(_("条款"), lambda c: c.number),
            Column(_("条款名称"), lambda c: c.title, width=40),
            Column(_("基线"), lambda c: str(LABELS[c.then])),
            Column(_("现在"), lambda c: str(LABELS[c.now])),
            Column(_("变化"), lambda c: words[c.change]),
        ],
    )


def _compared(campaign: Campaign, frozen: Baseline) -> baselines.Comparison:
    frozen.campaign = campaign
    rows = Clause.objects.filter(framework=campaign.framework_id, level=Clause.Level.CHAPTER)
    names = {clause.path.split("/")[0]: (clause.number, clause.name) for clause in rows}
    return baselines.compare(frozen, names)


def _campaign(request: Request, code: str) -> Campaign:
    visible = Campaign.objects.visible_to(request.user)
    return get_object_or_404(visible.select_related("framework", "process", "aims_at"), code=code)
