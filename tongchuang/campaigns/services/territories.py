"""Where a matter is done, with each territory's share."""

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import require
from tongchuang.campaigns.models import Assignment, Task, TerritoryShare
from tongchuang.campaigns.services.sums import PartsDoNotFit
from tongchuang.core import audit

WHOLE = Decimal(100)


@transaction.atomic
def set_territories(matter: Assignment | Task, shares: Mapping[Unit, Decimal], *, by: User) -> None:
    """Say in which towns or streets a matter is done; shares in percent add up to 100.

    No share at all means that place does not matter. Raises `PartsDoNotFit`.
    """
    require(by, "campaigns.assign", matter.campaign)
    total = sum(shares.values(), Decimal(0))
    if any(percent <= 0 for percent in shares.values()) or (shares and total != WHOLE):
        raise PartsDoNotFit(_("属地份额合计 %(sum)s%%，应为 100%%。") % {"sum": f"{total:f}"})
    of = {"task": matter} if isinstance(matter, Task) else {"assignment": matter}
    matter.territories.all().delete()
    TerritoryShare.objects.bulk_create(
        TerritoryShare(unit=unit, percent=percent, **of) for unit, percent in shares.items()
    )
    words = {unit.code: f"{percent:f}" for unit, percent in shares.items()}
    audit.record(subject=matter, action="set_territories", by=by, after=words)
