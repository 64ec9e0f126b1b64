from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CalendarConfig(AppConfig):
    name = "tongchuang.calendar"
    verbose_name = _("统筹日历")
