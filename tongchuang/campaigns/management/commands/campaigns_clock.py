"""The clock of consultations. Safe to run twice."""

from typing import Any

from django.core.management.base import BaseCommand

from tongchuang.accounts.services import robot
from tongchuang.campaigns.services import lapse_opinions
from tongchuang.core import clock


class Command(BaseCommand):
    """Run by the schedule every hour."""

    help = "Record silence of consulted units past 3 working days as agreement."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Do it under the robot's name."""
        self.stdout.write(f"silent {lapse_opinions(by=robot(), at=clock.now())}")
