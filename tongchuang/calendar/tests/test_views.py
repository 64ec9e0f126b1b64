from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from tongchuang.accounts.tests.make import make_post
from tongchuang.calendar import queries
from tongchuang.calendar.queries import Wanted
from tongchuang.campaigns.models import Assignment, Campaign, Gate
from tongchuang.campaigns.tests.make import make_campaign, make_gate, make_task
from tongchuang.cases.models import Case
from tongchuang.cases.tests.make import make_site
from tongchuang.core import clock
from tongchuang.inspections.models import Draw, Round
from tongchuang.meetings.tests.make import make_hall, make_meeting
from tongchuang.projects.tests.make import Yard, make_project, make_yard

pytestmark = pytest.mark.django_db
TODAY = date(2016, 3, 8)  # a Tuesday
MARCH = Wanted(date(2016, 3, 1), date(2016, 3, 31))


@pytest.fixture(autouse=True)
def _at_the_day() -> object:
    moment = datetime(2016, 3, 8, 10, tzinfo=timezone.get_current_timezone())
    with clock.use(moment):
        yield


@pytest.fixture
def yard(client: Client) -> Yard:
    made = make_yard()
    client.force_login(made.city.director)
    return made


def _other(yard: Yard) -> Campaign:
    return make_campaign(city=yard.city.root, title="园林城市")


def _round(yard: Yard, campaign: Campaign, first: date, last: date, **fields: object) -> Round:
    values = {"title": "暗访", "seed": "1", "planned_by": yard.city.supervisor, "status": "running"}
    return Round.objects.create(campaign=campaign, from_on=first, to_on=last, **values | fields)


def _cases(yard: Yard, number: int, **fields: object) -> None:
    Case.objects.bulk_create(
        Case(
            number=f"{fields.get('status', 'accepted')}{len(fields)}-{n}",
            city=yard.city.root,
            lead=yard.city.bureau,
            title=f"案件{n}",
            channel="grid",
            found_at=clock.now(),
            **{"status": "accepted", "due_at": clock.now()} | fields,
        )
        for n in range(number)
    )


def _worked(yard: Yard, weekly: int, weeks: int = 12) -> None:
    """The bureau replied to `weekly` cases in each of the weeks before this one."""
    for week in range(1, weeks + 1):
        at = clock.now() - timedelta(days=7 * week)
        Case.objects.bulk_create(
            Case(
                number=f"w{week}-{n}",
                city=yard.city.root,
                lead=yard.city.bureau,
                title="旧案",
                channel="grid",
                found_at=at,
                replied_at=at,
                closed_at=at,
                status="closed",
            )
            for n in range(weekly)
        )


# Events
def test_one_calendar_holds_what_all_campaigns_date(yard: Yard) -> None:
    other = _other(yard)
    make_gate(
        yard.campaign, title="省级复审", due_on=date(2016, 3, 25), external_due_on=date(2016, 3, 24)
    )
    make_task(campaign=other, unit=yard.city.bureau, title="补植", due_on=date(2016, 3, 18))
    _round(yard, other, date(2016, 2, 20), date(2016, 3, 2))
    found = queries.events(yard.city.director, MARCH, on=TODAY)
    assert [(e.kind, e.day) for e in found] == [
        ("round", date(2016, 2, 20)),
        ("task", date(2016, 3, 18)),
        ("above", date(2016, 3, 24)),
        ("gate", date(2016, 3, 25)),
    ]
    only = queries.events(yard.city.director, Wanted(*_span(), campaign=other), on=TODAY)
    assert {e.campaign for e in only} == {"园林城市"}


def _span() -> tuple[date, date]:
    return MARCH.first, MARCH.last


def test_a_clerk_sees_only_the_tasks_and_nodes_of_the_own_unit(client: Client, yard: Yard) -> None:
    make_task(
        campaign=yard.campaign, unit=yard.city.bureau, title="城管的任务", due_on=date(2016, 3, 18)
    )
    make_project(yard, title="城管的停车场")
    client.force_login(yard.city.other_clerk)
    for page in ("/calendar/", "/calendar/?view=list", "/calendar/load/", "/calendar/warnings/"):
        assert "城管" not in client.get(page).content.decode()
    assert client.get(f"/calendar/load/{yard.city.bureau.code}/").status_code == 404
    client.force_login(yard.city.bureau_clerk)
    assert "城管的任务" in client.get("/calendar/?day=2016-03-18").content.decode()


