"""The menu and the frame of every page."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.http import HttpRequest
from django.test import RequestFactory
from pytest_django import DjangoAssertNumQueries

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.tests.make import make_unit, make_user
from tongchuang.config import navigation
from tongchuang.config.navigation import MENU, Shell

pytestmark = pytest.mark.django_db
PATHS = {entry.url_name: f"/{i}/" for i, entry in enumerate(e for _g, es in MENU for e in es)}


@pytest.fixture(autouse=True)
def _addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "address", lambda name: PATHS.get(name, ""))


def _request(role: str, path: str = "/") -> HttpRequest:
    city = make_unit("示例市", kind=Unit.Kind.CITY)
    user = make_user("wang", role=role, unit=city)
    request = RequestFactory().get(path)
    request.user, request.session = User.objects.get(pk=user.pk), SessionStore()
    return request


def _labels(shell: Shell) -> list[str]:
    return [str(link.label) for group in shell.nav for link in group.links]


def test_the_menu_shows_only_what_the_person_may_use() -> None:
    assert "操作日志" in _labels(Shell(_request("hq_director")))


def test_a_handler_sees_no_cockpit_and_no_audit_log() -> None:
    labels = _labels(Shell(_request("unit_head")))
    assert "问题案件" in labels
    assert not {"驾驶舱", "操作日志"} & set(labels)


def test_groups_without_entries_are_left_out() -> None:
    headings = [str(group.label) for group in Shell(_request("unit_head")).nav]
    assert "群众" not in headings


def test_a_page_below_an_entry_marks_it() -> None:
    shell = Shell(_request("hq_director", PATHS["cases:list"] + "17/"))
    current = [str(link.label) for group in shell.nav for link in group.links if link.current]
    assert current == ["问题案件"]


def test_every_letter_goes_to_one_place() -> None:
    keys = [entry.key for _group, entries in MENU for entry in entries]
    assert len(keys) == len(set(keys))


def test_the_frame_costs_four_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    shell = Shell(_request("hq_director"))
    with django_assert_num_queries(4):
        assert shell.nav
        assert shell.campaigns == []
        assert shell.city == "示例市"


def test_a_fragment_that_shows_no_frame_asks_nothing(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    request = _request("hq_director")
    with django_assert_num_queries(0):
        navigation.shell(request)


def test_a_stranger_gets_an_empty_frame() -> None:
    request = RequestFactory().get("/")
    request.user, request.session = AnonymousUser(), SessionStore()
    shell = Shell(request)
    assert shell.campaigns == []
    assert "问题案件" not in _labels(shell)
