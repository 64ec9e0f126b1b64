"""The leading group and the working body that each unit has to set up."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import reach
from tongchuang.campaigns.models import Campaign


class LeadingBodyQuerySet(models.QuerySet["LeadingBody"]):
    """Lists of leading bodies."""

    def visible_to(self, user: User) -> Self:
        """Those of the units of `user`."""
        where = reach(user, "meetings.view")
        return self if where.everything else self.filter(unit__in=where.unit_ids)


class LeadingBody(models.Model):
    """A unit's own leading group with its working office, asked for by a day (speech 3.1.7)."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="bodies")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="bodies", verbose_name=_("单位"))
    due_on = models.DateField(_("成立期限"))
    leader = models.CharField(_("领导小组组长"), max_length=40, blank=True)
    members = models.PositiveSmallIntegerField(_("小组成员数"), null=True, blank=True)
    office = models.CharField(_("工作机构"), max_length=60, blank=True)
    office_head = models.CharField(_("工作机构负责人"), max_length=40, blank=True)
    staff = models.PositiveSmallIntegerField(_("工作人员数"), null=True, blank=True)
    paper = models.CharField(_("成立文号"), max_length=60, blank=True)
    set_up_on = models.DateField(_("成立日期"), null=True, blank=True)
    reported_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=0)

    objects = LeadingBodyQuerySet.as_manager()

    class Meta:
        verbose_name = _("领导机构和工作机构")
        ordering = ["campaign", "unit__path"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "unit"], name="meetings_one_body_of_a_unit"
            ),
            models.CheckConstraint(
                condition=Q(set_up_on=None) | (~Q(leader="") & ~Q(office="") & ~Q(paper="")),
                name="meetings_a_body_set_up_is_described",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.campaign}"

    def unit_ids(self) -> set[int]:
        """The unit that sets it up."""
        return {self.unit_id}
