"""How ready a campaign is for each gate that is not decided, or in words why nobody can tell."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from django.utils.translation import gettext as _

from tongchuang.assessment.explaining import PARTS
from tongchuang.assessment.models import Snapshot
from tongchuang.assessment.rules import HOLDS, State
from tongchuang.campaigns.gateline import Ring
from tongchuang.campaigns.models import Campaign, Gate
from tongchuang.core.templatetags.pages import percent
from tongchuang.standards.models import Clause, Rule

ASKED_AT: Final = {"document_gate": "document_review"}
"""What a veto rule of a standard calls its gate, and the stage of the procedure it stands before.

Source: the veto items of nsc2014 name `document_gate`; process2015 lets nobody past
`document_review` unless all of them pass.
"""


@dataclass(slots=True)
class _Known:
    """What is known of one campaign: its latest snapshot, and articles asked for by stage."""

    snapshot: Snapshot | None = None
    asked: Mapping[str, set[int]] = field(default_factory=dict)


def gate_rings(campaigns: Iterable[Campaign]) -> dict[int, Ring]:
    """By gate key the ring of every gate that is not decided; three queries.

    A gate for which the standard asks certain clauses tells how many of those hold; the next gate
    of a campaign else tells its readiness; all others say in words why they have no ring.
    """
    wanted = {campaign.pk: campaign for campaign in campaigns}
    known = _known(wanted)
    undecided = Gate.objects.filter(
        campaign__in=wanted, state__in=[Gate.State.AHEAD, Gate.State.OPEN]
    ).exclude(due_on=None)
    rings: dict[int, Ring] = {}
    seen: set[int] = set()
    for gate in undecided.order_by("due_on", "ordinal"):
        campaign = wanted[gate.campaign_id]
        is_next = gate.campaign_id not in seen
        seen.add(gate.campaign_id)
        rings[gate.pk] = _ring(gate, campaign, known[gate.campaign_id], is_next=is_next)
    return rings


def _known(campaigns: Mapping[int, Campaign]) -> dict[int, _Known]:
    found = {key: _Known() for key in campaigns}
    rows = Snapshot.objects.filter(campaign__in=campaigns, current=True).order_by("period")
    for snapshot in rows:
        found[snapshot.campaign_id].snapshot = snapshot
    asked = _asked({one.framework_id for one in campaigns.values() if one.framework_id})
    for key, campaign in campaigns.items():
        found[key].asked = asked.get(campaign.framework_id or 0, {})
    return found


def _asked(frameworks: set[int]) -> dict[int, dict[str, set[int]]]:
    """By standard and stage the articles with a veto item of that stage, as snapshots have them."""
    found: dict[int, dict[str, set[int]]] = {}
    rows = Rule.objects.filter(kind=Rule.Kind.VETO, clause__framework__in=frameworks).order_by()
    columns = ("clause__framework", "clause", "clause__parent", "clause__parent__level", "params")
    for framework, clause, parent, level, params in rows.values_list(*columns):
        stage = ASKED_AT.get(params.get("gate", ""))
        if stage:
            found.setdefault(framework, {}).setdefault(stage, set()).add(
                parent if level == Clause.Level.ARTICLE else clause
            )
    return found


def _ring(gate: Gate, campaign: Campaign, known: _Known, *, is_next: bool) -> Ring:
    if campaign.framework_id is None:
        return _none(_("没有选定标准，不评"), shown=is_next)
    if known.snapshot is None or known.snapshot.readiness.get("reason") == "nothing":
        return _none(_("还没有自评"), shown=is_next)
    asked = known.asked.get(gate.process_state, set()) if gate.process_state else set()
    if asked:
        return _of_clauses(known.snapshot, asked, shown=is_next)
    if not is_next:
        return _none(_("前一关口过后再评"), shown=False)
    return _of_whole(known.snapshot)


def _none(words: str, *, shown: bool) -> Ring:
    return Ring(None, words, words if shown else "")


def _of_whole(snapshot: Snapshot) -> Ring:
    facts = snapshot.readiness
    covered = {"coverage": percent(facts["coverage"])}
    if facts["score"] is None:
        line = {"line": percent(snapshot.lines["coverage_line"])}
        words = _("自评覆盖 %(coverage)s，不到 %(line)s，不显示就绪度") % (covered | line)
        return Ring(None, words, _("自评覆盖 %(coverage)s") % covered)
    told = {"part": PARTS[facts["lowest"]][0], **covered}
    return Ring(facts["score"], _("自评覆盖 %(coverage)s，最低：%(part)s") % told)


def _of_clauses(snapshot: Snapshot, asked: set[int], *, shown: bool) -> Ring:
    """The share that holds of the clauses that the gate asks for, once enough were assessed."""
    found = snapshot.readiness.get("clauses", {})
    states = [found.get(str(article), State.OFF) for article in asked]
    known = [state for state in states if state not in {State.UNKNOWN, State.OFF}]
    counts = {"n": len(asked), "known": len(known), "held": sum(s in HOLDS for s in known)}
    if len(known) < snapshot.lines["coverage_line"] * len(asked):
        words = _("本关口必备的 %(n)s 条只评了 %(known)s 条，不显示") % counts
        return _none(words, shown=shown)
    words = _("本关口必备的 %(n)s 条，已评 %(known)s 条，达标 %(held)s 条") % counts
    return Ring(counts["held"] / counts["known"], words)
