"""All measurements; writes docs/reference/performance.md.

python -m bench [--rows 10000,100000,1000000] [--engines sqlite,postgresql] [--real FOLDER]
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.databases import ENGINES, ROOT, PostgresMissing, database, measured, tongchuang
from bench.report import document, facts_table, pages_table, plan_table
from bench.timing import machine

OUT = ROOT / "docs" / "reference" / "performance.md"
TITLES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def main() -> None:
    """Measure everything that can be measured here and write the page."""
    wanted = _arguments()
    with tempfile.TemporaryDirectory(prefix="tongchuang-bench-") as name:
        sections = list(_sections(wanted, Path(name)))
    OUT.write_text(document(machine(), sections), encoding="utf-8")
    print(OUT.read_text(encoding="utf-8"))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--rows", default="10000,100000,1000000")
    parser.add_argument("--engines", default=",".join(ENGINES))
    parser.add_argument("--real", default=os.environ.get("TONGCHUANG_REAL_DATA", ""))
    return parser.parse_args()


def _sections(wanted: argparse.Namespace, folder: Path) -> Iterator[str]:
    sizes = [int(size) for size in wanted.rows.split(",")]
    for engine in wanted.engines.split(","):
        try:
            yield from _engine(engine, sizes, folder)
            if wanted.real:
                yield from _real(engine, wanted.real, folder)
        except PostgresMissing as reason:
            print(f"{TITLES[engine]} is not measured: {reason}", file=sys.stderr)
    yield _readiness()
    yield _whole(folder)


def _readiness() -> str:
    """Readiness of many standards in memory, whole and after one fact."""
    asked = ("8", "500", "100", "12")
    found = measured({"TONGCHUANG_DEMO": "1"}, "readiness", *asked)
    each = found["seconds"] / found["cells"] * 1_000_000
    size = " × ".join(asked)
    facts = [
        (f"standards × clauses × units × months: {size}", f"{found['cells']:,} cells judged"),
        ("everything, processor time", f"{found['seconds']:.0f} s, {each:.0f} µs for a cell"),
        ("after one changed figure, the campaign kept in memory", f"{found['one_fact_ms']:.1f} ms"),
    ]
    return facts_table("Readiness in memory", facts)


def _engine(engine: str, sizes: list[int], folder: Path) -> Iterator[str]:
    """Pages while the demonstration city grows."""
    with database(engine, "generated", folder) as there:
        _found(there, "small")
        runs: list[dict[str, Any]] = []
        for size in sizes:
            print(f"{TITLES[engine]}: {size:,} cases …", file=sys.stderr)
            measured(there, "generate", str(size))
            runs.append(measured(there, "pages"))
        plan = measured(there, "gantt")
    yield pages_table(f"{TITLES[engine]}, generated cases", runs)
    yield plan_table(TITLES[engine], plan)


def _real(engine: str, real: str, folder: Path) -> Iterator[str]:
    """Pages over real records in the city, and how fast they came in."""
    with database(engine, "real", folder) as there:
        _found(there, "small")
        came = measured(there, "imports", real)
        run = measured(there, "pages")
    rate = f"{came['rows']:,} rows in {came['seconds']:.0f} s"
    facts = [("import, preview and commit", f"{rate}: {came['rows'] / came['seconds']:.0f} rows/s")]
    facts.append(("of it processor time", f"{came['cpu_seconds']:.0f} s"))
    yield pages_table(f"{TITLES[engine]}, real records", [run])
    yield facts_table(f"{TITLES[engine]}, import of real records", facts)


def _found(there: dict[str, str], size: str) -> None:
    tongchuang(there, "migrate", "--run-syncdb", "-v", "0")
    tongchuang(there, "demo", "--size", size, "-v", "0")


def _whole(folder: Path) -> str:
    """The full demonstration city, its bulletin, and the processes beside it."""
    with database("sqlite", "full", folder) as there:
        tongchuang(there, "migrate", "--run-syncdb", "-v", "0")
        began = perf_counter()
        tongchuang(there, "demo", "-v", "0")
        facts = [("`tongchuang demo`, full size", f"{perf_counter() - began:.0f} s")]
        try:
            ms = measured(there, "documents", "NSC", "2016-02")["bulletin_ms"]
            facts.append(("bulletin of a month, full city", f"{ms / 1000:.1f} s"))
        except subprocess.CalledProcessError as fault:
            facts.append(("bulletin of a month, full city", f"not measured ({fault.returncode})"))
        sides = measured(there, "processes")
    web, worker = sides["web"], sides["worker"]
    words = f"{web['largest_mb']:.0f} MB (with its parents {web['rss_mb']:.0f} MB)"
    facts.append(("web: start to first answer", f"{web['start_s']:.1f} s"))
    facts.append(("web: memory of the serving process", words))
    facts.append(("worker: start", f"{worker['start_s']:.1f} s"))
    facts.append(("worker: memory", f"{worker['rss_mb']:.0f} MB"))
    return facts_table("Demonstration city, bulletin, processes", facts)


if __name__ == "__main__":
    main()
