"""Runs the whole suite: on SQLite, on PostgreSQL, in a browser; ends with one summary.

`ONLY=sqlite|postgresql|browser` runs one part. A part whose prerequisite is missing is named
loudly; with `CI=true` it counts as failed.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.browser import find_browser  # noqa: E402  the project's root must be on the path
from scripts.postgres import PostgresMissing, throwaway_server  # noqa: E402  as above

ON_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}


class PartMissing(Exception):
    """A part cannot run on this machine; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Part:
    """One run of pytest."""

    name: str
    title: str
    arguments: tuple[str, ...]
    surroundings: Callable[[], AbstractContextManager[dict[str, str]]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a part ended, in one line."""

    title: str
    line: str
    passed: bool
    seconds: float


def _nothing() -> AbstractContextManager[dict[str, str]]:
    return nullcontext({})


def _postgresql() -> AbstractContextManager[dict[str, str]]:
    return throwaway_server()


def _browser() -> AbstractContextManager[dict[str, str]]:
    found = find_browser()
    if found is None:
        raise PartMissing("no Chromium or Chrome was found; install one, or name it: BROWSER=/path")
    return nullcontext({"BROWSER": found})


# One worker per core, each test file whole: its city is built once.
QUICKLY = ("-n", "auto", "--dist", "loadfile", "-m", "not browser")
PARTS = (
    Part("sqlite", "Unit and integration, SQLite", QUICKLY, _nothing),
    Part("postgresql", "The database's on PostgreSQL", (*QUICKLY, "--only-database"), _postgresql),
    Part("browser", "Browser", ("-m", "browser", "tests/browser"), _browser),
)


def run_part(part: Part) -> Outcome:
    """Run one part; a missing prerequisite fails it on CI only."""
    print(f"\n=== {part.title}", flush=True)
    began = time.monotonic()
    try:
        with part.surroundings() as extra:
            line, code = _pytest(part.arguments, extra)
    except (PartMissing, PostgresMissing) as reason:
        print(f"!!! NOT RUN: {reason}", flush=True)
        return Outcome(part.title, f"NOT RUN: {reason}", not ON_CI, time.monotonic() - began)
    return Outcome(part.title, line, code == 0, time.monotonic() - began)


def _pytest(arguments: tuple[str, ...], extra: dict[str, str]) -> tuple[str, int]:
    """Run pytest, pass its output on, and return its closing line and its code."""
    environment = os.environ | {"TONGCHUANG_DEMO": "1"} | extra
    command = [sys.executable, "-m", "pytest", *arguments]
    last = ""
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as running:
        for line in running.stdout or ():
            print(line, end="", flush=True)
            last = line.strip() or last
    return last, running.returncode


def main() -> int:
    """Prepare the machine, run the parts, print the summary."""
    only = os.environ.get("ONLY", "")
    names = [part.name for part in PARTS]
    if only and only not in names:
        print(f"ONLY={only}: choose one of {', '.join(names)}", file=sys.stderr)
        return 2
    subprocess.run(["sh", "scripts/test_prerequisites.sh", only], cwd=ROOT, check=False)
    outcomes = [run_part(part) for part in PARTS if only in {"", part.name}]
    print("\n=== Summary")
    for outcome in outcomes:
        mark = "passed" if outcome.passed else "FAILED"
        print(f"{mark}  {outcome.title:30} {outcome.seconds:4.0f} s  {outcome.line}")
    return 0 if all(outcome.passed for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
