"""Background jobs: queued with the change, tried again, given up visibly, never run twice."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import DjangoCaptureOnCommitCallbacks

from tongchuang.core import jobs
from tongchuang.core.files import store_generated
from tongchuang.core.models import Job
from tongchuang.core.tests.tasks import count_to, say_nothing

pytestmark = pytest.mark.django_db

# The kernel imports no app, not even in its tests.
User = get_user_model()


@pytest.fixture
def asker() -> AbstractBaseUser:
    return User.objects.create(username="asker", name="申请人")


@pytest.fixture
def queue(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks, asker: AbstractBaseUser
) -> "Queue":
    return Queue(django_capture_on_commit_callbacks, asker)


class Queue:
    """Asks for jobs and lets a worker run what is due."""

    def __init__(self, committing: DjangoCaptureOnCommitCallbacks, asker: AbstractBaseUser) -> None:
        self.committing = committing
        self.asker: Any = asker

    def ask(self, number: int) -> Job:
        with self.committing(execute=True):
            return jobs.request_job(count_to, title="数数", by=self.asker, args={"number": number})

    def work(self, job: Job) -> Job:
        """Run what is queued, also what is to wait, as the worker would; which itself would
        close the connection of the test.
        """
        for queued in list(DBTaskResult.objects.filter(status="READY")):
            queued.task.call(*queued.args_kwargs["args"])
            queued.delete()
        job.refresh_from_db()
        return job


def test_job_is_queued_only_when_the_change_is_committed(asker: AbstractBaseUser) -> None:
    job = jobs.request_job(count_to, title="数数", by=asker, args={"number": 1})
    assert job.state == Job.State.QUEUED
    assert not DBTaskResult.objects.exists()


def test_work_fills_the_row(queue: Queue) -> None:
    job = queue.work(queue.ask(5))
    assert (job.state, job.done, job.total) == (Job.State.DONE, 5, 5)
    assert job.result_text == "数到了5"
    assert job.rate == 1


def test_body_that_says_nothing_ends_done(asker: AbstractBaseUser) -> None:
    job = jobs.request_job(say_nothing, title="无声", by=asker)
    say_nothing.func(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.DONE
    assert job.rate is None


def test_refused_job_tells_why_and_is_not_tried_again(queue: Queue) -> None:
    job = queue.work(queue.ask(-1))
    assert (job.state, job.error) == (Job.State.FAILED, "不能为负数")
    assert not DBTaskResult.objects.exists()


def test_broken_job_is_tried_three_times_and_then_dead(queue: Queue) -> None:
    job = queue.ask(20)
    states = [queue.work(job).state for _ in range(3)]
    assert states == [Job.State.QUEUED, Job.State.QUEUED, Job.State.DEAD]
    assert (job.attempts, job.done) == (3, 13)
    assert "RuntimeError" in job.error


def test_finished_job_is_left_alone(queue: Queue) -> None:
    job = queue.work(queue.ask(2))
    count_to.func(job.pk)
    job.refresh_from_db()
    assert job.attempts == 1


def test_job_in_other_hands_is_not_run_twice(queue: Queue) -> None:
    job = queue.ask(2)
    with jobs.working(job.pk) as first, jobs.working(job.pk) as second:
        assert first is not None
        assert second is None


def test_worker_whose_lease_ended_cannot_write_any_more(queue: Queue) -> None:
    job = queue.ask(2)
    with jobs.working(job.pk) as late:
        assert late is not None
        Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        with jobs.working(job.pk) as other:
            assert other is not None
            other.finish(text="另一个")
        late.finish(text="迟到的")
    job.refresh_from_db()
    assert job.result_text == "另一个"


def test_sweep_queues_again_what_a_dead_worker_left(queue: Queue) -> None:
    job = queue.ask(3)
    DBTaskResult.objects.all().delete()
    work = jobs._claim(job.pk)
    assert work is not None
    assert jobs.sweep() == 0
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert jobs.sweep() == 1
    assert queue.work(job).state == Job.State.DONE


def test_sweep_queues_again_what_never_reached_the_queue(queue: Queue) -> None:
    job = queue.ask(3)
    DBTaskResult.objects.all().delete()
    Job.objects.update(next_try_at=timezone.now() - timedelta(hours=1))
    assert (jobs.sweep(), jobs.sweep()) == (1, 0)
    assert queue.work(job).state == Job.State.DONE


def test_dead_job_can_be_tried_again(
    queue: Queue, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    job = queue.ask(3)
    Job.objects.update(state=Job.State.DEAD, attempts=3)
    with django_capture_on_commit_callbacks(execute=True):
        jobs.retry_job(job)
    assert queue.work(job).state == Job.State.DONE


FRAGMENT = {"HX-Request": "true"}


def test_only_who_asked_sees_a_job(queue: Queue, client: Client) -> None:
    job = queue.ask(3)
    client.force_login(queue.asker)
    assert client.get(f"/jobs/{job.pk}/", headers=FRAGMENT).status_code == 200
    client.force_login(User.objects.create(username="other", name="他人"))
    assert client.get(f"/jobs/{job.pk}/", headers=FRAGMENT).status_code == 404
    assert client.post(f"/jobs/{job.pk}/retry/").status_code == 404
    assert client.get(f"/jobs/{job.pk}/file/").status_code == 404


def test_page_shows_progress_and_asks_again_until_the_job_ends(
    queue: Queue, client: Client
) -> None:
    client.force_login(queue.asker)
    job = queue.ask(3)
    waiting = client.get(f"/jobs/{job.pk}/", headers=FRAGMENT).content.decode()
    Job.objects.update(done=1, total=3)
    half = client.get(f"/jobs/{job.pk}/", headers=FRAGMENT).content.decode()
    queue.work(job)
    ended = client.get(f"/jobs/{job.pk}/", headers=FRAGMENT).content.decode()
    assert "排队中" in waiting
    assert "hx-get" in waiting
    assert "已处理 1 / 3" in half
    assert "数到了3" in ended
    assert "hx-get" not in ended


def test_the_whole_page_shows_the_same_to_who_has_no_script(queue: Queue, client: Client) -> None:
    job = queue.ask(3)
    Job.objects.update(done=1, total=3)
    client.force_login(queue.asker)
    page = client.get(f"/jobs/{job.pk}/").content.decode()
    assert page.index("<h1>数数") < page.index("已处理 1 / 3")
    assert "刷新" in page


def test_failed_job_says_why_and_can_be_tried_again(queue: Queue, client: Client) -> None:
    job = queue.work(queue.ask(-1))
    client.force_login(queue.asker)
    page = client.get(f"/jobs/{job.pk}/", headers=FRAGMENT).content.decode()
    assert "不能为负数" in page
    assert "重新执行" in page
    assert client.post(f"/jobs/{job.pk}/retry/").status_code == 302
    job.refresh_from_db()
    assert job.state == Job.State.QUEUED


def test_result_file_is_given_to_who_asked(queue: Queue, client: Client) -> None:
    job = queue.ask(1)
    with jobs.working(job.pk) as work:
        assert work is not None
        work.finish(file=store_generated(b"a;b", name="结果.csv", purpose="test", by=queue.asker))
    client.force_login(queue.asker)
    answer = client.get(f"/jobs/{job.pk}/file/?download")
    assert answer.status_code == 200
    assert b"".join(answer) == b"a;b"


@pytest.mark.django_db(transaction=True)
def test_worker_runs_what_was_committed(asker: AbstractBaseUser) -> None:
    job = jobs.request_job(count_to, title="数数", by=asker, args={"number": 5})
    call_command("db_worker", batch=True, startup_delay=False, verbosity=0)
    job.refresh_from_db()
    assert (job.state, job.result_text) == (Job.State.DONE, "数到了5")
