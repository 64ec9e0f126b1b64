"""What `/healthz` says, and to whom."""

import json
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from tongchuang.core import health
from tongchuang.core.audit import record
from tongchuang.core.jobs import request_job
from tongchuang.core.models import Event, Job
from tongchuang.core.tests.tasks import count_to

pytestmark = pytest.mark.django_db

# The kernel imports no app, not even in its tests.
User = get_user_model()


@pytest.fixture(autouse=True)
def _schema_complete() -> None:
    """Tests make tables without migrations; say that all are applied."""
    cache.set("core.schema_complete", value=True)


@pytest.fixture
def person() -> AbstractBaseUser:
    return User.objects.create(username="person", name="人员")


def test_healthy_server_answers_200_to_anybody(client: Client) -> None:
    answer = client.get("/healthz")
    report = json.loads(answer.content)
    assert (answer.status_code, report["well"]) == (200, True)
    assert report["clock"]["now"] == "2016-03-08T14:30:00+08:00"
    assert report["clock"]["calendar_announced"] == {"2016": True, "2017": True}
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("unapplied", [3, None])
def test_missing_tables_or_no_database_make_it_unfit(unapplied: int | None) -> None:
    assert not health.Database(unapplied, None, None, None).well


def test_storage_that_cannot_be_written_makes_it_unfit(client: Client, settings: Settings) -> None:
    settings.MEDIA_ROOT = Path("/proc/nowhere")
    assert client.get("/healthz").status_code == 503


def test_dead_jobs_are_told_but_keep_the_server(client: Client, person: AbstractBaseUser) -> None:
    request_job(count_to, title="数数", by=person, args={"number": 1})
    Job.objects.update(state=Job.State.DEAD)
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["database"]["dead_jobs"] == 1


def test_sound_audit_chain_is_told(
    person: AbstractBaseUser, capsys: pytest.CaptureFixture[str]
) -> None:
    record(subject=person, action="accounts.test", by=person)
    call_command("verify_audit")
    assert "1 events is sound" in capsys.readouterr().out


def test_altered_event_is_named(person: AbstractBaseUser) -> None:
    event = record(subject=person, action="accounts.test", by=person)
    Event.objects.filter(pk=event.pk).update(reason="另有原因")
    with pytest.raises(CommandError, match=f"broken at event {event.pk}"):
        call_command("verify_audit")