def test_rest_days_and_make_up_days_are_marked(client: Client, yard: Yard) -> None:
    page = client.get("/calendar/?day=2016-02-08").content.decode()
    assert "春节" in page
    assert "班" in page  # 2016-02-06 was worked


def test_an_address_that_makes_no_sense_shows_this_month(client: Client, yard: Yard) -> None:
    for query in ("day=2016-13-40", "day=0001-01-01", "view=circle", "kind=x", "unit=x", "page=x"):
        assert client.get(f"/calendar/?{query}").status_code == 200
    assert client.get("/calendar/warnings/?kind=x").status_code == 404


def test_the_calendar_goes_out_as_a_table(client: Client, yard: Yard) -> None:
    make_task(campaign=yard.campaign, unit=yard.city.bureau, title="补植", due_on=date(2016, 3, 18))
    answer = client.get("/calendar/export/?view=list")
    rows = list(load_workbook(BytesIO(answer.content)).active.values)  # type: ignore[union-attr]
    assert rows[1][3] == "补植"


# Load
def test_load_is_held_against_what_the_unit_usually_finishes(yard: Yard) -> None:
    _worked(yard, 2)
    _cases(yard, 5)
    (row,) = queries.load_table(yard.city.director, on=TODAY)
    assert row.line == Decimal(2)
    assert (row.cells[0].number, row.cells[0].state) == (5, "over")


def test_a_unit_that_hardly_finished_anything_has_no_line(yard: Yard) -> None:
    _worked(yard, 9, weeks=3)
    _cases(yard, 40)
    (row,) = queries.load_table(yard.city.director, on=TODAY)
    assert (row.line, row.cells[0].state, row.busy_weeks) == (None, "unknown", 3)


def test_what_is_overdue_is_owed_this_week_and_what_waits_for_a_check_is_not(yard: Yard) -> None:
    make_task(campaign=yard.campaign, unit=yard.city.bureau, due_on=date(2016, 2, 1))
    _cases(yard, 3, status="replied")
    (row,) = queries.load_table(yard.city.director, on=TODAY)
    assert [cell.number for cell in row.cells] == [1, 0, 0, 0, 0, 0, 0, 0]


def test_matters_of_a_community_count_for_its_street(yard: Yard) -> None:
    make_task(campaign=yard.campaign, unit=yard.city.community, due_on=date(2016, 3, 10))
    (row,) = queries.load_table(yard.city.director, on=TODAY)
    assert row.unit == yard.city.street
    (own,) = queries.load_table(yard.city.street_clerk, on=TODAY)
    assert own.unit == yard.city.street


def test_the_number_of_a_cell_is_the_number_of_its_matters(yard: Yard) -> None:
    make_task(campaign=yard.campaign, unit=yard.city.bureau, due_on=date(2016, 3, 10))
    make_project(yard, status="under_construction")
    _cases(yard, 4)
    one = _round(yard, yard.campaign, date(2016, 3, 1), date(2016, 3, 20))
    site = make_site(yard.city.community)
    Draw.objects.create(round=one, site=site, ordinal=1)
    for row in queries.load_table(yard.city.director, on=TODAY):
        for cell in row.cells:
            found = queries.matters(yard.city.director, row.unit, cell.week, on=TODAY)
            assert {group.kind: group.number for group in found} == {
                kind: number for kind, number in cell.by_kind.items() if number
            }


# Warnings
def _kinds(yard: Yard) -> dict[str, int]:
    found = queries.warnings(yard.city.director, on=TODAY)
    kinds = [one.kind for one in found]
    return {kind: kinds.count(kind) for kind in kinds}


