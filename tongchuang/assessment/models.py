"""Figures, and readiness by clause x place x period."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import reach
from tongchuang.campaigns.models import Campaign
from tongchuang.dossiers.models import Paper
from tongchuang.standards.models import Clause, Framework, Measure


class FigureQuerySet(models.QuerySet["Figure"]):
    """Lists of figures."""

    def visible_to(self, user: User) -> Self:
        """Figures of units where `user` holds `assessment.view`, and of the city above them."""
        where = reach(user, "assessment.view")
        if where.everything:
            return self
        paths = Unit.objects.filter(pk__in=where.unit_ids).values_list("path", flat=True)
        above = {path[:end] for path in paths for end in range(4, len(path), 4)}
        return self.filter(Q(unit__in=where.unit_ids) | Q(unit__path__in=above))

    def current(self) -> Self:
        """Without those that were corrected."""
        return self.filter(replaced_by=None)


class Figure(models.Model):
    """The value of a measure for a place and a period, with its source paper.

    One current value per measure, place and period; a correction keeps the old row.
    """

    measure = models.ForeignKey(
        Measure, models.PROTECT, related_name="figures", verbose_name=_("指标")
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="figures", verbose_name=_("地区或单位")
    )
    period = models.CharField(_("期间"), max_length=7)  # "2015" or "2016-02"
    value = models.DecimalField(_("数值"), max_digits=16, decimal_places=4)
    measured_in = models.CharField(_("计量单位"), max_length=40, blank=True)  # blank: the measure's
    source = models.CharField(_("数据来源"), max_length=160)
    paper = models.ForeignKey(
        Paper,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="figures",
        verbose_name=_("依据资料"),
    )
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(_("录入时间"))
    replaced_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced"
    )
    reason = models.CharField(_("更正理由"), max_length=160, blank=True)

    objects = FigureQuerySet.as_manager()

    class Meta:
        verbose_name = _("指标数值")
        ordering = ["measure", "unit", "period", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "unit", "period"],
                condition=Q(replaced_by=None),
                name="assessment_one_current_value",
            )
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.period} {self.value}"

    def unit_ids(self) -> set[int]:
        """The place it tells of."""
        return {self.unit_id}


class Snapshot(models.Model):
    """All cells of one campaign and period, computed at one moment from digested inputs.

    Never changed afterwards: a new one replaces it as `current`. `framework` is the edition by
    which it was judged, whatever the campaign stands on later. `readiness` holds the tally and the
    parts of the whole, `lines` the lines that were used.
    """

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="snapshots")
    framework = models.ForeignKey(
        Framework, models.PROTECT, null=True, related_name="+", verbose_name=_("标准")
    )
    period = models.CharField(_("期间"), max_length=7)
    computed_at = models.DateTimeField(_("计算时间"))
    computed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    current = models.BooleanField(default=True)
    readiness = models.JSONField(default=dict)
    lines = models.JSONField(default=dict)
    inputs_digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("自评")
        ordering = ["-computed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "period"],
                condition=Q(current=True),
                name="assessment_one_current_snapshot",
            )
        ]

    def __str__(self) -> str:
        return f"{self.campaign} {self.period}"

    def unit_ids(self) -> set[int]:
        """The campaign's city."""
        return self.campaign.unit_ids()


class CellQuerySet(models.QuerySet["Cell"]):
    """Lists of cells."""

    def visible_to(self, user: User) -> Self:
        """Cells of units where `user` holds `assessment.view`."""
        where = reach(user, "assessment.view")
        return self if where.everything else self.filter(unit__in=where.unit_ids)


class Cell(models.Model):
    """Readiness of one clause in one place: state, score, coverage and what they rest on.

    `score` and `coverage` are shares in [0, 1]; `score` is None when nothing was assessed.
    `explanation` holds, per rule: kind, result, figures and the query that opens the records.
    """

    class State(models.TextChoices):
        HIGHLIGHT = "highlight", _("特色")
        STRENGTH = "strength", _("优势")
        MET = "met", _("达标")
        RUNNING = "running", _("办理中")
        WEAK = "weak", _("短板")
        HARD = "hard", _("难点重点")
        BAD = "bad", _("超期或否决")
        RULING = "ruling", _("待裁定")
        UNKNOWN = "unknown", _("未评")
        OFF = "off", _("不适用")

    snapshot = models.ForeignKey(Snapshot, models.CASCADE, related_name="cells")
    clause = models.ForeignKey(Clause, models.PROTECT, related_name="cells")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="cells")
    state = models.CharField(_("状态"), max_length=10, choices=State.choices)
    score = models.FloatField(_("得分率"), null=True, blank=True)
    coverage = models.FloatField(_("覆盖率"), null=True, blank=True)
    open_cases = models.PositiveIntegerField(_("未销号"), default=0)
    overdue_cases = models.PositiveIntegerField(_("超期"), default=0)
    explanation = models.JSONField(default=list)

    objects = CellQuerySet.as_manager()

    class Meta:
        verbose_name = _("自评格")
        ordering = ["snapshot", "clause__ordinal", "unit__path"]
        constraints = [
            models.UniqueConstraint(
                fields=["snapshot", "clause", "unit"], name="assessment_cell_once"
            ),
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__range=(0, 1)), name="assessment_score_is_a_share"
            ),
            models.CheckConstraint(
                condition=Q(coverage=None) | Q(coverage__range=(0, 1)),
                name="assessment_coverage_is_a_share",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clause_id} {self.unit_id} {self.state}"

    def unit_ids(self) -> set[int]:
        """The unit it tells of."""
        return {self.unit_id}


class Baseline(models.Model):
    """Where a campaign stood on the day it was launched or put into keeping; never changed.

    `facts` holds readiness, clauses, open cases, accepted papers and figures with their sources,
    in plain values; `seal` is their digest, so that any change shows.
    """

    class Kind(models.TextChoices):
        LAUNCH = "launch", _("启动")
        KEEPING = "keeping", _("转入保持")

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="baselines")
    kind = models.CharField(_("时点"), max_length=10, choices=Kind.choices)
    on = models.DateField(_("日期"))
    frozen_at = models.DateTimeField(_("封存时间"))
    frozen_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    facts = models.JSONField(_("数据"))
    seal = models.CharField(_("封存码"), max_length=64)

    class Meta:
        verbose_name = _("基线")
        ordering = ["on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "kind", "on"], name="assessment_baseline_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.campaign} {self.on}"

    def unit_ids(self) -> set[int]:
        """The campaign's city."""
        return self.campaign.unit_ids()
