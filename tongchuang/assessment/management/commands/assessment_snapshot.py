"""Assess every running campaign for the present month, or one for any month."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from tongchuang.accounts.services import robot
from tongchuang.assessment.months import last_of_month_before
from tongchuang.assessment.services import compute_snapshot
from tongchuang.campaigns.models import Campaign
from tongchuang.core import clock

CLOSING_DAYS = 3
"""So many days of a month the month before is assessed again, as it stood at its end."""


class Command(BaseCommand):
    help = "Compute readiness of running campaigns. Safe to run twice: same data, same snapshot."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--campaign", default="", help="code of one campaign")
        parser.add_argument(
            "--month", default="", help="YYYY-MM: this month as it stood at its end"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        at, by = clock.now(), robot()
        for campaign in _campaigns(options["campaign"]):
            for month in [options["month"]] if options["month"] else _months(at):
                try:
                    snapshot = compute_snapshot(campaign, month, at=at, by=by)
                except ValidationError as fault:
                    raise CommandError("; ".join(fault.messages)) from fault
                if options["verbosity"]:
                    self.stdout.write(f"{campaign.code} {month}: {snapshot.cells.count()}")


def _campaigns(code: str) -> list[Campaign]:
    assessed = Campaign.objects.exclude(framework=None)
    if not code:
        return list(assessed.exclude(status=Campaign.Status.ENDED))
    found = list(assessed.filter(code=code))
    if not found:
        raise CommandError(f"no campaign with a standard has the code {code}")
    return found


def _months(at: datetime) -> Iterator[str]:
    """The month that has just ended, during its closing days, and the present one."""
    today = timezone.localtime(at).date()
    if today.day <= CLOSING_DAYS:
        yield f"{last_of_month_before(today):%Y-%m}"
    yield f"{today:%Y-%m}"
