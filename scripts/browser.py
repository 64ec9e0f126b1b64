"""Finds Chromium and starts it the one way that works everywhere."""

import os
import shutil
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Playwright

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_PLACES: Final = ("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",)
# Runs as root, without a graphics card and without talking to anybody.
FLAGS: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_browser() -> str | None:
    """The path of a browser: the one named by BROWSER, or the first that is installed."""
    named = os.environ.get("BROWSER", "")
    if named and Path(named).exists():
        return named
    for name in _NAMES:
        found = shutil.which(name)
        if found:
            return found
    return next((place for place in _PLACES if Path(place).exists()), None)


def launch(playwright: Playwright) -> Browser:
    """Start the browser; raises `RuntimeError` when there is none."""
    found = find_browser()
    if found is None:
        raise RuntimeError(
            "no Chromium or Chrome was found; install one, or name it: BROWSER=/path"
        )
    return playwright.chromium.launch(executable_path=found, args=FLAGS)
