"""Builders of projects: make only what the test is about."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO
from itertools import count
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tongchuang.accounts.tests.make import City, make_city
from tongchuang.campaigns.models import Campaign
from tongchuang.campaigns.tests.make import make_campaign
from tongchuang.projects.models import FundingLine, MatchingRound, Project
from tongchuang.projects.services.records import planned_nodes
from tongchuang.standards.models import Clause
from tongchuang.standards.tests.make import make_article, make_chapter, make_clause, make_framework

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Yard:
    """A city with a campaign on a standard whose one requirement asks for a car park."""

    city: City
    campaign: Campaign
    clause: Clause


def make_yard() -> Yard:
    """The least in which projects can be run."""
    city = make_city()
    article = make_article(make_chapter(make_framework()))
    clause = make_clause(article)
    clause.code = "nsc2014.a09.r1"  # data/projects/kinds.yaml names it for car parks
    clause.save()
    campaign = make_campaign(city=city.root, framework=article.framework)
    return Yard(city, campaign, clause)


def make_project(yard: Yard, **fields: Any) -> Project:
    """A car park of the bureau with its nodes, from January 2016 to the end of the year."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "code": f"XM2016-{number:03}",
        "title": f"停车场{number}",
        "kind": "car_park",
        "campaign": yard.campaign,
        "unit": yard.city.bureau,
        "scale": "泊位 300 个",
        "planned_start_on": date(2016, 1, 1),
        "planned_finish_on": date(2016, 12, 31),
    }
    project = Project.objects.create(**values | fields)
    project.clauses.add(yard.clause)
    for node in planned_nodes(project):
        node.save()
    return project


def finish_nodes(project: Project, *stages: str) -> None:
    """Every node of these stages done on its limit; of all stages when none is named."""
    nodes = project.nodes.filter(stage__in=stages) if stages else project.nodes.all()
    for node in nodes:
        node.done_on, node.document_no = node.limit_on, "文1号"
        node.save()


def make_funding(project: Project, **fields: Any) -> FundingLine:
    """A million applied for and approved, half of it here, a quarter spent."""
    values: dict[str, Any] = {
        "source": "city",
        "applied": Decimal(100),
        "approved": Decimal(100),
        "received": Decimal(50),
        "spent": Decimal(25),
    }
    return FundingLine.objects.create(project=project, **values | fields)


def make_round(yard: Yard, **fields: Any) -> MatchingRound:
    """The round of December 2015, still open."""
    values: dict[str, Any] = {"year": 2016, "opened_on": date(2015, 12, 1)}
    return MatchingRound.objects.create(city=yard.city.root, **values | fields)


def a_photo() -> SimpleUploadedFile:
    """A small picture as a browser sends it."""
    out = BytesIO()
    Image.new("RGB", (40, 30), (9, 99, 9)).save(out, "JPEG")
    return SimpleUploadedFile("a.jpg", out.getvalue(), "image/jpeg")
