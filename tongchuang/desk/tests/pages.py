"""Who may open which page of the desk, and what it may cost."""

from tests.pages import PageRow
from tests.world import World

ALL = {"stranger": 302, "other": 200, "reader": 200, "owner": 200}


def _clause(world: World) -> str:
    return f"/clauses/{world.one('standards.Clause', code='nsc2014.a09').code}/"


PAGES = [
    PageRow("desk:todo", "", lambda _w: "/", ALL, 26),
    PageRow("desk:cockpit", "desk.cockpit", lambda _w: "/cockpit/", {**ALL, "other": 403}, 33),
    PageRow("desk:search", "", lambda _w: "/search/?q=公厕", ALL, 24),
    PageRow("desk:clause", "standards.view", _clause, ALL, 30),
]
