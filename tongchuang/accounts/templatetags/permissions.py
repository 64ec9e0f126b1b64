"""`{% can "cases.verify" case as ok %}`: the one permission question, in templates."""

from typing import Any

from django import template

from tongchuang.accounts import permissions

register = template.Library()


@register.simple_tag(takes_context=True)
def can(context: dict[str, Any], action: str, obj: permissions.Scoped | None = None) -> bool:
    """Whether the person of this request may do `action` (to `obj`)."""
    return permissions.can(context["request"].user, action, obj)
