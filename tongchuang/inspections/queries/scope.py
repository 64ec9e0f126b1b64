"""What a round is about: its sites and its words."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit
from tongchuang.accounts.permissions import subtree
from tongchuang.accounts.queries import PastNames
from tongchuang.inspections.models import Round
from tongchuang.places.models import Site
from tongchuang.standards.models import SiteType


def sites_in(one: Round) -> QuerySet[Site]:
    """Active sites of the round's city and scope, with types and parties."""
    sites = Site.objects.active().select_related("site_type", "territory", "trade", "holder")
    city = Unit.objects.filter(subtree(one.campaign.city.path))
    if kinds := one.scope.get("site_types"):
        sites = sites.filter(site_type__code__in=kinds)
    codes = one.scope.get("territories")
    territories = Unit.objects.filter(code__in=codes) if codes else None
    if territories is None:
        return sites.filter(territory__in=city)
    wanted = Q()
    for path in territories.values_list("path", flat=True):
        wanted |= subtree(path)
    return sites.filter(territory__in=city.filter(wanted)) if wanted else sites.none()


def kinds_of(one: Round) -> QuerySet[SiteType]:
    """The site types of a round: those drawn from, else those of its scope."""
    kinds = SiteType.objects.order_by("ordinal")
    codes = list(one.frame) or one.scope.get("site_types")
    return kinds.filter(code__in=codes) if codes else kinds


def scope_words(one: Round, names: PastNames | None = None) -> str:
    """The scope as a sentence: where, what, how many and how; with `names` those of its day."""
    kinds = one.scope.get("site_types") or []
    titles = [t.name for t in SiteType.objects.filter(code__in=kinds)] if kinds else []
    codes = one.scope.get("territories") or []
    units = list(Unit.objects.filter(code__in=codes)) if codes else []
    if names:
        names.show((unit, one.from_on) for unit in units)
    facts = {
        "where": "、".join(unit.label for unit in units) or _("全市"),
        "what": "、".join(titles) or _("各类点位"),
        "n": one.sample_size,
    }
    if not one.sample_size:
        return _("%(where)s的%(what)s，全部检查。") % facts
    if one.per_type:
        return _("%(where)s的%(what)s，随机抽 %(n)s 处，各类数量相等。") % facts
    return _("%(where)s的%(what)s，随机抽 %(n)s 处，按各类点位数的比例。") % facts
