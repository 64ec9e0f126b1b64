"""From draft to the end of objections: praise, consulting, objections, rulings."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import require
from tongchuang.core import audit, outbox
from tongchuang.core.calendars import city_calendar
from tongchuang.core.flow import WrongState, locked, remember, save_audited
from tongchuang.core.worktime import Limit, LimitUnit, deadline
from tongchuang.priorities.queries import spreads_between
from tongchuang.supervision.models import FLOW, Bulletin, Objection
from tongchuang.supervision.rules import PARTS
from tongchuang.supervision.rulesets import rule_set
from tongchuang.supervision.services.freezing import Refused, rescore

ABOUT = (*PARTS, "deduction", "bonus", "not_ranked", "praise")
MOST_POINTS = Decimal(20)


@transaction.atomic
def edit_bulletin(
    bulletin: Bulletin,
    *,
    praise: Iterable[Mapping[str, object]],
    named: Iterable[Mapping[str, object]],
    demands: str,
    by: User,
    highlights: Iterable[Mapping[str, object]] | None = None,
) -> Bulletin:
    """Change whom the draft praises and names, which good examples it tells, what it demands.

    Praise with a level (city, province, nation) gives its bonus; the level must have been reached
    in the month by an approved highlight of the unit (`priorities`). A good example gives none,
    and without the argument the examples stay.
    Raises `WrongState` once the units were consulted, `Refused` for a unit without a line or a
    level that nothing shows.
    """
    bulletin = locked(bulletin)
    require(by, "supervision.draft", bulletin)
    if bulletin.status != Bulletin.Status.DRAFT:
        raise WrongState(bulletin, "edit", bulletin.status)
    remember(bulletin)
    names = {row["unit"]: row["name"] for row in bulletin.data["units"]}
    bulletin.praise = _with_proof(bulletin, [_entry(one, names) for one in praise])
    bulletin.named = [_entry(one, names) for one in named]
    bulletin.demands = demands.strip()
    data = dict(bulletin.data)
    if highlights is not None:
        data["highlights"] = [_entry(one, names) for one in highlights]
    rescore(bulletin, data)
    save_audited(bulletin, "edit", by=by)
    return bulletin


def _with_proof(bulletin: Bulletin, praise: list[dict[str, object]]) -> list[dict[str, object]]:
    """Each level once for every highlight that reached it in the month."""
    first = bulletin.first_day
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    spreads = spreads_between(bulletin.campaign, first, last)
    known: Counter[tuple[object, object]] = Counter(
        (one.highlight.unit_id, one.level) for one in spreads
    )
    asked = Counter((one["unit"], one["level"]) for one in praise if one["level"])
    if asked - known:
        raise Refused(_("加分要有当月登记的推广：先在“特色亮点”里认定并登记文号。"))
    return praise


def _entry(entry: Mapping[str, object], names: Mapping[int, str]) -> dict[str, object]:
    unit = entry["unit"]
    if not isinstance(unit, int) or unit not in names:
        raise Refused(_("只能写参加本月考评的单位。"))
    return {
        "unit": unit,
        "name": names[unit],
        "text": str(entry["text"]).strip(),
        "level": str(entry.get("level") or ""),
    }


@transaction.atomic
def consult_bulletin(bulletin: Bulletin, *, at: datetime, by: User) -> Bulletin:
    """Send the draft to the units; they may object for three working days."""
    bulletin = locked(bulletin)
    FLOW.start(bulletin, "consult", by=by)
    days = rule_set(bulletin.rules_version).objection_work_days
    limit = Limit(days, LimitUnit.WORK_DAY)
    bulletin.objections_until = deadline(at, limit, calendar=city_calendar()).at
    FLOW.finish(bulletin, "consult", by=by, at=at)
    outbox.post_many(
        Unit.objects.filter(scores__bulletin=bulletin),
        kind="bulletin_consult",
        subject=_("%(month)s通报征求意见") % {"month": month_words(bulletin)},
        body=_("请核对本单位得分，有异议的在期限内提出，逾期视为无异议。"),
        url=reverse("supervision:bulletin_detail", args=[bulletin.pk]),
    )
    return bulletin


def month_words(bulletin: Bulletin) -> str:
    """「2016年2月」."""
    day = bulletin.first_day
    return _("%(year)s年%(month)s月") % {"year": day.year, "month": day.month}


@transaction.atomic
def object_to(
    bulletin: Bulletin, *, unit: Unit, part: str, text: str, at: datetime, by: User
) -> Objection:
    """A unit objects to a part of its line.

    Said twice with the same words it is one objection. Raises `Refused` outside the time for
    objections or for a unit that has no line.
    """
    require(by, "supervision.object", unit)
    bulletin = locked(bulletin)
    _check_time(bulletin, at)
    if not bulletin.scores.filter(unit=unit).exists() or part not in ABOUT:
        raise Refused(_("本单位不在这期通报的考评范围内。"))
    text = text.strip()
    said = bulletin.objections.filter(unit=unit, part=part, text=text).first()
    if said:
        return said
    objection = Objection.objects.create(
        bulletin=bulletin, unit=unit, part=part, text=text, by=by, at=at
    )
    audit.record(subject=objection, action="object", by=by, at=at)
    return objection


def _check_time(bulletin: Bulletin, at: datetime) -> None:
    if bulletin.status != Bulletin.Status.CONSULTING or bulletin.objections_until is None:
        raise WrongState(bulletin, "object", bulletin.status)
    if at > bulletin.objections_until:
        raise Refused(_("异议期已过，不能再提出。确有错误的，请向创卫办申请更正。"))


@transaction.atomic
def rule_objection(
    objection: Objection,
    *,
    upheld: bool,
    ruling: str,
    at: datetime,
    by: User,
    points: Decimal = Decimal(0),
) -> Objection:
    """Rule an objection; one that is upheld adds `points` to the line, visibly and with its sign.

    Raises `WrongState` when it was ruled or the bulletin sealed, `Refused` for points out of
    bounds or on a dismissed objection.
    """
    bulletin = locked(objection.bulletin)
    objection = locked(objection)
    require(by, "supervision.rule", bulletin)
    if objection.state != Objection.State.OPEN or bulletin.is_fixed:
        raise WrongState(objection, "rule", objection.state)
    if abs(points) > MOST_POINTS or (points and not upheld):
        raise Refused(_("更正分只用于成立的异议，且不超过 20 分。"))
    remember(objection)
    objection.state = Objection.State.UPHELD if upheld else Objection.State.DISMISSED
    objection.ruling, objection.points = ruling.strip(), points
    objection.ruled_by, objection.ruled_at = by, at
    save_audited(objection, "rule", by=by, at=at, reason=objection.ruling)
    if points:
        _adjust(bulletin, objection, by=by, at=at)
    outbox.post(
        to=objection.unit,
        kind="objection_ruled",
        subject=_("异议已裁定：%(state)s") % {"state": objection.get_state_display()},
        body=objection.ruling,
        url=reverse("supervision:bulletin_detail", args=[bulletin.pk]),
    )
    return objection


def _adjust(bulletin: Bulletin, objection: Objection, *, by: User, at: datetime) -> None:
    remember(bulletin)
    adjustment = {
        "unit": objection.unit_id,
        "points": str(objection.points),
        "part": objection.part,
        "text": objection.text,
    }
    data = {**bulletin.data, "adjustments": [*bulletin.data["adjustments"], adjustment]}
    rescore(bulletin, data)
    save_audited(bulletin, "adjust", by=by, at=at)
