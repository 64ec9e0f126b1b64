"""The API shows what the pages show, to those who may see it, in the shapes written down."""

import json
from pathlib import Path

import pytest
from django.test import Client

from tongchuang.accounts.models import Unit
from tongchuang.accounts.tests.make import make_unit, make_user
from tongchuang.cases.tests.make import dispatched, make_town
from tongchuang.config.api import api
from tongchuang.places.tests.make import make_site

SNAPSHOT = Path(__file__).resolve().parent.parent / "docs" / "api" / "openapi.json"
pytestmark = pytest.mark.django_db


def test_the_written_description_is_current() -> None:
    now = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/")))
    assert json.loads(SNAPSHOT.read_text(encoding="utf-8")) == now, "run: make docs"


def test_a_stranger_is_told_to_sign_in(client: Client) -> None:
    answer = client.get("/api/cases")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")


def test_somebody_without_the_right_is_refused(client: Client) -> None:
    client.force_login(make_user(unit=make_unit()))
    answer = client.get("/api/cases")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


def test_a_case_outside_the_scope_does_not_exist(client: Client) -> None:
    town = make_town()
    mine = dispatched(town)
    client.force_login(make_user(role="unit_clerk", unit=make_unit()))
    assert client.get("/api/cases?tab=all").json()["items"] == []
    assert client.get(f"/api/cases/{mine.number}").status_code == 404
    client.force_login(make_user(role="auditor", unit=Unit.objects.get(pk=mine.city_id)))
    assert [row["number"] for row in client.get("/api/cases").json()["items"]] == [mine.number]
    assert client.get(f"/api/cases/{mine.number}").json()["legs"][-1]["stage"] == "sign"


def test_walking_a_list_gives_every_row_once(client: Client) -> None:
    street = make_unit(kind=Unit.Kind.STREET)
    codes = [make_site(territory=street).code for _number in range(5)]
    client.force_login(make_user(role="town_clerk", unit=street))
    seen: list[str] = []
    address = "/api/sites?limit=2"
    following: int | None = -1
    while following is not None:
        part = client.get(address if following == -1 else f"{address}&before={following}").json()
        seen += [row["code"] for row in part["items"]]
        following = part["next"]
    assert seen == codes[::-1]


def test_a_wrong_parameter_is_named(client: Client) -> None:
    client.force_login(make_user(role="auditor", unit=make_unit()))
    answer = client.get("/api/sites?limit=many")
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["limit"])
