"""Delete what a transaction that was rolled back left in the store."""

from typing import Any

from django.core.management.base import BaseCommand

from tongchuang.core import files


class Command(BaseCommand):
    help = "Delete stored files that no row names, a day after they were left. Safe to run twice."

    def handle(self, *_args: Any, **options: Any) -> None:
        gone = files.sweep_orphans()
        if gone or options["verbosity"] > 1:
            self.stdout.write(f"{gone} files deleted")
