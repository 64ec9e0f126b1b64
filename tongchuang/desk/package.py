"""The data package for the level above: tables with a sealed list of contents (speech 1.2.2).

A ZIP with one Excel file per table and `清单.json`, which holds the standing of the campaign, the
number of rows, size and SHA-256 of every file, and a seal over itself. The office above opens it
on its own page, without an account here. It holds no record of a citizen and no photo.
"""

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, Final, TypeVar

from django.utils.translation import gettext as _

from tongchuang.accounts.models import User
from tongchuang.assessment.models import Figure
from tongchuang.assessment.queries import readiness_for_campaign, states_by_chapter
from tongchuang.assessment.sheets import figure_sheet
from tongchuang.campaigns.models import Assignment, Campaign, Task
from tongchuang.campaigns.sheets import assignment_sheet, task_sheet
from tongchuang.core.tabular import Sheet
from tongchuang.dossiers.models import Paper
from tongchuang.dossiers.sheets import paper_sheet
from tongchuang.followup.queries import GapReport, gap_report
from tongchuang.followup.sheets import gap_sheet
from tongchuang.projects.models import Project
from tongchuang.projects.sheets import project_sheet

SCHEMA: Final = "tongchuang/package/1"
LIST: Final = "清单.json"
MOST_BYTES: Final = 200 * 1024 * 1024  # unpacked
MOST_FILES: Final = 50
Plain = dict[str, Any]
T = TypeVar("T")


class BadPackage(ValueError):
    """A file that is no package at all; the message says why in the reader's words."""


