"""Loading a whole command structure from a template, safely repeated."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, UnitName, User
from tongchuang.accounts.services.units import UnitFacts, create_unit, rename_unit

TEMPLATE = Path("organisation") / "template.yaml"
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading did."""

    created: int
    renamed: int
    same: int


def read_template(path: Path | None = None) -> dict[str, Any]:
    """The template as plain values: units, lead_of, responsibility, comparison_groups, chapters.

    Raises `ValidationError` naming file and line, or the unit that is wrong.
    """
    path = path or settings.FRAMEWORK_DATA / TEMPLATE
    try:
        template = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as fault:
        raise ValidationError(
            _("%(file)s 读不出来：%(why)s") % {"file": path.name, "why": fault}
        ) from fault
    if not isinstance(template, dict) or not isinstance(template.get("units"), list):
        raise ValidationError(_("%s 不是组织模板：缺少 units。") % path.name)
    _check_units(template["units"], path.name)
    return template


@transaction.atomic
def load_organisation(template: dict[str, Any], *, by: User, on: date) -> Loaded:
    """Create the units of a template that do not exist, under the names valid on `on`.

    A unit that exists by its code is kept; it is renamed when its name has changed by `on`.
    Raises `PermissionDenied` without `accounts.manage` over the tree.
    """
    known = {unit.code: unit for unit in Unit.objects.all()}
    created = renamed = 0
    for row in template["units"]:
        unit = known.get(row["code"])
        if unit is None:
            known[row["code"]] = _create(row, known, by=by, on=on)
            created += 1
        elif _follow_name(unit, row, by=by, on=on):
            renamed += 1
    return Loaded(created, renamed, len(template["units"]) - created - renamed)


def _create(row: Row, known: dict[str, Unit], *, by: User, on: date) -> Unit:
    past = [name for name in row["names"] if name.get("from", date.min) <= on]
    present = past[-1] if past else row["names"][0]
    facts = UnitFacts(
        code=row["code"],
        name=present["name"],
        kind=row["kind"],
        short_name=present.get("short", ""),
        comparison_group=row.get("group", ""),
        scored=row.get("scored", False),
        duty=row.get("duty", ""),
    )
    unit = create_unit(facts, parent=known.get(row.get("parent") or ""), by=by)
    if len(past) > 1:
        UnitName.objects.bulk_create(_name_row(unit, name, last=name is present) for name in past)
    return unit


def _name_row(unit: Unit, name: Row, *, last: bool) -> UnitName:
    return UnitName(
        unit=unit,
        name=name["name"],
        short_name=name.get("short", ""),
        valid_from=name.get("from"),
        valid_to=None if last else name.get("until"),
    )


def _follow_name(unit: Unit, row: Row, *, by: User, on: date) -> bool:
    """Rename a unit whose template name of today is newer than the one it bears."""
    due = [name for name in row["names"] if "from" in name and name["from"] <= on]
    if not due or unit.names.filter(valid_from__gte=due[-1]["from"]).exists():
        return False
    newest = due[-1]
    if newest["name"] == unit.name:
        return False
    rename_unit(
        unit, name=newest["name"], short_name=newest.get("short", ""), on=newest["from"], by=by
    )
    return True


def _check_units(rows: list[Any], file: str) -> None:
    codes: set[str] = set()
    for number, row in enumerate(rows, 1):
        fault = _fault(row, codes)
        if fault:
            raise ValidationError(
                _("%(file)s 第 %(number)d 个单位：%(fault)s")
                % {"file": file, "number": number, "fault": fault}
            )
        codes.add(row["code"])


def _fault(row: Any, codes: set[str]) -> str:
    """Why a unit cannot be loaded; parents stand before children, so there is no cycle."""
    if not isinstance(row, dict) or not isinstance(row.get("code"), str):
        return _("缺少 code。")
    if row["code"] in codes:
        return str(_("编码 %s 出现了两次。") % row["code"])
    if row.get("kind") not in Unit.Kind.values:
        return str(_("类别 %s 不认识。") % row.get("kind"))
    if row.get("parent") and row["parent"] not in codes:
        return str(_("上级 %s 须写在它前面。") % row["parent"])
    return _names_fault(row.get("names"))


def _names_fault(names: Any) -> str:
    if not isinstance(names, list) or not names:
        return _("缺少 names。")
    for name in names:
        if not isinstance(name, dict) or not isinstance(name.get("name"), str):
            return _("names 里缺少 name。")
        days = [name[key] for key in ("from", "until") if key in name]
        if any(type(day) is not date for day in days):
            return _("from 和 until 须是日期，如 2019-01-01。")
    return ""
