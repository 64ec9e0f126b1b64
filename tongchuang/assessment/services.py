"""Every change to figures and snapshots."""

import hashlib
import json
import re
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import require
from tongchuang.assessment.inputs import Inputs, digest_facts, gather
from tongchuang.assessment.judging import Line, judge
from tongchuang.assessment.lines import as_json, lines
from tongchuang.assessment.models import Cell, Figure, Snapshot
from tongchuang.assessment.rules import Lines
from tongchuang.assessment.whole import readiness_facts
from tongchuang.campaigns.models import Campaign
from tongchuang.core import audit
from tongchuang.core.flow import save_audited
from tongchuang.dossiers.models import Paper
from tongchuang.standards.models import Measure

_MONTH = len("2016-02")
_PERIOD = re.compile(r"(19|20)\d\d(-(0[1-9]|1[0-2]))?")


@transaction.atomic
def enter_figure(  # a figure has this many sides
    measure: Measure,
    unit: Unit,
    period: str,
    *,
    value: Decimal,
    source: str,
    by: User,
    at: datetime,
    measured_in: str = "",
    reason: str = "",
    paper: Paper | None = None,
) -> Figure:
    """Enter the value of a measure for a unit and a year ("2015") or month ("2016-02").

    `paper` is the registered paper that proves it. The same again changes nothing. Another value,
    source or paper is a correction: it needs a `reason`, and the old row stays. Raises
    `PermissionDenied`, or `ValidationError` in words.
    """
    require(by, "assessment.value", unit)
    check_period(period, at)
    measured_in = "" if measured_in == measure.unit else measured_in
    old = (
        Figure.objects.select_for_update()
        .filter(measure=measure, unit=unit, period=period, replaced_by=None)
        .first()
    )
    if old and _same(old, value, source, measured_in) and old.paper == paper:
        return old
    if old and not reason.strip():
        raise ValidationError({"reason": _("这一期已有数值，更正须写明理由。")})
    new = Figure(
        measure=measure,
        unit=unit,
        period=period,
        value=value,
        source=source,
        measured_in=measured_in,
        entered_by=by,
        entered_at=at,
        reason=reason.strip(),
        paper=paper,
    )
    return _put(new, old, by=by, at=at)


def check_period(period: str, at: datetime) -> None:
    """Raise `ValidationError` unless `period` is a year or month that has begun."""
    if not _PERIOD.fullmatch(period):
        raise ValidationError({"period": _("期间写年份或年月，如 2015 或 2016-02。")})
    if period > f"{timezone.localtime(at):%Y-%m}":
        raise ValidationError({"period": _("期间还没有到，不能录入。")})


def check_month(period: str, at: datetime) -> None:
    """Raise `ValidationError` unless `period` is a month ("2016-02") that has begun."""
    check_period(period, at)
    if len(period) != _MONTH:
        raise ValidationError({"period": _("月份应写成 2016-02 的形式。")})


def _same(old: Figure, value: Decimal, source: str, measured_in: str) -> bool:
    return (old.value, old.source, old.measured_in) == (value, source, measured_in)


def _put(new: Figure, old: Figure | None, *, by: User, at: datetime) -> Figure:
    """Save a figure in the place of the old one, which is kept."""
    if old is None:
        save_audited(new, "enter", by=by, at=at)
        return new
    old.replaced_by = old  # for a moment, so that only one row is current
    old.save(update_fields=["replaced_by"])
    save_audited(new, "correct", by=by, at=at, reason=new.reason, old=str(old.value))
    old.replaced_by = new
    old.save(update_fields=["replaced_by"])
    return new


@transaction.atomic
def compute_snapshot(campaign: Campaign, period: str, *, at: datetime, by: User) -> Snapshot:
    """Assess every clause at every unit for a month and keep the result, frozen.

    A month that has ended is read as it stood at its end; one that was judged by an earlier edition
    of the standard keeps that judgement. When nothing has changed since the
    current snapshot, that one is returned: it is safe to run twice. Raises `PermissionDenied`
    unless `by` may value in the city, `ValidationError` for a month that has not begun.
    """
    require(by, "assessment.value", campaign)
    check_month(period, at)
    current = campaign.snapshots.select_for_update().filter(period=period, current=True).first()
    if current and current.framework_id != campaign.framework_id and _is_over(period, at):
        return current
    used = lines()
    found = gather(campaign, period, at=at, lines=used)
    digest = _digest(found, used)
    if current and current.inputs_digest == digest:
        return current
    judged = judge(found, used)
    if current:
        Snapshot.objects.filter(pk=current.pk).update(current=False)
    snapshot = Snapshot.objects.create(
        campaign=campaign,
        framework_id=campaign.framework_id,
        period=period,
        computed_at=at,
        computed_by=by,
        inputs_digest=digest,
        readiness=readiness_facts(found, judged, used),
        lines=as_json(used),
    )
    Cell.objects.bulk_create((_cell(snapshot, line) for line in judged), batch_size=200)
    audit.record(subject=snapshot, action="compute", by=by, at=at, after={"inputs_digest": digest})
    return snapshot


def _is_over(period: str, at: datetime) -> bool:
    return period < f"{timezone.localtime(at):%Y-%m}"


def _digest(found: Inputs, used: Lines) -> str:
    facts = {"inputs": digest_facts(found), "lines": as_json(used)}
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _cell(snapshot: Snapshot, line: Line) -> Cell:
    return Cell(
        snapshot=snapshot,
        clause=line.article.clause,
        unit=line.unit,
        state=str(line.assessed.state),
        score=line.assessed.score,
        coverage=line.assessed.coverage,
        open_cases=line.cases.open,
        overdue_cases=line.cases.overdue,
        explanation=[one.explained() for one in line.judged],
    )
