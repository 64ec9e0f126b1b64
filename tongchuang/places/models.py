"""Where things are: areas, sites and the three parties who answer for a site."""

import secrets
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import reach
from tongchuang.standards.models import ProblemClass, SiteType


def new_plate() -> str:
    """A code for a QR plate: 10 characters that cannot be guessed."""
    return secrets.token_hex(5)


class Area(models.Model):
    """The boundary of a territorial unit. `boundary` is a GeoJSON geometry in WGS 84."""

    unit = models.OneToOneField(Unit, models.CASCADE, related_name="area", verbose_name=_("单位"))
    boundary = models.JSONField(_("边界"), null=True, blank=True)
    west = models.FloatField(null=True, blank=True)
    south = models.FloatField(null=True, blank=True)
    east = models.FloatField(null=True, blank=True)
    north = models.FloatField(null=True, blank=True)
    source = models.CharField(_("来源"), max_length=120, blank=True)
    revision = models.PositiveIntegerField(default=1)  # raised with every new boundary
    population = models.PositiveIntegerField(_("人口"), null=True, blank=True)
    area_m2 = models.FloatField(_("面积（平方米）"), null=True, blank=True)

    class Meta:
        verbose_name = _("区域")
        ordering = ["unit__path"]

    def __str__(self) -> str:
        return str(self.unit)


class SiteQuerySet(models.QuerySet["Site"]):
    """Lists of sites."""

    def visible_to(self, user: User) -> Self:
        """Sites of which a party lies where `user` holds `places.view`."""
        where = reach(user, "places.view")
        if where.everything:
            return self
        ids = where.unit_ids
        return self.filter(Q(territory__in=ids) | Q(trade__in=ids) | Q(holder__in=ids))

    def active(self) -> Self:
        """Sites that still exist."""
        return self.filter(active=True)


class Site(models.Model):
    """A place that is inspected: a market, a lane, a toilet, a shop.

    Position as recorded (`datum`, `accuracy_m` in metres) and always also in WGS 84.
    """

    class Datum(models.TextChoices):
        WGS84 = "wgs84", "WGS 84"
        GCJ02 = "gcj02", "GCJ-02"
        CGCS2000 = "cgcs2000", "CGCS 2000"
        UNKNOWN = "unknown", _("不明")

    code = models.CharField(_("编号"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=120)
    site_type = models.ForeignKey(
        SiteType, models.PROTECT, related_name="sites", verbose_name=_("类别")
    )
    address = models.CharField(_("地址"), max_length=200, blank=True)
    lon = models.FloatField(_("经度"), null=True, blank=True)
    lat = models.FloatField(_("纬度"), null=True, blank=True)
    datum = models.CharField(_("坐标系"), max_length=10, choices=Datum.choices, default=Datum.WGS84)
    recorded_lon = models.FloatField(null=True, blank=True)
    recorded_lat = models.FloatField(null=True, blank=True)
    accuracy_m = models.FloatField(_("精度（米）"), null=True, blank=True)
    territory = models.ForeignKey(
        Unit, models.PROTECT, related_name="sites_in_territory", verbose_name=_("属地")
    )
    trade = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sites_in_trade",
        verbose_name=_("行业主管"),
    )
    holder = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sites_held",
        verbose_name=_("产权单位"),
    )
    holder_name = models.CharField(_("产权人"), max_length=80, blank=True)
    holder_phone = models.CharField(_("联系电话"), max_length=30, blank=True)
    active = models.BooleanField(_("在用"), default=True)
    closed_on = models.DateField(_("停用日期"), null=True, blank=True)
    plate = models.CharField(_("牌码"), max_length=20, unique=True, default=new_plate)
    version = models.PositiveIntegerField(default=0)

    objects = SiteQuerySet.as_manager()

    class Meta:
        verbose_name = _("点位")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(lon=None, lat=None) | Q(lon__range=(-180, 180), lat__range=(-90, 90)),
                name="places_site_lies_on_earth",
            )
        ]
        indexes = [
            models.Index(fields=["site_type", "territory"], name="places_site_type_territory"),
            models.Index(fields=["lat", "lon"], name="places_site_position"),
        ]

    def __str__(self) -> str:
        return self.name

    def unit_ids(self) -> set[int]:
        """Its three parties."""
        return {pk for pk in (self.territory_id, self.trade_id, self.holder_id) if pk}


class ResponsibilityRule(models.Model):
    """Which trade regulator answers for a kind of site, and how its holder is called."""

    site_type = models.OneToOneField(SiteType, models.CASCADE, related_name="responsibility")
    trade = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, verbose_name=_("行业主管")
    )
    holder_hint = models.CharField(_("产权方说明"), max_length=80, blank=True)
    source = models.CharField(_("依据"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("责任规则")

    def __str__(self) -> str:
        return f"{self.site_type} → {self.trade}"


class LeadRule(models.Model):
    """Who leads at a place, between two days: an agreement, a ruling, or a rule by place type.

    Every condition that is set must hold; at least one is. `unit` is named only for the party
    `unit`; the others follow from the place. A property holder that is not known is replaced by
    the town: estates without a company fall to the street office (local sanitation by-laws).
    """

    class Kind(models.TextChoices):
        RULING = "ruling", _("权属认定")
        AGREEMENT = "agreement", _("管理协议")
        TYPE = "type", _("类别规则")

    class Party(models.TextChoices):
        UNIT = "unit", _("指定单位")
        HOLDER = "holder", _("产权（管理）单位，没有的由属地")
        TRADE = "trade", _("行业主管")
        TERRITORY = "territory", _("属地街道、乡镇")

    kind = models.CharField(_("规则来源"), max_length=10, choices=Kind.choices)
    party = models.CharField(_("由谁主办"), max_length=10, choices=Party.choices)
    unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="lead_rules",
        verbose_name=_("主办单位"),
    )
    site = models.ForeignKey(
        Site,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="lead_rules",
        verbose_name=_("点位"),
    )
    site_type = models.ForeignKey(
        SiteType, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("类别")
    )
    problem_class = models.ForeignKey(
        ProblemClass,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("问题类别"),
    )
    territory = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("属地")
    )
    source = models.CharField(_("依据"), max_length=120)
    source_url = models.CharField(max_length=200, blank=True)  # told by the upper app
    from_on = models.DateField(_("起"))
    to_on = models.DateField(_("止"), null=True, blank=True)

    class Meta:
        verbose_name = _("主办规则")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(party="unit", unit__isnull=False)
                | (~Q(party="unit") & Q(unit__isnull=True)),
                name="places_lead_rule_names_its_unit",
            ),
            models.CheckConstraint(
                condition=Q(site__isnull=False)
                | Q(site_type__isnull=False)
                | Q(problem_class__isnull=False)
                | Q(territory__isnull=False),
                name="places_lead_rule_says_where",
            ),
            models.CheckConstraint(
                condition=Q(to_on=None) | Q(to_on__gte=models.F("from_on")),
                name="places_lead_rule_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.where} → {self.who}"

    @property
    def where(self) -> str:
        """Its conditions in words."""
        parts = (self.territory, self.site, self.site_type, self.problem_class)
        return " · ".join(str(part) for part in parts if part)

    @property
    def who(self) -> str:
        """Whom it names, in words."""
        return str(self.unit) if self.unit else self.get_party_display()
