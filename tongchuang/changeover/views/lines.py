"""One line of a ledger decided by a person, and many by a spreadsheet."""

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from tongchuang.accounts.permissions import Request, require, requires
from tongchuang.changeover import services
from tongchuang.changeover.forms import LineForm, is_draft, line_initial
from tongchuang.changeover.models import Changeover, Line
from tongchuang.changeover.services.drafting import surveyed
from tongchuang.changeover.sheets import ledger_sheet
from tongchuang.changeover.views.changeovers import changeover_of
from tongchuang.core import clock
from tongchuang.core.pages import render_page
from tongchuang.core.sheet_views import sheet_import_page
from tongchuang.standards.models import Clause


@requires("changeover.draft")
def line_edit(request: Request, pk: int, ordinal: int) -> HttpResponse:
    found = changeover_of(request, pk)
    require(request.user, "changeover.draft", found)
    line = get_object_or_404(found.lines.select_related("clause", "changeover"), ordinal=ordinal)
    if not (is_draft(found) and line.may_be_decided):
        messages.error(request, _("这一行现在不能改。"))
        return redirect("changeover:detail", pk=pk)
    near = _near(found, line)
    papers = list(dict.fromkeys(text for clause in near for text in clause.evidence))
    form = LineForm(
        request.POST or None, line=line, near=near, papers=papers, initial=line_initial(line, near)
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.decide_line(line, by=request.user, at=clock.now(), **form.cleaned_data)
        except services.ChangeoverRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("已定下。"))
            return redirect(_back(found))
    context = {"changeover": found, "line": line, "form": form, "back": _back(found)}
    status = 422 if form.errors else 200
    return render_page(request, "changeover/line_form.html", context, status=status)


def _back(found: Changeover) -> str:
    """The open lines while there are some, else the ledger."""
    left = "?only=open" if found.lines.filter(is_open=True).exists() else ""
    return reverse("changeover:detail", args=[found.pk]) + left


def _near(found: Changeover, line: Line) -> list[Clause]:
    """The new articles where the old one lands, with their requirements, and what the line says."""
    landed = surveyed(found).editions.landing(line.clause.code).targets if line.clause else ()
    clauses = Clause.objects.filter(framework=found.new).exclude(level=Clause.Level.CHAPTER)
    near = clauses.filter(Q(code__in=[*landed, *line.targets]) | Q(parent__code__in=landed))
    return list(near.order_by("ordinal"))


@requires("changeover.draft")
def ledger_import(request: Request, pk: int) -> HttpResponse:
    found = changeover_of(request, pk)
    require(request.user, "changeover.draft", found)
    back = reverse("changeover:detail", args=[pk])
    if not is_draft(found):
        messages.error(request, _("已报签批，台账不能再改。"))
        return redirect(back)
    return sheet_import_page(
        request,
        ledger_sheet(found),
        back_url=back,
        template="changeover/ledger_import.html",
        context={"changeover": found},
    )
