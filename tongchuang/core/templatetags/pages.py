"""Tags of every page: icons, badges, number links, addresses, dates and amounts in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from urllib.parse import urlencode

from django import template
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()

UNKNOWN = "–"
BADGE_ICONS = {"ok": "ok", "run": "run", "due": "due", "bad": "bad", "rule": "rule", "na": "na"}
# A cursor belongs to one list in one order: it does not survive a change of the address.
_CURSORS = ("after", "before")


# Pictures and states
@register.simple_tag
def icon(name: str, size: int = 16, cls: str = "", label: str = "") -> SafeString:
    """An icon of `frontend/office/public/icons.svg`; `label` when no word stands beside it."""
    classes = " ".join(filter(None, ["tc-i", f"tc-i--{size}" if size != 16 else "", cls]))
    address = f"{static('office/icons.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}"/></svg>',
            classes,
            label,
            address,
        )
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}"/></svg>', classes, address
    )


@register.simple_tag
def badge(kind: str, text: object, icon_name: str = "", *, large: bool = False) -> SafeString:
    """A state: colour, icon and word. Kinds: ok, run, due, bad, rule, na."""
    return format_html(
        '<span class="tc-badge tc-badge--{}{}">{}{}</span>',
        kind,
        " tc-badge--l" if large else "",
        icon(icon_name or BADGE_ICONS[kind]),
        text,
    )


@register.simple_tag
def n(value: object, url: str = "", label: str = "") -> SafeString:
    """A number that opens its records; unknown is a dash, never zero."""
    if value is None:
        return format_html('<span class="tc-sub">{}</span>', UNKNOWN)
    if not url:
        return format_html('<b class="tc-b">{}</b>', value)
    if label:
        return format_html('<a class="tc-n" href="{}" aria-label="{}">{}</a>', url, label, value)
    return format_html('<a class="tc-n" href="{}">{}</a>', url, value)


# Addresses
@register.simple_tag(takes_context=True)
def url_with(context: Mapping[str, Any], *pairs: object, **changes: object) -> str:
    """The present query with changes; None drops a key. `{% url_with name value %}` works too."""
    request: HttpRequest = context["request"]
    query = request.GET.copy()
    wanted = dict(zip(map(str, pairs[::2]), pairs[1::2], strict=True)) | changes
    for name in (*_CURSORS, *wanted):
        query.pop(name, None)
    for name, value in wanted.items():
        if value not in (None, ""):
            query[name] = str(value)
    return f"?{query.urlencode()}"


@dataclass(frozen=True, slots=True)
class Choices:
    """The links of a filter, and the word of the one that is chosen; empty for none."""

    links: SafeString
    chosen: str


@register.simple_tag(takes_context=True)
def choices_of(
    context: Mapping[str, Any], name: str, choices: Iterable[tuple[object, object]], current: object
) -> Choices:
    """A filter with up to hundreds of choices: the rest of the address is written once."""
    rest = url_with(context, **{name: None})
    start = f"{rest}&" if len(rest) > 1 else rest
    wanted = "" if current in (None, "") else str(current)
    shown = [(str(value), word) for value, word in choices if value != ""]
    links = format_html_join(
        "",
        '<a href="{}"{}>{}</a>',
        ((f"{start}{urlencode({name: v})}", _CHOSEN if v == wanted else "", w) for v, w in shown),
    )
    return Choices(links, next((str(word) for value, word in shown if value == wanted), ""))


_CHOSEN = SafeString(' aria-current="true"')


@register.simple_tag(takes_context=True)
def sort(context: Mapping[str, Any], name: str, text: object) -> SafeString:
    """A column head that sorts by `name`: the first press ascending, the second descending."""
    now = context["request"].GET.get("sort", "")
    target = f"-{name}" if now == name else name
    if now.removeprefix("-") != name:
        return format_html(
            '<a class="tc-sort" href="{}">{}</a>', url_with(context, sort=name), text
        )
    arrow = icon("down", cls="" if now.startswith("-") else "tc-i--flip")
    way = _("降序") if now.startswith("-") else _("升序")
    return format_html(
        '<a class="tc-sort tc-sort--on" href="{}">{} {}<span class="tc-hidden">{}</span></a>',
        url_with(context, sort=target),
        text,
        arrow,
        way,
    )


# Dates and amounts in words
@register.filter
def cn_date(value: date | datetime | None) -> str:
    """「2016年3月8日」 as documents write it."""
    return UNKNOWN if value is None else date_format(_local(value), _("Y年n月j日"))


@register.filter
def day_time(value: datetime | None) -> str:
    """「03-08 14:30」 as tables write it."""
    return UNKNOWN if value is None else f"{_local(value):%m-%d %H:%M}"


@register.filter
def duration(value: timedelta | float | None) -> str:
    """「2 天 3 时」, 「1 时 50 分」, 「28 分」: the two largest parts of a time span."""
    if value is None:
        return UNKNOWN
    seconds = value.total_seconds() if isinstance(value, timedelta) else float(value)
    minutes = int(abs(seconds) // 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        parts = [_("%(n)s 天") % {"n": days}, _("%(n)s 时") % {"n": hours} if hours else ""]
    elif hours:
        parts = [_("%(n)s 时") % {"n": hours}, _("%(n)s 分") % {"n": minutes} if minutes else ""]
    else:
        parts = [_("%(n)s 分") % {"n": minutes}]
    return ("−" if seconds <= -60 else "") + " ".join(filter(None, parts))


@register.filter
def percent(share: Decimal | float | None, places: int = 0) -> str:
    """A share in [0, 1] as 「91%」."""
    return UNKNOWN if share is None else f"{_rounded(Decimal(str(share)) * 100, places)}%"


@register.filter
def points(value: Decimal | float | None, places: int = 2) -> str:
    """Points to the hundredth, with a true minus sign."""
    if value is None:
        return UNKNOWN
    return str(_rounded(Decimal(str(value)), places)).replace("-", "−")


@register.filter
def hours(value: Decimal | float | None) -> str:
    """Hours or days to a tenth, without an idle zero: 「4」, 「4.5」."""
    return UNKNOWN if value is None else points(value, 1).removesuffix(".0")


def _local(value: date | datetime) -> date | datetime:
    aware = isinstance(value, datetime) and timezone.is_aware(value)
    return timezone.localtime(value) if aware else value  # type: ignore[arg-type]  # aware is a datetime


def _rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
