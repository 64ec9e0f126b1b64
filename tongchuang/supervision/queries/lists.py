"""Lists of bulletins, objections and slips, and what waits for a person."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import can, reach, subtree
from tongchuang.campaigns.models import Campaign
from tongchuang.cases.models import Case, Slip
from tongchuang.supervision.models import Bulletin, Objection, UnitScore

_OPEN = Objection.State.OPEN


def bulletin_list(user: User, *, campaign: Campaign | None = None) -> QuerySet[Bulletin]:
    """Bulletins that `user` may see with the number of objections, newest first."""
    rows = Bulletin.objects.visible_to(user).select_related("campaign").defer("data")
    if campaign:
        rows = rows.filter(campaign=campaign)
    return rows.annotate(
        objected=Count("objections", distinct=True),
        waiting=Count("objections", filter=Q(objections__state=_OPEN), distinct=True),
        corrected=Count("errata", distinct=True),
    )


def latest_bulletin(campaign: Campaign) -> Bulletin | None:
    """The newest bulletin of a campaign that was issued."""
    issued = Bulletin.objects.filter(campaign=campaign, status=Bulletin.Status.ISSUED)
    return issued.order_by("-month").first()


def objections_of(bulletin: Bulletin) -> QuerySet[Objection]:
    """The objections to a bulletin in the order they came."""
    return bulletin.objections.select_related("unit", "by", "ruled_by")


def units_that_may_object(bulletin: Bulletin, user: User) -> list[Unit]:
    """Units of the bulletin in whose name `user` may object."""
    where = reach(user, "supervision.object")
    if not where:
        return []
    units = Unit.objects.filter(scores__bulletin=bulletin).order_by("path")
    return list(units if where.everything else units.filter(pk__in=where.unit_ids))


def slip_list(user: User, *, step: str = "", answered: str = "", unit: str = "") -> QuerySet[Slip]:
    """Reminders and slips on cases that `user` may see, newest first."""
    where = reach(user, "cases.view")
    slips = Slip.objects.select_related("case", "unit")
    if not where.everything:
        mine = Case.objects.visible_to(user).order_by()
        slips = slips.filter(Q(unit__in=where.unit_ids) | Q(case__in=mine))
    if step in Slip.Step.values:
        slips = slips.filter(step=step)
    if unit.isdecimal() and len(unit) < 15:
        root = Unit.objects.filter(pk=int(unit)).values_list("path", flat=True).first()
        inside = Unit.objects.filter(subtree(root)) if root else Unit.objects.none()
        slips = slips.filter(unit__in=inside.values("pk"))
    if answered in {"yes", "no"}:
        slips = slips.filter(answered_at__isnull=answered == "no")
    return slips


# To-do
@dataclass(frozen=True, slots=True)
class BulletinTodo:
    """So many bulletins or objections wait for a person; `due_at` is the nearest limit."""

    label: str | Promise
    count: int
    url: str
    due_at: datetime | None = None


def todo_for(user: User, *, at: datetime) -> list[BulletinTodo]:
    """What waits for this person among the bulletins, without the empty lines."""
    seen = Bulletin.objects.visible_to(user).defer("data")
    states = Bulletin.Status
    lines: list[BulletinTodo] = []
    if can(user, "supervision.draft"):
        lines.append(_todo(_("通报待征求意见"), seen.filter(status=states.DRAFT)))
    if can(user, "supervision.rule"):
        lines.append(_rulings(seen))
    if can(user, "supervision.seal"):
        ready = seen.filter(status=states.CONSULTING, objections_until__lte=at)
        lines.append(_todo(_("通报待封存"), ready.exclude(objections__state=_OPEN)))
    if can(user, "supervision.issue"):
        lines.append(_todo(_("通报待印发"), seen.filter(status=states.SEALED)))
    if can(user, "supervision.object"):
        lines.append(_to_check(user, seen, at))
    return [line for line in lines if line.count]


def _todo(label: str | Promise, rows: QuerySet[Bulletin]) -> BulletinTodo:
    keys = list(rows.order_by("month").values_list("pk", "objections_until")[:100])
    due = min((until for _pk, until in keys if until), default=None)
    return BulletinTodo(label, len(keys), _address([pk for pk, _until in keys]), due)


def _address(keys: list[int]) -> str:
    if len(keys) == 1:
        return reverse("supervision:bulletin_detail", args=keys)
    return reverse("supervision:bulletin_list")


def _rulings(seen: QuerySet[Bulletin]) -> BulletinTodo:
    waiting = Objection.objects.filter(bulletin__in=seen.order_by(), state=_OPEN)
    keys = list(waiting.values_list("bulletin", flat=True)[:200])
    return BulletinTodo(_("异议待裁定"), len(keys), _address(sorted(set(keys))))


def _to_check(user: User, seen: QuerySet[Bulletin], at: datetime) -> BulletinTodo:
    """Bulletins in the time for objections to which the person's unit has not objected."""
    units = reach(user, "supervision.object").unit_ids
    asked = seen.filter(
        status=Bulletin.Status.CONSULTING,
        objections_until__gte=at,
        pk__in=UnitScore.objects.filter(unit__in=units).values("bulletin"),
    )
    mine = Objection.objects.filter(unit__in=units).values("bulletin")
    return _todo(_("本单位得分待核对"), asked.exclude(pk__in=mine))
