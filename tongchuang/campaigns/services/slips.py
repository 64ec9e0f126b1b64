"""Accepting what the machine proposed for a late task; only a person moves a date."""

from datetime import date

from django.db import transaction

from tongchuang.accounts.models import User
from tongchuang.accounts.permissions import require
from tongchuang.campaigns.models import Task
from tongchuang.campaigns.queries.gantt import proposals
from tongchuang.campaigns.services.tasks import change_task


class Outdated(Exception):
    """The proposal that somebody wants to accept is no longer the one that follows."""


@transaction.atomic
def accept_move(
    task: Task, *, starts_on: date, due_on: date, reason: str, on: date, by: User
) -> Task:
    """Move one task to the dates that were proposed for it, with the reason; no other moves.

    Raises `Outdated` when these dates no longer follow from the tasks before it.
    """
    require(by, "campaigns.assign", task.campaign)
    found = next((one for one in proposals(by, on=on) if one.task.pk == task.pk), None)
    if found is None or (found.move.starts_on, found.move.due_on) != (starts_on, due_on):
        raise Outdated
    return change_task(task, reason=reason, starts_on=starts_on, due_on=due_on, by=by)
