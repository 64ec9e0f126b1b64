"""Load the standards: frameworks, checklists, problem classes, limits, procedures."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from tongchuang.accounts.services import robot
from tongchuang.standards.rules.reading import BrokenFile
from tongchuang.standards.services import (
    ChangedContent,
    Loaded,
    StillNeeded,
    load_standards,
    standard_files,
)


class Command(BaseCommand):
    """Without a path, everything under data/; a second run changes nothing."""

    help = "Load files of standards (YAML) or folders of them; without PATH all that are shipped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="*", type=Path, metavar="PATH")

    def handle(self, *args: Any, **options: Any) -> None:
        files = standard_files(options["paths"])
        self.stdout.write(_("读取并核对 %(count)s 个文件……") % {"count": len(files)})
        try:
            results = load_standards(files, by=robot(), progress=self._say)
        except (BrokenFile, ChangedContent, StillNeeded) as error:
            raise CommandError(str(error)) from error
        changed = sum(row.result != "unchanged" for row in results)
        if changed:
            self.stdout.write(_("已载入 %(changed)s 个文件。") % {"changed": changed})
        else:
            self.stdout.write(_("没有变化。"))

    def _say(self, loaded: Loaded) -> None:
        words = {"new": _("新载入"), "updated": _("更新"), "unchanged": _("没有变化")}
        self.stdout.write(f"  {loaded.kind} {loaded.code}: {words[loaded.result]}")
