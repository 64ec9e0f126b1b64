"""The look of a photo, cut in bands so that near ones are found by index."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongchuang.core.models.files import StoredFile


class PhotoLook(models.Model):
    """The 64-bit difference hash of one photo and its four bands of 16 bits, highest first.

    Two hashes that differ in at most 7 bits agree in one band but for one bit; four indexes find
    all candidates.
    """

    file = models.OneToOneField(StoredFile, models.CASCADE, primary_key=True, related_name="look")
    looks = models.CharField(_("图像指纹"), max_length=16)
    band_a = models.IntegerField(db_index=True)
    band_b = models.IntegerField(db_index=True)
    band_c = models.IntegerField(db_index=True)
    band_d = models.IntegerField(db_index=True)

    class Meta:
        verbose_name = _("照片指纹")

    def __str__(self) -> str:
        return self.looks
