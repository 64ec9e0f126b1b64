"""How a fact is worded and how sure we are of it."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


def in_language(chinese: str, english: str) -> str:
    """The wording for the language of the page; Chinese where no English is known."""
    return english if english and (get_language() or "").startswith("en") else chinese


class Confidence(models.TextChoices):
    """How sure we are of a fact; none of them makes it official."""

    HIGH = "high", _("可信度高")
    MEDIUM = "medium", _("可信度中")
    LOW = "low", _("可信度低")
    DEFAULT = "product_default", _("产品默认")
