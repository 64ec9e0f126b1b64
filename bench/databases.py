"""The databases that are measured, each in an environment for processes of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from scripts.postgres import PostgresMissing, throwaway_server

ROOT = Path(__file__).resolve().parent.parent
ENGINES = ("sqlite", "postgresql")


@contextmanager
def database(engine: str, name: str, folder: Path) -> Iterator[dict[str, str]]:
    """An empty database; gives the environment that leads to it. Raises `PostgresMissing`.

    TONGCHUANG_BENCH_POSTGRES names a server that is there; else one is started and thrown away.
    """
    place = folder / f"{engine}-{name}"
    place.mkdir(parents=True, exist_ok=True)
    common = {"TONGCHUANG_DEMO": "1", "TONGCHUANG_VAR": str(place)}
    if engine == "sqlite":
        for old in place.glob("tongchuang.sqlite3*"):
            old.unlink()
        yield common
        return
    with _server() as address:
        yield common | {"TONGCHUANG_DATABASE": _fresh(address, f"tongchuang_bench_{name}")}


@contextmanager
def _server() -> Iterator[str]:
    given = os.environ.get("TONGCHUANG_BENCH_POSTGRES")
    if given:
        yield given
        return
    with throwaway_server() as environment:
        yield environment["TONGCHUANG_DATABASE"]


def _fresh(address: str, name: str) -> str:
    """Create the database `name` anew on the server; gives its address."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
        connection.execute(f'CREATE DATABASE "{name}"')
    return urlsplit(address)._replace(path=f"/{name}").geturl()


def tongchuang(environment: dict[str, str], *arguments: str) -> None:
    """Run the product's own command there."""
    run(environment, "-m", "tongchuang", *arguments)


def measured(environment: dict[str, str], module: str, *arguments: str) -> Any:
    """What a module of ours printed as its last line, read as JSON."""
    return json.loads(run(environment, "-m", f"bench.{module}", *arguments).splitlines()[-1])


def run(environment: dict[str, str], *arguments: str) -> str:
    """Run Python there and give what it printed; raises `CalledProcessError`."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout


__all__ = ["ENGINES", "ROOT", "PostgresMissing", "database", "measured", "run", "tongchuang"]
