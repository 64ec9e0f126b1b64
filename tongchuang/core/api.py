"""What every API answer has in common: lists walked by id, errors of one shape."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from ninja import Schema

MOST = 200
Out = TypeVar("Out")
Row = TypeVar("Row", bound=Model)


class Fault(Schema):
    """An error: a word for programs, a sentence for people, faults by field."""

    code: str
    message: str
    fields: dict[str, list[str]] = {}


class Listed(Schema, Generic[Out]):
    """A part of a list, newest first; `next` is the `before` of the following part, or null."""

    items: list[Out]
    next: int | None = None


def listed(
    rows: QuerySet[Row], *, before: int | None, limit: int, show: Callable[[Row], Out]
) -> dict[str, Any]:
    """The `limit` rows (at most `MOST`) with an id below `before`, as `Listed`."""
    size = min(max(limit, 1), MOST)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: size + 1])
    following = found[size - 1].pk if len(found) > size else None
    return {"items": [show(row) for row in found[:size]], "next": following}
