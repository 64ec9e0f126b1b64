"""Builders of changeovers: a small campaign on the edition of 2014, and its move to 2021."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tongchuang.accounts.models import User
from tongchuang.accounts.tests.make import City, make_city, make_user
from tongchuang.assessment.models import Figure
from tongchuang.campaigns.models import Assignment, Campaign
from tongchuang.campaigns.tests.make import make_task
from tongchuang.cases.models import Case
from tongchuang.changeover import services
from tongchuang.changeover.models import Changeover, Entry, Line
from tongchuang.dossiers.models import Paper
from tongchuang.projects.models import Project
from tongchuang.standards.models import Clause, Framework, Measure, ProblemClass
from tongchuang.standards.tests.make import make_clause, make_framework

NOON = datetime(2016, 3, 8, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@dataclass(frozen=True, slots=True)
class Office:
    """A city on nsc2014 with a little of everything on its clauses, and a commander."""

    city: City
    campaign: Campaign
    commander: User
    new: Framework

    @property
    def director(self) -> User:
        """Who drafts."""
        return self.city.director


def make_changeover(campaign: Campaign, **fields: Any) -> Changeover:
    """A withdrawn one, so that a campaign may have many."""
    values: dict[str, Any] = {
        "old": campaign.framework,
        "new": fields.pop("new", None) or make_framework(),
        "note": "新标准施行",
        "status": Changeover.Status.WITHDRAWN,
        "drafted_by": make_user(),
        "drafted_at": NOON,
    }
    return Changeover.objects.create(campaign=campaign, **values | fields)


def make_entry(changeover: Changeover, number: int) -> Entry:
    """A record with a line of its own."""
    line = Line.objects.create(
        changeover=changeover,
        ordinal=number,
        kind=Line.Kind.TASK,
        key=str(number),
        clause=make_clause(),
        label=f"任务{number}",
        records=1,
        fate=Line.Fate.RETIRED,
        reason="新版没有",
    )
    return Entry.objects.create(line=line, record=number, label=line.label, fate=line.fate)


def old(code: str) -> Clause:
    """A clause of nsc2014 by the rest of its code."""
    return Clause.objects.get(code=f"nsc2014.{code}")


def make_office() -> Office:
    """Duties of two units that meet in one new clause, a task to choose for, and the rest."""
    city = make_city()
    framework = Framework.objects.get(code="nsc2014")
    campaign = Campaign.objects.create(
        code="NSC", title="创卫", city=city.root, framework=framework, main=True
    )
    for code, lead in (
        ("a11", city.bureau),
        ("a13", city.other_bureau),
        ("a10", city.bureau),
        ("a35", city.other_bureau),
    ):
        Assignment.objects.create(campaign=campaign, clause=old(code), lead=lead)
    make_task(campaign=campaign, unit=city.bureau, clause=old("a13.r1"), title="公厕改建")
    make_task(campaign=campaign, unit=city.bureau, clause=old("a10.r1"), title="栽树")
    make_paper(city, campaign, "a22", "健康证")
    make_paper(city, campaign, "a35", "不再要的材料")
    make_figure(city, "nsc2014.a10.r1.m1", "38")
    make_figure(city, "nsc2014.a12.r3.m1", "90")
    case = Case.objects.create(
        number="2016-0001",
        city=city.root,
        campaign=campaign,
        title="公厕脏",
        channel=Case.Channel.values[0],
        found_at=NOON,
        problem_class=ProblemClass.objects.filter(clauses__code="nsc2021.ch3.toilets").first(),
    )
    case.clauses.add(old("a13"))
    project = Project.objects.create(
        code="XM2016-001",
        title="公厕新建",
        kind="facilities",
        campaign=campaign,
        unit=city.bureau,
        scale="12 座",
        planned_start_on=date(2016, 1, 1),
        planned_finish_on=date(2016, 12, 31),
    )
    project.clauses.add(old("a13.r1"))
    commander = make_user(role="commander", unit=city.office, over=city.root)
    return Office(city, campaign, commander, Framework.objects.get(code="nsc2021"))


def make_paper(city: City, campaign: Campaign, code: str, text: str) -> Paper:
    """An accepted paper of 2015 of the bureau that answers an asked text of an article."""
    paper = Paper.objects.create(
        campaign=campaign,
        unit=city.bureau,
        requirement=text,
        title=f"{text}汇总",
        dated_on=date(2015, 6, 1),
        year=2015,
        kept_at="档案室",
        status=Paper.Status.ACCEPTED,
        registered_by=city.bureau_clerk,
        registered_at=NOON,
    )
    paper.clauses.add(old(code))
    return paper


def make_figure(city: City, measure: str, value: str) -> Figure:
    """The city's figure of 2015."""
    return Figure.objects.create(
        measure=Measure.objects.get(code=measure),
        unit=city.root,
        period="2015",
        value=Decimal(value),
        source="年报",
        entered_by=city.director,
        entered_at=NOON,
    )


def draft(office: Office, **fields: Any) -> Changeover:
    """The director's draft."""
    values = {"note": "新标准施行", "by": office.director, "at": NOON, **fields}
    return services.draft_changeover(office.campaign, office.new, **values)


def submitted(office: Office) -> Changeover:
    """A draft with every proposal accepted, put before the commander."""
    found = draft(office)
    services.accept_proposals(found, by=office.director, at=NOON)
    return services.submit_changeover(found, by=office.director, at=NOON)


def signed(office: Office) -> Changeover:
    """The same signed and carried out."""
    return services.sign_changeover(
        submitted(office), paper_no="青爱卫〔2016〕8号", by=office.commander, at=NOON
    )
