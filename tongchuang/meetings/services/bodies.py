"""Leading groups and working bodies of the units."""

from datetime import date
from typing import TypedDict, Unpack

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import require, subtree
from tongchuang.campaigns.models import Campaign
from tongchuang.core import audit, outbox
from tongchuang.core.flow import locked, remember, save_audited
from tongchuang.meetings.models import LeadingBody
from tongchuang.meetings.services.meetings import Refused


class BodyFields(TypedDict):
    """What a unit says of its leading group and its working body."""

    leader: str
    members: int | None
    office: str
    office_head: str
    staff: int | None
    paper: str
    set_up_on: date


@transaction.atomic
def ask_bodies(campaign: Campaign, *, due_on: date, by: User) -> list[LeadingBody]:
    """Ask every scored unit of the city that has not been asked yet; asking again adds the new.

    The day of those asked before stays as it was.
    """
    require(by, "meetings.manage", campaign)
    scored = Unit.objects.filter(subtree(campaign.city.path), active=True, scored=True)
    asked = LeadingBody.objects.filter(campaign=campaign).values("unit")
    rows = [
        LeadingBody(campaign=campaign, unit=unit, due_on=due_on)
        for unit in scored.exclude(pk__in=asked).order_by("path")
    ]
    found = LeadingBody.objects.bulk_create(rows)
    if found:
        audit.record(subject=campaign, action="ask_bodies", by=by, after={"count": len(found)})
        outbox.post_many(
            [row.unit for row in found],
            kind="body",
            subject=_("请成立创建工作领导机构和工作机构"),
            body=_("请在 %(day)s 前成立并登记。") % {"day": due_on.isoformat()},
            url=reverse("meetings:body_list"),
        )
    return found


@transaction.atomic
def report_body(
    body: LeadingBody, *, on: date, by: User, **fields: Unpack[BodyFields]
) -> LeadingBody:
    """The unit says what it has set up; raises `Refused` for a day to come."""
    body = locked(body)
    require(by, "meetings.report", body)
    if fields["set_up_on"] > on:
        raise Refused(_("成立日期不能晚于今天。"))
    remember(body)
    for name, value in fields.items():
        setattr(body, name, value)
    body.reported_by = by
    save_audited(body, "report_body", by=by)
    return body
