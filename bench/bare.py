"""What a database administrator would write for each page: the same rows and figures, bare."""

from dataclasses import dataclass

from django.db import connection

from tongchuang.accounts.models import User
from tongchuang.accounts.permissions import reach

_ROW = """
SELECT c.id, c.number, c.title, c.status, c.grade, c.channel, c.found_at, c.filed_at, c.due_at,
    c.returns, c.proposal_certainty, site.name, lead.name, lead.short_name, proposed.name,
    class.title, place.name, place.short_name, leg.stage, leg.started_at, leg."limit"
FROM cases_case c
LEFT JOIN places_site site ON site.id = c.site_id
LEFT JOIN accounts_unit lead ON lead.id = c.lead_id
LEFT JOIN accounts_unit proposed ON proposed.id = c.proposed_lead_id
LEFT JOIN accounts_unit place ON place.id = c.territory_id
LEFT JOIN standards_problemclass class ON class.id = c.problem_class_id
LEFT JOIN cases_leg leg ON leg.case_id = c.id AND leg.ended_at IS NULL
WHERE {where} ORDER BY c.id DESC LIMIT 51
"""
_TABS = """
SELECT count(*), count(*) FILTER (WHERE c.status = 'to_verify'),
    count(*) FILTER (WHERE c.status IN ('filed', 'returned', 'reopened')),
    count(*) FILTER (WHERE c.status = 'dispatched'),
    count(*) FILTER (WHERE c.status IN ('accepted', 'rework')),
    count(*) FILTER (WHERE c.status = 'replied'),
    count(*) FILTER (WHERE c.due_at < '2016-03-08 06:30:00+00')
FROM cases_case c WHERE c.status IN {open} AND {where}
"""
_CAPPED = "SELECT count(*) FROM (SELECT 1 FROM cases_case c WHERE {where} LIMIT 10001) counted"
_POINTS = """
SELECT c.id, c.number, c.title, c.lon, c.lat, c.status, c.returns, c.due_at
FROM cases_case c WHERE c.lat IS NOT NULL AND c.lon IS NOT NULL AND {where}
ORDER BY c.id DESC LIMIT 5000
"""
_AREAS = """
SELECT place.path, count(*), count(*) FILTER (WHERE c.due_at < '2016-03-08 06:30:00+00')
FROM cases_case c LEFT JOIN accounts_unit place ON place.id = c.territory_id
WHERE c.status IN {open} AND {where} GROUP BY place.path
"""
_DETAIL = (
    "SELECT * FROM cases_case c LEFT JOIN accounts_unit u ON u.id = c.lead_id WHERE c.id = {pk}",
    "SELECT * FROM cases_leg l LEFT JOIN accounts_unit u ON u.id = l.unit_id WHERE case_id = {pk}",
    "SELECT * FROM cases_photo p JOIN core_storedfile f ON f.id = p.file_id WHERE case_id = {pk}",
    "SELECT * FROM cases_source WHERE case_id = {pk}",
    "SELECT * FROM core_event WHERE subject_kind = 'cases.case' AND subject_id = {pk}",
)
OPEN = (
    "('submitted', 'to_verify', 'filed', 'dispatched', 'returned', 'accepted', 'replied',"
    " 'rework', 'reopened')"
)
MINE = "c.status IN " + OPEN
ANY = "1 = 1"


@dataclass(frozen=True, slots=True)
class Statements:
    """The statements of one page for one person."""

    texts: tuple[str, ...]

    def run(self) -> None:
        """Execute all and fetch every row."""
        with connection.cursor() as cursor:
            for text in self.texts:
                cursor.execute(text)
                cursor.fetchall()


def scope(user: User, state: str = ANY) -> str:
    """The person's reach as a condition on the case `c`: each party asked by itself."""
    where = reach(user, "cases.view")
    if where.everything:
        return ANY
    ids = ", ".join(map(str, sorted(where.unit_ids))) or "0"
    parties = [f"lead_id IN ({ids})", f"territory_id IN ({ids})", f"found_by_id = {user.pk}"]
    found = [f"SELECT c.id FROM cases_case c WHERE c.{party} AND {state}" for party in parties]
    found.append(f"SELECT case_id FROM cases_casehelper WHERE unit_id IN ({ids})")
    return f"c.id IN ({' UNION ALL '.join(found)})"


def either(user: User) -> str:
    """The same as an OR: the quicker question where a period leaves few cases."""
    where = reach(user, "cases.view")
    if where.everything:
        return ANY
    ids = ", ".join(map(str, sorted(where.unit_ids))) or "0"
    helped = f"SELECT case_id FROM cases_casehelper WHERE unit_id IN ({ids})"
    return (
        f"(c.lead_id IN ({ids}) OR c.territory_id IN ({ids})"
        f" OR c.id IN ({helped}) OR c.found_by_id = {user.pk})"
    )


def listed(user: User, tab: str, narrowed: str = ANY) -> Statements:
    """Rows, tabs and the number of rows of a list."""
    rows = either(user) if narrowed != ANY else scope(user, tab)
    texts = [_ROW.format(where=f"{rows} AND {narrowed} AND {tab}")]
    texts.append(_TABS.format(where=f"{scope(user, MINE)} AND {narrowed}", open=OPEN))
    texts.append(_CAPPED.format(where=f"{rows} AND {narrowed} AND {tab}"))
    closed = "c.status IN ('closed', 'archived')"
    rows = either(user) if narrowed != ANY else scope(user, closed)
    return Statements((*texts, _CAPPED.format(where=f"{rows} AND {narrowed} AND {closed}")))


def mapped(user: User) -> Statements:
    """The newest open cases as points."""
    return Statements((_POINTS.format(where=f"{scope(user, MINE)} AND {MINE}"),))


def areas(user: User) -> Statements:
    """Open cases by place."""
    return Statements((_AREAS.format(where=scope(user, MINE), open=OPEN),))


def detail(pk: int) -> Statements:
    """One case and what hangs on it."""
    return Statements(tuple(text.format(pk=pk) for text in _DETAIL))


def figures(user: User) -> Statements:
    """The counts of the cockpit: what is open by state, by place, and what the day brought."""
    day = "'2016-03-07 16:00:00+00' AND '2016-03-08 15:59:59+00'"
    moments = ("found_at", "dispatched_at", "closed_at")
    counts = [
        f"SELECT count(*) FROM cases_case c WHERE c.{name} BETWEEN {day} AND {either(user)}"
        for name in moments
    ]
    mine = scope(user, MINE)
    tabs = _TABS.format(where=mine, open=OPEN)
    return Statements((tabs, _AREAS.format(where=mine, open=OPEN), *counts))
