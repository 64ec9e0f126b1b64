"""The project matching month."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.permissions import require
from tongchuang.core.flow import WrongState, locked, remember, save_audited
from tongchuang.projects.models import MatchingRound
from tongchuang.projects.services.moves import NotReady

DECEMBER = 12


@transaction.atomic
def open_round(city: Unit, *, on: date, by: User) -> MatchingRound:
    """Open the round for next year; raises `NotReady` outside December or a second time."""
    found = MatchingRound(city=city, year=on.year + 1, opened_on=on)
    require(by, "projects.manage", found)
    if on.month != DECEMBER:
        raise NotReady(_("项目对接月在每年 12 月开始。"))
    if MatchingRound.objects.filter(city=city, year=found.year).exists():
        raise NotReady(_("这一年度的项目对接已经开始过。"))
    save_audited(found, "open_round", by=by)
    return found


@transaction.atomic
def close_round(found: MatchingRound, *, on: date, paper: str, by: User) -> MatchingRound:
    """End the round with the paper that carries next year's list."""
    found = locked(found)
    require(by, "projects.manage", found)
    if found.closed_on is not None:
        raise WrongState(found, "close_round", "closed")
    if not found.projects.exists():
        raise NotReady(_("清单里还没有项目。"))
    remember(found)
    found.closed_on, found.paper = on, paper
    save_audited(found, "close_round", by=by)
    return found
