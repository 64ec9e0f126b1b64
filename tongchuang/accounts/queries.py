"""Reading units, people, posts."""

from collections.abc import Callable, Iterable, Iterator
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Absence, Membership, Post, Unit, UnitName, User
from tongchuang.accounts.permissions import Reach, reach, subtree

VIEW = "accounts.view"
MANAGE = "accounts.manage"
TREE_LEVELS = 4
_UNFOLDED = (Unit.Kind.PROVINCE, Unit.Kind.CITY)  # of these everybody wants to see the units
M = TypeVar("M", bound=Model)
T = TypeVar("T")
Dated = tuple[Unit | None, date | datetime | None]


# Names
def unit_name_on(unit: Unit, on: date) -> str:
    """The name that a unit bore on a day, short where there is one."""
    return names_on([unit], on)[unit.pk]


def names_on(units: Iterable[Unit], on: date) -> dict[int, str]:
    """Names by key of many units on a day, in one query; a record shows the name of its day."""
    wanted = list(units)
    past = past_names(wanted)
    return {unit.pk: past.on(unit, on) for unit in wanted}


@dataclass(frozen=True, slots=True)
class PastNames:
    """The names of some units through time."""

    rows: dict[int, list[UnitName]]

    def on(self, unit: Unit, day: date) -> str:
        """The name of `unit` on a day, as `Unit.label` gives the present one."""
        return self.dress(copy(unit), day).label

    def dress(self, unit: Unit, day: date) -> Unit:
        """Let `unit` answer with the name of a day; without a row for it, with the present one."""
        rows = self.rows.get(unit.pk, [])
        unit.dated = next((row for row in rows if _held_on(row, day)), None)
        return unit

    def show(self, pairs: Iterable[Dated]) -> None:
        """Let each unit answer with the name of its day; without a day, with the present one."""
        for unit, on in pairs:
            if unit is not None and on is not None:
                self.dress(unit, _day(on))


def past_names(units: Iterable[Unit | None] | None = None) -> PastNames:
    """Every name that these units (or all units) ever bore, in one query, once for a page."""
    found = UnitName.objects.all()
    if units is not None:
        found = found.filter(unit__in={unit.pk for unit in units if unit})
    rows: dict[int, list[UnitName]] = {}
    for row in found:
        rows.setdefault(row.unit_id, []).append(row)
    return PastNames(rows)


def show_as_of(pairs: Iterable[Dated]) -> None:
    """Let units answer with the name they bore on a day: each record shows that of its own day.

    The units are those of loaded rows and are changed in memory only. One query. A pair without
    a day keeps the present name.
    """
    wanted = list(pairs)
    past_names(unit for unit, _on in wanted).show(wanted)


def each_as_of(rows: Iterable[T], units: Callable[[T], Iterable[Dated]]) -> Iterator[T]:
    """`rows` one by one, their `units` under the names of their days; one query for any number."""
    past = past_names()
    for row in rows:
        past.show(units(row))
        yield row


def _held_on(row: UnitName, day: date) -> bool:
    begun = row.valid_from is None or row.valid_from <= day
    return begun and (row.valid_to is None or row.valid_to >= day)


def _day(moment: date | datetime) -> date:
    return timezone.localtime(moment).date() if isinstance(moment, datetime) else moment


# Units
def units_visible_to(user: User) -> QuerySet[Unit]:
    """Units under any place where `user` may look at units and people."""
    return _within(Unit.objects.all(), reach(user, VIEW), "pk")


def units_managed_by(user: User) -> QuerySet[Unit]:
    """Units that `user` may change."""
    return _within(Unit.objects.all(), reach(user, MANAGE), "pk")


def posts_missing(user: User, *, on: date) -> QuerySet[Unit]:
    """Visible units that need a head and a deputy in charge and lack one (speech 3.1.8).

    Each has `no_head` and `no_deputy`.
    """
    units = with_gaps(units_visible_to(user), on=on)
    missing: QuerySet[Unit] = units.filter(Q(no_head=True) | Q(no_deputy=True))
    return missing


