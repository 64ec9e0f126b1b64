"""Posts, stand-ins for the absent, hand-over between clerks."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Absence, HandOver, Membership, Post, Unit, User
from tongchuang.accounts.permissions import require
from tongchuang.accounts.services.memberships import close_grant
from tongchuang.core import audit, flow, outbox

MANAGE = "accounts.manage"


@dataclass(frozen=True, slots=True)
class HandOverDone:
    """What a hand-over moved."""

    hand_over: HandOver
    posts: int
    roles: int


@transaction.atomic
def appoint(unit: Unit, *, kind: str, holder: User, by: User, on: date) -> Post:
    """Fill a post from `on`; whoever held it leaves the day before. One holder at a time.

    Raises `PermissionDenied`, or `ValidationError` when the person holds it already, cannot sign
    in, or the day lies before the present holder's first.
    """
    require(by, MANAGE, unit)
    if not holder.is_active:
        raise ValidationError({"holder": _("%s的账号已停用。") % holder})
    present = unit.posts.select_for_update().filter(kind=kind, to_on=None).first()
    if present is not None:
        _make_room(present, holder, by=by, on=on)
    post = Post(unit=unit, kind=kind, holder=holder, from_on=on)
    flow.save_audited(post, "appoint", by=by)
    return post


@transaction.atomic
def end_post(post: Post, *, by: User, on: date) -> Post:
    """Leave a post empty: `on` is its last day. Ending it twice is ending it once."""
    post = flow.locked(post)
    require(by, MANAGE, post.unit)
    if post.to_on is None:
        _close(post, by=by, last=on)
    return post


@transaction.atomic
def register_absence(
    person: User, *, deputy: User, days: tuple[date, date], by: User, reason: str = ""
) -> Absence:
    """Let `deputy` act for `person` from the first to the last of `days`.

    One registers one's own absence, or a manager does; a manager never makes themselves deputy,
    for a deputy holds the rights of the absent. Raises `PermissionDenied`, `ValidationError`.
    """
    if by.pk != person.pk:
        require(by, MANAGE, person)
        if by.pk == deputy.pk:
            raise PermissionDenied(_("不能指定自己代理别人，请由另一位管理员办理。"))
    _check_absence(person, deputy, days)
    absence = Absence(person=person, deputy=deputy, from_on=days[0], to_on=days[1], reason=reason)
    flow.save_audited(absence, "register", by=by)
    outbox.post(
        to=deputy,
        kind="absence",
        subject=_("您将代理%s的工作") % person,
        body=_("%(from)s 至 %(to)s，%(person)s离岗，其权限由您代行。")
        % {"from": days[0].isoformat(), "to": days[1].isoformat(), "person": person},
        url=reverse("accounts:me"),
    )
    return absence


@transaction.atomic
def end_absence(absence: Absence, *, by: User, on: date) -> Absence | None:
    """The person is back on `on`; an absence that has not begun is withdrawn (returns None)."""
    absence = flow.locked(absence)
    if by.pk != absence.person_id:
        require(by, MANAGE, absence.person)
    if absence.to_on < on:
        return absence
    if absence.from_on < on:
        flow.remember(absence)
        absence.to_on = on - timedelta(days=1)
        flow.save_audited(absence, "end", by=by)
        return absence
    audit.record(subject=absence, action="withdraw", by=by, before={"deputy": absence.deputy_id})
    absence.delete()
    return None


@transaction.atomic
def hand_over(giver: User, *, receiver: User, note: str, by: User, on: date) -> HandOverDone:
    """Move the posts and roles of one clerk to another, with a note on unfinished work.

    Records stay with the unit, so nothing of the work itself has to move. Raises
    `PermissionDenied` outside the reach of `by` or when `by` would receive, `ValidationError`.
    """
    unit = _check_hand_over(giver, receiver, by)
    posts = list(giver.posts.select_for_update().filter(to_on=None).select_related("unit"))
    grants = list(
        giver.memberships.filter(Q(to_on=None) | Q(to_on__gte=on)).select_related("unit", "user")
    )
    for post in posts:
        appoint(post.unit, kind=post.kind, holder=receiver, by=by, on=max(on, post.from_on))
    for grant in grants:
        _pass_on(grant, receiver, by=by, on=on)
    done = HandOver(giver=giver, receiver=receiver, unit=unit, on=on, note=note)
    flow.save_audited(done, "hand_over", by=by)
    _tell_receiver(done)
    return HandOverDone(done, posts=len(posts), roles=len(grants))


def _make_room(present: Post, holder: User, *, by: User, on: date) -> None:
    if present.holder_id == holder.pk:
        raise ValidationError({"holder": _("%s已在任。") % holder})
    if on < present.from_on:
        raise ValidationError(
            {"on": _("现任自 %s 起任职，新的日期不能在其前。") % present.from_on.isoformat()}
        )
    _close(present, by=by, last=on - timedelta(days=1))


def _close(post: Post, *, by: User, last: date) -> None:
    flow.remember(post)
    post.to_on = max(post.from_on, last)
    flow.save_audited(post, "leave", by=by)


def _check_absence(person: User, deputy: User, days: tuple[date, date]) -> None:
    if deputy.pk == person.pk:
        raise ValidationError({"deputy": _("代理人须是另一人。")})
    if not deputy.is_active:
        raise ValidationError({"deputy": _("%s的账号已停用。") % deputy})
    if days[1] < days[0]:
        raise ValidationError({"to_on": _("止日不能早于起日。")})
    if person.absences.filter(from_on__lte=days[1], to_on__gte=days[0]).exists():
        raise ValidationError({"from_on": _("这段时间已登记过离岗。")})


def _check_hand_over(giver: User, receiver: User, by: User) -> Unit:
    """The giver's unit, when everything is as it must be."""
    require(by, MANAGE, giver)
    if by.pk in {giver.pk, receiver.pk}:
        raise PermissionDenied(_("移交须由移交人、接手人以外的管理员办理。"))
    if giver.pk == receiver.pk:
        raise ValidationError({"receiver": _("接手人须是另一人。")})
    if not receiver.is_active:
        raise ValidationError({"receiver": _("%s的账号已停用。") % receiver})
    if giver.unit is None:
        raise ValidationError({"receiver": _("移交人没有所在单位，先补上单位。")})
    return giver.unit


def _pass_on(grant: Membership, receiver: User, *, by: User, on: date) -> None:
    """The same role for the receiver, unless they hold it; each grant within the reach of `by`."""
    require(by, MANAGE, grant.unit)
    held = Membership.objects.filter(user=receiver, role=grant.role, unit=grant.unit)
    if not held.filter(Q(to_on=None) | Q(to_on__gte=on)).exists():
        copy = Membership(
            user=receiver, role=grant.role, unit=grant.unit, from_on=on, to_on=grant.to_on
        )
        flow.save_audited(copy, "grant", by=by)
    close_grant(grant, by=by, on=on)


def _tell_receiver(done: HandOver) -> None:
    outbox.post(
        to=done.receiver,
        kind="hand_over",
        subject=_("%s的工作移交给您") % done.giver,
        body=done.note,
        url=reverse("accounts:me"),
    )
