"""What the database knows of the size of its tables."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tongchuang.core.models import Counter
from tongchuang.core.statistics import refresh_statistics


def _known_rows(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = %s", [table])
        return int(cursor.fetchone()[0])


@pytest.mark.django_db
def test_new_rows_are_known_before_the_transaction_ends() -> None:
    Counter.objects.bulk_create(Counter(series="统计", year=year, last=1) for year in range(300))
    with CaptureQueriesContext(
        connection,
    ) as asked:
        refresh_statistics()
    if connection.vendor == "postgresql":
        assert _known_rows(Counter._meta.db_table) >= 300
    else:
        assert not asked.captured_queries
