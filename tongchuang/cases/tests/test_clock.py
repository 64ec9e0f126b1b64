"""What the clock raises."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from tongchuang.accounts.services import robot
from tongchuang.cases import services
from tongchuang.cases.models import Case, Slip
from tongchuang.cases.tests.make import Town, accepted, closed, later, make_town
from tongchuang.core import audit, clock
from tongchuang.core.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return make_town()


def _run(**ahead: float) -> dict[str, int]:
    return services.remind_and_slip(by=robot(), at=clock.now() + timedelta(**ahead))


def test_nothing_is_raised_while_there_is_time(town: Town) -> None:
    accepted(town)
    assert _run(hours=10) == {"reminder": 0, "blue": 0}


def test_the_last_quarter_brings_one_reminder(town: Town) -> None:
    accepted(town)
    Message.objects.all().delete()
    assert _run(hours=60)["reminder"] == 1
    assert _run(hours=60)["reminder"] == 0
    assert Message.objects.get().to_unit == town.city.bureau


def test_a_passed_limit_brings_a_blue_slip_to_the_unit(town: Town) -> None:
    case = accepted(town)
    assert _run(days=4)["blue"] == 1
    assert Slip.objects.get().unit == town.city.bureau
    assert _run(days=5) == {"reminder": 0, "blue": 0}
    assert case.slips.count() == 1


def test_while_the_clock_stands_still_nothing_is_raised(town: Town) -> None:
    case = accepted(town)
    services.pause_case(case, reason="雨", paper="1号", by=town.city.dispatcher)
    assert _run(days=30) == {"reminder": 0, "blue": 0}


def test_quiet_cases_are_archived_with_an_event(town: Town) -> None:
    case = closed(town)
    call_command("cases_clock", verbosity=0)
    with later(days=31):
        call_command("cases_clock")
        call_command("cases_clock")
    case.refresh_from_db()
    assert case.status == Case.Status.ARCHIVED
    assert audit.history(case).filter(action="archive").count() == 1
    assert services.replay(case).hands[-1].ended_at is not None
