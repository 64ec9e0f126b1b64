"""The pages of bulletins as people use them."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tongchuang.accounts.models import User
from tongchuang.accounts.tests.make import make_unit, make_user
from tongchuang.core import clock
from tongchuang.supervision import paper, services
from tongchuang.supervision.models import Bulletin, Objection
from tongchuang.supervision.tests.make import (
    CONSULTED,
    ISSUED,
    SEALED,
    MonthCity,
    consulting,
    due_case,
    frozen,
    issued,
    make_month,
    make_spread,
    sealed,
    with_standard,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def month() -> MonthCity:
    return make_month()


def _as(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _page(user: User, path: str) -> str:
    answer = _as(user).get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_shows_the_ranking_and_the_reason_for_no_rank(month: MonthCity) -> None:
    page = _page(month.director, f"/supervision/{frozen(month).pk}/")
    assert "87.40" in page
    assert "本月工作量不足" in page
    assert "征求意见后，2 个单位收到得分" in page


def test_the_page_tells_readiness_and_good_examples(month: MonthCity) -> None:
    with_standard(month)
    bulletin = frozen(month)
    values = {
        **_empty_set("praise"),
        **_empty_set("named"),
        **_empty_set("highlights", forms=1),
        "highlights-0-unit": month.bureau.pk,
        "highlights-0-text": "门栋认领，垃圾当日清",
        "demands": "",
        "version": bulletin.version,
    }
    answer = _as(month.director).post(f"/supervision/{bulletin.pk}/praise/", values)
    assert answer.status_code == 302
    page = _page(month.director, f"/supervision/{bulletin.pk}/")
    assert "门栋认领，垃圾当日清" in page
    assert "月末就绪度 0.0%，自评覆盖 100%，与上月持平，最低的一项是条款达标。" in page
    assert "period=2016-02" in page


def _empty_set(prefix: str, *, forms: int = 0) -> dict[str, object]:
    return {f"{prefix}-TOTAL_FORMS": forms, f"{prefix}-INITIAL_FORMS": 0}


def test_groups_are_called_by_their_name_in_each_language(month: MonthCity) -> None:
    address = f"/supervision/{frozen(month).pk}/"
    client = _as(month.director)
    assert "执法与主管部门" in client.get(address).content.decode()
    client.cookies["django_language"] = "en"
    english = client.get(address).content.decode()
    assert "Enforcement and regulators" in english


def test_a_score_opens_its_records(month: MonthCity) -> None:
    bulletin = frozen(month)
    page = _page(month.director, f"/supervision/{bulletin.pk}/units/{month.bureau.pk}/")
    assert "到期 10 件，按期 8 件" in page
    late = bulletin.data["units"][0]["late"]
    assert len(late) == 2
    assert all(f"/cases/{row['pk']}/" in page for row in late)


def test_drafts_are_hidden_from_units(month: MonthCity) -> None:
    bulletin = frozen(month)
    address = f"/supervision/{bulletin.pk}/"
    assert _as(month.head).get(address).status_code == 404
    services.consult_bulletin(bulletin, at=CONSULTED, by=month.director)
    assert _as(month.head).get(address).status_code == 200


def test_bulletins_of_another_city_do_not_exist(month: MonthCity) -> None:
    stranger = make_user(role="hq_director", unit=make_unit("邻市", kind="city"))
    assert _as(stranger).get(f"/supervision/{frozen(month).pk}/").status_code == 404


def test_freezing_by_the_page_opens_the_draft(month: MonthCity) -> None:
    month.campaign.started_on = "2016-01-01"
    month.campaign.save()
    values = {"campaign": "NSC", "month": "2016-02"}
    answer = _as(month.director).post("/supervision/new/", values)
    bulletin = Bulletin.objects.get()
    assert answer.headers["Location"] == f"/supervision/{bulletin.pk}/"
    again = _as(month.director).post("/supervision/new/", values)
    assert again.headers["Location"] == answer.headers["Location"]


def test_a_month_that_has_not_ended_cannot_be_chosen(month: MonthCity) -> None:
    values = {"campaign": "NSC", "month": "2016-03"}
    assert _as(month.director).post("/supervision/new/", values).status_code == 422


def test_steps_by_buttons_reach_the_issued_bulletin(month: MonthCity) -> None:
    client, address = _as(month.director), f"/supervision/{frozen(month).pk}/"
    for move, at in (("consult", CONSULTED), ("seal", SEALED), ("issue", ISSUED)):
        with clock.use(at):
            assert client.post(f"{address}{move}/").status_code == 302
    assert Bulletin.objects.get().document_no == "示创卫办〔2016〕1号"


def test_pressing_twice_is_told_and_done_once(month: MonthCity) -> None:
    client, bulletin = _as(month.director), consulting(month)
    answer = client.post(f"/supervision/{bulletin.pk}/consult/", follow=True)
    assert "状态已经变化" in answer.content.decode()


def test_a_stale_button_says_who_moved_the_bulletin(month: MonthCity) -> None:
    bulletin = consulting(month)
    answer = _as(month.director).post(f"/supervision/{bulletin.pk}/seal/", {"version": "0"})
    assert answer.status_code == 409
    assert month.director.name in answer.content.decode()


_SETS = ("praise", "named", "highlights")


def _entries(month: MonthCity, text: str) -> dict[str, object]:
    head = {f"{name}-{key}": "0" for name in _SETS for key in ("INITIAL_FORMS",)}
    return {
        **head,
        "praise-TOTAL_FORMS": "1",
        "named-TOTAL_FORMS": "0",
        "highlights-TOTAL_FORMS": "0",
        "praise-0-unit": month.bureau.pk,
        "praise-0-text": text,
        "praise-0-level": "city",
        "demands": "各单位抓紧整改。",
    }


def test_praise_with_a_level_changes_the_score(month: MonthCity) -> None:
    bulletin = frozen(month)
    client = _as(month.director)
    make_spread(month, month.bureau, "city")
    client.post(f"/supervision/{bulletin.pk}/praise/", _entries(month, "门栋认领"))
    assert "88.40" in _page(month.director, f"/supervision/{bulletin.pk}/")


def test_praise_without_a_fact_is_refused_and_kept(month: MonthCity) -> None:
    bulletin = frozen(month)
    answer = _as(month.director).post(f"/supervision/{bulletin.pk}/praise/", _entries(month, ""))
    assert answer.status_code == 422
    assert "请写明事实" in answer.content.decode()
    assert "各单位抓紧整改。" in answer.content.decode()


def test_a_unit_objects_and_the_office_rules(month: MonthCity) -> None:
    bulletin = consulting(month)
    values = {"unit": month.bureau.pk, "part": "closing", "text": "案件超期系天气暂停"}
    with clock.use(CONSULTED):
        _as(month.head).post(f"/supervision/{bulletin.pk}/objections/new/", values)
        objection = Objection.objects.get()
        ruling = {"upheld": "yes", "points": "0.3", "ruling": "属实"}
        _as(month.director).post(f"/supervision/objections/{objection.pk}/", ruling)
    page = _page(month.director, f"/supervision/{bulletin.pk}/")
    assert "87.70" in page
    assert "+0.30" in page


def test_objecting_for_another_unit_is_refused(month: MonthCity) -> None:
    values = {"unit": month.street.pk, "part": "closing", "text": "x"}
    with clock.use(CONSULTED):
        path = f"/supervision/{consulting(month).pk}/objections/new/"
        assert _as(month.head).post(path, values).status_code == 422


def test_an_erratum_stands_at_its_place(month: MonthCity) -> None:
    bulletin = issued(month)
    values = {
        "anchor": f"score-{month.bureau.pk}",
        "was": "87.40",
        "reads": "87.70",
        "reason": "录入有误",
    }
    _as(month.director).post(f"/supervision/{bulletin.pk}/errata/new/", values)
    page = _page(month.director, f"/supervision/{bulletin.pk}/")
    assert "有更正" in page
    assert "示创卫办〔2016〕2号" in page
    assert "录入有误" in _page(
        month.director, f"/supervision/{bulletin.pk}/units/{month.bureau.pk}/"
    )


@pytest.mark.parametrize("made", [frozen, sealed, issued])
@pytest.mark.parametrize("ending", ["docx", "xlsx"])
def test_files_come_in_every_state(
    month: MonthCity, made: Callable[[MonthCity], Bulletin], ending: str
) -> None:
    path = f"/supervision/{made(month).pk}/bulletin.{ending}"
    answer = _as(month.director).get(path)
    assert answer.status_code == 200
    assert b"".join(answer)[:2] == b"PK"


def test_without_libreoffice_the_page_says_so(
    month: MonthCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    bulletin = frozen(month)
    answer = _as(month.director).get(f"/supervision/{bulletin.pk}/bulletin.pdf", follow=True)
    assert "没有 LibreOffice" in answer.content.decode()


def test_the_printed_page_and_the_word_file_say_the_same(month: MonthCity) -> None:
    bulletin = issued(month)
    page = _page(month.director, f"/supervision/{bulletin.pk}/print/")
    document = paper.bulletin_paper(bulletin, on=ISSUED.date())
    assert document.issuer_mark in page
    assert "按期办结率80.00%" in page
    assert "附件1" in page


def test_the_page_costs_the_same_however_many_cases(month: MonthCity) -> None:
    def cost(path: str) -> int:
        client = _as(month.director)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(path)
        return len(queries)

    few = cost(f"/supervision/{frozen(month).pk}/")
    for _n in range(20):
        due_case(month, status="accepted")
    Bulletin.objects.all().delete()
    assert cost(f"/supervision/{frozen(month).pk}/") == few
