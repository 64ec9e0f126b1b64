"""Reach: the union of the subtrees of one's roles, own and stood in for."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, cast

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import actions_of, can, reach, require, requires, signed_in
from tongchuang.accounts.roles import ACTIONS, ROBOT_ROLE, ROLES, roles_with
from tongchuang.accounts.services import robot
from tongchuang.accounts.tests.make import (
    make_absence,
    make_city,
    make_membership,
    make_unit,
    make_user,
)

# A tree as a list: each number names the parent among the earlier units; -1 is a new root.
TREES = st.lists(st.integers(-1, 8), min_size=1, max_size=9)
PLACES = st.sets(st.integers(0, 8), max_size=3)
TODAY = date(2016, 3, 8)


def make_tree(parents: list[int]) -> list[Unit]:
    units: list[Unit] = []
    for parent in parents:
        above = units[parent % len(units)] if units and parent >= 0 else None
        units.append(make_unit(parent=above))
    return [Unit.objects.get(pk=unit.pk) for unit in units]


def subtree_ids(units: list[Unit], tops: list[Unit]) -> set[int]:
    return {u.pk for u in units for top in tops if u.path.startswith(top.path)}


class ReachProperties(TestCase):
    @given(parents=TREES, places=PLACES)
    def test_reach_is_the_union_of_subtrees(self, parents: list[int], places: set[int]) -> None:
        units = make_tree(parents)
        tops = [units[place % len(units)] for place in places]
        user = make_user()
        for top in {top.pk: top for top in tops}.values():
            make_membership(user=user, role="unit_clerk", unit=top)
        assert reach(user, "cases.view").unit_ids == subtree_ids(units, tops)

    @given(parents=TREES, places=PLACES)
    def test_everything_means_nothing_but_ancestors_is_left_out(
        self, parents: list[int], places: set[int]
    ) -> None:
        units = make_tree(parents)
        tops = [units[place % len(units)] for place in places]
        user = make_user()
        for top in {top.pk: top for top in tops}.values():
            make_membership(user=user, role="hq_director", unit=top)
        inside = subtree_ids(units, tops)
        above = {u.pk for u in units for top in tops if top.path.startswith(u.path)}
        expected = bool(tops) and {u.pk for u in units} <= inside | above
        assert reach(user, "cases.view").everything == expected

    @given(
        parents=TREES, place=st.integers(0, 8), from_on=st.integers(-3, 3), days=st.integers(0, 3)
    )
    def test_a_deputy_reaches_what_the_absent_reaches_on_those_days(
        self, parents: list[int], place: int, from_on: int, days: int
    ) -> None:
        units = make_tree(parents)
        absent = make_user(role="unit_head", unit=units[place % len(units)])
        deputy = make_user()
        first = TODAY + timedelta(days=from_on)
        last = first + timedelta(days=days)
        make_absence(person=absent, deputy=deputy, from_on=first, to_on=last)
        same = reach(deputy, "cases.view") == reach(absent, "cases.view")
        assert same == (first <= TODAY <= last)

    @given(from_on=st.integers(-3, 3), to_on=st.none() | st.integers(-3, 3))
    def test_a_role_counts_from_its_first_to_its_last_day(
        self, from_on: int, to_on: int | None
    ) -> None:
        unit, user = make_unit(), make_user()
        last = None if to_on is None else TODAY + timedelta(days=to_on)
        first = TODAY + timedelta(days=from_on)
        make_membership(user=user, role="unit_clerk", unit=unit, from_on=first, to_on=last)
        assert can(user, "cases.view", unit) == (first <= TODAY and (last is None or last >= TODAY))


@pytest.mark.django_db
def test_permission_checks_cost_two_queries_however_many_there_are() -> None:
    city = make_city()
    user = make_user(role="unit_clerk", unit=city.bureau)
    make_membership(user=user, role="inspector", unit=city.street)
    make_membership(user=user, role="final_reviewer", unit=city.root)
    with CaptureQueriesContext(connection) as queries:
        for action in ACTIONS:
            can(user, action, city.grid)
        actions_of(user)
    assert len(queries) == 2


@pytest.mark.django_db
def test_strangers_and_the_deactivated_reach_nothing() -> None:
    city = make_city()
    city.director.is_active = False
    assert not reach(city.director, "cases.view")
    assert not reach(AnonymousUser(), "cases.view")
    assert actions_of(city.director) == frozenset()


@pytest.mark.django_db
def test_an_action_that_no_role_grants_is_a_mistake() -> None:
    with pytest.raises(LookupError):
        can(make_user(), "cases.fly")


@pytest.mark.django_db
def test_the_robot_acts_everywhere_but_only_what_its_role_grants() -> None:
    make_city()
    assert reach(robot(), "cases.supervise").everything
    assert not reach(robot(), "supervision.seal")


@pytest.mark.django_db
def test_require_raises_outside_the_scope() -> None:
    city = make_city()
    require(city.bureau_clerk, "cases.handle", city.bureau)
    with pytest.raises(PermissionDenied):
        require(city.bureau_clerk, "cases.handle", city.street)


@pytest.mark.parametrize("role", [role for role in ROLES if role != ROBOT_ROLE])
def test_no_role_holds_everything(role: str) -> None:
    assert ROLES[role].actions < ACTIONS
    assert ROLES[role].label


def test_who_manages_accounts_changes_no_records_and_reads_no_reporters() -> None:
    changes = {"cases.dispatch", "cases.handle", "assessment.value", "public.reporter"}
    assert not ROLES["admin"].actions & changes
    assert roles_with("public.reporter") == ["hotline_agent"]


def test_the_auditor_only_reads() -> None:
    assert all(action.endswith((".view", ".cockpit")) for action in ROLES["auditor"].actions)


# Views
Answer = Callable[..., HttpResponse]


@requires("accounts.manage")
def page(_request: Any) -> HttpResponse:
    return HttpResponse("in")


@signed_in
def own_page(_request: Any) -> HttpResponse:
    return HttpResponse("in")


def visit(
    view: Any, user: User | AnonymousUser, method: str = "get", **headers: str
) -> HttpResponse:
    request = getattr(RequestFactory(), method)("/somewhere/?a=1", headers=headers)
    request.user = user
    return cast(HttpResponse, view(request))


def test_a_stranger_is_sent_to_sign_in_and_comes_back() -> None:
    answer = visit(page, AnonymousUser())
    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/sign-in/?next=/somewhere/%3Fa%3D1"


def test_a_stranger_who_posted_comes_back_to_the_page_of_the_form() -> None:
    answer = visit(page, AnonymousUser(), "post", Referer="http://testserver/cases/1/?tab=2")
    assert answer["Location"] == "/accounts/sign-in/?next=/cases/1/%3Ftab%3D2"


def test_a_foreign_referer_leads_nowhere() -> None:
    answer = visit(page, AnonymousUser(), "post", Referer="https://evil.example/x")
    assert "evil" not in answer["Location"]


def test_a_fragment_of_a_stranger_makes_the_whole_page_move() -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/cases/"}
    answer = visit(page, AnonymousUser(), **headers)
    assert answer["HX-Redirect"] == "/accounts/sign-in/?next=/cases/"


@pytest.mark.django_db
def test_a_one_time_password_must_be_changed_before_anything_else() -> None:
    user = make_user(role="admin", unit=make_unit(), must_change_password=True)
    for view in (page, own_page):
        assert visit(view, user)["Location"].startswith("/accounts/me/password/?next=")


@pytest.mark.django_db
def test_whoever_lacks_the_action_everywhere_is_refused() -> None:
    with pytest.raises(PermissionDenied):
        visit(page, make_city().director)
    assert visit(own_page, make_user()).content == b"in"
