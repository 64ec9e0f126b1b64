"""Make old photos findable by their look."""

from typing import Any

from django.core.management.base import BaseCommand

from tongchuang.core.looks import fill_looks


class Command(BaseCommand):
    """Photos stored before the search for reused photos was there; safe to run again."""

    help = "make photos stored earlier findable by their look"

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Fill in and say how many."""
        self.stdout.write(f"{fill_looks()} photos filled in")
