"""The tables behind the cockpit's drawings, taken away as spreadsheets."""

from datetime import date
from io import BytesIO

import pytest
from django.test import Client
from openpyxl import load_workbook

from tongchuang.campaigns.tests.make import make_campaign, make_gate
from tongchuang.cases.tests.make import Town, dispatched, later, make_town
from tongchuang.core.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return make_town()


def _table(client: Client, name: str) -> list[tuple[object, ...]]:
    answer = client.get(f"/cockpit/export/{name}/")
    assert answer.status_code == 200
    return [tuple(row) for row in load_workbook(BytesIO(answer.content)).worksheets[0].values]


@pytest.mark.parametrize("name", ["gates", "flow", "hands", "late", "states"])
def test_every_drawing_of_the_cockpit_can_be_taken_away(
    town: Town, client: Client, name: str
) -> None:
    client.force_login(town.city.director)
    assert len(_table(client, name)) >= 1
    assert Event.objects.filter(action="export").count() == 1


def test_the_table_says_what_the_page_says(town: Town, client: Client) -> None:
    gate = make_gate(make_campaign(city=town.city.root, main=True), due_on=date(2016, 5, 1))
    case = dispatched(town)
    client.force_login(town.city.director)
    assert gate.title in [row[1] for row in _table(client, "gates")]
    flow = {row[0]: row[1] for row in _table(client, "flow")}
    assert flow["派发"] == 1
    with later(days=30):
        late = _table(client, "late")
    assert late[1][0] == case.number


def test_who_has_no_cockpit_takes_nothing_away(town: Town, client: Client) -> None:
    client.force_login(town.city.bureau_clerk)
    assert client.get("/cockpit/export/late/").status_code == 403


def test_an_unknown_table_is_not_found(town: Town, client: Client) -> None:
    client.force_login(town.city.director)
    assert client.get("/cockpit/export/everything/").status_code == 404
