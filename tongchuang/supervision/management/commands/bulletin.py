"""The bulletin of a month as a Word file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tongchuang.accounts.services import robot
from tongchuang.campaigns.models import Campaign
from tongchuang.core import clock
from tongchuang.supervision import paper
from tongchuang.supervision.queries.month import cut_moment
from tongchuang.supervision.services import freeze_bulletin


class Command(BaseCommand):
    """Freezes the month when nobody has yet; an issued bulletin keeps its date and number."""

    help = "Write the bulletin of a month to a Word file, freezing its data first if need be."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which campaign, which month, where to."""
        parser.add_argument("--campaign", required=True, help="code of the campaign, e.g. NSC")
        parser.add_argument("--month", required=True, help="e.g. 2016-02")
        parser.add_argument("--out", type=Path, required=True, help="file to write (.docx)")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Freeze, write, say what was written."""
        campaign = Campaign.objects.filter(code=options["campaign"]).first()
        if campaign is None:
            raise CommandError(f"no campaign has the code {options['campaign']}")
        try:
            at = cut_moment(options["month"])
            bulletin = freeze_bulletin(campaign, month=options["month"], at=at, by=robot())
            on = paper.local_day(bulletin.issued_at or clock.now())
            options["out"].write_bytes(paper.bulletin_paper(bulletin, on=on).docx())
        except (ValueError, OSError) as fault:
            raise CommandError(str(fault)) from fault
        ranked = bulletin.scores.exclude(rank=None).count()
        self.stdout.write(
            f"{options['out']}: {bulletin.get_status_display()}, {bulletin.scores.count()} units,"
            f" {ranked} ranked, data {bulletin.digest[:12]}"
        )
