"""Queue again what a dead worker left behind."""

from typing import Any

from django.core.management.base import BaseCommand

from tongchuang.core import jobs


class Command(BaseCommand):
    help = "Queue jobs again whose worker died or whose queue entry was lost. Safe to run twice."

    def handle(self, *_args: Any, **options: Any) -> None:
        swept = jobs.sweep()
        if swept or options["verbosity"] > 1:
            self.stdout.write(f"{swept} jobs queued again")
