"""Put a target right on the strength of a paper; the old value stays on record."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tongchuang.accounts.models import User
from tongchuang.accounts.permissions import require
from tongchuang.core import audit
from tongchuang.standards.models import Correction, Measure


class CorrectionRefused(Exception):
    """The correction cannot be made; the message says why."""


class StaleMeasure(CorrectionRefused):
    """Someone else corrected the measure in the meantime."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a measure asks for; `threshold` None = no number."""

    op: str
    threshold: Decimal | None
    threshold_text: str = ""

    def as_json(self) -> dict[str, Any]:
        """As kept in the correction and the audit trail."""
        number = None if self.threshold is None else f"{self.threshold.normalize():f}"
        return {"op": self.op, "threshold": number, "threshold_text": self.threshold_text}


def target_of(measure: Measure) -> Target:
    """The target as it stands."""
    return Target(measure.op, measure.threshold, measure.threshold_text)


@transaction.atomic
def correct_measure(
    measure: Measure,
    target: Target,
    *,
    paper: str,
    reason: str,
    version: int,
    by: User,
    at: datetime,
) -> Correction:
    """Give a measure the target that `paper` states; it is no longer 待核实.

    Raises `PermissionDenied`; `StaleMeasure` when `version` is not the present one;
    `CorrectionRefused` when there is no paper or nothing to compare with.
    """
    require(by, "standards.correct")
    measure = Measure.objects.select_for_update().get(pk=measure.pk)
    if measure.version != version:
        raise StaleMeasure(_("这个目标值刚被别人更正过，请看过最新的值再提交。"))
    if not paper.strip():
        raise CorrectionRefused(_("请写明依据的文件。"))
    if target.threshold is None and not target.threshold_text:
        raise CorrectionRefused(_("请填写目标值。"))
    old = target_of(measure).as_json() | {"unsure": measure.unsure}
    new = target.as_json() | {"unsure": False}
    measure.op, measure.threshold = target.op, target.threshold
    measure.threshold_text, measure.unsure = target.threshold_text, False
    measure.version += 1
    measure.save(update_fields=["op", "threshold", "threshold_text", "unsure", "version"])
    audit.record(
        subject=measure, action="correct", by=by, reason=paper, before=old, after=new, at=at
    )
    return Correction.objects.create(
        measure=measure, old=old, new=new, paper=paper, reason=reason, by=by, at=at
    )
