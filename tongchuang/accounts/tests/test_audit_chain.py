"""The audit chain: what is added holds together, and whatever is tampered with is found."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tongchuang.accounts.tests.make import make_unit, make_user
from tongchuang.core import audit, clock
from tongchuang.core.models import ChainHead, Event

TAMPERED = st.sampled_from(["actor_name", "action", "reason", "subject_title"])


def make_chain(length: int = 5) -> list[Event]:
    unit, person = make_unit(), make_user()
    return audit.record_many(
        audit.Entry(unit, "change", person, reason=f"第{n}次", after={"n": n})
        for n in range(length)
    )


class ChainProperties(TestCase):
    @given(length=st.integers(1, 8), place=st.integers(0, 7), field=TAMPERED)
    def test_an_altered_event_is_named(self, length: int, place: int, field: str) -> None:
        events = make_chain(length)
        victim = events[place % length]
        Event.objects.filter(pk=victim.pk).update(**{field: "改过"})
        assert audit.verify_chain().broken_at == victim.pk

    @given(length=st.integers(2, 8), place=st.integers(0, 7))
    def test_a_deleted_event_is_noticed_at_the_next(self, length: int, place: int) -> None:
        events = make_chain(length)
        gone = place % (length - 1)
        Event.objects.filter(pk=events[gone].pk).delete()
        assert audit.verify_chain().broken_at == events[gone + 1].pk


@pytest.mark.django_db
def test_an_untouched_chain_is_sound() -> None:
    make_chain()
    report = audit.verify_chain()
    assert report.sound
    assert report.events == 5


@pytest.mark.django_db
def test_an_empty_chain_is_sound() -> None:
    assert audit.verify_chain().sound


@pytest.mark.django_db
def test_events_cut_off_at_the_end_are_missed() -> None:
    events = make_chain()
    events[-1].delete()
    report = audit.verify_chain()
    assert not report.sound
    assert report.broken_at is None


@pytest.mark.django_db
def test_events_slipped_in_are_found() -> None:
    events = make_chain()
    copy = Event.objects.get(pk=events[1].pk)
    copy.pk, copy.digest = None, "f" * 64
    copy.save()
    assert audit.verify_chain().broken_at == copy.pk


@pytest.mark.django_db
def test_a_moved_moment_is_found() -> None:
    events = make_chain()
    Event.objects.filter(pk=events[2].pk).update(at=clock.now() - timedelta(days=1))
    assert audit.verify_chain().broken_at == events[2].pk


@pytest.mark.django_db
def test_the_command_names_the_first_break_and_fails() -> None:
    events = make_chain()
    Event.objects.filter(pk=events[3].pk).update(reason="改过")
    with pytest.raises(CommandError, match=str(events[3].pk)):
        call_command("verify_audit", stdout=StringIO())


@pytest.mark.django_db
def test_the_command_says_how_many_events_are_sound() -> None:
    make_chain(3)
    said = StringIO()
    call_command("verify_audit", stdout=said)
    assert "3 events" in said.getvalue()


@transaction.atomic
def add_and_fail() -> None:
    make_chain(1)
    raise ZeroDivisionError


@pytest.mark.django_db
def test_an_event_vanishes_with_the_transaction_it_belongs_to() -> None:
    make_chain(2)
    with pytest.raises(ZeroDivisionError):
        add_and_fail()
    assert Event.objects.count() == ChainHead.objects.get().events == 2
    assert audit.verify_chain().sound
