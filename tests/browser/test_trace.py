"""One figure is followed from its paper into the readiness of four campaigns, by clicks alone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

FIGURE = "生活垃圾无害化处理率"


def test_a_figure_is_traced_from_its_paper_to_four_campaigns(
    page_as: Callable[..., Page],
) -> None:
    page = page_as("fangyuan")
    page.goto("/dossiers/papers/?year=2015")
    page.get_by_role("searchbox").last.fill("2015 年统计年报")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="2015 年统计年报").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2015 年统计年报")
    page.locator("#figures").get_by_role("link", name=FIGURE, exact=True).first.click()
    uses = page.url
    value = page.locator("h1 ~ p b, .tc-head p b").first.inner_text().split()[0]
    seen = set()
    for number in range(page.locator("a[href*='/assessment/cells/']").count()):
        page.goto(uses)
        page.locator("a[href*='/assessment/cells/']").nth(number).click()
        code = re.findall(r"campaign=(\w+)", page.url)[0]
        line = page.locator(f"[id='{page.url.split('#')[1]}']")
        expect(line).to_contain_text(value)
        if code != "NSC":
            expect(line).to_contain_text("的数得出")
            expect(line.locator("a[href*='/crosswalk/pairs/']")).to_be_visible()
        line.locator("a[href*='/assessment/figures/']").first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text(FIGURE)
        page.go_back()
        page.locator(f"[id='{page.url.split('#')[1]}']").get_by_role(
            "link", name="2015 年统计年报"
        ).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("2015 年统计年报")
        seen.add(code)
    assert seen >= {"NSC", "PSC", "NGC", "ECO"}
