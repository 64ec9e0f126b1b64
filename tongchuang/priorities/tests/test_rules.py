"""What is beyond a line, and how far."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tongchuang.priorities import rules

VALUES = st.decimals(min_value=-1000, max_value=1000, places=2, allow_nan=False)
OPS = st.sampled_from([">=", ">", "<=", "<"])


@given(VALUES, OPS, VALUES)
def test_a_stricter_target_always_proves_the_line(value: Decimal, op: str, line: Decimal) -> None:
    if rules.is_stricter(value, op, line):
        assert rules.reached(value, op, line)
        assert not rules.is_stricter(line, op, value)


@given(VALUES, OPS, VALUES)
def test_the_gap_is_nothing_exactly_when_the_target_is_reached(
    value: Decimal, op: str, target: Decimal
) -> None:
    assert (rules.gap(value, op, target) == 0) == rules.reached(value, op, target)


def test_nothing_is_beyond_an_exact_value_or_a_line_nobody_knows() -> None:
    assert not rules.is_stricter(Decimal(1), "==", Decimal(0))
    assert not rules.is_stricter(Decimal(99), ">=", None)
    assert not rules.is_stricter(Decimal(90), ">=", Decimal(90))


def test_a_falling_figure_is_better_where_less_is_asked_for() -> None:
    assert rules.trend(Decimal(9), Decimal(8), "<=") == "better"
    assert rules.trend(Decimal(9), Decimal(8), ">=") == "worse"
    assert rules.trend(None, Decimal(8), ">=") is None


def test_a_reason_holds_to_the_end_of_its_last_day_and_only_when_approved() -> None:
    last = date(2016, 4, 30)
    assert rules.reason_holds("approved", last, on=last)
    assert not rules.reason_holds("approved", last, on=date(2016, 5, 1))
    assert not rules.reason_holds("submitted", last, on=last)
