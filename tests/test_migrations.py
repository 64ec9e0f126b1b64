"""The tables that migrations make are the tables that the models describe."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

ROOT = Path(__file__).resolve().parent.parent
SERVER = os.environ.get("TONGCHUANG_DATABASE", "")

pytestmark = pytest.mark.real_migrations


@pytest.fixture
def empty_database(tmp_path: Path) -> Iterator[str]:
    """The address of a database without a table, of the kind this run is about."""
    if not SERVER.startswith("postgresql"):
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
        return
    name = f"empty_{os.getpid()}"
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}".encode())
        yield f"{SERVER.rsplit('/', 1)[0]}/{name}"
        server.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def _tongchuang(*arguments: str, database: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tongchuang", *arguments],
        cwd=ROOT,
        env=os.environ | {"TONGCHUANG_DATABASE": database},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_migrations_run_from_zero_and_leave_nothing_to_do(empty_database: str) -> None:
    _tongchuang("migrate", "--noinput", "-v", "0", database=empty_database)
    said = _tongchuang("makemigrations", "--check", "--dry-run", database=empty_database)
    assert "No changes detected" in said
