"""How long a thing takes: the median of warm repetitions."""

import os
import platform
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

REPEATS = int(os.environ.get("TONGCHUANG_BENCH_REPEATS", "15"))
WARM_UP = 2
LONG_S = 2.0


def milliseconds(act: Callable[[], object], *, repeats: int = REPEATS) -> float:
    """Median duration of `act` after warming up; fewer repetitions when one takes long."""
    first = _once(act)
    if first > LONG_S:
        return median([first, _once(act), _once(act)]) * 1000
    for _ in range(WARM_UP - 1):
        act()
    return median(_once(act) for _ in range(repeats)) * 1000


def _once(act: Callable[[], object]) -> float:
    began = perf_counter()
    act()
    return perf_counter() - began


def machine() -> str:
    """The size of this machine and what else it does now."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = ", ".join(f"{part:.1f}" for part in os.getloadavg())
    return (
        f"{os.cpu_count()} cores ({_processor()}), {memory:.0f} GB, Python "
        f"{platform.python_version()}; load average while measuring {load}"
    )


def _processor() -> str:
    facts = Path("/proc/cpuinfo")
    lines = facts.read_text().splitlines() if facts.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
