"""The inbox: what was said to me and to my unit, and who has read it."""

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tongchuang.accounts.models import User
from tongchuang.accounts.tests.make import make_unit, make_user
from tongchuang.core import clock, outbox
from tongchuang.core.models import Message
from tongchuang.desk.queries import waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> User:
    return make_user("clerk", role="unit_clerk", unit=make_unit("文联"))


@pytest.fixture
def inbox(client: Client, clerk: User) -> Client:
    client.force_login(clerk)
    return client


def _told(person: User, subject: str = "案件已派发", url: str = "/accounts/me/") -> Message:
    return outbox.post(to=person, kind="case", subject=subject, body="请签收", url=url)


def _page(client: Client, query: str = "") -> str:
    return client.get(f"/messages/{query}").content.decode()


def test_mine_stand_newest_first_and_those_of_others_not_at_all(inbox: Client, clerk: User) -> None:
    _told(clerk, "先说的")
    _told(clerk, "后说的")
    _told(make_user("other"), "别人的")
    page = _page(inbox)
    assert page.index("后说的") < page.index("先说的")
    assert "别人的" not in page


def test_an_empty_inbox_says_what_will_come(inbox: Client) -> None:
    assert "派发、退回、核查结果会通知您" in _page(inbox)
    assert "没有未读的消息" in _page(inbox, "?tab=unread")


def test_opening_a_message_reads_it_and_leads_to_its_record(inbox: Client, clerk: User) -> None:
    message = _told(clerk)
    answer = inbox.get(f"/messages/{message.pk}/")
    assert answer["Location"] == "/accounts/me/"
    message.refresh_from_db()
    assert (message.read_by, message.read_at) == (clerk, clock.now())


def test_a_message_leads_to_no_other_site(inbox: Client, clerk: User) -> None:
    message = _told(clerk, url="https://example.org/")
    assert inbox.get(f"/messages/{message.pk}/")["Location"] == "/messages/"


def test_a_message_of_another_unit_cannot_be_opened_nor_read(inbox: Client) -> None:
    message = _told(make_user("other"))
    assert inbox.get(f"/messages/{message.pk}/").status_code == 404
    assert inbox.post(f"/messages/{message.pk}/read/").status_code == 404
    message.refresh_from_db()
    assert message.read_at is None


def test_one_is_marked_as_read_and_the_reader_stays_where_they_were(
    inbox: Client, clerk: User
) -> None:
    first, second = _told(clerk, "甲"), _told(clerk, "乙")
    answer = inbox.post(f"/messages/{first.pk}/read/", {"back": "?tab=unread"})
    assert answer["Location"] == "/messages/?tab=unread"
    page = _page(inbox, "?tab=unread")
    assert f"message-{second.pk}-row" in page
    assert f"message-{first.pk}-row" not in page


def test_all_are_marked_as_read_but_only_mine(inbox: Client, clerk: User) -> None:
    _told(clerk)
    _told(clerk)
    strange = _told(make_user("other"))
    page = inbox.post("/messages/read/", follow=True).content.decode()
    assert "已把 2 条消息标为已读" in page
    assert list(Message.objects.filter(read_at=None)) == [strange]


def test_a_colleague_sees_who_has_read_what_was_said_to_the_unit(
    client: Client, clerk: User
) -> None:
    assert clerk.unit
    colleague = make_user("colleague", role="unit_clerk", unit=clerk.unit)
    outbox.post(to=clerk.unit, kind="case", subject="给单位的", body="")
    outbox.mark_read(outbox.inbox(colleague), by=colleague)
    client.force_login(clerk)
    assert f"{colleague} 已读" in _page(client)


def test_the_frame_counts_what_nobody_opened(inbox: Client, clerk: User) -> None:
    assert clerk.unit
    _told(clerk)
    outbox.post(to=clerk.unit, kind="case", subject="给单位的", body="")
    assert waiting(clerk, at=clock.now()).unread == outbox.unread_count(clerk) == 2
    inbox.post("/messages/read/")
    assert waiting(clerk, at=clock.now()).unread == 0


def test_the_frame_stops_counting_at_99(clerk: User) -> None:
    outbox.post_many([clerk] * 120, kind="case", subject="多", body="")
    assert waiting(clerk, at=clock.now()).unread_text == "99+"


def test_unread_messages_cost_the_frame_no_query_of_their_own(
    clerk: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    waiting(clerk, at=clock.now())  # reach is read once a request
    with django_assert_max_num_queries(2):
        waiting(clerk, at=clock.now())


def test_a_long_inbox_costs_no_more_queries(
    inbox: Client, clerk: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    assert clerk.unit
    outbox.post_many([clerk, clerk.unit] * 60, kind="case", subject="多", body="")
    with django_assert_max_num_queries(12):
        page = _page(inbox)
    assert 'rel="next"' in page


def _given_up(person: User) -> Message:
    message = _told(person)
    message.state, message.attempts = Message.State.DEAD, 6
    message.failure = "多次投递失败：550 no such user"
    message.next_try_at = clock.now() - timedelta(days=1)
    message.save()
    return message


def test_the_administrator_sees_what_was_not_delivered_without_its_words(
    client: Client, clerk: User
) -> None:
    message = _given_up(clerk)
    client.force_login(make_user("admin", role="admin"))
    page = client.get("/messages/failed/").content.decode()
    assert "550 no such user" in page
    assert message.body not in page
    assert "有 1 条消息的邮件没有送到" in _page(client)


def test_the_administrator_sends_again_and_nobody_else(client: Client, clerk: User) -> None:
    message = _given_up(clerk)
    client.force_login(clerk)
    assert client.post(f"/messages/{message.pk}/retry/").status_code == 403
    client.force_login(make_user("admin", role="admin"))
    client.post(f"/messages/{message.pk}/retry/")
    message.refresh_from_db()
    assert message.state == Message.State.WAITING
    assert client.post(f"/messages/{message.pk}/retry/").status_code == 404
