"""Set the limits and the closing condition of a class of problems, or the limits of a grade.

What is set holds from a day on. Cases filed before keep what held on the day they were filed.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tongchuang.accounts.models import User
from tongchuang.accounts.permissions import require
from tongchuang.core import audit
from tongchuang.standards import queries
from tongchuang.standards.models import Grade, GradeLimit, LimitChange, ProblemClass
from tongchuang.standards.rules.shapes import LIMIT_PARTS

SET_LIMITS = "standards.set_limits"


class LimitsRefused(ValueError):
    """The limits cannot be set like this; the message says why."""


class StaleLimits(LimitsRefused):
    """Someone else set them in the meantime."""


@dataclass(frozen=True, slots=True)
class ClassTerms:
    """What holds for a class of problems.

    `limits` are its own, by part and like "4 work_hour"; a part that is missing goes by the
    grade, an empty one has no limit.
    """

    grade: str
    limits: Mapping[str, str] = field(default_factory=dict)
    closing_condition: str = ""
    closing_condition_en: str = ""


@dataclass(frozen=True, slots=True)
class Ground:
    """From which day, why, and on the strength of which paper."""

    from_on: date
    reason: str
    paper: str = ""


def terms_of(problem_class: ProblemClass) -> ClassTerms:
    """The terms that a row, or a `standing` one, says."""
    return ClassTerms(
        problem_class.grade,
        dict(problem_class.limits),
        problem_class.closing_condition,
        problem_class.closing_condition_en,
    )


@transaction.atomic
def set_class_limits(
    problem_class: ProblemClass,
    terms: ClassTerms,
    ground: Ground,
    *,
    by: User,
    at: datetime,
    version: int | None = None,
) -> LimitChange:
    """Let these terms hold for a class of problems from a day on.

    `version` is the key of the newest change the person saw, 0 for none. Raises
    `PermissionDenied`; `StaleLimits` when there is a newer one; `LimitsRefused` for a day that
    has begun, without a reason, for terms that cannot be kept, and when nothing would change.
    """
    require(by, SET_LIMITS)
    row = ProblemClass.objects.select_for_update().get(pk=problem_class.pk)
    _check_version(row, version)
    table = queries.limit_table(on=ground.from_on)
    check_class_limits(terms, ground, table, at=at)
    old, new = asdict(terms_of(table.standing(row))), asdict(terms)
    return _change(row, old, new, ground, by=by, at=at, problem_class=row)


@transaction.atomic
def set_grade_limits(
    grade_limit: GradeLimit,
    limits: Mapping[str, str],
    ground: Ground,
    *,
    by: User,
    at: datetime,
    version: int | None = None,
) -> LimitChange:
    """Let these limits hold for a whole grade from a day on; raises as `set_class_limits`."""
    require(by, SET_LIMITS)
    row = GradeLimit.objects.select_for_update().get(pk=grade_limit.pk)
    _check_version(row, version)
    _check_ground(ground, at)
    new = {part: limits.get(part, "") for part in LIMIT_PARTS}
    _check_terms(ClassTerms(row.grade, new, "–"), queries.LimitTable())
    old = dict(queries.limit_table(on=ground.from_on).grades[row.grade])
    return _change(row, old, new, ground, by=by, at=at, grade=row.grade)


def check_class_limits(
    terms: ClassTerms, ground: Ground, table: queries.LimitTable, *, at: datetime
) -> None:
    """Raise `LimitsRefused` when these terms cannot be set; `table` gives the grades' limits."""
    _check_ground(ground, at)
    _check_terms(terms, table)


def version_of(subject: ProblemClass | GradeLimit) -> int:
    """The key of the newest change, 0 without any."""
    newest = queries.limit_changes(subject).order_by("-id").first()
    return newest.pk if newest else 0


def _check_version(subject: ProblemClass | GradeLimit, version: int | None) -> None:
    if version is not None and version != version_of(subject):
        raise StaleLimits(_("这里的时限刚被别人调整过，请看过最新的规定再提交。"))


def _check_ground(ground: Ground, at: datetime) -> None:
    if ground.from_on <= at.date():
        # So what held on a day never changes, and a case filed today is not hit at its dispatch.
        raise LimitsRefused(_("施行日期最早是明天：已经立案的案件按原来的时限办。"))
    if not ground.reason.strip():
        raise LimitsRefused(_("请写明调整的理由。"))


def _check_terms(terms: ClassTerms, table: queries.LimitTable) -> None:
    """Limits can be read, a problem has a limit to put it right, and closing asks for something."""
    if terms.grade not in Grade.values:
        raise LimitsRefused(_("没有这个等级。"))
    if not terms.closing_condition.strip():
        raise LimitsRefused(_("请写明销号条件。"))
    try:
        limits = table.of(terms.grade, terms.limits)
    except (ValueError, ArithmeticError):
        raise LimitsRefused(_("时限要写成数字加单位。")) from None
    if limits.fix is None and terms.grade != Grade.CONSTRUCTION:
        raise LimitsRefused(_("除工程类外，都要有整改时限。"))


def _change(
    subject: ProblemClass | GradeLimit,
    old: dict[str, Any],
    new: dict[str, Any],
    ground: Ground,
    *,
    by: User,
    at: datetime,
    **whom: Any,
) -> LimitChange:
    if old == new:
        raise LimitsRefused(_("没有改动。"))
    from_on = ground.from_on.isoformat()
    audit.record(
        subject=subject,
        action="set_limits",
        by=by,
        reason=ground.reason,
        before=old,
        after=new | {"from_on": from_on, "paper": ground.paper},
        at=at,
    )
    return LimitChange.objects.create(
        from_on=ground.from_on,
        old=old,
        new=new,
        paper=ground.paper,
        reason=ground.reason,
        by=by,
        at=at,
        **whom,
    )
