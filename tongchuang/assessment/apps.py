from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssessmentConfig(AppConfig):
    name = "tongchuang.assessment"
    verbose_name = _("自评与预测")
