"""The timetable: every command exists, every time can be read, one failure stops nothing."""

import signal
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from os import getpid, kill
from zoneinfo import ZoneInfo

import pytest

from tongchuang.core.management.commands.serve import run_together
from tongchuang.core.models import TimetableRun
from tongchuang.core.timetable import (
    Entry,
    last_runs,
    make_scheduler,
    run_entry,
    timetable,
    unknown_commands,
)

ZONE = ZoneInfo("Asia/Shanghai")


def test_every_command_of_the_timetable_exists() -> None:
    assert unknown_commands(timetable()) == []


def test_every_time_of_the_timetable_can_be_read() -> None:
    scheduler = make_scheduler(timetable())
    assert {job.id for job in scheduler.get_jobs()} == {entry.command for entry in timetable()}


def test_unknown_command_is_named() -> None:
    assert unknown_commands([Entry("no_such_thing", "* * * * *")]) == ["no_such_thing"]


@pytest.mark.django_db(transaction=True)
def test_failing_command_is_logged_and_the_next_one_runs(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert not run_entry(Entry("no_such_thing", "* * * * *"))
    assert "no_such_thing" in caplog.text
    assert run_entry(Entry("sweep_jobs", "* * * * *"))


@pytest.mark.django_db(transaction=True)
def test_each_run_is_noted_with_its_failure() -> None:
    run_entry(Entry("sweep_jobs", "* * * * *"))
    run_entry(Entry("no_such_thing", "* * * * *"))
    run_entry(Entry("sweep_jobs", "* * * * *"))
    failures = dict(TimetableRun.objects.values_list("command", "failure"))
    assert failures["sweep_jobs"] == ""
    assert "no_such_thing" in failures["no_such_thing"]


def test_the_files_nobody_names_are_swept_every_night() -> None:
    (entry,) = [entry for entry in timetable() if entry.command == "sweep_files"]
    ran_at = datetime(2016, 3, 8, 4, 0, tzinfo=UTC)
    (job,) = make_scheduler([entry]).get_jobs()
    following = job.trigger.get_next_fire_time(ran_at, ran_at)
    assert timedelta(0) < following - ran_at <= timedelta(days=1)


@pytest.mark.django_db
@pytest.mark.parametrize(("hours_later", "late"), [(1, False), (23, False), (24, True), (72, True)])
def test_a_command_is_late_once_a_time_passed_without_a_run(
    hours_later: int, *, late: bool
) -> None:
    ran_at = datetime(2016, 3, 8, 3, 50, tzinfo=ZONE)
    TimetableRun.objects.create(command="sweep_files", ran_at=ran_at, took_ms=5)
    at = ran_at + timedelta(hours=hours_later, minutes=10)
    (one,) = last_runs([Entry("sweep_files", "50 3 * * *")], at=at)
    assert one.late is late


@pytest.mark.django_db
def test_a_command_that_never_ran_is_not_late() -> None:
    (one,) = last_runs([Entry("sweep_files", "50 3 * * *")], at=datetime(2016, 3, 8, tzinfo=UTC))
    assert (one.run, one.late) == (None, False)


def test_when_one_process_ends_the_others_are_ended() -> None:
    sleeper = [sys.executable, "-c", "import time; time.sleep(60)"]
    began = time.monotonic()
    assert run_together([sleeper, [sys.executable, "-c", "raise SystemExit(3)"]]) == 3
    assert time.monotonic() - began < 15


def test_told_to_stop_all_processes_end_without_a_fault() -> None:
    sleeper = [sys.executable, "-c", "import time; time.sleep(60)"]
    threading.Timer(1, kill, (getpid(), signal.SIGTERM)).start()
    assert run_together([sleeper, sleeper]) == 0
