"""The monthly score: the worked example, and fairness as properties."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongchuang.supervision import rules
from tongchuang.supervision.frozen import fact_row, facts_of
from tongchuang.supervision.rules import PARTS, Facts, Ratio, change, ranks, score
from tongchuang.supervision.rulesets import BadRuleSet, parse, rule_set

D = Decimal
RULES = rule_set("2016-3")
CHENGNAN = Facts(
    field=D("86.4"),
    coverage=D(1),
    due=100,
    on_time=92,
    first_pass=Ratio(84, 92),
    lasting=Ratio(88, 92),
    tasks=Ratio(11, 12),
    papers_accepted=Ratio(45, 50),
    papers_first=Ratio(40, 45),
    conflicts=1,
    people=D("0.93"),
    cooperation=True,
    late_replies=1,
    deductions={"overdue_general": 3, "recurrence": 4},
    bonus=["city"],
)
DEPARTMENT = Facts(
    tasks=Ratio(3, 4),
    papers_accepted=Ratio(8, 10),
    papers_first=Ratio(6, 8),
    conflicts=0,
    people=D("0.9"),
    cooperation=True,
)


def _ratios(most: int = 60) -> st.SearchStrategy[Ratio]:
    whole = st.integers(0, most)
    return whole.flatmap(lambda n: st.integers(0, n).map(lambda part: Ratio(part, n)))


@st.composite
def facts(draw: Callable[..., object]) -> Facts:
    due = draw(st.integers(0, 80))
    assert isinstance(due, int)
    on_time = draw(st.integers(0, due))
    closed = draw(st.integers(on_time, due))  # type: ignore[arg-type]  # drawn as object
    shares = st.decimals(0, 1, places=3)
    values = {
        "field": draw(st.none() | st.decimals(0, 100, places=2)),
        "due": due,
        "on_time": on_time,
        "first_pass": Ratio(draw(st.integers(0, closed)), closed),  # type: ignore[arg-type]
        "lasting": Ratio(draw(st.integers(0, closed)), closed),  # type: ignore[arg-type]
        "tasks": draw(_ratios()),
        "joint_tasks": draw(_ratios()),
        "support_tasks": draw(_ratios()),
        "papers_accepted": draw(_ratios()),
        "papers_first": draw(_ratios()),
        "conflicts": draw(st.none() | st.integers(0, 3)),
        "people": draw(st.none() | shares),
        "cooperation": draw(st.booleans()),
        "groundless_returns": draw(st.integers(0, 6)),
        "deductions": draw(
            st.dictionaries(st.sampled_from(list(RULES.deductions)), st.integers(0, 9))
        ),
        "bonus": draw(st.lists(st.sampled_from(["city", "province", "nation"]), max_size=4)),
    }
    return Facts(**values)  # type: ignore[arg-type]


def _points(line: Facts) -> Decimal:
    """The total whether ranked or not: with no lines drawn."""
    open_rules = replace(RULES, coverage_line=D(0), min_cases=0, min_weight=D(0))
    total = score(line, open_rules).total
    assert total is not None
    return total


# The worked example
def test_worked_example_gives_every_published_part() -> None:
    line = score(CHENGNAN, RULES)
    assert [line.parts[name] for name in PARTS] == [
        D("34.56"), D("23.04"), D("13.75"), D("7.17"), D("4.65"), D("4.50")
    ]  # fmt: skip
    assert sum(part for part in line.parts.values() if part is not None) == D("87.67")
    assert (line.deduction, line.bonus, line.total) == (D("2.90"), D(1), D("85.77"))


def test_department_without_field_and_cases_gets_its_weights_redistributed() -> None:
    line = score(DEPARTMENT, RULES)
    shown = {name: weight for name, weight in line.weights.items() if weight is not None}
    assert shown == {
        "tasks": D("42.86"),
        "dossier": D("28.57"),
        "people": D("14.29"),
        "cooperation": D("14.29"),
    }
    assert line.parts["field"] is None
    assert line.total == D("82.86")


# Fairness
@given(facts())
def test_published_parts_add_up_to_the_total(line: Facts) -> None:
    result = score(line, replace(RULES, min_cases=0, min_weight=D(0)))
    parts = sum((part for part in result.parts.values() if part is not None), D(0))
    raw = parts - result.deduction + result.bonus
    assert result.total == min(max(raw, D(0)), RULES.total_most)


@given(facts())
def test_scores_stay_within_their_bounds(line: Facts) -> None:
    result = score(line, RULES)
    assert D(0) <= _points(line) <= RULES.total_most
    assert result.bonus <= RULES.bonus_most
    overdue = sum(result.deductions.get(f"overdue_{kind}", D(0)) for kind in ("general", "major"))
    assert overdue <= RULES.overdue_most


@given(facts())
def test_closing_one_more_case_never_lowers_the_score(line: Facts) -> None:
    if line.lasting.whole == line.due:
        return
    better = replace(
        line,
        on_time=min(line.on_time + 1, line.due),
        first_pass=Ratio(line.first_pass.part + 1, line.first_pass.whole + 1),
        lasting=Ratio(line.lasting.part + 1, line.lasting.whole + 1),
    )
    assert _points(better) >= _points(line)


@given(facts())
def test_closing_late_after_rework_never_lowers_the_score(line: Facts) -> None:
    """The failed check counted when it failed, so leaving the case open gains nothing."""
    if line.lasting.whole == line.due:
        return
    lasting = Ratio(line.lasting.part + 1, line.lasting.whole + 1)
    waiting = replace(line, first_pass=Ratio(line.first_pass.part, line.first_pass.whole + 1))
    assert _points(replace(waiting, lasting=lasting)) >= _points(waiting)


@given(facts(), st.sampled_from(sorted(RULES.deductions)))
def test_one_more_fault_never_raises_the_score(line: Facts, cause: str) -> None:
    worse = dict(line.deductions) | {cause: line.deductions.get(cause, 0) + 1}
    assert _points(replace(line, deductions=worse)) <= _points(line)


@given(facts())
def test_deferral_never_lowers_the_on_time_rate(line: Facts) -> None:
    late = line.due - line.on_time
    before = rules.on_time_rate(line)
    for deferred in range(late):
        after = rules.on_time_rate(replace(line, deferred=deferred))
        assert not (before and after) or after >= before


@given(facts(), st.sampled_from(["field", "people"]))
def test_a_part_without_workload_costs_nothing(line: Facts, name: str) -> None:
    """Leaving a part out lets the others weigh more: the rest keeps its own mean."""
    without = replace(line, field=None) if name == "field" else replace(line, people=None)
    result = score(without, RULES)
    assert result.parts[name] is None
    known = [weight for weight in result.weights.values() if weight is not None]
    assert not known or abs(sum(known, D(-100))) <= D("0.03")


def test_full_marks_in_any_set_of_parts_are_a_hundred() -> None:
    full = Facts(tasks=Ratio(4, 4), cooperation=True, people=D(1))
    assert score(full, RULES).total == 100
    assert score(replace(full, field=D(100)), RULES).total == 100


def test_a_transferred_case_leaves_no_trace_in_the_senders_score() -> None:
    """A rightful return is not among the facts: only a groundless one costs a point."""
    assert score(replace(CHENGNAN, groundless_returns=0), RULES) == score(CHENGNAN, RULES)
    groundless = score(replace(CHENGNAN, groundless_returns=1), RULES)
    assert groundless.total == D("84.77")


def test_adjustment_of_an_upheld_objection_is_kept_apart() -> None:
    line = score(replace(CHENGNAN, adjustments=[D("0.30")]), RULES)
    assert (line.adjustment, line.total) == (D("0.30"), D("86.07"))
    assert line.deduction == D("2.90")


# Not ranked
@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (replace(CHENGNAN, coverage=D("0.61")), "coverage"),
        (replace(CHENGNAN, coverage=D("0.80")), ""),
        (Facts(due=4, on_time=4, tasks=Ratio(9, 9), field=D(90)), "few_cases"),
        (Facts(cooperation=True), "little_work"),
        (Facts(), "little_work"),
        (DEPARTMENT, ""),
    ],
)
def test_units_are_not_ranked_with_the_reason_named(line: Facts, reason: str) -> None:
    result = score(line, RULES)
    assert result.not_ranked == reason
    assert (result.total is None) == bool(reason)


# Ranking
def test_equal_totals_share_a_rank_and_the_next_is_skipped() -> None:
    totals = {1: D("90"), 2: D("85.5"), 3: D("85.50"), 4: D("70"), 5: None}
    assert ranks(totals) == {1: 1, 2: 2, 3: 2, 4: 4, 5: None}


@given(st.permutations([(1, D(80)), (2, D(90)), (3, None), (4, D(80)), (5, D(1))]))
def test_ranks_do_not_depend_on_the_order_of_units(rows: list[tuple[int, Decimal | None]]) -> None:
    assert ranks(dict(rows)) == {2: 1, 1: 2, 4: 2, 5: 4, 3: None}


def test_change_counts_ranks_won() -> None:
    assert (change(3, 1), change(1, 3), change(None, 1)) == (2, -2, None)


def test_points_are_rounded_half_up() -> None:
    assert rules.points(D("0.005")) == D("0.01")
    assert rules.points(D("2.675")) == D("2.68")


# Rules as data
def _raw() -> dict[str, object]:
    return {
        "schema": "tongchuang/scoring/1",
        "version": "1",
        "title": "一",
        "people_measure": "x",
        "people_least": 5,
        **{name: dict(getattr(RULES, name)) for name in ("weights", "closing", "dossier")},
        **{name: dict(getattr(RULES, name)) for name in ("cooperation", "deductions", "bonus")},
        **{name: getattr(RULES, name) for name in ("overdue_most", "bonus_most", "total_most")},
        **{name: getattr(RULES, name) for name in ("coverage_line", "min_weight", "min_cases")},
        "objection_work_days": 3,
    }


@pytest.mark.parametrize(
    ("change_of", "words"),
    [
        ({"schema": "other"}, "schema"),
        ({"weights": {"field": 100}}, "weights must name exactly"),
        ({"closing": {"on_time": 1, "first_pass": 1, "lasting": 1}}, "add up to 3"),
        ({"bonus_most": "many"}, "is not a number"),
        ({"bonus_most": -1}, "must not be negative"),
        ({"title": ""}, "is missing"),
    ],
)
def test_a_wrong_rules_file_is_refused_with_words(change_of: dict[str, object], words: str) -> None:
    with pytest.raises(BadRuleSet, match=words):
        parse(_raw() | change_of, "file.yaml")


def test_an_unknown_version_is_refused() -> None:
    with pytest.raises(BadRuleSet):
        rule_set("1999-9")


# Lead, joint and support (speech 3.2.4, 3.2.5)
def test_helped_matters_count_by_half_and_joint_ones_whole() -> None:
    unit = Facts(tasks=Ratio(6, 8), joint_tasks=Ratio(0, 2), support_tasks=Ratio(4, 4))
    assert rules.tasks_share(unit, RULES) == D(8) / D(12)  # 6 + 0 + 2 of 8 + 2 + 2


def test_who_only_helps_is_judged_by_what_he_helps_with() -> None:
    assert rules.tasks_share(Facts(support_tasks=Ratio(3, 4)), RULES) == D("0.75")


def test_months_under_earlier_rules_know_the_lead_alone() -> None:
    unit = Facts(tasks=Ratio(6, 8), joint_tasks=Ratio(0, 2), support_tasks=Ratio(0, 4))
    assert rules.tasks_share(unit, rule_set("2016-2")) == D("0.75")
    assert rules.tasks_share(Facts(support_tasks=Ratio(3, 4)), rule_set("2016-2")) is None


@given(_ratios(), _ratios(), _ratios())
def test_keeping_up_never_costs_whatever_the_relation(
    lead: Ratio, joint: Ratio, support: Ratio
) -> None:
    def share(support_part: Decimal | int) -> Decimal | None:
        helped = Ratio(support_part, support.whole)
        return rules.tasks_share(Facts(tasks=lead, joint_tasks=joint, support_tasks=helped), RULES)

    now, best = share(support.part), share(support.whole)
    assert (now is None) == (best is None)
    assert now is None or best is None or 0 <= now <= best <= 1


def test_facts_frozen_before_are_read_without_the_new_relations() -> None:
    row = fact_row(CHENGNAN)
    del row["joint_tasks"], row["support_tasks"]
    read = facts_of(row, bonus=["city"], adjustments=[])
    assert score(read, RULES) == score(CHENGNAN, RULES)
