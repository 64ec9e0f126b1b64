"""Who may open which page of dossiers, and what it may cost."""

from tests.pages import PageRow
from tests.world import World

ALL = {"stranger": 302, "other": 200, "reader": 200, "owner": 200}
ONE = {"stranger": 302, "other": 404, "reader": 200, "owner": 200}
REVIEW = {"stranger": 302, "other": 405, "reader": 405, "owner": 405}


def _paper(world: World) -> str:
    return f"/dossiers/papers/{world.pk('dossiers.Paper', file__isnull=False)}/"


def _article(world: World) -> str:
    return str(world.one("standards.Clause", level="article", framework__code="nsc2014").code)


PAGES = [
    PageRow("dossiers:paper_list", "dossiers.view", lambda w: "/dossiers/papers/", ALL, queries=19),
    PageRow(
        "dossiers:paper_new",
        "dossiers.register",
        lambda w: "/dossiers/papers/new/",
        {"stranger": 302, "other": 200, "reader": 403, "owner": 403},
        queries=18,
    ),
    PageRow(
        "dossiers:paper_export",
        "dossiers.view",
        lambda w: "/dossiers/papers/export/",
        ALL,
        queries=14,
        html=False,
    ),
    PageRow("dossiers:paper_detail", "dossiers.view", _paper, ONE, queries=14),
    PageRow("dossiers:paper_accept", "dossiers.review", lambda w: _paper(w) + "accept/", REVIEW),
    PageRow("dossiers:paper_return", "dossiers.review", lambda w: _paper(w) + "return/", REVIEW),
    PageRow(
        "dossiers:paper_supersede", "dossiers.review", lambda w: _paper(w) + "supersede/", REVIEW
    ),
    PageRow(
        "dossiers:paper_resubmit",
        "dossiers.register",
        lambda w: _paper(w) + "resubmit/",
        {"stranger": 302, "other": 404, "reader": 403, "owner": 403},
    ),
    PageRow(
        "dossiers:paper_file",
        "dossiers.view",
        lambda w: _paper(w) + "file/",
        ONE,
        queries=6,
        html=False,
    ),
    PageRow(
        "dossiers:clause_evidence",
        "dossiers.view",
        lambda w: f"/dossiers/clauses/{_article(w)}/",
        ALL,
        queries=20,
    ),
]
