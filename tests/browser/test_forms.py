"""What somebody typed is neither lost nor sent twice."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route

from tests.browser.conftest import City

pytestmark = pytest.mark.browser


def test_typed_text_survives_a_lapsed_session(city: City, page_as: Callable[..., Page]) -> None:
    page = page_as("role:hq_director")
    page.goto("/cases/new/")
    words = page.locator("form[data-keep] input[name=title]")
    words.fill("东门污水外溢，漫过人行道")
    page.context.clear_cookies(name="sessionid")
    page.locator("form[data-keep] .tc-btn--primary").click()
    page.wait_for_url("**/accounts/sign-in/**")
    key = city.session_of("role:hq_director")
    page.context.add_cookies([{"name": "sessionid", "value": key, "url": city.url}])
    page.goto("/cases/new/")
    assert words.input_value() == "东门污水外溢，漫过人行道"


@pytest.mark.parametrize("name", ["cases:new", "cases:reject"])  # a whole page, a fragment
def test_a_form_is_sent_once_however_often_its_button_is_pressed(
    city: City, page_as: Callable[..., Page], name: str
) -> None:
    sent: list[str] = []

    def slowly(route: Route) -> None:
        if route.request.method == "POST":
            sent.append(route.request.url)
            time.sleep(0.5)
        route.continue_()

    page = page_as("owner")
    page.goto(city.page(name)["path"])
    page.route("**/*", slowly)
    page.locator("form[data-keep] .tc-btn--primary").dblclick()
    page.wait_for_load_state("networkidle")
    assert len(sent) == 1
