"""The page that tells how often what is held once is read."""

from datetime import date, timedelta

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tongchuang.accounts.permissions import Request, requires
from tongchuang.assessment import reuse
from tongchuang.assessment.sheets import reuse_sheet
from tongchuang.campaigns.models import Campaign
from tongchuang.core import audit, clock
from tongchuang.core.pages import export_response, render_page

SHOWN = 100
A_YEAR = timedelta(days=365)


@requires("assessment.view")
@require_GET
def reuse_page(request: Request) -> HttpResponse:
    """Sums by kind and campaign, and what saves most."""
    since = _since()
    rows = reuse.reused(request.user, since=since)
    campaigns = Campaign.objects.visible_to(request.user).order_by("ordinal", "pk")
    kind = request.GET.get("kind", "")
    chosen = [row for row in rows if row.each > 1 and kind in {"", row.kind}]
    context = {
        "since": since,
        "whole": reuse.sum_of(rows),
        "kinds": [
            (name, words, reuse.sum_of(row for row in rows if row.kind == name))
            for name, words in reuse.KINDS.items()
        ],
        "campaigns": reuse.by_campaign(rows, campaigns),
        "rows": [(row, reuse.KINDS[row.kind]) for row in chosen[:SHOWN]],
        "more": max(0, len(chosen) - SHOWN),
        "kind": kind,
        "choices": list(reuse.KINDS.items()),
    }
    return render_page(request, "assessment/reuse.html", context, fragment="rows")


@requires("assessment.view")
@require_GET
def reuse_export(request: Request) -> HttpResponse:
    """All of it, a line for what is read alike."""
    rows = reuse.reused(request.user, since=_since())
    audit.record(subject=request.user, action="export_reuse", by=request.user)
    return export_response(reuse_sheet().export(rows), _("一数多用.xlsx"))


def _since() -> date:
    return clock.today() - A_YEAR
