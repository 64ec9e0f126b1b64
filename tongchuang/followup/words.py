"""Words for the keys of the lists, in the language of the interface."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ANSWERS: Final[dict[str, str | Promise]] = {
    "none": _("短板无任务"),
    "waiting": _("理由待批"),
    "reason": _("暂不立任务"),
    "task": _("已有任务"),
    "project": _("项目在办"),
}
TRENDS: Final[dict[str, str | Promise]] = {
    "better": _("变好"),
    "same": _("持平"),
    "worse": _("变差"),
}
