"""A clause with everything that hangs on it."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from tongchuang.accounts.permissions import Request, requires
from tongchuang.core import clock
from tongchuang.core.pages import render_page
from tongchuang.desk.queries.hanging import hangings
from tongchuang.standards.models import Clause
from tongchuang.standards.pairs import counterparts
from tongchuang.standards.queries import clause_facts


@requires("standards.view")
@require_GET
def clause(request: Request, code: str) -> HttpResponse:
    found = get_object_or_404(Clause.objects.select_related("framework", "parent"), code=code)
    facts = clause_facts(found)
    below = [row.clause for row in facts.requirements]
    hung = hangings(request.user, found, below, facts.measures, at=clock.now())
    context = {
        "clause": found,
        "facts": facts,
        "hung": hung,
        "counterparts": counterparts(found),
    }
    return render_page(request, "desk/clause.html", context)
