"""Readiness of any month: as it was kept, or as the records tell of it."""

from datetime import date, datetime, timedelta

from django.utils import timezone

from tongchuang.assessment.inputs import gather
from tongchuang.assessment.judging import judge
from tongchuang.assessment.lines import as_json, lines
from tongchuang.assessment.models import Snapshot
from tongchuang.assessment.queries import CampaignReadiness, periods_of, snapshot_of, told
from tongchuang.assessment.whole import readiness_facts
from tongchuang.campaigns.models import Campaign

OFFERED = 12


def readiness_at(campaign: Campaign, period: str, *, at: datetime) -> CampaignReadiness:
    """Readiness of a month read from the records as they stood at `at`; nothing is kept."""
    used = lines()
    found = gather(campaign, period, at=at, lines=used)
    facts = readiness_facts(found, judge(found, used), used)
    unkept = Snapshot(
        campaign=campaign, period=period, computed_at=at, readiness=facts, lines=as_json(used)
    )
    return told(campaign, unkept)


def readiness_of_month(campaign: Campaign, period: str, *, at: datetime) -> CampaignReadiness:
    """Readiness of a month: the kept one, else as the records tell of it; `kept` says which."""
    snapshot = snapshot_of(campaign, period)
    return told(campaign, snapshot) if snapshot else readiness_at(campaign, period, at=at)


def months_to_choose(campaign: Campaign, *, at: datetime) -> list[tuple[str, bool]]:
    """The last months since the campaign began, and all that were assessed; latest first.

    With each month whether it was assessed.
    """
    assessed = set(periods_of(campaign))
    day, months = timezone.localtime(at).date(), set(assessed)
    first = campaign.started_on or day
    for _number in range(OFFERED):
        if day < first.replace(day=1):
            break
        months.add(f"{day:%Y-%m}")
        day = last_of_month_before(day)
    return [(month, month in assessed) for month in sorted(months, reverse=True)]


def last_of_month_before(day: date) -> date:
    """The last day of the month before."""
    return day.replace(day=1) - timedelta(days=1)
