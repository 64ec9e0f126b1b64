"""The forecast page: can the gates be reached, and what stands in the way."""

from collections.abc import Iterator
from datetime import date

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from tongchuang.accounts.permissions import Request, requires
from tongchuang.assessment.explaining import STATES
from tongchuang.assessment.forecast import Forecast, OpenClause, Outlook, forecast
from tongchuang.assessment.forecast_rules import Assumption
from tongchuang.assessment.heat import LABELS
from tongchuang.campaigns.views.campaigns import campaign_of
from tongchuang.core import audit
from tongchuang.core.pages import export_response, render_page
from tongchuang.core.tabular import Column, Sheet

WORDS = {
    Assumption.PLAN: (
        gettext_lazy("照现定日期"),
        gettext_lazy("任务、项目、案件都在现定的日期办完；已经过期、没有新日期的，算办不完。"),
    ),
    Assumption.PACE: (
        gettext_lazy("照现有进度"),
        gettext_lazy(
            "任务按开工以来的速度往后推；开工后没有进展的，算办不完。项目、案件仍照现定日期。"
        ),
    ),
    Assumption.STUCK: (
        gettext_lazy("受阻不解决"),
        gettext_lazy("照现有进度，受阻的任务和暂停的项目一直办不完。"),
    ),
}


@requires("assessment.view")
@require_GET
def forecast_page(request: Request) -> HttpResponse:
    """All gates ahead, and clause by clause for the chosen one, else the next."""
    campaign = campaign_of(request)
    found = forecast(campaign, request.user) if campaign else None
    chosen = _chosen(request, found)
    context = {
        "campaign": campaign,
        "forecast": found,
        "chosen": chosen,
        "words": list(WORDS.values()),
        "lines": list(_lines(found, chosen)) if found and chosen else [],
    }
    return render_page(request, "assessment/forecast.html", context)


@requires("assessment.view")
@require_GET
def forecast_export(request: Request) -> HttpResponse:
    """The clauses that do not hold, with what is under way and by which gates they come."""
    campaign = campaign_of(request)
    if campaign is None:
        raise Http404
    found = forecast(campaign, request.user)
    audit.record(subject=campaign, action="export_forecast", by=request.user)
    return export_response(_sheet(found).export(found.open), _("关口预测.xlsx"))


def _chosen(request: Request, found: Forecast | None) -> Outlook | None:
    outlooks = found.outlooks if found else []
    asked = request.GET.get("gate")
    by_key = next((one for one in outlooks if str(one.gate.pk) == asked), None)
    return by_key or next(iter(outlooks), None)


def _lines(found: Forecast, chosen: Outlook) -> Iterator[tuple[OpenClause, object, object]]:
    for one in found.open:
        yield one, (*STATES[one.state], LABELS[one.state]), one.verdicts(chosen.day, found.today)


def _sheet(found: Forecast) -> Sheet[OpenClause]:
    return Sheet[OpenClause](
        _("关口预测"),
        [
            Column(_("条款"), lambda line: line.clause.number),
            Column(_("条款名称"), lambda line: line.clause.name, width=30),
            Column(_("状态"), lambda line: str(LABELS[line.state])),
            Column(_("在办"), _works, width=50),
            *(_reaching(one, found.today) for one in found.outlooks),
        ],
    )


def _works(line: OpenClause) -> str:
    return "\n".join(work.title for work in line.works if work.title)


def _reaching(outlook: Outlook, today: date) -> Column[OpenClause]:
    """Under which assumptions a clause comes by the gate."""

    def words(line: OpenClause) -> str:
        verdicts = line.verdicts(outlook.day, today)
        return "、".join(str(WORDS[one][0]) for one, comes in verdicts if comes) or _("都赶不上")

    return Column(f"{outlook.gate.title} {outlook.day:%Y-%m-%d}", words, width=24)
