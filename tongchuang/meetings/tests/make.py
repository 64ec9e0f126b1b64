"""Builders of meetings: make only what the test is about."""

from dataclasses import dataclass
from datetime import date, time
from itertools import count
from typing import Any

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.tests.make import City, make_city, make_user
from tongchuang.campaigns.models import Campaign, Task
from tongchuang.campaigns.tests.make import make_campaign, make_task
from tongchuang.meetings.models import (
    AgendaItem,
    Attendance,
    LeadingBody,
    Matter,
    Meeting,
    MeetingType,
    Policy,
    Ruling,
)

_numbers = count(1)
DAY = date(2016, 3, 7)


@dataclass(frozen=True, slots=True)
class Hall:
    """A city with a campaign, a weekly dispatch meeting and a leader who chairs it."""

    city: City
    campaign: Campaign
    leader: User
    weekly: MeetingType


def make_hall() -> Hall:
    """The least in which meetings can be held: the bureau attends, nobody else."""
    city = make_city()
    campaign = make_campaign(city=city.root, status=Campaign.Status.RUNNING)
    leader = make_user(role="deputy_commander", unit=city.root, title="副市长")
    weekly = MeetingType.objects.create(
        campaign=campaign,
        title="周调度会",
        rhythm="weekly",
        day=1,
        starts_at=time(9),
        place="指挥部会议室",
        chair=leader,
    )
    weekly.units.add(city.bureau)
    return Hall(city, campaign, leader, weekly)


def make_meeting(hall: Hall, *, units: tuple[Unit, ...] = (), **fields: Any) -> Meeting:
    """A weekly meeting of Monday 7 March 2016 that the bureau attends."""
    values: dict[str, Any] = {
        "campaign": hall.campaign,
        "type": hall.weekly,
        "title": f"周调度会{next(_numbers)}",
        "held_on": DAY,
        "starts_at": time(9),
        "place": "指挥部会议室",
        "chair": hall.leader,
    }
    values |= fields
    values.setdefault("planned_on", values["held_on"])
    meeting = Meeting.objects.create(**values)
    for unit in units or (hall.city.bureau,):
        Attendance.objects.create(meeting=meeting, unit=unit)
    return meeting


def make_held(hall: Hall, **fields: Any) -> Meeting:
    """A meeting that took place, the bureau present."""
    meeting = make_meeting(hall, status="held", **fields)
    meeting.attendance.update(state=Attendance.State.PRESENT, person="李伟")
    return meeting


def make_item(meeting: Meeting, **fields: Any) -> AgendaItem:
    """An item put there by hand."""
    number = next(_numbers)
    values: dict[str, Any] = {"ordinal": number, "kind": "hand", "title": f"议题{number}"}
    return AgendaItem.objects.create(meeting=meeting, **values | fields)


def make_ruled(meeting: Meeting, hall: Hall, **fields: Any) -> Ruling:
    """A ruling with its task, owned by a person of the bureau, due on 31 March."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "ordinal": number,
        "wording": f"议定事项{number}",
        "unit": hall.city.bureau,
        "person": hall.city.bureau_clerk,
        "due_on": date(2016, 3, 31),
        "means": Ruling.Means.TASK,
    }
    values |= fields
    values.setdefault("task", make_task(campaign=hall.campaign, unit=values["unit"]))
    return Ruling.objects.create(meeting=meeting, **values)


def make_blocked(hall: Hall, **fields: Any) -> Task:
    """A task of the bureau that waits for land."""
    return make_task(
        campaign=hall.campaign, unit=hall.city.bureau, status="blocked", cause="land", **fields
    )


def make_matter(hall: Hall, **fields: Any) -> Matter:
    """A matter of the bureau, listed on 1 March and due at the end of June."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "number": f"ZD2016-{number:03}",
        "campaign": hall.campaign,
        "title": f"重大事项{number}",
        "detail": "产权不清",
        "unit": hall.city.bureau,
        "sponsor": hall.leader,
        "listed_on": date(2016, 3, 1),
        "due_on": date(2016, 6, 30),
    }
    return Matter.objects.create(**values | fields)


def make_policy(hall: Hall, **fields: Any) -> Policy:
    """A rule of the bureau, in force since January."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "campaign": hall.campaign,
        "kind": "rule",
        "title": f"管理办法{number}",
        "number": f"示政办〔2016〕{number}号",
        "issuer": hall.city.bureau,
        "basis": [{"law": "城市市容和环境卫生管理条例", "article": "第十四条"}],
        "status": "in_force",
        "issued_on": date(2016, 1, 4),
        "drafted_by": hall.city.dispatcher,
    }
    return Policy.objects.create(**values | fields)


def make_body(hall: Hall, **fields: Any) -> LeadingBody:
    """What the bureau still has to set up."""
    values: dict[str, Any] = {"unit": hall.city.bureau, "due_on": date(2016, 3, 1)}
    return LeadingBody.objects.create(campaign=hall.campaign, **values | fields)
