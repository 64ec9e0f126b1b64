"""Builders of bulletins: make only what the test is about.

month = make_month()                     # a town with a campaign, scored units, February's cases
bulletin = frozen(month); consulting(month); sealed(month); issued(month)
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.tests.make import make_user
from tongchuang.assessment.models import Figure
from tongchuang.campaigns.models import Assignment, Campaign
from tongchuang.cases.models import Case
from tongchuang.cases.tests.make import Town, make_town
from tongchuang.priorities.models import Highlight, Spread
from tongchuang.standards.models import Rule
from tongchuang.standards.tests.make import (
    make_article,
    make_chapter,
    make_clause,
    make_framework,
    make_measure,
    make_rule,
)
from tongchuang.supervision import services
from tongchuang.supervision.models import Bulletin

ZONE = ZoneInfo("Asia/Shanghai")
CUT = datetime(2016, 3, 1, tzinfo=ZONE)
CONSULTED = datetime(2016, 3, 1, 17, tzinfo=ZONE)
SEALED = datetime(2016, 3, 4, 17, 10, tzinfo=ZONE)
ISSUED = datetime(2016, 3, 5, 9, tzinfo=ZONE)


@dataclass(frozen=True, slots=True)
class MonthCity:
    """A town with a campaign and two scored units."""

    town: Town
    campaign: Campaign
    director: User
    bureau: Unit
    street: Unit
    head: User


def make_campaign(city: Unit, **fields: Any) -> Campaign:
    """A running campaign for the title of sanitary city."""
    values = {"code": "NSC", "title": "国家卫生城市", "status": Campaign.Status.RUNNING}
    return Campaign.objects.create(city=city, **{**values, **fields})


def make_month(*, on_time: int = 8, late: int = 2) -> MonthCity:
    """February 2016: the bureau had cases that fell due, some answered on time, some never."""
    town = make_town()
    campaign = make_campaign(town.city.root)
    Unit.objects.filter(pk=town.city.bureau.pk).update(scored=True, comparison_group="core")
    Unit.objects.filter(pk=town.city.street.pk).update(scored=True, comparison_group="town")
    month = MonthCity(
        town=town,
        campaign=campaign,
        director=town.city.director,
        bureau=Unit.objects.get(pk=town.city.bureau.pk),
        street=Unit.objects.get(pk=town.city.street.pk),
        head=make_user(role="unit_head", unit=town.city.bureau),
    )
    for _place in range(on_time):
        due_case(month, status="closed", replied_at=day(18), closed_at=day(19))
    for _place in range(late):
        due_case(month, status="accepted")
    return month


TOLD: dict[int, tuple[int, int]] = {}


def told_verdicts(_city: int, **_period: datetime) -> dict[int, tuple[int, int]]:
    """Stands in for what citizens said."""
    return TOLD


def with_standard(month: MonthCity) -> None:
    """Give the campaign a standard: one article with a figure that is met and one that is not."""
    article = make_article(make_chapter(make_framework(), number="1"), number="17")
    for value in ("97", "60"):
        measure = make_measure(make_clause(article))
        make_rule(measure.clause, Rule.Kind.THRESHOLD, measure=measure.code)
        Figure.objects.create(
            measure=measure,
            unit=month.town.city.root,
            period="2015",
            value=value,
            source="统计年鉴",
            entered_by=month.director,
            entered_at=CUT,
        )
    Campaign.objects.update(framework=article.framework)
    Assignment.objects.create(campaign=month.campaign, clause=article, lead=month.bureau)
    month.campaign.refresh_from_db()


def day(number: int, hour: int = 9) -> datetime:
    """A moment in February 2016."""
    return datetime(2016, 2, number, hour, tzinfo=ZONE)


def due_case(month: MonthCity, **fields: Any) -> Case:
    """A case of the bureau whose fix limit fell on 20 February, written as an import would."""
    number = Case.objects.count() + 1
    values: dict[str, Any] = {
        "number": f"2016-{number:04}",
        "title": "空地垃圾混堆",
        "city": month.town.city.root,
        "campaign": month.campaign,
        "channel": "inspection",
        "problem_class": month.town.problem_class,
        "lead": month.bureau,
        "found_at": day(10),
        "filed_at": day(10),
        "dispatched_at": day(10),
        "fix_due_at": day(20),
        "due_at": day(20),
    }
    return Case.objects.create(**{**values, **fields})


def frozen(city: MonthCity, **fields: Any) -> Bulletin:
    """A draft with February's data."""
    values: dict[str, Any] = {"month": "2016-02", "at": CUT, "by": city.director}
    return services.freeze_bulletin(city.campaign, **{**values, **fields})


def consulting(city: MonthCity) -> Bulletin:
    """Sent to the units; they may object until 17:00 on 4 March."""
    return services.consult_bulletin(frozen(city), at=CONSULTED, by=city.director)


def sealed(city: MonthCity) -> Bulletin:
    """Closed for good."""
    return services.seal_bulletin(consulting(city), at=SEALED, by=city.director)


def issued(city: MonthCity) -> Bulletin:
    """Issued with its number."""
    return services.issue_bulletin(sealed(city), at=ISSUED, by=city.director)


def make_spread(month: MonthCity, unit: Unit, level: str) -> Spread:
    """An approved highlight of the unit that a level took up on the 20th."""
    article = make_article(make_chapter(make_framework()))
    found = Highlight.objects.create(
        code=f"LD-{article.pk}",
        title="门栋认领",
        campaign=month.campaign,
        clause=article,
        unit=unit,
        nominated_by=month.director,
        nominated_on=day(1).date(),
    )
    return Spread.objects.create(
        highlight=found, level=level, paper="1号", on=day(20).date(), by=month.director
    )
