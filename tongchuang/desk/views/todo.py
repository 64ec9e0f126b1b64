"""The home page of everybody who signs in."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from tongchuang.accounts.permissions import Request, signed_in
from tongchuang.accounts.queries import stands_in_for
from tongchuang.core import clock, outbox
from tongchuang.core.pages import render_page
from tongchuang.desk.queries.todo import next_cases, todo_groups, total_of

MESSAGES = 6


@signed_in
@require_GET
def todo(request: Request) -> HttpResponse:
    at = clock.now()
    groups = todo_groups(request.user, at=at)
    context = {
        "groups": groups,
        "total": total_of(groups),
        "late": sum(line.late for group in groups for line in group.lines),
        "next_cases": next_cases(request.user, at=at),
        "stand_ins": stands_in_for(request.user, on=at.date()),
        "news": outbox.inbox(request.user).order_by("-id")[:MESSAGES],
        "today": at.date(),
    }
    return render_page(request, "desk/todo.html", context)
