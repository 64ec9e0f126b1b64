"""The facts of a month about the whole city: totals, classes, overdue, repeats, tasks, dossier.

Everything comes back as plain values, because it is frozen as it is.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Count, F, Max, Q
from django.utils import timezone

from tongchuang.assessment.months import readiness_at
from tongchuang.campaigns.queries import behind_tasks, curve_shares
from tongchuang.cases.models import Case
from tongchuang.cases.queries.figures import closing_by_unit
from tongchuang.inspections.queries import visit_totals
from tongchuang.supervision.queries.month import Fold, Month

LISTED = 50
CLASSES = 12
REPEATS_FROM = 3
REPEAT_DAYS = 30
Plain = dict[str, Any]
_WITH_UNIT = Q(lead__isnull=False)


def totals(month: Month) -> Plain:
    """Places, problems and closing of the month, with the month before for comparison."""
    now, before = _closing(month), _closing(month.before())
    return {**now, "before": before if before["due"] else None}


def _closing(month: Month) -> Plain:
    rows = closing_by_unit(month.cases, first=month.first, last=month.last, at=month.at).values()
    due, closed = sum(row.due for row in rows), sum(row.closed for row in rows)
    on_time = sum(row.on_time for row in rows)
    found = month.cases.filter(found_at__range=month.span).order_by().count()
    visits = visit_totals(month.campaign, month.days)
    return {
        "places": visits.places,
        "visits": visits.visits,
        "found": found,
        "filed": sum(row.filed for row in rows),
        "due": due,
        "closed": closed,
        "on_time": on_time,
        "closing_rate": _share(closed, due),
        "on_time_rate": _share(on_time, due),
    }


def _share(part: int, whole: int) -> str | None:
    return _rounded(Decimal(part) / whole) if whole else None


def _rounded(share: Decimal) -> str:
    return str(share.quantize(Decimal("0.0001"), ROUND_HALF_UP))


# Readiness
def readiness(month: Month) -> Plain | None:
    """Readiness of the campaign as the records tell of it at the cut; None without a standard.

    Shares in [0, 1] as text. `score` is None below the coverage line, `reason` then says so.
    """
    if month.campaign.framework_id is None:
        return None
    found = readiness_at(month.campaign, f"{month.first:%Y-%m}", at=month.at)
    facts = found.snapshot.readiness if found.snapshot else {}
    return {
        "score": None if found.score is None else _rounded(Decimal(found.score)),
        "coverage": _rounded(Decimal(found.coverage or 0)),
        "coverage_line": str(found.coverage_line),
        "reason": facts.get("reason", ""),
        "lowest": facts.get("lowest", ""),
    }


# Problems
def classes(month: Month, fold: Fold, names: Mapping[int, str]) -> list[Plain]:
    """The commonest problem classes of the month with what became of them and who has most."""
    rows = (
        month.cases.filter(filed_at__range=month.span)
        .exclude(problem_class=None)
        .order_by()
        .values_list("problem_class__code", "problem_class__title", "lead")
        .annotate(n=Count("pk"), done=Count("pk", filter=Q(closed_at__lte=month.at)))
    )
    found: dict[str, Plain] = {}
    for code, title, lead, number, closed in rows:
        one = found.setdefault(
            code, {"code": code, "title": title, "n": 0, "closed": 0, "units": {}}
        )
        one["n"] += number
        one["closed"] += closed
        owner = fold.get(lead)
        if owner is not None:
            one["units"][owner] = one["units"].get(owner, 0) + number
    commonest = sorted(found.values(), key=lambda one: (-one["n"], one["code"]))[:CLASSES]
    return [_with_most(one, names) for one in commonest]


def _with_most(row: Plain, names: Mapping[int, str]) -> Plain:
    units: dict[int, int] = row.pop("units")
    owner, number = min(units.items(), key=lambda pair: (-pair[1], pair[0]), default=(None, 0))
    return {**row, "most": names.get(owner or 0, ""), "most_unit": owner, "most_n": number}


def overdue(month: Month, names: Mapping[int, str]) -> Plain:
    """Cases whose fix limit had passed at the cut and that were not closed then, oldest first."""
    late = month.cases.filter(_WITH_UNIT, fix_due_at__lt=month.at, found_at__lt=month.at).exclude(
        closed_at__lte=month.at
    )
    columns = ("pk", "number", "title", "lead", "lead__name", "fix_due_at")
    rows = late.order_by("fix_due_at", "pk").values_list(*columns)[:LISTED]
    listed = [
        {
            "pk": pk,
            "number": number,
            "title": title,
            "unit": lead,
            "name": names.get(lead, name),
            "due_on": _minute(due_at)[:10],
            "days": (month.at - due_at).days,
        }
        for pk, number, title, lead, name, due_at in rows
    ]
    by_unit = late.order_by().values_list("lead").annotate(Count("pk"))
    return {"n": late.order_by().count(), "rows": listed, "by_unit": dict(by_unit)}


def _minute(at: datetime) -> str:
    """「2016-02-20 09:00」 in the city's time."""
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


