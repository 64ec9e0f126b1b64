"""The web server, with the worker beside it if asked."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from types import FrameType
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

_PATIENCE_S = 20


class Command(BaseCommand):
    help = "Serve the application. TONGCHUANG_WORKERS sets the number of web processes (1)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--with-worker", action="store_true", help="also run `work`")
        parser.add_argument("--no-static", action="store_true", help="static files are collected")

    def handle(self, *_args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        if not options["no_static"]:
            call_command("collectstatic", interactive=False, verbosity=0)
        web = _web(host, port)
        self.stdout.write(f"http://{host}:{port}/")
        self.stdout.flush()
        if not options["with_worker"]:
            # Become the server: a second Django that only waits would cost 75 MB.
            os.execv(web[0], web)  # noqa: S606 -- fixed command
        ended = run_together([web, [sys.executable, "-m", "tongchuang", "work"]])
        if ended:
            raise CommandError(f"A process ended by itself with code {ended}.")


def _web(host: str, port: int) -> list[str]:
    # Threads, not asyncio: with synchronous views ASGI refused one request in nine under load.
    return [
        sys.executable,
        *("-m", "granian", "--interface", "wsgi", "--blocking-threads", "8"),
        *("--workers", _workers(), "--host", host, "--port", str(port)),
        *("--respawn-failed-workers", "--no-ws", "--workers-kill-timeout", "10"),
        "tongchuang.config.wsgi:application",
    ]


def _workers() -> str:
    workers = os.environ.get("TONGCHUANG_WORKERS", "1")
    if not workers.isdecimal() or int(workers) < 1:
        raise CommandError(f"TONGCHUANG_WORKERS: '{workers}' is not a number of processes")
    return workers


def run_together(commands: Sequence[Sequence[str]]) -> int:
    """Run processes until one ends or we are told to stop, then end them all.

    Returns 0 when told to stop, else the code of the process that ended first.
    """
    asked_to_stop: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        asked_to_stop.append(number)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    # In sessions of their own, so that Ctrl-C reaches this process only and each is told once.
    children = [subprocess.Popen(command, start_new_session=True) for command in commands]  # noqa: S603 -- fixed commands
    try:
        while not asked_to_stop:
            codes = [code for child in children if (code := child.poll()) is not None]
            if codes:
                return codes[0] or 1
            time.sleep(0.2)
        return 0
    finally:
        _end(children)
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(children: Sequence[subprocess.Popen[bytes]]) -> None:
    for child in children:
        child.terminate()
    until = time.monotonic() + _PATIENCE_S
    for child in children:
        try:
            child.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
