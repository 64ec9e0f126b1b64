"""A breakdown table that came in as a file, before a person has confirmed it."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import User
from tongchuang.accounts.permissions import reach
from tongchuang.campaigns.models.campaign import Campaign
from tongchuang.core.models import StoredFile
from tongchuang.standards.models import Clause


class BreakdownDraftQuerySet(models.QuerySet["BreakdownDraft"]):
    """Lists of drafts."""

    def visible_to(self, user: User) -> Self:
        """Drafts of campaigns in which `user` may assign."""
        where = reach(user, "campaigns.assign")
        if where.everything:
            return self
        return self.filter(campaign__city__in=where.unit_ids)


class BreakdownDraft(models.Model):
    """An uploaded breakdown table. Assignments and tasks come of it only when confirmed.

    `names` says what a person decided about a name of the file: "unit:县直有关部门" → key of a
    unit, or 0 to leave it out; "leader:…" likewise with people. `questions` lists the names that
    nobody knew or that were decided, with the number of their rows.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("待确认")
        DONE = "done", _("已导入")
        DISCARDED = "discarded", _("已作废")

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="breakdown_drafts")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("文件"))
    names = models.JSONField(_("名称对照"), default=dict)
    questions = models.JSONField(_("待认的名称"), default=list)
    passed_over = models.JSONField(_("未读的部分"), default=list)
    ignored = models.JSONField(_("不认识的列"), default=list)
    default_due_on = models.DateField(_("没写时限的用"), null=True, blank=True)
    status = models.CharField(_("状态"), max_length=10, choices=Status.choices, default=Status.OPEN)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("上传人"))
    made_at = models.DateTimeField(_("上传时间"))
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("确认人")
    )
    decided_at = models.DateTimeField(_("确认时间"), null=True, blank=True)
    version = models.PositiveIntegerField(default=0)

    objects = BreakdownDraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("分解表草稿")
        ordering = ["-made_at", "-id"]

    def __str__(self) -> str:
        return self.file.name

    def unit_ids(self) -> set[int]:
        """The campaign's city."""
        return self.campaign.unit_ids()


class BreakdownRow(models.Model):
    """One row of the file: its texts as written, what a person chose, and how it stands.

    `state` and `clause` are worked out anew whenever something is chosen; `carries` marks the row
    from which the clause takes its lead, for a clause has one lead and may have many tasks; `group`
    names the earlier row that set the same task (`repeats`) or the clause's lead (`led_by`).
    """

    class State(models.TextChoices):
        UNREAD = "unread", _("没有读懂")
        CONFIRM = "confirm", _("待核对")
        NEW = "new", _("新增")
        CHANGED = "changed", _("变更")
        SAME = "same", _("未变")
        SKIPPED = "skipped", _("不导入")

    draft = models.ForeignKey(BreakdownDraft, models.CASCADE, related_name="rows")
    ordinal = models.PositiveIntegerField()
    kind = models.CharField(max_length=10)
    number = models.PositiveIntegerField()
    part = models.CharField(max_length=40, blank=True)
    trail = models.CharField(max_length=200, blank=True)
    texts = models.JSONField(default=dict)
    faults = models.JSONField(default=list)
    choice = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.UNREAD)
    clause = models.ForeignKey(Clause, models.PROTECT, null=True, blank=True, related_name="+")
    carries = models.BooleanField(default=False)
    group = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("分解表的行")
        ordering = ["draft", "ordinal"]
        constraints = [
            models.UniqueConstraint(
                fields=["draft", "ordinal"], name="campaigns_breakdown_row_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.draft_id} {self.ordinal}"
