"""The city's work calendar, read from `data/calendars` once per process."""

from datetime import date, time
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from tongchuang.core.worktime import Hours, Season, WorkCalendar, YearDays


def city_calendar() -> WorkCalendar:
    """The calendar by which this city's limits are counted."""
    return load_calendar(Path(settings.FRAMEWORK_DATA) / "calendars")


@lru_cache(maxsize=4)
def load_calendar(folder: Path) -> WorkCalendar:
    """Read `office.yaml` and every `<year>.yaml` of a folder.

    Raises `ValueError` naming the file when one cannot be understood.
    """
    office = _read(folder / "office.yaml")
    years = {}
    for path in sorted(folder.glob("[12][0-9][0-9][0-9].yaml")):
        years[int(path.stem)] = _year_days(path)
    return WorkCalendar(
        hours=_hours(office["hours"]),
        seasons=[
            Season(_month_day(s["first"]), _month_day(s["last"]), _hours(s["hours"]))
            for s in office.get("seasons") or []
        ],
        years=years,
    )


def _read(path: Path) -> dict[str, Any]:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        raise ValueError(f"{path}: must be a list of headings with values")
    return content


def _year_days(path: Path) -> YearDays:
    content = _read(path)
    days = {key: frozenset(content.get(key) or []) for key in ("rest_days", "work_days")}
    for day in days["rest_days"] | days["work_days"]:
        if not isinstance(day, date) or day.year != int(path.stem):
            raise ValueError(f"{path}: '{day}' is not a day of the year")
    if both := days["rest_days"] & days["work_days"]:
        raise ValueError(f"{path}: {min(both)} is both a rest day and a work day")
    return YearDays(days["rest_days"], days["work_days"], content.get("announced"))


def _hours(spans: list[str]) -> Hours:
    return tuple(
        (time.fromisoformat(first.strip()), time.fromisoformat(last.strip()))
        for first, last in (span.split("-") for span in spans)
    )


def _month_day(text: str) -> tuple[int, int]:
    month, day = text.split("-")
    return int(month), int(day)
