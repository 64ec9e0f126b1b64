"""The life of a round: planned with a scope, drawn by a seed, closed."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TypedDict

from django.db import transaction
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import require
from tongchuang.campaigns.models import Campaign
from tongchuang.core.flow import locked, save_audited
from tongchuang.inspections import rules
from tongchuang.inspections.models import ROUND_FLOW, Draw, Round
from tongchuang.inspections.queries import asking
from tongchuang.inspections.queries.scope import sites_in
from tongchuang.places.models import Site

_ABOVE_ALL = (Unit.Kind.PROVINCE, Unit.Kind.CITY, Unit.Kind.HEADQUARTERS)


class Refused(ValueError):
    """What the rules of inspections do not allow, in words for people."""


class Scope(TypedDict):
    """Codes of site types and of territorial units; empty lists mean all."""

    site_types: list[str]
    territories: list[str]


@transaction.atomic
def plan_round(  # noqa: PLR0913  # a round has this many sides
    campaign: Campaign,
    *,
    title: str,
    kind: str,
    scope: Scope,
    sample_size: int,
    per_type: bool,
    from_on: date,
    to_on: date,
    by: User,
    seed: str = "",
    also: Sequence[Campaign] = (),
) -> Round:
    """A round with a stated scope; the seed is made now, before anybody sees a draw.

    `also`: further campaigns of the same city that its visits serve; raises `Refused` for others.
    """
    others = [one for one in dict.fromkeys(also) if one != campaign]
    for one in (campaign, *others):
        require(by, "inspections.plan", one)
        if one.city_id != campaign.city_id:
            raise Refused(_("%(campaign)s不是本市的创建工作。") % {"campaign": one.title})
    planned = Round(
        campaign=campaign,
        title=title.strip(),
        kind=kind,
        scope=dict(scope),
        sample_size=sample_size,
        per_type=per_type,
        from_on=from_on,
        to_on=to_on,
        seed=seed.strip() or secrets.token_hex(8),
        planned_by=by,
    )
    save_audited(planned, "plan", by=by, also=[one.code for one in others])
    planned.also.set(others)
    return planned


@transaction.atomic
def draw_round(one: Round, *, inspectors: Sequence[User], by: User) -> Round:
    """Draw the sample, keep what it was drawn from and what is asked, share the places out.

    Nobody is sent to a place of their own unit; a place that nobody may visit stays open.
    Raises `Refused` when the scope holds no site.
    """
    one = locked(one)
    ROUND_FLOW.start(one, "draw", by=by)
    sites = {site.code: site for site in sites_in(one)}
    if not sites:
        raise Refused(_("这个范围里没有在用的点位，请改范围或先登记点位。"))
    drawn = _drawn(one, sites)
    one.questions = asking.kept_with(one.campaigns, {site.site_type for site in sites.values()})
    people = rules.share_out([_may_visit(site, inspectors) for site in drawn])
    Draw.objects.bulk_create(
        (
            Draw(round=one, site=site, ordinal=number, inspector=person)
            for number, (site, person) in enumerate(zip(drawn, people, strict=True), 1)
        ),
        batch_size=1000,
    )
    one.population = len(sites)
    ROUND_FLOW.finish(one, "draw", by=by, drawn=len(drawn))
    return one


def _drawn(one: Round, sites: dict[str, Site]) -> list[Site]:
    for site in sites.values():
        one.frame.setdefault(site.site_type.code, []).append(site.code)
    candidates = (rules.Candidate(site.code, site.site_type.code) for site in sites.values())
    found = rules.draw(candidates, one.sample_size, one.seed, per_type=one.per_type)
    return [sites[candidate.code] for candidate in found]


@transaction.atomic
def close_round(one: Round, *, by: User) -> Round:
    """End a round; places not yet visited count as not visited."""
    one = locked(one)
    ROUND_FLOW.start(one, "close", by=by)
    ROUND_FLOW.finish(one, "close", by=by)
    return one


def why_not_visit(site: Site, user: User) -> str:
    """Why this person may not inspect the place; empty when they may."""
    unit = user.unit
    if unit is None:
        return ""
    own = rules.is_own(unit.path, _party_paths(site), answers_below=unit.kind not in _ABOVE_ALL)
    return _("不能检查本单位负责的点位。") if own else ""


def _may_visit(site: Site, inspectors: Iterable[User]) -> list[User]:
    return [person for person in inspectors if not why_not_visit(site, person)]


def _party_paths(site: Site) -> list[str]:
    """Paths of the three parties; fetch them with the site."""
    return [party.path for party in (site.territory, site.trade, site.holder) if party]
