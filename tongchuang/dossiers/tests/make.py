"""Builders of papers: make only what the test is about."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from tongchuang.accounts.models import User
from tongchuang.accounts.tests.make import City, make_city, make_user
from tongchuang.campaigns.models import Campaign
from tongchuang.dossiers import services
from tongchuang.dossiers.models import Paper
from tongchuang.standards.models import Clause
from tongchuang.standards.tests.make import make_article, make_chapter, make_clause, make_framework

NOON = datetime(2016, 3, 8, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Shelf:
    """A city with a campaign on a standard of one article that asks for two papers."""

    city: City
    campaign: Campaign
    article: Clause
    requirement: Clause
    reviewer: User


def make_shelf() -> Shelf:
    """The least in which papers can be registered and reviewed."""
    city = make_city()
    article = make_article(make_chapter(make_framework()))
    requirement = make_clause(article, evidence=["年度计划", "工作总结"])
    campaign = Campaign.objects.create(
        code="NSC", title="国家卫生城市", city=city.root, framework=article.framework
    )
    reviewer = make_user(role="final_reviewer", unit=city.office, over=city.root)
    return Shelf(city, campaign, article, requirement, reviewer)


def make_paper(shelf: Shelf, **fields: Any) -> Paper:
    """A paper of the bureau, registered by its clerk, kept in a cupboard."""
    by = fields.pop("by", shelf.city.bureau_clerk)
    values = {
        "title": f"2015 年工作总结之{next(_numbers)}",
        "requirement": "工作总结",
        "dated_on": date(2015, 12, 30),
        "year": 2015,
        "kept_at": "档案室 3 柜",
        "clauses": [shelf.article],
        "at": NOON,
        **fields,
    }
    unit = values.pop("unit", shelf.city.bureau)
    return services.register_paper(shelf.campaign, unit, by=by, **values)
