"""A changeover prepared for the visitor: drafted and counted, not decided, not signed.

The city lives in 2016 on the edition of 2014; the later edition shows what a move would do.
"""

from typing import Final

from tongchuang.changeover.services import draft_changeover
from tongchuang.core import clock
from tongchuang.demo.city import City
from tongchuang.standards.models import Framework

_NOTE: Final = "预演：把国家卫生城市创建从 2014 版转到 2021 版，看职责、任务、资料去哪里。"


def prepare(city: City) -> None:
    """The director drafts the move of the main campaign; another person, a commander, signs."""
    new = Framework.objects.get(code="nsc2021")
    director = city.people["fangyuan"]
    draft_changeover(city.campaign(), new, note=_NOTE, by=director, at=clock.now())