def late_of_month(month: Month, fold: Fold) -> dict[int, list[Plain]]:
    """The cases behind the overdue deductions and recurrences, at most `LISTED` a unit."""
    due = month.cases.filter(_WITH_UNIT, fix_due_at__range=month.span)
    closed = Q(closed_at__lte=month.at, status__in=[Case.Status.CLOSED, Case.Status.ARCHIVED])
    columns = ("pk", "number", "title", "lead", "grade", "fix_due_at", "replied_at", "closed_at")
    rows = due.exclude(closed & Q(replied_at__lte=F("fix_due_at"))).order_by("fix_due_at", "pk")
    found: dict[int, list[Plain]] = {}
    for pk, number, title, lead, grade, due_at, replied_at, closed_at in rows.values_list(
        *columns
    ).iterator():
        owner = fold.get(lead)
        if owner is None or len(found.setdefault(owner, [])) >= LISTED:
            continue
        found[owner].append(
            {
                "pk": pk,
                "number": number,
                "title": title,
                "major": grade in {"D", "U"},
                "due_at": _minute(due_at),
                "replied_at": _minute(replied_at) if replied_at else None,
                "closed": bool(closed_at and closed_at <= month.at),
            }
        )
    return found


def repeats(month: Month, names: Mapping[int, str]) -> list[Plain]:
    """Places where the same kind of problem was found again and again within 30 days."""
    since = month.at - timedelta(days=REPEAT_DAYS)
    rows = (
        month.cases.filter(found_at__range=(since, month.at))
        .exclude(site=None)
        .exclude(problem_class=None)
        .order_by()
        .values(
            "site", "site__name", "problem_class__code", "problem_class__title", "site__territory"
        )
        .annotate(n=Count("pk"), lead=Max("lead"))
        .filter(n__gte=REPEATS_FROM)
        .order_by("-n", "site")[:10]
    )
    return [
        {
            "site": row["site"],
            "place": row["site__name"],
            "code": row["problem_class__code"],
            "title": row["problem_class__title"],
            "n": row["n"],
            "unit": row["lead"] or row["site__territory"],
            "name": names.get(row["lead"] or row["site__territory"], ""),
        }
        for row in rows
    ]


# Tasks and dossier
def tasks(month: Month, names: Mapping[int, str]) -> Plain:
    """How many tasks run, how many are behind their curve, and which lie farthest behind."""
    shares = curve_shares(month.campaign, on=month.last).values()
    rows = [
        {
            "pk": line.task.pk,
            "title": line.task.title,
            "unit": line.task.unit_id,
            "name": names.get(line.task.unit_id, line.task.unit.label),
            "actual": _rounded(line.lag.actual),
            "expected": _rounded(line.lag.expected),
            "due_on": line.task.due_on.isoformat(),
        }
        for line in behind_tasks(month.campaign, on=month.last)[:10]
    ]
    return {
        "n": sum(row.tasks for row in shares),
        "behind": sum(row.behind for row in shares),
        "rows": rows,
    }
