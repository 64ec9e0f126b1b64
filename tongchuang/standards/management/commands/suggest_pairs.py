"""Guess missing pairs of the crosswalk, or measure how good the guesses are."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from tongchuang.standards.models import Framework
from tongchuang.standards.suggestions import TOP, measured, suggestion_list


class Command(BaseCommand):
    """Prints only; a person accepts or refuses on the page."""

    help = "Print guesses for missing pairs of two standards, or (--measure) how good they are."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("frameworks", nargs="*", metavar="FRAMEWORK")
        parser.add_argument("--measure", action="store_true")
        parser.add_argument("--top", type=int, default=TOP)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["measure"]:
            self._measure()
            return
        frameworks = list(Framework.objects.filter(code__in=options["frameworks"]))
        if len(frameworks) != 2:
            raise CommandError(_("请给出两个不同标准的代码，或用 --measure。"))
        for row in suggestion_list(*frameworks, top=options["top"]):
            names = f"{row.source.code} {row.source.name} | {row.target.code} {row.target.name}"
            self.stdout.write(f"{row.percent:3d}% {names}")

    def _measure(self) -> None:
        self.stdout.write(_("与随文件提供的对照相比（每条要求对每个标准问一次）："))
        for one in measured():
            if one.precision is None or one.recall is None:
                raise CommandError(_("没有随文件提供的对照可比，请先运行 load_standards。"))
            figures = f"{one.right}/{one.guessed}, {one.right}/{one.true}"
            self.stdout.write(
                f"@{one.at}: precision {one.precision:.3f}, recall {one.recall:.3f} ({figures})"
            )