def with_gaps(units: QuerySet[Unit], *, on: date) -> QuerySet[Unit]:
    """`units` with `no_head` and `no_deputy`: whether a compulsory post is empty on `on`."""
    needs = Q(kind__in=Unit.WITH_POSTS, active=True)
    marked: QuerySet[Unit] = units.annotate(
        no_head=needs & ~Exists(_held(Post.Kind.HEAD, on)),
        no_deputy=needs & ~Exists(_held(Post.Kind.DEPUTY, on)),
    )
    return marked


def posts_on(on: date) -> Q:
    """Posts that are held on `on`."""
    return Q(from_on__lte=on) & (Q(to_on=None) | Q(to_on__gte=on))


@dataclass(frozen=True, slots=True)
class TreeRow:
    """A line of the unit tree: whether it `opens` a group, how many groups it `closes`.

    `unfolded` groups show their units at once, the others when asked; `more` counts units that
    are not loaded.
    """

    unit: Unit
    opens: bool
    unfolded: bool
    closes: range
    more: int


def unit_tree(user: User, *, on: date, under: Unit | None = None) -> list[TreeRow]:
    """The visible tree, `TREE_LEVELS` deep from `under` or from the top; one query.

    `more` counts the units below a line that is the deepest shown.
    """
    units = with_gaps(units_visible_to(user), on=on).order_by("path")
    if under is not None:
        units = units.filter(subtree(under.path))
    tops = _tops(units)
    shown = list(units.filter(_near(tops))) if tops else []
    return _rows(shown, tops={path for path, _depth in tops})


def ancestors(unit: Unit) -> list[Unit]:
    """The units above, from the top; one query."""
    paths = [unit.path[:end] for end in range(4, len(unit.path), 4)]
    return list(Unit.objects.filter(path__in=paths).order_by("path"))


def children(unit: Unit) -> QuerySet[Unit]:
    """The units directly below."""
    below: QuerySet[Unit] = Unit.objects.filter(subtree(unit.path), depth=unit.depth + 1)
    return below.order_by("path")


def find_units(units: QuerySet[Unit], text: str) -> QuerySet[Unit]:
    """Units whose name, short name, former name or code holds `text`."""
    former = UnitName.objects.filter(unit=OuterRef("pk"), name__icontains=text)
    return units.filter(
        Q(name__icontains=text)
        | Q(short_name__icontains=text)
        | Q(code__startswith=text)
        | Exists(former)
    )


# People
def people_visible_to(user: User) -> QuerySet[User]:
    """People of the units that `user` may look at, without the robot."""
    everyone = User.objects.filter(robot=False).select_related("unit")
    return _within(everyone, reach(user, VIEW), "unit")


def find_people(people: QuerySet[User], text: str) -> QuerySet[User]:
    """People whose name, sign-in name or phone holds `text`."""
    return people.filter(
        Q(name__icontains=text) | Q(username__icontains=text) | Q(phone__startswith=text)
    )


def person_named(people: QuerySet[User], text: str) -> list[User]:
    """Whom a typed text means: "姓名（登录名）", sign-in name, phone or name; at most three."""
    text = text.strip()
    if text.endswith("）") and "（" in text:
        text = text[text.rindex("（") + 1 : -1]
    exact = list(people.filter(Q(username=text) | (Q(phone=text) & ~Q(phone="")))[:3])
    return exact or list(people.filter(name=text)[:3])


def unit_named(units: QuerySet[Unit], text: str) -> list[Unit]:
    """Which unit a typed text means: "名称（编码）", code or name; at most three."""
    text = text.strip()
    if text.endswith("）") and "（" in text:
        by_code = list(units.filter(code=text[text.rindex("（") + 1 : -1])[:3])
        if by_code:
            return by_code
    exact = list(units.filter(code=text)[:3])
    return exact or list(units.filter(Q(name=text) | Q(short_name=text))[:3])


