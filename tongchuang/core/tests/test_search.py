"""Finding records by what is written in them."""

from collections.abc import Iterator

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from tongchuang.core import search
from tongchuang.core.models import SearchEntry
from tongchuang.core.search_ddl import create_index, drop_index

TEXTS = [
    (1, "城南菜场占道经营，卫健委交办"),
    (2, "张伟反映溪镇垃圾未清 C-2016-000123"),
    (3, "城北 卫健 健委 会议"),
    (4, "ＡＢＣ１２ 号井盖"),
]


@pytest.fixture(params=["with index", "without index"])
def _indexed(request: pytest.FixtureRequest, db: None) -> Iterator[None]:
    """Search must answer alike with the database's index and without."""
    editor = connection.schema_editor(atomic=False)
    if request.param == "with index":
        create_index(editor)
    search.index_many("case", TEXTS)
    yield
    drop_index(editor)


@pytest.mark.usefixtures("_indexed")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("卫健", {1, 3}),
        ("卫健委", {1}),
        ("张伟", {2}),
        ("溪镇 垃圾", {2}),
        ("城", {1, 3}),
        ("城南会议", set()),
        ("c-2016-000123", {2}),
        ("abc12", {4}),
        ("井 ABC12", {4}),
        ("", set()),
        ("“；%'", set()),
        ('卫健" OR "x', set()),
    ],
)
def test_a_query_finds_the_records_that_hold_it(query: str, found: set[int]) -> None:
    assert set(search.match("case", query).values_list("object_id", flat=True)) == found


@pytest.mark.usefixtures("_indexed")
def test_indexing_again_replaces_the_text() -> None:
    search.index("case", 1, "新的内容")
    assert set(search.match("case", "占道").values_list("object_id", flat=True)) == set()
    assert set(search.match("case", "内容").values_list("object_id", flat=True)) == {1}


@pytest.mark.usefixtures("_indexed")
def test_a_removed_record_is_not_found() -> None:
    search.remove("case", 2)
    assert not search.match("case", "张伟").exists()


@pytest.mark.django_db
def test_kinds_do_not_mix() -> None:
    search.index("case", 1, "城南")
    search.index("site", 2, "城南")
    assert list(search.match("site", "城南").values_list("object_id", flat=True)) == [2]


@pytest.mark.django_db
def test_the_match_is_a_subquery() -> None:
    search.index("case", 7, "城南")
    entries = SearchEntry.objects.filter(object_id__in=search.match("case", "城南"))
    assert entries.count() == 1


@given(st.text("城南北卫健委", min_size=2, max_size=12), st.data())
def test_every_part_of_a_text_is_a_phrase_of_its_terms(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 2))
    end = data.draw(st.integers(start + 2, len(text)))
    assert f" {search.terms(text[start:end])} " in f" {search.terms(text)} "
