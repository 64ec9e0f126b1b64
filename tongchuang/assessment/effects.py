"""What a figure would change, before it is entered: every campaign that it reaches."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from tongchuang.accounts.models import User
from tongchuang.assessment.inputs import gather
from tongchuang.assessment.lines import lines
from tongchuang.assessment.live import Live
from tongchuang.assessment.models import Cell, Figure
from tongchuang.campaigns.models import Campaign
from tongchuang.standards.models import Clause, Mapping, Measure


@dataclass(frozen=True, slots=True)
class Change:
    """An article whose state would change in the city as a whole."""

    clause: Clause
    before: str
    after: str

    @property
    def before_word(self) -> str:
        """The state now, in words."""
        return str(Cell.State(self.before).label)

    @property
    def after_word(self) -> str:
        """The state with the figure, in words."""
        return str(Cell.State(self.after).label)


@dataclass(frozen=True, slots=True)
class Effect:
    """Readiness of one campaign without and with the figure, shares in [0, 1] or None."""

    campaign: Campaign
    before: float | None
    after: float | None
    changes: list[Change]


def campaigns_reached(measure: Measure) -> list[Campaign]:
    """Campaigns not ended on the measure's standard, and over accepted pairs on others."""
    clause = Clause.objects.filter(pk=measure.clause_id)
    pairs = Mapping.objects.carrying().touching(clause)
    ends = pairs.values_list("source__framework", "target__framework")
    frameworks = {measure.clause.framework_id, *(end for pair in ends for end in pair)}
    found = Campaign.objects.filter(framework__in=frameworks)
    return list(found.exclude(status=Campaign.Status.ENDED))


def effects_of(figure: Figure, *, user: User, at: datetime) -> list[Effect]:
    """What an unsaved figure would do this month to every campaign that `user` may see."""
    reached = {campaign.pk for campaign in campaigns_reached(figure.measure)}
    seen = Campaign.objects.visible_to(user).filter(pk__in=reached)
    found = [_effect(campaign, figure, at) for campaign in seen.order_by("ordinal", "pk")]
    return [effect for effect in found if effect is not None]


def _effect(campaign: Campaign, figure: Figure, at: datetime) -> Effect | None:
    used = lines()
    period = f"{timezone.localtime(at):%Y-%m}"
    live = Live(gather(campaign, period, at=at, lines=used), used)
    before = live.facts()
    if not live.put(figure):
        return None
    after = live.facts()
    titles = {article.clause.pk: article.clause for article in live.found.articles}
    return Effect(campaign, before["score"], after["score"], list(_changes(titles, before, after)))


def _changes(
    titles: dict[int, Clause], before: dict[str, Any], after: dict[str, Any]
) -> Iterable[Change]:
    for key, clause in titles.items():
        one, other = (facts["clauses"].get(str(key), Cell.State.OFF) for facts in (before, after))
        if one != other:
            yield Change(clause, one, other)
