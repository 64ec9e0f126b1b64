"""Monthly bulletins: frozen data, ranking, objections, seal, errata."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import reach, require
from tongchuang.campaigns.models import Campaign
from tongchuang.core.flow import Flow, Move
from tongchuang.core.models import StoredFile


class _Status(models.TextChoices):
    DRAFT = "draft", _("拟稿")
    CONSULTING = "consulting", _("征求意见")
    SEALED = "sealed", _("已封存")
    ISSUED = "issued", _("已印发")


FLOW = Flow(
    field="status",
    guard=require,
    moves={
        "consult": Move(
            frozenset({_Status.DRAFT}), _Status.CONSULTING, "supervision.draft", _("征求意见")
        ),
        "seal": Move(
            frozenset({_Status.CONSULTING}), _Status.SEALED, "supervision.seal", _("封存")
        ),
        "issue": Move(frozenset({_Status.SEALED}), _Status.ISSUED, "supervision.issue", _("印发")),
    },
)


class BulletinQuerySet(models.QuerySet["Bulletin"]):
    """Lists of bulletins."""

    def visible_to(self, user: User) -> Self:
        """Issued bulletins for all members; drafts for those who write, rule or object."""
        where = reach(user, "supervision.view")
        if not where:
            return self.none()
        mine = self.filter(campaign__in=Campaign.objects.visible_to(user))
        if where.everything or reach(user, "supervision.draft"):
            return mine
        return mine.exclude(status=_Status.DRAFT)


class Bulletin(models.Model):
    """The monthly bulletin of a campaign: data cut on a day, frozen with its digest.

    `data` holds everything that page and paper show, in plain values; sealed data never changes.
    """

    Status = _Status

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="bulletins")
    month = models.CharField(_("月份"), max_length=7)  # "2016-02"
    status = models.CharField(
        _("状态"), max_length=12, choices=Status.choices, default=Status.DRAFT
    )
    frozen_at = models.DateTimeField(_("数据冻结"))
    data = models.JSONField(default=dict)
    digest = models.CharField(_("快照"), max_length=64)
    rules_version = models.CharField(_("规则版本"), max_length=40)
    praise = models.JSONField(_("表扬"), default=list)
    named = models.JSONField(_("点名"), default=list)
    demands = models.TextField(_("工作要求"), blank=True)
    objections_until = models.DateTimeField(_("异议截止"), null=True, blank=True)
    sealed_at = models.DateTimeField(_("封存时间"), null=True, blank=True)
    sealed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    issued_at = models.DateTimeField(_("印发时间"), null=True, blank=True)
    issued_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    document_no = models.CharField(_("发文字号"), max_length=40, blank=True)
    docx = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    pdf = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=0)

    objects = BulletinQuerySet.as_manager()

    class Meta:
        verbose_name = _("月通报")
        ordering = ["-month"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "month"], name="supervision_one_bulletin_per_month"
            )
        ]

    def __str__(self) -> str:
        return f"{self.campaign} {self.month}"

    def unit_ids(self) -> set[int]:
        """The campaign's city."""
        return self.campaign.unit_ids()

    @property
    def first_day(self) -> date:
        """The first day of its month."""
        return date.fromisoformat(f"{self.month}-01")

    @property
    def is_fixed(self) -> bool:
        """Whether its data can no longer change."""
        return self.status in {_Status.SEALED, _Status.ISSUED}


class UnitScore(models.Model):
    """One unit's line in the ranking: parts, deductions, bonus, score, rank in its group.

    Points; a part without workload is None and its weight was redistributed.
    """

    bulletin = models.ForeignKey(Bulletin, models.CASCADE, related_name="scores")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="scores")
    group = models.CharField(_("可比组"), max_length=20)
    field = models.DecimalField(_("现场"), max_digits=6, decimal_places=2, null=True)
    closing = models.DecimalField(_("办结"), max_digits=6, decimal_places=2, null=True)
    tasks = models.DecimalField(_("任务"), max_digits=6, decimal_places=2, null=True)
    dossier = models.DecimalField(_("档案"), max_digits=6, decimal_places=2, null=True)
    people = models.DecimalField(_("群众"), max_digits=6, decimal_places=2, null=True)
    cooperation = models.DecimalField(_("协同"), max_digits=6, decimal_places=2, null=True)
    deduction = models.DecimalField(_("扣"), max_digits=6, decimal_places=2, default=0)
    bonus = models.DecimalField(_("加"), max_digits=6, decimal_places=2, default=0)
    score = models.DecimalField(_("得分"), max_digits=6, decimal_places=2, null=True)
    rank = models.PositiveSmallIntegerField(_("名次"), null=True)
    adjustment = models.DecimalField(
        _("异议更正"), max_digits=6, decimal_places=2, default=0
    )  # signed points of upheld objections
    change = models.SmallIntegerField(_("变化"), null=True)
    coverage = models.FloatField(_("覆盖率"), null=True)
    not_ranked = models.CharField(_("不排名原因"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("单位得分")
        ordering = ["bulletin", "group", "rank", "unit__path"]
        constraints = [
            models.UniqueConstraint(
                fields=["bulletin", "unit"], name="supervision_unit_scored_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.score}"


class Objection(models.Model):
    """A unit's written objection to its line, ruled by the office."""

    class State(models.TextChoices):
        OPEN = "open", _("待裁定")
        UPHELD = "upheld", _("成立")
        DISMISSED = "dismissed", _("不成立")

    bulletin = models.ForeignKey(Bulletin, models.CASCADE, related_name="objections")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    part = models.CharField(_("对象"), max_length=20)
    text = models.CharField(_("异议"), max_length=300)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("提出时间"))
    state = models.CharField(_("裁定"), max_length=10, choices=State.choices, default=State.OPEN)
    ruling = models.CharField(_("裁定理由"), max_length=300, blank=True)
    points = models.DecimalField(_("影响"), max_digits=5, decimal_places=2, null=True, blank=True)
    ruled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ruled_at = models.DateTimeField(_("裁定时间"), null=True, blank=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("异议")
        ordering = ["bulletin", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open") | Q(ruled_at__isnull=False),
                name="supervision_ruling_has_time",
            )
        ]

    def __str__(self) -> str:
        return self.text

    def unit_ids(self) -> set[int]:
        """The unit that objects, and the campaign's city."""
        return {self.unit_id} | self.bulletin.unit_ids()


class Erratum(models.Model):
    """A signed correction of an issued bulletin; the sealed data stays as it was."""

    bulletin = models.ForeignKey(Bulletin, models.PROTECT, related_name="errata")
    ordinal = models.PositiveSmallIntegerField(_("序号"))
    anchor = models.CharField(max_length=40, blank=True)  # part of the page: "totals", "score-12"
    place = models.CharField(_("更正处"), max_length=120)
    was = models.CharField(_("原文"), max_length=300)
    reads = models.CharField(_("更正为"), max_length=300)
    reason = models.CharField(_("原因"), max_length=300)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("时间"))
    document_no = models.CharField(_("发文字号"), max_length=40, blank=True)
    docx = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("勘误")
        ordering = ["bulletin", "ordinal"]
        constraints = [
            models.UniqueConstraint(
                fields=["bulletin", "ordinal"], name="supervision_erratum_number_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.bulletin} {self.ordinal}"
