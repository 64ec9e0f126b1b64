"""Who may open which page for citizens and of their reports, and what it may cost."""

from collections.abc import Callable
from typing import Any

from tests.pages import PageRow
from tests.world import World

OPEN = {"stranger": 200, "other": 200, "reader": 200, "owner": 200}
OFFICE = {"stranger": 302, "other": 403, "reader": 403, "owner": 200}
POSTED = {"stranger": 302, "other": 403, "reader": 403, "owner": 405}


def _report(page: str = "", **filters: Any) -> Callable[[World], str]:
    return lambda world: f"/p/reports/{world.pk('public.Report', **filters)}/{page}"


def _code(page: str = "", **filters: Any) -> Callable[[World], str]:
    return lambda world: f"/p/t/{world.one('public.Report', **filters).tracking_code}/{page}"


def _plate(world: World) -> str:
    return f"/p/s/{world.one('places.Site', active=True).plate}/"


def _shown(world: World) -> str:
    filters = {"moment": "after", "public": True, "case__status": "closed"}
    return f"/p/results/{world.one('cases.Photo', **filters).case_id}/after/"


def _photo(world: World) -> str:
    photo = world.one("public.ReportPhoto")
    return f"/p/reports/{photo.report_id}/photos/{photo.pk}/"


def _by_code(world: World) -> str:
    return f"/p/reports/code/{world.one('public.Report').tracking_code}/"


_ENDED = {"case__status": "closed"}
PAGES = [
    PageRow("public:report", "", lambda _w: "/p/", OPEN, 2),
    PageRow("public:qr", "", _plate, OPEN, 3),
    PageRow("public:track_form", "", lambda _w: "/p/t/", OPEN, 2),
    PageRow("public:track", "", _code(**_ENDED), OPEN, 4),
    PageRow("public:thanks", "", _code("thanks/"), OPEN, 3),
    PageRow("public:rate", "", _code("rate/"), dict.fromkeys(OPEN, 405)),
    PageRow("public:photo", "", _code("photos/before/", **_ENDED), OPEN, 3, html=False),
    PageRow("public:results", "", lambda _w: "/p/results/", OPEN, 6),
    PageRow("public:result_photo", "", _shown, OPEN, 3, html=False),
    PageRow("public:report_list", "public.view", lambda _w: "/p/reports/", OFFICE, 14),
    PageRow("public:report_by_code", "public.view", _by_code, {**OFFICE, "owner": 302}),
    PageRow("public:report_detail", "public.view", _report(), OFFICE, 16),
    PageRow("public:report_photo", "public.view", _photo, OFFICE, 7, html=False),
    PageRow(
        "public:report_contact", "public.reporter", _report("contact/"), {**POSTED, "owner": 403}
    ),
    PageRow("public:report_answer", "public.answer", _report("answer/"), POSTED),
    PageRow("public:report_file", "public.answer", _report("file/"), POSTED),
    PageRow("public:report_reopening", "public.answer", _report("reopening/"), POSTED),
    PageRow("public:report_publish", "public.answer", _report("publish/"), POSTED),
]
