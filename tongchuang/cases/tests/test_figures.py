"""Figures over cases, to-do and searching."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tongchuang.accounts.models import Unit
from tongchuang.cases import queries, services
from tongchuang.cases.models import Case
from tongchuang.cases.queries import CaseFilter
from tongchuang.cases.services import propose_lead
from tongchuang.cases.tests.make import (
    Town,
    accepted,
    closed,
    dispatched,
    later,
    make_case,
    make_class,
    make_site,
    make_town,
    replied,
)
from tongchuang.core import clock
from tongchuang.places.models import LeadRule

pytestmark = pytest.mark.django_db
MARCH = {"first": date(2016, 3, 1), "last": date(2016, 3, 31)}


@pytest.fixture
def town() -> Town:
    return make_town()


def test_closing_figures_count_the_cohort_that_fell_due(town: Town) -> None:
    closed(town)
    accepted(town)
    late = replied(town)
    Case.objects.filter(pk=late.pk).update(reworks=1, replied_at=clock.now() + timedelta(days=9))
    services.close_case(late, by=town.checker, no_photo_reason="无")
    bureau = town.city.bureau
    found = queries.closing_figures([bureau], at=clock.now() + timedelta(days=20), **MARCH)
    figures = found[bureau.pk]
    assert (figures.filed, figures.due, figures.closed, figures.on_time) == (3, 3, 2, 1)
    assert figures.first_pass_rate == 0.5
    assert figures.on_time_rate == pytest.approx(1 / 3)


def test_a_unit_without_cases_has_no_rate(town: Town) -> None:
    unit = town.city.street
    figures = queries.closing_figures([unit], at=clock.now(), **MARCH)[unit.pk]
    assert figures.due == 0
    assert figures.on_time_rate is None
    assert figures.lasting_rate is None


def test_a_merged_case_counts_nowhere(town: Town) -> None:
    one, other = make_case(town), make_case(town)
    services.merge_case(other, into=one, by=town.city.dispatcher)
    cases = Case.objects.all()
    found = queries.closing_by_unit(cases, at=clock.now(), **MARCH)
    assert found[None].filed == 1


def test_the_flow_of_a_day(town: Town) -> None:
    closed(town)
    dispatched(town)
    flow = queries.flow_of_day(town.city.director, clock.today(), at=clock.now())
    assert (flow.found, flow.dispatched, flow.closed, flow.open, flow.overdue) == (2, 2, 1, 1, 0)


def _sign_after(town: Town, *hours: float, to: Unit | None = None) -> None:
    """The unit signs for as many cases, each so many hours after it was sent."""
    unit = to or town.city.bureau
    clerk = town.city.bureau_clerk if unit == town.city.bureau else town.city.other_clerk
    for one in hours:
        case = dispatched(town, to=unit)
        with later(hours=one):
            services.accept_case(case, by=clerk)


def _slow(town: Town, **asked: Any) -> list[queries.SlowHand]:
    today = clock.today()
    period = {"first": today, "last": today + timedelta(days=9), **asked}
    return queries.slowest_hands(town.city.director, **period)


@pytest.mark.parametrize(
    ("hours", "median"),
    [((6,), 6), ((1, 3), 2), ((1, 2, 30), 2), ((4, 1, 2, 100), 3), ((5, 5, 5, 5, 90), 5)],
)
def test_the_slowest_hand_is_named_with_its_median_time(
    town: Town, hours: tuple[int, ...], median: int
) -> None:
    _sign_after(town, *hours)
    [slow] = _slow(town)
    assert (slow.unit, slow.stage, slow.cases) == (town.city.bureau, "sign", len(hours))
    assert slow.median == timedelta(hours=median)
    assert slow.limit is not None


def test_one_case_that_lay_for_days_makes_no_unit_the_slowest(town: Town) -> None:
    _sign_after(town, 1, 1, 200)
    _sign_after(town, 3, 3, 3, to=town.city.other_bureau)
    assert [one.unit for one in _slow(town)] == [town.city.other_bureau, town.city.bureau]
    assert len(_slow(town, most=1)) == 1


def test_the_slowest_hands_cost_two_queries_however_many_cases(town: Town) -> None:
    _sign_after(town, 1)
    _slow(town)
    with CaptureQueriesContext(connection) as few:
        _slow(town)
    _sign_after(town, 2, 3, 4, 5)
    _sign_after(town, 2, 3, to=town.city.other_bureau)
    with CaptureQueriesContext(connection) as many:
        _slow(town)
    assert len(many) == len(few) == 2


def test_todo_counts_what_waits_for_me(town: Town) -> None:
    dispatched(town)
    make_case(town)
    replied(town)
    at = clock.now()
    mine = {line.key: line.count.number for line in queries.todo_for(town.city.bureau_clerk, at=at)}
    assert mine == {"sign": 1}
    office = {line.key: line.count.number for line in queries.todo_for(town.city.dispatcher, at=at)}
    assert office == {"dispatch": 1}
    checker = {line.key: line.count.number for line in queries.todo_for(town.checker, at=at)}
    assert checker == {"check": 1}


def test_a_case_is_found_by_words_of_its_place(town: Town) -> None:
    case = make_case(town, title="油烟直排", address="文昌路 112 号")
    make_case(town)
    wanted = CaseFilter(tab="all", q="文昌路")
    assert list(queries.case_list(town.city.director, wanted, at=clock.now())) == [case]


def test_tabs_count_under_the_other_filters(town: Town) -> None:
    make_case(town, grade="D")
    dispatched(town)
    counts = queries.tab_counts(town.city.director, CaseFilter(grade="D"), at=clock.now())
    assert counts["dispatch"].number == 1
    assert counts["sign"].number == 0


def test_open_cases_by_clause_lie_with_lead_or_territory(town: Town) -> None:
    assert queries.open_by_clause_and_unit(Case.objects.all(), at=clock.now()) == []


def test_trade_and_class_that_agree_are_almost_certain(town: Town) -> None:
    city = town.city
    site = make_site(city.community, trade=city.bureau)
    sure = propose_lead(site, make_class(trade_hint=["城管局"]), city.community)
    assert (sure.unit, sure.certainty) == (city.bureau, 0.96)
    torn = propose_lead(site, make_class(trade_hint=["教育局"]), city.community)
    assert torn.certainty is not None
    assert torn.certainty < 0.75


def test_what_belongs_to_nobody_goes_to_the_street(town: Town) -> None:
    found = propose_lead(None, make_class(trade_hint=["属地"]), town.city.grid)
    assert found.unit == town.city.street


def test_nobody_is_proposed_when_nothing_is_known() -> None:
    assert propose_lead(None, None, None).unit is None


def test_an_estate_without_a_company_falls_to_its_street(town: Town) -> None:
    city = town.city
    site = make_site(city.community, trade=city.bureau)
    LeadRule.objects.create(
        kind="type",
        party="holder",
        site_type=site.site_type,
        source="示创卫指〔2015〕6号",
        from_on=date(2016, 1, 1),
    )
    found = propose_lead(site, None, city.community)
    assert found.unit == city.street
    assert "没有产权单位" in found.reason
    site.holder = city.other_bureau
    assert propose_lead(site, None, city.community).unit == city.other_bureau


def test_a_rule_proposes_from_its_first_day_on(town: Town) -> None:
    city = town.city
    LeadRule.objects.create(
        kind="agreement",
        party="unit",
        unit=city.other_bureau,
        territory=city.street,
        source="管护协议",
        from_on=date(2016, 3, 8),
    )
    before = propose_lead(None, None, city.grid, on=date(2016, 3, 7))
    since = propose_lead(None, None, city.grid, on=date(2016, 3, 8))
    assert before.unit == city.street
    assert since.unit == city.other_bureau
    assert since.certainty == 0.95
    assert "管护协议" in since.reason
