"""Every change to campaigns, one noun per file."""

from tongchuang.campaigns.services.assignments import (
    AssignmentPlan,
    ProposedAssignment,
    assign,
    assign_by_rule,
    plan_assignments,
)
from tongchuang.campaigns.services.gates import (
    Unavailable,
    add_prerequisite,
    create_campaign,
    decide_gate,
    gates_from_process,
    set_gate_dates,
    start_campaign,
)
from tongchuang.campaigns.services.plans import (
    IncompletePlan,
    approve_plan,
    edit_plan,
    open_plan,
    return_plan,
    submit_plan,
)
from tongchuang.campaigns.services.tasks import (
    ProgressRefused,
    accept_task,
    block_task,
    cancel_task,
    change_task,
    create_task,
    report_progress,
    send_back_task,
    submit_task,
    unblock_task,
)

__all__ = [
    "AssignmentPlan",
    "IncompletePlan",
    "ProgressRefused",
    "ProposedAssignment",
    "Unavailable",
    "accept_task",
    "add_prerequisite",
    "approve_plan",
    "assign",
    "assign_by_rule",
    "block_task",
    "cancel_task",
    "change_task",
    "create_campaign",
    "create_task",
    "decide_gate",
    "edit_plan",
    "gates_from_process",
    "open_plan",
    "plan_assignments",
    "report_progress",
    "return_plan",
    "send_back_task",
    "set_gate_dates",
    "start_campaign",
    "submit_plan",
    "submit_task",
    "unblock_task",
]
