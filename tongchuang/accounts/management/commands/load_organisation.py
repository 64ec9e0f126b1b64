"""`tongchuang load_organisation [FILE]`: the units of a template, safe to repeat."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from tongchuang.accounts import services
from tongchuang.core import clock


class Command(BaseCommand):
    """Loads the command structure; units that exist are kept or renamed."""

    help = "Create the units of an organisation template (data/organisation/template.yaml)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One optional file."""
        parser.add_argument("file", nargs="?", type=Path)

    def handle(self, *_args: Any, file: Path | None, **_options: Any) -> None:
        """Load and say what happened."""
        try:
            template = services.read_template(file)
            done = services.load_organisation(template, by=services.robot(), on=clock.today())
        except ValidationError as fault:
            raise CommandError("; ".join(fault.messages)) from fault
        self.stdout.write(f"units: {done.created} new, {done.renamed} renamed, {done.same} kept")
