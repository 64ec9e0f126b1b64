from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from tongchuang.accounts.models import Unit, User
from tongchuang.accounts.tests.make import make_unit, make_user
from tongchuang.campaigns import queries, services
from tongchuang.campaigns.models import Assignment, Campaign, Gate, Task, TaskLink, WorkPlan
from tongchuang.campaigns.tests.make import make_campaign, make_gate, make_plan, make_task
from tongchuang.core import audit
from tongchuang.core.flow import WrongState
from tongchuang.core.models import Message
from tongchuang.standards.tests.make import make_article, make_chapter, make_clause

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> Unit:
    return make_unit("示例市", kind=Unit.Kind.CITY)


@pytest.fixture
def director(city: Unit) -> User:
    return make_user(role="hq_director", unit=city)


@pytest.fixture
def campaign(city: Unit) -> Campaign:
    return make_campaign(city=city)


@pytest.fixture
def bureau(city: Unit) -> Unit:
    return make_unit("城管局", parent=city, short_name="城管")


@pytest.fixture
def clerk(bureau: Unit) -> User:
    return make_user(role="unit_head", unit=bureau)


# Gates
def test_a_failed_prerequisite_closes_the_gate_with_its_reason(
    campaign: Campaign, director: User
) -> None:
    review, apply = (
        make_gate(make_campaign(city=campaign.city), title="省级复审"),
        make_gate(campaign, title="申报"),
    )
    services.add_prerequisite(apply, review, by=director)
    services.decide_gate(
        review, passed=False, on=date(2016, 3, 1), paper="皖爱卫〔2016〕3号", by=director
    )
    with pytest.raises(services.Unavailable, match=r"省级复审.*未过，失去申报资格"):
        services.decide_gate(apply, passed=True, on=date(2016, 3, 2), paper="x", by=director)
    assert Gate.objects.get(pk=apply.pk).state == Gate.State.AHEAD


def test_a_passed_prerequisite_opens_the_gate(campaign: Campaign, director: User) -> None:
    review, apply = make_gate(campaign), make_gate(campaign)
    services.add_prerequisite(apply, review, by=director)
    services.decide_gate(review, passed=True, on=date(2016, 3, 1), paper="x", by=director)
    services.decide_gate(apply, passed=True, on=date(2016, 3, 2), paper="y", by=director)
    assert Gate.objects.get(pk=apply.pk).state == Gate.State.PASSED


def test_gates_may_not_wait_for_each_other(campaign: Campaign, director: User) -> None:
    one, other = make_gate(campaign), make_gate(campaign)
    services.add_prerequisite(one, other, by=director)
    with pytest.raises(services.Unavailable):
        services.add_prerequisite(other, one, by=director)


def test_a_unit_may_not_decide_a_gate(campaign: Campaign, clerk: User) -> None:
    with pytest.raises(PermissionDenied):
        services.decide_gate(
            make_gate(campaign), passed=True, on=date(2016, 3, 1), paper="x", by=clerk
        )


# Assignments
def test_the_rule_assigns_the_first_known_hint_and_lists_the_unknown(
    campaign: Campaign, director: User, bureau: Unit
) -> None:
    other = make_unit("园林局", parent=campaign.city)
    clause = make_article(
        make_chapter(campaign.framework), responsible_hint=["无此局", "城管局", "园林局"]
    )
    plan = services.assign_by_rule(campaign, by=director)
    row = Assignment.objects.get(clause=clause)
    assert (row.lead, list(row.helpers.all())) == (bureau, [other])
    assert dict(plan.unknown) == {"无此局": 1}


def test_the_rule_leaves_what_was_assigned_by_hand(
    campaign: Campaign, director: User, bureau: Unit
) -> None:
    hand = make_unit("住建局", parent=campaign.city)
    clause = make_article(make_chapter(campaign.framework), responsible_hint=["城管局"])
    services.assign(
        campaign, clause, lead=hand, helpers=[], sponsor=None, reason="会议定", by=director
    )
    again = services.assign_by_rule(campaign, by=director)
    assert (Assignment.objects.get(clause=clause).lead, again.kept, again.proposed) == (hand, 1, [])


def test_a_changed_lead_tells_the_old_and_the_new_unit(
    campaign: Campaign, director: User, bureau: Unit
) -> None:
    clause, new = (
        make_article(make_chapter(campaign.framework)),
        make_unit("住建局", parent=campaign.city),
    )
    services.assign(
        campaign, clause, lead=bureau, helpers=[], sponsor=None, reason="x", by=director
    )
    Message.objects.all().delete()
    row = services.assign(
        campaign, clause, lead=new, helpers=[bureau], sponsor=None, reason="y", by=director
    )
    assert Message.objects.count() == 2
    assert audit.history(row).last().before["lead_id"] == bureau.pk  # type: ignore[union-attr]  # two events stand


def test_the_lead_is_never_its_own_helper(campaign: Campaign, director: User, bureau: Unit) -> None:
    clause = make_article(make_chapter(campaign.framework))
    row = services.assign(
        campaign, clause, lead=bureau, helpers=[bureau], sponsor=None, reason="x", by=director
    )
    assert not row.helpers.exists()


# Plans
def test_an_incomplete_plan_is_refused_and_names_its_gaps(clerk: User, bureau: Unit) -> None:
    plan = make_plan(unit=bureau, schedule=[], dispatch={})
    with pytest.raises(services.IncompletePlan, match="时限与进度、日常调度"):
        services.submit_plan(plan, by=clerk)
    assert WorkPlan.objects.get(pk=plan.pk).status == WorkPlan.Status.DRAFT


