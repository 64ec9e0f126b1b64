"""Who leads, by rules that hold on a day."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from tongchuang.accounts.models import Unit
from tongchuang.accounts.tests.make import City, make_city, make_unit
from tongchuang.places import services
from tongchuang.places.models import LeadRule
from tongchuang.places.queries import lead_rule_for
from tongchuang.places.tests.make import make_site

pytestmark = pytest.mark.django_db
DAY = date(2016, 3, 8)


@pytest.fixture
def city() -> City:
    return make_city()


def rule(city: City, **fields: Any) -> LeadRule:
    values: dict[str, Any] = {
        "kind": "agreement",
        "party": "unit",
        "unit": city.bureau,
        "source": "协议",
        "from_on": date(2016, 1, 1),
    }
    return services.add_lead_rule(by=city.director, **{**values, **fields})


def test_a_rule_for_this_place_goes_before_a_ruling_for_its_kind(city: City) -> None:
    site = make_site(territory=city.community)
    wide = rule(city, kind="ruling", site_type=site.site_type, territory=city.street)
    assert lead_rule_for(site, None, city.community, on=DAY) == wide
    own = rule(city, site=site)
    assert lead_rule_for(site, None, city.community, on=DAY) == own


def test_a_ruling_goes_before_an_agreement_and_that_before_the_kind(city: City) -> None:
    site = make_site(territory=city.community)
    by_kind = rule(city, kind="type", site_type=site.site_type)
    assert lead_rule_for(site, None, city.community, on=DAY) == by_kind
    agreed = rule(city, territory=city.street)
    assert lead_rule_for(site, None, city.community, on=DAY) == agreed
    ruled = rule(city, kind="ruling", territory=city.street)
    assert lead_rule_for(site, None, city.community, on=DAY) == ruled


def test_a_rule_holds_between_its_days_only(city: City) -> None:
    one = rule(city, territory=city.street, from_on=date(2016, 3, 8))
    services.end_lead_rule(one, on=date(2016, 3, 10), by=city.director)
    days = [date(2016, 3, 7), date(2016, 3, 8), date(2016, 3, 10), date(2016, 3, 11)]
    found = [lead_rule_for(None, None, city.grid, on=day) is not None for day in days]
    assert found == [False, True, True, False]


def test_a_rule_of_another_territory_does_not_count(city: City) -> None:
    rule(city, territory=make_unit(parent=city.root, kind=Unit.Kind.STREET))
    assert lead_rule_for(None, None, city.grid, on=DAY) is None


def test_a_rule_without_a_place_or_without_a_unit_is_refused(city: City) -> None:
    with pytest.raises(ValidationError):
        rule(city)
    with pytest.raises(ValidationError):
        rule(city, territory=city.street, unit=None)


def test_a_clerk_sets_no_rule(city: City) -> None:
    with pytest.raises(PermissionDenied):
        services.add_lead_rule(by=city.bureau_clerk, kind="agreement", party="territory")


def test_a_rule_is_entered_and_ended_on_its_page(city: City) -> None:
    client = Client()
    client.force_login(city.director)
    typed = {
        "kind": "agreement",
        "territory": city.street.pk,
        "party": "unit",
        "unit": city.bureau.pk,
        "source": "示管协〔2016〕1号",
        "from_on": "2016-01-01",
    }
    assert client.post("/places/leads/new/", {**typed, "unit": ""}).status_code == 422
    assert client.post("/places/leads/new/", typed).status_code == 302
    page = client.get("/places/leads/").content.decode()
    assert "示管协〔2016〕1号" in page
    made = LeadRule.objects.get()
    client.post(f"/places/leads/{made.pk}/end/")
    made.refresh_from_db()
    assert made.to_on is not None
