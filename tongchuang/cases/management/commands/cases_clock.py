"""The clock of the cases: reminders, blue slips, archiving. Safe to run twice."""

from typing import Any

from django.core.management.base import BaseCommand

from tongchuang.accounts.services import robot
from tongchuang.cases.services import archive_quiet_cases, remind_and_slip
from tongchuang.core import clock


class Command(BaseCommand):
    """Run by the schedule every few minutes; messages wait for the day, see the outbox."""

    help = "Remind at 75 % of a limit, raise blue slips after it, archive after 30 quiet days."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Do all three under the robot's name."""
        at, by = clock.now(), robot()
        raised = remind_and_slip(by=by, at=at)
        archived = archive_quiet_cases(by=by, at=at)
        self.stdout.write(
            f"reminders {raised['reminder']}, blue slips {raised['blue']}, archived {archived}"
        )
