"""The tables that people may import by the command, written by hand: kind → sheet."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.roles import ACTIONS, ROBOT_ROLE, ROLES, roles_with
from tongchuang.accounts.sheets import UNITS
from tongchuang.assessment.sheets import figure_sheet
from tongchuang.campaigns.models import Campaign
from tongchuang.campaigns.sheets import task_sheet
from tongchuang.cases.sheets import case_import_sheet
from tongchuang.core.tabular import Sheet
from tongchuang.inspections.sheets import visit_sheet
from tongchuang.places import services as places
from tongchuang.places.sheets import site_sheet
from tongchuang.public.sheets import report_sheet, unknown_agencies

AREAS = "areas"


@dataclass(frozen=True, slots=True)
class Kind:
    """What can be imported: its name for people, and how its sheet is made for a campaign.

    `remarks` tells after a preview what is not wrong and yet should be looked at. `signed_by`
    names the action of whoever must answer for the rows with their name: records of what was may
    come in under the name of the system, what others are told to do may not.
    """

    label: str | Promise
    sheet: Callable[[Campaign | None], Sheet[Any]]
    remarks: Callable[[Sheet[Any]], list[str]] = lambda _sheet: []
    signed_by: str = ""


KINDS: Mapping[str, Kind] = {
    "units": Kind(gettext_lazy("单位"), lambda _campaign: UNITS),
    "sites": Kind(gettext_lazy("点位"), lambda _campaign: site_sheet()),
    "tasks": Kind(gettext_lazy("任务"), task_sheet, signed_by="campaigns.assign"),
    "cases": Kind(gettext_lazy("外部案件"), lambda _campaign: case_import_sheet()),
    "visits": Kind(gettext_lazy("检查记录"), lambda _campaign: visit_sheet()),
    "figures": Kind(gettext_lazy("指标数值"), lambda _campaign: figure_sheet()),
    "reports": Kind(gettext_lazy("群众来信"), lambda _campaign: report_sheet(), unknown_agencies),
}
NAMES = (*KINDS, AREAS)


class BadFile(ValueError):
    """The file cannot be read as what it should be; the words are for people."""


@dataclass(frozen=True, slots=True)
class AreaOutcome:
    """What became of a boundary file: placed units, and unknown names with the likest ones."""

    placed: list[str]
    unknown: dict[str, list[str]]


def role_names(action: str) -> str:
    """The roles of people that may do `action`, in words, for who was told no."""
    if action not in ACTIONS:
        return action
    people = [role for role in roles_with(action) if role != ROBOT_ROLE]
    return _("、").join(str(ROLES[role].label) for role in people)


def read_features(path: Path) -> list[dict[str, Any]]:
    """The features of a GeoJSON file. Raises `BadFile`."""
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as fault:
        raise BadFile(_("不是 GeoJSON 文件：%(fault)s") % {"fault": fault}) from None
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or not features:
        raise BadFile(_("文件里没有边界（features）。"))
    return [feature for feature in features if isinstance(feature, dict)]


def import_areas(path: Path, *, by: User, commit: bool) -> AreaOutcome:
    """Set the boundaries of a GeoJSON file, or only try it: without `commit` all is taken back.

    Raises `BadFile` and `places.BadBoundary`.
    """
    features = read_features(path)
    with transaction.atomic():
        report = places.import_boundaries(features, source=path.name, by=by)
        if not commit:
            transaction.set_rollback(True)
    return AreaOutcome(report.placed, proposals(report.unknown))


def proposals(names: Iterable[str]) -> dict[str, list[str]]:
    """For each unknown name the likest names of units: proposed, never made."""
    known = list(Unit.objects.filter(active=True).values_list("name", flat=True))
    return {name: get_close_matches(name, known, n=3, cutoff=0.5) for name in names}
