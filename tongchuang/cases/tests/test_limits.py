"""Limits that the city sets hold for cases filed from their day on; running cases keep theirs."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from tongchuang.cases import services
from tongchuang.cases.models import Case
from tongchuang.cases.services.trail import replay
from tongchuang.cases.tests.make import Town, dispatched, make_case, make_town
from tongchuang.core import clock
from tongchuang.standards.services import ClassTerms, Ground, set_class_limits

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")
APRIL = date(2016, 4, 1)
BEFORE, AFTER = (datetime(2016, month, day, 9, tzinfo=ZONE) for month, day in ((3, 31), (4, 5)))


@pytest.fixture
def town() -> Town:
    """Rubbish goes from grade B with 3 days to grade C with 6 work hours on 1 April."""
    town = make_town()
    set_class_limits(
        town.problem_class,
        ClassTerms("C", {"fix": "6 work_hour"}, "清净并冲洗"),
        Ground(APRIL, "夏季蚊蝇多"),
        by=town.city.director,
        at=clock.now(),
    )
    return town


def _filed(town: Town, at: datetime) -> Case:
    with clock.use(at):
        return make_case(town)


def _accepted(town: Town, case: Case) -> Case:
    services.dispatch_case(case, to=town.city.bureau, by=town.city.dispatcher)
    return services.accept_case(case, by=town.city.bureau_clerk)


def test_a_new_case_takes_the_new_grade_and_limit(town: Town) -> None:
    case = _filed(town, AFTER)
    assert case.grade == "C"
    with clock.use(AFTER):
        case = _accepted(town, case)
    assert case.fix_due_at == AFTER.replace(hour=17, minute=30)  # 3 h before noon, 3 h after


def test_a_case_filed_before_keeps_its_limit_though_dispatched_after(town: Town) -> None:
    case = _filed(town, BEFORE)
    assert case.grade == "B"
    with clock.use(AFTER):
        case = _accepted(town, case)
    assert case.fix_due_at == AFTER + timedelta(days=3)
    assert replay(case).fix_due_at == case.fix_due_at


def test_a_running_case_is_not_touched_by_the_day(town: Town) -> None:
    with clock.use(BEFORE):
        case = dispatched(town)
        case = services.accept_case(case, by=town.city.bureau_clerk)
    before = case.fix_due_at
    with clock.use(AFTER):
        case.refresh_from_db()
        assert case.fix_due_at == before == replay(case).fix_due_at


def test_a_case_closes_by_the_condition_of_the_day_it_was_filed(town: Town) -> None:
    client = Client()
    client.force_login(town.city.director)
    old, new = _filed(town, BEFORE), _filed(town, AFTER)
    with clock.use(AFTER):
        pages = [client.get(f"/cases/{case.pk}/").content.decode() for case in (old, new)]
    assert "清理干净" in pages[0]
    assert "清净并冲洗" not in pages[0]
    assert "清净并冲洗" in pages[1]


def test_the_limits_of_a_case_are_those_of_the_day_it_was_filed(town: Town) -> None:
    case = _filed(town, BEFORE)
    with clock.use(AFTER):
        limits = services.limits_for(case)
    assert limits.fix == services.limits_of("B", town.problem_class, on=BEFORE.date()).fix
    assert limits != services.limits_of("C", town.problem_class, on=APRIL)
