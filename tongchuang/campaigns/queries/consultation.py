"""Reading consultations, change notes and joint matters."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet

from tongchuang.accounts.models import Unit, User
from tongchuang.campaigns.models import (
    Assignment,
    AssignmentHelper,
    Campaign,
    ChangeNote,
    Opinion,
    Relation,
    Task,
)
from tongchuang.campaigns.queries.tasks import TaskLine, with_lag

_OPINION_TABS = {
    "waiting": [Opinion.Status.WAITING],
    "objected": [Opinion.Status.OBJECTED],
    "ruled": [Opinion.Status.UPHELD, Opinion.Status.REJECTED],
    "agreed": [Opinion.Status.AGREED],
    "silent": [Opinion.Status.SILENT],
}


@dataclass(frozen=True, slots=True)
class RelationCount:
    """How many matters a unit leads, supports and shares in a campaign (speech 3.2.5)."""

    unit: Unit
    lead: int
    support: int
    joint: int


@dataclass(frozen=True, slots=True)
class JointPart:
    """One unit of a joint matter: how it stands to it, its part, its tasks on the clause."""

    unit: Unit
    relation: Relation
    part: str
    lines: list[TaskLine]


@dataclass(frozen=True, slots=True)
class JointMatter:
    """An assignment that several units share, the lead first."""

    assignment: Assignment
    parts: list[JointPart]


# Consultation
def opinions(user: User, *, campaign: Campaign | None, tab: str = "") -> QuerySet[Opinion]:
    """Opinions in the person's reach; `tab` is "", waiting, objected, ruled, agreed or silent."""
    rows = Opinion.objects.visible_to(user).select_related(
        "unit", "campaign", "task", "assignment__clause", "proposed_owner", "new_owner"
    )
    if campaign:
        rows = rows.filter(campaign=campaign)
    return rows.filter(status__in=_OPINION_TABS[tab]) if tab in _OPINION_TABS else rows


def opinion_counts(user: User, *, campaign: Campaign | None) -> dict[str, int]:
    """Number of opinions per tab. One query."""
    rows = opinions(user, campaign=campaign).order_by()
    counts = dict(rows.values_list("status").annotate(Count("id")))
    tabs = {
        tab: sum(counts.get(status, 0) for status in states)
        for tab, states in _OPINION_TABS.items()
    }
    return {"": sum(counts.values()), **tabs}


def assignment_stages(campaign: Campaign) -> dict[str, int]:
    """Assignments of a campaign per state. One query."""
    rows = campaign.assignments.order_by().values_list("status").annotate(Count("id"))
    counts = dict(rows)
    return {status.value: counts.get(status.value, 0) for status in Assignment.Status}


def change_notes(user: User, *, campaign: Campaign | None) -> QuerySet[ChangeNote]:
    """Change notes in the person's reach, newest first."""
    rows = ChangeNote.objects.visible_to(user).select_related(
        "campaign", "task__unit", "assignment__clause", "assignment__lead", "by"
    )
    return rows.filter(campaign=campaign) if campaign else rows


# Relations
def relation_counts(campaign: Campaign, user: User) -> list[RelationCount]:
    """Per unit the matters that it leads, supports and shares, most led first. Three queries."""
    rows = Assignment.objects.visible_to(user).filter(campaign=campaign).order_by()
    leads = dict(rows.values_list("lead").annotate(Count("id")))
    beside = AssignmentHelper.objects.filter(assignment__in=rows.values("pk")).order_by()
    kinds: dict[tuple[int, str], int] = {
        (unit, kind): n
        for unit, kind, n in beside.values_list("unit", "kind").annotate(Count("id"))
    }
    units = Unit.objects.filter(pk__in={*leads, *(unit for unit, _kind in kinds)})
    found = [
        RelationCount(
            unit,
            leads.get(unit.pk, 0),
            kinds.get((unit.pk, Relation.SUPPORT), 0),
            kinds.get((unit.pk, Relation.JOINT), 0),
        )
        for unit in units
    ]
    return sorted(found, key=lambda row: (-row.lead, -row.joint, -row.support, row.unit.path))


def joint_matters(campaign: Campaign, user: User, *, on: date) -> list[JointMatter]:
    """Matters that several units share, each unit with its part and how far its tasks are."""
    rows = Assignment.objects.visible_to(user).filter(
        campaign=campaign, helper_rows__kind=Relation.JOINT
    )
    rows = rows.distinct().select_related("clause", "lead", "sponsor")
    found = list(rows.prefetch_related("helper_rows__unit").order_by("clause__ordinal"))
    clauses = {row.clause_id for row in found}
    tasks = Task.objects.owed().filter(campaign=campaign, clause__in=clauses)
    lines: dict[tuple[int | None, int], list[TaskLine]] = {}
    for line in with_lag(tasks.select_related("unit"), on=on):
        lines.setdefault((line.task.clause_id, line.task.unit_id), []).append(line)
    return [JointMatter(row, _parts(row, lines)) for row in found]


def _parts(row: Assignment, lines: dict[tuple[int | None, int], list[TaskLine]]) -> list[JointPart]:
    beside = sorted(row.helper_rows.all(), key=lambda one: (one.kind, one.unit.path))
    standing = [(row.lead, Relation.LEAD, row.reason)]
    standing += [(one.unit, Relation(one.kind), one.part) for one in beside]
    return [
        JointPart(unit, relation, part, lines.get((row.clause_id, unit.pk), []))
        for unit, relation, part in standing
    ]
