"""Start-up time and memory of web server and worker: `python -m bench.processes`."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

SETTLE_S = 3.0
PATIENCE_S = 60.0


def web() -> dict[str, float]:
    """From the command to the first answer, and the memory of all its processes in MB."""
    port = _free_port()
    command = [sys.executable, "-m", "tongchuang", "serve", "--no-static", "--port", str(port)]
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        _wait_for(f"http://127.0.0.1:{port}/accounts/sign-in/", began)
        seconds = time.monotonic() - began
        time.sleep(SETTLE_S)
        sizes = [_memory_mb(pid) for pid in _family(process.pid)]
        return {"start_s": seconds, "rss_mb": sum(sizes), "largest_mb": max(sizes)}
    finally:
        _stop(process)


def worker() -> dict[str, float]:
    """From the command to its first line, and its memory in MB."""
    command = [sys.executable, "-m", "tongchuang", "work"]
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        seconds = time.monotonic() - began
        time.sleep(SETTLE_S)
        return {"start_s": seconds, "rss_mb": _memory_mb(process.pid)}
    finally:
        _stop(process)


def _wait_for(address: str, began: float) -> None:
    while time.monotonic() - began < PATIENCE_S:
        try:
            urllib.request.urlopen(address, timeout=5).close()  # noqa: S310 -- our own server
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"{address} did not answer")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _family(pid: int) -> list[int]:
    """A process and everything below it."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(member for child in children for member in _family(int(child)))]


def _memory_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def _stop(process: subprocess.Popen[bytes]) -> None:
    os.kill(process.pid, signal.SIGTERM)
    process.wait(timeout=30)


if __name__ == "__main__":
    print(json.dumps({"web": web(), "worker": worker()}))
