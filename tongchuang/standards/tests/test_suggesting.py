"""Guesses for missing pairs: what they promise, and what people say to them."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from tongchuang.accounts.models import User
from tongchuang.accounts.tests.make import make_unit, make_user
from tongchuang.core import audit, clock
from tongchuang.standards import services
from tongchuang.standards.models import Clause, Mapping, Unpaired
from tongchuang.standards.rules.suggesting import (
    Described,
    Guess,
    likeness,
    overlap,
    quality,
    ranked,
    suggest,
)
from tongchuang.standards.suggestions import measured, suggestion_list
from tongchuang.standards.tests.make import make_article, make_clause, make_framework, make_measure

texts = st.text("绿化覆盖率公园地面积水城ab8", max_size=8)
clauses = st.builds(
    Described,
    st.integers(1, 9),
    texts,
    st.tuples(texts),
    st.frozensets(st.sampled_from(["%", "平方米"]), max_size=2),
)
shelves = st.lists(clauses, max_size=6, unique_by=lambda one: one.key)


# Arithmetic
@given(clauses, clauses)
def test_likeness_is_a_share_and_does_not_mind_the_order(one: Described, other: Described) -> None:
    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, other) == likeness(other, one)


@given(clauses)
def test_nothing_is_more_like_a_clause_than_itself(one: Described) -> None:
    assert likeness(one, one) in {0, 1}


@given(clauses, clauses)
def test_a_shared_unit_never_makes_clauses_less_alike(one: Described, other: Described) -> None:
    plain = Described(one.key, one.title, one.figures)
    bare = Described(other.key, other.title, other.figures)
    shared, apart = frozenset({"%"}), frozenset({"天"})
    here = Described(one.key, one.title, one.figures, shared)
    with_shared = likeness(here, Described(other.key, other.title, other.figures, shared))
    with_apart = likeness(here, Described(other.key, other.title, other.figures, apart))
    assert with_apart <= likeness(plain, bare) <= with_shared


@given(shelves, shelves, st.integers(0, 5))
def test_guesses_are_best_first_and_never_known_ones(
    sources: list[Described], targets: list[Described], top: int
) -> None:
    known = frozenset({(1, 2), (3, 1)})
    found = suggest(sources, targets, known=known, least=0.1, top=top)
    assert len(found) <= top
    assert [g.score for g in found] == sorted((g.score for g in found), reverse=True)
    assert not {(g.source, g.target) for g in found} & {(1, 2), (2, 1), (3, 1), (1, 3)}
    assert all(g.score > 0.1 for g in found)


@given(shelves, shelves)
def test_looking_only_where_characters_are_shared_misses_nothing(
    sources: list[Described], targets: list[Described]
) -> None:
    found = {(g.source, g.target) for row in ranked(sources, targets).values() for g in row}
    everything = {(a.key, b.key) for a in sources for b in targets if likeness(a, b) > 0}
    assert found == everything


def test_precision_and_recall_count_only_what_was_asked() -> None:
    guesses = {1: [Guess(1, 7, 0.9), Guess(1, 8, 0.5)], 2: [Guess(2, 9, 0.4)]}
    found = quality(guesses, {1: frozenset({8, 5})}, at=2)
    assert (found.precision, found.recall) == (0.5, 0.5)
    assert quality(guesses, {}, at=1).precision is None


def test_words_that_share_nothing_are_not_alike() -> None:
    assert overlap(frozenset({"绿化"}), frozenset({"公厕"})) == 0


# With the database
pytestmark = pytest.mark.django_db


@pytest.fixture
def director() -> User:
    return make_user(role="hq_director", unit=make_unit())


def _alike() -> tuple[Clause, Clause]:
    return make_clause(title="道路清扫保洁"), make_clause(title="道路清扫")


def test_a_pair_that_stands_or_was_refused_is_not_suggested(director: User) -> None:
    one, other = _alike()
    assert [(s.source, s.target) for s in suggestion_list(one.framework, other.framework)] == [
        (one, other)
    ]
    services.refuse_suggestion(other, one, reason="不是", by=director, at=clock.now())
    assert suggestion_list(one.framework, other.framework) == []
    assert suggestion_list(other.framework, one.framework) == []


def test_a_refusal_is_on_record_once(director: User) -> None:
    one, other = _alike()
    for first, second in ((one, other), (other, one)):
        services.refuse_suggestion(first, second, by=director, at=clock.now())
    assert audit.history(Unpaired.objects.get()).get().action == "refuse_suggestion"


def test_clauses_of_one_standard_are_no_suggestion_to_refuse(director: User) -> None:
    article = make_article()
    with pytest.raises(services.MappingRefused, match="同一指标体系"):
        services.refuse_suggestion(
            make_clause(article), make_clause(article), by=director, at=clock.now()
        )


def test_the_page_leads_to_the_form_or_remembers_the_refusal(director: User) -> None:
    one, other = _alike()
    client = Client()
    client.force_login(director)
    address = f"/standards/crosswalk/suggestions/?framework={one.framework.code}"
    address += f"&other={other.framework.code}"
    page = client.get(address).content.decode()
    assert f"?source={one.code}&amp;target={other.code}" in page
    ends = {"source": one.code, "target": other.code}
    answer = client.post("/standards/crosswalk/suggestions/refuse/", ends)
    assert answer.status_code == 302
    assert "没有更多建议" in client.get(address).content.decode()


def test_who_may_not_map_sees_no_suggestions() -> None:
    clerk = Client()
    clerk.force_login(make_user(role="unit_clerk", unit=make_unit()))
    assert clerk.get("/standards/crosswalk/suggestions/").status_code == 403
    assert clerk.post("/standards/crosswalk/suggestions/refuse/").status_code == 403


def test_suggestions_cost_the_same_for_two_and_for_forty(
    director: User, django_assert_num_queries: object
) -> None:
    here, there = make_article(), make_article(make_clause().parent)
    for number in range(20):
        make_measure(make_clause(here, title=f"要求{number}甲"))
        make_measure(make_clause(there, title=f"要求{number}乙"))
    with django_assert_num_queries(6):  # type: ignore[operator]  # pytest-django's fixture
        assert suggestion_list(here.framework, there.framework)


@pytest.mark.usefixtures("everything")
def test_the_guesses_are_measured_against_the_shipped_pairs() -> None:
    said = StringIO()
    call_command("suggest_pairs", "--measure", stdout=said)
    assert "@1: precision" in said.getvalue()
    first, _third, fifth = measured()
    assert first.true == Mapping.objects.values("source", "target").distinct().count()
    # What was measured when this was written; docs/reference/crosswalk.md tells it.
    assert first.precision is not None
    assert fifth.recall is not None
    assert first.precision > 0.5
    assert fifth.recall > 0.3


def test_the_command_wants_two_standards() -> None:
    make_framework("one")
    with pytest.raises(Exception, match="两个不同标准"):
        call_command("suggest_pairs", "one")
