"""Grades, limits and closing conditions of the classes of problems as a spreadsheet."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from tongchuang.accounts.models import User
from tongchuang.core.tabular import Column, Row, Sheet
from tongchuang.core.worktime_words import limit_of_words, limit_words
from tongchuang.standards import services
from tongchuang.standards.models import Grade, GradeLimit, LimitChange, ProblemClass
from tongchuang.standards.queries import LimitTable
from tongchuang.standards.rules.shapes import LIMIT_PARTS
from tongchuang.standards.services import ClassTerms, Ground


def limit_sheet(table: LimitTable, *, at: datetime) -> Sheet[ProblemClass]:
    """Grade, limits and closing condition of every class, out and in again.

    Imported rows that differ from what holds need a day, from which they shall hold, and a reason.
    """
    classes = {row.code: table.standing(row) for row in ProblemClass.objects.filter(active=True)}
    reader = _TermsReader(table, at)
    return Sheet[ProblemClass](
        _("问题类别与时限"),
        [
            Column(_("代码"), lambda row: row.code, name="code", width=24),
            Column(_("问题类别"), lambda row: row.name, importable=False, width=24),
            Column(_("大类"), lambda row: row.group_name, importable=False),
            Column(
                _("等级"),
                lambda row: Grade(row.grade).label,
                parse=_grade,
                name="grade",
                help=_("紧急、当场、一般、较难、重大或工程。"),
            ),
            *[_limit_column(part, table) for part in LIMIT_PARTS],
            Column(
                _("销号条件"), lambda row: row.closing_condition, name="closing_condition", width=48
            ),
            Column(
                _("英文销号条件"),
                lambda row: row.closing_condition_en,
                required=False,
                name="closing_condition_en",
                width=48,
            ),
            *_ground_columns(),
        ],
        find=lambda rows: [classes.get(row["code"]) for row in rows],
        update=reader.set,
        same=reader.same,
        check=lambda cells: reader.check(classes.get(cells["code"]), cells),
        unique=["code"],
    )


def _limit_column(part: str, table: LimitTable) -> Column[ProblemClass]:
    def value(row: ProblemClass) -> str:
        limit = getattr(table.of(row.grade, row.limits), part)
        return limit_words(limit) if limit else _("无")

    heading = str(GradeLimit._meta.get_field(part).verbose_name)  # type: ignore[union-attr]  # a column
    return Column(
        heading,
        value,
        parse=_limit_text,
        required=False,
        name=part,
        help=_("如“4 工时”“2 个工作日”“3 天”“24 紧急工时”；空着按等级，没有时限写“无”。"),
    )


def _ground_columns() -> list[Column[ProblemClass]]:
    """Empty on the way out: only a row that changes something needs them."""
    return [
        Column(
            _("施行日期"),
            lambda _row: None,
            parse=date,
            required=False,
            name="from_on",
            help=_("只有改动的行要填，最早是明天。"),
        ),
        Column(
            _("理由"),
            lambda _row: None,
            required=False,
            name="reason",
            width=32,
            help=_("只有改动的行要填。"),
        ),
        Column(_("依据文件"), lambda _row: None, required=False, name="paper", width=28),
        Column(_("来源"), _source, importable=False, width=32),
    ]


def _source(row: ProblemClass) -> str:
    if row.change is None:
        return _("产品默认")
    return row.change.paper or row.change.reason


def _grade(text: str) -> str:
    known = {str(grade.label): str(grade) for grade in Grade} | {g: g for g in Grade.values}
    if text not in known:
        raise ValueError(_("没有这个等级"))
    return known[text]


def _limit_text(text: str) -> str:
    """What a cell says as it is kept: "4 work_hour", or "" for none."""
    if text in {_("无"), "无", "none", "None", "–", "-"}:
        return ""
    limit = limit_of_words(text)
    return f"{limit.amount:f} {limit.unit}"


@dataclass(frozen=True, slots=True)
class _TermsReader:
    """Reads terms from the cells of a row. A column that is missing leaves what holds.

    A limit that says what the grade says is none of the class's own.
    """

    table: LimitTable
    at: datetime

    def terms(self, row: ProblemClass, cells: Row) -> ClassTerms:
        now = services.terms_of(row)
        grade = str(cells["grade"])
        usual = self.table.grades.get(grade, {})
        wanted = {
            part: cells.get(part) if part in cells else now.limits.get(part) for part in LIMIT_PARTS
        }
        own = {
            part: text
            for part, text in wanted.items()
            if text is not None and text != usual.get(part, "")
        }
        english = cells.get("closing_condition_en", now.closing_condition_en)
        return ClassTerms(grade, own, cells["closing_condition"], english or "")

    def same(self, row: ProblemClass, cells: Row) -> bool:
        """Whether the cells say what holds already."""
        now, then = services.terms_of(row), self.terms(row, cells)
        limits = [self.table.of(terms.grade, terms.limits) for terms in (now, then)]
        return limits[0] == limits[1] and replace(now, limits={}) == replace(then, limits={})

    def check(self, row: ProblemClass | None, cells: Row) -> None:
        """Everything that the service would refuse, before anything is written."""
        if row is None:
            raise ValueError(_("没有这个问题类别；类别不在这里新建"))
        if self.same(row, cells):
            return
        if not (cells.get("from_on") and cells.get("reason")):
            raise ValueError(_("改动了时限、等级或销号条件的行，要填施行日期和理由"))
        terms, ground = self.terms(row, cells), self._ground(cells)
        services.check_class_limits(terms, ground, self.table, at=self.at)

    def set(self, row: ProblemClass, *, by: User, **cells: Any) -> LimitChange:
        terms, ground = self.terms(row, cells), self._ground(cells)
        return services.set_class_limits(row, terms, ground, by=by, at=self.at)

    def _ground(self, cells: Row) -> Ground:
        return Ground(cells["from_on"], cells["reason"], cells.get("paper") or "")
