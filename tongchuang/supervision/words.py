"""Words for the keys of frozen data, in the language of the interface."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise
PART_WORDS: Final[dict[str, Text]] = {
    "field": _("现场"),
    "closing": _("办结"),
    "tasks": _("任务"),
    "dossier": _("档案"),
    "people": _("群众"),
    "cooperation": _("协同"),
}
DEDUCTION_WORDS: Final[dict[str, Text]] = {
    "overdue_general": _("超期（一般）"),
    "overdue_major": _("超期（重大、紧急）"),
    "recurrence": _("销号后反弹"),
    "false_reply": _("虚假回复"),
    "media": _("媒体曝光"),
    "red_slip": _("红单"),
}
NOT_RANKED_WORDS: Final[dict[str, Text]] = {
    "coverage": _("检查覆盖不足"),
    "few_cases": _("到期案件过少"),
    "little_work": _("本月工作量不足"),
}
ABOUT_WORDS: Final[dict[str, Text]] = PART_WORDS | {
    "deduction": _("扣分"),
    "bonus": _("加分"),
    "not_ranked": _("不排名"),
    "praise": _("表扬和点名"),
}
LEVEL_WORDS: Final[dict[str, Text]] = {
    "": _("不加分"),
    "city": _("市级经验，加 1 分"),
    "province": _("省级经验，加 2 分"),
    "nation": _("国家级经验，加 3 分"),
}
SECTION_WORDS: Final[dict[str, Text]] = {
    "totals": _("总体情况"),
    "named": _("表扬和点名"),
    "highlights": _("亮点做法"),
    "classes": _("问题类别"),
    "overdue": _("超期清单"),
    "repeats": _("反复问题"),
    "tasks": _("任务进展"),
    "papers": _("档案资料"),
    "demands": _("工作要求"),
}
