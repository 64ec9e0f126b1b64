"""What waits for whom."""

from datetime import timedelta

import pytest
from django.test import Client

from tongchuang.accounts.tests.make import make_absence, make_user
from tongchuang.cases.tests.make import Town, dispatched, later, make_case, make_town, replied
from tongchuang.core import clock
from tongchuang.desk.queries import Waiting, todo_count, todo_groups
from tongchuang.desk.queries.todo import total_of
from tongchuang.projects.models import Project
from tongchuang.projects.tests.make import make_project, make_yard
from tongchuang.public.models import Report

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return make_town()


def _labels(person: object) -> dict[str, int]:
    groups = todo_groups(person, at=clock.now())  # type: ignore[arg-type]  # a User
    return {str(line.label): line.count.number for group in groups for line in group.lines}


def test_each_step_waits_for_the_person_who_must_take_it(town: Town) -> None:
    make_case(town)
    dispatched(town)
    assert _labels(town.city.dispatcher) == {"待我派发": 1}
    assert _labels(town.city.bureau_clerk) == {"待我签收": 1}
    assert _labels(town.city.other_clerk) == {}


def test_nobody_is_asked_to_check_what_their_own_unit_did(town: Town) -> None:
    replied(town)
    assert _labels(town.checker)["待我核查"] == 1
    own = make_user(role="inspector", unit=town.city.bureau, over=town.city.root)
    assert "待我核查" not in _labels(own)


def test_late_ones_are_told_and_the_nearest_limit_is_one_ahead(town: Town) -> None:
    dispatched(town)
    with later(days=2):
        dispatched(town, title="另一处")
        groups = todo_groups(town.city.bureau_clerk, at=clock.now())
        line = groups[0].lines[0]
        assert (line.count.number, line.late) == (2, 1)
        assert line.due_at is not None
        assert line.due_at > clock.now()


def test_the_number_in_the_frame_is_the_number_on_the_page(town: Town) -> None:
    make_case(town)
    replied(town)
    for person in (town.city.dispatcher, town.checker, town.city.bureau_clerk):
        assert todo_count(person, at=clock.now()) == sum(_labels(person).values())


def test_counting_takes_one_query(town: Town, django_assert_max_num_queries: object) -> None:
    make_case(town)
    director = town.city.director
    todo_count(director, at=clock.now())  # reach is read once a request
    with django_assert_max_num_queries(1):  # type: ignore[operator]  # a fixture without types
        todo_count(director, at=clock.now())


def test_the_number_of_the_frame_stops_at_a_number_that_fits() -> None:
    assert Waiting(steps=999, unread=0).steps_text == "999"
    assert Waiting(steps=1000, unread=0).steps_text == "999+"


def test_a_deputy_sees_for_whom_they_stand_in(town: Town, client: Client) -> None:
    dispatched(town)
    make_absence(person=town.city.bureau_clerk, deputy=town.city.other_clerk)
    client.force_login(town.city.other_clerk)
    page = client.get("/").content.decode()
    assert f"您代理 {town.city.bureau_clerk}" in page
    assert "待我签收" in page


def test_an_empty_desk_says_what_will_come(town: Town, client: Client) -> None:
    client.force_login(town.city.other_clerk)
    assert "没有等您办的事" in client.get("/").content.decode()


def test_a_stranger_is_sent_to_sign_in(client: Client) -> None:
    assert client.get("/").status_code == 302


def test_everybody_of_the_city_finds_the_number_of_the_frame_on_the_page(town: Town) -> None:
    make_case(town)
    dispatched(town)
    city = town.city
    Report.objects.create(tracking_code="AAAA2222", city=city.root, at=clock.now())
    for person in (city.director, city.supervisor, city.street_clerk, city.admin, town.leader):
        page = total_of(todo_groups(person, at=clock.now()))
        assert todo_count(person, at=clock.now()) == page


def test_a_node_near_its_limit_waits_for_the_unit_that_owes_it(client: Client) -> None:
    yard = make_yard()
    project = make_project(yard, status=Project.Status.BUILDING)
    today = clock.today()
    project.nodes.update(office=None, done_on=today, limit_on=today)
    late, near, far = project.nodes.all()[:3]
    for node, days in ((late, -1), (near, 3), (far, 30)):
        node.done_on, node.limit_on = None, today + timedelta(days=days)
        node.save()
    clerk = yard.city.bureau_clerk
    [line] = [one for group in todo_groups(clerk, at=clock.now()) for one in group.lines]
    assert (line.count.number, line.late, line.due_at is not None) == (2, 1, True)
    assert todo_count(clerk, at=clock.now()) == 2
    assert todo_count(yard.city.other_clerk, at=clock.now()) == 0
    client.force_login(clerk)
    assert project.title in client.get(line.url).content.decode()
    near.office = yard.city.other_bureau
    near.save()
    assert todo_count(clerk, at=clock.now()) == 1
