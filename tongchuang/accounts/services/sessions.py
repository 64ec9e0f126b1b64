"""Open sessions of a person: limiting their number, ending them."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.db import transaction

from tongchuang.accounts.models import SignInSession, User
from tongchuang.accounts.permissions import can
from tongchuang.core import audit, clock, flow

MANAGE = "accounts.manage"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where a sign-in came from."""

    session_key: str
    address: str | None = None
    device: str = ""


@transaction.atomic
def open_session(
    user: User, visitor: Visitor, *, at: datetime, limited: bool = True
) -> list[SignInSession]:
    """Note a new session and end the oldest ones beyond the person's limit; returns those."""
    SignInSession.objects.update_or_create(
        session_key=visitor.session_key,
        defaults={
            "user": user,
            "started_at": at,
            "address": visitor.address,
            "device": visitor.device[:200],
            "ended_at": None,
            "ended_because": "",
        },
    )
    audit.record(subject=user, action="sign_in", by=user, after={"address": visitor.address})
    if not limited:
        return []
    running = SignInSession.objects.filter(user=user, ended_at=None).order_by("-started_at", "-id")
    surplus = list(running[max(user.session_limit, 1) :])
    _end(surplus, SignInSession.Ended.LIMIT, at)
    return surplus


@transaction.atomic
def end_session(session: SignInSession, *, by: User) -> SignInSession:
    """End one session; one's own, or anybody's within the reach of `accounts.manage`."""
    session = flow.locked(session)
    own = session.user_id == by.pk
    if not own and not can(by, MANAGE, session.user):
        raise PermissionDenied(MANAGE)
    if session.ended_at is None:
        kinds = SignInSession.Ended
        _end([session], kinds.BY_PERSON if own else kinds.BY_MANAGER, clock.now())
        audit.record(subject=session.user, action="end_session", by=by)
    return session


def end_all_sessions(user: User, *, because: str, but: str = "") -> int:
    """End every session of a person except the one with key `but`; returns how many."""
    running = list(
        SignInSession.objects.filter(user=user, ended_at=None).exclude(session_key=but or None)
    )
    _end(running, because, clock.now())
    return len(running)


def sign_out_session(session_key: str) -> None:
    """Note that a person left by the door."""
    SignInSession.objects.filter(session_key=session_key, ended_at=None).update(
        ended_at=clock.now(), ended_because=SignInSession.Ended.SIGNED_OUT
    )


def follow_session(old_key: str, new_key: str) -> None:
    """The same session under a new key: keys are renewed when a password changes."""
    SignInSession.objects.filter(session_key=old_key).update(session_key=new_key)


def _end(sessions: list[SignInSession], because: str, at: datetime) -> None:
    keys = [session.session_key for session in sessions]
    Session.objects.filter(session_key__in=keys).delete()
    SignInSession.objects.filter(session_key__in=keys).update(ended_at=at, ended_because=because)
    for session in sessions:
        session.ended_at, session.ended_because = at, because
