"""Comparison groups: what is stored is a key, what people read is its name."""

from functools import cache
from typing import Final

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

GROUPS: Final[dict[str, str | Promise]] = {
    "town": _("乡镇街道开发区"),
    "core": _("执法与主管部门"),
    "service": _("服务配合部门"),
    "staff": _("综合部门"),
    "enterprise": _("公用企业"),
}
"""The groups of the shipped scoring rules; a city may name others, which are their own name."""


def group_word(key: str, title: str = "") -> str:
    """The name of a group in the language of the interface.

    `title` is the Chinese one of the rules in use: a city that calls the group something else is
    shown its own word.
    """
    if key in GROUPS and (not title or group_key(title) == key):
        return str(GROUPS[key])
    return title or key


def group_key(text: str) -> str:
    """The key for a name in any language of the interface; a key stays itself."""
    return _keys().get(text.strip(), text.strip())


@cache
def _keys() -> dict[str, str]:
    found: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            found |= {str(word): key for key, word in GROUPS.items()}
    return found
