"""Every page once: who may open it and how many queries it may cost.

Each app lists its own addresses in `tongchuang/<app>/tests/pages.py`:

    from tests.pages import PageRow

    PAGES = [
        PageRow(
            name="cases:detail",
            action="cases.view",
            path=lambda world: f"/cases/{world.pk('cases.Case')}/",
            statuses={"stranger": 302, "other": 404, "reader": 200, "owner": 200},
            queries=18,
        ),
    ]

An address that only takes POST has a row too; it answers 405 to those who may use it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from django.conf import settings

from tests.world import World


@dataclass(frozen=True, slots=True)
class PageRow:
    """One address; `statuses` by part of `tests.world.PARTS`, `queries` the most it may run.

    `queries` is what was measured for the part that costs most, or one or two above, never a
    guess: `PAGE_QUERIES=queries.tsv pytest tests/test_pages.py -k budget` writes what each
    page costs each part. A row that nobody reads (POST only, elsewhere) needs none.

    `html` is false for what is no page to look at: files, exports, figures for a script.
    `fragment` is true for a piece of a page that has an address of its own.
    """

    name: str
    action: str
    path: Callable[[World], str]
    statuses: Mapping[str, int]
    queries: int = 0
    html: bool = True
    fragment: bool = False

    @property
    def is_page(self) -> bool:
        """Whether somebody sees it as a whole page: it is then opened in a browser."""
        return self.html and not self.fragment and bool(self.part_that_reads)

    @property
    def readers(self) -> list[str]:
        """The parts that get the page itself, the one with the most rights first."""
        order = ("owner", "admin", "reader", "other", "stranger")
        return [part for part in order if self.statuses.get(part) == 200]

    @property
    def part_that_reads(self) -> str:
        """The part with the most rights that gets the page itself; or ''."""
        return next(iter(self.readers), "")


def all_pages() -> list[PageRow]:
    """The rows of every app, in the order of the settings."""
    rows: list[PageRow] = []
    for app in settings.INSTALLED_APPS:
        if app.startswith("tongchuang.") and find_spec(f"{app}.tests.pages"):
            rows += import_module(f"{app}.tests.pages").PAGES
    return rows
