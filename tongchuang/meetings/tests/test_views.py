"""Pages of meetings: what a person sees, what a form does, what a clerk does not see."""

from datetime import date, datetime
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from docx import Document

from tongchuang.accounts.models import Post, User
from tongchuang.accounts.tests.make import make_post
from tongchuang.core import clock
from tongchuang.core.tabular import Sheet
from tongchuang.meetings.models import Attendance, Meeting, Minutes, Policy, Ruling
from tongchuang.meetings.queries import gauges
from tongchuang.meetings.sheets import policy_sheet
from tongchuang.meetings.tests.make import (
    DAY,
    Hall,
    make_blocked,
    make_body,
    make_hall,
    make_held,
    make_item,
    make_matter,
    make_meeting,
    make_policy,
    make_ruled,
)

pytestmark = pytest.mark.django_db
AT = datetime.fromisoformat("2016-03-07T09:10:00+08:00")


@pytest.fixture
def hall() -> Hall:
    return make_hall()


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _page(user: User, address: str) -> str:
    with clock.use(AT):
        answer = _client(user).get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_office_takes_up_what_it_ticks(hall: Hall) -> None:
    task, meeting = make_blocked(hall, title="疏浚沟渠"), make_meeting(hall)
    address = f"/meetings/{meeting.pk}/agenda/"
    assert "受阻（用地）" in _page(hall.city.dispatcher, address)
    with clock.use(AT):
        _client(hall.city.dispatcher).post(address, {"take": [f"task-{task.pk}"]})
    assert meeting.agenda.get().task == task


def test_a_ruling_is_recorded_by_choosing_a_post(hall: Hall) -> None:
    post = make_post(unit=hall.city.bureau, kind=Post.Kind.DEPUTY)
    meeting = make_held(hall)
    item = make_item(meeting, kind="blocked", task=make_blocked(hall))
    address = f"/meetings/{meeting.pk}/rulings/new/?item={item.pk}"
    assert 'value="both" selected' in _page(hall.city.director, address)
    form = {"item": item.pk, "wording": "腾出地块", "owner": post.pk, "due_on": "2016-03-20"}
    answer = _client(hall.city.director).post(address, {**form, "means": "both"})
    assert answer.status_code == 302
    ruling = Ruling.objects.get()
    assert (ruling.unit, ruling.person) == (hall.city.bureau, post.holder)


def test_a_ruling_without_owner_or_day_is_refused_in_words(hall: Hall) -> None:
    meeting = make_held(hall)
    answer = _client(hall.city.director).post(
        f"/meetings/{meeting.pk}/rulings/new/", {"wording": "抓紧办", "means": "task"}
    )
    assert answer.status_code == 422
    assert not Ruling.objects.exists()


def test_lifting_a_block_is_not_offered_to_whoever_may_not(hall: Hall) -> None:
    address = f"/meetings/{make_held(hall).pk}/rulings/new/"
    assert 'value="lift"' not in _page(hall.city.dispatcher, address)
    assert 'value="lift"' in _page(hall.city.director, address)


def test_a_clerk_sees_own_meetings_and_the_rulings_that_concern_them(hall: Hall) -> None:
    meeting = make_held(hall, units=(hall.city.bureau, hall.city.street))
    make_ruled(meeting, hall, wording="城管局的事")
    make_ruled(meeting, hall, wording="教育局的事", unit=hall.city.other_bureau)
    page = _page(hall.city.bureau_clerk, f"/meetings/{meeting.pk}/")
    assert "城管局的事" in page
    assert "教育局的事" not in page
    stranger = _client(hall.city.other_clerk)
    assert stranger.get(f"/meetings/{meeting.pk}/").status_code == 404
    assert "教育局的事" in _page(hall.city.other_clerk, "/meetings/rulings/")


def test_a_unit_sees_neither_unannounced_meetings_nor_unissued_minutes(hall: Hall) -> None:
    planned = make_meeting(hall)
    held = make_held(hall, held_on=date(2016, 3, 1))
    Minutes.objects.create(meeting=held, opening="保密", drafted_by=hall.city.dispatcher)
    clerk = _client(hall.city.bureau_clerk)
    assert clerk.get(f"/meetings/{planned.pk}/").status_code == 404
    assert "保密" not in _page(hall.city.bureau_clerk, f"/meetings/{held.pk}/")
    assert clerk.get(f"/meetings/{held.pk}/minutes/docx/").status_code == 404


def test_a_unit_signs_in_on_the_page(hall: Hall) -> None:
    meeting = make_meeting(hall, status="announced")
    address = f"/meetings/{meeting.pk}/"
    assert "签到" in _page(hall.city.bureau_clerk, address)
    with clock.use(AT):
        _client(hall.city.bureau_clerk).post(f"{address}sign-in/", {"person": "李伟"})
    assert meeting.attendance.get().state == Attendance.State.PRESENT


def test_the_office_records_who_came(hall: Hall) -> None:
    meeting = make_meeting(hall, status="announced")
    row = meeting.attendance.get()
    address = f"/meetings/{meeting.pk}/attendance/"
    _client(hall.city.dispatcher).post(
        address, {f"state-{row.pk}": "leave", f"person-{row.pk}": ""}
    )
    assert meeting.attendance.get().state == Attendance.State.LEAVE


