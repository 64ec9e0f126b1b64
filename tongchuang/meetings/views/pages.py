"""What the views of meetings share: the campaign in hand, forms on a page of their own, moves."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from tongchuang.accounts.permissions import Request
from tongchuang.campaigns.models import Campaign
from tongchuang.core.flow import Flow
from tongchuang.core.pages import render_page
from tongchuang.meetings.forms import move_form
from tongchuang.meetings.services import Refused


def campaign_of(request: Request) -> Campaign | None:
    """The campaign of the address, else of the switcher, else the main one."""
    campaigns = Campaign.objects.visible_to(request.user)
    named = request.GET.get("campaign") or ""
    chosen = request.session.get("campaign")
    found = campaigns.filter(code=named) if named else campaigns.filter(pk=chosen or 0)
    return found.first() or campaigns.order_by("-main", "ordinal").first()


def form_page(
    request: Request,
    form: forms.Form,
    save: Callable[[], Model],
    *,
    title: str,
    submit: str,
    back: str,
    crumb: str,
    version: int | None = None,
    opens: str = "",
) -> HttpResponse:
    """A form on a page of its own: saved, or shown again with what is wrong.

    Afterwards the address `back` is opened, or the page named `opens` of what was saved.
    """
    if request.method == "POST" and form.is_valid():
        try:
            saved = save()
        except Refused as fault:
            form.add_error(None, str(fault))
        else:
            messages.success(request, _("已保存。"))
            return redirect(opens, pk=saved.pk) if opens else redirect(back)
    context = {
        "form": form,
        "title": title,
        "submit": submit,
        "back": back,
        "crumb": crumb,
        "version": version,
    }
    status = 422 if form.errors else 200
    return render_page(request, "meetings/form.html", context, status=status)


def moves_of(
    request: Request,
    flow: Flow,
    row: Model,
    forms_of: dict[str, type[forms.Form]],
    failed: Mapping[str, forms.Form],
) -> list[dict[str, Any]]:
    """The moves that this person may make now, each with its form."""
    shown = []
    for name in flow.available(row, request.user):
        form = failed.get(name) or move_form(forms_of, name)
        label = flow.moves[name].label
        plain = not form.fields
        shown.append(
            {"name": name, "label": label, "form": form, "plain": plain, "open": name in failed}
        )
    return shown
