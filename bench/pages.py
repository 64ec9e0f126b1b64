"""The pages of cases, timed beside their bare SQL and a bare page: `python -m bench.pages`."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import bench.django_setup  # noqa: F401  before the models

# isort: split
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path, reverse

from bench import bare
from bench.timing import milliseconds
from tongchuang.accounts.models import Membership, User
from tongchuang.accounts.permissions import Request, can, requires
from tongchuang.cases.models import Case
from tongchuang.core.pages import render_page

PEOPLE = ("community_clerk", "unit_clerk", "hq_dispatcher")
JANUARY = "'2015-12-31 16:00:00+00' AND '2016-01-31 15:59:59.999999+00'"
FILTERED = f"c.grade = 'B' AND c.channel = 'grid' AND c.filed_at BETWEEN {JANUARY}"


@dataclass(frozen=True, slots=True)
class Timed:
    """One page for one person, in milliseconds."""

    page: str
    person: str
    page_ms: float
    sql_ms: float
    bare_ms: float


# The bare page: the same server, session, sign-in and right, and nothing to show
@requires("cases.view")
def bare_page(request: Request) -> HttpResponse:
    """A page without data."""
    return render_page(request, "core/_mark.html", {})


urlpatterns = [path("bench/bare/", bare_page), path("", include("tongchuang.config.urls"))]


def measure() -> Iterator[Timed]:
    """Every page for every person."""
    for role in PEOPLE:
        person = _person(role)
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        bare_ms = milliseconds(lambda: _get(client, "/bench/bare/"))  # noqa: B023 -- called at once
        for name, address, statements in _pages(person):
            sql_ms = milliseconds(statements.run)
            page_ms = milliseconds(lambda: _get(client, address))  # noqa: B023 -- called at once
            yield Timed(name, role, page_ms, sql_ms, bare_ms)


def _person(role: str) -> User:
    membership = Membership.objects.filter(role=role, to_on=None).order_by("pk").first()
    if membership is None:
        raise SystemExit(f"nobody holds the role {role}")
    return membership.user


def _pages(person: User) -> Iterator[tuple[str, str, bare.Statements]]:
    """Name, address and bare SQL of each page."""
    cases = reverse("cases:list")
    newest = Case.objects.visible_to(person).order_by("-pk").values_list("pk", flat=True)[:1]
    filters = "?tab=all&grade=B&channel=grid&month=2016-01"
    yield "list", cases, bare.listed(person, bare.MINE)
    yield "list of all", f"{cases}?tab=all", bare.listed(person, bare.ANY)
    yield "filtered list", cases + filters, bare.listed(person, FILTERED, FILTERED)
    for pk in newest:
        yield "detail", reverse("cases:detail", args=[pk]), bare.detail(pk)
    yield "map page", reverse("cases:map"), bare.areas(person)
    yield "map points", reverse("cases:points"), bare.mapped(person)
    yield "to-do", reverse("desk:todo"), bare.figures(person)
    if can(person, "desk.cockpit"):
        yield "cockpit", reverse("desk:cockpit"), bare.figures(person)


def _get(client: Client, address: str) -> None:
    answer = client.get(address)
    if answer.status_code != 200:
        raise SystemExit(f"{address} answered {answer.status_code}")


if __name__ == "__main__":
    settings.ROOT_URLCONF = "bench.pages"
    rows = [asdict(timed) for timed in measure()]
    print(json.dumps({"cases": Case.objects.count(), "pages": rows}))
