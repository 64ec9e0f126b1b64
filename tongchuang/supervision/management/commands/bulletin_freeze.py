"""On the first of a month: freeze the data of the month that has ended, for every campaign."""

from typing import Any

from django.core.management.base import BaseCommand

from tongchuang.accounts.services import robot
from tongchuang.campaigns.models import Campaign
from tongchuang.core import clock
from tongchuang.supervision.queries.month import cut_moment
from tongchuang.supervision.services import freeze_bulletin
from tongchuang.supervision.services.freezing import month_before


class Command(BaseCommand):
    """Safe to run twice: a month that is frozen stays as it is."""

    help = "Freeze the data of last month for the bulletin of every running campaign."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Freeze under the robot's name."""
        month, by = month_before(clock.today()), robot()
        running = [Campaign.Status.RUNNING, Campaign.Status.KEEPING]
        for campaign in Campaign.objects.filter(status__in=running, started_on__isnull=False):
            bulletin = freeze_bulletin(campaign, month=month, at=cut_moment(month), by=by)
            self.stdout.write(f"{campaign.code} {month}: {bulletin.digest[:12]}")
