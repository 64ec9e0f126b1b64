"""`tongchuang demo`: build the fictional city in an empty database, or build it anew."""

from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from tongchuang.demo import build, loading
from tongchuang.demo.city import SIZES


class Command(BaseCommand):
    """Parts go in one by one; an interrupted load is cleaned up and begun again."""

    help = "Build the demonstration city (--reset: drop it first)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Size, seed, and whether to begin again."""
        parser.add_argument("--reset", action="store_true", help="drop the city and build it anew")
        parser.add_argument("--size", choices=sorted(SIZES), default="full")
        parser.add_argument("--seed", type=int, default=build.SEED)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Refuse where a real office works; say so when the city stands already."""
        if not self._free(reset=options["reset"]):
            self.stdout.write(_("示例市已在库中，未作改动（重建请加 --reset）。"))
            return
        started = monotonic()
        for title, seconds in build.build_city(size=options["size"], seed=options["seed"]):
            if options["verbosity"]:
                self.stdout.write(f"  {title}  {seconds:.1f} s")
        if options["verbosity"]:
            seconds = monotonic() - started
            self.stdout.write(_("示例市建成，用时 %(seconds).0f 秒。") % {"seconds": seconds})

    def _free(self, *, reset: bool) -> bool:
        """Whether the city may be built now; clears what an interrupted load left."""
        mark = loading.mark()
        if mark is None:
            if loading.holds_rows():
                raise CommandError(
                    _("库中已有单位，且不是演示数据：不建示例市，也不清空。请换一个空库。")
                )
            return True
        if mark.content["state"] == loading.LOADED and not reset:
            return False
        self.stdout.write(_("正在清除演示数据……"))
        loading.clear()
        return True
