"""Who answers for which clause."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import yaml
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import require
from tongchuang.campaigns.models import Assignment, AssignmentHelper, Campaign, Relation
from tongchuang.campaigns.services.changes import note_change, words_of_assignment
from tongchuang.core import outbox
from tongchuang.core.flow import remember, save_audited
from tongchuang.standards.models import Clause

TERRITORY = "TERRITORY"


@dataclass(frozen=True, slots=True)
class ProposedAssignment:
    """What the rule proposes for one clause: the first known hint leads, the others help."""

    clause: Clause
    lead: Unit
    helpers: list[Unit]
    reason: str


@dataclass(slots=True)
class AssignmentPlan:
    """What running the rule would do: nothing is written before `assign_by_rule`."""

    proposed: list[ProposedAssignment] = field(default_factory=list)
    kept: int = 0
    without_hint: list[Clause] = field(default_factory=list)
    unknown: Counter[str] = field(default_factory=Counter)

    @property
    def unknown_names(self) -> list[tuple[str, int]]:
        """Names of hints that mean no unit, most frequent first."""
        return self.unknown.most_common()


def plan_assignments(campaign: Campaign) -> AssignmentPlan:
    """Propose a lead and helpers for every article and requirement that has none yet.

    Hints are matched by unit name, short name or the alias table `data/responsibility`;
    names that match nothing are counted in `unknown`, never invented.
    """
    plan = AssignmentPlan()
    units, towns = _units_by_name(), _towns()
    assigned = set(campaign.assignments.values_list("clause_id", flat=True))
    for clause in _assignable(campaign):
        if clause.pk in assigned:
            plan.kept += 1
            continue
        found = _matched(clause, units, towns, plan.unknown)
        if not found:
            plan.without_hint.append(clause)
            continue
        reason = _("标准建议：%(names)s") % {"names": "、".join(clause.responsible_hint)}
        plan.proposed.append(ProposedAssignment(clause, found[0], found[1:], reason[:200]))
    return plan


@transaction.atomic
def assign_by_rule(campaign: Campaign, *, by: User) -> AssignmentPlan:
    """Write what `plan_assignments` proposes. Assignments that exist are left alone."""
    require(by, "campaigns.assign", campaign)
    plan = plan_assignments(campaign)
    for one in plan.proposed:
        row = Assignment(
            campaign=campaign,
            clause=one.clause,
            lead=one.lead,
            origin=Assignment.Origin.RULE,
            reason=one.reason,
            status=Assignment.Status.DRAFTED,
            drafted_by=by,
        )
        save_audited(row, "assign", by=by, helpers=[unit.pk for unit in one.helpers])
        set_helpers(row, one.helpers)
    return plan


@transaction.atomic
def assign(
    campaign: Campaign,
    clause: Clause,
    *,
    lead: Unit,
    helpers: Sequence[Unit],
    sponsor: User | None,
    reason: str,
    by: User,
    joint: Sequence[Unit] = (),
    parts: Mapping[int, str] | None = None,
    origin: Assignment.Origin = Assignment.Origin.HAND,
) -> Assignment:
    """Give a clause its one lead unit, helpers and sponsor leader; tells the old lead and the new.

    `helpers` support the lead, `joint` units share the matter, `parts` tells by unit key what
    each of them does; whom it does not name keeps his words. A new assignment is a draft. A change
    of one that was issued makes a change note, which keeps what it was.
    """
    require(by, "campaigns.assign", campaign)
    row = Assignment.objects.select_for_update().filter(campaign=campaign, clause=clause).first()
    old_lead = row.lead if row else None
    row = row or Assignment(
        campaign=campaign, clause=clause, status=Assignment.Status.DRAFTED, drafted_by=by
    )
    issued = row.pk and row.status == Assignment.Status.ISSUED
    before = words_of_assignment(row) if issued else []
    if row.pk:
        remember(row)
    row.lead, row.sponsor, row.reason = lead, sponsor, reason
    row.origin = origin
    helpers = [unit for unit in helpers if unit != lead and unit not in joint]
    told = [unit.pk for unit in (*helpers, *joint) if unit != lead]
    words = {str(pk): text for pk, text in (parts or {}).items() if pk in told}
    save_audited(row, "assign", by=by, reason=reason, helpers=told, parts=words)
    set_helpers(row, helpers, joint, parts)
    if issued:
        note_change(row, before, words_of_assignment(row), reason=reason, by=by)
    for unit in {lead, old_lead} - {None} if lead != old_lead else set():
        _tell(unit, row, old_lead)
    return row


def _tell(unit: Unit | None, row: Assignment, old_lead: Unit | None) -> None:
    if unit is None:
        return
    names = {"clause": row.clause.title, "lead": row.lead, "old": old_lead or "–"}
    outbox.post(
        to=unit,
        kind="assignment",
        subject=_("责任分工调整：%(clause)s") % names,
        body=_("条款“%(clause)s”的牵头单位为%(lead)s（原：%(old)s）。") % names,
        url=reverse("campaigns:assignment_list") + f"?campaign={row.campaign.code}",
    )


def set_helpers(
    row: Assignment,
    helpers: Sequence[Unit],
    joint: Sequence[Unit] = (),
    parts: Mapping[int, str] | None = None,
) -> None:
    """Write who stands beside the lead: supporting units and joint ones with their part.

    Whoever is not named in `parts` and stays keeps the words he has.
    """
    words = dict(row.helper_rows.values_list("unit", "part")) | dict(parts or {})
    wanted = {unit.pk: Relation.SUPPORT for unit in helpers}
    wanted |= {unit.pk: Relation.JOINT for unit in joint}
    wanted.pop(row.lead_id, None)
    row.helper_rows.all().delete()
    AssignmentHelper.objects.bulk_create(
        AssignmentHelper(assignment=row, unit_id=pk, kind=kind, part=words.get(pk, ""))
        for pk, kind in sorted(wanted.items())
    )


def _assignable(campaign: Campaign) -> Sequence[Clause]:
    levels = [Clause.Level.ARTICLE, Clause.Level.REQUIREMENT]
    clauses = Clause.objects.filter(framework=campaign.framework_id, level__in=levels)
    rows = list(clauses.order_by("ordinal"))
    by_parent: dict[int, list[str]] = {}
    for clause in rows:
        if clause.parent_id and clause.responsible_hint:
            by_parent.setdefault(clause.parent_id, []).extend(clause.responsible_hint)
    for clause in rows:
        # An article without a hint of its own takes those of its requirements, in their order.
        if not clause.responsible_hint:
            clause.responsible_hint = list(dict.fromkeys(by_parent.get(clause.pk, [])))
    return rows


def _matched(
    clause: Clause, units: dict[str, Unit], towns: Sequence[Unit], unknown: Counter[str]
) -> list[Unit]:
    leads: list[Unit] = []
    helpers: list[Unit] = []
    for name in clause.responsible_hint:
        code = name if name in units else aliases().get(name, name)
        if code == TERRITORY:
            helpers.extend(towns)
        elif code in units:
            leads.append(units[code])
        else:
            unknown[name] += 1
    return list(dict.fromkeys(leads + helpers)) if leads else []


@cache
def aliases() -> dict[str, str]:
    """Names of the hints and the unit codes that they mean (data/responsibility/aliases.yaml)."""
    path = settings.FRAMEWORK_DATA / "responsibility" / "aliases.yaml"
    return dict(yaml.safe_load(path.read_text(encoding="utf-8")))


def _units_by_name() -> dict[str, Unit]:
    units = list(
        Unit.objects.filter(active=True).exclude(kind__in=[Unit.Kind.COMMUNITY, Unit.Kind.VILLAGE])
    )
    names = {unit.short_name: unit for unit in units if unit.short_name}
    return names | {unit.name: unit for unit in units} | {unit.code: unit for unit in units}


def _towns() -> list[Unit]:
    return list(
        Unit.objects.filter(
            active=True, kind__in=[Unit.Kind.TOWN, Unit.Kind.STREET, Unit.Kind.ZONE]
        )
    )
