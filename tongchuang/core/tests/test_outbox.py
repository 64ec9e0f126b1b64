"""Messages: in the inbox at once, by e-mail when people are awake, never lost in silence."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core import mail
from django.db import IntegrityError, transaction
from pytest_django import Settings

from tongchuang.core import clock, outbox
from tongchuang.core.audit import history
from tongchuang.core.models import Message

pytestmark = pytest.mark.django_db

# The kernel imports no app, not even in its tests.
User = get_user_model()
Unit = apps.get_model("accounts", "Unit")
Post = apps.get_model("accounts", "Post")
ZONE = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.fixture
def unit() -> Any:
    return Unit.objects.add_root({"code": "hq", "name": "示例市创卫指挥部", "kind": "headquarters"})


@pytest.fixture
def reader() -> Any:
    return User.objects.create(username="reader", name="读者", email="reader@example.org")


def post(to: Any, *, urgent: bool = False) -> Message:
    return outbox.post(
        to=to, kind="cases.slip", subject="限期整改", body="请签收", url="/x/", urgent=urgent
    )


def hold_post(unit: Any, holder: Any, *, until: date | None = None) -> None:
    Post.objects.create(
        unit=unit, kind="head", holder=holder, from_on=date(2015, 1, 1), to_on=until
    )


def test_message_stands_in_the_inbox_at_once(reader: Any) -> None:
    message = post(reader)
    assert list(outbox.inbox(reader)) == [message]
    assert outbox.unread_count(reader) == 1
    assert not outbox.inbox(User.objects.create(username="other", name="他人")).exists()


def test_message_to_a_unit_reaches_who_holds_a_post_now(reader: Any, unit: Any) -> None:
    former = User.objects.create(username="former", name="前任")
    hold_post(unit, former, until=date(2015, 12, 31))
    hold_post(unit, reader)
    post(unit)
    assert outbox.unread_count(reader) == 1
    assert outbox.unread_count(former) == 0
    assert sum(part.count() for part in outbox.unread(reader)) == 1
    assert sum(part.count() for part in outbox.unread(former)) == 0


def test_message_to_a_unit_reaches_its_people_once(unit: Any) -> None:
    member = User.objects.create(username="member", name="科员", unit=unit)
    hold_post(unit, member)
    post(unit)
    assert outbox.inbox(member).count() == 1


def test_first_reader_is_kept(reader: Any, unit: Any) -> None:
    hold_post(unit, reader)
    colleague = User.objects.create(username="colleague", name="同事", unit=unit)
    post(unit)
    assert outbox.mark_read(outbox.inbox(reader), by=reader) == 1
    assert outbox.mark_read(outbox.inbox(colleague), by=colleague) == 0
    assert Message.objects.get().read_by == reader


def test_message_needs_exactly_one_recipient(reader: Any, unit: Any) -> None:
    message = post(reader)
    message.to_unit = unit
    with pytest.raises(IntegrityError), transaction.atomic():
        message.save()


def test_message_of_a_rolled_back_change_does_not_exist(reader: Any) -> None:
    with transaction.atomic():
        post(reader)
        transaction.set_rollback(True)
    assert not Message.objects.exists()


def test_mail_goes_once_to_who_has_an_address(reader: Any) -> None:
    post(reader)
    post(User.objects.create(username="plain", name="无邮箱"))
    assert outbox.deliver_pending() == 2
    assert outbox.deliver_pending() == 0
    assert [m.bcc for m in mail.outbox] == [["reader@example.org"]]
    assert {m.state for m in Message.objects.all()} == {Message.State.DELIVERED}


def test_mail_to_a_unit_goes_to_its_posts_and_names_the_page(
    reader: Any, unit: Any, settings: Settings
) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://tc.example.org"]
    hold_post(unit, reader)
    post(unit)
    outbox.deliver_pending()
    assert mail.outbox[0].bcc == ["reader@example.org"]
    assert "https://tc.example.org/x/" in mail.outbox[0].body


@pytest.mark.parametrize(
    ("moment", "rests"),
    [
        ("2016-03-08T21:00", True),
        ("2016-03-08T20:59", False),
        ("2016-03-09T07:29", True),
        ("2016-03-09T07:30", False),
        ("2016-03-12T10:00", True),
        ("2016-02-06T10:00", False),
    ],
)
def test_nights_and_rest_days_are_quiet(moment: str, *, rests: bool) -> None:
    assert outbox.quiet(at(moment)) is rests


def test_at_night_only_urgent_mail_goes_and_the_rest_in_the_morning(
    reader: Any,
) -> None:
    with clock.use(at("2016-03-08T22:00")):
        post(reader)
        urgent = post(reader, urgent=True)
        assert outbox.deliver_pending() == 1
    assert Message.objects.get(state=Message.State.DELIVERED) == urgent
    with clock.use(at("2016-03-09T07:30")):
        assert outbox.deliver_pending() == 1


def test_failed_mail_is_tried_again_later_and_at_last_shown_as_dead(
    reader: Any, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    message = post(reader, urgent=True)
    moment = clock.now()
    for attempt in range(1, 7):
        with clock.use(moment):
            assert outbox.deliver_pending() == 1
            assert outbox.deliver_pending() == 0
        message.refresh_from_db()
        assert message.attempts == attempt
        moment = message.next_try_at
    assert list(outbox.dead_messages()) == [message]
    assert message.failure.startswith("多次投递失败")


def test_dead_message_can_be_sent_again(reader: Any) -> None:
    message = post(reader)
    message.state, message.attempts = Message.State.DEAD, 6
    message.save()
    outbox.retry_message(message, by=reader)
    assert outbox.deliver_pending() == 1
    assert not outbox.dead_messages().exists()
    assert history(message).get().actor == reader


def test_trying_again_a_message_on_its_way_changes_nothing(reader: Any) -> None:
    message = post(reader)
    assert outbox.deliver_pending() == 1
    outbox.retry_message(message, by=reader)
    assert outbox.deliver_pending() == 0
    assert not history(message).exists()


def test_message_taken_by_a_process_that_died_is_sent_by_the_next(reader: Any) -> None:
    message = post(reader)
    assert outbox._take(message, clock.now())
    assert outbox.deliver_pending() == 0
    with clock.use(clock.now() + timedelta(minutes=6)):
        assert outbox.deliver_pending() == 1
