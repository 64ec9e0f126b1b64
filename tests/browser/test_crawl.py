"""Every page at three widths: it works, fits, speaks to nobody else, and everyone can use it."""

import json
import subprocess
from pathlib import Path
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import HEIGHTS, City, Visitors, Watch
from tests.pages import all_pages

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parent.parent.parent
VALIDATOR = ROOT / "frontend/node_modules/.bin/html-validate"
RULES = Path(__file__).parent / "html-validate.json"
NAMES = sorted({row.name for row in all_pages() if row.is_page})
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
WIDEST = """() => [...document.querySelectorAll('body *')]
    .filter(part => part.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .map(part => part.tagName + '.' + part.className).slice(0, 6)"""


def _faults(page: Page) -> list[str]:
    """What somebody with an impaired sense could not use."""
    rules = {"resultTypes": ["violations"]}
    return [
        f"{fault['id']}: {node['target']} {node.get('failureSummary', '')[:160]}"
        for fault in Axe().run(page, options=rules).response["violations"]
        if fault["impact"] in {"serious", "critical"}
        for node in fault["nodes"]
    ]


def _misfits(page: Page, width: int) -> list[str]:
    """What makes the page scroll sideways at that width."""
    page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
    return page.evaluate(WIDEST) if page.evaluate(SIDEWAYS) > 0 else []


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("name", NAMES)
def test_a_page_works_and_fits(
    city: City, visitors: Visitors, watch: Watch, name: str, width: int
) -> None:
    row = city.page(name)
    page = visitors.page(row["part"], width)
    with watch.over(page):
        response = page.goto(row["path"])
        assert response is not None
        assert response.status == 200
        assert page.locator("h1").count() == 1
        assert _faults(page) == []
        for tried in (1024, 1440) if width == 1440 else (390,):
            assert (tried, _misfits(page, tried)) == (tried, [])
        if width == 1440:  # figures and shapes that a script asks for; once is enough
            page.wait_for_load_state("networkidle")
    assert watch.errors == []
    assert watch.foreign == []


def test_the_html_of_every_page_is_valid(city: City, tmp_path: Path) -> None:
    for name in NAMES:
        row = city.page(name)
        cookies = {"Cookie": f"sessionid={city.sessions.get(row['part'], '')}"}
        address = city.url + quote(row["path"], safe="/?=&%")
        request = Request(address, headers=cookies)  # noqa: S310  our own server
        with urlopen(request, timeout=60) as response:  # noqa: S310  our own server
            (tmp_path / f"{name.replace(':', '-')}.html").write_bytes(response.read())
    command = [str(VALIDATOR), "--config", str(RULES), "--formatter", "json", str(tmp_path)]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    faults = [
        f"{Path(paper['filePath']).name}:{fault['line']} {fault['ruleId']}: {fault['message']}"
        for paper in (json.loads(said.stdout) if said.stdout else [])
        for fault in paper["messages"]
    ]
    assert faults == [], said.stderr
    assert said.returncode == 0, said.stderr
