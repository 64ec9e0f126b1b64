"""Numbers without gaps, doubles or reuse."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tongchuang.core.models import Counter
from tongchuang.core.numbering import next_number


@pytest.mark.django_db
def test_each_series_and_year_counts_from_one() -> None:
    numbers = [next_number("督办", 2016), next_number("督办", 2016), next_number("督办", 2015)]
    assert [*numbers, next_number("通报", 2016)] == [1, 2, 1, 1]


@pytest.mark.django_db
def test_number_of_a_rolled_back_transaction_is_given_again() -> None:
    next_number("督办", 2016)
    with transaction.atomic():
        assert next_number("督办", 2016) == 2
        transaction.set_rollback(True)
    assert next_number("督办", 2016) == 2


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_no_number_is_given() -> None:
    with pytest.raises(TransactionManagementError):
        next_number("督办", 2016)
    assert not Counter.objects.exists()


class Series(TestCase):
    @given(st.lists(st.booleans(), max_size=12))
    def test_numbers_that_stay_are_one_to_n(self, kept: list[bool]) -> None:
        numbers = []
        for keep in kept:
            with transaction.atomic():
                number = next_number("督办", 2016)
                transaction.set_rollback(not keep)
            numbers += [number] if keep else []
        assert numbers == list(range(1, len(numbers) + 1))


def _take_some(_worker: int) -> list[int]:
    try:
        return [_take_one() for _ in range(10)]
    finally:
        connection.close()


def _take_one() -> int:
    with transaction.atomic():
        return next_number("督办", 2016)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_many_at_once_get_different_numbers_without_gaps() -> None:
    with ThreadPoolExecutor(4) as pool:
        numbers = [n for some in pool.map(_take_some, range(4)) for n in some]
    assert sorted(numbers) == list(range(1, 41))
