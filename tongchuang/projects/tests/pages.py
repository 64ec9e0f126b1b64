"""Who may open which page of projects, and what it may cost."""

from tests.pages import PageRow
from tests.world import World

ALL = {"stranger": 302, "other": 200, "reader": 200, "owner": 200}
ONE = {"stranger": 302, "other": 404, "reader": 200, "owner": 200}
HQ = {"stranger": 302, "other": 403, "reader": 403, "owner": 200}
REPORT = {"stranger": 302, "other": 404, "reader": 403, "owner": 200}


def _project(world: World) -> str:
    return f"/projects/{world.pk('projects.Project', status='under_construction')}/"


def _node(world: World) -> str:
    node = world.pk("projects.ProjectNode", done_on=None, project__status="under_construction")
    return f"/projects/nodes/{node}/"


def _round(world: World) -> str:
    return f"/projects/matching/{world.pk('projects.MatchingRound')}/"


def _photo(world: World) -> str:
    return f"/projects/photos/{world.pk('projects.ProjectPhoto')}/"


PAGES = [
    PageRow("projects:list", "projects.view", lambda w: "/projects/", ALL, queries=21),
    PageRow("projects:new", "projects.manage", lambda w: "/projects/new/", HQ, queries=17),
    PageRow(
        "projects:export",
        "projects.view",
        lambda w: "/projects/export/",
        ALL,
        queries=16,
        html=False,
    ),
    PageRow("projects:import", "projects.manage", lambda w: "/projects/import/", HQ, queries=12),
    PageRow(
        "projects:clause_list", "projects.view", lambda w: "/projects/clauses/", ALL, queries=21
    ),
    PageRow(
        "projects:round_list", "projects.view", lambda w: "/projects/matching/", ALL, queries=16
    ),
    PageRow("projects:round_detail", "projects.view", _round, ALL, queries=16),
    PageRow(
        "projects:round_close",
        "projects.manage",
        lambda w: _round(w) + "close/",
        {"stranger": 302, "other": 403, "reader": 403, "owner": 405},
    ),
    PageRow(
        "projects:round_export",
        "projects.view",
        lambda w: _round(w) + "export/",
        ALL,
        queries=14,
        html=False,
    ),
    PageRow("projects:node_edit", "projects.manage", _node, HQ, queries=14),
    PageRow(
        "projects:node_done", "projects.report", lambda w: _node(w) + "done/", REPORT, queries=14
    ),
    PageRow(
        "projects:photo_file",
        "projects.view",
        lambda w: _photo(w) + "thumb/",
        ONE,
        queries=7,
        html=False,
    ),
    PageRow("projects:detail", "projects.view", _project, ONE, queries=21),
    PageRow("projects:edit", "projects.manage", lambda w: _project(w) + "edit/", HQ, queries=19),
    PageRow(
        "projects:funding_edit",
        "projects.report",
        lambda w: _project(w) + "funding/",
        REPORT,
        queries=14,
    ),
    PageRow(
        "projects:photo_new",
        "projects.report",
        lambda w: _project(w) + "photos/",
        {"stranger": 302, "other": 405, "reader": 403, "owner": 405},
    ),
    PageRow(
        "projects:move",
        "projects.view",
        lambda w: _project(w) + "complete/",
        {"stranger": 302, "other": 405, "reader": 405, "owner": 405},
    ),
]
