"""Takes the pictures of the READMEs and of docs/tour.md from the running demonstration.

    make run           in one terminal
    make screenshots   in another

`BASE=http://host:port` names another server on the same database.
"""

import os
import sys
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.browser import launch  # noqa: E402  the project's root must be on the path
from scripts.shot import Shot, session_key, take  # noqa: E402  as above

BASE = os.environ.get("BASE", "") or f"http://127.0.0.1:{os.environ.get('PORT') or '8000'}"
OUT = ROOT / "docs" / "images"

# Name of the picture, address, who looks at it, widths.
PICTURES: list[tuple[str, str, str, tuple[int, ...]]] = [
    ("sign-in", "/accounts/sign-in/", "", (1440,)),
    ("cockpit", "/cockpit/", "role:hq_director", (1440,)),
    ("cases", "/cases/", "role:hq_dispatcher", (1440,)),
    ("heat", "/assessment/", "role:hq_director", (1440,)),
    (
        "crosswalk",
        "/standards/crosswalk/clauses/nsc2014.a10.r1/",
        "role:hq_director",
        (1440,),
    ),
    ("bulletin", "/supervision/", "role:hq_director", (1440,)),
    ("todo", "/", "role:town_clerk", (390,)),
    ("report", "/p/", "", (390,)),
]


def main() -> int:
    """All pictures in both languages; ends with 1 when a page complained."""
    try:
        urlopen(f"{BASE}/healthz", timeout=5).close()  # noqa: S310  our own server
    except URLError:
        print(f"No server answers at {BASE}. Start it with `make run` first.", file=sys.stderr)
        return 1
    complained = False
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for name, path, person, widths in PICTURES:
            session = session_key(person) if person else ""
            for width in widths:
                for lang in ("zh", "en"):
                    out = OUT / f"{name}-{width}-{lang}.png"
                    found = take(browser, Shot(BASE + path, out, width, session=session, lang=lang))
                    print(f"{out.relative_to(ROOT)}  {'; '.join(found) or 'ok'}")
                    complained = complained or bool(found)
        browser.close()
    return int(complained)


if __name__ == "__main__":
    sys.exit(main())
