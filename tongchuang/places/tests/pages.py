"""Who may open which page of places, and what it may cost."""

from tests.pages import PageRow
from tests.world import World

ALL = {"stranger": 302, "other": 200, "reader": 200, "owner": 200}
MANAGERS = {"stranger": 302, "other": 403, "reader": 403, "owner": 200}
ONE = {"stranger": 302, "other": 404, "reader": 200, "owner": 200}


def _site(world: World) -> str:
    return str(world.one("places.Site").code)


def _type(world: World) -> str:
    return str(world.one("standards.SiteType").code)


PAGES = [
    PageRow("places:site_list", "places.view", lambda w: "/places/sites/", ALL, queries=17),
    PageRow("places:site_map", "places.view", lambda w: "/places/sites/map/", ALL, queries=17),
    PageRow(
        "places:site_points",
        "places.view",
        lambda w: "/places/sites/points.json",
        ALL,
        queries=6,
        html=False,
    ),
    PageRow(
        "places:site_new", "places.manage", lambda w: "/places/sites/new/", MANAGERS, queries=14
    ),
    PageRow(
        "places:site_export",
        "places.view",
        lambda w: "/places/sites/export/",
        ALL,
        queries=12,
        html=False,
    ),
    PageRow(
        "places:site_import",
        "places.import",
        lambda w: "/places/sites/import/",
        {"stranger": 302, "other": 403, "reader": 403, "owner": 403},
    ),
    PageRow(
        "places:site_plates", "places.view", lambda w: "/places/sites/plates/?q=S", ALL, queries=13
    ),
    PageRow(
        "places:site_detail", "places.view", lambda w: f"/places/sites/{_site(w)}/", ONE, queries=12
    ),
    PageRow(
        "places:site_edit",
        "places.manage",
        lambda w: f"/places/sites/{_site(w)}/edit/",
        {"stranger": 302, "other": 403, "reader": 403, "owner": 200},
        queries=15,
    ),
    PageRow(
        "places:site_close",
        "places.manage",
        lambda w: f"/places/sites/{_site(w)}/close/",
        {"stranger": 302, "other": 403, "reader": 403, "owner": 405},
    ),
    PageRow(
        "places:area_shapes",
        "places.view",
        lambda w: "/places/areas.json",
        ALL,
        queries=6,
        html=False,
    ),
    PageRow(
        "places:boundary_import",
        "places.manage",
        lambda w: "/places/areas/import/",
        MANAGERS,
        queries=10,
    ),
    PageRow(
        "places:boundary_export",
        "places.view",
        lambda w: "/places/areas/export/",
        ALL,
        queries=6,
        html=False,
    ),
    PageRow("places:lead_rule_list", "places.view", lambda w: "/places/leads/", ALL, queries=13),
    PageRow(
        "places:lead_rule_new",
        "places.manage",
        lambda w: "/places/leads/new/",
        MANAGERS,
        queries=14,
    ),
    PageRow(
        "places:lead_rule_export",
        "places.view",
        lambda w: "/places/leads/export/",
        ALL,
        queries=12,
        html=False,
    ),
    PageRow(
        "places:lead_rule_end",
        "places.manage",
        lambda w: f"/places/leads/{w.pk('places.LeadRule')}/end/",
        {"stranger": 302, "other": 403, "reader": 403, "owner": 405},
    ),
    PageRow("places:rule_list", "places.view", lambda w: "/places/rules/", ALL, queries=13),
    PageRow(
        "places:rule_edit",
        "places.manage",
        lambda w: f"/places/rules/{_type(w)}/",
        MANAGERS,
        queries=13,
    ),
]
