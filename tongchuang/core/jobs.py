"""Background work that a person asked for: a row the page watches, and a task that fills it.

An app's `jobs.py` looks like this; the body must be safe to run twice:

    def request_export(*, by: User) -> Job:
        return request_job(export_cases, title=_("导出案件"), by=by, args={"year": 2016})

    @task()
    def export_cases(job_id: int) -> None:
        with working(job_id) as work:
            if work is None:  # finished already, or in other hands
                return
            for number, row in enumerate(rows):
                work.progress(number, total=len(rows))
            work.finish(file=stored_file)

Leases and retries go by the machine's clock, so that moving the demonstration clock cannot
disturb them; what people see goes by the city's. See docs/adr/0005-jobs-and-schedule.md.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django_tasks.base import Task

from tongchuang.core import clock
from tongchuang.core.models.files import StoredFile
from tongchuang.core.models.job import Job

LEASE = timedelta(minutes=15)
BACK_OFF = [timedelta(minutes=1), timedelta(minutes=10)]
LOST_AFTER = timedelta(minutes=30)
_logger = logging.getLogger(__name__)


class JobRefused(Exception):
    """Raised by a body that cannot succeed however often it is tried; the words are shown."""


class JobTakenOver(Exception):
    """Raised by `progress` and `finish` when the lease ended and another worker has the job."""


@dataclass(slots=True)
class Work:
    """A job while this process holds its lease."""

    job: Job

    @property
    def args(self) -> dict[str, Any]:
        """What the job was asked with."""
        return dict(self.job.args)

    def progress(self, done: int, *, total: int | None = None) -> None:
        """Show how far the work is and renew the lease; call it at least every few minutes."""
        total = self.job.total if total is None else total
        self._update(
            done=done if total is None else min(done, total),
            total=total,
            lease_until=timezone.now() + LEASE,
        )

    def finish(self, *, text: str = "", url: str = "", file: StoredFile | None = None) -> None:
        """Write what came of the work. Without it the job ends done and without a result."""
        self._update(
            state=Job.State.DONE,
            result_text=text,
            result_url=url,
            result_file=file,
            done=self.job.done if self.job.total is None else self.job.total,
            finished_at=clock.now(),
            error="",
        )

    def _update(self, **fields: Any) -> None:
        mine = Job.objects.filter(
            pk=self.job.pk, attempts=self.job.attempts, state=Job.State.RUNNING
        )
        if not mine.update(**fields):
            raise JobTakenOver
        for name, value in fields.items():
            setattr(self.job, name, value)


def request_job(
    task: Task[[int], None],
    *,
    title: str,
    by: AbstractBaseUser,
    args: Mapping[str, Any] | None = None,
    total: int | None = None,
) -> Job:
    """Write a job and queue it when the transaction is committed; the page polls the row."""
    job = Job.objects.create(
        asked_by_id=by.pk,
        asked_at=clock.now(),
        kind=task.module_path,
        title=title,
        args=dict(args or {}),
        total=total,
        next_try_at=timezone.now(),
    )
    transaction.on_commit(partial(_queue, job))
    return job


@contextmanager
def working(job_id: int) -> Iterator[Work | None]:
    """Hold a job while its body runs and write success, failure or the next attempt into it.

    Gives `None` when there is nothing to do: finished, or another worker holds the lease.
    Do not run it inside a transaction: nobody would see the progress.
    """
    work = _claim(job_id)
    if work is None:
        yield None
        return
    try:
        yield work
        if not work.job.finished:
            work.finish()
    except JobTakenOver:
        _logger.warning("Job %s: the lease ended, another worker has it", job_id)
    except JobRefused as refused:
        _stop(work.job, Job.State.FAILED, str(refused))
    except Exception as failure:  # the border of the process: whatever it is, the row must tell
        _logger.exception("Job %s (%s) failed", job_id, work.job.kind)
        _try_again(work.job, _("程序出错（%(kind)s）") % {"kind": type(failure).__name__})


def retry_job(job: Job) -> None:
    """Queue a failed or dead job again from the start."""
    stopped = Job.objects.filter(pk=job.pk, state__in=[Job.State.FAILED, Job.State.DEAD])
    if stopped.update(
        state=Job.State.QUEUED, attempts=0, finished_at=None, next_try_at=timezone.now()
    ):
        transaction.on_commit(partial(_queue, job))


def sweep() -> int:
    """Queue again what a dead worker or a lost queue entry left behind; returns how many."""
    now = timezone.now()
    stale = Q(state=Job.State.RUNNING, lease_until__lt=now)
    lost = Q(state=Job.State.QUEUED, next_try_at__lt=now - LOST_AFTER)
    jobs = list(Job.objects.filter(stale | lost))
    for job in jobs:
        if job.state == Job.State.RUNNING:
            _try_again(job, _("执行中断"))
        else:
            Job.objects.filter(pk=job.pk).update(next_try_at=now)
            _queue(job)
    return len(jobs)


def _claim(job_id: int) -> Work | None:
    now = timezone.now()
    free = Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, lease_until__lt=now)
    claimed = Job.objects.filter(free, pk=job_id).update(
        state=Job.State.RUNNING, attempts=F("attempts") + 1, lease_until=now + LEASE
    )
    return Work(Job.objects.get(pk=job_id)) if claimed else None


def _try_again(job: Job, error: str) -> None:
    """Queue the next attempt with growing distance, or give up visibly."""
    if job.attempts > len(BACK_OFF):
        _stop(job, Job.State.DEAD, error)
        return
    wait = BACK_OFF[job.attempts - 1]
    held = Job.objects.filter(pk=job.pk, attempts=job.attempts, state=Job.State.RUNNING)
    queued = held.update(
        state=Job.State.QUEUED, error=error, lease_until=None, next_try_at=timezone.now() + wait
    )
    if queued:
        _queue(job, wait)


def _stop(job: Job, state: Job.State, error: str) -> None:
    held = Job.objects.filter(pk=job.pk, attempts=job.attempts, state=Job.State.RUNNING)
    held.update(state=state, error=error, finished_at=clock.now())


def _queue(job: Job, wait: timedelta | None = None) -> None:
    task: Task[[int], None] = import_string(job.kind)
    if wait is not None:
        task = task.using(run_after=timezone.now() + wait)
    task.enqueue(job.pk)
