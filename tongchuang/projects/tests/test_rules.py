from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from tongchuang.projects.kinds import BadKinds, kinds, parse
from tongchuang.projects.rules import (
    SEVERITY,
    Money,
    NodeFact,
    done_share,
    forecast,
    late_days,
    slip_days,
    spread_limits,
    standing,
    total,
)

START, FINISH = date(2016, 1, 1), date(2016, 12, 31)
days = st.dates(START, FINISH + timedelta(days=200))
nodes = st.lists(st.builds(NodeFact, days, st.none() | days, st.booleans()), max_size=8)
cents = st.integers(0, 10**9).map(lambda number: Decimal(number) / 100)
funds = st.lists(st.builds(Money, cents, cents, cents, cents, cents), max_size=6)


def _colour(late: int, *, due: int = 0, received: int = 0) -> str:
    node = NodeFact(date(2016, 3, 1), None, main=True)
    money = Money(received=Decimal(received), due=Decimal(due))
    day = date(2016, 3, 1) + timedelta(days=late)
    return standing([node], money, starts_on=START, finish_on=FINISH, on=day).colour


@given(funds)
def test_the_balance_of_the_sum_is_the_sum_of_the_balances(lines: list[Money]) -> None:
    together = total(lines)
    assert together.balance == sum((line.balance for line in lines), Decimal(0))
    assert together.received == together.balance + together.spent
    assert together.approved == together.received + together.outstanding


@given(nodes, days, days)
def test_time_alone_never_makes_a_project_less_late(
    facts: list[NodeFact], one: date, other: date
) -> None:
    early, late = sorted([one, other])
    assert late_days(facts, on=early) <= late_days(facts, on=late)

    def severity(on: date) -> int:
        return SEVERITY[standing(facts, Money(), starts_on=START, finish_on=FINISH, on=on).colour]

    assert severity(early) <= severity(late)


@given(nodes, days, st.integers(0, 7))
def test_finishing_a_node_never_worsens_the_colour(
    facts: list[NodeFact], on: date, which: int
) -> None:
    def severity(some: list[NodeFact]) -> int:
        return SEVERITY[standing(some, Money(), starts_on=START, finish_on=FINISH, on=on).colour]

    better = [
        NodeFact(n.limit_on, n.done_on or on, n.main) if at == which else n
        for at, n in enumerate(facts)
    ]
    assert severity(better) <= severity(facts)


@given(nodes)
def test_the_share_done_lies_between_nothing_and_all(facts: list[NodeFact]) -> None:
    share = done_share(facts, starts_on=START)
    assert (share is None) == (not facts)
    assert share is None or 0 <= share <= 1


@pytest.mark.parametrize(
    ("late", "colour"), [(0, "green"), (1, "yellow"), (15, "yellow"), (16, "red")]
)
def test_a_late_node_is_yellow_for_fifteen_days_and_then_red(late: int, colour: str) -> None:
    assert _colour(late) == colour


def test_less_than_eighty_percent_of_the_money_due_is_red() -> None:
    assert _colour(0, due=100, received=79) == "red"
    assert _colour(0, due=100, received=80) == "green"
    assert _colour(0, due=0, received=0) == "green"


def test_a_short_project_is_red_at_a_quarter_of_its_length() -> None:
    node = NodeFact(date(2016, 1, 5), None, main=True)
    args = {"starts_on": START, "finish_on": date(2016, 1, 21), "on": date(2016, 1, 10)}
    assert standing([node], Money(), **args).colour == "red"


def test_only_the_main_line_moves_the_day_of_finishing() -> None:
    side = NodeFact(date(2016, 3, 1), None, main=False)
    main = NodeFact(date(2016, 3, 1), None, main=True)
    on = date(2016, 3, 11)
    assert forecast([side], finish_on=FINISH, on=on) == FINISH
    assert forecast([main], finish_on=FINISH, on=on) == FINISH + timedelta(days=10)
    done = NodeFact(date(2016, 3, 1), date(2016, 3, 6), main=True)
    assert forecast([done], finish_on=FINISH, on=on) == FINISH + timedelta(days=5)
    assert slip_days(done, on=on) == 5


@given(st.lists(st.integers(0, 300), min_size=1, max_size=12))
def test_limits_follow_each_other_within_the_plan(lengths: list[int]) -> None:
    limits = spread_limits(lengths, starts_on=START, finish_on=FINISH)
    assert limits == sorted(limits)
    assert limits[0] >= START
    assert limits[-1] == FINISH or not any(lengths)


def test_the_kinds_that_are_shipped_begin_with_the_early_stage_and_end_in_use() -> None:
    found = kinds()
    assert {"waste_disposal", "rural_sewage", "medical_point", "car_park", "shanty"} <= set(found)
    for kind in found.values():
        assert kind.nodes[0].stage == "early"
        assert kind.nodes[-1].stage == "finish"


@pytest.mark.parametrize(
    "raw",
    [
        None,
        {"schema": "tongchuang/projects/1"},
        {"schema": "tongchuang/projects/1", "early": [], "kinds": [{"code": "a"}]},
        {"schema": "tongchuang/projects/1", "early": [{"code": "a", "days": 0}], "kinds": []},
    ],
)
def test_a_damaged_file_of_kinds_is_refused(raw: object) -> None:
    with pytest.raises(BadKinds, match=r"kinds\.yaml"):
        parse(raw, "kinds.yaml")


def test_every_kind_names_clauses_of_both_sanitary_editions() -> None:
    folder = Path(settings.FRAMEWORK_DATA) / "frameworks"
    known = {
        code: (folder / f"{code}.yaml").read_text(encoding="utf-8")
        for code in ("nsc2014", "nsc2021")
    }
    for kind in kinds().values():
        editions = {code.split(".")[0] for code in kind.clauses}
        assert editions == (set() if kind.code == "other" else set(known)), kind.code
        for code in kind.clauses:
            assert f"- id: {code}\n" in known[code.split(".")[0]], code
