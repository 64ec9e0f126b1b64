"""Letters of citizens that lived in another system, as a spreadsheet."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from typing import Any, cast

from django.contrib.auth.models import AbstractBaseUser
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.services import robot
from tongchuang.core.tabular import Column, Row, Sheet
from tongchuang.public.models import Report
from tongchuang.public.services import import_reports


@dataclass(eq=False)
class Agencies:
    """Reads names of answering bodies: the unit where one bears the name, else only counted."""

    units: dict[str, Unit]
    unknown: Counter[str] = field(default_factory=Counter)

    def __call__(self, name: str) -> tuple[str, Unit | None]:
        """The name as written, and the unit that bears it."""
        unit = self.units.get(name)
        if unit is None:
            self.unknown[name] += 1
        return name, unit

    def proposals(self, *, most: int = 200) -> list[str]:
        """Unknown names with how often and the likest units: listed, never made."""
        lines = []
        for name, times in self.unknown.most_common(most):
            near = get_close_matches(name, self.units, n=3, cutoff=0.5)
            hint = _("，相近的有 %(names)s") % {"names": "、".join(near)} if near else ""
            lines.append(f"{name} × {times}{hint}")
        return lines


def report_sheet() -> Sheet[Report]:
    """The table of letters; reads the names of units once, when it is made."""
    agencies = Agencies(_units())
    return Sheet[Report](
        _("群众来信"),
        [
            Column(_("外部来源"), lambda r: r.external_source, name="external_source"),
            Column(_("外部编号"), lambda r: r.external_id, name="external_id"),
            Column(_("标题"), lambda r: r.title, name="title"),
            Column(_("情况"), lambda r: r.text, name="text"),
            Column(_("提交时间"), lambda r: r.at, parse=datetime, required=False, name="at"),
            Column(_("答复"), lambda r: r.answer, required=False, name="answer"),
            Column(
                _("答复时间"),
                lambda r: r.answered_at,
                parse=datetime,
                required=False,
                name="answered_at",
            ),
            Column(
                _("答复机构"), lambda r: r.agency, parse=agencies, required=False, name="agency"
            ),
        ],
        find=_existing,
        check=_check,
        create_many=_create_many,
        unique=("external_source", "external_id"),
    )


def unknown_agencies(sheet: Sheet[Any]) -> list[str]:
    """Names in the file that was previewed which no unit bears, with proposals."""
    readers = [c.parse for c in sheet.columns if isinstance(c.parse, Agencies)]
    return readers[0].proposals() if readers else []


def _units() -> dict[str, Unit]:
    found: dict[str, Unit] = {}
    for unit in Unit.objects.filter(active=True).prefetch_related("names"):
        words = {unit.name, unit.short_name, *(old.name for old in unit.names.all())}
        for word in words - {""}:
            found.setdefault(word, unit)
    return found


def _existing(rows: list[Row]) -> list[Report | None]:
    """Letters taken over before; they are left as they are."""
    keys = {row["external_id"] for row in rows}
    found = Report.objects.filter(external_id__in=keys)
    known = {(report.external_source, report.external_id): report for report in found}
    return [known.get((row["external_source"], row["external_id"])) for row in rows]


def _check(row: Row) -> None:
    start, end = row.get("at"), row.get("answered_at")
    if start is None and end is None:
        raise ValueError(_("提交时间和答复时间都没有，不知道是什么时候的信"))
    if start and end and end < start:
        raise ValueError(_("答复时间早于提交时间"))
    if len(row["external_id"]) > 60:
        raise ValueError(_("外部编号超过 60 个字"))


def _create_many(rows: list[Row], *, by: AbstractBaseUser | None) -> None:
    import_reports([_letter(row) for row in rows], by=cast(User, by) if by else robot())


def _letter(row: Row) -> Report:
    agency, unit = row.get("agency") or ("", None)
    answer = row.get("answer") or ""
    start = row.get("at") or row["answered_at"]
    answered_at = (row.get("answered_at") or start) if answer else None
    return Report(
        external_source=row["external_source"][:30],
        external_id=row["external_id"],
        title=row["title"][:120],
        text=row["text"],
        at=start,
        answer=answer,
        answered_at=answered_at,
        acknowledged_at=answered_at,
        answering_unit=unit,
        agency=agency[:80],
    )
