"""Builders of priorities: make only what the test is about."""

from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from tongchuang.accounts.tests.make import City, make_city, make_user
from tongchuang.campaigns.models import Assignment, Campaign
from tongchuang.campaigns.tests.make import make_campaign
from tongchuang.core.models import StoredFile
from tongchuang.priorities.models import Evidence, Highlight
from tongchuang.standards.models import Clause, Measure
from tongchuang.standards.tests.make import (
    make_article,
    make_chapter,
    make_clause,
    make_framework,
    make_measure,
)

NOON = datetime(2016, 3, 8, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
_numbers = count(1)


class Place(Protocol):
    """A city with a campaign on a standard with one article."""

    @property
    def city(self) -> City:
        """The city."""

    @property
    def campaign(self) -> Campaign:
        """Its campaign."""

    @property
    def article(self) -> Clause:
        """The article."""


@dataclass(frozen=True, slots=True)
class Scene:
    """The least in which decisions can be taken: the bureau leads the article with a measure."""

    city: City
    campaign: Campaign
    article: Clause
    measure: Measure


def make_scene() -> Scene:
    """A city, its campaign, an article with a measure."""
    city = make_city()
    article = make_article(make_chapter(make_framework()))
    measure = make_measure(make_clause(article))
    measure.refresh_from_db()
    campaign = make_campaign(city=city.root, framework=article.framework)
    Assignment.objects.create(campaign=campaign, clause=article, lead=city.bureau)
    return Scene(city, campaign, article, measure)


def make_highlight(scene: Place, **fields: Any) -> Highlight:
    """A nomination of the bureau for the article, with one piece of evidence."""
    number = next(_numbers)
    by = fields.pop("nominated_by", None) or scene.city.bureau_clerk
    values: dict[str, Any] = {
        "code": f"LD2016-{number:03}",
        "title": f"门栋认领{number}",
        "campaign": scene.campaign,
        "clause": scene.article,
        "unit": scene.city.bureau,
        "background": "无人管",
        "practice": "一栋一人\n每天一巡",
        "effect": "反弹少了",
        "measured": "反弹率",
        "before": "31%",
        "after": "8%",
        "nominated_by": by,
        "nominated_on": NOON.date(),
    }
    found = Highlight.objects.create(**values | fields)
    file = StoredFile.objects.create(
        sealed="x", name="a.jpg", sha256="0" * 64, size=1, content_type="image/jpeg", stored_at=NOON
    )
    Evidence.objects.create(highlight=found, file=file, caption="现场", by=by, at=NOON)
    return found


def approved(scene: Place, **fields: Any) -> Highlight:
    """One that went the whole way."""
    return make_highlight(
        scene,
        status="approved",
        verified_by=scene.city.supervisor,
        verified_on=NOON.date(),
        approved_by=fields.pop("approved_by", None) or make_user(),
        approved_on=NOON.date(),
        approval_paper="1号",
        **fields,
    )
