"""Pages of the kernel."""

from tests.pages import PageRow

# A person sees their own jobs only, so the page of a job that is nobody's is 404 for all.
_NOBODYS = {"stranger": 302, "other": 404, "reader": 404, "owner": 404}
_POST_ONLY = {"stranger": 302, "other": 405, "reader": 405, "owner": 405}

PAGES = [
    PageRow(
        name="core:healthz",
        action="",
        path=lambda _world: "/healthz",
        statuses={"stranger": 200, "other": 200, "reader": 200, "owner": 200},
        queries=4,
        html=False,
    ),
    PageRow(
        name="core:job_detail",
        action="",
        path=lambda _world: "/jobs/0/",
        statuses=_NOBODYS,
        queries=6,
    ),
    PageRow(
        name="core:job_file",
        action="",
        path=lambda _world: "/jobs/0/file/",
        statuses=_NOBODYS,
        queries=6,
    ),
    PageRow(
        name="core:job_retry",
        action="",
        path=lambda _world: "/jobs/0/retry/",
        statuses=_POST_ONLY,
        queries=6,
    ),
]
