"""Who may open which page of highlights, and what it may cost."""

from tests.pages import PageRow
from tests.world import World

ALL = {"stranger": 302, "other": 200, "reader": 200, "owner": 200}


def _approved(world: World) -> str:
    return f"/priorities/highlights/{world.pk('priorities.Highlight', status='approved')}/"


def _nominated(world: World) -> str:
    return f"/priorities/highlights/{world.pk('priorities.Highlight', status='nominated')}/"


def _evidence(world: World) -> str:
    return f"/priorities/highlights/files/{world.pk('priorities.Evidence')}/"


PAGES = [
    PageRow(
        "priorities:highlight_list",
        "priorities.view",
        lambda w: "/priorities/highlights/",
        ALL,
        queries=17,
    ),
    PageRow(
        "priorities:highlight_new",
        "priorities.nominate",
        lambda w: "/priorities/highlights/new/",
        {"stranger": 302, "other": 200, "reader": 403, "owner": 403},
        queries=19,
    ),
    PageRow(
        "priorities:highlight_export",
        "priorities.view",
        lambda w: "/priorities/highlights/export/",
        ALL,
        queries=13,
        html=False,
    ),
    PageRow(
        "priorities:evidence_file",
        "priorities.view",
        lambda w: _evidence(w) + "thumb/",
        ALL,
        queries=6,
        html=False,
    ),
    PageRow("priorities:highlight_detail", "priorities.view", _approved, ALL, queries=20),
    PageRow(
        "priorities:highlight_edit",
        "priorities.nominate",
        lambda w: _nominated(w) + "edit/",
        {"stranger": 302, "other": 404, "reader": 403, "owner": 403},
    ),
    PageRow(
        "priorities:evidence_new",
        "priorities.nominate",
        lambda w: _nominated(w) + "evidence/",
        {"stranger": 302, "other": 405, "reader": 403, "owner": 403},
    ),
    PageRow(
        "priorities:spread_new",
        "priorities.decide",
        lambda w: _approved(w) + "spread/",
        {"stranger": 302, "other": 403, "reader": 403, "owner": 405},
    ),
    PageRow(
        "priorities:highlight_paper",
        "priorities.view",
        lambda w: _approved(w) + "paper/",
        ALL,
        queries=13,
        html=False,
    ),
    PageRow(
        "priorities:highlight_move",
        "priorities.view",
        lambda w: _nominated(w) + "verify/",
        {"stranger": 302, "other": 405, "reader": 405, "owner": 405},
    ),
]
