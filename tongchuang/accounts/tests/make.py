"""Builders of units and people: make only what the test is about.

office = make_unit("创卫办")
clerk = make_user(role="unit_clerk", unit=make_unit("城管局"))
city = make_city()            # one tree with a person for each of the usual parts
"""

from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any, cast

from tongchuang.accounts.models import Absence, Membership, Post, Unit, User

PASSWORD = "Qing-shan-2016"
_numbers = count(1)
FIRST_DAY = date(2013, 1, 1)


def make_unit(
    name: str = "", *, parent: Unit | None = None, kind: str = Unit.Kind.DEPARTMENT, **fields: Any
) -> Unit:
    """A unit, under `parent` or as a root of its own."""
    number = next(_numbers)
    values = {"code": f"X{number:05}", "name": name or f"单位{number}", "kind": kind, **fields}
    if parent is None:
        return cast(Unit, Unit.objects.add_root(values))
    return cast(Unit, Unit.objects.add_child(Unit.objects.get(pk=parent.pk), values))


def make_user(
    username: str = "",
    *,
    role: str = "",
    unit: Unit | None = None,
    over: Unit | None = None,
    **fields: Any,
) -> User:
    """A person of `unit`; with `role`, a member there, or over `over` when that is given."""
    number = next(_numbers)
    fields.setdefault("name", f"张{number}")
    user = User.objects.create_user(username or f"person{number}", unit=unit, **fields)
    if role:
        make_membership(user=user, role=role, unit=over or unit or make_unit())
    return user


def make_membership(*, user: User, role: str, unit: Unit, **fields: Any) -> Membership:
    """A role of `user` over `unit` and everything under it, from `FIRST_DAY` on."""
    fields.setdefault("from_on", FIRST_DAY)
    return Membership.objects.create(user=user, role=role, unit=unit, **fields)


def make_post(
    *, unit: Unit, kind: str = Post.Kind.HEAD, holder: User | None = None, **fields: Any
) -> Post:
    """A post of `unit`, held since `FIRST_DAY`."""
    fields.setdefault("from_on", FIRST_DAY)
    return Post.objects.create(
        unit=unit, kind=kind, holder=holder or make_user(unit=unit), **fields
    )


def make_absence(*, person: User, deputy: User, **fields: Any) -> Absence:
    """`deputy` stands in for `person`, all of March 2016 unless told otherwise."""
    fields = {"from_on": date(2016, 3, 1), "to_on": date(2016, 3, 31), **fields}
    return Absence.objects.create(person=person, deputy=deputy, **fields)


@dataclass(frozen=True, slots=True)
class City:
    """A small tree: city → office, two departments, one street → community → grid; and people."""

    root: Unit
    office: Unit
    bureau: Unit
    other_bureau: Unit
    street: Unit
    community: Unit
    grid: Unit
    director: User
    dispatcher: User
    supervisor: User
    bureau_clerk: User
    other_clerk: User
    street_clerk: User
    admin: User


def make_city() -> City:
    """A city in which everything under one root can be reached from the office."""
    root = make_unit("示例市", kind=Unit.Kind.CITY)
    office = make_unit("创卫办", parent=root, kind=Unit.Kind.OFFICE)
    bureau = make_unit("城管局", parent=root)
    other = make_unit("教育局", parent=root)
    street = make_unit("城南街道", parent=root, kind=Unit.Kind.STREET)
    community = make_unit("龙潭社区", parent=street, kind=Unit.Kind.COMMUNITY)
    grid = make_unit("龙潭一网格", parent=community, kind=Unit.Kind.GRID)
    return City(
        root=root,
        office=office,
        bureau=bureau,
        other_bureau=other,
        street=street,
        community=community,
        grid=grid,
        director=make_user(role="hq_director", unit=office, over=root),
        dispatcher=make_user(role="hq_dispatcher", unit=office, over=root),
        supervisor=make_user(role="hq_supervisor", unit=office, over=root),
        bureau_clerk=make_user(role="unit_clerk", unit=bureau),
        other_clerk=make_user(role="unit_clerk", unit=other),
        street_clerk=make_user(role="town_clerk", unit=street),
        admin=make_user(role="admin", unit=office, over=root),
    )
