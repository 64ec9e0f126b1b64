"""The search over everything."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from tongchuang.accounts.permissions import Request, signed_in
from tongchuang.core.pages import render_page
from tongchuang.desk.queries.finding import find

LONGEST = 80


@signed_in
@require_GET
def search(request: Request) -> HttpResponse:
    words = request.GET.get("q", "")[:LONGEST].strip()
    context = {"query": words, "groups": find(request.user, words)}
    return render_page(request, "desk/search.html", context, fragment="hits")
