"""Spreadsheets of standards."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from tongchuang.core.tabular import Column, Sheet
from tongchuang.standards.models import Clause, Framework, Measure
from tongchuang.standards.queries import Chapter, source_words


@dataclass(frozen=True, slots=True)
class Line:
    """A requirement, once per figure it asks for."""

    chapter: Clause
    article: Clause | None
    requirement: Clause
    measure: Measure | None


def framework_sheet(framework: Framework) -> Sheet[Line]:
    """A framework as a table."""
    return Sheet(
        framework.name,
        [
            Column(_("章"), lambda line: line.chapter.name),
            Column(_("条"), lambda line: _numbered(line.article)),
            Column(_("代码"), lambda line: line.requirement.code),
            Column(_("要求"), lambda line: line.requirement.name),
            Column(_("内容"), lambda line: line.requirement.text, width=40),
            Column(_("否决项"), lambda line: _("是") if line.requirement.veto else ""),
            Column(_("量化指标"), lambda line: line.measure.title if line.measure else ""),
            Column(_("目标"), lambda line: line.measure.target if line.measure else ""),
            Column(_("单位"), lambda line: line.measure.unit if line.measure else ""),
            Column(_("核实"), lambda line: _doubt(line.measure)),
            Column(_("佐证材料"), lambda line: "；".join(line.requirement.evidence), width=40),
            Column(_("责任单位建议"), lambda line: "、".join(line.requirement.responsible_hint)),
            Column(_("可信度"), lambda line: line.requirement.get_confidence_display()),
            Column(_("来源"), lambda line: "；".join(source_words(line.requirement.sources))),
            Column(
                _("通俗说明（非官方）"),
                lambda line: line.article.plain if line.article else "",
                width=40,
            ),
        ],
    )


def framework_lines(tree: list[Chapter]) -> Iterator[Line]:
    """The rows of the table, in the order of the document."""
    for chapter in tree:
        for article in chapter.articles:
            for row in article.requirements:
                measures: list[Measure | None] = [*row.measures] or [None]
                for measure in measures:
                    yield Line(chapter.clause, article.clause, row.clause, measure)


def _numbered(article: Clause | None) -> str:
    return f"{article.number} {article.name}" if article else ""


def _doubt(measure: Measure | None) -> str:
    return _("待核实") if measure and measure.unsure else ""
