"""The 3+1 work plan of a unit."""

from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import require
from tongchuang.campaigns.models import PLAN_FLOW, Campaign, WorkPlan
from tongchuang.campaigns.rules import missing_slots
from tongchuang.core import clock, outbox
from tongchuang.core.flow import WrongState, locked, remember, save_audited

SLOT_WORDS = {
    "plan": gettext_lazy("工作方案（目标与措施）"),
    "duties": gettext_lazy("责任清单"),
    "people": gettext_lazy("责任人员"),
    "schedule": gettext_lazy("时限与进度"),
    "dispatch": gettext_lazy("日常调度"),
}
FIELDS = ("goals", "duties", "people", "schedule", "dispatch")


class IncompletePlan(Exception):
    """A plan may not be signed yet; `slots` are the missing ones."""

    def __init__(self, slots: list[str]) -> None:
        """Name every missing slot in the message."""
        self.slots = slots
        words = "、".join(str(SLOT_WORDS[slot]) for slot in slots)
        super().__init__(_("方案还缺：%(slots)s。补齐后才能签报。") % {"slots": words})


@transaction.atomic
def open_plan(campaign: Campaign, unit: Unit, *, by: User) -> WorkPlan:
    """The unit's plan for a campaign, begun by the first call."""
    plan = WorkPlan.objects.filter(campaign=campaign, unit=unit).first()
    if plan is None:
        plan = WorkPlan(campaign=campaign, unit=unit)
        require(by, "campaigns.plan", plan)
        save_audited(plan, "open", by=by)
    return plan


@transaction.atomic
def edit_plan(plan: WorkPlan, *, by: User, **slots: Any) -> WorkPlan:
    """Change slots of a plan that is being drafted or was returned."""
    plan = locked(plan)
    require(by, "campaigns.plan", plan)
    if plan.status not in {WorkPlan.Status.DRAFT, WorkPlan.Status.RETURNED}:
        raise WrongState(plan, "edit", plan.status)
    remember(plan)
    for name, value in slots.items():
        if name not in FIELDS:
            raise TypeError(f"a work plan has no slot '{name}'")
        setattr(plan, name, value)
    save_audited(plan, "edit", by=by)
    return plan


@transaction.atomic
def submit_plan(plan: WorkPlan, *, by: User) -> WorkPlan:
    """Sign the plan and hand it in; raises `IncompletePlan` naming every missing slot."""
    plan = locked(plan)
    PLAN_FLOW.start(plan, "submit", by=by)
    if missing := missing_slots({name: getattr(plan, name) for name in FIELDS}):
        raise IncompletePlan(missing)
    plan.signed_by, plan.signed_at = by, clock.now()
    PLAN_FLOW.finish(plan, "submit", by=by)
    return plan


@transaction.atomic
def approve_plan(plan: WorkPlan, *, by: User) -> WorkPlan:
    """Approve a plan that was handed in."""
    plan = locked(plan)
    PLAN_FLOW.start(plan, "approve", by=by)
    PLAN_FLOW.finish(plan, "approve", by=by)
    _tell(plan, _("3+1 工作方案已批准"), "")
    return plan


@transaction.atomic
def return_plan(plan: WorkPlan, *, reason: str, by: User) -> WorkPlan:
    """Send a plan back with a reason."""
    plan = locked(plan)
    PLAN_FLOW.start(plan, "return", by=by)
    PLAN_FLOW.finish(plan, "return", by=by, reason=reason)
    _tell(plan, _("3+1 工作方案被退回"), reason)
    return plan


def _tell(plan: WorkPlan, subject: str, body: str) -> None:
    url = reverse("campaigns:plan_detail", args=[plan.pk])
    outbox.post(to=plan.unit, kind="plan", subject=subject, body=body, url=url)
