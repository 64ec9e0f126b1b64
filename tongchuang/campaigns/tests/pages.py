"""Who may open which page of campaigns, and what it may cost."""

from typing import Any

from tests.pages import PageRow
from tests.world import World

ALL = {"stranger": 302, "other": 200, "reader": 200, "owner": 200}
HQ = {"stranger": 302, "other": 403, "reader": 403, "owner": 200}
HQ_POST = {"stranger": 302, "other": 403, "reader": 403, "owner": 405}
NARROW = {"stranger": 302, "other": 404, "reader": 200, "owner": 200}


def _gate(world: World) -> int:
    return world.pk("campaigns.Gate", campaign__code="NSC")


def _task(world: World) -> int:
    return world.pk("campaigns.Task", unit__kind="street")


def _plan(world: World) -> int:
    return world.pk("campaigns.WorkPlan", unit__kind="street")


def _clause(world: World) -> str:
    clause: Any = world.one("standards.Clause", framework__code="nsc2014", level="article")
    return str(clause.code)


PAGES = [
    PageRow("campaigns:list", "campaigns.view", lambda w: "/campaigns/", ALL, queries=19),
    PageRow("campaigns:new", "campaigns.manage", lambda w: "/campaigns/new/", HQ, queries=13),
    PageRow(
        "campaigns:switch",
        "campaigns.view",
        lambda w: "/campaigns/switch/",
        {"stranger": 302, "other": 405, "reader": 405, "owner": 405},
    ),
    PageRow("campaigns:detail", "campaigns.view", lambda w: "/campaigns/NSC/", ALL, queries=22),
    PageRow("campaigns:start", "campaigns.manage", lambda w: "/campaigns/NSC/start/", HQ_POST),
    PageRow(
        "campaigns:gate_detail",
        "campaigns.view",
        lambda w: f"/campaigns/gates/{_gate(w)}/",
        ALL,
        queries=17,
    ),
    PageRow(
        "campaigns:gate_decide",
        "campaigns.manage",
        lambda w: f"/campaigns/gates/{_gate(w)}/decide/",
        HQ_POST,
    ),
    PageRow(
        "campaigns:gate_dates",
        "campaigns.manage",
        lambda w: f"/campaigns/gates/{_gate(w)}/dates/",
        HQ_POST,
    ),
    PageRow(
        "campaigns:gate_prerequisite",
        "campaigns.manage",
        lambda w: f"/campaigns/gates/{_gate(w)}/prerequisite/",
        HQ_POST,
    ),
    PageRow(
        "campaigns:assignment_list",
        "campaigns.view",
        lambda w: "/campaigns/assignments/?campaign=NSC",
        ALL,
        queries=19,
    ),
    PageRow(
        "campaigns:assignment_edit",
        "campaigns.assign",
        lambda w: f"/campaigns/NSC/assignments/{_clause(w)}/",
        HQ,
        queries=17,
    ),
    PageRow(
        "campaigns:assignment_rule",
        "campaigns.assign",
        lambda w: "/campaigns/NSC/assignments/rule/",
        HQ,
        queries=15,
    ),
    PageRow(
        "campaigns:assignment_export",
        "campaigns.view",
        lambda w: "/campaigns/NSC/assignments/export/",
        ALL,
        queries=15,
        html=False,
    ),
    PageRow(
        "campaigns:duty_list",
        "campaigns.view",
        lambda w: "/campaigns/NSC/duties/U20/",
        ALL,
        queries=18,
    ),
    PageRow(
        "campaigns:plan_list", "campaigns.view", lambda w: "/campaigns/plans/", ALL, queries=20
    ),
    PageRow(
        "campaigns:plan_open",
        "campaigns.plan",
        lambda w: "/campaigns/plans/open/",
        {"stranger": 302, "other": 405, "reader": 403, "owner": 403},
    ),
    PageRow(
        "campaigns:plan_detail",
        "campaigns.view",
        lambda w: f"/campaigns/plans/{_plan(w)}/",
        NARROW,
        queries=12,
    ),
    PageRow(
        "campaigns:plan_edit",
        "campaigns.plan",
        lambda w: f"/campaigns/plans/{_plan(w)}/edit/",
        {"stranger": 302, "other": 404, "reader": 403, "owner": 403},
    ),
    PageRow(
        "campaigns:plan_submit",
        "campaigns.sign_plan",
        lambda w: f"/campaigns/plans/{_plan(w)}/submit/",
        {"stranger": 302, "other": 403, "reader": 403, "owner": 403},
    ),
    PageRow(
        "campaigns:plan_approve",
        "campaigns.approve",
        lambda w: f"/campaigns/plans/{_plan(w)}/approve/",
        HQ_POST,
    ),
    PageRow(
        "campaigns:plan_return",
        "campaigns.approve",
        lambda w: f"/campaigns/plans/{_plan(w)}/return/",
        HQ_POST,
    ),
    PageRow(
        "campaigns:task_list", "campaigns.view", lambda w: "/campaigns/tasks/", ALL, queries=16
    ),
    PageRow(
        "campaigns:task_new", "campaigns.assign", lambda w: "/campaigns/tasks/new/", HQ, queries=13
    ),
    PageRow(
        "campaigns:task_export",
        "campaigns.view",
        lambda w: "/campaigns/tasks/export/",
        ALL,
        queries=12,
        html=False,
    ),
    PageRow(
        "campaigns:task_import",
        "campaigns.assign",
        lambda w: "/campaigns/tasks/import/",
        HQ,
        queries=11,
    ),
    PageRow(
        "campaigns:task_detail",
        "campaigns.view",
        lambda w: f"/campaigns/tasks/{_task(w)}/",
        NARROW,
        queries=13,
    ),
    PageRow(
        "campaigns:task_edit",
        "campaigns.assign",
        lambda w: f"/campaigns/tasks/{_task(w)}/edit/",
        HQ,
        queries=13,
    ),
    PageRow(
        "campaigns:task_progress",
        "campaigns.progress",
        lambda w: f"/campaigns/tasks/{_task(w)}/progress/",
        {"stranger": 302, "other": 405, "reader": 403, "owner": 403},
    ),
    PageRow(
        "campaigns:task_move",
        "campaigns.view",
        lambda w: f"/campaigns/tasks/{_task(w)}/submit/",
        {"stranger": 302, "other": 405, "reader": 405, "owner": 405},
    ),
]
