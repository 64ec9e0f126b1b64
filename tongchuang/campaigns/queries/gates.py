"""Reading campaigns and their gates."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import User
from tongchuang.campaigns import gateline
from tongchuang.campaigns.models import Campaign, Gate


@dataclass(frozen=True, slots=True)
class Deadline:
    """Our own date or the one from above; `days_left` is negative once it has passed.

    None without a date, and for a gate that is decided: nothing is left to wait for.
    """

    label: str | Promise
    day: date | None
    days_left: int | None

    @property
    def days_over(self) -> int:
        """How many days ago it passed, 0 when it has not."""
        return max(-(self.days_left or 0), 0)


def deadlines(item: Campaign | Gate, *, on: date) -> list[Deadline]:
    """Our own date beside the one from above, each with the days that are left (speech 1.2.3)."""
    if isinstance(item, Campaign):
        own, above, waits = item.deadline_on, item.external_deadline_on, True
    else:
        own, above, waits = item.due_on, item.external_due_on, item.decided_on is None
    pairs = ((_("自定期限"), own), (_("上级期限"), above))
    return [
        Deadline(label, day, (day - on).days if day and waits else None) for label, day in pairs
    ]


def campaigns_for(user: User) -> list[Campaign]:
    """The campaigns that `user` may switch between, in their order."""
    return list(Campaign.objects.visible_to(user))


def gate_line(user: User, *, on: date, readiness: Mapping[int, gateline.Ring]) -> gateline.GateLine:
    """The gate line of all visible campaigns; `readiness` by gate key comes from above."""
    gates = Gate.objects.order_by("ordinal").prefetch_related(
        Prefetch("prerequisites", Gate.objects.select_related("campaign"))
    )
    campaigns = Campaign.objects.visible_to(user).prefetch_related(Prefetch("gates", gates))
    return gateline.draw(list(campaigns), on=on, readiness=readiness)


def next_gate(campaign: Campaign) -> Gate | None:
    """The first gate that is not decided yet and has a date."""
    undecided = campaign.gates.filter(state__in=[Gate.State.AHEAD, Gate.State.OPEN])
    return undecided.exclude(due_on=None).order_by("due_on").first()


def nearest_gate(user: User, *, on: date) -> Gate | None:
    """The gate that comes first over all visible campaigns."""
    campaigns = Campaign.objects.visible_to(user)
    undecided = Gate.objects.filter(
        campaign__in=campaigns, state__in=[Gate.State.AHEAD, Gate.State.OPEN]
    )
    return undecided.filter(due_on__gte=on).select_related("campaign").order_by("due_on").first()
