from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InspectionsConfig(AppConfig):
    name = "tongchuang.inspections"
    verbose_name = _("督查检查")
