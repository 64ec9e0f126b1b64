"""Making, changing and renaming units."""

from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any, cast

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, UnitName, User
from tongchuang.accounts.permissions import forget_reach, reach, require
from tongchuang.core import audit, flow

MANAGE = "accounts.manage"


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """What is known of a unit apart from its place in the tree."""

    code: str
    name: str
    kind: str
    short_name: str = ""
    comparison_group: str = ""
    scored: bool = False
    duty: str = ""
    active: bool = True


@transaction.atomic
def create_unit(facts: UnitFacts, *, parent: Unit | None, by: User) -> Unit:
    """Add a unit under `parent`; a unit without one needs the right over the whole tree.

    Raises `PermissionDenied`, or `ValidationError` when the code or the name is taken.
    """
    _may_add_under(parent, by)
    facts = _placed(facts, parent)
    if Unit.objects.filter(code=facts.code).exists():
        raise ValidationError({"code": _("编码“%s”已被别的单位使用。") % facts.code})
    _refuse_namesake(facts.name, parent)
    values = asdict(facts)
    if parent is None:
        unit = cast(Unit, Unit.objects.add_root(values))
    else:
        unit = cast(Unit, Unit.objects.add_child(Unit.objects.get(pk=parent.pk), values))
    forget_reach(by)
    after = values | {"parent": f"{parent.name}（{parent.code}）" if parent else ""}
    audit.record(subject=unit, action="create", by=by, after=after)
    return unit


@transaction.atomic
def change_unit(unit: Unit, facts: UnitFacts, *, by: User) -> Unit:
    """Change everything but the name, which has a history of its own (`rename_unit`).

    Raises `PermissionDenied`, or `ValidationError` when another unit has the code.
    """
    unit = flow.locked(unit)
    require(by, MANAGE, unit)
    if Unit.objects.filter(code=facts.code).exclude(pk=unit.pk).exists():
        raise ValidationError({"code": _("编码“%s”已被别的单位使用。") % facts.code})
    flow.remember(unit)
    changes: dict[str, Any] = asdict(facts) | {"name": unit.name}
    for name, value in changes.items():
        setattr(unit, name, value)
    flow.save_audited(unit, "change", by=by)
    return unit


@transaction.atomic
def rename_unit(unit: Unit, *, name: str, short_name: str = "", on: date, by: User) -> Unit:
    """Give a unit another name from `on`; records of earlier days keep showing the old one.

    Raises `PermissionDenied`, or `ValidationError` for the same name or a day before the last
    renaming.
    """
    unit = flow.locked(unit)
    require(by, MANAGE, unit)
    if name == unit.name:
        raise ValidationError({"name": _("新名称与现名称相同。")})
    present = _present_name(unit)
    if present.valid_from and on <= present.valid_from:
        raise ValidationError(
            {"on": _("上一次更名在 %s，新的日期须在其后。") % present.valid_from.isoformat()}
        )
    present.valid_to = on - timedelta(days=1)
    present.save()
    UnitName.objects.create(unit=unit, name=name, short_name=short_name, valid_from=on)
    flow.remember(unit)
    unit.name, unit.short_name = name, short_name
    flow.save_audited(unit, "rename", by=by, on=on)
    return unit


def _placed(facts: UnitFacts, parent: Unit | None) -> UnitFacts:
    """A grid is named after its community: every community has a "网格 03"."""
    if facts.kind != Unit.Kind.GRID or parent is None or parent.label in facts.name:
        return facts
    short = facts.short_name or facts.name
    return replace(facts, name=f"{parent.label}{facts.name}"[:80], short_name=short[:40])


def _may_add_under(parent: Unit | None, by: User) -> None:
    if parent is not None:
        require(by, MANAGE, parent)
    elif not reach(by, MANAGE).everything:
        raise PermissionDenied(MANAGE)


def _refuse_namesake(name: str, parent: Unit | None) -> None:
    siblings = Unit.objects.filter(depth=1)
    if parent is not None:
        siblings = Unit.objects.filter(depth=parent.depth + 1, path__startswith=parent.path)
    if siblings.filter(name=name).exists():
        raise ValidationError({"name": _("同一上级下已有“%s”。") % name})


def _present_name(unit: Unit) -> UnitName:
    """The open name row; a unit that was never renamed gets one now."""
    present = unit.names.filter(valid_to=None).last()
    return present or UnitName(unit=unit, name=unit.name, short_name=unit.short_name)
