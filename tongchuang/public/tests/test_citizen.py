"""What citizens can do, and what they are told."""

import re
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tongchuang.accounts.services import robot
from tongchuang.accounts.tests.make import make_user
from tongchuang.cases import services as cases
from tongchuang.cases.models import Case
from tongchuang.cases.tests.make import Town, later, make_town, photo
from tongchuang.core import audit
from tongchuang.core.models import Event, Message
from tongchuang.public.models import Report, ReportPhoto

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    robot()
    return make_town()


def _form(**fields: Any) -> dict[str, Any]:
    values = {"topic": "waste", "address": "文昌路 112 号附近", "text": "味道很大"}
    return {**values, "submission_id": str(uuid.uuid4()), **fields}


def _send(client: Client, **fields: Any) -> Report:
    answer = client.post("/p/", _form(**fields))
    assert answer.status_code == 302, answer.content.decode()
    return Report.objects.latest("pk")


def test_the_form_needs_no_sign_in_and_little_loading(client: Client, town: Town) -> None:
    page = client.get("/p/")
    assert page.status_code == 200
    assert len(page.content) < 20_000
    assert "office.js" not in page.content.decode()


def test_a_report_becomes_a_case_to_verify(client: Client, town: Town) -> None:
    report = _send(client, photos=[photo()])
    case = report.case
    assert case is not None
    assert (case.status, case.channel) == (Case.Status.TO_VERIFY, Case.Channel.PUBLIC)
    assert case.title == "文昌路 112 号附近 垃圾"
    assert ReportPhoto.objects.get().report == report
    assert audit.history(report).get().action == "submit"


def test_sent_twice_it_has_one_effect_and_one_code(client: Client, town: Town) -> None:
    form = _form()
    first, second = client.post("/p/", form), client.post("/p/", form)
    assert first["Location"] == second["Location"]
    assert (Report.objects.count(), Case.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"address": ""}, "请写明在哪里"),
        ({"topic": ""}, "请选一类问题"),
        ({"topic": "other", "text": ""}, "请用一两句话说明"),
        ({"contact": "微信号"}, "手机号只填数字"),
        ({"website": "http://x"}, "请清空"),
    ],
)
def test_what_is_wrong_is_said_and_the_text_stays(
    client: Client, town: Town, wrong: dict[str, str], words: str
) -> None:
    answer = client.post("/p/", _form(**{"text": "桶边没人清", **wrong}))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert "桶边没人清" in page or wrong.get("text") == ""
    assert not Report.objects.exists()


def test_a_photo_that_is_none_is_refused_and_nothing_is_kept(client: Client, town: Town) -> None:
    fake = SimpleUploadedFile("照片.jpg", b"not a picture", "image/jpeg")
    answer = client.post("/p/", _form(photos=[fake]))
    assert answer.status_code == 422
    assert not Report.objects.exists()
    assert not Case.objects.exists()


def test_more_than_three_photos_are_too_many(client: Client, town: Town) -> None:
    answer = client.post("/p/", _form(photos=[photo(f"{n}.jpg") for n in range(4)]))
    assert "最多传 3 张" in answer.content.decode()


def test_too_many_from_one_network_are_told_to_wait(client: Client, town: Town) -> None:
    answers = [client.post("/p/", _form()).status_code for _n in range(7)]
    assert answers == [302] * 6 + [422]
    assert "频繁" in client.post("/p/", _form()).content.decode()


def test_the_plate_of_a_site_fills_in_the_place(client: Client, town: Town) -> None:
    page = client.get(f"/p/s/{town.site.plate}/").content.decode()
    assert town.site.name in page
    report = _send(client, address="", plate=town.site.plate)
    assert report.site == town.site
    assert report.case is not None
    assert report.case.site == town.site


def test_an_unknown_plate_still_gives_a_form(client: Client, town: Town) -> None:
    answer = client.get("/p/s/0000000000/")
    assert answer.status_code == 404
    assert "没有找到这块牌子" in answer.content.decode()


def test_an_unknown_code_is_told_kindly(client: Client, town: Town) -> None:
    answer = client.get("/p/t/?code=AAAA")
    assert answer.status_code == 404
    assert "没有这个查询码" in answer.content.decode()


def test_a_code_is_found_in_small_letters_too(client: Client, town: Town) -> None:
    report = _send(client)
    answer = client.get(f"/p/t/?code={report.tracking_code.lower()}", follow=True)
    assert report.title in answer.content.decode()


