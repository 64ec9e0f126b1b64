"""What every page needs: rendering, keyset paging, sorting, counting, downloads, stale forms."""

import mimetypes
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any, Generic, TypeVar

from django.core import signing
from django.core.exceptions import FieldDoesNotExist
from django.db.models import DecimalField, F, Model, OrderBy, Q, QuerySet, Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.http import content_disposition_header, url_has_allowed_host_and_scheme

from tongchuang.core.audit import history

COUNT_CAP = 10_000
M = TypeVar("M", bound=Model)


# Rendering
def wants_fragment(request: HttpRequest) -> bool:
    """True for htmx itself; boosted links and history restores want the whole page."""
    headers = request.headers
    return (
        headers.get("HX-Request") == "true"
        and headers.get("HX-Boosted") != "true"
        and headers.get("HX-History-Restore-Request") != "true"
    )


def render_page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    fragment: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page, or for htmx only its partial `fragment` (`{% partialdef fragment %}`)."""
    name = f"{template}#{fragment}" if fragment and wants_fragment(request) else template
    response = render(request, name, dict(context or {}), status=status)
    patch_vary_headers(response, ["HX-Request", "HX-Boosted", "HX-History-Restore-Request"])
    return response


# Counting
@dataclass(frozen=True, slots=True)
class Counted:
    """A count that stops at `COUNT_CAP`; as text "10000+" when there are more."""

    number: int
    capped: bool

    def __str__(self) -> str:
        return f"{self.number}+" if self.capped else str(self.number)


def capped_count(queryset: QuerySet[Any, Any]) -> Counted:
    """How many rows, looking at no more than `COUNT_CAP` + 1 of them."""
    found = queryset.order_by()[: COUNT_CAP + 1].count()
    return Counted(min(found, COUNT_CAP), capped=found > COUNT_CAP)


# Sorting
@dataclass(frozen=True, slots=True)
class Sort:
    """The order that the reader asked for: `order` for `keyset`, `name` for the column head."""

    name: str
    descending: bool
    order: tuple[str, ...]


def requested_sort(
    request: HttpRequest, allowed: Mapping[str, Sequence[str]], *, default: str
) -> Sort:
    """Read `?sort=name` or `?sort=-name`; anything not in `allowed` gives `default`."""
    asked = request.GET.get("sort", default)
    if asked.removeprefix("-") not in allowed:
        asked = default
    name, descending = asked.removeprefix("-"), asked.startswith("-")
    fields = tuple(allowed[name])
    return Sort(name, descending, tuple(map(_flipped, fields)) if descending else fields)


def _flipped(field: str) -> str:
    return field[1:] if field.startswith("-") else f"-{field}"


# Keyset paging
@dataclass(frozen=True)
class Page(Generic[M]):
    """One page of a list; the links keep every filter of the address."""

    rows: list[M]
    next_url: str
    previous_url: str
    count: int
    count_capped: bool

    @property
    def count_text(self) -> str:
        """The count for people: "10000+" where counting stopped."""
        return str(Counted(self.count, self.count_capped))


@dataclass(frozen=True, slots=True)
class _Key:
    """One part of the order: a field path, its direction, whether it may be null."""

    path: str
    descending: bool
    nullable: bool

    def ordering(self, *, backward: bool) -> OrderBy:
        """Nulls come last when walking forward, first when walking backward."""
        descending = self.descending != backward
        nulls: dict[str, bool] = {}
        if self.nullable:
            nulls = {"nulls_first": True} if backward else {"nulls_last": True}
        return OrderBy(F(self.path), descending=descending, **nulls)

    def same(self, value: object) -> Q:
        if value is None:
            return Q(**{f"{self.path}__isnull": True})
        return Q(**{self.path: _operand(value)})

    def beyond(self, value: object, *, backward: bool) -> Q | None:
        """Rows after `value` in walking direction; None when there can be none."""
        if value is None:
            return Q(**{f"{self.path}__isnull": False}) if backward else None
        less = self.descending != backward
        further = Q(**{f"{self.path}__{'lt' if less else 'gt'}": _operand(value)})
        if self.nullable and not backward:
            further |= Q(**{f"{self.path}__isnull": True})
        return further

    def bound(self, value: object, *, backward: bool) -> Q:
        """A plain limit on the leading field that lets the database use its index."""
        if self.nullable or value is None:
            return Q()
        less = self.descending != backward
        return Q(**{f"{self.path}__{'lte' if less else 'gte'}": _operand(value)})


def keyset(
    request: HttpRequest,
    queryset: QuerySet[M],
    *,
    order: Sequence[str] = ("-id",),
    size: int = 50,
    total: Counted | None = None,
) -> Page[M]:
    """One page of `queryset` in `order`, found by the last row seen instead of by counting off.

    `order` names fields as `order_by` does ("-due_on", "unit__name"); nulls come last and the
    primary key breaks ties. Computed fractions must be rounded in the query. A cursor that is
    forged, damaged or of another order is ignored.
    Two queries, or one when the caller has counted already and gives the `total`.
    """
    keys = _keys(queryset.model, order)
    backward = "before" in request.GET and "after" not in request.GET
    place = _read_cursor(request.GET.get("before" if backward else "after", ""), keys)
    rows, more = _walk(queryset, keys, place, size=size, backward=backward)
    if not rows and place is not None:
        place, backward = None, False
        rows, more = _walk(queryset, keys, None, size=size, backward=False)
    has_next = place is not None if backward else more
    has_previous = more if backward else place is not None
    total = total or capped_count(queryset)
    return Page(
        rows=rows,
        next_url=_link(request, "after", keys, rows[-1]) if has_next and rows else "",
        previous_url=_link(request, "before", keys, rows[0]) if has_previous and rows else "",
        count=total.number,
        count_capped=total.capped,
    )


def _keys(model: type[Model], order: Sequence[str]) -> list[_Key]:
    paths = [field.removeprefix("-") for field in order]
    unique = {"pk", model._meta.pk.name}
    fields = list(order)
    if not unique & set(paths):
        fields.append("-pk" if order and order[0].startswith("-") else "pk")
    return [
        _Key(path, descending, nullable=_may_be_null(model, path))
        for path, descending in ((f.removeprefix("-"), f.startswith("-")) for f in fields)
    ]


def _may_be_null(model: type[Model], path: str) -> bool:
    """Whether the field or a relation on the way may be null; annotations always may."""
    here: type[Model] | None = model
    for name in path.split("__"):
        if name == "pk":
            return False
        try:
            field = here._meta.get_field(name) if here else None
        except FieldDoesNotExist:
            field = None
        if field is None or getattr(field, "null", True):
            return True
        here = field.related_model if isinstance(field.related_model, type) else None
    return False


def _walk(
    queryset: QuerySet[M],
    keys: list[_Key],
    place: list[object] | None,
    *,
    size: int,
    backward: bool,
) -> tuple[list[M], bool]:
    """Up to `size` rows beyond `place` in reading order, and whether more follow."""
    found = queryset.order_by(*(key.ordering(backward=backward) for key in keys))
    if place is not None:
        found = found.filter(_beyond(keys, place, backward=backward))
    rows = list(found[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    return (rows[::-1] if backward else rows), more


def _beyond(keys: list[_Key], place: list[object], *, backward: bool) -> Q:
    steps: list[Q] = []
    equal = Q()
    for key, value in zip(keys, place, strict=True):
        further = key.beyond(value, backward=backward)
        if further is not None:
            steps.append(equal & further)
        equal &= key.same(value)
    return keys[0].bound(place[0], backward=backward) & reduce(or_, steps)


def _operand(value: object) -> object:
    """Decimals keep their type in SQLite only when they are cast."""
    return Value(value, output_field=DecimalField()) if isinstance(value, Decimal) else value


def _value(row: Any, path: str) -> object:
    for name in path.split("__"):
        if row is None:
            return None
        row = row[name] if isinstance(row, dict) else getattr(row, name)
    return row.pk if isinstance(row, Model) else row


def _link(request: HttpRequest, way: str, keys: list[_Key], row: object) -> str:
    address = request.GET.copy()
    for name in ("after", "before"):
        address.pop(name, None)
    address[way] = _write_cursor(keys, [_value(row, key.path) for key in keys])
    return f"?{address.urlencode()}"


def _shape(keys: list[_Key]) -> str:
    return ",".join(f"{'-' if key.descending else ''}{key.path}" for key in keys)


def _write_cursor(keys: list[_Key], values: list[object]) -> str:
    return signing.dumps([_shape(keys), [_packed(value) for value in values]], salt="keyset")


def _read_cursor(text: str, keys: list[_Key]) -> list[object] | None:
    if not text:
        return None
    try:
        shape, values = signing.loads(text, salt="keyset")
    except signing.BadSignature:
        return None
    return [_unpacked(value) for value in values] if shape == _shape(keys) else None


def _packed(value: object) -> object:
    if isinstance(value, datetime):
        return ["t", value.isoformat()]
    if isinstance(value, date):
        return ["d", value.isoformat()]
    if isinstance(value, Decimal):
        return ["m", str(value)]
    return value if value is None or isinstance(value, int | float | str) else str(value)


def _unpacked(value: object) -> object:
    if not isinstance(value, list):
        return value
    kind, text = value
    if kind == "t":
        return datetime.fromisoformat(text)
    return date.fromisoformat(text) if kind == "d" else Decimal(text)


# Downloads
def export_response(data: bytes, name: str) -> HttpResponse:
    """`data` as a download under `name`, Chinese names included (RFC 5987)."""
    content_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    response = HttpResponse(data, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


# Stale forms
class Stale(Exception):
    """The form was filled in on an older version of `subject`; answer 409, keep the text."""

    def __init__(self, subject: Model) -> None:
        self.subject = subject
        super().__init__(f"{subject._meta.label} {subject.pk} has moved on")


def stale(request: HttpRequest, obj: Model) -> bool:
    """Whether the hidden field `version` differs from `obj.version`; without the field: no."""
    sent = request.POST.get("version")
    return sent is not None and sent != str(getattr(obj, "version", ""))


def check_version(obj: Model, request: HttpRequest) -> None:
    """Raise `Stale` when the form was filled in on an older version of `obj`."""
    if stale(request, obj):
        raise Stale(obj)


def moved_on_page(request: HttpRequest, subject: Model) -> HttpResponse:
    """409: who changed the record and when; what was typed is shown so that nothing is lost."""
    typed = [
        (name, text)
        for name, texts in request.POST.lists()
        if name not in {"csrfmiddlewaretoken", "version"} and "password" not in name
        for text in texts
        if text.strip()
    ]
    came_from = request.headers.get("Referer", "")
    back = came_from if url_has_allowed_host_and_scheme(came_from, {request.get_host()}) else "/"
    context = {"stale": history(subject).last(), "subject": subject, "typed": typed, "back": back}
    return render(request, "409.html", context, status=409)
