"""What waits for a person."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import User
from tongchuang.accounts.permissions import actions_of, reach
from tongchuang.campaigns.models import Opinion, Task, WorkPlan
from tongchuang.campaigns.queries.plans import plans
from tongchuang.campaigns.queries.tasks import behind_ids


@dataclass(frozen=True, slots=True)
class Todo:
    """Something that waits for a person: how many, the nearest date, where to do it."""

    label: str | Promise
    count: int
    url: str
    due_on: date | None = None


def todo_for(user: User, *, on: date) -> list[Todo]:
    """Plans, opinions and tasks that wait for this person."""
    allowed = actions_of(user)
    found: list[Todo] = []
    if "campaigns.plan" in allowed:
        found += _of_the_unit(user)
    tasks = reverse("campaigns:task_list")
    if "campaigns.progress" in allowed:
        mine = Task.objects.filter(unit__in=reach(user, "campaigns.progress").unit_ids)
        found.append(Todo(_("任务落后"), len(behind_ids(mine, on)), f"{tasks}?tab=behind"))
    if "campaigns.manage" in allowed:
        waiting = Task.objects.visible_to(user).filter(status=Task.Status.SUBMITTED).count()
        found.append(Todo(_("任务待验收"), waiting, f"{tasks}?tab=submitted"))
        objected = Opinion.objects.visible_to(user).filter(status=Opinion.Status.OBJECTED)
        url = f"{reverse('campaigns:opinion_list')}?tab=objected"
        found.append(Todo(_("分工异议待裁定"), objected.count(), url))
    if "campaigns.approve" in allowed:
        handed_in = plans(user).filter(status=WorkPlan.Status.SUBMITTED).count()
        url = f"{reverse('campaigns:plan_list')}?status=submitted"
        found.append(Todo(_("3+1 方案待批准"), handed_in, url))
    return [todo for todo in found if todo.count]


def _of_the_unit(user: User) -> list[Todo]:
    """What waits for a unit before its tasks run: its plan, its answers, its new tasks."""
    mine = reach(user, "campaigns.plan").unit_ids
    open_plans = WorkPlan.objects.filter(unit__in=mine, status__in=["draft", "returned"])
    asked = Opinion.objects.filter(unit__in=mine, status=Opinion.Status.WAITING)
    issued = Task.objects.filter(unit__in=mine, status=Task.Status.ISSUED)
    plan_url, opinion_url = reverse("campaigns:plan_list"), reverse("campaigns:opinion_list")
    task_url = reverse("campaigns:task_list")
    return [
        Todo(_("3+1 方案待签报"), open_plans.count(), f"{plan_url}?status=open"),
        Todo(_("分工征求意见待答复"), asked.count(), f"{opinion_url}?tab=waiting"),
        Todo(_("新下达任务待启动"), issued.count(), f"{task_url}?tab=issued"),
    ]
