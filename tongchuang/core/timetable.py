"""What the clock asks for: management commands and when they run (see `config/schedule.py`)."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from django.conf import settings
from django.core.management import call_command, get_commands
from django.db import DatabaseError, close_old_connections
from django.utils import timezone
from django.utils.module_loading import import_string

from tongchuang.core.models import TimetableRun

MISFIRE_S = 300
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
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": MISFIRE_S},
        timezone=settings.TIME_ZONE,
    )
    for entry in entries:
        scheduler.add_job(run_entry, _trigger(entry), args=[entry], id=entry.command)
    return scheduler


def _trigger(entry: Entry) -> CronTrigger:
    return CronTrigger.from_crontab(entry.cron, timezone=settings.TIME_ZONE)


def run_entry(entry: Entry) -> bool:
    """Run one command and note when; a failure is logged and does not stop the others."""
    began, failure = timezone.now(), ""
    close_old_connections()
    try:
        call_command(entry.command)
    except Exception as fault:  # the border of the process: the timetable must go on
        _logger.exception("%s of the timetable failed", entry.command)
        failure = f"{type(fault).__name__}: {fault}"
    _note(entry, began, failure)
    close_old_connections()
    return not failure


def _note(entry: Entry, began: datetime, failure: str) -> None:
    took_ms = round((timezone.now() - began).total_seconds() * 1000)
    values = {"ran_at": began, "took_ms": took_ms, "failure": failure[:300]}
    try:
        TimetableRun.objects.update_or_create(values, command=entry.command)
    except DatabaseError:  # the run counts, not its note
        _logger.exception("the run of %s could not be noted", entry.command)


# How it went
@dataclass(frozen=True, slots=True)
class LastRun:
    """An entry and its latest run, `None` when it never ran; `late` when it missed a time since."""

    entry: Entry
    run: TimetableRun | None
    late: bool


def last_runs(entries: Sequence[Entry], *, at: datetime) -> list[LastRun]:
    """When each entry last ran and whether it should have run again since; one query.

    An entry that never ran is not late: nobody knows since when it could have.
    """
    runs = TimetableRun.objects.in_bulk([entry.command for entry in entries], field_name="command")
    found = [(entry, runs.get(entry.command)) for entry in entries]
    return [LastRun(entry, run, _missed(entry, run, at)) for entry, run in found]


def _missed(entry: Entry, run: TimetableRun | None, at: datetime) -> bool:
    """Whether a time of the entry passed after its run; a worker may be `MISFIRE_S` late."""
    if run is None:
        return False
    due = _trigger(entry).get_next_fire_time(run.ran_at, run.ran_at + timedelta(seconds=1))
    return due is not None and due + timedelta(seconds=MISFIRE_S) < at
