"""The pages of cases × who opens them."""

from collections.abc import Callable

from tests.pages import PageRow
from tests.world import World

_READ = {"stranger": 302, "other": 404, "reader": 200, "owner": 200}
_ALL = {"stranger": 302, "other": 200, "reader": 200, "owner": 200}
_OFFICE = {"stranger": 302, "other": 403, "reader": 403, "owner": 200}
_UNIT = {"stranger": 302, "other": 404, "reader": 403, "owner": 403}
_CHECKER = {"stranger": 302, "other": 403, "reader": 200, "owner": 403}


def _case(page: str, **filters: str) -> Callable[[World], str]:
    return lambda world: f"/cases/{world.pk('cases.Case', **filters)}/{page}"


def _session(page: str) -> Callable[[World], str]:
    return lambda world: f"/cases/ownership/{world.pk('cases.OwnershipSession')}/{page}"


def _photo(world: World) -> str:
    return f"/cases/photos/{world.pk('cases.Photo')}/thumb/"


PAGES = [
    PageRow("cases:list", "cases.view", lambda _w: "/cases/", _ALL, 19),
    PageRow("cases:map", "cases.view", lambda _w: "/cases/map/", _ALL, 14),
    PageRow("cases:points", "cases.view", lambda _w: "/cases/points.json", _ALL, 6, html=False),
    PageRow("cases:export", "cases.view", lambda _w: "/cases/export/", _ALL, 12, html=False),
    PageRow(
        "cases:bulk_dispatch",
        "cases.dispatch",
        lambda _w: "/cases/bulk-dispatch/",
        {**_OFFICE, "owner": 405},
        html=False,
    ),
    PageRow("cases:ownership_list", "cases.view", lambda _w: "/cases/ownership/", _ALL, 14),
    PageRow(
        "cases:ownership_export",
        "cases.view",
        lambda _w: "/cases/ownership/export/",
        _ALL,
        12,
        html=False,
    ),
    PageRow("cases:ownership_detail", "cases.view", _session(""), _READ, 16),
    PageRow("cases:ownership_hold", "cases.dispatch", _session("hold/"), _OFFICE, 12),
    PageRow("cases:ownership_rule", "cases.rule_ownership", _session("rule/"), _OFFICE, 16),
    PageRow(
        "cases:ownership_docx",
        "cases.view",
        _session("docx/"),
        {"stranger": 302, "other": 404, "reader": 404, "owner": 404},
        html=False,
    ),
    PageRow(
        "cases:ownership_open",
        "cases.dispatch",
        _case("ownership/", status="filed"),
        _OFFICE,
        11,
    ),
    PageRow("cases:new", "cases.file", lambda _w: "/cases/new/", _ALL, 13),
    PageRow("cases:photo", "cases.view", _photo, _READ, 6, html=False),
    PageRow("cases:detail", "cases.view", _case(""), _READ, 23),
    PageRow("cases:print", "cases.view", _case("print/"), _READ, 23),
    PageRow(
        "cases:verify",
        "cases.verify_report",
        _case("verify/", status="to_verify"),
        _CHECKER,
        queries=11,
    ),
    PageRow("cases:reject", "cases.reject", _case("reject/", status="filed"), _OFFICE, queries=11),
    PageRow("cases:merge", "cases.merge", _case("merge/", status="filed"), _OFFICE, queries=11),
    PageRow(
        "cases:dispatch", "cases.dispatch", _case("dispatch/", status="filed"), _OFFICE, queries=12
    ),
    PageRow("cases:accept", "cases.accept", _case("accept/", status="dispatched"), _UNIT),
    PageRow("cases:return", "cases.return", _case("return/", status="dispatched"), _UNIT),
    PageRow("cases:reply", "cases.handle", _case("reply/", status="accepted"), _UNIT),
    PageRow("cases:check", "cases.check", _case("check/", status="replied"), _CHECKER, queries=13),
    PageRow("cases:extend", "cases.ask_extension", _case("extend/", status="accepted"), _UNIT),
    PageRow(
        "cases:decide_extension",
        "cases.grant_extension",
        _case("extension/", status="accepted"),
        _OFFICE,
        queries=11,
    ),
    PageRow("cases:pause", "cases.pause", _case("pause/", status="accepted"), _OFFICE, queries=11),
    PageRow(
        "cases:resume", "cases.pause", _case("resume/", status="accepted"), _OFFICE, queries=11
    ),
    PageRow("cases:reopen", "cases.reopen", _case("reopen/", status="closed"), _OFFICE, queries=11),
    PageRow(
        "cases:resubmit", "cases.reopen", _case("resubmit/", status="rejected"), _OFFICE, queries=11
    ),
    PageRow(
        "cases:helper", "cases.dispatch", _case("helpers/", status="accepted"), _OFFICE, queries=12
    ),
]
