"""People: making, changing, closing, passwords."""

import secrets
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tongchuang.accounts.models import SignInSession, Unit, User
from tongchuang.accounts.permissions import require
from tongchuang.accounts.services.sessions import end_all_sessions
from tongchuang.core import audit, flow

MANAGE = "accounts.manage"
ROBOT = "robot"
# Without 0/O, 1/l/I: a one-time password is read out on the telephone.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What is known of a person; rights come from memberships."""

    username: str
    name: str
    unit: Unit | None
    title: str = ""
    phone: str = ""
    email: str = ""
    session_limit: int = 3

    def values(self) -> dict[str, Any]:
        """Field values for the row, and as the audit log keeps them."""
        facts = {name: getattr(self, name) for name in self.__slots__ if name != "unit"}
        return facts | {"unit_id": self.unit.pk if self.unit else None}


def robot() -> User:
    """The named user under whom jobs, commands and the clock act; made by the first call."""
    user, _created = User.objects.get_or_create(
        username=ROBOT, defaults={"name": "系统", "robot": True, "is_active": True, "password": "!"}
    )
    return user


@transaction.atomic
def create_person(facts: PersonFacts, *, by: User) -> tuple[User, str]:
    """Add a person; returns them and the one-time password that is shown once.

    Raises `PermissionDenied` outside the reach of `by`, `ValidationError` when the sign-in name or
    the phone is taken.
    """
    user = User(**facts.values(), must_change_password=True)
    require(by, MANAGE, user)
    _refuse_taken(facts, except_for=None)
    word = _one_time_password()
    user.set_password(word)
    user.save()
    audit.record(subject=user, action="create", by=by, after=facts.values())
    return user, word


@transaction.atomic
def change_person(user: User, facts: PersonFacts, *, by: User) -> User:
    """Change what is known of a person; moving to another unit needs the right over both.

    Raises as `create_person`.
    """
    user = flow.locked(user)
    require(by, MANAGE, user)
    _refuse_taken(facts, except_for=user)
    before = {name: getattr(user, name) for name in facts.values()}
    for name, value in facts.values().items():
        setattr(user, name, value)
    require(by, MANAGE, user)
    user.version += 1
    user.save()
    changed = {name for name, value in facts.values().items() if before[name] != value}
    audit.record(
        subject=user,
        action="change",
        by=by,
        before={name: before[name] for name in changed},
        after={name: facts.values()[name] for name in changed},
    )
    return user


@transaction.atomic
def set_active(user: User, *, active: bool, by: User, reason: str = "") -> User:
    """Let a person in or keep them out; their records stay. Open sessions end.

    Raises `PermissionDenied` for oneself: an installation must keep someone who can sign in.
    """
    user = flow.locked(user)
    require(by, MANAGE, user)
    if user.pk == by.pk:
        raise PermissionDenied(_("不能停用自己的账号，请由另一位管理员办理。"))
    if user.is_active == active:
        return user
    user.is_active = active
    user.version += 1
    user.save(update_fields=["is_active", "version"])
    if not active:
        end_all_sessions(user, because=SignInSession.Ended.BY_MANAGER)
    audit.record(
        subject=user,
        action="activate" if active else "deactivate",
        by=by,
        reason=reason,
        before={"is_active": not active},
        after={"is_active": active},
    )
    return user


@transaction.atomic
def reset_password(user: User, *, by: User) -> str:
    """A new one-time password, to be changed at the first sign-in. Open sessions end."""
    user = flow.locked(user)
    require(by, MANAGE, user)
    word = _one_time_password()
    user.set_password(word)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    end_all_sessions(user, because=SignInSession.Ended.PASSWORD)
    audit.record(subject=user, action="reset_password", by=by)
    return word


@transaction.atomic
def change_password(user: User, *, new: str, by: User) -> User:
    """Set one's own password by the rules of the settings; other sessions of the person end.

    Raises `PermissionDenied` for somebody else, `ValidationError` with each broken rule.
    """
    if user.pk != by.pk:
        raise PermissionDenied(_("口令只能由本人修改。"))
    validate_password(new, user)
    if user.check_password(new):
        raise ValidationError(_("新口令不能与原口令相同。"))
    user.set_password(new)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    audit.record(subject=user, action="change_password", by=by)
    return user


def _one_time_password() -> str:
    """Twelve signs in three groups: about 59 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _n in range(4)) for _group in range(3))


def _refuse_taken(facts: PersonFacts, *, except_for: User | None) -> None:
    others = User.objects.all()
    if except_for is not None:
        others = others.exclude(pk=except_for.pk)
    if others.filter(username=facts.username).exists():
        raise ValidationError({"username": _("登录名“%s”已被使用。") % facts.username})
    if facts.phone and others.filter(phone=facts.phone).exists():
        raise ValidationError({"phone": _("手机号 %s 已登记在另一人名下。") % facts.phone})
