"""Whether this installation is well: what `/healthz` answers."""

import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from tongchuang.core import clock
from tongchuang.core.calendars import city_calendar
from tongchuang.core.models import Job, Message

_LEAST_FREE_BYTES = 200 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Database:
    """Whether the database answers and has every table; `None` means it does not answer."""

    unapplied_migrations: int | None
    queue_age_s: int | None
    """How long the oldest piece of due background work has been waiting; 0 without any."""
    dead_jobs: int | None
    dead_messages: int | None

    @property
    def well(self) -> bool:
        """Dead jobs are a matter for people, not a reason to take the server away."""
        return self.unapplied_migrations == 0


@dataclass(frozen=True, slots=True)
class Storage:
    """Whether files can be kept."""

    writable: bool
    free_bytes: int | None

    @property
    def well(self) -> bool:
        """Whether there is room for one more day of photos."""
        return self.writable and (self.free_bytes or 0) >= _LEAST_FREE_BYTES


def health() -> tuple[dict[str, Any], bool]:
    """The state of every part, and whether the server should be used."""
    database, storage = _database(), _storage()
    well = database.well and storage.well
    report = {
        "well": well,
        "database": asdict(database),
        "storage": asdict(storage),
        "clock": _clock(),
    }
    return report, well


def _database() -> Database:
    try:
        unapplied = unapplied_migrations()
        if unapplied:
            return Database(unapplied, None, None, None)
        dead = Message.objects.filter(state=Message.State.DEAD)
        return Database(0, _queue_age_s(), Job.objects.dead().count(), dead.count())
    except DatabaseError:
        return Database(None, None, None, None)


def unapplied_migrations() -> int:
    """Migrations that the database lacks; once none is missing, none will be until a restart."""
    if cache.get("core.schema_complete"):
        return 0
    executor = MigrationExecutor(connection)
    unapplied = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if not unapplied:
        cache.set("core.schema_complete", value=True, timeout=60)
    return unapplied


def _queue_age_s() -> int:
    waiting = DBTaskResult.objects.ready().order_by("enqueued_at")
    oldest = waiting.values_list("enqueued_at", "run_after").first()
    if oldest is None:
        return 0
    now = timezone.now()
    # Without a time of its own a task carries a far day as `run_after`.
    due = max(moment for moment in oldest if moment <= now)
    return int((now - due).total_seconds())


def _storage() -> Storage:
    folder = Path(settings.MEDIA_ROOT)
    # It is made with the first file, so until then its parent must be writable.
    place = next((p for p in (folder, *folder.parents) if p.exists()), Path("/"))
    try:
        return Storage(os.access(place, os.W_OK), shutil.disk_usage(place).free)
    except OSError:
        return Storage(writable=False, free_bytes=None)


def _clock() -> dict[str, Any]:
    now, calendar = clock.now(), city_calendar()
    return {
        "now": now.isoformat(timespec="seconds"),
        "demo_shift_s": int(clock.demo_shift().total_seconds()),
        "calendar_announced": {
            str(year): calendar.announced(year) for year in (now.year, now.year + 1)
        },
    }
