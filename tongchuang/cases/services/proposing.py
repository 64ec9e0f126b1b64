"""Who should lead: a short table of rules that says how sure it is and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit
from tongchuang.core import clock
from tongchuang.places.models import LeadRule, ResponsibilityRule, Site
from tongchuang.places.queries import lead_rule_for
from tongchuang.standards.models import ProblemClass

TERRITORY_WORDS = frozenset({"属地", "乡镇街道", "各乡镇街道", "街道", "乡镇", "各区县", "社区"})
_TOWN_KINDS = (Unit.Kind.TOWN, Unit.Kind.STREET, Unit.Kind.ZONE)
_STEP = 4  # characters of a tree path a level


@dataclass(frozen=True, slots=True)
class Proposal:
    """A unit that should lead, a share of certainty in [0, 1], and the reason in words."""

    unit: Unit | None
    certainty: float | None = None
    reason: str = ""


def propose_lead(
    site: Site | None,
    problem_class: ProblemClass | None,
    territory: Unit | None,
    *,
    on: date | None = None,
) -> Proposal:
    """The lead unit by the rules of the day `on` (today), else by site type, class, territory.

    Nobody when nothing is known. The ladder: a rule for this very place, a ruling, an agreement,
    a rule by place type (practice of local sanitation by-laws); then who regulates the trade.
    """
    rule = lead_rule_for(site, problem_class, territory, on=on or clock.today())
    return _by_rule(rule, site, territory) or _by_kind(site, problem_class, territory)


# How sure a rule is, by where it comes from: defaults of the product, below a person's decision.
_SURE = {LeadRule.Kind.RULING: 0.98, LeadRule.Kind.AGREEMENT: 0.95, LeadRule.Kind.TYPE: 0.9}


def _by_rule(rule: LeadRule | None, site: Site | None, territory: Unit | None) -> Proposal | None:
    """What a rule of who leads comes to at this place; None when it names nobody who works."""
    if rule is None:
        return None
    party, town = LeadRule.Party, town_of(territory)
    named = {
        party.UNIT: rule.unit,
        party.HOLDER: site.holder if site else None,
        party.TRADE: _trade_of(site),
        party.TERRITORY: town,
    }[party(rule.party)]
    words = _("%(kind)s：%(source)s") % {"kind": rule.get_kind_display(), "source": rule.source}
    if named is None and rule.party == party.HOLDER:
        named, words = town, _("%(why)s；没有产权单位，由属地负责") % {"why": words}
    if named is None or not named.active:
        return None
    return Proposal(named, _SURE[LeadRule.Kind(rule.kind)], words)


def _by_kind(
    site: Site | None, problem_class: ProblemClass | None, territory: Unit | None
) -> Proposal:
    trade = _trade_of(site)
    hinted = _hinted_units(problem_class)
    town = town_of(territory)
    kind = site.site_type.name if site else ""
    if trade and hinted and trade.pk != hinted[0].pk:
        words = _("%(one)s 与 %(other)s 均有可能") % {"one": hinted[0], "other": trade}
        return Proposal(hinted[0], 0.62, words)
    if trade and hinted:
        return Proposal(trade, 0.96, _("%(kind)s → 行业主管") % {"kind": kind})
    if trade:
        return Proposal(trade, 0.88, _("%(kind)s → 行业主管") % {"kind": kind})
    if hinted:
        return _by_class(problem_class, hinted)
    return _by_territory(problem_class, town)


def _by_class(problem_class: ProblemClass | None, hinted: list[Unit]) -> Proposal:
    reason = _("%(what)s → %(unit)s") % {"what": problem_class, "unit": hinted[0]}
    if len(hinted) > 1:
        others = "、".join(map(str, hinted[1:3]))
        return Proposal(
            hinted[0], 0.74, _("%(reason)s；或 %(others)s") % {"reason": reason, "others": others}
        )
    return Proposal(hinted[0], 0.84, reason)


def _by_territory(problem_class: ProblemClass | None, town: Unit | None) -> Proposal:
    if town is None:
        return Proposal(None)
    words = set(problem_class.trade_hint) if problem_class else set()
    if words & TERRITORY_WORDS:
        return Proposal(town, 0.91, _("%(what)s → 属地") % {"what": problem_class})
    return Proposal(town, 0.66, _("只知属地"))


def trade_unit(site: Site | None) -> Unit | None:
    """The trade regulator of a site, by the site itself or by the rule of its type."""
    return _trade_of(site)


def _trade_of(site: Site | None) -> Unit | None:
    if site is None:
        return None
    if site.trade_id:
        return site.trade
    rule = ResponsibilityRule.objects.filter(site_type=site.site_type_id).select_related("trade")
    found = rule.first()
    return found.trade if found else None


def _hinted_units(problem_class: ProblemClass | None) -> list[Unit]:
    """The units that a problem class names, in its order; words for "territory" are no unit."""
    hints = [word for word in problem_class.trade_hint if word] if problem_class else []
    return units_named([hint for hint in hints if hint not in TERRITORY_WORDS])


def units_named(names: Iterable[str]) -> list[Unit]:
    """Units by code, name, short name or a former name, in the order of the names."""
    wanted = list(names)
    if not wanted:
        return []
    named = (
        Q(code__in=wanted)
        | Q(name__in=wanted)
        | Q(short_name__in=wanted)
        | Q(names__name__in=wanted)
        | Q(names__short_name__in=wanted)
    )
    found = list(Unit.objects.filter(named, active=True).prefetch_related("names").distinct())
    return sorted(found, key=lambda unit: _rank(unit, wanted))


def _rank(unit: Unit, wanted: list[str]) -> int:
    words = {unit.code, unit.name, unit.short_name}
    words |= {name for old in unit.names.all() for name in (old.name, old.short_name)}
    return min((wanted.index(word) for word in words if word in wanted), default=len(wanted))


def town_of(territory: Unit | None) -> Unit | None:
    """The town, street or zone that a territory lies in: the level that leads cases."""
    if territory is None or territory.kind in _TOWN_KINDS:
        return territory
    paths = [territory.path[:end] for end in range(_STEP, len(territory.path), _STEP)]
    above = Unit.objects.filter(path__in=paths, kind__in=_TOWN_KINDS)
    return above.order_by("-depth").first() or territory
