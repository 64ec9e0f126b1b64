"""One list of questions for several campaigns: nothing is asked twice and nothing is lost."""

from hypothesis import given
from hypothesis import strategies as st

from tongchuang.inspections.folding import Asked, Question, both_ways, covers, fold, likeness
from tongchuang.standards.rules.crosswalk import Relation

TEXTS = (
    "无小广告和乱涂写",
    "无小广告乱贴、乱涂写",
    "地面无积水、排水沟通畅",
    "地面防滑无积水、排水沟通畅",
)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Question], list[tuple[int, int, Relation]]]:
    """Items of up to three standards (clauses 10.., 20.., 30..) with pairs between their clauses.

    Relations follow a hidden strictness of each clause, as pairs of real demands do.
    """
    questions = []
    for n in range(draw(st.integers(1, 9))):
        standard = draw(st.sampled_from((1, 2, 3)))
        own = draw(st.sets(st.integers(0, 2), min_size=1, max_size=2))
        clauses = {10 * standard + one: standard for one in own}
        text, kind = draw(st.sampled_from(TEXTS)), draw(st.integers(1, 2))
        questions.append(Question(f"q{n}", kind, text, clauses))
    strict = {10 * s + c: draw(st.integers(0, 2)) for s in (1, 2, 3) for c in range(3)}
    ends = st.tuples(st.sampled_from(sorted(strict)), st.sampled_from(sorted(strict)))
    pairs = [
        (a, b, draw(st.sampled_from((_true(strict[a], strict[b]), Relation.INTERSECTS))))
        for a, b in draw(st.lists(ends, max_size=12, unique=True))
        if a // 10 != b // 10
    ]
    return questions, pairs


def _true(one: int, other: int) -> Relation:
    if one == other:
        return Relation.EQUAL
    return Relation.SUPERSET if one > other else Relation.SUBSET


@given(worlds(), st.randoms())
def test_the_order_does_not_matter(world: tuple, chance) -> None:  # type: ignore[no-untyped-def, type-arg]
    questions, pairs = world
    mixed = list(questions)
    chance.shuffle(mixed)
    assert fold(mixed, both_ways(reversed(pairs))) == fold(questions, both_ways(pairs))


@given(worlds())
def test_folding_again_changes_nothing(world: tuple) -> None:  # type: ignore[type-arg]
    questions, pairs = world
    once = fold(questions, both_ways(pairs))
    again = fold([one.question for one in once], both_ways(pairs))
    assert [one.question for one in again] == [one.question for one in once]
    assert fold(questions * 2, both_ways(pairs)) == once


@given(worlds())
def test_every_question_is_asked_or_stands_behind_one_that_covers_it(world: tuple) -> None:  # type: ignore[type-arg]
    questions, pairs = world
    relations = both_ways(pairs)
    asked = fold(questions, relations)
    seen = sorted(q.key for one in asked for q in (one.question, *one.stands_for))
    assert seen == sorted(q.key for q in questions)
    assert all(covers(one.question, q, relations) for one in asked for q in one.stands_for)


@given(worlds(), st.sampled_from((1, 2, 3)))
def test_a_further_campaign_loses_no_question_and_no_clause(world: tuple, added: int) -> None:  # type: ignore[type-arg]
    questions, pairs = world
    before = [q for q in questions if added not in q.standards]
    after = fold(questions, both_ways(pairs))
    there = {q.key for one in after for q in (one.question, *one.stands_for)}
    assert {q.key for q in before} <= there
    fed = {clause for one in after for clause in one.clauses}
    assert {clause for q in questions for clause in q.clauses} == fed


@given(worlds())
def test_nothing_is_asked_beside_what_covers_it(world: tuple) -> None:  # type: ignore[type-arg]
    questions, pairs = world
    relations = both_ways(pairs)
    asked = [one.question for one in fold(questions, relations)]
    assert not [1 for a in asked for b in asked if covers(a, b, relations)]


@given(st.text(), st.text())
def test_likeness_is_a_share_and_the_same_either_way(one: str, other: str) -> None:
    assert 0 <= likeness(one, other) == likeness(other, one) <= 1


HYGIENE = Question("chk.a", 1, TEXTS[0], {11: 1})
CIVIL = Question("chk.b", 1, TEXTS[1], {21: 2})


def _asked(relation: Relation) -> list[Asked]:
    return fold([HYGIENE, CIVIL], both_ways([(11, 21, relation)]))


def test_an_equal_pair_makes_one_question() -> None:
    assert [(one.question.key, len(one.stands_for)) for one in _asked(Relation.EQUAL)] == [
        ("chk.a", 1)
    ]


def test_the_stricter_question_is_asked_once() -> None:
    assert [one.question.key for one in _asked(Relation.SUPERSET)] == ["chk.a"]
    assert [one.question.key for one in _asked(Relation.SUBSET)] == ["chk.b"]


def test_an_overlap_stays_apart_and_is_shown_together() -> None:
    asked = _asked(Relation.INTERSECTS)
    assert [(one.question.key, one.beside) for one in asked] == [
        ("chk.a", ("chk.b",)),
        ("chk.b", ("chk.a",)),
    ]


def test_a_pair_of_clauses_says_nothing_of_unlike_questions() -> None:
    other = Question("chk.b", 1, "路口有文明劝导志愿者", {21: 2})
    assert len(fold([HYGIENE, other], both_ways([(11, 21, Relation.EQUAL)]))) == 2


def test_a_question_with_a_clause_that_nobody_else_reaches_is_asked() -> None:
    wider = Question("chk.b", 1, TEXTS[1], {21: 2, 22: 2})
    assert len(fold([HYGIENE, wider], both_ways([(11, 21, Relation.SUPERSET)]))) == 2
