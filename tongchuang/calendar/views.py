"""The joint calendar, the load of units, the warnings."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tongchuang.accounts.models import Unit
from tongchuang.accounts.permissions import Request, reach, requires
from tongchuang.calendar import layout, queries, sheets
from tongchuang.calendar.queries import UnitLoad, Wanted
from tongchuang.calendar.queries.clashes import KINDS as WARNING_KINDS
from tongchuang.calendar.queries.events import KINDS
from tongchuang.calendar.rules import month_weeks, week_of
from tongchuang.calendar.settings import load_lines
from tongchuang.campaigns import queries as campaigns
from tongchuang.core import audit, clock
from tongchuang.core.pages import export_response, render_page

VIEWS = ("month", "week", "list")
ROWS = 200
FIRST_YEAR, LAST_YEAR = 1990, 2099
WEEK_CHOICES = (4, 13, 26)


# The calendar
@requires("campaigns.view")
@require_GET
def calendar(request: Request) -> HttpResponse:
    today, view, day = clock.today(), _view(request), _day(request)
    wanted = _wanted(request, view, day)
    events = queries.events(request.user, wanted, on=today)
    context: dict[str, Any] = {
        "view": view,
        "day": day,
        "today": today,
        "wanted": wanted,
        "number": len(events),
        "kinds": queries.kind_choices(),
        "campaigns": [(one.code, one.title) for one in campaigns.campaigns_for(request.user)],
        "units": _unit_choices(request),
        "before": _moved(view, day, forward=False),
        "after": _moved(view, day, forward=True),
    }
    if view == "list":
        context["page"] = Paginator(events, ROWS).get_page(request.GET.get("page"))
    else:
        mondays = month_weeks(day) if view == "month" else [week_of(day)]
        month = day.month if view == "month" else None
        context["weeks"] = layout.weeks_of(mondays, events, month=month, today=today)
        context["events"] = [event for event in events if _in_sight(event, wanted)]
    return render_page(request, "calendar/calendar.html", context, fragment="sheet")


@requires("campaigns.view")
@require_GET
def calendar_export(request: Request) -> HttpResponse:
    wanted = _wanted(request, _view(request), _day(request))
    events = queries.events(request.user, wanted, on=clock.today())
    _audited(request, "export_calendar")
    return export_response(sheets.event_sheet().export(events), _("统筹日历.xlsx"))


# Load
@requires("campaigns.view")
@require_GET
def load(request: Request) -> HttpResponse:
    table = queries.load_table(request.user, on=clock.today())
    asked = request.GET.get("show", "")
    shown = _shown(table, asked)
    context = {
        "table": shown,
        "over": [(row, cell) for row in table for cell in row.over],
        "weeks": [cell.week for cell in table[0].cells] if table else [],
        "twin": sheets.load_rows(shown),
        "show": asked,
        "tabs": [(name, words, len(_shown(table, name))) for name, words in _shows()],
        "lines": load_lines(),
        "today": clock.today(),
    }
    return render_page(request, "calendar/load.html", context)


@requires("campaigns.view")
@require_GET
def load_export(request: Request) -> HttpResponse:
    table = queries.load_table(request.user, on=clock.today())
    rows = sheets.load_rows(_shown(table, request.GET.get("show", "")))
    _audited(request, "export_load")
    return export_response(sheets.load_sheet().export(rows), _("单位负荷.xlsx"))


@requires("campaigns.view")
@require_GET
def unit(request: Request, code: str) -> HttpResponse:
    """One unit: its weeks, and the matters of one of them."""
    found = _unit_in_reach(request, code)
    today = clock.today()
    table = queries.load_table(request.user, on=today, unit=found)
    row = next((row for row in table if row.unit == found), None)
    cells = row.cells if row else []
    asked = _as_day(request.GET.get("week", "")) or today
    cell = next((one for one in cells if one.week == week_of(asked)), cells[0] if cells else None)
    week = cell.week if cell else week_of(today)
    context = {
        "unit": found,
        "row": row,
        "cell": cell,
        "week": week,
        "last": week + timedelta(days=6),
        "matters": queries.matters(request.user, found, week, on=today) if cell else [],
        "lines": load_lines(),
        "this_week": week_of(today),
    }
    return render_page(request, "calendar/unit.html", context)


# Warnings
@requires("campaigns.view")
@require_GET
def warnings(request: Request) -> HttpResponse:
    every, shown = _warned(request)
    counts = Counter(one.kind for one in every)
    kinds = [(kind, words, counts[kind]) for kind, (words, _b, _i) in WARNING_KINDS.items()]
    context = {
        "page": Paginator(shown, ROWS).get_page(request.GET.get("page")),
        "tabs": [("", _("全部"), len(every)), *kinds],
        "kind": request.GET.get("kind", ""),
        "weeks": _weeks(request),
        "week_choices": [(str(n), _("%(n)s 周") % {"n": n}) for n in WEEK_CHOICES],
        "today": clock.today(),
    }
    return render_page(request, "calendar/warnings.html", context, fragment="rows")


@requires("campaigns.view")
@require_GET
def warnings_export(request: Request) -> HttpResponse:
    _every, shown = _warned(request)
    _audited(request, "export_warnings")
    return export_response(sheets.warning_sheet().export(shown), _("冲突提醒.xlsx"))


@requires("campaigns.view")
@require_GET
def brief(request: Request) -> HttpResponse:
    """The line that the front pages ask for once they are shown."""
    found = queries.brief(request.user, on=clock.today())
    return render_page(request, "calendar/_brief.html", {"brief": found})


# What the address asks for
def _view(request: Request) -> str:
    asked = request.GET.get("view", "")
    return asked if asked in VIEWS else "month"


def _day(request: Request) -> date:
    return _as_day(request.GET.get("day", "")) or clock.today()


def _as_day(text: str) -> date | None:
    """A day of the calendar's years; nothing else is understood."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_YEAR < day.year < LAST_YEAR else None


