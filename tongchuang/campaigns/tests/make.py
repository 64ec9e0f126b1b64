"""Builders of campaigns."""

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from tongchuang.accounts.models import Unit
from tongchuang.accounts.tests.make import make_unit
from tongchuang.campaigns.models import Campaign, Gate, Task, Title, WorkPlan
from tongchuang.standards.tests.make import make_framework

_numbers = count(1)
FULL_PLAN: dict[str, Any] = {
    "goals": [{"goal": "公厕达标", "measure": "改造"}],
    "duties": [{"duty": "总责", "person": "李"}],
    "people": [{"post": "联络员", "name": "刘文"}],
    "schedule": [{"step": "改造", "to": "2016-06-30"}],
    "dispatch": {"rhythm": "每周一", "chair": "李"},
}


def make_campaign(**fields: Any) -> Campaign:
    """A campaign of a city of its own, unless one is given."""
    number = next(_numbers)
    fields.setdefault("code", f"C{number}")
    fields.setdefault("title", f"创建{number}")
    fields["city"] = fields.get("city") or make_unit(kind=Unit.Kind.CITY)
    if "framework" not in fields:
        fields["framework"] = make_framework()
    return Campaign.objects.create(**fields)


def make_gate(campaign: Campaign | None = None, **fields: Any) -> Gate:
    """A gate ahead."""
    number = next(_numbers)
    fields.setdefault("code", f"g{number}")
    fields.setdefault("title", f"关口{number}")
    return Gate.objects.create(campaign=campaign or make_campaign(), **fields)


def make_title(holder: Unit | None = None, **fields: Any) -> Title:
    """A title that nobody has decided on."""
    fields.setdefault("name", f"称号{next(_numbers)}")
    return Title.objects.create(holder=holder or make_unit(kind=Unit.Kind.CITY), **fields)


def make_task(**fields: Any) -> Task:
    """A task of 100 places over the year 2016."""
    fields["campaign"] = fields.get("campaign") or make_campaign()
    fields["unit"] = fields.get("unit") or make_unit()
    values: dict[str, Any] = {
        "title": f"任务{next(_numbers)}",
        "quantity": Decimal(100),
        "quantity_unit": "处",
        "starts_on": date(2016, 1, 1),
        "due_on": date(2016, 12, 31),
    }
    return Task.objects.create(**values | fields)


def make_plan(**fields: Any) -> WorkPlan:
    """A complete plan that is being drafted."""
    fields["campaign"] = fields.get("campaign") or make_campaign()
    fields["unit"] = fields.get("unit") or make_unit()
    return WorkPlan.objects.create(**FULL_PLAN | fields)
