"""Assess every running campaign for the present month."""

from typing import Any

from django.core.management.base import BaseCommand

from tongchuang.accounts.services import robot
from tongchuang.assessment.services import compute_snapshot
from tongchuang.campaigns.models import Campaign
from tongchuang.core import clock


class Command(BaseCommand):
    help = "Compute readiness of running campaigns. Safe to run twice: same data, same snapshot."

    def handle(self, *_args: Any, **options: Any) -> None:
        at, by = clock.now(), robot()
        ended = Campaign.Status.ENDED
        for campaign in Campaign.objects.exclude(framework=None).exclude(status=ended):
            snapshot = compute_snapshot(campaign, f"{at:%Y-%m}", at=at, by=by)
            if options["verbosity"]:
                self.stdout.write(f"{campaign.code} {snapshot.period}: {snapshot.cells.count()}")
