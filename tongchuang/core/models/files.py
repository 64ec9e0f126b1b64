"""Files as people gave them, sealed, with the copies that may be shown."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class StoredFile(models.Model):
    """One file as it was given; `sealed` never changes, `copy` and `thumb` carry no metadata.

    Rows with the same bytes share one file on disk. Positions are WGS 84.
    """

    name = models.CharField(_("文件名"), max_length=255)
    purpose = models.CharField(_("用途"), max_length=40)
    content_type = models.CharField(_("类型"), max_length=100)
    size = models.PositiveBigIntegerField(_("字节数"))
    sha256 = models.CharField(_("校验值"), max_length=64, db_index=True)
    sealed = models.FileField(_("原件"), max_length=200)
    copy = models.FileField(_("公开副本"), max_length=200, blank=True)
    thumb = models.FileField(_("缩略图"), max_length=200, blank=True)
    width = models.PositiveIntegerField(_("宽"), null=True, blank=True)
    height = models.PositiveIntegerField(_("高"), null=True, blank=True)
    taken_at = models.DateTimeField(_("拍摄时间"), null=True, blank=True)
    lon = models.FloatField(_("经度"), null=True, blank=True)
    lat = models.FloatField(_("纬度"), null=True, blank=True)
    camera = models.CharField(_("拍摄设备"), max_length=80, blank=True)
    looks = models.CharField(_("图像指纹"), max_length=16, blank=True, db_index=True)
    stored_at = models.DateTimeField(_("存入时间"))
    stored_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("存入人"),
    )

    class Meta:
        verbose_name = _("文件")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_photo(self) -> bool:
        """Whether the content is a picture."""
        return self.content_type.startswith("image/")
