from datetime import date
from itertools import pairwise

import pytest

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.tests.make import make_unit, make_user
from tongchuang.campaigns import queries
from tongchuang.campaigns.gateline import Ring
from tongchuang.campaigns.models import Gate
from tongchuang.campaigns.tests.make import make_campaign, make_gate

pytestmark = pytest.mark.django_db
TODAY = date(2016, 3, 8)


@pytest.fixture
def city() -> Unit:
    return make_unit(kind=Unit.Kind.CITY)


def test_days_of_the_present_quarter_are_three_times_as_wide(city: Unit) -> None:
    campaign = make_campaign(city=city, started_on=date(2015, 12, 8))
    for day in (date(2016, 1, 10), date(2016, 3, 10), date(2016, 10, 10), date(2016, 12, 9)):
        make_gate(campaign, due_on=day)
    xs = [mark.x for mark in queries.gate_line(_leader(city), on=TODAY, readiness={}).rows[0].marks]
    assert (xs[1] - xs[0]) / (xs[3] - xs[2]) == pytest.approx(3, rel=0.02)


def test_marks_of_one_campaign_never_overlap(city: Unit) -> None:
    campaign = make_campaign(city=city)
    for day in range(1, 8):
        make_gate(campaign, due_on=date(2017, 5, day))
    xs = [mark.x for mark in queries.gate_line(_leader(city), on=TODAY, readiness={}).rows[0].marks]
    assert all(later - earlier >= 46 for earlier, later in pairwise(xs))


def test_a_prerequisite_of_another_campaign_draws_an_arrow(city: Unit) -> None:
    review = make_gate(make_campaign(city=city), due_on=date(2016, 3, 25))
    apply = make_gate(make_campaign(city=city), due_on=date(2016, 12, 31), title="申报")
    apply.prerequisites.add(review)
    arrows = queries.gate_line(_leader(city), on=TODAY, readiness={}).arrows
    assert [arrow.label for arrow in arrows] == ["前置：不过失去申报资格"]


def test_known_readiness_is_a_ring_that_says_what_it_rests_on(city: Unit) -> None:
    gate = make_gate(make_campaign(city=city), due_on=date(2016, 12, 31))
    rings = {gate.pk: Ring(0.82, "就绪度 82%")}
    mark = queries.gate_line(_leader(city), on=TODAY, readiness=rings).rows[0].marks[0]
    assert (mark.kind, mark.share, mark.state, mark.words) == ("ring", 0.82, "due", "就绪度 82%")


def test_unknown_readiness_is_no_ring_but_words(city: Unit) -> None:
    gate = make_gate(make_campaign(city=city), due_on=date(2016, 12, 31))
    rings = {gate.pk: Ring(None, "还没有自评", "还没有自评")}
    row = queries.gate_line(_leader(city), on=TODAY, readiness=rings).rows[0]
    assert (row.marks[0].kind, row.marks[0].words) == ("ahead", "还没有自评")
    assert row.note == "还没有自评"


def test_a_decided_gate_stands_on_the_day_of_its_decision(city: Unit) -> None:
    make_gate(
        make_campaign(city=city),
        due_on=date(2016, 2, 1),
        decided_on=date(2016, 1, 15),
        state=Gate.State.PASSED,
    )
    mark = queries.gate_line(_leader(city), on=TODAY, readiness={}).rows[0].marks[0]
    assert (mark.kind, mark.date_words, mark.days_left) == ("passed", "01-15", None)


def test_a_campaign_without_dates_still_has_its_line(city: Unit) -> None:
    make_gate(make_campaign(city=city))
    row = queries.gate_line(_leader(city), on=TODAY, readiness={}).rows[0]
    assert (row.marks, len(row.undated)) == ([], 1)


def _leader(city: Unit) -> User:
    return make_user(role="commander", unit=city)
