"""A real server with the small city, and a real browser before it."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Request,
    sync_playwright,
)

from scripts.browser import launch

ROOT = Path(__file__).resolve().parent.parent.parent
HEIGHTS = {1440: 900, 1024: 768, 390: 844}


@dataclass(frozen=True, slots=True)
class City:
    """The served city: its address, a session for each part, the pages of the walk."""

    url: str
    sessions: dict[str, str]
    pages: list[dict[str, str]]
    environment: dict[str, str]

    def page(self, name: str) -> dict[str, str]:
        """The path and the reader of one page."""
        return next(row for row in self.pages if row["name"] == name)

    def session_of(self, username: str) -> str:
        """A new session of any person of the city."""
        return _output("scripts/session.py", username, environment=self.environment).split()[-1]


@dataclass  # without slots: Playwright marks the object whose method it calls
class Watch:
    """What went wrong on the pages that were opened."""

    host: str
    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def on_request(self, request: Request) -> None:
        """Note every request that leaves the city's own server."""
        if not request.url.startswith((self.host, "data:", "blob:")):
            self.foreign.append(request.url)

    def on_console(self, said: ConsoleMessage) -> None:
        """Note what the browser complains of."""
        if said.type == "error":
            self.errors.append(f"{said.text} {said.location.get('url', '')}")

    def on_error(self, error: Error) -> None:
        """Note a script that broke off."""
        self.errors.append(str(error))

    @contextmanager
    def over(self, page: Page) -> Iterator[Page]:
        """Watch a page for a while."""
        listeners: tuple[tuple[Any, Any], ...] = (
            ("console", self.on_console),
            ("pageerror", self.on_error),
            ("request", self.on_request),
        )
        for name, listener in listeners:
            page.on(name, listener)
        yield page
        for name, listener in listeners:
            page.remove_listener(name, listener)


@dataclass(slots=True)
class Visitors:
    """One window for each person and width, kept open from page to page."""

    city: City
    browser: Browser
    _pages: dict[tuple[str, int], Page] = field(default_factory=dict)

    def page(self, person: str, width: int) -> Page:
        """The window of that person (a part or a username), signed in."""
        if (person, width) not in self._pages:
            self._pages[person, width] = self.window(person, width).new_page()
        return self._pages[person, width]

    def window(self, person: str, width: int) -> BrowserContext:
        """A new window of their own."""
        context = self.browser.new_context(
            base_url=self.city.url,
            viewport={"width": width, "height": HEIGHTS.get(width, 900)},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
        )
        if person != "stranger":
            key = self.city.sessions.get(person) or self.city.session_of(person)
            context.add_cookies([{"name": "sessionid", "value": key, "url": self.city.url}])
        return context


def _output(*command: str, environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_served(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert server.poll() is None, "the server ended before it answered"
        try:
            urlopen(f"{url}/healthz", timeout=10).close()  # noqa: S310  our own server
        except OSError:  # nobody listens yet, or it is still slow
            time.sleep(0.2)
        else:
            return
    pytest.fail("the server did not answer within two minutes")


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """Generate the small city in a folder of its own and serve it as `make run` does."""
    environment = os.environ | {
        "TONGCHUANG_VAR": str(tmp_path_factory.mktemp("city")),
        "TONGCHUANG_DEMO": "1",
        "DJANGO_SETTINGS_MODULE": "tongchuang.config.settings",
    }
    environment.pop("TONGCHUANG_DATABASE", None)
    building: list[tuple[str, ...]] = [
        ("migrate", "--noinput", "-v", "0"),
        ("load_standards", "-v", "0"),
        ("demo", "--size", "small"),
    ]
    for command in building:
        _output("-m", "tongchuang", *command, environment=environment)
    known = json.loads(_output("-m", "tests.browser.city", environment=environment))
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    serve = [
        sys.executable,
        "-m",
        "tongchuang",
        "serve",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    server = subprocess.Popen(serve, cwd=ROOT, env=environment)
    try:
        _wait_until_served(url, server)
        yield City(url, known["sessions"], known["pages"], environment)
    finally:
        server.terminate()
        server.wait(timeout=30)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The browser of this machine."""
    with sync_playwright() as playwright:
        started = launch(playwright)
        yield started
        started.close()


@pytest.fixture
def watch(city: City) -> Watch:
    """Collects errors and foreign requests of every page opened by `page_as`."""
    return Watch(city.url)


@pytest.fixture(scope="session")
def visitors(city: City, browser: Browser) -> Visitors:
    """The people of the crawl: `visitors.page("owner", 390)`."""
    return Visitors(city, browser)


@pytest.fixture
def page_as(visitors: Visitors, watch: Watch) -> Iterator[Callable[..., Page]]:
    """`page_as("owner", 390)`: a fresh page in which that person is signed in."""
    with ExitStack() as closing:

        def opened(person: str, width: int = 1440) -> Page:
            context = visitors.window(person, width)
            closing.callback(context.close)
            return closing.enter_context(watch.over(context.new_page()))

        yield opened
