"""One process for everything that happens in the background."""

import logging
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.crypto import get_random_string
from django_tasks.base import DEFAULT_TASK_BACKEND_ALIAS
from django_tasks_db.management.commands.db_worker import Worker

from tongchuang.core.timetable import make_scheduler, timetable, unknown_commands


class Command(BaseCommand):
    help = "Run queued jobs and the timetable (outbox, reminders, snapshots) until told to stop."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--jobs-only",
            action="store_true",
            help="leave the timetable to another process (for further workers)",
        )
        parser.add_argument("--interval", type=float, default=1.0, help="seconds between looks")

    def handle(self, *_args: Any, **options: Any) -> None:
        entries = [] if options["jobs_only"] else timetable()
        if missing := unknown_commands(entries):
            raise CommandError(f"The timetable names unknown commands: {', '.join(missing)}")
        scheduler = make_scheduler(entries)
        worker = _make_worker(options["interval"])
        worker.configure_signals()
        scheduler.start()
        self.stdout.write(f"Working; {len(entries)} entries in the timetable.")
        self.stdout.flush()
        try:
            worker.run()
        finally:
            # A command that is running is waited for; what it had not done it does next time.
            scheduler.shutdown(wait=True)


def _make_worker(interval: float) -> Worker:
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    return Worker(
        queue_names=["*"],
        interval=interval,
        batch=False,
        backend_name=DEFAULT_TASK_BACKEND_ALIAS,
        startup_delay=False,
        max_tasks=None,
        worker_id=get_random_string(32),
        excluded_queue_names=[],
    )
