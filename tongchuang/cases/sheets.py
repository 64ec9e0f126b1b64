"""Cases as spreadsheets: the export, and the import of cases that lived in another system."""

from dataclasses import replace
from datetime import datetime, timedelta
from difflib import get_close_matches
from functools import cache
from typing import cast

from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.services import robot
from tongchuang.cases.models import Case, OwnershipSession
from tongchuang.cases.rules import Limits, Step
from tongchuang.cases.services.filing import city_of
from tongchuang.cases.services.imports import Past, import_cases
from tongchuang.core.cells import Parse
from tongchuang.core.tabular import Column, Row, Sheet
from tongchuang.places.queries import territories_at
from tongchuang.standards.models import ProblemClass

TWO_CLOCKS = timedelta(minutes=1)
"""Systems that open and close a case may differ by so much; closing then counts as at once."""


def _time(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else ""


CASES: Sheet[Case] = Sheet(
    "问题案件",
    [
        Column("案号", lambda c: c.number),
        Column("问题", lambda c: c.title),
        Column("点位", lambda c: c.site.name if c.site else "", required=False),
        Column("地点", lambda c: c.address, required=False),
        Column("属地", lambda c: str(c.territory or ""), required=False),
        Column("来源", lambda c: c.get_channel_display()),
        Column("类别", lambda c: c.problem_class.title if c.problem_class else "", required=False),
        Column("等级", lambda c: c.get_grade_display()),
        Column("状态", lambda c: c.get_status_display()),
        Column("主办单位", lambda c: str(c.lead or ""), required=False),
        Column("发现时间", lambda c: _time(c.found_at)),
        Column("立案时间", lambda c: _time(c.filed_at), required=False),
        Column("派发时间", lambda c: _time(c.dispatched_at), required=False),
        Column("签收时间", lambda c: _time(c.accepted_at), required=False),
        Column("整改时限", lambda c: _time(c.fix_due_at), required=False),
        Column("回复时间", lambda c: _time(c.replied_at), required=False),
        Column("销号时间", lambda c: _time(c.closed_at), required=False),
        Column("退回次数", lambda c: c.returns, required=False),
        Column("返工次数", lambda c: c.reworks, required=False),
        Column("整改措施", lambda c: c.measure, required=False),
    ],
)


# Cases of another system
def _grade(text: str) -> str:
    """A grade by its letter or its word."""
    words = {str(label): value for value, label in Case.Grade.choices}
    grade = words.get(text, text.upper())
    if grade not in Case.Grade.values:
        raise ValueError(_("等级可填 U、A、B、C、D、E 或紧急、当场、一般、较难、重大、工程"))
    return str(grade)


def _check(row: Row) -> None:
    closed = row.get("closed_at")
    if closed and closed < row["opened_at"] - TWO_CLOCKS:
        raise ValueError(_("办结时间早于发现时间"))
    if closed and not row.get("unit"):
        raise ValueError(_("已办结的案件须填主办单位"))


def case_import_sheet() -> Sheet[Case]:
    """The table of foreign cases; reads units and classes once, when it is made."""
    known = _Known()
    columns = [
        replace(column, parse=known.readers.get(column.key, column.parse))
        for column in CASE_IMPORT.columns
    ]
    return replace(CASE_IMPORT, columns=columns, create_many=known.create_many)


def _existing(rows: list[Row]) -> list[Case | None]:
    """Cases already taken over, by source and outside number; they are left as they are."""
    wanted: dict[str, set[str]] = {}
    for row in rows:
        wanted.setdefault(row["external_source"], set()).add(row["external_id"])
    found: dict[tuple[str, str], Case] = {}
    for source, keys in wanted.items():
        for case in Case.objects.filter(external_source=source, external_id__in=keys):
            found[source, case.external_id] = case
    return [found.get((row["external_source"], row["external_id"])) for row in rows]


CASE_IMPORT: Sheet[Case] = Sheet(
    "外部案件",
    [
        Column("外部来源", lambda c: c.external_source, name="external_source"),
        Column("外部编号", lambda c: c.external_id, name="external_id"),
        Column("问题", lambda c: c.title, name="title"),
        Column("情况", lambda c: c.description, name="description", required=False),
        Column("类别", lambda c: "", name="problem_class", required=False),
        Column("等级", lambda c: c.grade, name="grade", parse=_grade, required=False),
        Column("发现时间", lambda c: c.found_at, name="opened_at", parse=datetime),
        Column("时限", lambda c: c.fix_due_at, name="target_at", parse=datetime, required=False),
        Column("办结时间", lambda c: c.closed_at, name="closed_at", parse=datetime, required=False),
        Column("主办单位", lambda c: str(c.lead or ""), name="unit", required=False),
        Column("地点", lambda c: c.address, name="address", required=False),
        Column("经度", lambda c: c.lon, name="lon", parse=float, required=False),
        Column("纬度", lambda c: c.lat, name="lat", parse=float, required=False),
        Column("来源", lambda c: c.channel, name="channel", required=False),
        Column("来源说明", lambda c: "", name="source_label", required=False),
    ],
    find=_existing,
    check=_check,
    unique=("external_source", "external_id"),
    max_rows=500_000,
)


class _Known:
    """Units and classes by every name they bear, read once for a whole file."""

    def __init__(self) -> None:
        self.units = _names_of_units()
        self.classes = {row.title: row for row in ProblemClass.objects.all()} | {
            row.code: row for row in ProblemClass.objects.all()
        }
        self.city = cache(city_of)
        self.stranger = cache(self._stranger)
        self.channels = {str(label): value for value, label in Case.Channel.choices}
        self.readers: dict[str, Parse] = {"unit": self.unit, "channel": self.channel}

    def create_many(self, rows: list[Row], *, by: AbstractBaseUser | None) -> list[Case]:
        """The cases of one batch of rows, with the steps that the table tells of."""
        person = cast(User, by) if by else robot()
        points = [_point(row) for row in rows]
        places = iter(territories_at([point for point in points if point]))
        pasts = [
            self._past(row, point, next(places) if point else None, person)
            for row, point in zip(rows, points, strict=True)
        ]
        return import_cases(pasts, by=person)

    def channel(self, text: str) -> str:
        """One of our channels by key or word; any other word stays as a note of the source."""
        return self.channels.get(text, text)

    def unit(self, name: str) -> Unit:
        """The unit that bears a name; another is told with the likest, never made."""
        if name not in self.units:
            raise ValueError(self.stranger(name))
        return self.units[name]

    def _stranger(self, name: str) -> str:
        near = get_close_matches(name, self.units, n=3, cutoff=0.5)
        hint = _("相近的有：%(names)s") % {"names": "、".join(near)} if near else ""
        words = _("没有单位“%(name)s”，请先登记单位或在对照文件中对应。%(hint)s")
        return words % {"name": name, "hint": hint}

    def _past(
        self, row: Row, point: tuple[float, float] | None, territory: Unit | None, by: User
    ) -> Past:
        unit: Unit | None = row.get("unit")
        named = self.classes.get(row.get("problem_class") or "")
        channel = row.get("channel") or ""
        case = Case(
            external_source=row["external_source"][:30],
            external_id=row["external_id"][:60],
            city=self.city(unit or territory or by.unit),
            title=row["title"][:120],
            description=_description(row, named),
            problem_class=named,
            grade=row.get("grade") or (named.grade if named else Case.Grade.GENERAL),
            channel=channel if channel in Case.Channel.values else Case.Channel.IMPORT,
            address=(row.get("address") or "")[:200],
            lon=point[0] if point else None,
            lat=point[1] if point else None,
            territory=territory,
            found_at=row["opened_at"],
            filed_at=row["opened_at"],
        )
        told = "" if case.channel == channel else channel
        label = row.get("source_label") or told
        return Past(case, _steps(row, unit), source_label=label, due_at=row.get("target_at"))


def _description(row: Row, named: ProblemClass | None) -> str:
    """What the table says beyond our columns: a class that is not ours is kept as words."""
    parts = [row.get("description") or ""]
    if row.get("problem_class") and named is None:
        parts.append(_("原类别：%(name)s") % {"name": row["problem_class"]})
    return "\n".join(part for part in parts if part)


def _steps(row: Row, unit: Unit | None) -> list[Step]:
    """The life that opening and closing times tell of: one hand, its limit set outside."""
    opened = row["opened_at"]
    closed = max(opened, row["closed_at"]) if row.get("closed_at") else None
    steps = [Step("file", opened, limits=Limits(), found_at=opened)]
    if unit is not None:
        steps += [
            Step("dispatch", opened, unit=unit.pk, limits=Limits()),
            Step("accept", opened, hand=unit.pk),
        ]
        if closed:
            steps += [Step("reply", closed, hand=unit.pk), Step("close", closed)]
    return steps


def _point(row: Row) -> tuple[float, float] | None:
    """The position, unless it is missing, zero or off the earth."""
    lon, lat = row.get("lon"), row.get("lat")
    if not lon or not lat or not (-180 <= lon <= 180 and -90 <= lat <= 90):
        return None
    return lon, lat


def ownership_sheet() -> Sheet[OwnershipSession]:
    """Ownership sessions with their rulings."""
    return Sheet[OwnershipSession](
        _("权属认定"),
        [
            Column(_("案号"), lambda s: s.case.number),
            Column(_("问题"), lambda s: s.case.title, width=32),
            Column(_("状态"), lambda s: s.get_status_display()),
            Column(_("临时处置单位"), lambda s: s.interim and str(s.interim)),
            Column(_("提起时间"), lambda s: s.opened_at),
            Column(_("召开时限"), lambda s: s.due_at),
            Column(_("召开时间"), lambda s: s.held_at),
            Column(_("到场单位和人员"), lambda s: s.present, width=32),
            Column(_("查看的材料"), lambda s: s.papers, width=32),
            Column(_("认定的主办单位"), lambda s: s.lead and str(s.lead)),
            Column(_("裁定理由"), lambda s: s.grounds, width=32),
            Column(
                _("无理由退回的单位"),
                lambda s: "、".join(str(unit) for unit in s.groundless.all()),
            ),
            Column(_("文号"), lambda s: s.document_no),
        ],
    )


def _names_of_units() -> dict[str, Unit]:
    found: dict[str, Unit] = {}
    for unit in Unit.objects.filter(active=True).prefetch_related("names"):
        words = {unit.code, unit.name, unit.short_name}
        words |= {word for old in unit.names.all() for word in (old.name, old.short_name)}
        for word in words - {""}:
            found.setdefault(word, unit)
    return found
