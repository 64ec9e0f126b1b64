"""Can a gate be reached: what follows from the plan, the pace and what is blocked."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from tongchuang.accounts.tests.make import make_user
from tongchuang.assessment.forecast import Forecast, forecast
from tongchuang.assessment.forecast_rules import Assumption, Effort, comes, expected, trend
from tongchuang.assessment.tests.make import (
    NOON,
    Scene,
    make_figure,
    make_scene,
    make_task,
    snapshot,
)
from tongchuang.campaigns.models import Gate, Task
from tongchuang.core import clock

TODAY = NOON.date()
PLAN, PACE, STUCK = Assumption

days = st.dates(date(2015, 1, 1), date(2018, 12, 31))
efforts = st.builds(
    Effort,
    starts_on=days,
    due_on=days,
    share=st.none() | st.fractions(0, 1),
    blocked=st.booleans(),
)


# Arithmetic
def test_work_goes_on_at_the_pace_that_it_has_had() -> None:
    half = Effort(TODAY - timedelta(days=100), TODAY + timedelta(days=20), Fraction(1, 2))
    assert half.end(PLAN, TODAY) == TODAY + timedelta(days=20)
    assert half.end(PACE, TODAY) == TODAY + timedelta(days=100)


def test_work_ahead_of_its_plan_ends_by_plan() -> None:
    quick = Effort(TODAY - timedelta(days=10), TODAY + timedelta(days=90), Fraction(9, 10))
    assert quick.end(PACE, TODAY) == quick.due_on


def test_work_past_its_day_without_a_new_one_has_no_end_by_plan() -> None:
    late = Effort(TODAY - timedelta(days=90), TODAY - timedelta(days=1), Fraction(9, 10))
    assert late.end(PLAN, TODAY) is None
    assert late.end(PACE, TODAY) == TODAY + timedelta(days=10)


def test_work_that_has_begun_and_done_nothing_never_ends_at_its_pace() -> None:
    assert Effort(TODAY - timedelta(days=9), TODAY, Fraction(0)).end(PACE, TODAY) is None


def test_a_clause_without_work_does_not_come() -> None:
    assert not any(comes([], one, by=date.max, today=TODAY) for one in Assumption)


@given(st.integers(0, 20), st.lists(st.lists(efforts, max_size=4), max_size=20), days, days)
def test_a_forecast_stays_between_what_holds_and_all(
    held: int, clauses: list[list[Effort]], one: date, other: date
) -> None:
    def at(day: date, assumption: Assumption) -> int:
        return expected(held, clauses, assumption, by=day, today=TODAY)

    for assumption in Assumption:
        sooner, later = at(min(one, other), assumption), at(max(one, other), assumption)
        assert held <= sooner <= later <= held + len(clauses)
    assert at(one, STUCK) <= at(one, PACE)


@given(st.lists(efforts, min_size=1, max_size=4), days)
def test_finishing_a_task_never_makes_it_worse(works: list[Effort], by: date) -> None:
    for assumption in Assumption:
        if comes(works, assumption, by=by, today=TODAY):
            rest = works[1:]
            assert not rest or comes(rest, assumption, by=by, today=TODAY)


@given(st.lists(st.integers(0, 40), max_size=8), st.integers(0, 60))
def test_a_trend_needs_three_months_and_stays_within_bounds(months: list[int], ahead: int) -> None:
    found = trend(months, 40, ahead=ahead)
    assert (found is None) == (len(months) < 3)
    assert found is None or 0 <= found <= 40


def test_a_trend_goes_on_as_it_went() -> None:
    assert trend([10, 12, 14], 40, ahead=3) == 20


# From records
@pytest.fixture
def scene(db: None) -> Scene:
    made = make_scene()
    make_figure(made, "10")  # below the line
    snapshot(made)
    Gate.objects.create(
        campaign=made.campaign, title="申报", ordinal=1, due_on=TODAY + timedelta(days=90)
    )
    return made


def _forecast(scene: Scene) -> Forecast:
    with clock.use(NOON):
        return forecast(scene.campaign, scene.city.director)


def _counts(scene: Scene) -> dict[Assumption, int]:
    return dict(_forecast(scene).outlooks[0].expected)


def _task(scene: Scene, **fields: object) -> Task:
    facts = {
        "starts_on": TODAY - timedelta(days=30),
        "due_on": TODAY + timedelta(days=60),
        "status": Task.Status.RUNNING,
        "quantity": Decimal(100),
        **fields,
    }
    return make_task(scene, **facts)


def test_an_open_clause_without_work_is_told(scene: Scene) -> None:
    found = _forecast(scene)
    assert (found.held, len(found.open), found.without_work) == (0, 1, 1)
    assert _counts(scene) == {PLAN: 0, PACE: 0, STUCK: 0}


def test_a_task_brings_its_clause_under_the_assumptions_that_it_meets(scene: Scene) -> None:
    task = _task(scene, done=Decimal(50))
    assert _counts(scene) == {PLAN: 1, PACE: 1, STUCK: 1}
    Task.objects.filter(pk=task.pk).update(done=Decimal(10))
    assert _counts(scene) == {PLAN: 1, PACE: 0, STUCK: 0}
    Task.objects.filter(pk=task.pk).update(done=Decimal(50), status=Task.Status.BLOCKED)
    assert _counts(scene) == {PLAN: 1, PACE: 1, STUCK: 0}


def test_who_may_not_see_a_task_sees_that_there_is_one(scene: Scene) -> None:
    _task(scene)
    stranger = make_user(role="unit_clerk", unit=scene.city.other_bureau)
    with clock.use(NOON):
        (line,) = forecast(scene.campaign, stranger).open
    assert [work.title for work in line.works] == [""]


def test_the_number_of_queries_does_not_grow(scene: Scene) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as context:
            _forecast(scene)
        return len(context)

    _task(scene)
    asked()  # the rights of the person are read once
    few = asked()
    for _ in range(5):
        _task(scene)
    assert asked() == few


def test_the_page_and_the_file_tell_which_clauses_come(scene: Scene, client: Client) -> None:
    _task(scene, title="建转运站")
    client.force_login(scene.city.director)
    with clock.use(NOON):
        page = client.get("/assessment/forecast/?campaign=NSC").content.decode()
        assert client.get("/assessment/forecast/export/?campaign=NSC").status_code == 200
    assert "建转运站" in page
    assert "赶得上" in page
