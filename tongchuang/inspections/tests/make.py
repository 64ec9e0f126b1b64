"""Builders of inspections.

beat = make_beat()                       # a town, an inspector, a site type with three items
one = drawn(beat)                        # a running round with its places shared out
visit = begun(beat); visit = finished(beat, fail=[0])
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tongchuang.accounts.models import User
from tongchuang.campaigns.models import Campaign
from tongchuang.campaigns.tests.make import make_campaign
from tongchuang.cases.tests.make import Town, make_town
from tongchuang.inspections import services
from tongchuang.inspections.models import Round, Visit
from tongchuang.inspections.services import Given
from tongchuang.standards.models import ChecklistItem
from tongchuang.standards.tests.make import make_item


@dataclass(frozen=True, slots=True)
class Beat:
    """A town with a campaign, an inspector and a checklist of three items for its site."""

    town: Town
    campaign: Campaign
    inspector: User
    items: list[ChecklistItem]


def make_beat() -> Beat:
    """The least in which a round can go its whole way."""
    town = make_town()
    kind = town.site.site_type
    items = [make_item(kind, weight=2), make_item(kind, photo_required=True), make_item(kind)]
    return Beat(town, make_campaign(city=town.city.root, main=True), town.checker, items)


def planned(beat: Beat, **fields: Any) -> Round:
    """A round over the whole city that takes every place."""
    values: dict[str, Any] = {
        "title": "三月巡查",
        "kind": Round.Kind.ROUTINE,
        "scope": {"site_types": [], "territories": []},
        "sample_size": 0,
        "per_type": True,
        "from_on": date(2016, 3, 1),
        "to_on": date(2016, 3, 31),
        "seed": "8-3-2016",
    }
    campaign = fields.pop("campaign", beat.campaign)
    return services.plan_round(campaign, by=beat.town.city.supervisor, **values | fields)


def drawn(beat: Beat, **fields: Any) -> Round:
    """A running round whose places all went to the beat's inspector."""
    one = planned(beat, **fields)
    return services.draw_round(one, inspectors=[beat.inspector], by=beat.town.city.supervisor)


def begun(beat: Beat, one: Round | None = None) -> Visit:
    """A visit in a round."""
    return services.start_visit(beat.town.site, round=one or drawn(beat), by=beat.inspector)


def finished(beat: Beat, *, fail: Sequence[int] = (), one: Round | None = None) -> Visit:
    """A finished visit; the items of `fail` (by place in the list) did not pass."""
    visit = begun(beat, one)
    given = [
        Given(item, "fail" if n in fail else "pass", "见说明" if n in fail else "")
        for n, item in enumerate(beat.items)
    ]
    services.answer_items(visit, given, by=beat.inspector)
    return services.finish_visit(visit, by=beat.inspector)