def test_a_plan_goes_up_and_comes_back_with_a_reason(
    clerk: User, bureau: Unit, campaign: Campaign
) -> None:
    leader = make_user(role="commander", unit=campaign.city)
    plan = services.submit_plan(make_plan(unit=bureau, campaign=campaign), by=clerk)
    services.return_plan(plan, reason="措施太空", by=leader)
    plan = services.submit_plan(plan, by=clerk)
    assert services.approve_plan(plan, by=leader).status == WorkPlan.Status.APPROVED
    assert [event.action for event in audit.history(plan)] == [
        "submit",
        "return",
        "submit",
        "approve",
    ]


def test_an_approved_plan_is_not_edited(clerk: User, bureau: Unit) -> None:
    plan = make_plan(unit=bureau, status=WorkPlan.Status.APPROVED)
    with pytest.raises(WrongState):
        services.edit_plan(plan, goals=[], by=clerk)


# Tasks
def report(task: Task, day: int, done: int, by: User, problem: str = "") -> None:
    services.report_progress(
        task, on=date(2016, 2, day), done=Decimal(done), problem=problem, by=by
    )


def test_the_same_report_twice_is_one(clerk: User, bureau: Unit) -> None:
    task = make_task(unit=bureau)
    report(task, 1, 10, clerk)
    report(task, 1, 10, clerk)
    assert task.progress.count() == 1


def test_the_amount_falls_only_with_a_problem_named(clerk: User, bureau: Unit) -> None:
    task = make_task(unit=bureau)
    report(task, 1, 10, clerk)
    with pytest.raises(services.ProgressRefused):
        report(task, 2, 5, clerk)
    report(task, 2, 5, clerk, problem="重新核数")
    assert Task.objects.get(pk=task.pk).done == 5


def test_an_earlier_day_cannot_be_reported_later(clerk: User, bureau: Unit) -> None:
    task = make_task(unit=bureau)
    report(task, 5, 10, clerk)
    with pytest.raises(services.ProgressRefused):
        report(task, 4, 12, clerk)


def test_another_unit_may_not_report(bureau: Unit) -> None:
    with pytest.raises(PermissionDenied):
        report(make_task(unit=bureau), 1, 1, make_user(role="unit_head", unit=make_unit()))


def test_an_unfinished_task_is_not_handed_in(clerk: User, bureau: Unit) -> None:
    with pytest.raises(services.ProgressRefused):
        services.submit_task(make_task(unit=bureau, done=Decimal(99)), by=clerk)


def test_nobody_accepts_the_work_of_the_own_unit(
    campaign: Campaign, bureau: Unit, clerk: User
) -> None:
    task = services.submit_task(
        make_task(unit=bureau, campaign=campaign, done=Decimal(100)), by=clerk
    )
    inside = make_user(role="hq_director", unit=bureau, over=campaign.city)
    with pytest.raises(services.ProgressRefused):
        services.accept_task(task, on=date(2016, 3, 1), by=inside)


def test_shares_on_the_curve_are_read_as_known_on_that_day(
    campaign: Campaign, bureau: Unit, clerk: User
) -> None:
    task = make_task(unit=bureau, campaign=campaign)
    report(task, 28, 60, clerk)
    january = queries.curve_shares(campaign, on=date(2016, 1, 31))[bureau.pk]
    march = queries.curve_shares(campaign, on=date(2016, 3, 8))[bureau.pk]
    assert (january.on_curve, march.on_curve) == (Decimal(1), Decimal(1))
    assert queries.curve_shares(campaign, on=date(2016, 12, 1))[bureau.pk].behind == 1


def test_a_requirement_is_part_of_the_duties(
    campaign: Campaign, director: User, bureau: Unit
) -> None:
    article = make_article(make_chapter(campaign.framework))
    requirement = make_clause(article)
    services.assign(
        campaign, requirement, lead=bureau, helpers=[], sponsor=None, reason="x", by=director
    )
    duties = queries.duties(campaign, director)
    assert {duty.clause.pk: bool(duty.assignment) for duty in duties} == {
        article.pk: False,
        requirement.pk: True,
    }


def test_tasks_may_not_wait_for_each_other_and_the_circle_is_named(
    campaign: Campaign, director: User
) -> None:
    survey, build, check = (
        make_task(campaign=campaign, title=title) for title in ("摸底", "改造", "复核")
    )
    services.link_tasks(survey, build, by=director)
    services.link_tasks(build, check, by=director)
    with pytest.raises(services.CircularTasks, match="“摸底” → “改造” → “复核” → “摸底”"):
        services.link_tasks(check, survey, by=director)
    with pytest.raises(services.CircularTasks):
        services.link_tasks(survey, survey, by=director)
    assert TaskLink.objects.count() == 2


def test_the_dates_of_the_day_of_issue_stay(
    campaign: Campaign, director: User, bureau: Unit
) -> None:
    task = services.create_task(
        campaign,
        unit=bureau,
        title="改造公厕",
        quantity=Decimal(10),
        quantity_unit="座",
        starts_on=date(2016, 1, 1),
        due_on=date(2016, 6, 30),
        by=director,
    )
    task = services.change_task(task, due_on=date(2016, 9, 30), reason="汛期", by=director)
    assert (task.due_on, task.baseline_due_on) == (date(2016, 9, 30), date(2016, 6, 30))
