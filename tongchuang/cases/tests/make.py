"""Builders of cases: make only what the test is about.

town = make_town()                       # make_city() with a checker, limits and a site type
case = make_case(town)                   # filed, to be dispatched
case = dispatched(town); accepted(town); replied(town); closed(town)
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.tests.make import City, make_city, make_user
from tongchuang.cases import services
from tongchuang.cases.models import Case
from tongchuang.core import clock
from tongchuang.places.models import Site
from tongchuang.standards.models import GradeLimit, ProblemClass, SiteType

ZONE = ZoneInfo("Asia/Shanghai")
MORNING = datetime(2016, 3, 8, 9, 0, tzinfo=ZONE)  # a Tuesday
_numbers = count(1)
_LIMITS = {
    "U": {"sign_for": "0.5 urgent_hour", "make_safe": "3 urgent_hour", "fix": "24 urgent_hour"},
    "A": {"fix": "2 work_hour"},
    "B": {"sign_for": "4 work_hour", "return_window": "4 work_hour", "fix": "3 calendar_day"},
    "C": {"sign_for": "4 work_hour", "return_window": "1 work_day", "fix": "7 calendar_day"},
    "D": {"sign_for": "1 work_day", "return_window": "1 work_day", "fix": "15 calendar_day"},
    "E": {"sign_for": "1 work_day", "return_window": "2 work_day", "make_safe": "3 calendar_day"},
}


@dataclass(frozen=True, slots=True)
class Town:
    """A city in which cases can live: its people, a checker of another unit, limits, a class."""

    city: City
    checker: User
    leader: User
    problem_class: ProblemClass
    site: Site


def make_limits() -> None:
    """The product's limits by grade."""
    GradeLimit.objects.bulk_create(
        GradeLimit(grade=grade, verify="1 work_day", **limits) for grade, limits in _LIMITS.items()
    )


def make_class(**fields: Any) -> ProblemClass:
    """A kind of problem."""
    number = next(_numbers)
    values = {
        "code": f"class-{number}",
        "title": "垃圾混堆",
        "group": "环境卫生",
        "grade": "B",
        "closing_condition": "清理干净",
    }
    return ProblemClass.objects.create(**{**values, **fields})


def make_site(territory: Unit, **fields: Any) -> Site:
    """A place that can be inspected."""
    number = next(_numbers)
    kind, _new = SiteType.objects.get_or_create(
        code="idle_site", defaults={"title": "待建地", "ordinal": 1}
    )
    values = {
        "code": f"P{number:05}",
        "name": f"津南路 {number} 号",
        "site_type": kind,
        "lon": 118.75,
        "lat": 30.94,
    }
    return Site.objects.create(territory=territory, **{**values, **fields})


def make_town() -> Town:
    """The least in which a case can go its whole way."""
    city = make_city()
    make_limits()
    return Town(
        city=city,
        checker=make_user(role="inspector", unit=city.office, over=city.root),
        leader=make_user(role="sponsor_leader", unit=city.office, over=city.root),
        problem_class=make_class(),
        site=make_site(city.community),
    )


def photo(name: str = "现场.jpg", *, colour: str = "grey") -> SimpleUploadedFile:
    """A real JPEG."""
    out = BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def make_case(town: Town, *, by: User | None = None, **fields: Any) -> Case:
    """A case filed by an inspector, to be dispatched."""
    values: dict[str, Any] = {
        "title": "空地垃圾混堆",
        "channel": "inspection",
        "problem_class": town.problem_class,
        "site": town.site,
        "no_photo_reason": "测试",
    }
    return services.file_case(by=by or town.checker, **{**values, **fields})


def dispatched(town: Town, *, to: Unit | None = None, **fields: Any) -> Case:
    """A case that a unit must sign for."""
    case = make_case(town, **fields)
    return services.dispatch_case(case, to=to or town.city.bureau, by=town.city.dispatcher)


def accepted(town: Town, **fields: Any) -> Case:
    """A case that a unit is putting right."""
    return services.accept_case(dispatched(town, **fields), by=town.city.bureau_clerk)


def replied(town: Town, **fields: Any) -> Case:
    """A case that waits to be checked."""
    case = accepted(town, **fields)
    clerk = town.city.bureau_clerk
    return services.reply_case(case, measure="已清运", photos=[photo()], by=clerk)


def closed(town: Town, **fields: Any) -> Case:
    """A case whose problem is gone."""
    case = replied(town, **fields)
    return services.close_case(case, by=town.checker, no_photo_reason="测试")


def later(**parts: float) -> Any:
    """The clock some time later: `with later(hours=2): …`."""
    return clock.use(clock.now() + timedelta(**parts))
