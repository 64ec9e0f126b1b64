"""Three gauges of the headquarters: dispatch, co-ordination delay, coverage (speech 3.1.6)."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F, Min
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import User
from tongchuang.inspections.models import Visit
from tongchuang.meetings.models import Matter, Meeting
from tongchuang.meetings.rules import middle, share
from tongchuang.places.models import Site

SPAN_DAYS = 90


@dataclass(frozen=True, slots=True)
class Gauge:
    """One number of the headquarters: `value` None when nothing was there to measure.

    `unit` is "share" in [0, 1] or "days"; `part` of `whole` are the records behind it.
    """

    key: str
    label: str | Promise
    method: str | Promise
    value: float | None
    unit: str
    part: int
    whole: int
    url: str


def gauges(user: User, *, on: date) -> list[Gauge]:
    """The three gauges over the last 90 days, each with its method and its records."""
    since = on - timedelta(days=SPAN_DAYS)
    return [_dispatch(user, since, on), _delay(user, since, on), _coverage(user, since, on)]


def _dispatch(user: User, since: date, on: date) -> Gauge:
    seen = Meeting.objects.visible_to(user).exclude(status=Meeting.Status.CANCELLED)
    due = seen.filter(planned_on__gte=since, planned_on__lt=on).exclude(type__rhythm="demand")
    held, whole = due.filter(status=Meeting.Status.HELD).count(), due.count()
    return Gauge(
        "dispatch",
        _("调度"),
        _("近 90 天按频次应开的会议中，已经召开的比例。"),
        share(held, whole),
        "share",
        held,
        whole,
        f"{reverse('meetings:list')}?tab=held",
    )


def _delay(user: User, since: date, on: date) -> Gauge:
    rows = Matter.objects.visible_to(user).filter(listed_on__gte=since, listed_on__lte=on)
    rows = rows.exclude(status=Matter.Status.WITHDRAWN)
    first = rows.annotate(ruled_on=Min("rulings__meeting__held_on"))
    found = list(first.order_by().values_list("listed_on", F("ruled_on")))
    waits = [(ruled - listed).days for listed, ruled in found if ruled]
    return Gauge(
        "delay",
        _("协调"),
        _("近 90 天列入的重大事项，从列入到会议议定的天数，取中位数；还没有议定的不算在内。"),
        middle(waits),
        "days",
        len(waits),
        len(found),
        reverse("meetings:matter_list"),
    )


def _coverage(user: User, since: date, on: date) -> Gauge:
    sites = Site.objects.visible_to(user).filter(active=True)
    visits = Visit.objects.filter(
        status=Visit.Status.FINISHED, finished_at__date__gte=since, finished_at__date__lte=on
    )
    whole = sites.count()
    checked = sites.filter(pk__in=visits.values("site")).count()
    return Gauge(
        "coverage",
        _("督查覆盖"),
        _("近 90 天检查过的点位占全部在用点位的比例。"),
        share(checked, whole),
        "share",
        checked,
        whole,
        reverse("inspections:round_list"),
    )
