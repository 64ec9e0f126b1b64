"""Campaigns for titles and the gates they pass."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import reach
from tongchuang.campaigns.models.title import Title
from tongchuang.standards.models import Framework, Process


class CampaignQuerySet(models.QuerySet["Campaign"]):
    """Lists of campaigns."""

    def visible_to(self, user: User) -> Self:
        """Campaigns of a city in which `user` holds `campaigns.view` somewhere."""
        where = reach(user, "campaigns.view")
        if where.everything:
            return self
        cities = Unit.objects.filter(pk__in=where.unit_ids).values_list("path", flat=True)
        return self.filter(city__path__in={path[:end] for path in cities for end in (4, 8)})


class Campaign(models.Model):
    """One effort of a city to win or keep one title, on one edition of its standard."""

    class Status(models.TextChoices):
        PREPARING = "preparing", _("筹备")
        RUNNING = "running", _("创建中")
        KEEPING = "keeping", _("保持")
        ENDED = "ended", _("结束")

    code = models.CharField(_("代码"), max_length=20, unique=True)
    title = models.CharField(_("名称"), max_length=60)
    city = models.ForeignKey(Unit, models.PROTECT, related_name="campaigns", verbose_name=_("城市"))
    framework = models.ForeignKey(
        Framework,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="campaigns",
        verbose_name=_("标准"),
    )
    process = models.ForeignKey(
        Process, models.PROTECT, null=True, blank=True, related_name="campaigns"
    )
    status = models.CharField(
        _("状态"), max_length=20, choices=Status.choices, default=Status.PREPARING
    )
    started_on = models.DateField(_("启动"), null=True, blank=True)
    deadline_on = models.DateField(_("自定期限"), null=True, blank=True)
    external_deadline_on = models.DateField(_("上级期限"), null=True, blank=True)
    main = models.BooleanField(_("主要创建"), default=False)
    aims_at = models.ForeignKey(
        Title,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="campaigns",
        verbose_name=_("荣誉称号"),
    )
    kept_since = models.DateField(_("转入保持"), null=True, blank=True)
    # months from one self-assessment to the next; longer while a title is kept
    rhythm_months = models.PositiveSmallIntegerField(_("自评周期（月）"), default=1)
    ordinal = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=0)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("创建工作")
        ordering = ["ordinal", "code"]

    def __str__(self) -> str:
        return self.title

    def unit_ids(self) -> set[int]:
        """The city that runs it."""
        return {self.city_id}


class Gate(models.Model):
    """A stage of the campaign that ends in a yes or no, and what must be passed before it."""

    class State(models.TextChoices):
        AHEAD = "ahead", _("未到")
        OPEN = "open", _("进行中")
        PASSED = "passed", _("已过")
        FAILED = "failed", _("未过")

    class Kind(models.TextChoices):
        STAGE = "stage", _("阶段")
        NAMING = "naming", _("命名")
        REVIEW = "review", _("复审")

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="gates")
    code = models.CharField(_("代码"), max_length=20)
    title = models.CharField(_("名称"), max_length=40)
    kind = models.CharField(_("类别"), max_length=10, choices=Kind.choices, default=Kind.STAGE)
    process_state = models.CharField(_("程序环节"), max_length=40, blank=True)
    due_on = models.DateField(_("期限"), null=True, blank=True)
    external_due_on = models.DateField(_("上级期限"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.AHEAD)
    decided_on = models.DateField(_("结论日期"), null=True, blank=True)
    decision_paper = models.CharField(_("结论文号"), max_length=80, blank=True)
    decision_reason = models.CharField(_("未过原因"), max_length=200, blank=True)
    prerequisites = models.ManyToManyField(
        "self", symmetrical=False, related_name="unlocks", blank=True, verbose_name=_("前置关口")
    )
    condition = models.CharField(_("条件"), max_length=200, blank=True)
    ordinal = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("关口")
        ordering = ["campaign", "ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "code"], name="campaigns_gate_code_once"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def waits(self) -> bool:
        """Whether it is not decided yet."""
        return self.state in {self.State.AHEAD, self.State.OPEN}

    def unit_ids(self) -> set[int]:
        """The campaign's city."""
        return self.campaign.unit_ids()
