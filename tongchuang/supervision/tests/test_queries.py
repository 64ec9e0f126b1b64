"""What waits for whom, the commands, the slips."""

from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tongchuang.accounts.services import robot
from tongchuang.campaigns.models import Campaign
from tongchuang.cases.models import Slip
from tongchuang.core import clock
from tongchuang.supervision import queries, services
from tongchuang.supervision.models import Bulletin
from tongchuang.supervision.tests.make import (
    CONSULTED,
    SEALED,
    MonthCity,
    consulting,
    day,
    due_case,
    frozen,
    make_month,
    sealed,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def month() -> MonthCity:
    return make_month()


def _waiting(month: MonthCity, **of: object) -> list[str]:
    user = of.get("user", month.director)
    at = of.get("at", CONSULTED)
    return [str(line.label) for line in queries.todo_for(user, at=at)]  # type: ignore[arg-type]  # from of


def test_each_state_waits_for_the_next_step(month: MonthCity) -> None:
    bulletin = frozen(month)
    assert _waiting(month) == ["通报待征求意见"]
    services.consult_bulletin(bulletin, at=CONSULTED, by=month.director)
    assert _waiting(month) == []
    assert _waiting(month, at=SEALED) == ["通报待封存"]
    services.seal_bulletin(bulletin, at=SEALED, by=month.director)
    assert _waiting(month) == ["通报待印发"]


def test_a_unit_is_asked_to_check_its_line_until_it_objects(month: MonthCity) -> None:
    bulletin = consulting(month)
    assert _waiting(month, user=month.head) == ["本单位得分待核对"]
    services.object_to(
        bulletin, unit=month.bureau, part="closing", text="x", at=CONSULTED, by=month.head
    )
    assert _waiting(month, user=month.head) == []
    assert _waiting(month) == ["异议待裁定"]


def test_only_issued_bulletins_are_the_latest(month: MonthCity) -> None:
    sealed(month)
    assert queries.latest_bulletin(month.campaign) is None
    services.issue_bulletin(Bulletin.objects.get(), at=SEALED, by=month.director)
    assert queries.latest_bulletin(month.campaign) == Bulletin.objects.get()


def test_ranks_are_compared_with_the_month_before(month: MonthCity) -> None:
    january = services.freeze_bulletin(
        month.campaign, month="2016-01", at=day(1, 0), by=month.director
    )
    january.scores.filter(unit=month.bureau).update(rank=3)
    line = frozen(month).scores.get(unit=month.bureau)
    assert (line.rank, line.change) == (1, 2)


# Commands
def test_the_command_freezes_and_writes_the_paper(month: MonthCity, tmp_path: Path) -> None:
    out = tmp_path / "bulletin.docx"
    call_command("bulletin", campaign="NSC", month="2016-02", out=out, stdout=StringIO())
    assert out.read_bytes()[:2] == b"PK"
    assert Bulletin.objects.get().status == Bulletin.Status.DRAFT


@pytest.mark.parametrize(
    ("code", "of_month"), [("none", "2016-02"), ("NSC", "2016-03"), ("NSC", "x")]
)
def test_the_command_refuses_in_words(month: MonthCity, code: str, of_month: str) -> None:
    with pytest.raises(CommandError):
        call_command("bulletin", campaign=code, month=of_month, out=Path("/nowhere/x.docx"))


def test_the_schedule_freezes_last_month_once(month: MonthCity) -> None:
    from_standard = Campaign.objects.filter(pk=month.campaign.pk)
    from_standard.update(started_on=day(1).date())
    for _time in range(2):
        with clock.use(SEALED):
            call_command("bulletin_freeze", stdout=StringIO())
    assert [row.month for row in Bulletin.objects.all()] == ["2016-02"]


# Imported records
def test_imported_agencies_without_visits_tasks_or_groups_are_ranked(month: MonthCity) -> None:
    """A city that came by an import: no unit is marked, cases have no clauses, legs or sites."""
    type(month.bureau).objects.update(scored=False, comparison_group="")
    bulletin = frozen(month)
    assert [row["name"] for row in bulletin.data["units"]] == ["城管局"]
    assert bulletin.data["groups"][0]["lines"][0]["rank"] == 1
    assert bulletin.data["totals"]["visits"] == 0


# Slips
def test_slips_are_seen_by_the_unit_and_the_office(month: MonthCity) -> None:
    case = due_case(month, status="accepted")
    Slip.objects.create(
        case=case, step="blue", unit=month.bureau, stage="fix", due_at=day(20),
        issued_at=day(20) + timedelta(hours=1), by=robot(),
    )  # fmt: skip
    assert queries.slip_list(month.head).count() == 1
    assert queries.slip_list(month.director, step="blue", unit=str(month.bureau.pk)).count() == 1
    assert queries.slip_list(month.director, step="red").count() == 0
    assert queries.slip_list(month.town.city.other_clerk).count() == 0
