"""The builders that every app's tests stand on."""

import pytest

from tongchuang.accounts.permissions import can, reach
from tongchuang.accounts.tests.make import make_absence, make_city, make_post, make_unit, make_user


@pytest.mark.django_db
def test_the_city_has_its_people_in_their_places() -> None:
    city = make_city()
    assert reach(city.director, "cases.dispatch").everything
    assert can(city.bureau_clerk, "cases.accept", city.bureau)
    assert not can(city.bureau_clerk, "cases.accept", city.other_bureau)
    assert can(city.street_clerk, "cases.accept", city.grid)


@pytest.mark.django_db
def test_a_deputy_holds_the_memberships_of_the_absent() -> None:
    unit = make_unit()
    head, deputy = make_user(role="unit_head", unit=unit), make_user()
    make_post(unit=unit, holder=head)
    make_absence(person=head, deputy=deputy)
    assert can(deputy, "campaigns.sign_plan", unit)
