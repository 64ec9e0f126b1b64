"""Pages of standards."""

from tests.pages import PageRow

_ALL = {"stranger": 302, "other": 200, "reader": 200, "owner": 200}
_DRAFTING = {"stranger": 302, "other": 403, "reader": 403, "owner": 200}

PAGES = [
    PageRow(
        name="standards:framework_list",
        action="standards.view",
        path=lambda _world: "/standards/",
        statuses=_ALL,
        queries=14,
    ),
    PageRow(
        name="standards:framework_detail",
        action="standards.view",
        path=lambda _world: "/standards/frameworks/nsc2014/",
        statuses=_ALL,
        queries=20,
    ),
    PageRow(
        name="standards:framework_export",
        action="standards.view",
        path=lambda _world: "/standards/frameworks/nsc2014/export/",
        statuses=_ALL,
        queries=8,
        html=False,
    ),
    PageRow(
        name="standards:framework_table",
        action="standards.view",
        path=lambda _world: "/standards/frameworks/nsc2014/table/",
        statuses=_ALL,
        queries=8,
        html=False,
    ),
    PageRow(
        name="standards:draft_list",
        action="standards.draft",
        path=lambda _world: "/standards/drafts/",
        statuses=_DRAFTING,
        queries=14,
    ),
    PageRow(
        name="standards:draft_new",
        action="standards.draft",
        path=lambda _world: "/standards/drafts/new/",
        statuses=_DRAFTING,
        queries=12,
    ),
    PageRow(
        name="standards:draft_detail",
        action="standards.draft",
        path=lambda world: f"/standards/drafts/{world.pk('standards.Draft')}/",
        statuses=_DRAFTING,
        queries=23,
    ),
    PageRow(
        name="standards:draft_table",
        action="standards.draft",
        path=lambda world: f"/standards/drafts/{world.pk('standards.Draft')}/table/",
        statuses=_DRAFTING,
        queries=8,
        html=False,
    ),
    PageRow(
        name="standards:draft_publish",
        action="standards.publish",
        path=lambda world: f"/standards/drafts/{world.pk('standards.Draft')}/publish/",
        statuses=_DRAFTING | {"owner": 405},
    ),
    PageRow(
        name="standards:draft_discard",
        action="standards.draft",
        path=lambda world: f"/standards/drafts/{world.pk('standards.Draft')}/discard/",
        statuses=_DRAFTING | {"owner": 405},
    ),
    PageRow(
        name="standards:unsure_list",
        action="standards.view",
        path=lambda _world: "/standards/frameworks/nsc2021/unsure/",
        statuses=_ALL,
        queries=15,
    ),
    PageRow(
        name="standards:clause_detail",
        action="standards.view",
        path=lambda _world: "/standards/clauses/nsc2014.a10/",
        statuses=_ALL,
        queries=22,
    ),
    PageRow(
        name="standards:measure_correct",
        action="standards.correct",
        path=lambda world: f"/standards/measures/{world.pk('standards.Measure')}/correct/",
        statuses={"stranger": 302, "other": 403, "reader": 403, "owner": 200},
        queries=12,
    ),
    PageRow(
        name="standards:site_type_list",
        action="standards.view",
        path=lambda _world: "/standards/site-types/",
        statuses=_ALL,
        queries=14,
    ),
    PageRow(
        name="standards:site_type_detail",
        action="standards.view",
        path=lambda _world: "/standards/site-types/farmers_market/",
        statuses=_ALL,
        queries=17,
    ),
    PageRow(
        name="standards:problem_class_list",
        action="standards.view",
        path=lambda _world: "/standards/problem-classes/",
        statuses=_ALL,
        queries=16,
    ),
    PageRow(
        name="standards:problem_class_detail",
        action="standards.view",
        path=lambda _world: "/standards/problem-classes/exposed_rubbish/",
        statuses=_ALL,
        queries=17,
    ),
]
