"""Putting many rows down quickly, part by part, and telling a demonstration from a real office."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import DEFAULT_DB_ALIAS, connection, connections, models, transaction

from tongchuang.core import clock
from tongchuang.standards.models import DataFile

MARK: dict[str, Any] = {"kind": "demo", "code": "city"}
LOADING, LOADED = "loading", "loaded"
# Apps whose rows belong to the city; standards stay when the city goes.
_APPS = (
    "core",
    "accounts",
    "places",
    "campaigns",
    "projects",
    "priorities",
    "cases",
    "dossiers",
    "inspections",
    "assessment",
    "changeover",
    "meetings",
    "supervision",
    "public",
    "sessions",
    "axes",
    "django_tasks_db",
)


# Rows
def numbered(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    """Give new rows their keys, following the last one in the table."""
    last = model._default_manager.aggregate(last=models.Max("pk"))["last"] or 0
    for pk, row in enumerate(rows, last + 1):
        row.pk = pk


def insert(rows: Iterable[models.Model]) -> None:
    """Insert new rows of one model as they are; keys are given where they have none."""
    listed = list(rows)
    if not listed:
        return
    model = type(listed[0])
    if listed[0].pk is None:
        numbered(model, listed)
    for row in listed:
        _rebind(row)
    fields = list(model._meta.concrete_fields)
    names = [field.attname for field in fields]
    _put(model, fields, ([getattr(row, name) for name in names] for row in listed))


def _rebind(row: Any) -> None:
    """Take over the keys of other rows that got theirs after this one was made."""
    row._prepare_related_fields_for_save("insert")


def insert_values(
    model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert rows given as values of the named columns, numbered in their order.

    The quick way for tables with a hundred thousand rows; every column must be named.
    """
    fields = [model._meta.pk, *(model._meta.get_field(name) for name in names)]
    last = model._default_manager.aggregate(last=models.Max("pk"))["last"] or 0
    _put(model, fields, ([pk, *row] for pk, row in enumerate(rows, last + 1)))


_PLAIN = frozenset({int, float, bool, str, type(None)})


def _put(model: type[models.Model], fields: Sequence[Any], rows: Iterable[Sequence[Any]]) -> None:
    """Turn the values into what the database takes, and insert them in one statement.

    Texts go in as they are; in a JSON column that is JSON already written.
    """
    database = connections[DEFAULT_DB_ALIAS]  # asked once, not for every value
    values = [
        [
            value if type(value) in _PLAIN else fields[n].get_db_prep_save(value, database)
            for n, value in enumerate(row)
        ]
        for row in rows
    ]
    _insert_values(model._meta.db_table, [field.column for field in fields], values)
    _go_on_numbering(model)


def _insert_values(table: str, columns: list[str], values: list[list[Any]]) -> None:
    quote = connection.ops.quote_name
    names = ", ".join(quote(column) for column in columns)
    marks = ", ".join(["%s"] * len(columns))
    sql = f"INSERT INTO {quote(table)} ({names}) VALUES ({marks})"  # noqa: S608 -- our own names
    with connection.cursor() as cursor:
        cursor.executemany(sql, values)


def _go_on_numbering(model: type[models.Model]) -> None:
    """Let the database number the next row behind those that brought their own keys."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [model]):
            cursor.execute(statement)


def link(field: Any, pairs: Iterable[tuple[int, int]]) -> None:
    """Insert rows of a many-to-many field: (key here, key there)."""
    names = (field.field.m2m_field_name(), field.field.m2m_reverse_field_name())
    insert_values(field.through, names, pairs)


# The mark
def mark() -> DataFile | None:
    """The row that tells a demonstration; `content["state"]` is loading or loaded."""
    return DataFile.objects.filter(**MARK).first()


def set_mark(state: str, *, edition: str, counts: dict[str, int] | None = None) -> None:
    """Write down that the city is being loaded or stands."""
    text = f"{edition}/{state}"
    DataFile.objects.update_or_create(
        **MARK,
        defaults={
            "edition": edition,
            "content": {"state": state, "counts": counts or {}},
            "content_sha256": hashlib.sha256(text.encode()).hexdigest(),
            "loaded_at": clock.now(),
        },
    )


def holds_rows() -> bool:
    """Whether anybody's units are in the database."""
    return bool(apps.get_model("accounts", "Unit")._default_manager.exists())


@transaction.atomic
def clear() -> None:
    """Delete every row of the city, and the mark last; checks wait for the end of it."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for model in reversed(_models()):
            cursor.execute(f"DELETE FROM {quote(model._meta.db_table)}")  # noqa: S608 -- our own names
    DataFile.objects.filter(**MARK).delete()


def _models() -> list[type[models.Model]]:
    """Tables of the city, those that others point at first."""
    configs = [apps.app_configs[label] for label in _APPS if label in apps.app_configs]
    city = [model for config in configs for model in config.get_models(include_auto_created=True)]
    named = ("Correction", "Draft", "LimitChange")
    of_people = [apps.get_model("standards", name) for name in named]
    return [*city, *of_people]
