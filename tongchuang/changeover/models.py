"""A campaign's move to another edition of its standard, with its ledger."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import User
from tongchuang.accounts.permissions import require
from tongchuang.campaigns.models import Campaign
from tongchuang.changeover import rules
from tongchuang.core.flow import Flow, Move
from tongchuang.standards.models import Clause, Framework


class _Status(models.TextChoices):
    DRAFT = "draft", _("起草")
    SUBMITTED = "submitted", _("待签批")
    SIGNED = "signed", _("已换版")
    WITHDRAWN = "withdrawn", _("已撤销")


FLOW = Flow(
    field="status",
    guard=require,
    moves={
        "submit": Move(
            frozenset({_Status.DRAFT}), _Status.SUBMITTED, "changeover.draft", _("报签批")
        ),
        "return": Move(
            frozenset({_Status.SUBMITTED}),
            _Status.DRAFT,
            "changeover.sign",
            _("退回修改"),
            ("reason",),
        ),
        "sign": Move(
            frozenset({_Status.SUBMITTED}),
            _Status.SIGNED,
            "changeover.sign",
            _("签批并换版"),
            ("paper_no",),
        ),
        "withdraw": Move(
            frozenset({_Status.DRAFT, _Status.SUBMITTED}),
            _Status.WITHDRAWN,
            "changeover.draft",
            _("撤销"),
            ("reason",),
        ),
    },
)


class ChangeoverQuerySet(models.QuerySet["Changeover"]):
    """Lists of changeovers."""

    def visible_to(self, user: User) -> Self:
        """Changeovers of the campaigns that `user` may see."""
        return self.filter(campaign__in=Campaign.objects.visible_to(user))


class Changeover(models.Model):
    """One move of one campaign from an edition to another (换版).

    `preview` is the last trial (counts, readiness before and after), `result` the same of the
    real move; both hold plain values. A signed one is never changed again.
    """

    Status = _Status
    FLOW: ClassVar[Flow] = FLOW

    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="changeovers", verbose_name=_("创建工作")
    )
    old = models.ForeignKey(Framework, models.PROTECT, related_name="+", verbose_name=_("原版本"))
    new = models.ForeignKey(Framework, models.PROTECT, related_name="+", verbose_name=_("新版本"))
    note = models.CharField(_("缘由"), max_length=300)
    status = models.CharField(
        _("状态"), max_length=10, choices=Status.choices, default=Status.DRAFT
    )
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("起草人"))
    drafted_at = models.DateTimeField(_("起草时间"))
    submitted_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("报签人")
    )
    submitted_at = models.DateTimeField(_("报签时间"), null=True, blank=True)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("决定人")
    )
    decided_at = models.DateTimeField(_("决定时间"), null=True, blank=True)
    paper_no = models.CharField(_("批准文号"), max_length=80, blank=True)
    reason = models.CharField(_("退回或撤销理由"), max_length=200, blank=True)
    preview = models.JSONField(_("试算"), default=dict, blank=True)
    result = models.JSONField(_("结果"), default=dict, blank=True)
    version = models.PositiveIntegerField(default=0)

    objects = ChangeoverQuerySet.as_manager()

    class Meta:
        verbose_name = _("换版")
        ordering = ["-drafted_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign"],
                condition=Q(status__in=["draft", "submitted"]),
                name="changeover_one_under_way_per_campaign",
            ),
            models.CheckConstraint(
                condition=~Q(old=F("new")), name="changeover_goes_to_another_edition"
            ),
            models.CheckConstraint(
                condition=~Q(status="signed")
                | (
                    Q(decided_by__isnull=False, decided_at__isnull=False)
                    & ~Q(paper_no="")
                    & ~Q(decided_by=F("drafted_by"))
                ),
                name="changeover_signed_by_another_person_on_paper",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign}：{self.old.edition} → {self.new.edition}"

    def unit_ids(self) -> set[int]:
        """The campaign's city."""
        return self.campaign.unit_ids()

    @property
    def is_open(self) -> bool:
        """Whether it still may be decided."""
        return self.status in {self.Status.DRAFT, self.Status.SUBMITTED}


class Line(models.Model):
    """One decision of the ledger: what becomes of the records that share it.

    `targets` are codes of new clauses; of a duty `helps` are those of them that it does not lead;
    of papers `asked` is the asked text under which they count. `is_open` waits for a person.
    """

    class Kind(models.TextChoices):
        DUTY = "duty", _("责任分工")
        TASK = "task", _("任务")
        PAPER = "paper", _("资料")
        FIGURE = "figure", _("指标数值")
        CASE = "case", _("问题案件")
        PROJECT = "project", _("硬件项目")
        JUDGEMENT = "judgement", _("自评结论")
        MONTH = "month", _("自评月份")

    class Fate(models.TextChoices):
        CARRIED = str(rules.Fate.CARRIED), _("转入")
        SPLIT = str(rules.Fate.SPLIT), _("拆分")
        MERGED = str(rules.Fate.MERGED), _("合并")
        RETIRED = str(rules.Fate.RETIRED), _("留存")

    changeover = models.ForeignKey(Changeover, models.CASCADE, related_name="lines")
    ordinal = models.PositiveIntegerField(_("序号"))
    kind = models.CharField(_("类别"), max_length=10, choices=Kind.choices)
    key = models.CharField(max_length=240)
    clause = models.ForeignKey(
        Clause,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("原条款"),
    )
    label = models.CharField(_("内容"), max_length=200)
    records = models.PositiveIntegerField(_("条数"), default=0)
    fate = models.CharField(_("去向"), max_length=10, choices=Fate.choices)
    targets = models.JSONField(_("新条款"), default=list, blank=True)
    helps = models.JSONField(_("配合的新条款"), default=list, blank=True)
    asked = models.CharField(_("对应要求"), max_length=120, blank=True)
    reason = models.CharField(_("理由"), max_length=300)
    is_open = models.BooleanField(_("待定"), default=False)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("决定人")
    )
    decided_at = models.DateTimeField(_("决定时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("换版去向")
        ordering = ["changeover", "ordinal", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["changeover", "kind", "key"], name="changeover_each_decision_once"
            ),
            models.CheckConstraint(
                condition=~Q(reason=""), name="changeover_each_line_has_its_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.label}"

    @property
    def may_be_decided(self) -> bool:
        """Judgements are not moved by hand: the new edition judges anew."""
        return self.kind not in {self.Kind.JUDGEMENT, self.Kind.MONTH}


class Entry(models.Model):
    """One record of the old edition and what became of it; written once, when it is signed."""

    line = models.ForeignKey(Line, models.PROTECT, related_name="entries")
    record = models.PositiveBigIntegerField(_("记录号"))
    label = models.CharField(_("记录"), max_length=200)
    fate = models.CharField(_("去向"), max_length=10, choices=Line.Fate.choices)
    targets = models.JSONField(_("新条款"), default=list, blank=True)
    facts = models.JSONField(_("当时内容"), default=dict, blank=True)

    class Meta:
        verbose_name = _("换版记录")
        ordering = ["line", "id"]
        constraints = [
            models.UniqueConstraint(fields=["line", "record"], name="changeover_each_record_once")
        ]

    def __str__(self) -> str:
        return self.label
