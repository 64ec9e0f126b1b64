"""Cases as they stood: the same moment asked later gives the same answer."""

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tongchuang.accounts.permissions import forget_reach
from tongchuang.cases import services
from tongchuang.cases.models import FLOW, Case
from tongchuang.cases.queries import OpenThen, open_at
from tongchuang.cases.tests.make import (
    MORNING,
    Town,
    accepted,
    closed,
    later,
    make_case,
    make_town,
    photo,
)
from tongchuang.core import clock


def _then(at: datetime) -> list[OpenThen]:
    return open_at(Case.objects.all(), at=at)


def _now(at: datetime) -> list[tuple[int, int | None, str, bool, bool]]:
    """What the rows themselves say at this very moment."""
    return [
        (
            case.pk,
            case.lead_id,
            case.grade,
            case.due_at is not None and case.due_at < at,
            case.needs_ruling,
        )
        for case in Case.objects.open().order_by("pk")
    ]


def _facts(found: list[OpenThen]) -> list[tuple[int, int | None, str, bool, bool]]:
    return [(one.pk, one.lead_id, one.grade, one.overdue, one.ruling) for one in found]


class RandomLives(TestCase):
    @settings(
        max_examples=40, deadline=None, phases=[Phase.generate]
    )  # shrinking a life takes minutes
    @given(
        st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9000)), max_size=14),
        st.sampled_from("UABCDE"),
    )
    def test_a_moment_asked_later_gives_the_same(
        self, plan: list[tuple[int, int]], grade: str
    ) -> None:
        at = MORNING
        seen: dict[datetime, list[OpenThen]] = {}
        with clock.use(lambda: at):
            town = make_town()
            case = make_case(town, grade=grade)
            for choice, minutes in plan:
                seen[at] = _then(at)
                assert _facts(seen[at]) == _now(at)
                at += timedelta(minutes=minutes)
                moves = [n for n, m in FLOW.moves.items() if case.status in m.sources]
                case = _moved(case, town, moves[choice % len(moves)]) if moves else case
            assert {moment: _then(moment) for moment in seen} == seen
        forget_reach(town.checker)


def _moved(case: Case, town: Town, move: str) -> Case:
    """Make the move if it is possible now."""
    city = town.city
    clerk, dispatcher = city.bureau_clerk, city.dispatcher
    if case.lead_id == city.other_bureau.pk:
        clerk = city.other_clerk
    to = city.other_bureau if case.returns else city.bureau
    calls = {
        "dispatch": lambda: services.dispatch_case(case, to=to, by=dispatcher, basis="依据"),
        "accept": lambda: services.accept_case(case, by=clerk),
        "return": lambda: services.return_case(case, reason="other", basis="依据", by=clerk),
        "reply": lambda: services.reply_case(case, measure="清", photos=[photo()], by=clerk),
        "close": lambda: services.close_case(case, by=town.checker, no_photo_reason="无"),
        "send_back": lambda: services.send_back_case(case, reason="脏", by=town.checker),
        "ask_extension": lambda: services.ask_extension(case, days=1, reason="雨", by=clerk),
        "grant_extension": lambda: services.grant_extension(case, by=town.leader),
        "pause": lambda: services.pause_case(case, reason="雨", paper="1号", by=dispatcher),
        "resume": lambda: services.resume_case(case, by=dispatcher),
        "reopen": lambda: services.reopen_case(case, reason="反弹", by=dispatcher),
        "reject": lambda: services.reject_case(case, reason="不实", by=dispatcher),
        "resubmit": lambda: services.resubmit_case(case, reason="属实", by=dispatcher),
    }
    try:
        return calls[move]() if move in calls else case
    except (services.Refused, PermissionDenied):
        return Case.objects.get(pk=case.pk)


@pytest.fixture
def town() -> Town:
    return make_town()


@pytest.mark.django_db
def test_a_case_that_was_closed_since_was_open_then(town: Town) -> None:
    case, then = accepted(town), clock.now()
    with later(hours=1):
        clerk = town.city.bureau_clerk
        services.reply_case(case, measure="已清运", photos=[photo()], by=clerk)
        services.close_case(case, by=town.checker, no_photo_reason="测试")
        assert [one.pk for one in _then(then)] == [case.pk]
        assert _then(clock.now()) == []


@pytest.mark.django_db
def test_a_case_found_earlier_was_not_open_before_it_was_registered(town: Town) -> None:
    found_at = clock.now() - timedelta(hours=5)
    make_case(town, found_at=found_at)
    assert _then(clock.now() - timedelta(hours=1)) == []


@pytest.mark.django_db
def test_time_granted_after_the_limit_does_not_undo_that_it_was_late(town: Town) -> None:
    case = accepted(town)
    clerk = town.city.bureau_clerk
    services.ask_extension(case, days=2, reason="雨", by=clerk)
    with later(days=4):
        then = clock.now()
        before = _then(then)
        with later(hours=1):
            services.grant_extension(Case.objects.get(), by=town.leader)
    assert before[0].overdue
    assert _then(then) == before


@pytest.mark.django_db
def test_a_stricter_grade_after_a_reopening_does_not_reach_back(town: Town) -> None:
    case, then = closed(town, grade="E"), clock.now() - timedelta(minutes=1)
    assert _then(then) == []
    with later(hours=1):
        services.reopen_case(case, reason="反弹", by=town.city.dispatcher)
    with later(hours=2):
        [one] = _then(clock.now())
        assert one.grade == "D"


@pytest.mark.django_db
def test_looking_back_costs_the_same_however_many_cases(town: Town) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            _then(clock.now())
        return len(found)

    paused = accepted(town)
    services.pause_case(paused, reason="雨", paper="1号", by=town.city.dispatcher)
    few = cost()
    for _number in range(5):
        accepted(town)
    assert cost() == few == 3
