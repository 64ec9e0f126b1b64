"""Building the city part by part: one transaction each, the mark at the end."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from time import monotonic
from typing import Final

from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tongchuang.core import clock
from tongchuang.core.models import Counter
from tongchuang.core.statistics import refresh_statistics
from tongchuang.demo import (
    campaign,
    changeover,
    citizens,
    city,
    closing,
    drawing,
    evidence,
    history,
    joint,
    loading,
    meetings,
    people,
    photos,
    projects,
    rounds,
    sites,
)
from tongchuang.demo.city import NOW, SIZES, City, local
from tongchuang.standards.models import Framework

SEED: Final = 2016
Part = tuple[object, Callable[[City], None]]
PARTS: Final[tuple[Part, ...]] = (
    (_("单位与辖区"), city.found_city),
    (_("人员与授权"), people.settle),
    (_("点位"), sites.place),
    (_("创建、方案与任务"), campaign.launch),
    (_("硬件项目"), projects.build),
    (_("会议与重大事项"), meetings.build),
    (_("抽样"), drawing.plan),
    (_("问题案件"), history.live),
    (_("照片"), photos.show),
    (_("检查轮次"), rounds.inspect),
    (_("统筹日历"), joint.meet),
    (_("数据与资料"), evidence.gather),
    (_("群众诉求"), citizens.tell),
    (_("操作记录"), closing.conclude),
    (_("换版预演"), changeover.prepare),
)


def build_city(*, size: str, seed: int) -> Iterator[tuple[str, float]]:
    """Build every part in turn; tells the name of each and the seconds that it took."""
    built = City(SIZES[size], seed)
    edition = f"{size}/{seed}"
    if not Framework.objects.filter(code="nsc2014").exists():
        yield (
            str(_("指标体系")),
            _timed(_load_standards, built),
        )
    with clock.use(NOW), _without_sweeping():
        loading.set_mark(loading.LOADING, edition=edition)
        for title, part in PARTS:
            yield str(title), _timed(part, built)
        _conclude(built, edition)
    if settings.DEMO:
        clock.set_demo_clock(NOW)


@contextmanager
def _without_sweeping() -> Iterator[None]:
    """Everything made here lives to the end: looking for garbage would double the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _load_standards(_built: City) -> None:
    """The standards were there before the city began."""
    with clock.use(local(date(2013, 1, 4), 9)):
        call_command("load_standards", verbosity=0)


def _timed(part: Callable[[City], None], built: City) -> float:
    started = monotonic()
    with transaction.atomic():
        part(built)
    refresh_statistics()
    return monotonic() - started


@transaction.atomic
def _conclude(built: City, edition: str) -> None:
    for (series, year), last in built.numbers.items():
        Counter.objects.update_or_create(series=series, year=year, defaults={"last": last})
    loading.set_mark(loading.LOADED, edition=edition, counts=built.counts)
