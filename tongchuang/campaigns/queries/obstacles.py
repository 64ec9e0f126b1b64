"""Reading what keeps tasks from going on: the cause report and matters for the next meeting."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import subtree
from tongchuang.campaigns.models import Campaign, Obstacle, Task


@dataclass(frozen=True, slots=True)
class CauseCount:
    """Blocked tasks of one cause: how many, their weight, whole days blocked so far."""

    count: int = 0
    weight: Decimal = Decimal(0)
    days: int = 0

    def plus(self, weight: Decimal, days: int) -> "CauseCount":
        """With one task more."""
        return CauseCount(self.count + 1, self.weight + weight, self.days + days)


@dataclass(frozen=True, slots=True)
class CauseRow:
    """One unit or campaign with its blocked tasks in the order of `CauseReport.causes`."""

    code: str
    label: str
    cells: list[CauseCount]
    total: CauseCount


@dataclass(frozen=True, slots=True)
class CauseReport:
    """Open obstacles by cause × unit and by cause × campaign."""

    causes: list[tuple[str, str]]
    units: list[CauseRow]
    campaigns: list[CauseRow]
    total: CauseRow


def blocked_matters(
    user: User,
    *,
    campaign: Campaign | None = None,
    cause: str = "",
    unit: Unit | None = None,
) -> QuerySet[Obstacle]:
    """Obstacles that stand, longest first: matters for the next dispatch meeting."""
    rows = Obstacle.objects.visible_to(user).filter(
        lifted_at=None, task__status=Task.Status.BLOCKED
    )
    rows = rows.select_related("task__unit", "task__campaign", "task__clause", "task__sponsor")
    if campaign:
        rows = rows.filter(task__campaign=campaign)
    if cause:
        rows = rows.filter(cause=cause)
    if unit:
        rows = rows.filter(task__unit__in=Unit.objects.filter(subtree(unit.path)))
    return rows.order_by("since", "id")


def cause_report(matters: QuerySet[Obstacle], *, at: datetime) -> CauseReport:
    """Count the obstacles; one query."""
    causes = [(str(value), str(label)) for value, label in Task.Cause.choices]
    units: dict[tuple[str, str], dict[str, CauseCount]] = {}
    campaigns: dict[tuple[str, str], dict[str, CauseCount]] = {}
    whole: dict[str, CauseCount] = {}
    for row in matters:
        task, days = row.task, row.days(at)
        for cells in (
            units.setdefault((task.unit.code, task.unit.label), {}),
            campaigns.setdefault((task.campaign.code, task.campaign.title), {}),
            whole,
        ):
            cells[row.cause] = cells.get(row.cause, CauseCount()).plus(task.weight, days)
    return CauseReport(
        causes,
        _rows(units, causes),
        _rows(campaigns, causes),
        _row("", "", whole, causes),
    )


def _rows(
    found: dict[tuple[str, str], dict[str, CauseCount]], causes: list[tuple[str, str]]
) -> list[CauseRow]:
    rows = [_row(code, label, cells, causes) for (code, label), cells in found.items()]
    return sorted(rows, key=lambda row: (-row.total.count, -row.total.days, row.code))


def _row(
    code: str, label: str, cells: dict[str, CauseCount], causes: list[tuple[str, str]]
) -> CauseRow:
    total = CauseCount(
        sum(cell.count for cell in cells.values()),
        sum((cell.weight for cell in cells.values()), Decimal(0)),
        sum(cell.days for cell in cells.values()),
    )
    return CauseRow(
        code, label, [cells.get(cause, CauseCount()) for cause, _label in causes], total
    )
