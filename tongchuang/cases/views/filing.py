"""Writing a problem down."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongchuang.accounts.permissions import Request, requires
from tongchuang.cases import services
from tongchuang.cases.forms import FilingForm
from tongchuang.core.files import FileRefused
from tongchuang.core.pages import render_page

_INITIAL = ("find", "site", "title", "address")


@requires("cases.file")
@require_http_methods(["GET", "POST"])
def case_new(request: Request) -> HttpResponse:
    if request.method == "GET":
        initial = {name: request.GET[name] for name in _INITIAL if name in request.GET}
        form = FilingForm(initial=initial, user=request.user)
        return _page(request, form)
    form = FilingForm(request.POST, request.FILES, user=request.user)
    if "search" in request.POST:
        return _page(request, FilingForm(initial=_typed(form), user=request.user))
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        case = services.file_case(by=request.user, **_facts(form.cleaned_data))
    except (services.Refused, FileRefused) as refused:
        form.add_error(None, str(refused))
        return _page(request, form, status=422)
    messages.success(request, _("已登记：%(number)s。") % {"number": case.number})
    return HttpResponseRedirect(reverse("cases:detail", args=[case.pk]), status=303)


def _page(request: Request, form: FilingForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form}
    return render_page(request, "cases/case_new.html", context, fragment="site", status=status)


def _typed(form: FilingForm) -> dict[str, Any]:
    """What was typed so far, when only the site was looked for."""
    return {name: form.data.get(name) for name in form.fields if form.data.get(name)}


def _facts(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name != "find"}
