"""State machines: one table of moves per model, from which buttons, diagram and tests come."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from tongchuang.core import audit

Row = TypeVar("Row", bound=models.Model)
Guard = Callable[[Any, str, Any], None]


class WrongState(Exception):
    """A move was asked of a record that is not, or no longer, in a state it starts from."""

    def __init__(self, obj: models.Model, move: str, state: str) -> None:
        """Keep the record and its present state, so that a page can tell what happened."""
        super().__init__(_("这条记录的状态已经变化，不能再办理这一步。"))
        self.subject, self.move, self.state = obj, move, state


@dataclass(frozen=True, slots=True)
class Move:
    """One arrow of the diagram: from `sources` to `target`, for holders of `action`.

    `target` None keeps the state. `clock` names what happens to the limits (docs only).
    """

    sources: frozenset[str]
    target: str | None
    action: str
    label: str | Promise = ""
    required: tuple[str, ...] = ()
    clock: str = ""


class Flow:
    """All moves of one model. `guard(user, action, obj)` raises `PermissionDenied`."""

    def __init__(self, *, field: str, moves: Mapping[str, Move], guard: Guard) -> None:
        """Bind the table to the state field and to the permission check."""
        self.field, self.moves, self.guard = field, moves, guard

    def start(self, obj: models.Model, move: str, *, by: AbstractBaseUser) -> None:
        """Check permission, then state; remember the values before the change."""
        step = self.moves[move]
        self.guard(by, step.action, obj)
        state = getattr(obj, self.field)
        if state not in step.sources:
            raise WrongState(obj, move, state)
        remember(obj)

    def finish(
        self,
        obj: models.Model,
        move: str,
        *,
        by: AbstractBaseUser,
        reason: str = "",
        at: datetime | None = None,
        **details: object,
    ) -> None:
        """Enter the target state, save the record and add the audit event."""
        target = self.moves[move].target
        if target is not None:
            setattr(obj, self.field, target)
        save_audited(obj, move, by=by, reason=reason, at=at, **details)

    def available(self, obj: models.Model, user: AbstractBaseUser) -> list[str]:
        """Names of the moves that `user` may make now, in table order."""
        state = getattr(obj, self.field)
        return [
            name
            for name, move in self.moves.items()
            if state in move.sources and self._allowed(user, move, obj)
        ]

    def _allowed(self, user: AbstractBaseUser, move: Move, obj: models.Model) -> bool:
        try:
            self.guard(user, move.action, obj)
        except PermissionDenied:
            return False
        return True


def locked(obj: Row) -> Row:
    """`obj` read again and locked until the transaction ends (SQLite locks the whole file)."""
    return type(obj)._base_manager.select_for_update().get(pk=obj.pk)


def remember(obj: models.Model) -> None:
    """Keep the record's values so that `save_audited` can tell what changed."""
    obj._before = _values(obj)  # type: ignore[attr-defined]  # lives only until the save


def save_audited(
    obj: models.Model,
    action: str,
    *,
    by: AbstractBaseUser,
    reason: str = "",
    at: datetime | None = None,
    **details: object,
) -> None:
    """Save `obj`, raise its `version` if it has one, and record what changed."""
    before = getattr(obj, "_before", {})
    if hasattr(obj, "version"):
        obj.version += 1
    obj.save()
    after = _values(obj)
    changed = [name for name in after if before.get(name) != after[name] and name != "version"]
    audit.record(
        subject=obj,
        action=action,
        by=by,
        reason=reason,
        at=at,
        before={name: before[name] for name in changed if name in before},
        after={name: after[name] for name in changed} | details,
    )
    remember(obj)


def _values(obj: models.Model) -> dict[str, Any]:
    return {field.attname: getattr(obj, field.attname) for field in obj._meta.concrete_fields}
