"""Meetings from the rhythm to the sent minutes; matters, policies, bodies."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from tongchuang.accounts.services import robot
from tongchuang.accounts.tests.make import make_unit, make_user
from tongchuang.campaigns.models import Task
from tongchuang.campaigns.services import block_task
from tongchuang.campaigns.tests.make import make_task
from tongchuang.core import clock
from tongchuang.core.flow import WrongState
from tongchuang.core.models import Event, Message
from tongchuang.meetings import services
from tongchuang.meetings.models import Attendance, Meeting, Minutes, Ruling
from tongchuang.meetings.queries import matter_lines, propose, with_matter_rows
from tongchuang.meetings.queries.lists import ruling_counts
from tongchuang.meetings.tests.make import (
    DAY,
    Hall,
    make_blocked,
    make_body,
    make_hall,
    make_held,
    make_item,
    make_matter,
    make_meeting,
    make_policy,
    make_ruled,
)

pytestmark = pytest.mark.django_db
AT = datetime.fromisoformat("2016-03-07T09:10:00+08:00")


@pytest.fixture
def hall() -> Hall:
    return make_hall()


def _rule(hall: Hall, meeting: Meeting, **fields: object) -> Ruling:
    values = {
        "wording": "三月底前完成移交",
        "unit": hall.city.bureau,
        "person": hall.city.bureau_clerk,
        "helpers": [hall.city.street],
        "due_on": date(2016, 3, 31),
        "by": hall.city.director,
    }
    return services.make_ruling(meeting, **(values | fields))  # type: ignore[arg-type]  # one place


# The rhythm
def test_the_rhythm_lays_out_each_meeting_once(hall: Hall) -> None:
    first = services.keep_rhythm(at=AT, by=robot())
    again = services.keep_rhythm(at=AT + timedelta(days=1), by=robot())
    assert [row.held_on for row in first][:2] == [DAY, date(2016, 3, 14)]
    assert not [row for row in again if row.planned_on in {one.planned_on for one in first}]
    assert first[0].attendance.get().unit == hall.city.bureau


def test_a_meeting_put_off_is_not_laid_out_again(hall: Hall) -> None:
    row = services.keep_rhythm(at=AT, by=robot())[0]
    services.postpone_meeting(
        row, held_on=date(2016, 3, 9), reason="市长出差", by=hall.city.director
    )
    assert not services.keep_rhythm(at=AT, by=robot())


def test_the_units_are_reminded_once_and_only_after_the_notice(hall: Hall) -> None:
    meeting = make_meeting(hall, held_on=date(2016, 3, 9), status="announced")
    quiet = make_meeting(hall, held_on=date(2016, 3, 8))
    for _ in range(2):
        services.keep_rhythm(at=AT, by=robot())
    told = Message.objects.filter(kind="meeting", to_unit=hall.city.bureau)
    assert [row.url for row in told] == [f"/meetings/{meeting.pk}/"]
    assert Message.objects.filter(to_user=hall.leader, url=f"/meetings/{quiet.pk}/").count() == 1


# The notice and who came
def test_no_notice_goes_out_without_an_agenda(hall: Hall) -> None:
    meeting = make_meeting(hall)
    with pytest.raises(services.Refused):
        services.announce_meeting(meeting, at=AT, by=hall.city.dispatcher)
    make_item(meeting, title="公厕保洁")
    services.announce_meeting(meeting, at=AT, by=hall.city.dispatcher)
    assert "公厕保洁" in Message.objects.get(to_unit=hall.city.bureau).body


def test_a_unit_signs_in_for_itself_on_the_day(hall: Hall) -> None:
    row = make_meeting(hall, status="announced").attendance.get()
    with pytest.raises(PermissionDenied):
        services.sign_in(row, person="王", at=AT, by=hall.city.other_clerk)
    with pytest.raises(services.Refused):
        services.sign_in(row, person="李", at=AT + timedelta(days=1), by=hall.city.bureau_clerk)
    services.sign_in(row, person="李", at=AT, by=hall.city.bureau_clerk)
    assert Attendance.objects.get(pk=row.pk).state == "present"


def test_a_meeting_to_which_nobody_came_was_not_held(hall: Hall) -> None:
    meeting = make_meeting(hall, status="announced", units=(hall.city.bureau, hall.city.street))
    with pytest.raises(services.Refused):
        services.hold_meeting(meeting, on=DAY, by=hall.city.director)
    meeting.attendance.filter(unit=hall.city.bureau).update(state="present")
    services.hold_meeting(meeting, on=DAY, by=hall.city.director)
    assert meeting.attendance.get(unit=hall.city.street).state == "absent"


# The agenda
def test_the_records_put_matters_forward_with_reason_unit_and_days(hall: Hall) -> None:
    blocked = make_blocked(hall, title="疏浚沟渠")
    matter = make_matter(hall)
    ruling = make_ruled(make_held(hall, held_on=date(2016, 2, 1)), hall, due_on=date(2016, 3, 1))
    make_task(campaign=hall.campaign, unit=hall.city.street, due_on=date(2016, 3, 1))
    meeting = make_meeting(hall)
    found = {one.kind: one for one in propose(meeting, at=AT)}
    assert list(found) == ["ruling", "blocked", "matter", "late"]
    assert (found["ruling"].pk, found["ruling"].days) == (ruling.pk, 6)
    assert (found["blocked"].pk, found["blocked"].days) == (blocked.pk, None)
    assert (found["matter"].pk, found["matter"].days) == (matter.pk, 6)
    assert found["late"].unit == hall.city.street


def test_the_days_of_a_block_come_from_the_log(hall: Hall) -> None:
    task = make_task(campaign=hall.campaign, unit=hall.city.bureau)
    with clock.use(AT - timedelta(days=12)):
        block_task(task, cause="land", reason="地块未移交", by=hall.city.bureau_clerk)
    one = next(one for one in propose(make_meeting(hall), at=AT) if one.pk == task.pk)
    assert one.days == 12


def test_what_is_on_the_agenda_is_not_proposed_again(hall: Hall) -> None:
    make_blocked(hall)
    meeting = make_meeting(hall)
    key = propose(meeting, at=AT)[0].key
    items = services.take_up(meeting, [key], at=AT, by=hall.city.dispatcher)
    assert items[0].task_id
    assert not propose(meeting, at=AT)
    with pytest.raises(services.Refused):
        services.take_up(meeting, [key], at=AT, by=hall.city.dispatcher)


def test_items_change_places_and_close_up(hall: Hall) -> None:
    meeting = make_meeting(hall)
    first, second, third = (make_item(meeting) for _ in range(3))
    services.move_item(third, up=True, by=hall.city.director)
    services.remove_item(first, by=hall.city.director)
    assert list(meeting.agenda.values_list("pk", "ordinal")) == [(third.pk, 1), (second.pk, 2)]


# Rulings
def test_a_ruling_becomes_a_task_with_owner_and_date(hall: Hall) -> None:
    ruling = _rule(hall, make_held(hall))
    task = ruling.task
    assert (task.unit, task.due_on, task.starts_on) == (hall.city.bureau, ruling.due_on, DAY)
    assert task.sponsor == hall.leader
    told = Message.objects.filter(kind="ruling")
    assert {row.to_unit_id for row in told} == {hall.city.bureau.pk, hall.city.street.pk, None}


def test_a_ruling_lifts_a_block_with_its_wording_as_reference(hall: Hall) -> None:
    task, meeting = make_blocked(hall), make_held(hall)
    item = make_item(meeting, kind="blocked", task=task)
    ruling = _rule(hall, meeting, item=item, means=Ruling.Means.LIFT)
    task.refresh_from_db()
    assert (task.status, ruling.task) == (Task.Status.RUNNING, task)
    event = Event.objects.get(subject_kind="campaigns.task", action="unblock")
    assert ruling.wording in event.reason


def test_lifting_and_a_new_task_go_together_for_another_unit(hall: Hall) -> None:
    task, meeting = make_blocked(hall), make_held(hall)
    item = make_item(meeting, kind="blocked", task=task)
    owner = hall.city.other_bureau
    fields = {"unit": owner, "person": hall.city.other_clerk, "item": item}
    with pytest.raises(services.Refused):
        _rule(hall, meeting, means=Ruling.Means.LIFT, **fields)
    ruling = _rule(hall, meeting, means=Ruling.Means.BOTH, **fields)
    task.refresh_from_db()
    assert (task.status, ruling.task.unit) == (Task.Status.RUNNING, owner)


@pytest.mark.parametrize("fault", ["early", "stranger", "no block"])
def test_a_ruling_that_cannot_be_leaves_nothing_behind(hall: Hall, fault: str) -> None:
    wrong: dict[str, object] = {
        "early": {"due_on": date(2016, 3, 6)},
        "stranger": {"person": hall.city.other_clerk},
        "no block": {"means": Ruling.Means.LIFT},
    }
    with pytest.raises(services.Refused):
        _rule(hall, make_held(hall), **wrong[fault])  # type: ignore[arg-type]  # one place
    assert not Ruling.objects.exists()
    assert not Task.objects.exists()


def test_nothing_is_ruled_before_the_meeting_or_by_a_clerk(hall: Hall) -> None:
    with pytest.raises(WrongState):
        _rule(hall, make_meeting(hall))
    with pytest.raises(PermissionDenied):
        _rule(hall, make_held(hall, held_on=date(2016, 3, 1)), by=hall.city.bureau_clerk)


def test_the_database_keeps_no_ruling_without_owner_or_day(hall: Hall) -> None:
    ruling = make_ruled(make_held(hall), hall)
    for field in ("due_on", "unit_id", "person_id", "task_id"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Ruling.objects.filter(pk=ruling.pk).update(**{field: None})


def test_follow_up_comes_from_the_task_alone(hall: Hall) -> None:
    ruling = make_ruled(make_held(hall), hall, due_on=date(2016, 3, 8))
    on = date(2016, 3, 9)
    assert ruling_counts(hall.city.director, on=on)["late"] == 1
    Task.objects.filter(pk=ruling.task_id).update(status="accepted", finished_on=on)
    assert ruling_counts(hall.city.director, on=on) == {"": 1, "late": 0, "running": 0, "done": 1}


# Minutes
def _drafted(hall: Hall, meeting: Meeting) -> Minutes:
    return services.draft_minutes(
        meeting, opening="会议现纪要如下。", closing="", by=hall.city.dispatcher
    )


def _signed(hall: Hall, meeting: Meeting) -> Minutes:
    minutes = services.review_minutes(_drafted(hall, meeting), by=hall.city.director)
    return services.sign_minutes(minutes, at=AT, by=hall.leader)


def test_the_author_neither_reviews_nor_signs(hall: Hall) -> None:
    meeting = make_held(hall)
    minutes = services.draft_minutes(meeting, opening="x", closing="", by=hall.city.director)
    with pytest.raises(services.Refused):
        services.review_minutes(minutes, by=hall.city.director)
    Minutes.objects.update(status="reviewed", drafted_by=hall.leader)
    with pytest.raises(services.Refused):
        services.sign_minutes(minutes, at=AT, by=hall.leader)


def test_signed_minutes_never_change(hall: Hall) -> None:
    meeting = make_held(hall)
    item = make_item(meeting, title="公厕保洁")
    _rule(hall, meeting, item=item)
    minutes = _signed(hall, meeting)
    for change in (
        lambda: _drafted(hall, meeting),
        lambda: _rule(hall, meeting),
        lambda: services.discuss_item(item, discussion="改口", by=hall.city.director),
        lambda: services.mark_attendance(meeting, {}, at=AT, by=hall.city.director),
    ):
        with pytest.raises(WrongState):
            change()
    hall.city.bureau.name = "改名局"
    hall.city.bureau.save()
    issued = services.issue_minutes(minutes, on=DAY, by=hall.city.dispatcher)
    assert issued.data["items"][0]["rulings"][0]["unit"] == "城管局"
    assert issued.data == minutes.data


def test_minutes_are_numbered_without_gaps_and_sent_to_all_named(hall: Hall) -> None:
    numbers = []
    for day in (DAY, date(2016, 3, 14)):
        meeting = make_held(hall, held_on=day)
        _rule(hall, meeting, due_on=date(2016, 3, 31))
        issued = services.issue_minutes(_signed(hall, meeting), on=day, by=hall.city.dispatcher)
        numbers.append(issued.document_no)
        assert issued.docx is not None
    assert [number[-2:] for number in numbers] == ["1号", "2号"]
    told = Message.objects.filter(kind="minutes").values_list("to_unit", flat=True)
    assert set(told) == {hall.city.bureau.pk, hall.city.street.pk}


# Matters
def test_a_matter_goes_from_the_list_to_a_ruling_to_its_end(hall: Hall) -> None:
    city = hall.city
    matter = services.list_matter(
        hall.campaign,
        on=date(2016, 3, 1),
        title="北门市场搬迁",
        detail="产权不清",
        unit=city.bureau,
        sponsor=hall.leader,
        due_on=date(2016, 6, 30),
        helpers=[city.street],
        by=city.director,
    )
    meeting = make_held(hall)
    item = make_item(meeting, kind="matter", matter=matter)
    assert _stage(matter) == "studied"
    ruling = _rule(hall, meeting, item=item)
    assert (ruling.matter, _stage(matter)) == (matter, "ruled")
    with pytest.raises(services.Refused):
        services.solve_matter(matter, result="已搬", on=DAY, by=city.director)
    Task.objects.update(status="accepted", finished_on=DAY)
    services.solve_matter(matter, result="已搬", on=DAY, by=city.director)
    assert _stage(matter) == "solved"


def _stage(matter: object) -> str:
    rows = with_matter_rows(type(matter)._default_manager.filter(pk=matter.pk))  # type: ignore[attr-defined]
    return matter_lines(rows, on=DAY)[0].stage


def test_the_lead_unit_does_not_strike_off_its_own_matter(hall: Hall) -> None:
    insider = make_user(role="hq_director", unit=hall.city.bureau, over=hall.city.root)
    with pytest.raises(services.Refused):
        services.solve_matter(make_matter(hall), result="好了", on=DAY, by=insider)


# Policies
def test_a_policy_is_issued_by_another_than_its_drafter_and_with_a_basis(hall: Hall) -> None:
    policy = make_policy(hall, status="legal", number="", issued_on=None, basis=[])
    fields: dict[str, Any] = {
        "number": "示政办〔2016〕99号",
        "issued_on": DAY,
        "opinion": "合法",
    }
    for by in (hall.city.dispatcher, hall.city.director):  # the drafter; without a basis
        with pytest.raises(services.Refused):
            services.move_policy(policy, "issue", by=by, **fields)
    policy.basis = [{"law": "物业管理条例", "article": ""}]
    policy.save()
    services.move_policy(policy, "issue", by=hall.city.director, **fields)
    policy.refresh_from_db()
    assert policy.status == "in_force"


def test_a_policy_is_superseded_only_by_one_in_force(hall: Hall) -> None:
    old, draft = make_policy(hall), make_policy(hall, status="drafting", number="", issued_on=None)
    for successor in (draft, old):
        with pytest.raises(services.Refused):
            services.move_policy(old, "supersede", successor=successor, by=hall.city.director)
    services.move_policy(old, "supersede", successor=make_policy(hall), by=hall.city.director)


def test_a_number_stands_once_in_the_register(hall: Hall) -> None:
    known = make_policy(hall)
    with pytest.raises(services.Refused):
        services.register_policy(
            hall.campaign,
            kind="rule",
            title="另一办法",
            issuer=hall.city.bureau,
            status="in_force",
            number=known.number,
            issued_on=DAY,
            by=hall.city.director,
        )


# Leading bodies
def test_asking_again_asks_only_the_new_units(hall: Hall) -> None:
    make_unit(parent=hall.city.root, scored=True)
    first = services.ask_bodies(hall.campaign, due_on=DAY, by=hall.city.director)
    make_unit(parent=hall.city.root, scored=True)
    later = services.ask_bodies(hall.campaign, due_on=date(2016, 4, 1), by=hall.city.director)
    assert (len(first), len(later)) == (1, 1)


def test_a_unit_reports_only_its_own_body_and_no_day_to_come(hall: Hall) -> None:
    body = make_body(hall)
    said = {
        "leader": "李伟",
        "members": 7,
        "office": "局创卫办",
        "office_head": "王芳",
        "staff": 3,
        "paper": "城管〔2016〕3号",
        "set_up_on": DAY,
    }
    with pytest.raises(PermissionDenied):
        services.report_body(body, on=DAY, by=hall.city.other_clerk, **said)  # type: ignore[arg-type]
    with pytest.raises(services.Refused):
        services.report_body(body, on=date(2016, 3, 6), by=hall.city.bureau_clerk, **said)  # type: ignore[arg-type]
    services.report_body(body, on=DAY, by=hall.city.bureau_clerk, **said)  # type: ignore[arg-type]
    body.refresh_from_db()
    assert body.set_up_on == DAY
