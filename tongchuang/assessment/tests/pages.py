"""Who may open which page of assessment, and what it may cost."""

from tests.pages import PageRow
from tests.world import World

ALL = {"stranger": 302, "other": 200, "reader": 200, "owner": 200}
VALUERS = {"stranger": 302, "other": 403, "reader": 403, "owner": 200}


def _cell(world: World) -> str:
    cell = world.one("assessment.Cell", snapshot__current=True, snapshot__campaign__code="NSC")
    period = cell.snapshot.period
    return f"/assessment/cells/{cell.clause.code}/{cell.unit.code}/?campaign=NSC&period={period}"


def _measure(world: World) -> str:
    return str(world.one("standards.Measure", clause__framework__code="nsc2014").code)


PAGES = [
    PageRow(
        "assessment:heat", "assessment.view", lambda w: "/assessment/?campaign=NSC", ALL, queries=22
    ),
    PageRow(
        "assessment:heat_export",
        "assessment.view",
        lambda w: "/assessment/export/?campaign=NSC",
        ALL,
        queries=16,
        html=False,
    ),
    PageRow(
        "assessment:recompute",
        "assessment.value",
        lambda w: "/assessment/recompute/?campaign=NSC",
        {"stranger": 302, "other": 403, "reader": 403, "owner": 405},
    ),
    PageRow(
        "assessment:readiness",
        "assessment.view",
        lambda w: "/assessment/readiness/?campaign=NSC",
        ALL,
        queries=25,
    ),
    PageRow(
        "assessment:start",
        "campaigns.manage",
        lambda w: "/assessment/campaigns/NSC/start/",
        {"stranger": 302, "other": 403, "reader": 403, "owner": 405},
    ),
    PageRow(
        "assessment:keep",
        "campaigns.manage",
        lambda w: "/assessment/campaigns/NSC/keep/",
        VALUERS,
        queries=14,
    ),
    PageRow(
        "assessment:baseline",
        "assessment.view",
        lambda w: "/assessment/campaigns/NSC/baseline/",
        ALL,
        queries=22,
    ),
    PageRow(
        "assessment:baseline_export",
        "assessment.view",
        lambda w: "/assessment/campaigns/NSC/baseline/export/",
        ALL,
        queries=18,
        html=False,
    ),
    PageRow(
        "assessment:cell",
        "assessment.view",
        _cell,
        {"stranger": 302, "other": 404, "reader": 200, "owner": 200},
        queries=19,
    ),
    PageRow(
        "assessment:forecast",
        "assessment.view",
        lambda w: "/assessment/forecast/?campaign=NSC",
        ALL,
        queries=22,
    ),
    PageRow(
        "assessment:forecast_export",
        "assessment.view",
        lambda w: "/assessment/forecast/export/?campaign=NSC",
        ALL,
        queries=21,
        html=False,
    ),
    PageRow("assessment:reuse", "assessment.view", lambda w: "/assessment/reuse/", ALL, queries=24),
    PageRow(
        "assessment:reuse_export",
        "assessment.view",
        lambda w: "/assessment/reuse/export/",
        ALL,
        queries=30,
        html=False,
    ),
    PageRow(
        "assessment:figure_list",
        "assessment.view",
        lambda w: "/assessment/figures/?campaign=NSC",
        ALL,
        queries=25,
    ),
    PageRow(
        "assessment:figure_export",
        "assessment.view",
        lambda w: "/assessment/figures/export/?campaign=NSC",
        ALL,
        queries=15,
        html=False,
    ),
    PageRow(
        "assessment:figure_import",
        "assessment.value",
        lambda w: "/assessment/figures/import/",
        VALUERS,
        queries=10,
    ),
    PageRow(
        "assessment:figure_uses",
        "assessment.view",
        lambda w: f"/assessment/figures/{_measure(w)}/",
        ALL,
        queries=26,
    ),
    PageRow(
        "assessment:figure_enter",
        "assessment.value",
        lambda w: f"/assessment/figures/{_measure(w)}/enter/",
        VALUERS,
        queries=16,
    ),
]
