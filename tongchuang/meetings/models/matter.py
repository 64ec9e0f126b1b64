"""Major matters: what leaders have to solve, from being listed to being solved."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import reach, require
from tongchuang.campaigns.models import Campaign, Task
from tongchuang.cases.models import Case
from tongchuang.core.flow import Flow, Move
from tongchuang.projects.models import Project


class _Status(models.TextChoices):
    OPEN = "open", _("办理中")
    SOLVED = "solved", _("已解决")
    WITHDRAWN = "withdrawn", _("已撤销")


MATTER_FLOW = Flow(
    field="status",
    guard=require,
    moves={
        "solve": Move(
            frozenset({_Status.OPEN}),
            _Status.SOLVED,
            "meetings.manage",
            _("销号"),
            ("result",),
        ),
        "withdraw": Move(
            frozenset({_Status.OPEN}),
            _Status.WITHDRAWN,
            "meetings.manage",
            _("撤销"),
            ("reason",),
        ),
        "reopen": Move(
            frozenset({_Status.SOLVED, _Status.WITHDRAWN}),
            _Status.OPEN,
            "meetings.manage",
            _("重新列入"),
            ("reason",),
        ),
    },
)


class MatterQuerySet(models.QuerySet["Matter"]):
    """Lists of major matters."""

    def visible_to(self, user: User) -> Self:
        """Matters that units of `user` lead or help with."""
        where = reach(user, "meetings.view")
        if where.everything:
            return self
        helped = Matter.helpers.through.objects.filter(unit__in=where.unit_ids).values("matter")
        return self.filter(Q(unit__in=where.unit_ids) | Q(pk__in=helped))


class Matter(models.Model):
    """A matter that no unit can solve alone: one lead unit, one sponsor leader, a limit.

    How far it has come (studied, ruled, tasks) follows from its agenda items and rulings.
    """

    Status = _Status
    FLOW: ClassVar[Flow] = MATTER_FLOW

    number = models.CharField(_("编号"), max_length=20, unique=True)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="matters")
    title = models.CharField(_("事项"), max_length=80)
    detail = models.CharField(_("问题和诉求"), max_length=300)
    cause = models.CharField(_("成因"), max_length=12, choices=Task.Cause.choices, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("牵头单位"))
    helpers = models.ManyToManyField(Unit, related_name="+", verbose_name=_("配合单位"), blank=True)
    sponsor = models.ForeignKey(
        User, models.PROTECT, related_name="sponsored_matters", verbose_name=_("包保领导")
    )
    listed_on = models.DateField(_("列入日期"))
    due_on = models.DateField(_("解决期限"))
    task = models.ForeignKey(
        Task, models.PROTECT, null=True, blank=True, related_name="matters", verbose_name=_("任务")
    )
    case = models.ForeignKey(
        Case,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="matters",
        verbose_name=_("问题案件"),
    )
    project = models.ForeignKey(
        Project,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="matters",
        verbose_name=_("硬件项目"),
    )
    status = models.CharField(_("状态"), max_length=10, choices=Status.choices, default=Status.OPEN)
    solved_on = models.DateField(_("解决日期"), null=True, blank=True)
    result = models.CharField(_("解决结果"), max_length=300, blank=True)
    version = models.PositiveIntegerField(default=0)

    objects = MatterQuerySet.as_manager()

    class Meta:
        verbose_name = _("重大事项")
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="solved") | (Q(solved_on__isnull=False) & ~Q(result="")),
                name="meetings_a_solved_matter_says_how",
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=models.F("listed_on")),
                name="meetings_a_matter_is_due_after_it_is_listed",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def unit_ids(self) -> set[int]:
        """The unit that leads it."""
        return {self.unit_id}
