"""A person decides what becomes of the records of a line."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from tongchuang.accounts.models import User
from tongchuang.accounts.permissions import require
from tongchuang.changeover.models import Changeover, Line
from tongchuang.changeover.rules import Fate
from tongchuang.changeover.services.drafting import ChangeoverRefused
from tongchuang.core import audit
from tongchuang.core.flow import WrongState, locked
from tongchuang.standards.models import Clause

_K = Line.Kind


@transaction.atomic
def decide_line(
    line: Line,
    *,
    targets: Sequence[str],
    helps: Sequence[str] = (),
    asked: str = "",
    reason: str,
    by: User,
    at: datetime,
) -> Line:
    """Say to which new clauses the records of a line go; no targets leaves them with the old one.

    Raises `PermissionDenied`, `WrongState`; `ChangeoverRefused` for a clause that the new edition
    does not have, for more targets than the records can take, or without a reason.
    """
    require(by, "changeover.draft", line.changeover)
    line = locked(line)
    changeover = locked(line.changeover)
    if changeover.status != Changeover.Status.DRAFT:
        raise WrongState(changeover, "decide", changeover.status)
    codes = list(dict.fromkeys(targets))
    check_decision(line, changeover, targets=codes, helps=helps, asked=asked, reason=reason)
    before = _said(line)
    line.targets, line.helps = codes, [code for code in codes if code in set(helps)]
    line.asked = asked.strip() if line.kind == _K.PAPER and codes else ""
    line.fate = _fate(line, codes)
    line.reason, line.is_open = reason.strip(), False
    line.decided_by, line.decided_at = by, at
    line.save()
    after = _said(line) | {"line": f"{line.get_kind_display()} {line.label}"}
    audit.record(
        subject=changeover,
        action="decide_line",
        by=by,
        reason=line.reason,
        before=before,
        after=after,
        at=at,
    )
    return line


@transaction.atomic
def accept_proposals(changeover: Changeover, *, by: User, at: datetime) -> int:
    """Decide every open line as proposed, under one's own name; returns how many there were.

    Raises `PermissionDenied`, `WrongState`.
    """
    require(by, "changeover.draft", changeover)
    changeover = locked(changeover)
    if changeover.status != Changeover.Status.DRAFT:
        raise WrongState(changeover, "decide", changeover.status)
    found = changeover.lines.filter(is_open=True)
    number = found.update(is_open=False, decided_by=by, decided_at=at)
    if number:
        audit.record(
            subject=changeover, action="accept_proposals", by=by, after={"count": number}, at=at
        )
    return number


def check_decision(
    line: Line,
    changeover: Changeover,
    *,
    targets: Sequence[str],
    helps: Sequence[str],
    asked: str,
    reason: str,
) -> None:
    """Raise `ChangeoverRefused`, in words, for what `decide_line` would not take."""
    if not line.may_be_decided:
        raise ChangeoverRefused(_("自评结论不由人改去向：换版后按新版重新自评，原结论留存。"))
    if not reason.strip():
        raise ChangeoverRefused(_("请写明理由。"))
    if set(helps) - set(targets):
        raise ChangeoverRefused(_("配合的条款须先在新条款里。"))
    if line.kind == _K.TASK and len(targets) > 1:
        raise ChangeoverRefused(_("一项任务只能挂一个条款，请选一个。"))
    if line.kind == _K.FIGURE:
        _check_figure(line, list(targets))
        return
    clauses = Clause.objects.filter(framework=changeover.new, code__in=targets)
    known = set(clauses.exclude(level=Clause.Level.CHAPTER).values_list("code", flat=True))
    if unknown := [code for code in targets if code not in known]:
        named = {"codes": _("、").join(unknown), "edition": changeover.new.name}
        raise ChangeoverRefused(_("%(edition)s里没有这些条款：%(codes)s。") % named)
    if line.kind == _K.PAPER and asked.strip() and not _is_asked(asked.strip(), clauses):
        raise ChangeoverRefused(_("所选的新条款不要“%(text)s”这份材料。") % {"text": asked})


def _is_asked(text: str, clauses: QuerySet[Clause]) -> bool:
    """Whether one of these articles or its requirements asks for a paper in these words."""
    below = Q(pk__in=clauses) | Q(parent__in=clauses)
    return any(text in evidence for evidence in _evidence(Clause.objects.filter(below)))


def _evidence(clauses: QuerySet[Clause]) -> Iterator[list[str]]:
    yield from clauses.order_by().values_list("evidence", flat=True)


def _check_figure(line: Line, codes: list[str]) -> None:
    """Whether two figures are the same quantity is said by the comparison, not here."""
    if codes and codes != line.targets:
        raise ChangeoverRefused(
            _("指标数值只能按两版对照转入或留存；对照不对的，先改对照再重新盘点。")
        )


def _fate(line: Line, codes: list[str]) -> str:
    if not codes:
        return str(Fate.RETIRED)
    if len(codes) > 1:
        return str(Fate.SPLIT)
    return str(Fate.CARRIED) if line.fate == Fate.RETIRED else line.fate


def _said(line: Line) -> dict[str, Any]:
    return {
        "targets": line.targets,
        "helps": line.helps,
        "asked": line.asked,
        "line_reason": line.reason,
    }
