"""What the office does with reports, and letters of another system."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tongchuang.accounts.models import User
from tongchuang.accounts.services import robot
from tongchuang.accounts.tests.make import City, make_city, make_user
from tongchuang.cases import services as cases
from tongchuang.cases.models import Case
from tongchuang.cases.tests.make import Town, make_town
from tongchuang.core import audit, clock
from tongchuang.core.tabular import SheetMapping
from tongchuang.public import queries, services
from tongchuang.public.models import Report
from tongchuang.public.services import new_code
from tongchuang.public.sheets import report_sheet, unknown_agencies

pytestmark = pytest.mark.django_db

LETTERS = """mail_id,title,query,query_date,reply,reply_date,reply_agency
1,路灯不亮,三盏不亮,2015-03-01,已修好,2015-03-03,城管局
2,学位问题,能上学吗,2015-03-02,请联系学校,2015-03-05,市教育和体育局
3,没有日期,不知何时,,,,
"""
MAPPING = """
columns: {mail_id: 外部编号, title: 标题, query: 情况, query_date: 提交时间,
          reply: 答复, reply_date: 答复时间, reply_agency: 答复机构}
constants: {外部来源: 市长信箱}
"""


@pytest.fixture
def city() -> City:
    robot()
    return make_city()


def make_report(city: City, **fields: Any) -> Report:
    values = {"tracking_code": new_code(), "city": city.root, "title": "垃圾", "at": clock.now()}
    return Report.objects.create(**{**values, **fields})


@pytest.fixture
def agent(city: City) -> User:
    return make_user(role="hotline_agent", unit=city.office, over=city.root)


def test_reports_of_another_city_do_not_exist(client: Client, city: City, agent: User) -> None:
    other = make_city()
    report = make_report(other)
    client.force_login(agent)
    assert client.get(f"/p/reports/{report.pk}/").status_code == 404


def test_reading_a_contact_leaves_a_trace(client: Client, city: City, agent: User) -> None:
    report = make_report(city, contact="19900001111")
    client.force_login(agent)
    assert "19900001111" not in client.get(f"/p/reports/{report.pk}/").content.decode()
    page = client.post(f"/p/reports/{report.pk}/contact/").content.decode()
    assert "19900001111" in page
    assert audit.history(report).get().action == "read_contact"


def test_the_director_answers_but_never_sees_the_contact(client: Client, city: City) -> None:
    report = make_report(city, contact="19900001111")
    client.force_login(city.director)
    assert client.post(f"/p/reports/{report.pk}/contact/").status_code == 403
    client.post(f"/p/reports/{report.pk}/answer/", {"text": "已安排", "version": report.version})
    report.refresh_from_db()
    assert (report.answer, report.answered_by) == ("已安排", city.director)


def test_a_stale_answer_keeps_the_typed_text(client: Client, city: City, agent: User) -> None:
    report = make_report(city)
    client.force_login(agent)
    client.post(f"/p/reports/{report.pk}/answer/", {"text": "第一次", "version": 0})
    answer = client.post(f"/p/reports/{report.pk}/answer/", {"text": "第二次", "version": 0})
    assert answer.status_code == 409
    assert "第二次" in answer.content.decode()
    report.refresh_from_db()
    assert report.answer == "第一次"


def test_a_report_not_taken_up_in_a_working_day_is_late(city: City) -> None:
    now = clock.now()
    old = make_report(city, at=now.replace(day=4, hour=9))
    new = make_report(city)
    assert queries.late_to_acknowledge(old, at=now)
    assert not queries.late_to_acknowledge(new, at=now)
    todo = queries.todo_for(city.director, at=now)[0]
    assert (todo.count, todo.late) == (2, 1)


def test_the_list_costs_the_same_however_long(
    client: Client, city: City, django_assert_max_num_queries: Any
) -> None:
    client.force_login(city.director)
    make_report(city)
    client.get("/p/reports/")
    for _n in range(20):
        make_report(city)
    with django_assert_max_num_queries(16):
        client.get("/p/reports/?q=垃圾&tab=waiting")


# Letters
def _letters(tmp_path: Path) -> Path:
    path = tmp_path / "letters.csv"
    path.write_text(LETTERS, encoding="utf-8")
    return path


def test_letters_become_answered_reports_once(city: City, tmp_path: Path) -> None:
    path, mapping = _letters(tmp_path), SheetMapping.from_yaml(MAPPING)
    for new in (2, 0):
        sheet = report_sheet()
        preview = sheet.preview(path, mapping)
        assert (preview.new, preview.refused) == (new, 1)
        preview.commit(by=robot(), leave_out_refused=True)
    first = Report.objects.get(external_id="1")
    assert (first.answering_unit, first.answer, first.case) == (city.bureau, "已修好", None)
    assert Report.objects.count() == 2


def test_unknown_agencies_are_proposed_never_made(city: City, tmp_path: Path) -> None:
    sheet = report_sheet()
    sheet.preview(_letters(tmp_path), SheetMapping.from_yaml(MAPPING)).commit(
        by=robot(), leave_out_refused=True
    )
    assert unknown_agencies(sheet) == ["市教育和体育局 × 1，相近的有 教育局"]
    second = Report.objects.get(external_id="2")
    assert (second.agency, second.answering_unit) == ("市教育和体育局", None)


# A letter becomes a case
@pytest.fixture
def town() -> Town:
    robot()
    return make_town()


def _imported(town: Town, tmp_path: Path, number: str) -> Report:
    report_sheet().preview(_letters(tmp_path), SheetMapping.from_yaml(MAPPING)).commit(
        by=robot(), leave_out_refused=True
    )
    return Report.objects.get(external_id=number)


def _file_letter(client: Client, report: Report, **typed: Any) -> Any:
    form = {"address": "文昌路 12 号", "version": report.version, **typed}
    return client.post(f"/p/reports/{report.pk}/file/", form)


def test_an_imported_letter_goes_from_the_page_to_the_unit(
    client: Client, town: Town, tmp_path: Path
) -> None:
    report = _imported(town, tmp_path, "1")
    client.force_login(town.city.dispatcher)
    assert "转为案件" in client.get(f"/p/reports/{report.pk}/").content.decode()
    answer = _file_letter(client, report, problem_class=town.problem_class.pk)
    assert answer.status_code == 302
    report.refresh_from_db()
    case = report.case
    assert case
    assert (case.status, case.channel) == (Case.Status.TO_VERIFY, Case.Channel.HOTLINE)
    assert case.title == "路灯不亮"
    assert "城管局曾答复：已修好" in case.description
    assert audit.history(report).last().action == "file"  # type: ignore[union-attr]  # just written
    cases.verify_report(case, by=town.checker)
    client.post(f"/cases/{case.pk}/dispatch/", {"to": town.city.bureau.pk, "version": 2})
    case.refresh_from_db()
    assert (case.status, case.lead) == (Case.Status.DISPATCHED, town.city.bureau)


def test_a_letter_becomes_one_case_however_often_it_is_sent(
    client: Client, town: Town, tmp_path: Path
) -> None:
    report = _imported(town, tmp_path, "1")
    for _time in range(2):
        services.file_letter(
            report,
            address="文昌路",
            problem_class=None,
            territory=None,
            by=town.city.dispatcher,
            at=clock.now(),
        )
    assert Case.objects.count() == 1
    client.force_login(town.city.dispatcher)
    assert "#file" not in client.get(f"/p/reports/{report.pk}/").content.decode()


def test_a_letter_without_a_place_says_what_is_missing(
    client: Client, town: Town, tmp_path: Path
) -> None:
    report = _imported(town, tmp_path, "2")
    client.force_login(town.city.dispatcher)
    answer = _file_letter(client, report, address="")
    assert answer.status_code == 422
    assert "请说明地点" in answer.content.decode()
    assert (
        _file_letter(client, report, address="", territory=town.city.street.pk).status_code == 302
    )
    report.refresh_from_db()
    assert report.case
    assert report.case.territory == town.city.street


def test_a_letter_answered_before_waits_for_a_new_answer_when_its_case_ends(
    town: Town, tmp_path: Path
) -> None:
    report = _imported(town, tmp_path, "1")
    services.file_letter(
        report,
        address="文昌路",
        problem_class=None,
        territory=None,
        by=town.city.dispatcher,
        at=clock.now(),
    )
    report.refresh_from_db()
    assert report.case
    cases.reject_case(report.case, reason="不在辖区", by=town.checker)
    todo = queries.todo_for(town.city.dispatcher, at=clock.now())
    assert [str(one.label) for one in todo] == ["诉求待答复"]
    services.answer_report(
        report, text="已转邻市", unit=None, by=town.city.dispatcher, at=clock.now()
    )
    assert queries.todo_for(town.city.dispatcher, at=clock.now()) == []


def test_who_reads_only_makes_no_case_of_a_letter(
    client: Client, town: Town, tmp_path: Path
) -> None:
    report = _imported(town, tmp_path, "1")
    client.force_login(make_user(role="auditor", unit=town.city.root))
    assert "#file" not in client.get(f"/p/reports/{report.pk}/").content.decode()
    assert _file_letter(client, report).status_code == 403
    assert not Case.objects.exists()
