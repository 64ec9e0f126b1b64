"""What must hold for every input of the arithmetic of readiness."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongchuang.assessment.rules import (
    ORDER,
    Assessed,
    Circumstances,
    Lines,
    Result,
    State,
    Tally,
    Verdict,
    checklist_rate,
    clause_state,
    combine,
    manual,
    readiness,
    threshold,
    veto,
)

D = Decimal
shares = st.floats(0, 1)
results = st.one_of(
    st.builds(
        Result,
        verdict=st.just(Verdict.MET),
        reason=st.just("met"),
        score=st.just(1.0),
        coverage=shares,
        margin=st.one_of(st.none(), st.floats(0, 1)),
    ),
    st.builds(
        Result,
        verdict=st.just(Verdict.NOT_MET),
        reason=st.just("not_met"),
        score=st.floats(0, 0.9999),
        coverage=shares,
        margin=st.floats(-1, -0.001),
    ),
    st.just(Result(Verdict.UNKNOWN, "no_value")),
)
circumstances = st.builds(
    Circumstances,
    open_cases=st.integers(0, 5),
    overdue=st.integers(0, 2),
    papers_accepted=st.integers(0, 4),
    papers_asked=st.integers(0, 4),
    blocked=st.booleans(),
)
tallies = st.builds(
    Tally,
    clauses_held=st.integers(0, 20),
    clauses_assessed=st.integers(20, 40),
    clauses=st.just(40),
    vetoes_met=st.integers(0, 15),
    vetoes_not_met=st.integers(0, 3),
    papers_accepted=st.integers(0, 50),
    papers_asked=st.integers(50, 100),
    major_late=st.integers(0, 30),
    coverages=st.lists(shares, max_size=10),
    satisfaction=st.one_of(st.none(), shares),
)


@pytest.mark.parametrize(
    ("value", "op", "line", "verdict", "reason"),
    [
        ("97", ">=", "90", Verdict.MET, "met"),
        ("90", ">=", "90", Verdict.MET, "near_met"),
        ("89.9", ">=", "90", Verdict.NOT_MET, "near_not_met"),
        ("60", ">=", "90", Verdict.NOT_MET, "not_met"),
        ("10", "<=", "14", Verdict.MET, "near_met"),
        ("0", "==", "0", Verdict.MET, "met"),
        ("1", "==", "0", Verdict.NOT_MET, "not_met"),
        ("90", ">", "90", Verdict.NOT_MET, "near_not_met"),
    ],
)
def test_a_figure_is_compared_with_its_line(
    value: str, op: str, line: str, verdict: Verdict, reason: str
) -> None:
    found = threshold(D(value), op, D(line), unit="%")
    assert (found.verdict, found.reason) == (verdict, reason)


@pytest.mark.parametrize(
    ("value", "op", "line", "value_unit", "reason"),
    [
        (None, ">=", D(90), "", "no_value"),
        (D(90), ">=", None, "", "no_line"),
        (D(90), "trend", D(90), "", "no_line"),
        (D("0.9"), ">=", D(90), "‰", "other_unit"),
    ],
)
def test_what_cannot_be_compared_is_unknown_and_not_zero(
    value: Decimal | None, op: str, line: Decimal | None, value_unit: str, reason: str
) -> None:
    found = threshold(value, op, line, unit="%", value_unit=value_unit)
    assert (found.verdict, found.score, found.reason) == (Verdict.UNKNOWN, None, reason)


@given(st.integers(0, 200), st.integers(0, 200), st.sampled_from([">=", ">"]))
def test_a_higher_figure_never_scores_lower(first: int, second: int, op: str) -> None:
    low, high = sorted([first, second])
    scores = [threshold(D(v), op, D(90), unit="%").score or 0 for v in (low, high)]
    assert 0 <= scores[0] <= scores[1] <= 1


@given(st.integers(0, 200), st.integers(0, 200))
def test_a_lower_density_never_scores_lower(first: int, second: int) -> None:
    low, high = sorted([first, second])
    scores = [threshold(D(v), "<=", D(12)).score or 0 for v in (high, low)]
    assert 0 <= scores[0] <= scores[1] <= 1


@given(st.integers(1, 100), st.data())
def test_one_more_pass_never_lowers_the_rate(answered: int, data: st.DataObject) -> None:
    passed = data.draw(st.integers(0, answered - 1))
    scores = [
        checklist_rate(
            passed=n, answered=answered, sites_visited=9, sites_in_scope=10, pass_line=0.9
        )
        for n in (passed, passed + 1)
    ]
    assert (scores[0].score or 0) <= (scores[1].score or 0) <= 1


def test_nobody_visited_is_unknown() -> None:
    found = checklist_rate(passed=0, answered=0, sites_visited=0, sites_in_scope=40, pass_line=0.9)
    assert (found.verdict, found.score, found.reason) == (Verdict.UNKNOWN, None, "not_visited")


def test_too_few_sites_give_coverage_but_no_verdict() -> None:
    found = checklist_rate(passed=5, answered=5, sites_visited=2, sites_in_scope=40, pass_line=0.9)
    assert found.reason == "too_few_sites"
    assert (found.score, found.coverage) == (None, 2 / 6)


def test_a_judgement_by_people_needs_every_paper() -> None:
    assert manual(accepted=2, asked=3).verdict is Verdict.UNKNOWN
    assert manual(accepted=0, asked=0).verdict is Verdict.UNKNOWN
    assert manual(accepted=3, asked=3).verdict is Verdict.MET


@given(st.lists(results, min_size=1, max_size=5))
def test_a_veto_falls_with_any_rule_and_holds_with_all(found: list[Result]) -> None:
    verdicts = {one.verdict for one in found}
    said = veto(found).verdict
    if Verdict.NOT_MET in verdicts:
        assert said is Verdict.NOT_MET
    elif verdicts == {Verdict.MET}:
        assert said is Verdict.MET
    else:
        assert said is Verdict.UNKNOWN


@given(st.lists(results, max_size=6), circumstances, st.data())
def test_the_order_of_rules_does_not_matter(
    found: list[Result], around: Circumstances, data: st.DataObject
) -> None:
    assert combine(found, around) == combine(data.draw(st.permutations(found)), around)


@given(st.lists(results, max_size=6), circumstances)
def test_shares_stay_shares_and_unknown_stays_unknown(
    found: list[Result], around: Circumstances
) -> None:
    said = combine(found, around)
    for share in (said.score, said.coverage):
        assert share is None or 0 <= share <= 1
    if not any(one.known for one in found):
        assert said.score is None
        assert said.state not in {State.MET, State.STRENGTH, State.WEAK, State.HARD}


@given(st.lists(results, max_size=6), circumstances)
def test_a_veto_caps_the_cell(found: list[Result], around: Circumstances) -> None:
    fallen = Result(Verdict.NOT_MET, "veto", 0.0, 1.0)
    said = combine(found, around, vetoes=[fallen])
    assert (said.state, said.score) == (State.BAD, 0.0)


MET = Result(Verdict.MET, "met", 1.0, 1.0, 0.08)
MISSED = Result(Verdict.NOT_MET, "not_met", 0.6, 1.0, -0.3)
OPEN = Result(Verdict.UNKNOWN, "no_value")


@pytest.mark.parametrize(
    ("found", "around", "state"),
    [
        ([MET], Circumstances(), State.STRENGTH),
        ([MET], Circumstances(papers_asked=2, papers_accepted=1), State.MET),
        ([MET, OPEN], Circumstances(), State.MET),
        ([MET, OPEN, OPEN], Circumstances(), State.UNKNOWN),
        ([MET], Circumstances(open_cases=2), State.RUNNING),
        ([], Circumstances(open_cases=2), State.RUNNING),
        ([MET], Circumstances(open_cases=1, rulings=1), State.RULING),
        ([MET, MISSED], Circumstances(open_cases=2), State.WEAK),
        ([MET, MISSED], Circumstances(blocked=True), State.HARD),
        ([MET], Circumstances(open_cases=1, overdue=1), State.BAD),
        ([], Circumstances(), State.UNKNOWN),
        ([MET], Circumstances(concerned=False), State.OFF),
    ],
)
def test_the_state_of_a_cell(found: list[Result], around: Circumstances, state: State) -> None:
    assert combine(found, around).state is state


def test_what_does_not_concern_has_no_figures() -> None:
    assert combine([MET], Circumstances(concerned=False)) == Assessed(State.OFF)


def test_a_clause_stands_where_nine_in_ten_of_its_units_do() -> None:
    assert clause_state(["met"] * 9 + ["weak", "unknown", "off"]) is State.MET
    assert clause_state(["met"] * 8 + ["weak", "weak"]) is State.WEAK
    assert clause_state(["met", "weak"]) is State.WEAK
    assert clause_state(["off", "unknown"]) is State.UNKNOWN
    assert clause_state([]) is State.OFF


def test_a_fallen_veto_decides_a_clause() -> None:
    assert clause_state(["met"] * 9, vetoed=True) is State.BAD


def test_one_late_case_does_not_decide_a_clause_but_one_in_ten_does() -> None:
    assert clause_state(["running"], open_cases=1, overdue=1) is State.RUNNING
    assert clause_state(["running"], open_cases=20, overdue=2) is State.RUNNING
    assert clause_state(["running"], open_cases=19, overdue=2) is State.BAD


known_states = st.lists(st.sampled_from(list(ORDER)), min_size=1, max_size=15)


@given(known_states, st.data())
def test_the_order_of_units_does_not_matter(found: list[State], data: st.DataObject) -> None:
    assert clause_state(found) is clause_state(data.draw(st.permutations(found)))


@given(known_states, st.data())
def test_a_better_unit_never_worsens_its_clause(found: list[State], data: st.DataObject) -> None:
    n = data.draw(st.integers(0, len(found) - 1))
    better = data.draw(st.sampled_from(ORDER[: ORDER.index(found[n]) + 1]))
    after = clause_state([*found[:n], better, *found[n + 1 :]])
    assert ORDER.index(after) <= ORDER.index(clause_state(found))


@given(known_states, st.integers(0, 30), st.integers(0, 30))
def test_one_more_late_case_never_betters_a_clause(
    found: list[State], open_cases: int, overdue: int
) -> None:
    states = [
        clause_state(found, open_cases=open_cases, overdue=late) for late in (overdue, overdue + 1)
    ]
    assert ORDER.index(states[0]) <= ORDER.index(states[1])


@given(tallies)
def test_readiness_is_no_more_than_its_lowest_part(tally: Tally) -> None:
    found = readiness(tally)
    known = [part.share for part in found.parts if part.share is not None]
    assert all(0 <= share <= 1 for share in known)
    if found.score is not None:
        assert found.score <= min(known)
        assert found.coverage >= Lines().coverage_line
    if found.score is not None and tally.vetoes_not_met:
        assert found.score <= Lines().veto_cap


def _tally(**fields: object) -> Tally:
    values = {
        "clauses_held": 38,
        "clauses_assessed": 40,
        "clauses": 40,
        "vetoes_met": 15,
        "vetoes_not_met": 0,
        "papers_accepted": 90,
        "papers_asked": 100,
        "major_late": 0,
        "coverages": [0.9, 0.9],
        **fields,
    }
    return Tally(**values)  # type: ignore[arg-type]  # a builder of a test


def test_the_lowest_part_is_named() -> None:
    found = readiness(_tally())
    assert (found.score, found.lowest, found.reason) == (0.9, "papers", "lowest")


def test_below_the_coverage_line_there_is_a_reason_instead_of_a_score() -> None:
    found = readiness(_tally(coverages=[0.9, 0.6]))
    assert (found.score, found.reason, found.coverage) == (None, "coverage", 0.75)


def test_unknown_satisfaction_is_no_part_of_the_minimum() -> None:
    assert readiness(_tally(satisfaction=None)).score == 0.9
    assert readiness(_tally(satisfaction=0.7)).score == 0.7


def test_nothing_assessed_is_not_zero() -> None:
    found = readiness(_tally(clauses_assessed=0, clauses_held=0, coverages=[]))
    assert (found.score, found.reason) == (None, "nothing")


def test_a_fallen_veto_caps_the_campaign() -> None:
    found = readiness(_tally(vetoes_met=14, vetoes_not_met=1))
    assert (found.score, found.reason) == (0.5, "veto")
