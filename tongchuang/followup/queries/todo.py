"""What the lists ask of a person: approvals are steps, a weak clause without a task is an error."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import User
from tongchuang.accounts.permissions import actions_of
from tongchuang.campaigns.models import Campaign
from tongchuang.followup.queries.weak import unanswered_count
from tongchuang.priorities import queries as priorities


@dataclass(frozen=True, slots=True)
class Todo:
    """So many things wait; `step` is false for what is only an alarm."""

    label: str | Promise
    count: int
    url: str
    step: bool = True


def todo_for(user: User, *, on: date) -> list[Todo]:
    """The lines that are not empty."""
    return [todo for todo in _all(user, on) if todo.count]


def _all(user: User, on: date) -> Iterator[Todo]:
    allowed = actions_of(user)
    highlights = reverse("priorities:highlight_list")
    if "campaigns.approve" in allowed:
        reasons = priorities.deferrals_to_decide(user).count()
        url = reverse("followup:weak_list") + "?tab=waiting"
        yield Todo(_("暂不立任务的理由待批"), reasons, url)
        models = priorities.to_approve(user).count()
        yield Todo(_("特色亮点待认定"), models, f"{highlights}?tab=verified")
    if "priorities.verify" in allowed:
        seen = priorities.to_verify(user).count()
        yield Todo(_("特色亮点待核实"), seen, f"{highlights}?tab=nominated")
    if "priorities.nominate" in allowed:
        back = priorities.to_complete(user).count()
        yield Todo(_("特色亮点退回补充"), back, f"{highlights}?tab=nominated")
    if "campaigns.assign" in allowed:
        main = Campaign.objects.visible_to(user).exclude(framework=None)
        campaign = main.order_by("-main", "ordinal").first()
        weak = unanswered_count(user, campaign, on=on)
        url = reverse("followup:weak_list") + "?tab=none"
        yield Todo(_("短板无任务"), weak, url, step=False)
