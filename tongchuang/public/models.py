"""What citizens tell the city."""

from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import reach
from tongchuang.cases.models import Case
from tongchuang.core.models import StoredFile
from tongchuang.places.models import Site
from tongchuang.standards.models import ProblemClass


class ReportQuerySet(models.QuerySet["Report"]):
    """Lists of reports."""

    def visible_to(self, user: User) -> Self:
        """Reports of cities where `user` holds `public.view`."""
        where = reach(user, "public.view")
        return self if where.everything else self.filter(city__in=where.unit_ids)

    def to_answer(self) -> Self:
        """Reports whose citizen still waits for an answer."""
        return self.filter(answered_at=None)

    def reopening_asked(self) -> Self:
        """Reports whose citizen says that the problem is not solved, and nobody decided yet."""
        return self.filter(reopen_asked_at__isnull=False, reopen_decided_at=None)


class Report(models.Model):
    """A citizen's report: no sign-in, a tracking code, a case to verify.

    `contact` is seen only by holders of `public.reporter`. `agency` is the name of the answering
    body as an imported letter writes it; `answering_unit` is the unit it stands for, if any.
    """

    class Topic(models.TextChoices):
        WASTE = "waste", _("垃圾")
        TOILET = "toilet", _("公厕")
        STREET = "street", _("占道")
        SEWAGE = "sewage", _("污水")
        PESTS = "pests", _("蚊蝇鼠")
        OTHER = "other", _("其他")

    RATE_WITHIN: ClassVar[timedelta] = timedelta(days=30)

    tracking_code = models.CharField(_("查询码"), max_length=12, unique=True)
    city = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    external_id = models.CharField(max_length=60, blank=True)
    external_source = models.CharField(max_length=30, blank=True)
    submission_id = models.UUIDField(
        null=True, unique=True
    )  # from the form: one effect per submission
    topic = models.CharField(_("问题"), max_length=10, choices=Topic.choices, default=Topic.OTHER)
    title = models.CharField(_("标题"), max_length=120, blank=True)
    text = models.TextField(_("情况"))
    problem_class = models.ForeignKey(
        ProblemClass, models.PROTECT, null=True, blank=True, related_name="+"
    )
    site = models.ForeignKey(Site, models.PROTECT, null=True, blank=True, related_name="reports")
    address = models.CharField(_("地点"), max_length=200, blank=True)
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    accuracy_m = models.FloatField(null=True, blank=True)
    contact = models.CharField(_("联系方式"), max_length=60, blank=True)
    at = models.DateTimeField(_("提交时间"))
    case = models.OneToOneField(Case, models.PROTECT, null=True, blank=True, related_name="report")
    acknowledged_at = models.DateTimeField(_("受理时间"), null=True, blank=True)
    answer = models.TextField(_("答复"), blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answering_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+"
    )
    agency = models.CharField(_("答复机构"), max_length=80, blank=True)
    solved = models.BooleanField(_("是否解决"), null=True, blank=True)
    rating = models.PositiveSmallIntegerField(_("满意度"), null=True, blank=True)
    rated_at = models.DateTimeField(null=True, blank=True)
    comment = models.CharField(_("群众意见"), max_length=300, blank=True)
    reopen_asked_at = models.DateTimeField(_("要求重办"), null=True, blank=True)
    reopen_decided_at = models.DateTimeField(_("重办答复时间"), null=True, blank=True)
    reopen_answer = models.CharField(_("重办答复"), max_length=300, blank=True)
    version = models.PositiveIntegerField(default=0)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("群众诉求")
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["city", "-at"], name="public_report_city"),
            models.Index(
                fields=["at"], condition=Q(answered_at=None), name="public_report_unanswered"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["external_source", "external_id"],
                condition=~Q(external_id=""),
                name="public_external_id_once",
            ),
            models.CheckConstraint(
                condition=Q(rating=None) | Q(rating__range=(1, 5)),
                name="public_rating_from_1_to_5",
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.tracking_code

    @property
    def ended_at(self) -> datetime | None:
        """When the citizen got the last word to say: the case closed, or the letter answered."""
        if self.case_id and self.case:
            return self.case.closed_at
        return self.answered_at

    def unit_ids(self) -> set[int]:
        """The city."""
        return {self.city_id}


class ReportPhoto(models.Model):
    """A photo that came with a report."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="photos")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("照片")

    def __str__(self) -> str:
        return str(self.file)
