"""A PostgreSQL server of our own for the length of a test run, thrown away afterwards.

python scripts/postgres.py COMMAND…    runs COMMAND with TONGCHUANG_DATABASE set
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

_PLACES = ("/usr/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql*/bin", "/usr/pgsql-*/bin")
# Safe only because the data are worthless: speed instead of surviving a power cut.
_QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=40")


class PostgresMissing(Exception):
    """No server can be started here; the message says why and what to do."""


def find_programs() -> Path:
    """The folder with initdb and postgres, the newest first."""
    folders = [folder for place in _PLACES for folder in Path("/").glob(place[1:])]
    folders.sort(
        key=lambda folder: [int(n) for n in folder.parent.name.split("-")[-1:] if n.isdigit()]
    )
    on_path = shutil.which("initdb")
    if on_path:
        folders.insert(0, Path(on_path).resolve().parent)
    for folder in reversed(folders):
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise PostgresMissing(
        "PostgreSQL's programs initdb and postgres were not found "
        "(Debian, Ubuntu: apt-get install postgresql)"
    )


def _as_whom() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then it runs as postgres or nobody."""
    if os.getuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            person = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": person.pw_uid, "group": person.pw_gid, "extra_groups": []}
    raise PostgresMissing("running as root, and there is neither a user postgres nor nobody")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def throwaway_server() -> Iterator[dict[str, str]]:
    """Start a server in a temporary folder; gives the environment that points to it."""
    programs = find_programs()
    person = _as_whom()
    # Told to end, we must still end the server.
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    with tempfile.TemporaryDirectory(prefix="tongchuang-pg-") as name:
        folder = Path(name)
        if person:
            os.chown(folder, person["user"], person["group"])
        data = folder / "data"
        _initialise(programs, data, person)
        port = _free_port()
        options = [part for setting in _QUICK for part in ("-c", setting)]
        command = [str(programs / "postgres"), "-D", str(data), "-h", "127.0.0.1"]
        command += ["-p", str(port), "-k", str(folder), *options]
        with (folder / "log").open("wb") as log:
            server: subprocess.Popen[bytes] = subprocess.Popen(
                command, stdout=log, stderr=log, cwd="/", **person
            )
        try:
            _wait_until_ready(port, server, folder / "log")
            address = f"postgresql://tongchuang@127.0.0.1:{port}/postgres"
            yield {"TONGCHUANG_DATABASE": address}
        finally:
            server.terminate()
            server.wait(timeout=30)


def _initialise(programs: Path, data: Path, person: dict[str, Any]) -> None:
    made = subprocess.run(
        [programs / "initdb", "-D", data, "-U", "tongchuang", "-A", "trust", "-E", "UTF8",
         "--locale=C", "--no-sync"],
        capture_output=True, text=True, cwd="/", check=False, **person,
    )  # fmt: skip
    if made.returncode:
        raise PostgresMissing(f"initdb failed: {made.stderr.strip()[-300:]}")


def _wait_until_ready(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(150):
        if server.poll() is not None:
            break
        try:
            psycopg.connect(f"host=127.0.0.1 port={port} user=tongchuang dbname=postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.2)
        else:
            return
    raise PostgresMissing(f"the server did not start: {log.read_text()[-300:]}")


def main() -> int:
    """Run a command beside the server."""
    try:
        with throwaway_server() as extra:
            return subprocess.run(sys.argv[1:], env=os.environ | extra, check=False).returncode
    except PostgresMissing as reason:
        print(reason, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
