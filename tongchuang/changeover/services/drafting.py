"""Begin a changeover, and bring its lines up to what hangs on the clauses now."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tongchuang.accounts.models import User
from tongchuang.accounts.permissions import require
from tongchuang.campaigns.models import Campaign
from tongchuang.changeover.models import Changeover, Line
from tongchuang.changeover.survey import Proposal, Survey, survey
from tongchuang.core import audit
from tongchuang.core.flow import WrongState, locked, save_audited
from tongchuang.standards.models import Framework
from tongchuang.standards.rules.reading import BrokenFile


class ChangeoverRefused(Exception):
    """The move cannot be drafted, decided or signed like this; the message says why."""


@transaction.atomic
def draft_changeover(
    campaign: Campaign, new: Framework, *, note: str, by: User, at: datetime
) -> Changeover:
    """Draft a campaign's move to another edition, with a line for all that hangs on its clauses.

    Raises `PermissionDenied`; `ChangeoverRefused` without a standard, to the same edition, without
    a note, or while another move of the campaign is under way.
    """
    require(by, "changeover.draft", campaign)
    campaign = locked(campaign)
    if campaign.framework is None:
        raise ChangeoverRefused(_("这项创建工作还没有选定标准，谈不上换版。"))
    if campaign.framework_id == new.pk:
        raise ChangeoverRefused(_("这项创建工作已经用的是这个版本。"))
    if not note.strip():
        raise ChangeoverRefused(_("请写明为什么换版。"))
    if campaign.changeovers.filter(status__in=["draft", "submitted"]).exists():
        raise ChangeoverRefused(_("这项创建工作已有一份换版在办，先办完或撤销那一份。"))
    changeover = Changeover(
        campaign=campaign,
        old=campaign.framework,
        new=new,
        note=note.strip(),
        drafted_by=by,
        drafted_at=at,
    )
    save_audited(changeover, "draft_changeover", by=by, reason=changeover.note, at=at)
    write_lines(changeover, surveyed(changeover))
    return changeover


@transaction.atomic
def refresh_lines(changeover: Changeover, *, by: User, at: datetime) -> tuple[int, int]:
    """Count again: lines for new records, none for what is gone; what a person decided stays.

    Returns how many lines were added and how many dropped. Raises `PermissionDenied`, `WrongState`.
    """
    require(by, "changeover.draft", changeover)
    changeover = locked(changeover)
    if changeover.status != Changeover.Status.DRAFT:
        raise WrongState(changeover, "refresh", changeover.status)
    added, dropped = write_lines(changeover, surveyed(changeover))
    after = {"added": added, "dropped": dropped}
    audit.record(subject=changeover, action="refresh_changeover", by=by, after=after, at=at)
    return added, dropped


def surveyed(changeover: Changeover) -> Survey:
    """What hangs on the old edition now. Raises `ChangeoverRefused` when editions do not fit."""
    try:
        return survey(changeover.campaign, changeover.old, changeover.new)
    except BrokenFile as broken:
        words = _("两个版本的对照有错，先改好再换版：%(faults)s")
        raise ChangeoverRefused(
            words % {"faults": "；".join(map(str, broken.faults[:5]))}
        ) from broken


def write_lines(changeover: Changeover, found: Survey) -> tuple[int, int]:
    """Make the lines what was found; a line that a person decided keeps the decision."""
    standing = {(line.kind, line.key): line for line in changeover.lines.all()}
    gone = [line.pk for key, line in standing.items() if key not in found.proposals]
    changeover.lines.filter(pk__in=gone).delete()
    made, kept = [], []
    for ordinal, (key, proposal) in enumerate(found.proposals.items(), 1):
        line = standing.get(key)
        if line is None:
            made.append(_line(changeover, ordinal, proposal))
            continue
        line.ordinal, line.records, line.label = ordinal, proposal.records, proposal.label
        if line.decided_by_id is None:
            propose(line, proposal)
        kept.append(line)
    Line.objects.bulk_create(made, batch_size=500)
    Line.objects.bulk_update(
        kept,
        ["ordinal", "records", "label", "fate", "targets", "helps", "asked", "reason", "is_open"],
        batch_size=200,
    )
    return len(made), len(gone)


def _line(changeover: Changeover, ordinal: int, proposal: Proposal) -> Line:
    line = Line(
        changeover=changeover,
        ordinal=ordinal,
        kind=proposal.kind,
        key=proposal.key,
        clause=proposal.clause,
        label=proposal.label,
        records=proposal.records,
    )
    propose(line, proposal)
    return line


def propose(line: Line, proposal: Proposal) -> None:
    """Write the machine's proposal into a line."""
    line.fate, line.reason = str(proposal.fate), proposal.reason
    line.targets, line.helps = list(proposal.targets), list(proposal.helps)
    line.asked, line.is_open = proposal.asked, proposal.is_open
