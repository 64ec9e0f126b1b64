"""The pages of supervision: who may open them and what they may cost.

The demonstration city has two bulletins, both issued; nothing in it is open to objection.
"""

import shutil
from collections.abc import Callable

from tests.pages import PageRow
from tests.world import World

_READ = {"stranger": 302, "other": 200, "reader": 200, "owner": 200}
_FILE = _READ
# Without LibreOffice the page says so and leads back.
_CAN_PRINT = bool(shutil.which("soffice") or shutil.which("libreoffice"))
_PDF = {"stranger": 302, "reader": 200 if _CAN_PRINT else 302}
_DRAFT = {"stranger": 302, "other": 403, "reader": 200, "owner": 200}
_BACK = {"stranger": 302, "other": 403, "reader": 302, "owner": 302}


def _at(rest: str = "") -> Callable[[World], str]:
    return lambda world: f"/supervision/{world.pk('supervision.Bulletin')}/{rest}"


def _score(world: World) -> str:
    line = world.one("supervision.UnitScore")
    return f"/supervision/{line.bulletin_id}/units/{line.unit_id}/"


def _row(
    name: str,
    action: str,
    path: Callable[[World], str],
    statuses: dict[str, int],
    queries: int = 0,
    **more: bool,
) -> PageRow:
    return PageRow(f"supervision:{name}", action, path, statuses, queries, **more)


_VIEW = "supervision.view"
PAGES = [
    _row(
        "plan_paper", "supervision.draft", lambda w: "/supervision/plan/?campaign=NSC", _DRAFT, 60
    ),
    _row(
        "plan_file",
        "supervision.draft",
        lambda w: "/supervision/plan/NSC.docx",
        _DRAFT,
        60,
        html=False,
    ),
    _row("bulletin_list", _VIEW, lambda _world: "/supervision/", _READ, queries=17),
    _row("slip_list", _VIEW, lambda _world: "/supervision/slips/", _READ, queries=14),
    _row(
        "bulletin_new", "supervision.draft", lambda _world: "/supervision/new/", _DRAFT, queries=13
    ),
    _row("bulletin_detail", _VIEW, _at(), _READ, queries=16),
    _row("bulletin_print", _VIEW, _at("print/"), _READ, queries=14),
    _row("bulletin_docx", _VIEW, _at("bulletin.docx"), _FILE, queries=8, html=False),
    _row("bulletin_pdf", _VIEW, _at("bulletin.pdf"), _PDF, queries=8, html=False),
    _row("bulletin_xlsx", _VIEW, _at("bulletin.xlsx"), _FILE, queries=13, html=False),
    _row("score_detail", _VIEW, _score, _READ, queries=16),
    _row("praise_edit", "supervision.draft", _at("praise/"), _BACK),
    _row(
        "consult",
        "supervision.draft",
        _at("consult/"),
        {"stranger": 302, "other": 403, "reader": 405, "owner": 405},
    ),
    _row(
        "seal",
        "supervision.seal",
        _at("seal/"),
        {"stranger": 302, "other": 403, "reader": 403, "owner": 405},
    ),
    _row(
        "issue",
        "supervision.issue",
        _at("issue/"),
        {"stranger": 302, "other": 403, "reader": 403, "owner": 405},
    ),
    _row(
        "objection_new",
        "supervision.object",
        _at("objections/new/"),
        {"stranger": 302, "other": 403, "reader": 403, "owner": 403},
    ),
    _row(
        "objection_rule",
        "supervision.rule",
        lambda world: f"/supervision/objections/{world.pk('supervision.Objection')}/",
        {"stranger": 302, "other": 403, "reader": 403, "owner": 302},
    ),
    _row(
        "erratum_new",
        "supervision.correct",
        _at("errata/new/"),
        {"stranger": 302, "other": 403, "reader": 403, "owner": 200},
        queries=11,
    ),
    _row(
        "erratum_docx",
        _VIEW,
        lambda world: f"/supervision/errata/{world.pk('supervision.Erratum')}/notice.docx",
        _FILE,
        queries=8,
        html=False,
    ),
]
