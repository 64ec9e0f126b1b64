"""The table of all measurements, as a page of the reference."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from bench.timing import REPEATS

AIM = 3.0
_WORDS = {
    "community_clerk": "community clerk",
    "unit_clerk": "unit clerk",
    "hq_dispatcher": "dispatcher",
}


def document(machine: str, sections: Sequence[str]) -> str:
    """The whole page."""
    head = (
        "# Performance\n\n"
        "Written by `make bench`; no test depends on it.\n\n"
        f"Measured {date.today().isoformat()} on {machine}.\n\n"  # noqa: DTZ011 -- the machine's day
        "A page is timed through Django's test client in the same process: "
        f"{REPEATS} warm requests, the median. "
        "*SQL* is what a database administrator would write for the same rows and figures, "
        "fetched through a raw cursor. *Bare page* is the same server, session, sign-in and right "
        "with nothing to show. *Ratio* is page ÷ (SQL + bare page); the aim is at most "
        f"{AIM:.0f}.\n"
    )
    return "\n".join([head, *sections])


def pages_table(title: str, measured: Sequence[Mapping[str, Any]]) -> str:
    """Pages of one engine; one column of times for each number of cases."""
    sizes = [f"{run['cases']:,}" for run in measured]
    head = ["page", "who", *(f"{size}" for size in sizes), "SQL", "bare page", "ratio"]
    lines = [f"## {title}\n", "Times in milliseconds by number of cases; SQL, bare page and ratio"]
    lines += ["for the largest.\n", _row(head), _row(["---"] * len(head))]
    return "\n".join([*lines, *map(_row, _lines(measured)), ""])


def _lines(measured: Sequence[Mapping[str, Any]]) -> Iterator[list[str]]:
    timed = [{(p["page"], p["person"]): p for p in run["pages"]} for run in measured]
    for key, last in timed[-1].items():
        times = [f"{run[key]['page_ms']:.0f}" if key in run else "–" for run in timed]
        least = last["sql_ms"] + last["bare_ms"]
        ratio = f"{last['page_ms'] / least:.1f}"
        who = _WORDS.get(key[1], key[1])
        yield [key[0], who, *times, f"{last['sql_ms']:.0f}", f"{last['bare_ms']:.0f}", ratio]


def plan_table(engine: str, run: Mapping[str, Any]) -> str:
    """The plan as bars and the joint calendar: time and weight of each page."""
    title = f"{engine}, plan of {run['tasks']:,} tasks beside {run['cases']:,} cases"
    facts = [
        (page["page"], f"{page['ms']:.0f} ms, {page['kb']:.0f} KB ({page['packed_kb']:.0f} packed)")
        for page in run["pages"]
    ]
    return facts_table(title, facts)


def facts_table(title: str, facts: Sequence[tuple[str, str]]) -> str:
    """Single figures."""
    rows = [_row(pair) for pair in [("what", "measured"), ("---", "---"), *facts]]
    return "\n".join([f"## {title}\n", *rows, ""])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
