"""Who is told of what: messages in the outbox, written with the change."""

from collections.abc import Iterable

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit
from tongchuang.accounts.permissions import subtree
from tongchuang.cases.models import Case
from tongchuang.core import outbox, search

KIND = "case"


def office_of(city: Unit) -> Unit:
    """The office of the campaign, whose dispatchers hold what lies with no unit."""
    offices = Unit.objects.filter(subtree(city.path), kind=Unit.Kind.OFFICE)
    return offices.first() or city


def tell(case: Case, to: Iterable[models.Model | None], subject: str, body: str = "") -> None:
    """Write one message to each recipient; those that are missing are left out."""
    recipients = {(type(one), one.pk): one for one in to if one is not None}
    if not recipients:
        return
    outbox.post_many(
        recipients.values(),
        kind=KIND,
        subject=_("%(number)s %(subject)s：%(title)s")
        % {"number": case.number, "subject": subject, "title": case.title},
        body=body,
        url=reverse("cases:detail", args=[case.pk]),
        urgent=case.grade == Case.Grade.URGENT,
    )


def index_case(case: Case) -> None:
    """Make the case findable by what people remember of it."""
    search.index(KIND, case.pk, case_text(case))


def case_text(case: Case) -> str:
    """The words by which a case is found."""
    site = case.site.name if case.site_id and case.site else ""
    parts = (case.number, case.title, case.description, site, case.address, case.external_id)
    return " ".join(part for part in parts if part)
