"""The crosswalk: how clauses of different standards stand to each other."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from tongchuang.standards.models.frameworks import Clause, Measure
from tongchuang.standards.models.wording import Confidence
from tongchuang.standards.rules.crosswalk import Relation


class MappingQuerySet(models.QuerySet["Mapping"]):
    """Lists of pairs."""

    def active(self) -> Self:
        """Pairs in use; those that were given up stay on record."""
        return self.filter(active=True)

    def carrying(self) -> Self:
        """Pairs that may pass a result on: a person has looked at them and agreed."""
        return self.active().filter(review=Mapping.Review.ACCEPTED)

    def touching(self, clauses: models.QuerySet[Clause]) -> Self:
        """Pairs with one end among these clauses."""
        return self.filter(Q(source__in=clauses) | Q(target__in=clauses))


class Mapping(models.Model):
    """A pair of clauses of different standards, read "source relation target" (对照).

    Only an accepted pair passes results on; an unreviewed one is a hint. `same_quantity` says that
    the two measures ask for one and the same figure; which of them asks more is computed from
    their lines each time (`rules.crosswalk.compare`). Windows are months without incident.
    """

    class RelationKind(models.TextChoices):
        EQUAL = Relation.EQUAL, _("等同")
        SUBSET = Relation.SUBSET, _("被包含")
        SUPERSET = Relation.SUPERSET, _("包含")
        INTERSECTS = Relation.INTERSECTS, _("交叉")
        NONE = Relation.NONE, _("仅材料可用")

    class Rationale(models.TextChoices):
        SEMANTIC = "semantic", _("含义相同")
        FUNCTIONAL = "functional", _("作用相近")

    class Reuse(models.TextChoices):
        FULL = "full", _("材料全可用")
        PARTIAL = "partial", _("材料部分可用")
        NONE = "none", _("材料不可用")

    class Review(models.TextChoices):
        OPEN = "open", _("未复核")
        ACCEPTED = "accepted", _("已采用")
        REFUSED = "refused", _("不采用")

    code = models.CharField(_("代码"), max_length=40, unique=True)
    source = models.ForeignKey(
        Clause, models.PROTECT, related_name="mapped_to", verbose_name=_("甲方条款")
    )
    target = models.ForeignKey(
        Clause, models.PROTECT, related_name="mapped_from", verbose_name=_("乙方条款")
    )
    source_measure = models.ForeignKey(
        Measure, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("甲方指标")
    )
    target_measure = models.ForeignKey(
        Measure, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("乙方指标")
    )
    same_quantity = models.BooleanField(_("同一个量"), default=False)
    relation = models.CharField(_("关系"), max_length=16, choices=RelationKind.choices)
    strength = models.PositiveSmallIntegerField(_("强度"), default=1)  # 1 to 10
    rationale = models.CharField(_("理由类型"), max_length=12, choices=Rationale.choices)
    reuse = models.CharField(_("材料复用"), max_length=8, choices=Reuse.choices)
    reason = models.CharField(_("理由"), max_length=400)
    tension = models.CharField(_("相互掣肘"), max_length=300, blank=True)
    source_window = models.PositiveSmallIntegerField(_("甲方回看（月）"), null=True, blank=True)
    target_window = models.PositiveSmallIntegerField(_("乙方回看（月）"), null=True, blank=True)
    confidence = models.CharField(
        _("可信度"), max_length=20, choices=Confidence.choices, default=Confidence.LOW
    )
    author = models.CharField(_("提出"), max_length=60)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("提出人"),
    )  # None: it came with a file
    made_on = models.DateField(_("提出日期"))
    file = models.CharField(_("来自文件"), max_length=60, blank=True)  # blank: put in by hand
    active = models.BooleanField(_("在用"), default=True)
    review = models.CharField(_("复核"), max_length=10, choices=Review.choices, default=Review.OPEN)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("复核人"),
    )
    reviewed_at = models.DateTimeField(_("复核时间"), null=True, blank=True)
    review_note = models.CharField(_("复核意见"), max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = MappingQuerySet.as_manager()

    class Meta:
        verbose_name = _("对照")
        ordering = ["source__framework", "source__ordinal", "target__framework", "code"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(source=F("target")), name="standards_no_clause_maps_to_itself"
            ),
            models.CheckConstraint(
                condition=Q(strength__range=(1, 10)), name="standards_strength_from_1_to_10"
            ),
            models.CheckConstraint(
                condition=Q(same_quantity=False)
                | Q(source_measure__isnull=False, target_measure__isnull=False),
                name="standards_same_quantity_names_both",
            ),
            models.CheckConstraint(
                condition=Q(review="open")
                | Q(reviewed_by__isnull=False, reviewed_at__isnull=False),
                name="standards_review_names_its_person",
            ),
            models.UniqueConstraint(
                "source",
                "target",
                Coalesce("source_measure", 0),
                Coalesce("target_measure", 0),
                condition=Q(active=True),
                name="standards_one_pair_once",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def kind(self) -> Relation:
        """The relation as the arithmetic knows it."""
        return Relation(self.relation)


class Unpaired(models.Model):
    """Two clauses of which a person said that they are no pair (不成对); never suggested again."""

    first = models.ForeignKey(Clause, models.PROTECT, related_name="+", verbose_name=_("甲方条款"))
    second = models.ForeignKey(Clause, models.PROTECT, related_name="+", verbose_name=_("乙方条款"))
    reason = models.CharField(_("理由"), max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("判断人")
    )
    at = models.DateTimeField(_("判断时间"))

    class Meta:
        verbose_name = _("不成对")
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="standards_unpaired_once"),
            models.CheckConstraint(
                condition=Q(first__lt=F("second")), name="standards_unpaired_in_one_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first} / {self.second}"
