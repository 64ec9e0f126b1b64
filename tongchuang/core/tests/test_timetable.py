"""The timetable: every command exists, every time can be read, one failure stops nothing."""

import signal
import sys
import threading
import time
from os import getpid, kill

import pytest

from tongchuang.core.management.commands.serve import run_together
from tongchuang.core.timetable import (
    Entry,
    make_scheduler,
    run_entry,
    timetable,
    unknown_commands,
)


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


def test_when_one_process_ends_the_others_are_ended() -> None:
    sleeper = [sys.executable, "-c", "import time; time.sleep(60)"]
    began = time.monotonic()
    assert run_together([sleeper, [sys.executable, "-c", "raise SystemExit(3)"]]) == 3
    assert time.monotonic() - began < 15


def test_told_to_stop_all_processes_end_without_a_fault() -> None:
    sleeper = [sys.executable, "-c", "import time; time.sleep(60)"]
    threading.Timer(1, kill, (getpid(), signal.SIGTERM)).start()
    assert run_together([sleeper, sleeper]) == 0