# Writing
def build_package(campaign: Campaign, *, by: User, at: datetime) -> bytes:
    """What `by` may see of a campaign, as a ZIP. The same records at the same moment give the same.

    Figures, duties, tasks, projects, papers and gaps as tables; of cases only numbers by town.
    """
    report = gap_report(by, campaign)
    files = dict(_tables(campaign, by, report))
    contents = _standing(campaign, by, at, report) | {
        "files": [
            {
                "name": name,
                "rows": rows,
                "bytes": len(data),
                "sha256": hashlib.sha256(data).hexdigest(),
            }
            for name, (data, rows) in files.items()
        ]
    }
    contents["seal"] = _seal(contents)
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        stamp = at.timetuple()[:6]
        text = json.dumps(contents, ensure_ascii=False, indent=1, sort_keys=True)
        archive.writestr(zipfile.ZipInfo(LIST, stamp), text.encode())
        for name, (data, _rows) in files.items():
            archive.writestr(zipfile.ZipInfo(name, stamp), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _tables(
    campaign: Campaign, by: User, report: GapReport
) -> Iterator[tuple[str, tuple[bytes, int]]]:
    standard = campaign.framework_id
    figures = Figure.objects.visible_to(by).current().filter(measure__clause__framework=standard)
    duties = Assignment.objects.visible_to(by).filter(campaign=campaign)
    tasks = Task.objects.visible_to(by).filter(campaign=campaign)
    papers = Paper.objects.visible_to(by).filter(campaign=campaign)
    projects = Project.objects.visible_to(by).filter(campaign=campaign)
    yield (
        _("指标数值.xlsx"),
        _written(figure_sheet(), figures.select_related("measure", "unit").order_by("pk")),
    )
    yield (
        _("责任分解表.xlsx"),
        _written(
            assignment_sheet(),
            duties.select_related("clause", "lead", "sponsor")
            .prefetch_related("helper_rows__unit", "territories__unit")
            .order_by("clause__ordinal"),
        ),
    )
    yield (
        _("任务.xlsx"),
        _written(
            task_sheet(campaign), tasks.select_related("unit", "clause", "sponsor").order_by("pk")
        ),
    )
    yield (
        _("硬件项目.xlsx"),
        _written(
            project_sheet(campaign),
            projects.select_related("unit", "sponsor").prefetch_related("clauses").order_by("pk"),
        ),
    )
    yield (
        _("档案目录.xlsx"),
        _written(
            paper_sheet(), papers.select_related("unit").prefetch_related("clauses").order_by("pk")
        ),
    )
    yield _("补缺补差.xlsx"), _written(gap_sheet(), report.lines)


def _written(sheet: Sheet[T], rows: Iterable[T]) -> tuple[bytes, int]:
    """The table and how many rows it has."""
    kept = list(rows)
    return sheet.export(kept), len(kept)


def _standing(campaign: Campaign, by: User, at: datetime, report: GapReport) -> Plain:
    """Where the campaign stands, in plain values that can be read without the tables."""
    found = readiness_for_campaign(campaign)
    standard = campaign.framework
    return {
        "schema": SCHEMA,
        "made_at": at.isoformat(),
        "made_by": by.name,
        "city": campaign.city.name,
        "campaign": {"code": campaign.code, "title": campaign.title, "status": campaign.status},
        "standard": {"code": standard.code, "title": standard.title, "edition": standard.edition}
        if standard
        else None,
        "period": found.snapshot.period if found.snapshot else None,
        "readiness": found.score,
        "coverage": found.coverage,
        "chapters": [
            {"title": one.clause.name, "held": one.held, "clauses": one.total}
            for one in states_by_chapter(campaign)
        ],
        "gaps": {
            "since": report.since.isoformat(),
            "closed": report.closed,
            "open": report.open,
        },
        "towns": [
            {
                "name": line.unit.name,
                "filed": line.cases.filed,
                "closed": line.cases.closed,
                "overdue": line.cases.overdue,
            }
            for line in report.places
        ],
    }


def _seal(contents: Plain) -> str:
    """SHA-256 of the list without its seal, written in one way only."""
    bare = {name: value for name, value in contents.items() if name != "seal"}
    text = json.dumps(bare, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


# Reading
@dataclass(frozen=True, slots=True)
class Opened:
    """A package as it was received; whole when there is no fault."""

    contents: Plain
    faults: list[str]


def open_package(data: bytes) -> Opened:
    """Read a package and hold every file against the list.

    Raises `BadPackage` when it is no package, is too large, or its list cannot be read.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_FILES or sum(one.file_size for one in entries) > MOST_BYTES:
                raise BadPackage(_("数据包太大或文件太多，没有打开。"))
            files = {one.filename: archive.read(one) for one in entries}
    except (zipfile.BadZipFile, EOFError, OSError, RuntimeError, NotImplementedError) as fault:
        raise BadPackage(_("这不是数据包，或传输中损坏了。")) from fault
    contents = _list_of(files.pop(LIST, b""))
    return Opened(contents, list(_faults(contents, files)))


def _list_of(data: bytes) -> Plain:
    try:
        found = json.loads(data)
        names = [(one["name"], one["rows"], one["sha256"]) for one in found["files"]]
        known = found["schema"] == SCHEMA and bool(names)
        places = (found["campaign"]["title"], found["city"], found["chapters"], found["towns"])
    except (ValueError, KeyError, TypeError) as fault:
        raise BadPackage(_("数据包里没有清单，或清单读不懂。")) from fault
    if not known or not all(isinstance(rows, list) for rows in places[2:]):
        raise BadPackage(_("数据包里没有清单，或清单读不懂。"))
    contents: Plain = found
    return contents


def _faults(contents: Plain, files: dict[str, bytes]) -> Iterator[str]:
    if contents.get("seal") != _seal(contents):
        yield _("清单与封印不符，清单被改动过。")
    listed = {one["name"]: one["sha256"] for one in contents["files"]}
    for name, wanted in listed.items():
        if name not in files:
            yield _("缺少文件：%(name)s") % {"name": name}
        elif hashlib.sha256(files[name]).hexdigest() != wanted:
            yield _("文件与清单不符：%(name)s") % {"name": name}
    for name in files.keys() - listed.keys():
        yield _("清单上没有的文件：%(name)s") % {"name": name}
