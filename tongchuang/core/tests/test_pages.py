"""Keyset paging, counting, sorting, downloads, stale forms."""

from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.db import models
from django.test import RequestFactory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tongchuang.core import pages
from tongchuang.core.models import StoredFile

NOON = datetime(2016, 3, 8, 4, 0, tzinfo=UTC)


def make_row(**fields: Any) -> StoredFile:
    values = {
        "name": "甲",
        "purpose": "p",
        "content_type": "text/csv",
        "size": 1,
        "stored_at": NOON,
    }
    return StoredFile.objects.create(**{**values, **fields})


def page(address: str = "", **how: Any) -> pages.Page[StoredFile]:
    request = RequestFactory().get(f"/rows/{address}")
    return pages.keyset(request, StoredFile.objects.all(), **how)


def walk(**how: Any) -> list[list[int]]:
    here = page(**how)
    seen = [[row.pk for row in here.rows]]
    while here.next_url:
        here = page(here.next_url, **how)
        seen.append([row.pk for row in here.rows])
    return seen


def walk_back(address: str, **how: Any) -> list[int]:
    seen: list[int] = []
    while address:
        here = page(address, **how)
        seen = [row.pk for row in here.rows] + seen
        address = here.previous_url
    return seen


ORDERS = [("-id",), ("size", "name"), ("-taken_at", "size"), ("taken_at", "-lon"), ("-lon",)]
ROWS = st.lists(
    st.tuples(
        st.integers(0, 2), st.none() | st.integers(0, 2), st.none() | st.sampled_from([0.1, 118.75])
    ),
    max_size=9,
)


class Walking(TestCase):
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(rows=ROWS, order=st.sampled_from(ORDERS), size=st.integers(1, 4))
    def test_walking_all_pages_gives_every_row_once_in_order(
        self, rows: list[tuple[int, int | None, float | None]], order: tuple[str, ...], size: int
    ) -> None:
        for number, days, lon in rows:
            taken = None if days is None else NOON + timedelta(days=days, microseconds=days)
            make_row(size=number, taken_at=taken, lon=lon)
        ways = [models.F(f.lstrip("-")) for f in order]
        sides = [
            way.desc(nulls_last=True) if f.startswith("-") else way.asc(nulls_last=True)
            for way, f in zip(ways, order, strict=True)
        ]
        tie = "-pk" if order[0].startswith("-") else "pk"
        expected = list(StoredFile.objects.order_by(*sides, tie).values_list("pk", flat=True))
        walked = walk(order=order, size=size)
        assert list(chain.from_iterable(walked)) == expected
        assert all(len(ids) == size for ids in walked[:-1])

    @settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(rows=ROWS, order=st.sampled_from(ORDERS))
    def test_walking_back_from_the_end_gives_the_rows_before_it(
        self, rows: list[tuple[int, int | None, float | None]], order: tuple[str, ...]
    ) -> None:
        for number, days, lon in rows:
            taken = None if days is None else NOON + timedelta(days=days)
            make_row(size=number, taken_at=taken, lon=lon)
        here = page(order=order, size=2)
        while here.next_url:
            here = page(here.next_url, order=order, size=2)
        before = walk_back(here.previous_url, order=order, size=2)
        assert before + [row.pk for row in here.rows] == list(
            chain.from_iterable(walk(order=order, size=2))
        )


@pytest.mark.django_db
def test_links_keep_the_filters_of_the_address() -> None:
    for _ in range(3):
        make_row()
    here = page("?unit=5&unit=6&q=城南", size=2)
    asked = parse_qs(here.next_url.removeprefix("?"))
    assert asked["unit"] == ["5", "6"]
    assert asked["q"] == ["城南"]


@pytest.mark.django_db
@pytest.mark.parametrize("cursor", ["abc", "", "WyJpZCJd:1:x", "%00"])
def test_a_damaged_cursor_gives_the_first_page(cursor: str) -> None:
    rows = [make_row(), make_row()]
    assert [row.pk for row in page(f"?after={cursor}").rows] == [rows[1].pk, rows[0].pk]


@pytest.mark.django_db
def test_a_cursor_of_another_order_gives_the_first_page() -> None:
    rows = [make_row() for _ in range(3)]
    link = page(size=1).next_url
    assert page(link, size=1, order=("id",)).rows == [rows[0]]


@pytest.mark.django_db
def test_annotations_and_decimals_may_order_a_list() -> None:
    for number in (3, 1, 2):
        make_row(size=number)
    worth = models.ExpressionWrapper(
        models.F("size") / models.Value(4.0), output_field=models.DecimalField()
    )
    rows = StoredFile.objects.annotate(worth=worth)
    first = pages.keyset(RequestFactory().get("/"), rows, order=("worth",), size=1)
    second = pages.keyset(RequestFactory().get(f"/{first.next_url}"), rows, order=("worth",))
    assert [row.size for row in first.rows + second.rows] == [1, 2, 3]


@pytest.mark.django_db
def test_a_page_costs_two_queries(django_assert_num_queries: Any) -> None:
    for _ in range(9):
        make_row()
    link = page(size=2).next_url
    with django_assert_num_queries(2):
        page(link, size=2)


@pytest.mark.django_db
def test_counting_stops_at_the_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "COUNT_CAP", 2)
    make_row()
    make_row()
    assert str(pages.capped_count(StoredFile.objects.all())) == "2"
    make_row()
    assert str(pages.capped_count(StoredFile.objects.all())) == "2+"
    assert page().count_text == "2+"


@pytest.mark.parametrize(
    ("asked", "order"),
    [
        ("", ("due_on", "id")),
        ("-due", ("-due_on", "-id")),
        ("unit", ("unit__name",)),
        ("password", ("due_on", "id")),
    ],
)
def test_only_offered_sorts_are_taken(asked: str, order: tuple[str, ...]) -> None:
    request = RequestFactory().get("/", {"sort": asked} if asked else {})
    allowed = {"due": ("due_on", "id"), "unit": ("unit__name",)}
    assert pages.requested_sort(request, allowed, default="due").order == order


def test_a_download_keeps_its_chinese_name() -> None:
    response = pages.export_response(b"x", "问题清单.xlsx")
    assert "filename*=utf-8''%E9%97%AE" in response["Content-Disposition"]
    assert "spreadsheetml" in response["Content-Type"]


class Versioned(StoredFile):
    version = 3

    class Meta:
        proxy = True
        app_label = "core"


@pytest.mark.parametrize(("sent", "moved"), [("3", False), ("2", True), ("", True), (None, False)])
def test_a_form_of_an_older_version_is_stale(sent: str | None, moved: bool) -> None:  # noqa: FBT001 -- table
    request = RequestFactory().post("/", {} if sent is None else {"version": sent})
    assert pages.stale(request, Versioned()) is moved


@pytest.mark.parametrize(
    ("headers", "fragment"),
    [
        ({}, False),
        ({"HX-Request": "true"}, True),
        ({"HX-Request": "true", "HX-Boosted": "true"}, False),
        ({"HX-Request": "true", "HX-History-Restore-Request": "true"}, False),
    ],
)
def test_only_htmx_itself_gets_a_fragment(headers: dict[str, str], fragment: bool) -> None:  # noqa: FBT001 -- table
    assert pages.wants_fragment(RequestFactory().get("/", headers=headers)) is fragment
