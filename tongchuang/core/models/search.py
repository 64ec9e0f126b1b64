"""What the global search looks through."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SearchEntry(models.Model):
    """The searchable text of one record: as written, and cut into terms."""

    kind = models.CharField(_("类别"), max_length=40)
    object_id = models.BigIntegerField(_("记录"))
    text = models.TextField(_("原文"))
    terms = models.TextField(_("检索词"))

    class Meta:
        verbose_name = _("检索条目")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "object_id"], name="core_one_search_entry_per_record"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"