def _moved(view: str, day: date, *, forward: bool) -> date:
    """A day of the next or the former week or month."""
    if view == "week":
        return day + timedelta(days=7 if forward else -7)
    first = day.replace(day=1)
    return (first + timedelta(days=31)).replace(day=1) if forward else first - timedelta(days=1)


def _wanted(request: Request, view: str, day: date) -> Wanted:
    asked = request.GET
    first, last = _window(view, day)
    chosen = asked.get("campaign", "")
    listed = campaigns.campaigns_for(request.user) if chosen else []
    kind = asked.get("kind", "")
    code = asked.get("unit", "")
    return Wanted(
        first,
        last,
        next((one for one in listed if one.code == chosen), None),
        Unit.objects.filter(code=code).first() if code else None,
        kind if kind in KINDS else "",
    )


def _window(view: str, day: date) -> tuple[date, date]:
    """The days that a page shows: whole weeks, and the month itself as a list."""
    if view == "week":
        return week_of(day), week_of(day) + timedelta(days=6)
    if view == "list":
        first = day.replace(day=1)
        return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    mondays = month_weeks(day)
    return mondays[0], mondays[-1] + timedelta(days=6)


def _in_sight(event: queries.Event, wanted: Wanted) -> bool:
    return event.day <= wanted.last and event.until >= wanted.first


def _unit_choices(request: Request) -> list[tuple[str, str]]:
    """The units with posts that the reader may look at."""
    where = reach(request.user, "campaigns.view")
    units = Unit.objects.filter(kind__in=Unit.WITH_POSTS, active=True)
    if not where.everything:
        units = units.filter(pk__in=where.unit_ids)
    return [(one.code, one.label) for one in units.order_by("path")]


def _unit_in_reach(request: Request, code: str) -> Unit:
    where = reach(request.user, "campaigns.view")
    units = Unit.objects.all() if where.everything else Unit.objects.filter(pk__in=where.unit_ids)
    found: Unit = get_object_or_404(units, code=code)
    return found


def _shows() -> list[tuple[str, str]]:
    return [
        ("", _("全部")),
        ("over", _("超负荷")),
        ("unknown", _("负荷线待定")),
        ("territory", _("乡镇街道")),
        ("department", _("部门")),
    ]


def _shown(table: list[UnitLoad], asked: str) -> list[UnitLoad]:
    territory = Unit.TERRITORIES
    keep = {
        "over": lambda row: bool(row.over),
        "unknown": lambda row: row.line is None,
        "territory": lambda row: row.unit.kind in territory,
        "department": lambda row: row.unit.kind not in territory,
    }.get(asked)
    return [row for row in table if keep is None or keep(row)]


def _weeks(request: Request) -> int:
    asked = request.GET.get("weeks", "")
    return int(asked) if asked in {str(n) for n in WEEK_CHOICES} else 13


def _warned(request: Request) -> tuple[list[queries.Warned], list[queries.Warned]]:
    """All warnings of the campaign and unit asked for, and of them those of the kind asked for."""
    found = queries.warnings(request.user, on=clock.today(), weeks=_weeks(request))
    kind, unit_code = request.GET.get("kind", ""), request.GET.get("unit", "")
    if kind and kind not in WARNING_KINDS:
        raise Http404
    if unit_code:
        found = [one for one in found if any(u.code == unit_code for u in one.units)]
    return found, [one for one in found if not kind or one.kind == kind]


def _audited(request: Request, action: str) -> None:
    filters = {"filters": request.GET.dict()}
    audit.record(subject=request.user, action=action, by=request.user, after=filters)
