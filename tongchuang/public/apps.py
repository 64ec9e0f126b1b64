from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PublicConfig(AppConfig):
    name = "tongchuang.public"
    verbose_name = _("群众参与")
