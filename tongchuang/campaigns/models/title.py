"""The register of titles (荣誉称号台账): who holds which, and every decision with its paper."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import reach


class TitleQuerySet(models.QuerySet["Title"]):
    """Lists of titles."""

    def visible_to(self, user: User) -> Self:
        """Titles of units where `user` holds `campaigns.view`, and of the places above them."""
        where = reach(user, "campaigns.view")
        if where.everything:
            return self
        paths = Unit.objects.filter(pk__in=where.unit_ids).values_list("path", flat=True)
        above = {path[:end] for path in paths for end in range(4, len(path), 4)}
        return self.filter(Q(holder__in=where.unit_ids) | Q(holder__path__in=above))


class Title(models.Model):
    """A title that a city, county or town holds, held or strives for.

    `state` and `review_on` repeat what the entries say; services keep them so.
    """

    class State(models.TextChoices):
        AIMED = "aimed", _("争创")
        NOMINATED = "nominated", _("提名")
        HELD = "held", _("保有")
        SUSPENDED = "suspended", _("暂缓")
        LOST = "lost", _("已失")

    class Level(models.TextChoices):
        NATIONAL = "national", _("国家级")
        PROVINCIAL = "provincial", _("省级")
        MUNICIPAL = "municipal", _("市级")
        COUNTY = "county", _("县级")

    holder = models.ForeignKey(
        Unit, models.PROTECT, related_name="titles", verbose_name=_("获得单位")
    )
    name = models.CharField(_("称号"), max_length=60)
    kind = models.CharField(_("类别"), max_length=40, blank=True)  # a code of data/titles
    level = models.CharField(_("级别"), max_length=20, choices=Level.choices, blank=True)
    state = models.CharField(_("状态"), max_length=20, choices=State.choices, default=State.AIMED)
    review_on = models.DateField(_("复审期限"), null=True, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=0)

    objects = TitleQuerySet.as_manager()

    class Meta:
        verbose_name = _("荣誉称号")
        ordering = ["holder__path", "id"]
        constraints = [
            models.UniqueConstraint(fields=["holder", "name"], name="campaigns_title_once"),
        ]

    def __str__(self) -> str:
        return self.name

    def unit_ids(self) -> set[int]:
        """The place that holds it."""
        return {self.holder_id}


class TitleEntry(models.Model):
    """One decision on a title, with the paper that says so."""

    class Kind(models.TextChoices):
        NOMINATED = "nominated", _("提名")
        NAMED = "named", _("命名")
        REFUSED = "refused", _("未获命名")
        CONFIRMED = "confirmed", _("复审通过")
        SUSPENDED = "suspended", _("复审未过，暂缓")
        WITHDRAWN = "withdrawn", _("撤销")

    title = models.ForeignKey(Title, models.CASCADE, related_name="entries")
    kind = models.CharField(_("结论"), max_length=20, choices=Kind.choices)
    on = models.DateField(_("日期"))
    paper = models.CharField(_("文号"), max_length=80, blank=True)
    issuer = models.CharField(_("发文机关"), max_length=80, blank=True)
    until = models.DateField(_("复审期限"), null=True, blank=True)
    campaign = models.CharField(_("创建工作"), max_length=80, blank=True)
    reason = models.CharField(_("原因"), max_length=200, blank=True)
    source = models.CharField(_("依据存放"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("称号记录")
        ordering = ["on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["title", "kind", "on"], name="campaigns_title_entry_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.get_kind_display()} {self.on}"

    @property
    def proven(self) -> bool:
        """Whether a paper is named; without one the entry is 待核实."""
        return bool(self.paper)

    def unit_ids(self) -> set[int]:
        """The place that holds the title."""
        return self.title.unit_ids()
