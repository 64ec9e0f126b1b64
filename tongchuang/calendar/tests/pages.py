"""Who may open which page of the joint calendar, and what it may cost."""

from tests.pages import PageRow
from tests.world import World

ALL = {"stranger": 302, "other": 200, "reader": 200, "owner": 200}


def _unit(world: World) -> str:
    return f"/calendar/load/{world.one('accounts.Unit', kind='street').code}/"


PAGES = [
    PageRow("calendar:calendar", "campaigns.view", lambda w: "/calendar/", ALL, queries=28),
    PageRow(
        "calendar:export",
        "campaigns.view",
        lambda w: "/calendar/export/",
        ALL,
        queries=25,
        html=False,
    ),
    PageRow(
        "calendar:brief",
        "campaigns.view",
        lambda w: "/calendar/brief/",
        ALL,
        queries=26,
        fragment=True,
    ),
    PageRow("calendar:load", "campaigns.view", lambda w: "/calendar/load/", ALL, queries=24),
    PageRow(
        "calendar:load_export",
        "campaigns.view",
        lambda w: "/calendar/load/export/",
        ALL,
        queries=24,
        html=False,
    ),
    PageRow(
        "calendar:unit",
        "campaigns.view",
        _unit,
        {"stranger": 302, "other": 404, "reader": 200, "owner": 200},
        queries=30,
    ),
    PageRow(
        "calendar:warnings", "campaigns.view", lambda w: "/calendar/warnings/", ALL, queries=45
    ),
    PageRow(
        "calendar:warnings_export",
        "campaigns.view",
        lambda w: "/calendar/warnings/export/",
        ALL,
        queries=45,
        html=False,
    ),
]
