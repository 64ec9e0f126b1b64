"""The clock: replaceable in tests, shifted in the demonstration."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from pytest_django import Settings

from tongchuang.core import clock

SHANGHAI = ZoneInfo("Asia/Shanghai")
SHOWN = datetime(2016, 3, 8, 14, 30, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def moment(settings: Settings, tmp_path: Path) -> None:
    """Here the real clock goes on, unmoved by a demonstration city that another test built."""
    settings.DEMO_CLOCK_FILE = tmp_path / "demo-clock.json"


@pytest.fixture
def demo_file(settings: Settings) -> Path:
    settings.DEMO = True
    return Path(settings.DEMO_CLOCK_FILE)


def test_fixed_clock_shows_the_city_time_inside_the_block_only() -> None:
    with clock.use(datetime(2016, 3, 8, 16, 30, tzinfo=UTC)):
        assert clock.now() == datetime(2016, 3, 9, 0, 30, tzinfo=SHANGHAI)
        assert clock.today() == date(2016, 3, 9)
    assert clock.now().year > 2016


def test_clock_may_be_a_function() -> None:
    moments = iter([SHOWN, SHOWN + timedelta(hours=1)])
    with clock.use(lambda: next(moments)):
        assert [clock.now(), clock.now()] == [SHOWN, SHOWN + timedelta(hours=1)]


def test_inner_clock_hides_the_outer_one() -> None:
    with clock.use(SHOWN):
        with clock.use(SHOWN + timedelta(days=1)):
            assert clock.today() == date(2016, 3, 9)
        assert clock.today() == date(2016, 3, 8)


def test_demonstration_clock_shows_its_own_date_and_goes_on(demo_file: Path) -> None:
    clock.set_demo_clock(SHOWN)
    assert demo_file.exists()
    assert SHOWN <= clock.now() < SHOWN + timedelta(seconds=30)
    assert clock.now() <= clock.now()


def test_demonstration_clock_can_be_moved_again(demo_file: Path) -> None:
    clock.set_demo_clock(SHOWN)
    clock.set_demo_clock(SHOWN + timedelta(days=30))
    assert clock.today() == date(2016, 4, 7)


def test_without_a_clock_file_the_demonstration_shows_real_time(demo_file: Path) -> None:
    assert abs(clock.now() - timezone.now()) < timedelta(seconds=5)


def test_outside_a_demonstration_the_clock_cannot_be_moved(
    settings: Settings, demo_file: Path
) -> None:
    clock.set_demo_clock(SHOWN)
    settings.DEMO = False
    assert clock.today().year > 2016
    with pytest.raises(ValueError, match="demonstration only"):
        clock.set_demo_clock(SHOWN)
