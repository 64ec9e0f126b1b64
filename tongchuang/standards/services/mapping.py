"""Propose, review and give up pairs of the crosswalk. One person proposes, another decides."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from tongchuang.accounts.models import User
from tongchuang.accounts.permissions import require
from tongchuang.core import audit
from tongchuang.core.numbering import next_number
from tongchuang.standards.models import Clause, Confidence, Mapping, Measure, Unpaired
from tongchuang.standards.rules.crosswalk import Relation


class MappingRefused(Exception):
    """The pair cannot be put in or decided like this; the message says why."""


class StaleMapping(MappingRefused):
    """Someone else changed the pair in the meantime."""


@dataclass(frozen=True, slots=True)
class Pair:
    """What a person says of two clauses, read "source relation target"."""

    source: Clause
    target: Clause
    relation: Relation
    reason: str
    reuse: str = Mapping.Reuse.PARTIAL
    rationale: str = Mapping.Rationale.FUNCTIONAL
    strength: int = 4
    tension: str = ""
    source_measure: Measure | None = None
    target_measure: Measure | None = None
    same_quantity: bool = False


@transaction.atomic
def propose_mapping(pair: Pair, *, by: User, at: datetime) -> Mapping:
    """Put in a pair; it carries nothing until another person has accepted it.

    Raises `PermissionDenied`; `MappingRefused` for one and the same standard, a measure of
    another clause, a missing reason, or a pair that is there already, whichever way it is read.
    """
    require(by, "standards.map")
    _check(pair)
    mapping = Mapping.objects.create(
        **_fields(pair),
        code=f"DZ-{at:%Y}-{next_number('对照', at.year):04}",
        confidence=Confidence.MEDIUM,
        author=by.name,
        made_by=by,
        made_on=at.date(),
    )
    _record(mapping, "propose_mapping", by=by, at=at, reason=pair.reason)
    return mapping


def _fields(pair: Pair) -> dict[str, Any]:
    said = {field.name: getattr(pair, field.name) for field in fields(pair)}
    return said | {"reason": pair.reason.strip(), "tension": pair.tension.strip()}


def _check(pair: Pair) -> None:
    if pair.source.framework_id == pair.target.framework_id:
        raise MappingRefused(_("两条款在同一指标体系内，不能对照。"))
    if not pair.reason.strip():
        raise MappingRefused(_("请写明理由。"))
    for clause, measure in ((pair.source, pair.source_measure), (pair.target, pair.target_measure)):
        if measure and measure.clause_id != clause.pk:
            raise MappingRefused(
                _("指标“%(measure)s”不属于条款“%(clause)s”。")
                % {"measure": measure.title, "clause": clause.name}
            )
    if pair.same_quantity and not (pair.source_measure and pair.target_measure):
        raise MappingRefused(_("同一个量须选双方的指标。"))
    if other := _same_ends(pair):
        raise MappingRefused(_("这两条款已有对照 %(code)s。") % {"code": other.code})


def _same_ends(pair: Pair) -> Mapping | None:
    there = Q(
        source=pair.source,
        target=pair.target,
        source_measure=pair.source_measure,
        target_measure=pair.target_measure,
    )
    back = Q(
        source=pair.target,
        target=pair.source,
        source_measure=pair.target_measure,
        target_measure=pair.source_measure,
    )
    return Mapping.objects.active().filter(there | back).first()


@transaction.atomic
def review_mapping(
    mapping: Mapping, *, accept: bool, note: str, version: int, by: User, at: datetime
) -> Mapping:
    """Accept a pair, which then passes results on, or refuse it.

    Raises `PermissionDenied`; `StaleMapping` when `version` is not the present one;
    `MappingRefused` for one's own pair, or a refusal without a note.
    """
    require(by, "standards.map")
    mapping = _locked(mapping, version)
    if mapping.made_by_id == by.pk:
        raise MappingRefused(_("自己提出的对照，请另一位同事复核。"))
    if not accept and not note.strip():
        raise MappingRefused(_("不采用须写明意见。"))
    before = {"review": mapping.review}
    mapping.review = Mapping.Review.ACCEPTED if accept else Mapping.Review.REFUSED
    mapping.reviewed_by, mapping.reviewed_at, mapping.review_note = by, at, note.strip()
    mapping.version += 1
    mapping.save(update_fields=["review", "reviewed_by", "reviewed_at", "review_note", "version"])
    action = "accept_mapping" if accept else "refuse_mapping"
    _record(mapping, action, by=by, at=at, reason=note.strip(), before=before)
    return mapping


@transaction.atomic
def give_up_mapping(
    mapping: Mapping, *, reason: str, version: int, by: User, at: datetime
) -> Mapping:
    """Take a pair out of use; it stays on record.

    Raises `PermissionDenied`, `StaleMapping`, or `MappingRefused` without a reason.
    """
    require(by, "standards.map")
    mapping = _locked(mapping, version)
    if not reason.strip():
        raise MappingRefused(_("请写明理由。"))
    mapping.active, mapping.version = False, mapping.version + 1
    mapping.save(update_fields=["active", "version"])
    _record(mapping, "give_up_mapping", by=by, at=at, reason=reason.strip())
    return mapping


@transaction.atomic
def refuse_suggestion(
    one: Clause, other: Clause, *, reason: str = "", by: User, at: datetime
) -> Unpaired:
    """Remember that two clauses are no pair; said twice, the first word stands.

    Raises `PermissionDenied`; `MappingRefused` for clauses of one standard.
    """
    require(by, "standards.map")
    if one.framework_id == other.framework_id:
        raise MappingRefused(_("两条款在同一指标体系内，不能对照。"))
    first, second = sorted((one, other), key=lambda clause: clause.pk)
    found, created = Unpaired.objects.get_or_create(
        first=first,
        second=second,
        defaults={"reason": reason.strip()[:300], "by": by, "at": at},
    )
    if created:
        audit.record(
            subject=found,
            action="refuse_suggestion",
            by=by,
            reason=found.reason,
            after={"first": first.code, "second": second.code},
            at=at,
        )
    return found


def _locked(mapping: Mapping, version: int) -> Mapping:
    mapping = Mapping.objects.select_for_update().get(pk=mapping.pk)
    if mapping.version != version or not mapping.active:
        raise StaleMapping(_("这条对照刚被别人改过，请看过最新的内容再提交。"))
    return mapping


def _record(
    mapping: Mapping,
    action: str,
    *,
    by: User,
    at: datetime,
    reason: str,
    before: dict[str, Any] | None = None,
) -> None:
    after = {"relation": mapping.relation, "review": mapping.review, "active": mapping.active}
    audit.record(
        subject=mapping,
        action=action,
        by=by,
        reason=reason[:300],
        before=before or {},
        after=after,
        at=at,
    )
