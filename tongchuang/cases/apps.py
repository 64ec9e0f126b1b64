from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    name = "tongchuang.cases"
    verbose_name = _("问题案件")
