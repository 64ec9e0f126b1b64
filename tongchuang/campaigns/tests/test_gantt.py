"""The plan as bars, and what a late task means for those after it."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tongchuang.accounts.tests.make import City, make_city
from tongchuang.campaigns.gantt import LEFT, TOP, WIDTH, Bar, draw
from tongchuang.campaigns.models import Campaign, Task, TaskLink
from tongchuang.campaigns.slips import Circular, Work, moves
from tongchuang.campaigns.tests.make import make_campaign, make_gate, make_task
from tongchuang.core import clock

DAY = timedelta(days=1)
TODAY = date(2016, 3, 8)


# Rules
@st.composite
def plans(draw: st.DrawFn) -> tuple[dict[int, Work], list[tuple[int, int]], date]:
    number = draw(st.integers(1, 7))
    works = {}
    for key in range(number):
        start = date(2016, 1, 1) + draw(st.integers(0, 120)) * DAY
        due = start + draw(st.integers(0, 40)) * DAY
        works[key] = Work(start, due, draw(st.none() | st.just(due)))
    pairs = [(a, b) for a in range(number) for b in range(a + 1, number)]
    links = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=9)) if pairs else []
    return works, links, date(2016, 1, 1) + draw(st.integers(0, 200)) * DAY


Plan = tuple[dict[int, Work], list[tuple[int, int]], date]


@given(plans())
def test_what_is_proposed_is_later_of_the_same_length_and_never_finished(plan: Plan) -> None:
    works, links, on = plan
    for move in moves(works, links, on=on):
        work = works[move.key]
        assert work.done_on is None
        assert move.starts_on - work.starts_on == move.days * DAY > timedelta(0)
        assert move.due_on - move.starts_on == work.due_on - work.starts_on


@given(plans())
def test_after_everything_was_accepted_nothing_more_is_proposed(plan: Plan) -> None:
    works, links, on = plan
    accepted = {m.key: Work(m.starts_on, m.due_on) for m in moves(works, links, on=on)}
    assert moves(works | accepted, links, on=on) == []


@given(plans(), st.integers(0, 30))
def test_a_longer_slip_never_proposes_less(plan: Plan, more: int) -> None:
    works, links, on = plan
    before = {m.key: m.days for m in moves(works, links, on=on)}
    slipped = works | {0: Work(works[0].starts_on, works[0].due_on + more * DAY, works[0].done_on)}
    after = {m.key: m.days for m in moves(slipped, links, on=on)}
    assert all(after.get(key, 0) >= days for key, days in before.items() if key != 0)


def test_tasks_in_a_circle_are_refused() -> None:
    works = {n: Work(TODAY, TODAY) for n in range(3)}
    with pytest.raises(Circular):
        moves(works, [(0, 1), (1, 2), (2, 0)], on=TODAY)


def _bar(key: int, first: date, last: date) -> Bar:
    return Bar(key, "任务", "/", "单位", first, last, 0.5, "run", "按序时", (first, last))


@given(st.lists(st.tuples(st.integers(0, 900), st.integers(0, 300)), min_size=1, max_size=20))
def test_every_bar_lies_on_the_axis_and_in_its_row(spans: list[tuple[int, int]]) -> None:
    begin = date(2016, 1, 1)
    bars = [_bar(n, begin + a * DAY, begin + (a + b) * DAY) for n, (a, b) in enumerate(spans)]
    last = max(bar.due_on for bar in bars)
    chart = draw(bars, on=TODAY, first=begin, last=last, links=[(0, len(bars) - 1), (0, 99)])
    assert len(chart.links) == 1
    for n, shape in enumerate(chart.shapes):
        assert shape.y == TOP + n * 26
        assert LEFT <= shape.x <= shape.x + shape.width <= WIDTH
        assert shape.filled <= shape.width
    words = [tick.x for tick in chart.ticks]
    assert all(b - a > 20 for a, b in pairwise(words))


# Pages
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_the_day() -> Iterator[None]:
    with clock.use(datetime(2016, 3, 8, 10, tzinfo=timezone.get_current_timezone())):
        yield


@pytest.fixture
def city(client: Client) -> City:
    made = make_city()
    client.force_login(made.director)
    return made


def _chain(city: City) -> tuple[Campaign, Task, Task]:
    """A task that should have ended on 4 March, and one that begins on the day after."""
    campaign = make_campaign(city=city.root)
    first = make_task(campaign=campaign, unit=city.bureau, title="摸底", due_on=date(2016, 3, 4))
    after = make_task(
        campaign=campaign,
        unit=city.other_bureau,
        title="整改",
        starts_on=date(2016, 3, 5),
        due_on=date(2016, 3, 23),
    )
    TaskLink.objects.create(before=first, after=after)
    return campaign, first, after


def _accept(client: Client, task: Task, **fields: str) -> int:
    typed = {"starts_on": "2016-03-09", "due_on": "2016-03-27", "reason": "摸底晚了"} | fields
    return client.post(f"/campaigns/tasks/gantt/slips/{task.pk}/accept/", typed).status_code


def test_a_late_task_moves_nothing_until_a_person_accepts_each_move(
    client: Client, city: City
) -> None:
    campaign, first, after = _chain(city)
    make_gate(campaign, title="复审", due_on=date(2016, 3, 25))
    page = client.get("/campaigns/tasks/gantt/slips/").content.decode()
    assert "整改" in page
    assert "复审" in page
    after.refresh_from_db()
    assert after.due_on == date(2016, 3, 23)
    assert _accept(client, after) == 302
    after.refresh_from_db()
    first.refresh_from_db()
    assert (after.starts_on, after.due_on) == (date(2016, 3, 9), date(2016, 3, 27))
    assert first.due_on == date(2016, 3, 4)


def test_a_move_needs_a_reason_the_right_and_dates_that_still_follow(
    client: Client, city: City
) -> None:
    _campaign, first, after = _chain(city)
    assert _accept(client, after, reason="") == 422
    assert _accept(client, after, due_on="2016-12-31") == 302  # told, nothing done
    client.force_login(city.other_clerk)
    assert _accept(client, after) == 403
    client.force_login(city.director)
    Task.objects.filter(pk=first.pk).update(due_on=date(2016, 3, 20))
    assert _accept(client, after) == 302
    after.refresh_from_db()
    assert after.due_on == date(2016, 3, 23)


def test_a_circle_of_tasks_is_said_and_nothing_is_computed(client: Client, city: City) -> None:
    _campaign, first, after = _chain(city)
    TaskLink.objects.create(before=after, after=first)
    page = client.get("/campaigns/tasks/gantt/slips/")
    assert page.status_code == 200
    assert "互相等待" in page.content.decode()


def test_the_plan_shows_what_was_issued_and_what_stands_in_windows(
    client: Client, city: City
) -> None:
    campaign = make_campaign(city=city.root)
    tasks = [
        Task(
            campaign=campaign,
            unit=city.bureau,
            title=f"第{n}项",
            quantity=Decimal(1),
            quantity_unit="处",
            starts_on=date(2016, 1, 1) + n * DAY,
            due_on=date(2016, 4, 1) + n * DAY,
            baseline_starts_on=date(2016, 1, 1) + n * DAY,
            baseline_due_on=date(2016, 3, 30) + n * DAY,
        )
        for n in range(130)
    ]
    Task.objects.bulk_create(tasks)
    first = client.get(f"/campaigns/tasks/gantt/?campaign={campaign.code}").content.decode()
    assert "第0项" in first
    assert "第129项" not in first
    assert '<td class="num" data-label="变动（天）">2</td>' in first
    rest = client.get(f"/campaigns/tasks/gantt/?campaign={campaign.code}&page=2").content.decode()
    assert "第129项" in rest


def test_a_clerk_sees_the_own_tasks_only(client: Client, city: City) -> None:
    _chain(city)
    client.force_login(city.other_clerk)
    page = client.get("/campaigns/tasks/gantt/").content.decode()
    assert "整改" in page
    assert page.count("campaigns-gantt__bar") == 1


def test_the_plan_costs_the_same_for_two_and_for_forty(client: Client, city: City) -> None:
    def cost(page: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(page).status_code == 200
        return len(asked)

    pages = ["/campaigns/tasks/gantt/", "/campaigns/tasks/gantt/slips/"]
    _chain(city)
    few = [cost(page) for page in pages]
    for _n in range(20):
        _chain(city)
    assert [cost(page) for page in pages] == few
