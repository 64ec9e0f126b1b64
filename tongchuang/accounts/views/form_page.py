"""Pages that are one form."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise

from tongchuang.core import audit
from tongchuang.core.pages import render_page, stale

T = TypeVar("T")
Text = str | Promise


@dataclass(frozen=True, slots=True)
class FormPage:
    """Words and addresses around a form; `subject` is the record that may move on meanwhile."""

    heading: Text
    submit: Text
    back: str
    keep: str
    crumb: Text = ""
    note: Text = ""
    subject: Model | None = None
    extra: dict[str, Any] = field(default_factory=dict)


def render_form(
    request: HttpRequest, form: forms.BaseForm, page: FormPage, *, status: int = 0
) -> HttpResponse:
    """The page with the form: 200 when new, 422 with errors, 409 when the record moved on."""
    moved = _moved_on(request, page.subject)
    context = {
        "form": form,
        "page": page,
        "version": getattr(page.subject, "version", ""),
        "stale": moved,
        **page.extra,
    }
    wrong = 422 if form.errors else 200
    return render_page(
        request,
        "accounts/form_page.html",
        context,
        status=status or (409 if moved else wrong),
    )


def attempt(
    request: HttpRequest, form: forms.BaseForm, page: FormPage, act: Callable[[], T]
) -> T | None:
    """Do `act` if the form is right and its record has not moved on; faults go into the form."""
    if not form.is_valid() or (page.subject is not None and stale(request, page.subject)):
        return None
    try:
        return act()
    except ValidationError as fault:
        form.add_error(None, fault)
        return None


def _moved_on(request: HttpRequest, subject: Model | None) -> dict[str, Any] | None:
    """Who changed the record since the form was opened, and when."""
    if request.method != "POST" or subject is None or not stale(request, subject):
        return None
    last = audit.history(subject).last()
    return {"by": last.actor_name, "at": last.at} if last else {"by": "", "at": None}
