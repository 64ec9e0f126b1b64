"""One question: may this person do this, here?

A role grants actions, a membership places the role in the unit tree, an object names its units.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

from tongchuang.accounts.models import Membership, Unit, User
from tongchuang.accounts.roles import ROBOT_ROLE, ROLES, roles_with
from tongchuang.core import clock
from tongchuang.core.flow import WrongState
from tongchuang.core.pages import Stale, moved_on_page

P = ParamSpec("P")
_STEP = 4  # treebeard: characters a level
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
Person = User | AnonymousUser


class Scoped(Protocol):
    """A record that belongs to units."""

    def unit_ids(self) -> set[int]:
        """Keys of the units it belongs to."""


class Request(HttpRequest):
    """A request of a signed-in person."""

    user: User
    htmx: Any


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a person may do one thing: `everything`, or the units of `unit_ids`."""

    everything: bool
    unit_ids: frozenset[int]

    def __bool__(self) -> bool:
        """Whether there is any place at all."""
        return self.everything or bool(self.unit_ids)

    def covers(self, unit_ids: set[int]) -> bool:
        """Whether one of these units lies within."""
        return self.everything or not self.unit_ids.isdisjoint(unit_ids)


_RENEW_PAGE = "accounts:change_password"
NOWHERE = Reach(everything=False, unit_ids=frozenset())


def can(user: Person, action: str, obj: Scoped | None = None) -> bool:
    """Whether `user` may do `action`: to `obj`, or anywhere when there is none."""
    where = reach(user, action)
    return bool(where) if obj is None else where.covers(obj.unit_ids())


def require(user: Person, action: str, obj: Scoped | None = None) -> None:
    """Raise `PermissionDenied` unless `can`."""
    if not can(user, action, obj):
        raise PermissionDenied(action)


def reach(user: Person, action: str) -> Reach:
    """Where `user` may do `action`; asked of the database once per request and action."""
    if not user.is_authenticated or not user.is_active:
        return NOWHERE
    roles = roles_with(action)
    if user.robot:
        return _everywhere(user) if ROBOT_ROLE in roles else NOWHERE
    paths = frozenset(path for role, path in _memberships(user) if role in roles)
    if not paths:
        return NOWHERE
    known: dict[frozenset[str], Reach] = user.__dict__.setdefault("_reach", {})
    if paths not in known:
        known[paths] = _under(paths, _tree(user))
    return known[paths]


def actions_of(user: Person) -> frozenset[str]:
    """Every action that `user` may do somewhere; for menus."""
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    return frozenset(action for role, _path in _memberships(user) for action in ROLES[role].actions)


def forget_reach(user: User) -> None:
    """Drop what was remembered, after memberships changed."""
    for name in ("_reach", "_roles", "_tree"):
        user.__dict__.pop(name, None)


def requires(
    action: str,
) -> Callable[
    [Callable[Concatenate[Request, P], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, P], HttpResponseBase],
]:
    """Open a view to people who may do `action` somewhere.

    Strangers are sent to sign in and come back; a one-time password has to be changed first.
    Where the record moved on since the page was read, the answer is 409: who, when, and what
    was typed.
    """
    roles_with(action)

    def decorate(
        view: Callable[Concatenate[Request, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def allowed(request: Request, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            require(request.user, action)
            try:
                return view(request, *args, **kwargs)
            except (Stale, WrongState) as fault:
                return moved_on_page(request, fault.subject)

        return signed_in(cast(Callable[Concatenate[Request, P], HttpResponseBase], allowed))

    return decorate


def signed_in(
    view: Callable[Concatenate[Request, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Open a view to everybody who has signed in, as `requires` does."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        person = request.user
        if not isinstance(person, User):
            return _sent_to(request, settings.LOGIN_URL)
        if person.must_change_password:
            return _sent_to(request, _RENEW_PAGE)
        return view(cast(Request, request), *args, **kwargs)

    return cast(Callable[Concatenate[HttpRequest, P], HttpResponseBase], guarded)


def allowed_person(request: HttpRequest, action: str) -> User:
    """The person of an API request, who may do `action` somewhere; else `PermissionDenied`."""
    require(request.user, action)
    if not isinstance(request.user, User):
        raise PermissionDenied(action)
    return request.user


def _sent_to(request: HttpRequest, page: str) -> HttpResponse:
    """To another page first, and afterwards back to the page with the form, not to its POST."""
    back = request.get_full_path()
    came_from = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if request.method != "GET" or "HX-Request" in request.headers:
        ours = url_has_allowed_host_and_scheme(came_from, {request.get_host()})
        back = urlsplit(came_from)._replace(scheme="", netloc="").geturl() if ours else ""
    answer = redirect_to_login(back, resolve_url(page))
    if "HX-Request" in request.headers:  # a fragment must not swallow the sign-in page
        return HttpResponseClientRedirect(answer.url)
    return answer


def subtree(path: str) -> Q:
    """Units at or under `path`, as a range that an index serves on every database.

    Tree paths use 0-9 and A-Z in steps of four, so the next sibling's path bounds the subtree.
    """
    return Q(path__gte=path, path__lt=_next_sibling(path))


def _memberships(user: User) -> list[tuple[str, str]]:
    """(role, unit path) of the person and of everyone they stand in for today."""
    if "_roles" not in user.__dict__:
        today = clock.today()
        user.__dict__["_roles"] = list(
            Membership.objects.filter(_own_or_stood_in(user, today), from_on__lte=today)
            .filter(Q(to_on=None) | Q(to_on__gte=today))
            .order_by()
            .distinct()
            .values_list("role", "unit__path")
        )
    return cast(list[tuple[str, str]], user.__dict__["_roles"])


def _own_or_stood_in(user: User, today: date) -> Q:
    return Q(user=user) | Q(
        user__absences__deputy=user,
        user__absences__from_on__lte=today,
        user__absences__to_on__gte=today,
    )


def _everywhere(user: User) -> Reach:
    """The robot needs no membership: it acts in the whole tree, even before there is one."""
    return Reach(everything=True, unit_ids=frozenset(pk for pk, _path in _tree(user)))


def _tree(user: User) -> list[tuple[int, str]]:
    """Key and path of every unit, read once for all the actions of a request."""
    if "_tree" not in user.__dict__:
        user.__dict__["_tree"] = list(Unit.objects.order_by().values_list("id", "path"))
    return cast(list[tuple[int, str]], user.__dict__["_tree"])


def _under(paths: frozenset[str], units: list[tuple[int, str]]) -> Reach:
    """The units under `paths`; everything when only units above them are left out."""
    prefixes = tuple(paths)
    ids = frozenset(pk for pk, path in units if path.startswith(prefixes))
    above = {path[:end] for path in paths for end in range(_STEP, len(path), _STEP)}
    outside = sum(pk not in ids and path not in above for pk, path in units)
    return Reach(everything=not outside, unit_ids=ids)


def _next_sibling(path: str) -> str:
    following = int(path[-_STEP:], 36) + 1
    digits = ""
    while following:
        following, digit = divmod(following, 36)
        digits = _DIGITS[digit] + digits
    return path[:-_STEP] + digits.rjust(_STEP, "0")
