"""The demonstration city moves from 2014 to 2021: eight chapters become seven, pages stand."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import Client
from pytest_django import DjangoDbBlocker

from tests.world import World, build_world
from tongchuang.accounts.models import Membership, User
from tongchuang.assessment.models import Snapshot
from tongchuang.campaigns.models import Campaign
from tongchuang.changeover import services
from tongchuang.changeover.models import Changeover, Entry
from tongchuang.core import audit, clock
from tongchuang.demo.city import NOW
from tongchuang.standards.models import Clause

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """The city after the commander has signed the prepared move; taken back at the end."""
    with django_db_blocker.unblock(), transaction.atomic(), clock.use(NOW):
        built = build_world()
        found = Changeover.objects.get()
        director = found.drafted_by
        services.accept_proposals(found, by=director, at=NOW)
        services.submit_changeover(found, by=director, at=NOW)
        commander = Membership.objects.filter(role="commander").order_by("pk")[0].user
        services.sign_changeover(found, paper_no="青爱卫〔2016〕8号", by=commander, at=NOW)
        yield built
        transaction.set_rollback(True)


@pytest.fixture
def director(client: Client, world: World) -> User:
    """Signed in as the director of the campaign office."""
    person = world.people["owner"]
    assert person is not None
    client.force_login(person)
    return person


def chapters(campaign: Campaign) -> int:
    """Chapters of the edition on which it stands."""
    clauses = Clause.objects.filter(framework=campaign.framework_id)
    return clauses.filter(level=Clause.Level.CHAPTER).count()


def test_eight_chapters_become_seven_and_the_sums_add_up(world: World) -> None:
    found = Changeover.objects.get()
    old = Clause.objects.filter(framework=found.old, level=Clause.Level.CHAPTER)
    assert (old.count(), chapters(Campaign.objects.get(main=True))) == (8, 7)
    sums = found.result["sums"]
    assert {one["kind"] for one in sums} == {
        "duty", "task", "paper", "figure", "case", "project", "judgement", "month",
    }  # fmt: skip
    assert all(one["before"] == sum(one["by_fate"].values()) for one in sums)
    assert Entry.objects.count() == sum(one["before"] for one in sums)


def test_readiness_is_told_anew_and_the_old_months_stay(world: World) -> None:
    found = Changeover.objects.get()
    latest, earlier = Snapshot.objects.filter(campaign=found.campaign, current=True).order_by(
        "-period"
    )
    assert (latest.framework, earlier.framework) == (found.new, found.old)
    assert found.result["before"]["score"] is not None
    assert found.result["after"]["coverage"] < found.result["before"]["coverage"]
    assert found.result["after"]["states"]["unknown"] > 0


def test_no_new_clause_has_two_leads_and_the_chain_holds(world: World) -> None:
    campaign = Campaign.objects.get(main=True)
    led = campaign.assignments.filter(clause__framework=campaign.framework_id)
    assert led.count() == led.values("clause").distinct().count() > 50
    assert audit.verify_chain().broken_at is None


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/campaigns/NSC/", "2021"),
        ("/campaigns/assignments/?campaign=NSC", "环卫和再生资源设施、密闭收运"),
        ("/campaigns/tasks/?campaign=NSC", ""),
        ("/projects/clauses/?campaign=NSC", "公厕达标"),
        ("/assessment/?campaign=NSC", "道路"),
        ("/assessment/?campaign=NSC&period=2016-02", "城市容貌"),
        ("/assessment/readiness/?campaign=NSC", ""),
        ("/cockpit/", ""),
        ("/clauses/nsc2021.ch3.toilets/", ""),
        ("/clauses/nsc2014.a13/", ""),
        ("/dossiers/clauses/nsc2021.ch5.public_places/", "健康证"),
        ("/changeovers/", "已换版"),
    ],
)
def test_the_pages_of_the_campaign_stand_on_the_new_edition(
    client: Client, director: User, path: str, words: str
) -> None:
    response = client.get(path)
    assert response.status_code == 200, path
    assert words in response.content.decode()


def test_the_ledger_stays_readable_for_ever(client: Client, director: User) -> None:
    found = Changeover.objects.get()
    page = client.get(f"/changeovers/{found.pk}/").content.decode()
    assert "青爱卫〔2016〕8号" in page
    assert "换版结果" in page
    assert "sign-paper_no" not in page
    assert client.get(f"/changeovers/{found.pk}/records/?kind=judgement").status_code == 200
    assert client.get(f"/changeovers/{found.pk}/records/export/").status_code == 200
    refused = client.post(f"/changeovers/{found.pk}/refresh/")
    assert refused.status_code == 409
