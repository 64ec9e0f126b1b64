from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChangeoverConfig(AppConfig):
    name = "tongchuang.changeover"
    verbose_name = _("换版")
