"""Who may open which page of the desk, and what it may cost."""

from tests.pages import PageRow
from tests.world import World

ALL = {"stranger": 302, "other": 200, "reader": 200, "owner": 200}
POST_ONLY = {"stranger": 302, "other": 405, "reader": 405, "owner": 405}
MANAGED = {"stranger": 302, "other": 403, "reader": 403, "owner": 403, "admin": 200}


def _clause(world: World) -> str:
    return f"/clauses/{world.one('standards.Clause', code='nsc2014.a09').code}/"


def _message(world: World) -> str:
    """One to a mass organisation, which the director of the office has no part in."""
    return f"/messages/{world.pk('core.Message', to_unit__kind='mass')}/"


PAGES = [
    PageRow("desk:todo", "", lambda _w: "/", ALL, 40),
    PageRow("desk:cockpit", "desk.cockpit", lambda _w: "/cockpit/", {**ALL, "other": 403}, 33),
    PageRow(
        "desk:cockpit_export",
        "desk.cockpit",
        lambda _w: "/cockpit/export/gates/",
        {**ALL, "other": 403},
        20,
        html=False,
    ),
    PageRow("desk:search", "", lambda _w: "/search/?q=公厕", ALL, 26),
    PageRow(
        "desk:package", "assessment.view", lambda _w: "/package/?campaign=NSC", ALL, queries=13
    ),
    PageRow(
        "desk:package_make",
        "campaigns.manage",
        lambda _w: "/package/make/?campaign=NSC",
        {"stranger": 302, "other": 403, "reader": 403, "owner": 405},
    ),
    PageRow("desk:message_list", "", lambda _w: "/messages/", ALL, 15),
    PageRow("desk:message_open", "", _message, {"stranger": 302, "reader": 404, "owner": 404}),
    PageRow("desk:message_read", "", lambda w: f"{_message(w)}read/", POST_ONLY),
    PageRow("desk:messages_read", "", lambda _w: "/messages/read/", POST_ONLY),
    PageRow("desk:messages_failed", "accounts.manage", lambda _w: "/messages/failed/", MANAGED, 12),
    PageRow(
        "desk:message_retry",
        "accounts.manage",
        lambda w: f"{_message(w)}retry/",
        {**MANAGED, "admin": 405},
    ),
    PageRow("desk:clause", "standards.view", _clause, ALL, 40),
]
