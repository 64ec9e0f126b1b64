"""What keeps a task from going on, and the ruling that lifts it."""

from django.db import transaction
from django.utils.translation import gettext as _

from tongchuang.accounts.models import User
from tongchuang.campaigns.models import TASK_FLOW, Obstacle, Task
from tongchuang.campaigns.services.tasks import ProgressRefused, tell
from tongchuang.core import clock
from tongchuang.core.flow import locked


@transaction.atomic
def block_task(task: Task, *, cause: str, reason: str, by: User) -> Task:
    """Report that the task cannot go on; the cause goes to the next dispatch meeting."""
    task = locked(task)
    TASK_FLOW.start(task, "block", by=by)
    task.cause = cause
    TASK_FLOW.finish(task, "block", by=by, reason=reason)
    Obstacle.objects.create(task=task, cause=cause, reason=reason, since=clock.now(), by=by)
    return task


@transaction.atomic
def unblock_task(task: Task, *, ruling: str, paper: str, by: User) -> Task:
    """Lift the block by a ruling with the meeting or paper it was made in (workflows, 4).

    Raises `ProgressRefused` without either.
    """
    if not ruling.strip() or not paper.strip():
        raise ProgressRefused(_("解除受阻要有裁定意见，并写明会议或文号。"))
    task = locked(task)
    TASK_FLOW.start(task, "unblock", by=by)
    task.cause = ""
    TASK_FLOW.finish(task, "unblock", by=by, reason=ruling, paper=paper)
    task.obstacles.filter(lifted_at=None).update(
        lifted_at=clock.now(), lifted_by=by, ruling=ruling, paper=paper
    )
    tell(task, _("受阻事项已裁定：%(title)s") % {"title": task.title})
    return task
