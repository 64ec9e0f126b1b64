"""Grow the cases of the demonstration city to a number, by SQL: `python -m bench.generate ROWS`.

Row n always comes out the same. Every fiftieth case is open; each has the leg that it is in or
ended in, and an entry for the search.
"""

import json
import sys
from time import perf_counter

import bench.django_setup  # noqa: F401  before the models

# isort: split
from django.db import connection, transaction

from tongchuang.accounts.models import Unit
from tongchuang.cases.models import Case
from tongchuang.core.search import terms
from tongchuang.standards.models import ProblemClass

FIRST = 1_000_000
"""Keys of generated cases begin here; those of the city stay as they are."""
BATCH = 100_000
OPEN_EVERY = 50
DAY = 24 * 60
FIVE_YEARS = 5 * 365 * DAY

_CASES = """
INSERT INTO cases_case (
    id, number, external_id, external_source, city_id, title, description, problem_class_id,
    grade, channel, address, lon, lat, territory_id, lead_id, status, found_at, filed_at,
    dispatched_at, accepted_at, replied_at, closed_at, due_at, fix_due_at, due_provisional,
    returns, reworks, reopenings, measure, origin_kind, origin_label, origin_url,
    proposal_reason, version)
WITH RECURSIVE n(i) AS (
    SELECT CAST({first} AS bigint) UNION ALL SELECT i + 1 FROM n WHERE i < {last})
SELECT i, 'G' || i, '', '', {city}, class.title || ' ' || i, '', class.id,
    CASE i % 7 WHEN 0 THEN 'A' WHEN 1 THEN 'C' WHEN 2 THEN 'C' WHEN 3 THEN 'D' ELSE 'B' END,
    CASE i % 5 WHEN 0 THEN 'public' WHEN 1 THEN 'grid' WHEN 2 THEN 'hotline' ELSE 'inspection' END,
    '', 118.70 + (i % 1009) * 0.0001, 30.90 + (i % 997) * 0.0001, place.id, department.id,
    CASE WHEN i % {every} <> 0 THEN 'closed'
        WHEN (i / {every}) % 4 = 0 THEN 'dispatched'
        WHEN (i / {every}) % 4 = 1 THEN 'replied' ELSE 'accepted' END,
    {found}, {found}, {found}, {found},
    CASE WHEN i % {every} = 0 AND (i / {every}) % 4 <> 1 THEN NULL ELSE {closed} END,
    CASE WHEN i % {every} = 0 THEN NULL ELSE {closed} END,
    CASE WHEN i % {every} = 0 THEN {due} ELSE NULL END, {due}, {no},
    0, CASE WHEN i % 11 = 0 THEN 1 ELSE 0 END, 0, '', '', '', '', '', 1
FROM n
JOIN bench_cycle class ON class.kind = 'class' AND class.at = i % {classes}
JOIN bench_cycle place ON place.kind = 'place' AND place.at = i % {places}
JOIN bench_cycle department ON department.kind = 'department' AND department.at = i % {departments}
"""
_LEGS = """
INSERT INTO cases_leg (case_id, stage, unit_id, started_at, ended_at, due_at, "limit")
SELECT id, CASE status WHEN 'dispatched' THEN 'sign' WHEN 'replied' THEN 'check' ELSE 'fix' END,
    lead_id, accepted_at, closed_at, fix_due_at, '3 calendar_day'
FROM cases_case WHERE id BETWEEN {first} AND {last}
"""
_SEARCH = """
INSERT INTO core_searchentry (kind, object_id, text, terms)
SELECT 'case', found.id, lower(found.number || ' ' || found.title),
    lower(found.number) || ' qzq ' || class.terms || ' qzq ' || found.id
FROM cases_case found
JOIN bench_cycle class ON class.kind = 'class' AND class.id = found.problem_class_id
WHERE found.id BETWEEN {first} AND {last}
"""


def grow_to(rows: int) -> int:
    """Add cases until there are `rows`; returns how many were added."""
    there = Case.objects.count()
    latest = Case.objects.filter(pk__gte=FIRST).order_by("-pk").first()
    start = latest.pk + 1 if latest else FIRST
    end = start + rows - there
    for first in range(start, end, BATCH):
        _add(first, min(first + BATCH, end) - 1)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return max(0, rows - there)


@transaction.atomic
def _add(first: int, last: int) -> None:
    facts = _cycles() | _moments()
    with connection.cursor() as cursor:
        for statement in (_CASES, _LEGS, _SEARCH):
            cursor.execute(
                statement.format(first=first, last=last, every=OPEN_EVERY, city=_city(), **facts)
            )


def _city() -> int:
    return int(Unit.objects.filter(kind=Unit.Kind.CITY).order_by("path")[0].pk)


def _cycles() -> dict[str, object]:
    """Tables from which row n takes class, place and unit by n modulo their length."""
    places = Unit.objects.filter(kind__in=[Unit.Kind.COMMUNITY, Unit.Kind.VILLAGE])
    cycles = {
        "class": [(row.pk, row.title, terms(row.title)) for row in ProblemClass.objects.all()],
        "place": [(unit.pk, "", "") for unit in places],
        "department": [(u.pk, "", "") for u in Unit.objects.filter(kind=Unit.Kind.DEPARTMENT)],
    }
    rows = [(kind, at, *row) for kind, cycle in cycles.items() for at, row in enumerate(cycle)]
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_cycle")
        cursor.execute(
            "CREATE TEMPORARY TABLE bench_cycle"
            " (kind text, at int, id bigint, title text, terms text)"
        )
        cursor.executemany("INSERT INTO bench_cycle VALUES (%s, %s, %s, %s, %s)", rows)
    names = {"classes": "class", "places": "place", "departments": "department"}
    return {name: len(cycles[kind]) for name, kind in names.items()}


def _moments() -> dict[str, object]:
    """Found within five years, but open ones within three weeks; three days to put right."""
    ago = (
        f"CASE WHEN i % {OPEN_EVERY} = 0 THEN (i * 7919) % {21 * DAY}"
        f" ELSE (i * 7919) % {FIVE_YEARS} END"
    )
    no = "false" if connection.vendor == "postgresql" else "0"
    closed, due = f"({ago}) - {DAY * 2}", f"({ago}) - {DAY * 3}"
    return {"found": _back(ago), "closed": _back(closed), "due": _back(due), "no": no}


def _back(minutes: str) -> str:
    """SQL of the moment so many minutes before the city's present."""
    if connection.vendor == "postgresql":
        return f"(timestamptz '2016-03-08 06:30:00+00' - ({minutes}) * interval '1 minute')"
    return f"datetime('2016-03-08 06:30:00', (-({minutes})) || ' minutes')"


if __name__ == "__main__":
    began = perf_counter()
    added = grow_to(int(sys.argv[1]))
    print(json.dumps({"added": added, "seconds": perf_counter() - began}))