def test_a_refused_report_shows_the_reason_and_the_right_office(client: Client, town: Town) -> None:
    report = _send(client, plate=town.site.plate)
    case = report.case
    assert case is not None
    Case.objects.filter(pk=case.pk).update(proposed_lead=town.city.bureau)
    cases.reject_case(case, reason="属于物业费纠纷", by=town.checker)
    page = client.get(f"/p/t/{report.tracking_code}/").content.decode()
    assert "没有受理" in page
    assert "属于物业费纠纷" in page
    assert "可向城管局反映" in page


def _closed(client: Client, town: Town) -> Report:
    report = _send(client, plate=town.site.plate, photos=[photo()])
    case = cases.verify_report(_case(report), by=town.checker)
    case = cases.dispatch_case(case, to=town.city.bureau, by=town.city.dispatcher)
    case = cases.accept_case(case, by=town.city.bureau_clerk)
    clerk = town.city.bureau_clerk
    case = cases.reply_case(case, measure="清运并加装垃圾桶", photos=[photo()], by=clerk)
    cases.close_case(case, by=town.checker, photos=[photo()])
    return Report.objects.get(pk=report.pk)


def _case(report: Report) -> Case:
    assert report.case is not None
    return report.case


def test_the_whole_way_from_report_to_the_last_word(client: Client, town: Town) -> None:
    report = _closed(client, town)
    address = f"/p/t/{report.tracking_code}/"
    page = client.get(address).content.decode()
    for words in ("您提交", "核实属实", "交城管局办理", "清运并加装垃圾桶", "到场核查通过"):
        assert words in page
    assert client.get(f"{address}photos/after/").status_code == 200
    client.post(f"{address}rate/", {"solved": "yes", "rating": "5", "comment": "很快"})
    report.refresh_from_db()
    assert (report.solved, report.rating, report.comment) == (True, 5, "很快")


def test_nothing_after_is_shown_before_the_check_is_passed(client: Client, town: Town) -> None:
    report = _send(client, photos=[photo()])
    address = f"/p/t/{report.tracking_code}/photos"
    assert client.get(f"{address}/before/").status_code == 200
    assert client.get(f"{address}/after/").status_code == 404


def test_a_citizen_judges_once_and_only_after_the_end(client: Client, town: Town) -> None:
    early = _send(client)
    assert client.post(f"/p/t/{early.tracking_code}/rate/", {"solved": "yes"}).status_code == 422
    report = _closed(client, town)
    for rating in ("5", "1"):
        client.post(f"/p/t/{report.tracking_code}/rate/", {"solved": "yes", "rating": rating})
    report.refresh_from_db()
    assert report.rating == 5
    assert Event.objects.filter(subject_kind="public.report", action="rate").count() == 1


def test_the_time_to_judge_ends(client: Client, town: Town) -> None:
    report = _closed(client, town)
    with later(days=31):
        answer = client.post(f"/p/t/{report.tracking_code}/rate/", {"solved": "no"})
    assert answer.status_code == 422
    assert "已过评价时间" in answer.content.decode()


def test_not_solved_asks_the_office_which_opens_the_case_again(client: Client, town: Town) -> None:
    report = _closed(client, town)
    client.post(f"/p/t/{report.tracking_code}/rate/", {"solved": "no", "comment": "又堆了"})
    assert Message.objects.filter(subject__contains="没有解决").exists()
    client.force_login(town.city.director)
    page = client.get("/").content.decode()
    assert "群众要求重办" in page
    address = f"/p/reports/{report.pk}/reopening/"
    client.post(address, {"uphold": "1", "answer": "属实，今天重新派人"})
    report.refresh_from_db()
    assert _case(report).status == Case.Status.REOPENED
    assert report.solved is None
    assert "属实，今天重新派人" in client.get(f"/p/t/{report.tracking_code}/").content.decode()


def test_a_hotline_agent_may_answer_but_not_reopen(client: Client, town: Town) -> None:
    report = _closed(client, town)
    client.post(f"/p/t/{report.tracking_code}/rate/", {"solved": "no"})
    agent = make_user(role="hotline_agent", unit=town.city.office, over=town.city.root)
    client.force_login(agent)
    answer = client.post(f"/p/reports/{report.pk}/reopening/", {"uphold": "1", "answer": "好"})
    assert answer.status_code == 403
    assert _case(report).status == Case.Status.CLOSED


def test_results_show_only_what_the_office_made_public(client: Client, town: Town) -> None:
    report = _closed(client, town)
    address = f"/p/results/{_case(report).pk}/after/"
    assert client.get(address).status_code == 404
    client.force_login(town.city.director)
    client.post(f"/p/reports/{report.pk}/publish/", {"public": "1"})
    client.logout()
    assert client.get(address).status_code == 200
    assert _case(report).title in client.get("/p/results/").content.decode()
    assert not re.search(r"文昌路.*手机", client.get("/p/results/").content.decode())
