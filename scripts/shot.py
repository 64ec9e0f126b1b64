"""Takes a picture of a page.

    python scripts/shot.py URL out.png --width 390 --full --login USERNAME --lang en

`--login` opens a session straight in the database of the present environment, so run it with the
same TONGCHUANG_* variables as the server.
"""

import argparse
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.browser import launch  # noqa: E402  the project's root must be on the path

_SETTLE_MS = 300  # for charts and maps to be drawn
LANGUAGES = {"zh": "zh-CN", "en": "en-GB"}


def session_key(username: str) -> str:
    """A new session of `username`; a subprocess, because Django and Playwright do not mix."""
    asked = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "session.py"), username],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return asked.stdout.split()[-1]


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: which page, how wide, for whom, in which language."""

    url: str
    out: Path
    width: int = 1440
    height: int = 0
    full: bool = False
    session: str = ""
    lang: str = "zh"

    @property
    def is_phone(self) -> bool:
        """Narrow pages are taken as a phone shows them: taller and twice as sharp."""
        return self.width < 600


def take(browser: Browser, shot: Shot) -> list[str]:
    """Write the picture; returns what the page complained about."""
    height = shot.height or (844 if shot.is_phone else 900)
    context = browser.new_context(
        viewport={"width": shot.width, "height": height},
        locale=LANGUAGES[shot.lang],
        device_scale_factor=2 if shot.is_phone else 1,
        timezone_id="Asia/Shanghai",
    )
    if shot.session:
        host = urlsplit(shot.url).hostname or "127.0.0.1"
        context.add_cookies(
            [{"name": "sessionid", "value": shot.session, "domain": host, "path": "/"}]
        )
    complaints: list[str] = []
    page = context.new_page()
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    response = page.goto(shot.url, wait_until="load")
    page.wait_for_timeout(_SETTLE_MS)
    if response and response.status >= 400:
        complaints.append(f"HTTP {response.status}")
    shot.out.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=shot.out, full_page=shot.full)
    context.close()
    return complaints


def main() -> int:
    """One picture by command line; ends with 1 when the page complained."""
    parser = argparse.ArgumentParser(description="Take a picture of a page.")
    parser.add_argument("url")
    parser.add_argument("out", type=Path)
    parser.add_argument("--width", type=int, default=1440)
    parser.add_argument("--height", type=int, default=0)
    parser.add_argument("--full", action="store_true", help="the whole page, not the first screen")
    parser.add_argument("--login", default="", metavar="USERNAME")
    parser.add_argument("--lang", choices=LANGUAGES, default="zh")
    chosen = parser.parse_args()
    session = session_key(chosen.login) if chosen.login else ""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        shot = Shot(
            chosen.url, chosen.out, chosen.width, chosen.height, chosen.full, session, chosen.lang
        )
        complaints = take(browser, shot)
        browser.close()
    for line in complaints:
        print(line, file=sys.stderr)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
