"""Every morning: lay out the meetings that fall due and remind of those that are near."""

from typing import Any

from django.core.management.base import BaseCommand

from tongchuang.accounts.services import robot
from tongchuang.core import clock
from tongchuang.meetings.services import keep_rhythm


class Command(BaseCommand):
    """Safe to run twice: a meeting of a kind exists once for a day, a reminder is sent once."""

    help = "Lay out the meetings of the next five weeks by their rhythm and send reminders."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Act under the robot's name."""
        made = keep_rhythm(at=clock.now(), by=robot())
        self.stdout.write(f"{len(made)} meetings laid out")
