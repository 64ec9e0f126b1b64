"""Walks every page as everyone."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLResolver, get_resolver
from pytest_django import DjangoDbBlocker

from tests.pages import PageRow, all_pages
from tests.world import PARTS, World, build_world
from tongchuang.accounts.roles import ACTIONS

PAGES = all_pages()
ELSEWHERE = {"set_language"}  # Django's own address
# PAGE_QUERIES=queries.tsv writes page, part, queries and budget there instead of judging.
MEASURED = os.environ.get("PAGE_QUERIES", "")
PROGRAMS = "api:"  # addresses for programs answer in their own way: tests/test_api.py


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """One city for the whole walk, taken back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build_world()
        transaction.set_rollback(True)


def _signed_in(world: World, part: str) -> Client:
    client = Client()
    person = world.people[part]
    if person is not None:
        client.force_login(person)
    return client


def _visits() -> list[object]:
    return [
        pytest.param(row, part, id=f"{row.name}-{part}") for row in PAGES for part in row.statuses
    ]


@pytest.mark.django_db
@pytest.mark.any_database  # the budget test below opens every page on every database
@pytest.mark.parametrize(("row", "part"), _visits())
def test_a_page_answers_each_person_as_the_table_says(
    row: PageRow, part: str, world: World
) -> None:
    response = _signed_in(world, part).get(row.path(world))
    assert response.status_code == row.statuses[part], f"{row.name} as {part}"
    if response.status_code == 200:
        assert response["Content-Type"].startswith("text/html") == row.html, "set html= in the row"


@pytest.mark.django_db
@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in PAGES if row.readers])
def test_a_page_keeps_its_query_budget_for_everybody_who_reads_it(
    row: PageRow, world: World
) -> None:
    for part in row.readers:
        client, path = _signed_in(world, part), row.path(world)
        queries = _queries_of(client, path)
        if len(queries) > row.queries or MEASURED:  # what is cached per process does not count
            queries = _queries_of(client, path)
        if MEASURED:
            with Path(MEASURED).open("a", encoding="utf-8") as table:
                table.write(f"{row.name}\t{part}\t{len(queries)}\t{row.queries}\n")
        else:
            told = f"{len(queries)} queries for {part}, the row allows {row.queries}\n"
            assert len(queries) <= row.queries, told + "\n".join(queries)


def _queries_of(client: Client, path: str) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    return [query["sql"][:160] for query in queries]


def _names(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _names(entry, inner)
        elif entry.name:
            yield f"{namespace}{entry.name}"


def test_every_address_has_a_row() -> None:
    listed = {row.name for row in PAGES}
    names = {name for name in _names(get_resolver()) if not name.startswith(PROGRAMS)}
    missing = names - listed - ELSEWHERE
    assert not missing, f"add these to tests/pages.py of their app: {sorted(missing)}"


def test_no_row_without_its_address() -> None:
    assert {row.name for row in PAGES} <= set(_names(get_resolver()))


@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in PAGES])
def test_a_row_names_known_actions_and_people(row: PageRow) -> None:
    assert row.action == "" or row.action in ACTIONS
    assert set(row.statuses) <= set(PARTS)
