"""Coming in, going out, one's own page, passwords, sessions."""

import math
from datetime import timedelta
from typing import Any, cast

from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_client_ip_address
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tongchuang.accounts import queries, services
from tongchuang.accounts.forms import ChangePasswordForm, SignInForm
from tongchuang.accounts.models import SignInSession, User
from tongchuang.accounts.permissions import Request, signed_in
from tongchuang.accounts.views.form_page import FormPage, attempt, render_form
from tongchuang.core import clock
from tongchuang.core.pages import keyset, render_page

_BACKEND = "django.contrib.auth.backends.ModelBackend"


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated and request.method == "GET":
        return redirect(_next(request))
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        name = queries.sign_in_name(form.cleaned_data["username"])
        user = authenticate(request, username=name, password=form.cleaned_data["password"])
        if isinstance(user, User):
            return _entered(request, user)
        form.add_error(None, _wrong(request, name))
    status = 422 if form.errors else 200
    return render_page(request, "accounts/sign_in.html", _entrance(request, form), status=status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    if request.session.session_key:
        services.sign_out_session(request.session.session_key)
    logout(request)
    messages.success(request, _("已退出。"))
    return redirect("accounts:sign_in")


@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Enter as a demonstration person; outside a demonstration this page does not exist."""
    if not settings.DEMO:
        raise Http404
    user = get_object_or_404(
        User, username=request.POST.get("username", ""), is_active=True, robot=False
    )
    login(request, user, backend=_BACKEND)
    services.open_session(user, _visitor(request), at=clock.now(), limited=False)
    return redirect(_next(request))


@sensitive_post_parameters()
@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    form = ChangePasswordForm(request.POST or None, user=user)
    page = FormPage(
        heading=_("修改口令"),
        submit=_("保存新口令"),
        back="" if user.must_change_password else resolve_url("accounts:me"),
        keep="",
        note=_("您用的是一次性口令，改好后才能继续。") if user.must_change_password else "",
    )
    done = attempt(
        request, form, page, lambda: services.change_password(user, new=_new(form), by=user)
    )
    if done is None:
        return render_form(request, form, page)
    _keep_this_session(request, user)
    messages.success(request, _("口令已修改，别处的登录已全部退出。"))
    return redirect(_next(request))


@signed_in
@require_GET
def me(request: Request) -> HttpResponse:
    """One's own page: roles, posts, stand-ins, sessions."""
    today = clock.today()
    context = {
        "person": request.user,
        "roles": queries.roles_held(request.user, on=today),
        "stands_in": queries.stands_in_for(request.user, on=today),
        "posts": request.user.posts.filter(queries.posts_on(today)).select_related("unit"),
        "absences": request.user.absences.filter(to_on__gte=today).select_related("deputy"),
        "taken_over": request.user.taken_over.select_related("giver", "unit")[:5],
    }
    return render_page(request, "accounts/me.html", context)


@signed_in
@require_GET
def sessions(request: Request) -> HttpResponse:
    """Where one is signed in."""
    since = clock.now() - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    mine = SignInSession.objects.filter(user=request.user)
    context = {
        "open": mine.filter(ended_at=None, started_at__gte=since).order_by("-started_at", "-id"),
        "ended": keyset(request, mine.exclude(ended_at=None), order=("-started_at",), size=20),
        "here": request.session.session_key,
        "limit": request.user.session_limit,
    }
    return render_page(request, "accounts/sessions.html", context)


@signed_in
@require_POST
def session_end(request: Request, pk: int) -> HttpResponse:
    session = get_object_or_404(SignInSession, pk=pk, user=request.user)
    services.end_session(session, by=request.user)
    messages.success(request, _("那一处登录已结束。"))
    return redirect("accounts:sessions")


def locked_out(
    request: HttpRequest, _response: Any = None, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """Shown after too many wrong passwords: how long, and what to do."""
    name = (credentials or {}).get("username", "")
    minutes = math.ceil(_lock_left(name, request).total_seconds() / 60)
    context = {
        "minutes": minutes,
        "opens_at": clock.now() + timedelta(minutes=minutes),
        "limit": settings.AXES_FAILURE_LIMIT,
        "next": request.POST.get("next", ""),
    }
    return render(request, "accounts/locked_out.html", context, status=429)


def _entered(request: HttpRequest, user: User) -> HttpResponse:
    login(request, user)
    ended = services.open_session(user, _visitor(request), at=clock.now())
    if ended:
        messages.warning(
            request,
            _("同时登录超过 %(limit)d 处，最早的 %(count)d 处已退出。")
            % {"limit": user.session_limit, "count": len(ended)},
        )
    return redirect(_next(request))


def _keep_this_session(request: HttpRequest, user: User) -> None:
    """After a change of password this session goes on under a new key; the others end."""
    old = request.session.session_key or ""
    update_session_auth_hash(request, user)
    services.follow_session(old, request.session.session_key or "")
    services.end_all_sessions(
        user, because=SignInSession.Ended.PASSWORD, but=request.session.session_key or ""
    )


def _entrance(request: HttpRequest, form: SignInForm) -> dict[str, Any]:
    context: dict[str, Any] = {"form": form, "next": _wish(request)}
    if settings.DEMO:
        context["demo_groups"] = _grouped(import_string(settings.DEMO_PEOPLE_SOURCE)())
        context["query"] = request.GET.get("q", "").strip()[:40]
        context["found"] = queries.demo_people(context["query"])
    return context


def _grouped(people: list[queries.DemoPerson]) -> list[tuple[str, list[queries.DemoPerson]]]:
    groups: dict[str, list[queries.DemoPerson]] = {}
    for person in people:
        groups.setdefault(str(person.group), []).append(person)
    return list(groups.items())


def _wish(request: HttpRequest) -> str:
    """The address one came for, if it is one of ours."""
    wish = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(
        wish, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wish if ours else ""


def _next(request: HttpRequest) -> str:
    return _wish(request) or resolve_url(settings.LOGIN_REDIRECT_URL)


def _wrong(request: HttpRequest, name: str) -> str:
    failures = AxesProxyHandler.get_failures(request, {"username": name})
    left = settings.AXES_FAILURE_LIMIT - failures
    words = _("登录名或口令不对。")
    if 0 < left <= 3:
        words += _("再错 %(left)d 次将锁定 15 分钟。") % {"left": left}
    return words


def _lock_left(name: str, request: HttpRequest) -> timedelta:
    """How long the lock still holds; it counts in real time even in a demonstration."""
    attempt_row = AccessAttempt.objects.filter(
        username=name, ip_address=get_client_ip_address(request)
    ).last()
    now = timezone.now()  # the counter of attempts lives in real time
    began = attempt_row.attempt_time if attempt_row else now
    left = began + settings.AXES_COOLOFF_TIME - now
    return max(cast(timedelta, left), timedelta(minutes=1))


def _visitor(request: HttpRequest) -> services.Visitor:
    return services.Visitor(
        session_key=request.session.session_key or "",
        address=get_client_ip_address(request),
        device=request.headers.get("User-Agent", ""),
    )


def _new(form: ChangePasswordForm) -> str:
    return cast(str, form.cleaned_data["new"])
