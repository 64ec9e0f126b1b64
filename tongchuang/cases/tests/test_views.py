"""Pages of cases: who sees what, and what happens to wrong, late and double input."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tongchuang.accounts.models import User
from tongchuang.accounts.services import rename_unit
from tongchuang.cases import services
from tongchuang.cases.models import Case
from tongchuang.cases.tests.make import (
    Town,
    accepted,
    closed,
    dispatched,
    later,
    make_case,
    make_class,
    make_town,
    photo,
    replied,
)
from tongchuang.core import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return make_town()


def _as(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _post(user: User, case: Case, page: str, **data: Any) -> Any:
    return _as(user).post(f"/cases/{case.pk}/{page}/", {"version": case.version, **data})


def test_outside_the_scope_there_is_no_case(town: Town) -> None:
    case = dispatched(town)
    assert _as(town.city.other_clerk).get(f"/cases/{case.pk}/").status_code == 404
    assert _as(town.city.bureau_clerk).get(f"/cases/{case.pk}/").status_code == 200


def test_inside_the_scope_but_not_allowed_is_forbidden(town: Town) -> None:
    case = dispatched(town)
    assert _as(town.city.bureau_clerk).get(f"/cases/{case.pk}/dispatch/").status_code == 403


def test_the_finder_sees_what_they_found(town: Town) -> None:
    case = make_case(town, by=town.city.other_clerk)
    assert _as(town.city.other_clerk).get(f"/cases/{case.pk}/").status_code == 200


def test_the_lead_unit_gets_no_button_to_check_itself(town: Town) -> None:
    case = replied(town)
    town.checker.unit = town.city.bureau
    town.checker.save()
    assert "记录核查结果" not in _as(town.checker).get(f"/cases/{case.pk}/").content.decode()
    assert _as(town.checker).get(f"/cases/{case.pk}/check/").status_code == 403


def test_a_case_goes_its_way_through_the_pages(town: Town) -> None:
    case = make_case(town)
    city = town.city
    assert _post(city.dispatcher, case, "dispatch", to=city.bureau.pk).status_code == 303
    case.refresh_from_db()
    assert _post(city.bureau_clerk, case, "accept").status_code == 303
    case.refresh_from_db()
    _post(city.bureau_clerk, case, "reply", measure="已清", photos=[photo()])
    case.refresh_from_db()
    _post(town.checker, case, "check", result="pass", photos=[photo("核查.jpg")])
    case.refresh_from_db()
    assert case.status == Case.Status.CLOSED
    assert [one.moment for one in case.photos.all()] == ["after", "check"]


def test_sending_a_form_twice_has_one_effect(town: Town) -> None:
    case = dispatched(town)
    first = _post(town.city.bureau_clerk, case, "accept")
    second = _post(town.city.bureau_clerk, case, "accept")
    assert (first.status_code, second.status_code) == (303, 303)
    assert case.legs.filter(stage="fix").count() == 1


def test_a_late_form_tells_who_was_faster_and_keeps_the_text(town: Town) -> None:
    case = accepted(town)
    late = case.version
    services.ask_extension(case, days=1, reason="雨", by=town.city.bureau_clerk)
    answer = _as(town.city.bureau_clerk).post(
        f"/cases/{case.pk}/reply/", {"version": late, "measure": "我写了很久的措施"}
    )
    words = answer.content.decode()
    assert answer.status_code == 409
    assert town.city.bureau_clerk.name in words
    assert "我写了很久的措施" in words


def test_a_photo_that_is_none_is_told_beside_the_form(town: Town) -> None:
    case = accepted(town)
    bad = photo()
    bad.seek(0)
    bad.truncate()
    bad.write(b"MZ this is a program")
    bad.size = 20
    answer = _post(town.city.bureau_clerk, case, "reply", measure="已清运", photos=[bad])
    assert answer.status_code == 422
    assert "已清运" in answer.content.decode()
    case.refresh_from_db()
    assert case.status == Case.Status.ACCEPTED


def test_htmx_gets_the_form_alone_and_is_sent_to_the_case(town: Town) -> None:
    case = dispatched(town)
    client = _as(town.city.bureau_clerk)
    form = client.get(f"/cases/{case.pk}/accept/", headers={"HX-Request": "true"})
    assert "<html" not in form.content.decode()
    done = client.post(
        f"/cases/{case.pk}/accept/", {"version": case.version}, headers={"HX-Request": "true"}
    )
    assert done.headers["HX-Redirect"] == f"/cases/{case.pk}/"


def test_filing_on_a_page_needs_a_place(town: Town) -> None:
    data = {
        "client_id": "6f9619ff-8b86-d011-b42d-00c04fc964ff",
        "title": "垃圾",
        "problem_class": town.problem_class.pk,
        "channel": "grid",
        "no_photo_reason": "天黑",
    }
    client = _as(town.city.street_clerk)
    answer = client.post("/cases/new/", data)
    assert answer.status_code == 422
    assert "请说明地点" in answer.content.decode()
    for _twice in range(2):
        assert client.post("/cases/new/", data | {"address": "老街"}).status_code == 303
    assert Case.objects.count() == 1


def test_sites_are_found_while_filing_without_script(town: Town) -> None:
    answer = _as(town.city.street_clerk).post(
        "/cases/new/", {"search": "1", "find": town.site.name, "title": "已写的标题"}
    )
    words = answer.content.decode()
    assert town.site.code in words
    assert "已写的标题" in words


def test_bulk_dispatch_reports_each_case(town: Town) -> None:
    sure = make_case(town, problem_class=make_class(trade_hint=["城管局"]))
    unsure = make_case(town)
    client = _as(town.city.dispatcher)
    answer = client.post("/cases/bulk-dispatch/", {"ids": [sure.pk, unsure.pk]}, follow=True)
    words = answer.content.decode()
    assert "已派发 1 件" in words
    assert f"{unsure.number}：把握低于 75%" in words


def test_photos_are_seen_by_those_who_see_the_case(town: Town) -> None:
    case = replied(town)
    address = f"/cases/photos/{case.photos.get().pk}/thumb/"
    assert _as(town.city.bureau_clerk).get(address).status_code == 200
    assert _as(town.city.other_clerk).get(address).status_code == 404


@pytest.mark.parametrize(
    "page",
    [
        "/cases/",
        "/cases/?tab=closed&channel=inspection&grade=B&q=空地&filed=2016-03-08&sort=-due",
        "/cases/?territory=x&filed=never&month=13&sort=nonsense&after=forged&lead=9999999999999",
        "/cases/map/",
        "/cases/points.json",
        "/cases/export/",
    ],
)
def test_lists_answer_whatever_the_address_says(town: Town, page: str) -> None:
    closed(town)
    assert _as(town.city.dispatcher).get(page).status_code == 200


@pytest.mark.parametrize("page", ["/cases/", "/cases/map/", "/cases/points.json", "/cases/export/"])
def test_the_cost_of_a_list_does_not_grow(town: Town, page: str) -> None:
    client = _as(town.city.bureau_clerk)
    dispatched(town)
    client.get(page)
    few = _cost(client, page)
    for _more in range(6):
        dispatched(town)
    assert _cost(client, page) == few <= 30


def test_the_cost_of_a_record_does_not_grow(town: Town) -> None:
    client = _as(town.checker)
    short, long = make_case(town), closed(town)
    services.reopen_case(long, reason="反弹", by=town.city.dispatcher)
    client.get(f"/cases/{short.pk}/")
    assert _cost(client, f"/cases/{long.pk}/") <= _cost(client, f"/cases/{short.pk}/") + 3 <= 40


def _cost(client: Client, page: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(page).status_code == 200
    return len(queries)


def test_a_case_shows_units_under_the_names_of_its_days(town: Town) -> None:
    case = dispatched(town)
    bureau = town.city.bureau
    with later(days=40):
        rename_unit(bureau, name="综合执法局", on=clock.today(), by=town.city.admin)
        services.accept_case(case, by=town.city.bureau_clerk)
        page = _as(town.city.dispatcher).get(f"/cases/{case.pk}/").content.decode()
        printed = _as(town.city.dispatcher).get(f"/cases/{case.pk}/print/").content.decode()
    assert f"派发 {bureau.label}" in page
    assert "综合执法局 签收" in page
    assert f"<dd>{bureau.label}</dd>" in printed


def test_what_waits_now_is_asked_of_the_unit_of_today(town: Town) -> None:
    case = dispatched(town)
    with later(days=40):
        rename_unit(town.city.bureau, name="综合执法局", on=clock.today(), by=town.city.admin)
        page = _as(town.city.dispatcher).get(f"/cases/{case.pk}/").content.decode()
    assert "<b>综合执法局</b>" in page
