"""What waits for an inspector: the places of today, nearest first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tongchuang.accounts.models import Membership, User
from tongchuang.accounts.permissions import can
from tongchuang.accounts.roles import roles_with
from tongchuang.cases.models import Case
from tongchuang.inspections import rules
from tongchuang.inspections.models import Draw, Round, Visit

_KILOMETRE = 1000


@dataclass(frozen=True, slots=True)
class Stop:
    """A place to go to: its number on the route and the metres from the place before."""

    draw: Draw
    number: int
    distance_m: float | None
    to_check: int

    @property
    def far(self) -> str:
        """How far it is in words; empty when a position is unknown."""
        if self.distance_m is None:
            return ""
        if self.distance_m < _KILOMETRE:
            return gettext("%(m)s 米") % {"m": round(self.distance_m)}
        return gettext("%(km)s 公里") % {"km": f"{self.distance_m / _KILOMETRE:.1f}"}


@dataclass(frozen=True, slots=True)
class Todo:
    """Something that waits for a person: how many, the nearest date, where to do it."""

    label: str | Promise
    count: int
    url: str
    due_on: date | None = None


def my_draws(user: User) -> QuerySet[Draw]:
    """Places of running rounds that `user` is to visit and has not begun."""
    begun = Visit.objects.filter(round=OuterRef("round"), site=OuterRef("site"))
    mine = Draw.objects.filter(inspector=user, round__status=Round.Status.RUNNING)
    return mine.filter(~Exists(begun)).select_related("round", "site__site_type", "site__territory")


def route_of(user: User, *, start: rules.Point | None = None, most: int = 60) -> list[Stop]:
    """The places still to visit, nearest first from `start`; with cases waiting to be checked."""
    waiting = {draw.site_id: draw for draw in my_draws(user).order_by("round", "ordinal")[:500]}
    points = [rules.Point(key, draw.site.lon, draw.site.lat) for key, draw in waiting.items()]
    route = rules.nearest_first(start, points)[:most]
    checks = _to_check(user, [point.key for point in route])
    before: Iterable[rules.Point | None] = [start, *route]
    return [
        Stop(
            waiting[point.key],
            number,
            rules.distance_m(last, point) if last else None,
            checks.get(point.key, 0),
        )
        for number, (last, point) in enumerate(zip(before, route, strict=False), 1)
    ]


def _to_check(user: User, sites: list[int]) -> dict[int, int]:
    replied = Case.objects.visible_to(user).filter(site__in=sites, status=Case.Status.REPLIED)
    return dict(replied.order_by().values_list("site").annotate(n=Count("pk")))


def visited_today(user: User, *, on: date) -> list[Visit]:
    """Visits that `user` began or finished on a day, in the order of the day."""
    start, end = (timezone.make_aware(datetime.combine(on, at)) for at in (time.min, time.max))
    day = Q(started_at__range=(start, end)) | Q(status=Visit.Status.OPEN)
    mine = Visit.objects.filter(day, inspector=user)
    return list(mine.select_related("site__site_type", "round").order_by("started_at", "id")[:100])


def inspectors_of(one: Round, *, on: date) -> QuerySet[User]:
    """People who may inspect in the round's city on a day, with their units."""
    city = one.campaign.city
    steps = range(4, len(city.path) + 1, 4)
    above = [city.path[:end] for end in steps]
    within = Q(unit__path__in=above) | Q(unit__path__startswith=city.path)
    held = Membership.objects.filter(
        within, role__in=roles_with("inspections.visit"), from_on__lte=on
    ).filter(Q(to_on=None) | Q(to_on__gte=on))
    people = User.objects.filter(pk__in=held.values("user"), is_active=True, robot=False)
    return people.select_related("unit").order_by("name", "id")


def todo_for(user: User, *, on: date) -> list[Todo]:
    """What waits for `user` in inspections; empty parts are left out."""
    found: list[Todo] = []
    if can(user, "inspections.visit"):
        todo_url = reverse("inspections:my_visits")
        due = my_draws(user).order_by("round__to_on").values_list("round__to_on", flat=True)
        dates = list(due)
        found.append(Todo(_("待检查点位"), len(dates), todo_url, dates[0] if dates else None))
        unfinished = Visit.objects.filter(inspector=user, status=Visit.Status.OPEN).count()
        found.append(Todo(_("未完成的检查"), unfinished, todo_url))
    if can(user, "inspections.plan"):
        rounds = Round.objects.visible_to(user)
        list_url = reverse("inspections:round_list")
        planned = rounds.filter(status=Round.Status.PLANNED).count()
        found.append(Todo(_("待抽样轮次"), planned, f"{list_url}?status=planned"))
        late = rounds.filter(status=Round.Status.RUNNING, to_on__lt=on).count()
        found.append(Todo(_("到期待结束轮次"), late, f"{list_url}?status=running"))
    return [todo for todo in found if todo.count]