def test_the_way_of_the_minutes_on_the_pages(hall: Hall) -> None:
    meeting = make_held(hall)
    item = make_item(meeting, title="公厕保洁", discussion="会议认为，要定人定时。")
    make_ruled(meeting, hall, item=item, wording="公厕定人定时保洁")
    address = f"/meetings/{meeting.pk}/minutes/"
    assert "主持召开周调度会" in _page(hall.city.dispatcher, address)
    _client(hall.city.dispatcher).post(address, {"opening": "现纪要如下。", "closing": ""})
    for person, move in (
        (hall.city.director, "review"),
        (hall.leader, "sign"),
        (hall.city.dispatcher, "issue"),
    ):
        assert _client(person).post(f"{address}{move}/").status_code == 302
    words = _words(_client(hall.city.bureau_clerk).get(f"{address}docx/"))
    assert "示例市" in words[0]
    assert "会议纪要" in words[0]
    assert any("公厕定人定时保洁。由城管局牵头" in line for line in words)
    assert any(line.startswith("出席：城管局 李伟") for line in words)


def _words(answer: object) -> list[str]:
    data = b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # a stored file
    return [row.text for row in Document(BytesIO(data)).paragraphs if row.text]


def test_a_missed_meeting_is_shown_as_missed(hall: Hall) -> None:
    make_meeting(hall, held_on=date(2016, 3, 1), title="漏开的会")
    make_meeting(hall, held_on=date(2016, 3, 14), title="下周的会")
    page = _page(hall.city.director, "/meetings/?tab=missed")
    assert "漏开的会" in page
    assert "下周的会" not in page


def test_a_form_filled_in_on_an_older_page_is_answered_409(hall: Hall) -> None:
    meeting = make_meeting(hall)
    answer = _client(hall.city.director).post(
        f"/meetings/{meeting.pk}/cancel/", {"reason": "不开了", "version": 7}
    )
    assert answer.status_code == 409
    assert Meeting.objects.get().status == "planned"


# Matters, policies, bodies, gauges
def test_the_list_of_matters_tells_the_late_ones(hall: Hall) -> None:
    make_matter(hall, title="搬不动的市场", due_on=date(2016, 3, 2))
    make_matter(hall, title="来得及的园区")
    page = _page(hall.city.director, "/meetings/matters/?tab=late")
    assert "搬不动的市场" in page
    assert "来得及的园区" not in page


def test_a_basis_that_names_no_law_is_refused_in_words(hall: Hall) -> None:
    answer = _client(hall.city.director).post(
        "/meetings/policies/new/",
        {
            "kind": "rule",
            "title": "办法",
            "issuer": hall.city.bureau.pk,
            "status": "drafting",
            "basis": "条例第三条",
        },
    )
    assert answer.status_code == 422
    assert "“条例第三条”看不懂" in answer.content.decode()


def test_the_register_comes_in_and_goes_out_as_a_table(hall: Hall) -> None:
    policy = make_policy(hall, title="公厕管理办法")
    sheet: Sheet[Policy] = policy_sheet(hall.campaign)
    data = sheet.export([policy])
    Policy.objects.all().delete()
    upload = SimpleUploadedFile("policies.xlsx", data)
    sheet.preview(upload).commit(by=hall.city.director)
    again = Policy.objects.get()
    assert (again.title, again.basis, again.status) == (policy.title, policy.basis, "in_force")


def test_units_without_a_leading_body_are_listed(hall: Hall) -> None:
    make_body(hall)
    make_body(
        hall,
        unit=hall.city.street,
        leader="王",
        office="街道创卫办",
        paper="1号",
        set_up_on=date(2016, 1, 4),
    )
    page = _page(hall.city.director, "/meetings/bodies/?tab=missing")
    assert "城管局" in page
    assert "街道创卫办" not in page


def test_the_gauges_tell_their_numbers_and_stay_silent_without_any(hall: Hall) -> None:
    silent = gauges(hall.city.director, on=DAY)
    assert [gauge.value for gauge in silent] == [None, None, None]
    held = make_held(hall, held_on=date(2016, 3, 4))
    make_meeting(hall, held_on=date(2016, 3, 1))
    matter = make_matter(hall, listed_on=date(2016, 3, 1))
    make_ruled(held, hall, matter=matter)
    make_matter(hall)
    dispatch, delay, _coverage = gauges(hall.city.director, on=DAY)
    assert (dispatch.value, dispatch.part, dispatch.whole) == (0.5, 1, 2)
    assert (delay.value, delay.part, delay.whole) == (3, 1, 2)


@pytest.mark.parametrize("page", ["", "rulings/", "matters/", "policies/", "bodies/"])
def test_every_list_goes_out_as_a_table(hall: Hall, page: str) -> None:
    make_ruled(make_held(hall), hall)
    make_matter(hall)
    make_policy(hall)
    make_body(hall)
    answer = _client(hall.city.director).get(f"/meetings/{page}export/")
    assert answer.status_code == 200
    assert answer.content[:2] == b"PK"
