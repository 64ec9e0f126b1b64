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


def _title(world: World) -> int:
    return world.pk("campaigns.Title", name="省级卫生城市")


def _task(world: World) -> int:
    return world.pk("campaigns.Task", unit__kind="street")


def _opinion(world: World) -> int:
    return world.pk("campaigns.Opinion", unit__kind="town")


def _change(world: World) -> int:
    return world.pk("campaigns.ChangeNote", task__unit__kind="street")


def _plan(world: World) -> int:
    return world.pk("campaigns.WorkPlan", unit__kind="street")


def _clause(world: World) -> str:
    clause: Any = world.one("standards.Clause", framework__code="nsc2014", level="article")
    return str(clause.code)


def _table(world: World) -> int:
    return world.pk("campaigns.BreakdownDraft")


def _table_step(step: str) -> PageRow:
    return PageRow(
        f"campaigns:breakdown_{step}",
        "campaigns.assign",
        lambda world: f"/campaigns/breakdown/{_table(world)}/{step}/",
        HQ_POST,
    )


PAGES = [
    PageRow(
        "campaigns:breakdown_list",
        "campaigns.view",
        lambda w: "/campaigns/breakdown/?campaign=NSC",
        ALL,
        queries=40,
    ),
    PageRow(
        "campaigns:breakdown_table",
        "campaigns.view",
        lambda w: "/campaigns/breakdown/table.xlsx?campaign=NSC",
        ALL,
        queries=40,
        html=False,
    ),
    PageRow(
        "campaigns:breakdown_upload",
        "campaigns.assign",
        lambda w: "/campaigns/breakdown/upload/?campaign=NSC",
        HQ_POST,
    ),
    PageRow(
        "campaigns:breakdown_draft",
        "campaigns.assign",
        lambda w: f"/campaigns/breakdown/{_table(w)}/",
        HQ,
        queries=40,
    ),
    *(_table_step(step) for step in ("names", "rows", "confirm", "close")),
    PageRow(
        "campaigns:breakdown_refused",
        "campaigns.assign",
        lambda w: f"/campaigns/breakdown/{_table(w)}/refused.xlsx",
        HQ,
        queries=40,
        html=False,
    ),
    PageRow("campaigns:list", "campaigns.view", lambda w: "/campaigns/", ALL, queries=19),
    PageRow(
        "campaigns:gantt", "campaigns.view", lambda w: "/campaigns/tasks/gantt/", ALL, queries=15
    ),
    PageRow(
        "campaigns:slip_list",
        "campaigns.view",
        lambda w: "/campaigns/tasks/gantt/slips/",
        ALL,
        queries=14,
    ),
    PageRow(
        "campaigns:slip_accept",
        "campaigns.assign",
        lambda w: f"/campaigns/tasks/gantt/slips/{_task(w)}/accept/",
        HQ_POST,
    ),
    PageRow("campaigns:new", "campaigns.manage", lambda w: "/campaigns/new/", HQ, queries=13),
    PageRow(
        "campaigns:switch",
        "campaigns.view",
        lambda w: "/campaigns/switch/",
        {"stranger": 302, "other": 405, "reader": 405, "owner": 405},
    ),
    PageRow("campaigns:detail", "campaigns.view", lambda w: "/campaigns/NSC/", ALL, queries=22),
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
        "campaigns:title_list", "campaigns.view", lambda w: "/campaigns/titles/", ALL, queries=22
    ),
    PageRow(
        "campaigns:title_new",
        "campaigns.manage",
        lambda w: "/campaigns/titles/new/",
        HQ,
        queries=13,
    ),
    PageRow(
        "campaigns:title_export",
        "campaigns.view",
        lambda w: "/campaigns/titles/export/",
        ALL,
        queries=17,
        html=False,
    ),
    PageRow(
        "campaigns:title_import",
        "campaigns.manage",
        lambda w: "/campaigns/titles/import/",
        HQ,
        queries=11,
    ),
    PageRow(
        "campaigns:title_detail",
        "campaigns.view",
        lambda w: f"/campaigns/titles/{_title(w)}/",
        ALL,
        queries=18,
    ),
    PageRow(
        "campaigns:title_decide",
        "campaigns.manage",
        lambda w: f"/campaigns/titles/{_title(w)}/decide/",
        HQ_POST,
    ),
    PageRow(
        "campaigns:title_correct",
        "campaigns.manage",
        lambda w: f"/campaigns/titles/entries/{w.pk('campaigns.TitleEntry')}/",
        HQ,
        queries=13,
    ),
    PageRow(
        "campaigns:assignment_list",
        "campaigns.view",
        lambda w: "/campaigns/assignments/?campaign=NSC",
        ALL,
        queries=20,
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
        queries=17,
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
        queries=27,
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
    PageRow(
        "campaigns:joint_board",
        "campaigns.view",
        lambda w: "/campaigns/joint/?campaign=NSC",
        ALL,
        queries=30,
    ),
    PageRow(
        "campaigns:assignment_consult",
        "campaigns.assign",
        lambda w: "/campaigns/NSC/assignments/consult/",
        HQ_POST,
    ),
    PageRow(
        "campaigns:assignment_issue",
        "campaigns.approve",
        lambda w: "/campaigns/NSC/assignments/issue/",
        HQ,
        queries=16,
    ),
    PageRow(
        "campaigns:opinion_list",
        "campaigns.view",
        lambda w: "/campaigns/consultation/",
        ALL,
        queries=16,
    ),
    PageRow(
        "campaigns:opinion_detail",
        "campaigns.view",
        lambda w: f"/campaigns/consultation/{_opinion(w)}/",
        NARROW,
        queries=14,
    ),
    PageRow(
        "campaigns:opinion_agree",
        "campaigns.plan",
        lambda w: f"/campaigns/consultation/{_opinion(w)}/agree/",
        {"stranger": 302, "other": 405, "reader": 403, "owner": 403},
    ),
    PageRow(
        "campaigns:opinion_object",
        "campaigns.sign_plan",
        lambda w: f"/campaigns/consultation/{_opinion(w)}/object/",
        {"stranger": 302, "other": 403, "reader": 403, "owner": 403},
    ),
    PageRow(
        "campaigns:opinion_rule",
        "campaigns.manage",
        lambda w: f"/campaigns/consultation/{_opinion(w)}/rule/",
        HQ_POST,
    ),
    PageRow(
        "campaigns:change_list", "campaigns.view", lambda w: "/campaigns/changes/", ALL, queries=14
    ),
    PageRow(
        "campaigns:change_detail",
        "campaigns.view",
        lambda w: f"/campaigns/changes/{_change(w)}/",
        NARROW,
        queries=14,
    ),
    PageRow(
        "campaigns:obstacle_list",
        "campaigns.view",
        lambda w: "/campaigns/obstacles/",
        ALL,
        queries=16,
    ),
    PageRow(
        "campaigns:task_split",
        "campaigns.view",
        lambda w: f"/campaigns/tasks/{_task(w)}/split/",
        {"stranger": 302, "other": 404, "reader": 403, "owner": 200},
        queries=20,
    ),
    PageRow(
        "campaigns:task_nodes",
        "campaigns.view",
        lambda w: f"/campaigns/tasks/{_task(w)}/nodes/",
        {"stranger": 302, "other": 404, "reader": 403, "owner": 200},
        queries=14,
    ),
    PageRow(
        "campaigns:task_territories",
        "campaigns.assign",
        lambda w: f"/campaigns/tasks/{_task(w)}/territories/",
        HQ,
        queries=20,
    ),
]
