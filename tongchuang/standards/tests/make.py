"""Builders of standards: make only what the test is about."""

from datetime import date
from itertools import count
from typing import Any

from tongchuang.standards.models import (
    ChecklistItem,
    Clause,
    Framework,
    Grade,
    GradeLimit,
    Mapping,
    Measure,
    ProblemClass,
    Rule,
    SiteType,
)

_numbers = count(1)


def make_framework(code: str = "", **fields: Any) -> Framework:
    """A framework without clauses."""
    number = next(_numbers)
    values = {
        "code": code or f"fw{number}",
        "title": f"标准{number}",
        "edition": "1",
        "status": Framework.Status.IN_FORCE,
        "content_sha256": "0" * 64,
        **fields,
    }
    return Framework.objects.create(**values)


def make_chapter(framework: Framework | None = None, **fields: Any) -> Clause:
    """A chapter, in a framework of its own unless told otherwise."""
    return _clause(framework or make_framework(), None, Clause.Level.CHAPTER, fields)


def make_article(parent: Clause | None = None, **fields: Any) -> Clause:
    """An article of a chapter."""
    parent = parent or make_chapter()
    return _clause(parent.framework, parent, Clause.Level.ARTICLE, fields)


def make_clause(parent: Clause | None = None, **fields: Any) -> Clause:
    """A requirement of an article."""
    parent = parent or make_article()
    return _clause(parent.framework, parent, Clause.Level.REQUIREMENT, fields)


def _clause(
    framework: Framework, parent: Clause | None, level: Clause.Level, fields: dict[str, Any]
) -> Clause:
    number = next(_numbers)
    code = fields.pop("code", f"{framework.code}.c{number}")
    values = {
        "title": f"条款{number}",
        "number": str(number),
        "ordinal": number,
        "path": f"{parent.path}/{code}" if parent else code,
        **fields,
    }
    return Clause.objects.create(
        framework=framework, parent=parent, level=level, code=code, **values
    )


def make_measure(clause: Clause | None = None, **fields: Any) -> Measure:
    """A figure of a requirement: at least 90 %."""
    clause = clause or make_clause()
    number = next(_numbers)
    values = {
        "code": f"{clause.code}.m{number}",
        "name": f"指标{number}",
        "metric": f"指标{number}",
        "unit": "%",
        "op": Measure.Op.AT_LEAST,
        "threshold": 90,
        **fields,
    }
    return Measure.objects.create(clause=clause, **values)


def make_rule(clause: Clause, kind: str = Rule.Kind.MANUAL, **params: Any) -> Rule:
    """A rule with its parameters."""
    return Rule.objects.create(clause=clause, kind=kind, params=params)


def make_site_type(code: str = "", **fields: Any) -> SiteType:
    """A site type without items."""
    number = next(_numbers)
    values = {"title": f"点位类型{number}", "ordinal": number, **fields}
    return SiteType.objects.create(code=code or f"type{number}", **values)


def make_item(site_type: SiteType | None = None, **fields: Any) -> ChecklistItem:
    """A minor item of a checklist; `clauses` are linked."""
    number = next(_numbers)
    clauses = fields.pop("clauses", [])
    values = {
        "code": f"chk.{number}",
        "ordinal": number,
        "text": f"检查项{number}",
        "severity": ChecklistItem.Severity.MINOR,
        "weight": 1,
        **fields,
    }
    item = ChecklistItem.objects.create(site_type=site_type or make_site_type(), **values)
    item.clauses.set(clauses)
    return item


def make_problem_class(code: str = "", **fields: Any) -> ProblemClass:
    """A general problem; `clauses` and `site_types` are linked."""
    number = next(_numbers)
    clauses, site_types = fields.pop("clauses", []), fields.pop("site_types", [])
    values = {
        "code": code or f"problem{number}",
        "title": f"问题{number}",
        "group": "市容市貌",
        "grade": Grade.GENERAL,
        "closing_condition": "清理干净",
        "ordinal": number,
        **fields,
    }
    problem_class = ProblemClass.objects.create(**values)
    problem_class.clauses.set(clauses)
    problem_class.site_types.set(site_types)
    return problem_class


def make_grade_limit(grade: str = Grade.GENERAL, **fields: Any) -> GradeLimit:
    """The limits of a grade: those of 一般 unless told otherwise."""
    values = {
        "sign_for": "4 work_hour",
        "return_window": "4 work_hour",
        "fix": "3 calendar_day",
        "verify": "1 work_day",
        **fields,
    }
    return GradeLimit.objects.create(grade=grade, **values)


def make_mapping(source: Clause, target: Clause, **fields: Any) -> Mapping:
    """An unreviewed pair whose figures are the same quantity: 38 here, 40 there."""
    values = {
        "code": f"P-{next(_numbers)}",
        "source_measure": make_measure(source, threshold=38),
        "target_measure": make_measure(target, threshold=40),
        "same_quantity": True,
        "relation": Mapping.RelationKind.SUBSET,
        "rationale": Mapping.Rationale.SEMANTIC,
        "reuse": Mapping.Reuse.FULL,
        "reason": "同一指标",
        "made_on": date(2016, 3, 1),
        **fields,
    }
    return Mapping.objects.create(source=source, target=target, **values)
