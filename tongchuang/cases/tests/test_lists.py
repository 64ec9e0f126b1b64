"""Lists: whoever asks and however, the same cases are found."""

import pytest

from tongchuang.accounts.models import User
from tongchuang.accounts.tests.make import make_user
from tongchuang.cases.models import Case, CaseHelper
from tongchuang.cases.queries.lists import TABS, CaseFilter, case_list, tab_condition, tab_counts
from tongchuang.cases.tests.make import (
    Town,
    accepted,
    closed,
    dispatched,
    make_case,
    make_site,
    make_town,
    replied,
)
from tongchuang.core import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    """A city with cases in several states whose parties are different units."""
    town = make_town()
    city = town.city
    elsewhere = make_site(city.street)
    for make in (dispatched, accepted, replied, closed):
        make(town)
    for to in (city.bureau, city.other_bureau, city.street):
        dispatched(town, to=to, site=elsewhere)
    helped = dispatched(town, to=city.bureau)
    CaseHelper.objects.create(case=helped, unit=city.other_bureau)
    make_case(town, by=city.dispatcher)
    return town


def _people(town: Town) -> list[User]:
    city = town.city
    stranger = make_user(role="unit_clerk", unit=city.grid, over=city.grid)
    clerks = [city.bureau_clerk, city.other_clerk, city.street_clerk]
    return [*clerks, stranger, city.dispatcher, town.checker]


@pytest.mark.parametrize("tab", [*TABS, "nonsense"])
def test_a_list_shows_what_one_may_see_and_nothing_else(town: Town, tab: str) -> None:
    at = clock.now()
    for person in _people(town):
        allowed = Case.objects.visible_to(person).filter(tab_condition(tab, at))
        listed = case_list(person, CaseFilter(tab=tab), at=at)
        assert sorted(listed.values_list("pk")) == sorted(allowed.values_list("pk"))


def test_the_people_of_this_test_see_different_cases(town: Town) -> None:
    seen = {
        frozenset(case_list(person, CaseFilter(tab="all"), at=clock.now()).values_list("pk"))
        for person in _people(town)
    }
    assert len(seen) >= 4


@pytest.mark.parametrize("tab", ["open", "today", "sign", "fix", "check", "closed"])
def test_a_tab_says_how_many_cases_it_holds(town: Town, tab: str) -> None:
    at = clock.now()
    for person in _people(town):
        wanted = CaseFilter(tab=tab)
        counted = tab_counts(person, wanted, at=at)[tab].number
        assert counted == case_list(person, wanted, at=at).count()
