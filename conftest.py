"""What every test may rely on: one moment, one language, no leftovers of the test before."""

import os
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.test import TransactionTestCase
from django.utils import translation
from hypothesis import settings as hypothesis_settings

from tongchuang.core import clock

MOMENT = datetime(2016, 3, 8, 14, 30, tzinfo=ZoneInfo("Asia/Shanghai"))

hypothesis_settings.register_profile("tongchuang", deadline=None, database=None, max_examples=60)
# The second database need not see every example again: it is there for its SQL.
hypothesis_settings.register_profile("second", deadline=None, database=None, max_examples=12)
_ON_POSTGRESQL = os.environ.get("TONGCHUANG_DATABASE", "").startswith("postgres")
hypothesis_settings.load_profile("second" if _ON_POSTGRESQL else "tongchuang")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--only-database` leaves out what runs the same on every database."""
    parser.addoption("--only-database", action="store_true", help="only tests that use a database")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what the database at hand cannot show, and with `--only-database` the rest."""
    kept = [item for item in items if _ON_POSTGRESQL or not item.get_closest_marker("postgresql")]
    if config.getoption("--only-database"):
        kept = [item for item in kept if _uses_database(item)]
    chosen = set(kept)
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = kept


def _uses_database(item: pytest.Item) -> bool:
    if item.get_closest_marker("any_database"):
        return False
    if item.get_closest_marker("django_db") or item.get_closest_marker("real_migrations"):
        return True
    owner = getattr(item, "cls", None)
    return owner is not None and issubclass(owner, TransactionTestCase)


@pytest.fixture(autouse=True)
def moment() -> Iterator[datetime]:
    """The clock stands still at the moment the demonstration city shows."""
    with clock.use(MOMENT):
        yield MOMENT


@pytest.fixture(autouse=True)
def _chinese() -> Iterator[None]:
    with translation.override("zh-hans"):
        yield


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()
