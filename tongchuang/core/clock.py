"""The one clock of the application: everything that happens in the domain is dated by it.

In the demonstration the clock is shifted by a small file, so that the fictional city lives at its
own date while time still passes. Tests and replays put their own clock in with `use`.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

Clock = Callable[[], datetime]
_NO_SHIFT = timedelta(0)
_replaced: ContextVar[Clock | None] = ContextVar("replaced_clock", default=None)


@dataclass(frozen=True, slots=True)
class _ReadShift:
    """The shift that a clock file held when it was last changed at `changed_ns`."""

    path: Path
    changed_ns: int
    shift: timedelta


_last_read: list[_ReadShift] = []


def now() -> datetime:
    """The present moment, aware, in the city's time zone."""
    replaced = _replaced.get()
    if replaced is not None:
        return timezone.localtime(replaced())
    return timezone.localtime(timezone.now() + demo_shift())


def today() -> date:
    """The present day in the city's time zone."""
    return now().date()


@contextmanager
def use(clock: datetime | Clock) -> Iterator[None]:
    """Let `now()` show a fixed moment, or whatever a function returns, inside the block."""
    token = _replaced.set(clock if callable(clock) else lambda: clock)
    try:
        yield
    finally:
        _replaced.reset(token)


def demo_shift() -> timedelta:
    """How far the demonstration clock stands from the real one; zero outside a demonstration."""
    if not settings.DEMO:
        return _NO_SHIFT
    path = Path(settings.DEMO_CLOCK_FILE)
    try:
        changed_ns = path.stat().st_mtime_ns
    except FileNotFoundError:
        return _NO_SHIFT
    for read in _last_read:
        if read.path == path and read.changed_ns == changed_ns:
            return read.shift
    shift = _read_shift(path)
    _last_read[:] = [_ReadShift(path, changed_ns, shift)]
    return shift


def set_demo_clock(shows: datetime) -> None:
    """Make the demonstration clock show `shows` from this moment on.

    Raises `ValueError` outside a demonstration: a real office has no clock to move.
    """
    if not settings.DEMO:
        raise ValueError("The clock can be moved in a demonstration only.")
    path = Path(settings.DEMO_CLOCK_FILE)
    path.parent.mkdir(parents=True, exist_ok=True)
    moments = {"shows": shows.isoformat(), "at": timezone.now().isoformat()}
    new = path.with_suffix(".new")
    new.write_text(json.dumps(moments), encoding="utf-8")
    new.replace(path)


def _read_shift(path: Path) -> timedelta:
    moments = json.loads(path.read_text(encoding="utf-8"))
    return datetime.fromisoformat(moments["shows"]) - datetime.fromisoformat(moments["at"])
