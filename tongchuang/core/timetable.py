"""What the clock asks for: management commands and when they run (see `config/schedule.py`)."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from django.conf import settings
from django.core.management import call_command, get_commands
from django.db import close_old_connections
from django.utils.module_loading import import_string

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timetable: a command that is safe to run twice, and its cron times."""

    command: str
    cron: str
    """Minute, hour, day, month, weekday on the machine's clock, in the city's time zone."""


def timetable() -> Sequence[Entry]:
    """The timetable that `settings.SCHEDULE` names."""
    entries: Sequence[Entry] = import_string(settings.SCHEDULE)
    return entries


def unknown_commands(entries: Sequence[Entry]) -> list[str]:
    """Commands of the timetable that do not exist."""
    known = get_commands()
    return sorted({entry.command for entry in entries} - known.keys())


def make_scheduler(entries: Sequence[Entry]) -> BackgroundScheduler:
    """A scheduler, not yet started, that runs each entry in a thread, never twice at a time.

    Raises `ValueError` for times that cannot be read.
    """
    scheduler = BackgroundScheduler(
        executors={"default": ThreadPoolExecutor(2)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": 300},
        timezone=settings.TIME_ZONE,
    )
    for entry in entries:
        trigger = CronTrigger.from_crontab(entry.cron, timezone=settings.TIME_ZONE)
        scheduler.add_job(run_entry, trigger, args=[entry], id=entry.command)
    return scheduler


def run_entry(entry: Entry) -> bool:
    """Run one command; a failure is logged and does not stop the others."""
    close_old_connections()
    try:
        call_command(entry.command)
    except Exception:  # the border of the process: the timetable must go on
        _logger.exception("%s of the timetable failed", entry.command)
        return False
    finally:
        close_old_connections()
    return True
