from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tongchuang.accounts.models import Unit, UnitName, User
from tongchuang.accounts.tests.make import make_unit, make_user
from tongchuang.campaigns.models import Assignment, Campaign, Task, WorkPlan
from tongchuang.campaigns.tests.make import make_campaign, make_gate, make_plan, make_task
from tongchuang.standards.tests.make import make_article, make_chapter

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign(city=make_unit(kind=Unit.Kind.CITY))


@pytest.fixture
def director(campaign: Campaign, client: Client) -> User:
    user = make_user(role="hq_director", unit=campaign.city)
    client.force_login(user)
    return user


def test_a_stale_gate_form_changes_nothing(
    client: Client, campaign: Campaign, director: User
) -> None:
    gate = make_gate(campaign, version=3)
    form = {"passed": "yes", "on": "2016-03-01", "paper": "x", "version": "2"}
    assert client.post(f"/campaigns/gates/{gate.pk}/decide/", form).status_code == 409
    gate.refresh_from_db()
    assert gate.state == "ahead"


def test_our_date_stands_beside_the_one_from_above_with_the_days_left(
    client: Client, campaign: Campaign, director: User
) -> None:
    campaign.deadline_on, campaign.external_deadline_on = date(2016, 3, 18), date(2016, 3, 5)
    campaign.save()
    facts = client.get(f"/campaigns/{campaign.code}/").content.decode().split("tc-kpis")[1]
    own, above = facts.index("2016-03-18"), facts.index("2016-03-05")
    assert "自定期限" in facts[:own]
    assert "还有 10 天" in facts[own:above]
    assert "上级期限" in facts[own:above]
    assert "已过 3 天" in facts[above : above + 200]


def test_a_gate_shows_both_dates_until_it_is_decided(
    client: Client, campaign: Campaign, director: User
) -> None:
    gate = make_gate(campaign, due_on=date(2016, 3, 18), external_due_on=date(2016, 3, 25))

    def days() -> list[int | None]:
        page = client.get(f"/campaigns/gates/{gate.pk}/")
        return [deadline.days_left for deadline in page.context["deadlines"]]

    assert days() == [10, 17]
    gate.decided_on = date(2016, 3, 7)
    gate.save()
    assert days() == [None, None]


def test_the_list_of_tasks_costs_the_same_for_one_and_for_thirty(
    client: Client, campaign: Campaign, director: User
) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/campaigns/tasks/").status_code == 200
        return len(queries)

    unit = make_unit(parent=campaign.city)
    make_task(campaign=campaign, unit=unit)
    few = cost()
    for _number in range(29):
        make_task(campaign=campaign, unit=unit)
    assert cost() == few


def test_a_row_is_added_to_a_plan_without_script(client: Client, campaign: Campaign) -> None:
    unit = make_unit(parent=campaign.city)
    client.force_login(make_user(role="unit_clerk", unit=unit))
    plan = make_plan(unit=unit, campaign=campaign)
    typed = {
        "version": "0",
        "goals-goal": "新目标",
        "goals-measure": "新措施",
        "goals-clause": "",
        "add": "goals",
    }
    page = client.post(f"/campaigns/plans/{plan.pk}/edit/", typed).content.decode()
    assert "新目标" in page
    assert page.count('name="goals-goal"') == 2
    assert WorkPlan.objects.get(pk=plan.pk).goals == plan.goals


def test_signing_an_incomplete_plan_names_the_missing_slot(
    client: Client, campaign: Campaign
) -> None:
    unit = make_unit(parent=campaign.city)
    client.force_login(make_user(role="unit_head", unit=unit))
    plan = make_plan(unit=unit, campaign=campaign, people=[])
    page = client.post(f"/campaigns/plans/{plan.pk}/submit/")
    assert page.status_code == 422
    assert "责任人员" in page.content.decode()


def test_assigning_by_rule_writes_only_after_confirmation(
    client: Client, campaign: Campaign, director: User
) -> None:
    make_unit("城管局", parent=campaign.city)
    make_article(make_chapter(campaign.framework), responsible_hint=["城管局"])
    address = f"/campaigns/{campaign.code}/assignments/rule/"
    assert "城管局" in client.get(address).content.decode()
    assert not Assignment.objects.exists()
    client.post(address)
    client.post(address)
    assert Assignment.objects.count() == 1


def test_a_future_report_is_refused_with_the_text_kept(client: Client, campaign: Campaign) -> None:
    unit = make_unit(parent=campaign.city)
    client.force_login(make_user(role="unit_clerk", unit=unit))
    task = make_task(unit=unit, campaign=campaign)
    typed = {"on": "2017-01-01", "done": "5", "problem": "没有的事"}
    page = client.post(f"/campaigns/tasks/{task.pk}/progress/", typed)
    assert page.status_code == 422
    assert "没有的事" in page.content.decode()
    assert Task.objects.get(pk=task.pk).done == 0


def test_switching_to_another_campaign_goes_back_only_to_our_own_pages(
    client: Client, campaign: Campaign, director: User
) -> None:
    answer = client.post(
        "/campaigns/switch/", {"campaign": campaign.pk, "next": "https://evil.example/"}
    )
    assert answer.headers["Location"] == "/campaigns/"
    assert client.session["campaign"] == campaign.pk


@pytest.mark.parametrize(
    "address",
    [
        "",
        "new/",
        "assignments/",
        "plans/",
        "tasks/",
        "tasks/new/",
        "tasks/?tab=behind",
        "tasks/export/",
    ],
)
def test_pages_open_in_an_empty_city(client: Client, director: User, address: str) -> None:
    Campaign.objects.all().delete()
    assert client.get(f"/campaigns/{address}").status_code in {200, 302}


def test_a_signed_plan_bears_the_name_its_unit_had(
    client: Client, campaign: Campaign, director: User
) -> None:
    plan = make_plan(
        campaign=campaign,
        unit=make_unit(parent=campaign.city),
        signed_at=datetime(2016, 1, 5, 9, tzinfo=UTC),
    )
    old = plan.unit.name
    UnitName.objects.create(unit=plan.unit, name=old, valid_to=date(2016, 1, 31))
    UnitName.objects.create(unit=plan.unit, name="新名", valid_from=date(2016, 2, 1))
    Unit.objects.filter(pk=plan.unit_id).update(name="新名")
    assert f"<h1>{old}</h1>" in client.get(f"/campaigns/plans/{plan.pk}/").content.decode()
