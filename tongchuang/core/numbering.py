"""Numbers without gaps: a number is taken in the transaction of what bears it."""

from django.db import connection
from django.db.models import F
from django.db.transaction import TransactionManagementError

from tongchuang.core.models.counter import Counter


def next_number(series: str, year: int) -> int:
    """The next number of a series in a year, beginning with 1.

    Must run inside a transaction, which holds the series until it ends: rolled back, the number
    is given again, so the series has neither gaps nor doubles. Take numbers late in a service.

    Raises `TransactionManagementError` outside a transaction.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("A number is taken inside the transaction that uses it.")
    counter = Counter.objects.filter(series=series, year=year)
    if not counter.update(last=F("last") + 1):
        # Two may begin a series at once: one row stays, and both then count on it.
        Counter.objects.bulk_create([Counter(series=series, year=year)], ignore_conflicts=True)
        counter.update(last=F("last") + 1)
    return counter.values_list("last", flat=True).get()
