"""Task bodies that the tests of `core.jobs` run."""

from django_tasks import task

from tongchuang.core.jobs import JobRefused, working


@task()
def count_to(job_id: int) -> None:
    """Counts to `number`; refuses below 0 and breaks at 13."""
    with working(job_id) as work:
        if work is None:
            return
        number = work.args["number"]
        if number < 0:
            raise JobRefused("不能为负数")
        for done in range(number):
            work.progress(done, total=number)
            if done == 13:
                raise RuntimeError("unlucky")
        work.finish(text=f"数到了{number}")


@task()
def say_nothing(job_id: int) -> None:
    """Ends without a result."""
    with working(job_id):
        pass
