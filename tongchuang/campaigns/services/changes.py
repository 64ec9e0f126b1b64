"""Change notes: the old version of an issued duty stays readable and the units are told again."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.campaigns.models import Assignment, AssignmentHelper, ChangeNote, Relation, Task
from tongchuang.core import clock, outbox
from tongchuang.core.numbering import next_number

Version = list[tuple[str, str]]
"""A matter in words: what is said of it, field by field."""


def words_of_task(task: Task) -> Version:
    """A task as it would be printed."""
    return [
        (_("任务"), task.title),
        (_("牵头单位"), str(task.unit)),
        (_("牵头领导"), task.sponsor.name if task.sponsor else "–"),
        (_("责任人"), task.person or "–"),
        (_("目标量"), f"{task.quantity:f}".rstrip("0").rstrip(".") + task.quantity_unit),
        (_("权重"), f"{task.weight:f}".rstrip("0").rstrip(".")),
        (_("开始"), task.starts_on.isoformat()),
        (_("完成时限"), task.due_on.isoformat()),
    ]


def words_of_assignment(row: Assignment) -> Version:
    """An assignment as it would be printed."""
    beside = list(row.helper_rows.select_related("unit").order_by("unit__path"))
    names = {
        kind: "、".join(one.unit.label for one in beside if one.kind == kind) or "–"
        for kind in (Relation.SUPPORT, Relation.JOINT)
    }
    return [
        (_("牵头单位"), row.lead.label),
        (_("配合单位"), names[Relation.SUPPORT]),
        (_("共同单位"), names[Relation.JOINT]),
        (_("承担内容"), _parts(beside)),
        (_("牵头领导"), row.sponsor.name if row.sponsor else "–"),
        (_("依据"), row.reason),
    ]


def _parts(beside: Iterable[AssignmentHelper]) -> str:
    return "；".join(f"{one.unit.label}：{one.part}" for one in beside if one.part) or "–"


def note_change(
    matter: Assignment | Task, old: Version, new: Version, *, reason: str, by: User
) -> ChangeNote | None:
    """Number a change of an issued matter and tell its units; None where nothing differs.

    Runs inside the transaction of the change.
    """
    changes = [
        (label, before, after)
        for (label, before), (_label, after) in zip(old, new, strict=True)
        if before != after
    ]
    if not changes:
        return None
    year = clock.today().year
    note = ChangeNote(
        campaign=matter.campaign,
        year=year,
        serial=next_number(f"change-{matter.campaign_id}", year),
        reason=reason,
        old=old,
        changes=changes,
        by=by,
        at=clock.now(),
    )
    note.task, note.assignment = (matter, None) if isinstance(matter, Task) else (None, matter)
    note.save()
    for unit in _units(matter):
        outbox.post(
            to=unit,
            kind="change",
            subject=f"{note.number}：{note.title}"[:120],
            body="；".join(f"{label}：{before} → {after}" for label, before, after in changes),
            url=reverse("campaigns:change_detail", args=[note.pk]),
        )
    return note


def _units(matter: Assignment | Task) -> list[Unit]:
    if isinstance(matter, Task):
        return [matter.unit]
    return [matter.lead, *(row.unit for row in matter.helper_rows.select_related("unit"))]
