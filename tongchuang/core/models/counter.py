"""Where each series of numbers stands."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Counter(models.Model):
    """The last number given in a series and year; changed only by `core.numbering`."""

    series = models.CharField(_("编号序列"), max_length=40)
    year = models.PositiveSmallIntegerField(_("年度"))
    last = models.PositiveIntegerField(_("最后编号"), default=0)

    class Meta:
        verbose_name = _("编号")
        ordering = ["series", "year"]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "year"], name="core_one_counter_per_series_and_year"
            )
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.year} {self.last}"
