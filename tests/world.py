"""The small demonstration city, as the world in which pages are walked."""

from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.db.models import Model

from tongchuang.accounts.models import Membership, Unit, User

# Who opens a page: the role and the kind of unit of the demonstration person who plays the part.
#   stranger  nobody signed in
#   other     clerk of a mass organisation: signed in, but most things lie outside their scope
#   reader    party supervision room: reads the whole city, changes little
#   owner     director of the campaign office: works on everything
#   admin     administrator: units, people and their posts, nothing of the campaign's work
PARTS: dict[str, tuple[str, str]] = {
    "stranger": ("", ""),
    "other": ("unit_clerk", Unit.Kind.MASS),
    "reader": ("party_supervision", ""),
    "owner": ("hq_director", ""),
    "admin": ("admin", ""),
}


@dataclass(slots=True)
class World:
    """A city with at least one row of everything that has a page."""

    people: dict[str, User | None]
    _found: dict[tuple[str, str], Model] = field(default_factory=dict)

    def one(self, label: str, **filters: Any) -> Any:
        """The first row of a model: `world.one("cases.Case", state="new")`.

        Raises `LookupError` when the city has none: the demonstration must show every page.
        """
        key = (label, repr(sorted(filters.items())))
        if key not in self._found:
            row = apps.get_model(label)._default_manager.filter(**filters).order_by("pk").first()
            if row is None:
                raise LookupError(f"the demonstration city has no {label} with {filters}")
            self._found[key] = row
        return self._found[key]

    def pk(self, label: str, **filters: Any) -> int:
        """The number of that row, for addresses."""
        return int(self.one(label, **filters).pk)


def build_world() -> World:
    """Generate the city in the present database, unless it stands there, and name its people."""
    if not Membership.objects.exists():
        call_command("demo", size="small", verbosity=0)
    return World({part: _person(role, kind) for part, (role, kind) in PARTS.items()})


def _person(role: str, kind: str) -> User | None:
    if not role:
        return None
    held = Membership.objects.filter(role=role, user__is_active=True).order_by("pk")
    if kind:
        held = held.filter(unit__kind=kind)
    return held[0].user
