"""Granting and ending roles. Nobody raises themselves, nobody grants outside their reach."""

from datetime import date, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Membership, Unit, User
from tongchuang.accounts.permissions import require
from tongchuang.accounts.roles import ROBOT_ROLE, ROLES
from tongchuang.core import flow

MANAGE = "accounts.manage"


@transaction.atomic
def grant_membership(
    user: User, *, role: str, unit: Unit, by: User, on: date, until: date | None = None
) -> Membership:
    """Give `user` a role in `unit` and everything under it, from `on` to `until` inclusive.

    Raises `PermissionDenied` outside the granter's reach or for oneself, `ValidationError` when
    the person holds the role there already or the days are the wrong way round.
    """
    _by_another(user, unit, by)
    if role not in ROLES or role == ROBOT_ROLE:
        raise ValidationError({"role": _("没有这个角色。")})
    if until and until < on:
        raise ValidationError({"until": _("止日不能早于起日。")})
    held = Membership.objects.filter(user=user, role=role, unit=unit)
    if held.filter(Q(to_on=None) | Q(to_on__gte=on)).exists():
        raise ValidationError({"role": _("%s已在该单位持有这个角色。") % user})
    grant = Membership(user=user, role=role, unit=unit, from_on=on, to_on=until)
    flow.save_audited(grant, "grant", by=by)
    return grant


@transaction.atomic
def end_membership(grant: Membership, *, by: User, on: date) -> Membership:
    """Let a role end: `on` is the first day without it.

    Raises `PermissionDenied` outside the reach of `by` or for oneself.
    """
    grant = flow.locked(grant)
    _by_another(grant.user, grant.unit, by)
    return close_grant(grant, by=by, on=on)


def close_grant(grant: Membership, *, by: User, on: date) -> Membership:
    """Write the last day; a role that began today or later never came into force."""
    last_day = on - timedelta(days=1)
    if grant.to_on is not None and grant.to_on <= last_day:
        return grant  # it has ended already: the same click twice
    flow.remember(grant)
    grant.to_on = last_day
    flow.save_audited(grant, "end", by=by)
    return grant


def _by_another(user: User, unit: Unit, by: User) -> None:
    require(by, MANAGE, unit)
    if user.pk == by.pk:
        raise PermissionDenied(_("不能给自己授权或撤销自己的授权，请由另一位管理员办理。"))
