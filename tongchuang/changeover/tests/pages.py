"""Who may open which page of changeovers, and what it may cost."""

from tests.pages import PageRow
from tests.world import World

VIEW = {"stranger": 302, "other": 403, "reader": 200, "owner": 200}
DRAFT = {"stranger": 302, "other": 403, "reader": 403, "owner": 200}
POST = {"stranger": 302, "other": 403, "reader": 405, "owner": 405}
POST_DRAFT = {"stranger": 302, "other": 403, "reader": 403, "owner": 405}


def _one(world: World) -> str:
    return f"/changeovers/{world.pk('changeover.Changeover', status='draft')}/"


def _line(world: World) -> str:
    line = world.one("changeover.Line", is_open=True)
    return f"/changeovers/{line.changeover_id}/lines/{line.ordinal}/"


PAGES = [
    PageRow("changeover:list", "changeover.view", lambda w: "/changeovers/", VIEW, queries=9),
    PageRow("changeover:new", "changeover.draft", lambda w: "/changeovers/new/", DRAFT, queries=12),
    PageRow(
        "changeover:export",
        "changeover.view",
        lambda w: "/changeovers/export/",
        VIEW,
        queries=11,
        html=False,
    ),
    PageRow("changeover:detail", "changeover.view", _one, VIEW, queries=18),
    PageRow("changeover:line_edit", "changeover.draft", _line, DRAFT, queries=26),
    PageRow(
        "changeover:ledger_export",
        "changeover.view",
        lambda w: _one(w) + "ledger/export/",
        VIEW,
        queries=13,
        html=False,
    ),
    PageRow(
        "changeover:ledger_import",
        "changeover.draft",
        lambda w: _one(w) + "ledger/import/",
        DRAFT,
        queries=10,
    ),
    PageRow(
        "changeover:entry_list", "changeover.view", lambda w: _one(w) + "records/", VIEW, queries=11
    ),
    PageRow(
        "changeover:entry_export",
        "changeover.view",
        lambda w: _one(w) + "records/export/",
        VIEW,
        queries=12,
        html=False,
    ),
    PageRow("changeover:try", "changeover.view", lambda w: _one(w) + "try/", POST),
    PageRow("changeover:refresh", "changeover.draft", lambda w: _one(w) + "refresh/", POST_DRAFT),
    PageRow("changeover:accept", "changeover.draft", lambda w: _one(w) + "accept/", POST_DRAFT),
    PageRow("changeover:move", "changeover.view", lambda w: _one(w) + "submit/", POST),
]
