"""Who may open which page of inspections, and what it may cost."""

from collections.abc import Callable

from tests.pages import PageRow
from tests.world import World

_ALL = {"stranger": 302, "other": 200, "reader": 200, "owner": 200}
_PLAN = {"stranger": 302, "other": 403, "reader": 200, "owner": 200}
_POST_PLAN = {"stranger": 302, "other": 403, "reader": 405, "owner": 405}
_ONE = {"stranger": 302, "other": 404, "reader": 200, "owner": 200}
_VISITOR = {"stranger": 302, "other": 403, "reader": 200, "owner": 403}
_NOT_MINE = {"stranger": 302, "other": 403, "reader": 403, "owner": 403}


def _round(page: str = "") -> Callable[[World], str]:
    return lambda world: f"/inspections/{world.pk('inspections.Round', status='running')}/{page}"


def _visit(page: str = "") -> Callable[[World], str]:
    return lambda world: f"/inspections/visits/{world.pk('inspections.Visit')}/{page}"


def _photo(world: World) -> str:
    return f"/inspections/photos/{world.pk('inspections.Answer', photo__isnull=False)}/thumb/"


def _place(world: World) -> str:
    return f"/inspections/places/{world.one('inspections.Visit').site.code}/"


PAGES = [
    PageRow(
        "inspections:round_list", "inspections.view", lambda _w: "/inspections/", _ALL, queries=15
    ),
    PageRow(
        "inspections:round_new",
        "inspections.plan",
        lambda _w: "/inspections/new/",
        _PLAN,
        queries=13,
    ),
    PageRow("inspections:round_detail", "inspections.view", _round(), _ALL, 29),
    PageRow(
        "inspections:round_draw",
        "inspections.plan",
        _round("draw/"),
        {"stranger": 302, "other": 403, "reader": 302, "owner": 302},
    ),
    PageRow(
        "inspections:round_questions", "inspections.view", _round("questions/"), _ALL, queries=17
    ),
    PageRow("inspections:round_close", "inspections.plan", _round("close/"), _POST_PLAN),
    PageRow(
        "inspections:round_export",
        "inspections.view",
        _round("export/"),
        _ALL,
        queries=15,
        html=False,
    ),
    PageRow(
        "inspections:my_visits",
        "inspections.visit",
        lambda _w: "/inspections/mine/",
        _VISITOR,
        queries=12,
    ),
    PageRow(
        "inspections:visit_start",
        "inspections.visit",
        lambda _w: "/inspections/visits/start/",
        {"stranger": 302, "other": 403, "reader": 405, "owner": 403},
    ),
    PageRow(
        "inspections:visit_import",
        "places.import",
        lambda _w: "/inspections/visits/import/",
        {"stranger": 302, "other": 403, "reader": 403, "owner": 403},
    ),
    PageRow("inspections:visit", "inspections.visit", _visit(), _NOT_MINE),
    PageRow(
        "inspections:visit_finish",
        "inspections.visit",
        _visit("finish/"),
        {"stranger": 302, "other": 403, "reader": 405, "owner": 403},
    ),
    PageRow("inspections:visit_detail", "inspections.view", _visit("result/"), _ONE, queries=14),
    PageRow("inspections:photo", "inspections.view", _photo, _ONE, queries=6, html=False),
    PageRow("inspections:place_visits", "inspections.view", _place, _ONE, queries=13),
]
