"""Builders of assessment: make only what the test is about."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.tests.make import City, make_city
from tongchuang.assessment import services
from tongchuang.assessment.models import Cell, Figure, Snapshot
from tongchuang.campaigns.models import Assignment, Campaign, Task
from tongchuang.cases.models import Case, Leg
from tongchuang.inspections.models import Answer, Visit
from tongchuang.places.models import Site
from tongchuang.standards.models import ChecklistItem, Clause, Measure, Rule, SiteType
from tongchuang.standards.tests.make import (
    make_article,
    make_chapter,
    make_clause,
    make_framework,
    make_item,
    make_measure,
    make_rule,
    make_site_type,
)

NOON = datetime(2016, 3, 8, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
PERIOD = "2016-03"
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Scene:
    """A city with a campaign on a standard of one article with a figure and a checklist rule."""

    city: City
    campaign: Campaign
    article: Clause
    figured: Clause
    checked: Clause
    measure: Measure
    site_type: SiteType
    item: ChecklistItem

    @property
    def valuer(self) -> User:
        """Who may value."""
        return self.city.director


def make_scene() -> Scene:
    """The bureau leads the article; the street has its sites."""
    city = make_city()
    article = make_article(make_chapter(make_framework(), number="1"), number="17")
    figured, checked = make_clause(article), make_clause(article)
    measure = make_measure(figured)
    make_rule(figured, Rule.Kind.THRESHOLD, measure=measure.code)
    make_rule(checked, Rule.Kind.CHECKLIST_RATE, pass_line=0.9)
    site_type = make_site_type()
    item = make_item(site_type, clauses=[article])
    campaign = Campaign.objects.create(
        code="NSC", title="国家卫生城市", city=city.root, framework=article.framework
    )
    Assignment.objects.create(campaign=campaign, clause=article, lead=city.bureau)
    return Scene(city, campaign, article, figured, checked, measure, site_type, item)


def make_visit(scene: Scene, *, result: str = "pass", **fields: Any) -> Visit:
    """A finished visit to a new site of the community, with its one answer."""
    number = next(_numbers)
    site = Site.objects.create(
        code=f"V{number}",
        name=f"点位{number}",
        site_type=scene.site_type,
        territory=fields.pop("territory", scene.city.community),
    )
    at = fields.pop("at", NOON - timedelta(days=3))
    visit = Visit.objects.create(
        city=scene.city.root,
        campaign=scene.campaign,
        site=site,
        inspector=scene.city.supervisor,
        status=Visit.Status.FINISHED,
        started_at=at,
        finished_at=at,
    )
    Answer.objects.create(visit=visit, item=scene.item, result=result)
    return visit


def make_open_case(scene: Scene, **fields: Any) -> Case:
    """An open case of the article in the community, with the bureau, due tomorrow."""
    values = {
        "number": f"2016-{next(_numbers):04}",
        "city": scene.city.root,
        "title": "垃圾混堆",
        "channel": Case.Channel.values[0],
        "status": Case.Status.ACCEPTED,
        "lead": scene.city.bureau,
        "territory": scene.city.community,
        "found_at": NOON,
        "filed_at": NOON,
        "dispatched_at": NOON,
        "due_at": NOON + timedelta(days=1),
        "fix_due_at": NOON + timedelta(days=1),
        **fields,
    }
    case = Case.objects.create(**values)
    case.clauses.add(scene.article)
    Leg.objects.create(
        case=case,
        stage=Leg.Stage.FIX,
        unit=case.lead,
        started_at=case.filed_at or case.found_at,
        due_at=case.due_at,
    )
    return case


def close(case: Case, at: datetime) -> None:
    """Close an open case at a moment."""
    case.legs.update(ended_at=at)
    Case.objects.filter(pk=case.pk).update(status=Case.Status.CLOSED, closed_at=at, due_at=None)


def make_figure(scene: Scene, value: str, **fields: Any) -> Figure:
    """The figure of the measure for the city and 2015."""
    unit = fields.pop("unit", scene.city.root)
    values = {"source": "统计年鉴 46 页", "by": scene.valuer, "at": NOON, **fields}
    period = values.pop("period", "2015")
    return services.enter_figure(scene.measure, unit, period, value=Decimal(value), **values)


def snapshot(scene: Scene, **fields: Any) -> Snapshot:
    """The month computed now."""
    values = {"at": NOON, "by": scene.valuer, **fields}
    return services.compute_snapshot(scene.campaign, PERIOD, **values)


def compute(scene: Scene, month: str, *, at: datetime) -> Snapshot:
    """Any month computed at a moment."""
    return services.compute_snapshot(scene.campaign, month, at=at, by=scene.valuer)


def make_task(scene: Scene, **fields: Any) -> Task:
    """A task of the bureau for the article, held up by land."""
    values = {
        "title": "建转运站",
        "quantity": 1,
        "quantity_unit": "座",
        "starts_on": NOON.date(),
        "due_on": NOON.date(),
        "cause": Task.Cause.LAND,
        **fields,
    }
    return Task.objects.create(
        campaign=scene.campaign, clause=scene.article, unit=scene.city.bureau, **values
    )


def cell(scene: Scene, unit: Unit) -> Cell:
    """The present cell of the article at a unit."""
    return Cell.objects.get(snapshot__current=True, clause=scene.article, unit=unit)
