"""Global search: overlapping pairs of Han characters, whole words of other scripts.

Works on both databases and without any full-text index; see docs/adr/0007-search.md.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from tongchuang.core.models.search import SearchEntry
from tongchuang.core.search_ddl import FTS_TABLE

_BATCH = 1000
_RUN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff〇]+|[^\W_\u3400-\u9fff〇]+")
_BREAK = "qzq"  # keeps a phrase from reaching across two runs

Ids = QuerySet[SearchEntry, Any]


# Writing
def index(kind: str, pk: int, text: str) -> None:
    """Make the record `kind` × `pk` findable by `text`, replacing what was there."""
    index_many(kind, [(pk, text)])


def index_many(kind: str, texts: Iterable[tuple[int, str]]) -> None:
    """The same for many records; the last text of a record counts."""
    entries = [_entry(kind, pk, text) for pk, text in dict(texts).items()]
    SearchEntry.objects.bulk_create(
        entries,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["kind", "object_id"],
        update_fields=["text", "terms"],
    )


def remove(kind: str, pk: int) -> None:
    """Make the record unfindable."""
    SearchEntry.objects.filter(kind=kind, object_id=pk).delete()


def _entry(kind: str, pk: int, text: str) -> SearchEntry:
    plain = normal(text)
    return SearchEntry(kind=kind, object_id=pk, text=plain, terms=terms(plain))


# Reading
def match(kind: str, query: str) -> Ids:
    """Ids of the records of `kind` that hold every part of `query`, as a subquery.

    Use as `Case.objects.visible_to(user).filter(pk__in=match("case", query))`. A blank query
    finds nothing.
    """
    parts = _RUN.findall(normal(query))
    entries = SearchEntry.objects.filter(kind=kind)
    if not parts:
        return entries.none().values("object_id")
    phrases = [phrase for part in parts if (phrase := _phrase(part))]
    plain = [part for part in parts if not _phrase(part)]
    found = entries.filter(*(Q(text__contains=part) for part in plain))
    return _holding(found, phrases, parts).values("object_id")


def _holding(
    entries: QuerySet[SearchEntry], phrases: list[str], parts: list[str]
) -> QuerySet[SearchEntry]:
    if not phrases:
        return entries
    if connection.vendor == "postgresql":
        return entries.filter(pk__in=_postgres(phrases))
    if _has_fts():
        return entries.filter(pk__in=_fts(phrases))
    return entries.filter(*(Q(text__contains=part) for part in parts))


def _fts(phrases: list[str]) -> RawSQL:
    asked = " AND ".join(f'"{phrase}"' for phrase in phrases)  # letters and digits only, see _RUN
    sql = f"SELECT rowid FROM {FTS_TABLE} WHERE {FTS_TABLE} MATCH %s"  # noqa: S608 -- constant name
    return RawSQL(sql, [asked])  # noqa: S611 -- no other way to say MATCH; the query is a parameter


def _postgres(phrases: list[str]) -> RawSQL:
    asked = " && ".join(["phraseto_tsquery('simple', %s)"] * len(phrases))
    sql = f"SELECT id FROM core_searchentry WHERE to_tsvector('simple', terms) @@ ({asked})"  # noqa: S608 -- constants
    return RawSQL(sql, phrases)  # noqa: S611 -- must repeat the index's expression exactly


def _has_fts() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM sqlite_master WHERE name = %s", [FTS_TABLE])
        return cursor.fetchone() is not None


# Cutting
def normal(text: str) -> str:
    """One form for what looks alike: full width, case, spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


def terms(plain: str) -> str:
    """The terms of a normal text: pairs of Han characters, other words whole."""
    runs = (_pairs(run) for run in _RUN.findall(plain))
    return f" {_BREAK} ".join(run for run in runs if run)


def _pairs(run: str) -> str:
    if not _is_han(run):
        return run
    return " ".join(run[at : at + 2] for at in range(max(len(run) - 1, 1)))


def _phrase(part: str) -> str:
    """What to ask the index for; empty for a single Han character, which it does not hold."""
    return "" if _is_han(part) and len(part) == 1 else _pairs(part)


def _is_han(run: str) -> bool:
    return "\u3400" <= run[0] <= "\u9fff" or run[0] >= "\U00020000" or run[0] == "〇"