def test_two_campaigns_at_one_site_in_one_week_are_named_with_unit_and_people(yard: Yard) -> None:
    other = _other(yard)
    head = make_post(unit=yard.city.street).holder
    site = make_site(yard.city.street)
    for campaign, day in ((yard.campaign, 14), (other, 18)):
        one = _round(yard, campaign, date(2016, 3, day), date(2016, 3, day))
        Draw.objects.create(round=one, site=site, ordinal=1)
    (found,) = queries.warnings(yard.city.director, on=TODAY)
    assert (found.kind, found.week) == ("site", date(2016, 3, 14))
    assert found.units == [yard.city.street]
    assert found.people == [head.name]
    assert found.campaigns == [yard.campaign.title, "园林城市"]


def test_gates_of_two_campaigns_in_one_week_meet_where_a_unit_leads_in_both(yard: Yard) -> None:
    other = _other(yard)
    for campaign in (yard.campaign, other):
        Assignment.objects.create(campaign=campaign, clause=yard.clause, lead=yard.city.bureau)
        make_gate(campaign, due_on=date(2016, 4, 6))
    (found,) = queries.warnings(yard.city.director, on=TODAY)
    assert found.kind == "unit"
    assert yard.city.bureau in found.units
    assert _kinds(yard) == {"unit": 1}


def test_dates_that_do_not_fit_are_found_and_nothing_is_moved(yard: Yard) -> None:
    gate = make_gate(yard.campaign, due_on=date(2016, 4, 15), external_due_on=date(2016, 4, 12))
    make_task(
        campaign=yard.campaign,
        unit=yard.city.bureau,
        clause=yard.clause,
        due_on=date(2016, 4, 23),  # a Saturday, after the gate
    )
    assert _kinds(yard) == {"above": 1, "gate": 1, "rest": 1}
    assert Gate.objects.get(pk=gate.pk).due_on == date(2016, 4, 15)


def test_a_late_project_is_held_against_the_gate_of_its_clause(yard: Yard) -> None:
    make_gate(yard.campaign, due_on=date(2016, 5, 31))
    make_project(yard, status="under_construction")
    assert _kinds(yard)["gate"] == 1


# Cost
def test_pages_cost_the_same_for_few_and_for_many(client: Client, yard: Yard) -> None:
    def cost(page: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(page).status_code == 200
        return len(asked)

    def more(number: int) -> None:
        for _n in range(number):
            task = make_task(campaign=yard.campaign, unit=yard.city.bureau, clause=yard.clause)
            type(task).objects.filter(pk=task.pk).update(due_on=date(2016, 3, 12))
            make_gate(other, due_on=date(2016, 3, 10), external_due_on=date(2016, 3, 9))
            make_project(yard, status="under_construction")
            _round(yard, yard.campaign, TODAY, TODAY)

    other = _other(yard)
    Assignment.objects.create(campaign=other, clause=yard.clause, lead=yard.city.bureau)
    pages = ["/calendar/", "/calendar/?view=list", "/calendar/load/", "/calendar/warnings/"]
    pages.append(f"/calendar/load/{yard.city.bureau.code}/")
    more(2)
    few = [cost(page) for page in pages]
    more(12)
    assert [cost(page) for page in pages] == few


def test_a_meeting_stands_in_the_calendar_of_those_who_are_asked() -> None:
    hall = make_hall()
    make_meeting(hall, title="已通知的会", status="announced", held_on=date(2016, 3, 14))
    make_meeting(hall, title="取消的会", status="cancelled", held_on=date(2016, 3, 15))
    seen = queries.events(hall.city.bureau_clerk, MARCH, on=TODAY)
    assert [(one.kind, one.title, one.people) for one in seen if one.kind == "meeting"] == [
        ("meeting", "09:00 已通知的会", hall.leader.name)
    ]
    others = queries.events(hall.city.other_clerk, MARCH, on=TODAY)
    assert not [one for one in others if one.kind == "meeting"]
    only = Wanted(*_span(), unit=hall.city.other_bureau)
    assert not [
        e for e in queries.events(hall.city.director, only, on=TODAY) if e.kind == "meeting"
    ]
