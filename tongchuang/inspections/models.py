"""Rounds, drawn samples, visits, answers, findings."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import reach, require
from tongchuang.campaigns.models import Campaign
from tongchuang.cases.models import Case
from tongchuang.core.flow import Flow, Move
from tongchuang.core.models import StoredFile
from tongchuang.places.models import Site
from tongchuang.standards.models import ChecklistItem

_STEP = 4  # characters of a tree path a level


class _RoundStatus(models.TextChoices):
    PLANNED = "planned", _("筹划")
    RUNNING = "running", _("进行中")
    CLOSED = "closed", _("已结束")


ROUND_FLOW = Flow(
    field="status",
    guard=require,
    moves={
        "draw": Move(
            frozenset({_RoundStatus.PLANNED}),
            _RoundStatus.RUNNING,
            "inspections.plan",
            _("抽样并开始"),
        ),
        "close": Move(
            frozenset({_RoundStatus.RUNNING}), _RoundStatus.CLOSED, "inspections.plan", _("结束")
        ),
    },
)


class RoundQuerySet(models.QuerySet["Round"]):
    """Lists of rounds."""

    def visible_to(self, user: User) -> Self:
        """Rounds of a city in which `user` holds `inspections.view` somewhere."""
        where = reach(user, "inspections.view")
        if where.everything:
            return self
        inside = Unit.objects.filter(pk__in=where.unit_ids).values_list("path", flat=True)
        above = {path[:end] for path in inside for end in (_STEP, 2 * _STEP)}
        return self.filter(campaign__city__path__in=above)


class Round(models.Model):
    """One inspection round: a stated scope, a random sample drawn by a stored seed.

    `scope` = {"site_types": [codes], "territories": [unit codes]}; empty lists mean all.
    `sample_size` 0 means every site of the scope. `frame` = {site type: [site codes]} is what was
    drawn from, so that the draw can be repeated however the register changes. `campaign` leads,
    the visits serve those of `also` too; `questions` = {site type: [item codes]} is what every
    visit asks, kept with the draw, so that all places are asked the same.
    """

    Status = _RoundStatus

    class Kind(models.TextChoices):
        ROUTINE = "routine", _("日常巡查")
        COVERT = "covert", _("暗访")
        OPEN = "open", _("明查")
        SPECIAL = "special", _("专项督查")
        LOOK_BACK = "look_back", _("回头看")

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="rounds")
    also = models.ManyToManyField(
        Campaign, blank=True, related_name="shared_rounds", verbose_name=_("同时服务")
    )
    title = models.CharField(_("名称"), max_length=80)
    kind = models.CharField(_("方式"), max_length=10, choices=Kind.choices, default=Kind.ROUTINE)
    scope = models.JSONField(_("范围"), default=dict)
    seed = models.CharField(_("随机种子"), max_length=40)
    sample_size = models.PositiveIntegerField(_("抽取数"), default=0)
    per_type = models.BooleanField(_("按类别均分"), default=True)
    population = models.PositiveIntegerField(_("范围内点位数"), default=0)
    status = models.CharField(
        _("状态"), max_length=10, choices=Status.choices, default=Status.PLANNED
    )
    from_on = models.DateField(_("起"))
    to_on = models.DateField(_("止"))
    frame = models.JSONField(_("抽样框"), default=dict, blank=True)
    questions = models.JSONField(_("检查项"), default=dict, blank=True)
    planned_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=0)

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("检查轮次")
        ordering = ["-from_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_on__gte=F("from_on")), name="inspections_round_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def unit_ids(self) -> set[int]:
        """The campaign's city."""
        return self.campaign.unit_ids()

    @property
    def campaigns(self) -> list[Campaign]:
        """All that it serves, the leading one first."""
        return [self.campaign, *self.also.all()]


class Draw(models.Model):
    """A site drawn for a round, and who is to visit it."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="draws")
    site = models.ForeignKey(Site, models.PROTECT, related_name="draws")
    ordinal = models.PositiveIntegerField(_("序号"))
    inspector = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="draws")

    class Meta:
        verbose_name = _("抽中点位")
        ordering = ["round", "ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["round", "site"], name="inspections_site_drawn_once")
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.site}"


class VisitQuerySet(models.QuerySet["Visit"]):
    """Lists of visits."""

    def visible_to(self, user: User) -> Self:
        """Visits to sites of which a party lies where `user` holds `inspections.view`."""
        where = reach(user, "inspections.view")
        if where.everything:
            return self
        ids = where.unit_ids
        return self.filter(
            Q(site__territory__in=ids)
            | Q(site__trade__in=ids)
            | Q(site__holder__in=ids)
            | Q(inspector=user)
        )


class Visit(models.Model):
    """One look at one site with its checklist. `score` in [0, 100], None until finished."""

    class Status(models.TextChoices):
        OPEN = "open", _("未完成")
        FINISHED = "finished", _("已完成")

    round = models.ForeignKey(Round, models.PROTECT, null=True, blank=True, related_name="visits")
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, null=True, blank=True, related_name="visits"
    )
    city = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, models.PROTECT, related_name="visits", verbose_name=_("点位"))
    inspector = models.ForeignKey(
        User, models.PROTECT, related_name="visits", verbose_name=_("督查员")
    )
    client_id = models.UUIDField(null=True, blank=True, unique=True)
    external_id = models.CharField(max_length=60, blank=True)
    external_source = models.CharField(max_length=30, blank=True)
    status = models.CharField(_("状态"), max_length=10, choices=Status.choices, default=Status.OPEN)
    started_at = models.DateTimeField(_("到达时间"))
    finished_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    accuracy_m = models.FloatField(null=True, blank=True)
    score = models.DecimalField(_("得分"), max_digits=5, decimal_places=2, null=True, blank=True)
    passed = models.PositiveSmallIntegerField(_("合格项"), default=0)
    failed = models.PositiveSmallIntegerField(_("不合格项"), default=0)
    note = models.TextField(_("备注"), blank=True)
    version = models.PositiveIntegerField(default=0)

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("检查")
        ordering = ["-started_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["external_source", "external_id"],
                condition=~Q(external_id=""),
                name="inspections_external_id_once",
            ),
            models.UniqueConstraint(
                fields=["round", "site"],
                condition=Q(round__isnull=False),
                name="inspections_one_visit_per_draw",
            ),
        ]
        indexes = [
            models.Index(fields=["site", "-finished_at"], name="inspections_visit_site"),
            models.Index(fields=["finished_at"], name="inspections_visit_finished"),
        ]

    def __str__(self) -> str:
        return f"{self.site} {self.started_at:%Y-%m-%d}"

    def unit_ids(self) -> set[int]:
        """The parties of the site and the city."""
        return self.site.unit_ids() | {self.city_id}


class Answer(models.Model):
    """The answer to one checklist item; a failed one may have become a case."""

    class Result(models.TextChoices):
        PASS = "pass", _("合格")
        FAIL = "fail", _("不合格")
        NOT_APPLICABLE = "na", _("不适用")

    visit = models.ForeignKey(Visit, models.CASCADE, related_name="answers")
    item = models.ForeignKey(ChecklistItem, models.PROTECT, related_name="answers")
    result = models.CharField(_("结果"), max_length=4, choices=Result.choices)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    photo = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    case = models.ForeignKey(
        Case,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="findings",
        verbose_name=_("问题案件"),
    )

    class Meta:
        verbose_name = _("检查结果")
        ordering = ["visit", "id"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "item"], name="inspections_item_answered_once")
        ]
        indexes = [models.Index(fields=["item", "result"], name="inspections_answer_item")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.result}"
