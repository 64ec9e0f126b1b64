"""The inbox of everybody, and for the administrator the e-mail that never arrived."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tongchuang.accounts.permissions import Request, can, requires, signed_in
from tongchuang.core import outbox
from tongchuang.core.pages import keyset, render_page
from tongchuang.desk.queries import mail as queries


@signed_in
@require_GET
def message_list(request: Request) -> HttpResponse:
    tab = queries.UNREAD if request.GET.get("tab") == queries.UNREAD else ""
    may_manage = can(request.user, "accounts.manage")
    context = {
        "page": keyset(request, queries.messages_of(request.user, tab=tab)),
        "tab": tab,
        "tabs": [("", _("全部"), None), (queries.UNREAD, _("未读"), None)],
        "undelivered": queries.undelivered().count() if may_manage else 0,
    }
    return render_page(request, "desk/message_list.html", context, fragment="rows")


@signed_in
@require_GET
@never_cache
def message_open(request: Request, pk: int) -> HttpResponse:
    """Opening a message is reading it, as in any mail program; nothing else changes."""
    message = get_object_or_404(outbox.inbox(request.user), pk=pk)
    outbox.mark_read(outbox.inbox(request.user).filter(pk=pk), by=request.user)
    ours = url_has_allowed_host_and_scheme(message.url, None)
    return HttpResponseRedirect(message.url if ours else reverse("desk:message_list"))


@signed_in
@require_POST
def message_read(request: Request, pk: int) -> HttpResponse:
    message = get_object_or_404(outbox.inbox(request.user), pk=pk)
    outbox.mark_read(outbox.inbox(request.user).filter(pk=message.pk), by=request.user)
    return _back(request)


@signed_in
@require_POST
def messages_read(request: Request) -> HttpResponse:
    count = outbox.mark_read(outbox.inbox(request.user), by=request.user)
    messages.success(request, _("已把 %(n)s 条消息标为已读。") % {"n": count})
    return redirect("desk:message_list")


@requires("accounts.manage")
@require_GET
def messages_failed(request: Request) -> HttpResponse:
    page = keyset(request, queries.undelivered())
    return render_page(request, "desk/messages_failed.html", {"page": page}, fragment="rows")


@requires("accounts.manage")
@require_POST
def message_retry(request: Request, pk: int) -> HttpResponse:
    message = get_object_or_404(queries.undelivered(), pk=pk)
    outbox.retry_message(message, by=request.user)
    messages.success(request, _("已重新排队，投递结果稍后可见。"))
    return redirect("desk:messages_failed")


def _back(request: Request) -> HttpResponse:
    """To the page of the list from which the button was pressed."""
    back = request.POST.get("back", "")
    query = back if back.startswith("?") else ""
    return HttpResponseRedirect(f"{reverse('desk:message_list')}{query}", status=303)