def roles_held(user: User, *, on: date) -> QuerySet[Membership]:
    """The roles a person holds in their own right on `on`."""
    return user.memberships.filter(posts_on(on)).select_related("unit")


def stands_in_for(user: User, *, on: date) -> QuerySet[Absence]:
    """Absences in which a person acts for somebody on `on`."""
    return Absence.objects.filter(deputy=user, from_on__lte=on, to_on__gte=on).select_related(
        "person", "person__unit"
    )


def holder_of(unit: Unit, kind: str, *, on: date) -> User | None:
    """Who holds a post on a day."""
    post = unit.posts.filter(posts_on(on), kind=kind).select_related("holder").first()
    return post.holder if post else None


def _within(rows: QuerySet[M], where: Reach, field: str) -> QuerySet[M]:
    if where.everything:
        return rows
    return rows.filter(**{f"{field}__in": where.unit_ids}) if where else rows.none()


def _held(kind: str, on: date) -> QuerySet[Post]:
    return Post.objects.filter(posts_on(on), unit=OuterRef("pk"), kind=kind)


def _tops(units: QuerySet[Unit]) -> list[tuple[str, int]]:
    """Path and depth of the visible units that have no visible unit above them."""
    tops: list[tuple[str, int]] = []
    for path, depth in units.values_list("path", "depth"):
        if not tops or not path.startswith(tops[-1][0]):
            tops.append((path, depth))
    return tops


def _near(tops: list[tuple[str, int]]) -> Q:
    """Units at most `TREE_LEVELS` deep from one of the tops."""
    near = Q()
    for path, depth in tops:
        near |= subtree(path) & Q(depth__lt=depth + TREE_LEVELS)
    return near


def _rows(units: list[Unit], *, tops: set[str]) -> list[TreeRow]:
    rows: list[TreeRow] = []
    open_paths: list[str] = []
    for place, unit in enumerate(units):
        following = units[place + 1].path if place + 1 < len(units) else ""
        opens = following.startswith(unit.path)
        if opens:
            open_paths.append(unit.path)
        before = len(open_paths)
        while open_paths and not following.startswith(open_paths[-1]):
            open_paths.pop()
        closes = range(before - len(open_paths))
        unfolded = unit.path in tops or unit.kind in _UNFOLDED
        rows.append(TreeRow(unit, opens, unfolded, closes, 0 if opens else unit.numchild))
    return rows


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A card of the demonstration's sign-in page: a person, or a page open to all (`url`)."""

    role: str
    name: str
    note: str
    icon: str = "user"
    group: str = ""
    username: str = ""
    url: str = ""


def one_person_of_each_role() -> list[DemoPerson]:
    """Cards made from whatever people there are, when no better choice was prepared."""
    first: dict[str, Membership] = {}
    for grant in Membership.objects.filter(user__is_active=True, user__robot=False).select_related(
        "user__unit"
    )[:2000]:
        first.setdefault(grant.role, grant)
    return [
        DemoPerson(
            group=_("后台"),
            role=grant.get_role_display(),
            name=grant.user.name,
            note=str(grant.user.unit or ""),
            username=grant.user.username,
        )
        for grant in list(first.values())[:10]
    ]


def sign_in_name(text: str) -> str:
    """The sign-in name that a typed sign-in name or phone stands for; unknown ones stay."""
    text = text.strip()
    if User.objects.filter(username=text).exists():
        return text
    by_phone = list(User.objects.filter(phone=text).values_list("username", flat=True)[:2])
    return by_phone[0] if text and len(by_phone) == 1 else text


def demo_people(text: str) -> list[User]:
    """People whom a visitor of the demonstration may enter as, by name, unit or sign-in name."""
    if not text:
        return []
    people = User.objects.filter(is_active=True, robot=False).select_related("unit")
    return list(
        people.filter(
            Q(name__icontains=text)
            | Q(username__icontains=text)
            | Q(title__icontains=text)
            | Q(unit__name__icontains=text)
            | Q(unit__short_name__icontains=text)
        )[:24]
    )
