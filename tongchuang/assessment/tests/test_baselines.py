"""Baselines: frozen once, sealed, set beside the present."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from tongchuang.accounts.tests.make import make_user
from tongchuang.assessment import baselines
from tongchuang.assessment.baselines import compare, freeze_baseline
from tongchuang.assessment.comparing import Change, change
from tongchuang.assessment.models import Baseline, Cell
from tongchuang.assessment.rules import ORDER
from tongchuang.assessment.tests.make import (
    NOON,
    Scene,
    make_figure,
    make_open_case,
    make_scene,
    snapshot,
)
from tongchuang.campaigns.models import Campaign, Gate
from tongchuang.campaigns.tests.make import make_title

STATES = st.sampled_from(Cell.State.values)


@given(STATES, STATES)
def test_better_one_way_is_worse_the_other_way(then: str, now: str) -> None:
    turned = {
        Change.BETTER: Change.WORSE,
        Change.WORSE: Change.BETTER,
        Change.SAME: Change.SAME,
        Change.ASSESSED: Change.UNKNOWN,
        Change.UNKNOWN: Change.ASSESSED,
    }
    assert change(now, then) == turned[change(then, now)]


@given(STATES, STATES)
def test_what_is_not_assessed_is_neither_better_nor_worse(then: str, now: str) -> None:
    if change(then, now) in {Change.BETTER, Change.WORSE}:
        assert then in ORDER
        assert now in ORDER


@pytest.fixture
def scene(db: None) -> Scene:
    return make_scene()


def launch(scene: Scene) -> Baseline:
    baselines.launch_campaign(scene.campaign, on=NOON.date(), at=NOON, by=scene.valuer)
    return Baseline.objects.get(campaign=scene.campaign)


def test_launching_freezes_figures_with_their_sources_and_open_cases(scene: Scene) -> None:
    make_figure(scene, "95")
    case = make_open_case(scene)
    facts = launch(scene).facts
    assert [(f["value"], f["source"]) for f in facts["figures"]] == [("95", "统计年鉴 46 页")]
    assert [c["number"] for c in facts["cases"]] == [case.number]
    assert Campaign.objects.get(pk=scene.campaign.pk).started_on == NOON.date()


def test_a_baseline_stays_as_it_was_when_the_world_goes_on(scene: Scene) -> None:
    first = launch(scene)
    make_figure(scene, "95")
    again = freeze_baseline(
        scene.campaign, "launch", on=NOON.date(), at=NOON + timedelta(hours=3), by=scene.valuer
    )
    assert again is not None
    assert (again.pk, again.facts) == (first.pk, first.facts)


def test_a_changed_baseline_is_found_out_by_its_seal(scene: Scene) -> None:
    frozen = launch(scene)
    assert compare(frozen, {}).sealed
    frozen.facts["figures"].append({"value": "100"})
    assert not compare(frozen, {}).sealed


def test_a_clause_that_was_assessed_since_says_so(scene: Scene) -> None:
    frozen = launch(scene)
    assert compare(frozen, {}).clauses[0].change is Change.SAME
    make_figure(scene, "95")
    snapshot(scene)
    found = compare(frozen, {})
    assert (found.clauses[0].then, found.clauses[0].change) == ("unknown", Change.ASSESSED)
    assert found.counts()["assessed"] == 1


def test_nobody_else_launches(scene: Scene) -> None:
    with pytest.raises(PermissionDenied):
        baselines.launch_campaign(
            scene.campaign,
            on=NOON.date(),
            at=NOON,
            by=make_user(role="unit_head", unit=scene.city.bureau),
        )
    assert not Baseline.objects.exists()


def test_a_campaign_without_a_standard_is_launched_without_a_baseline(scene: Scene) -> None:
    other = Campaign.objects.create(code="OWN", title="自办", city=scene.city.root)
    baselines.launch_campaign(other, on=NOON.date(), at=NOON, by=scene.valuer)
    assert not Baseline.objects.exists()


def test_keeping_is_begun_on_its_page_with_a_baseline_of_its_own(
    scene: Scene, client: Client
) -> None:
    client.force_login(scene.valuer)
    title = make_title(scene.city.root, state="held", review_on=date(2019, 3, 1))
    Campaign.objects.update(status="running", aims_at=title)
    address = f"/assessment/campaigns/{scene.campaign.code}/keep/"
    past = {"review_on": "2016-03-01", "rhythm_months": "3"}
    assert "复审期限要在今天以后" in client.post(address, past).content.decode()
    form = {"review_on": "2019-03-01", "rhythm_months": "3"}
    assert client.post(address, form).status_code == 302
    kept = Campaign.objects.get(pk=scene.campaign.pk)
    assert (kept.status, kept.baselines.get().kind) == ("keeping", "keeping")
    assert kept.gates.get().kind == Gate.Kind.REVIEW


def test_the_page_shows_then_beside_now(scene: Scene, client: Client) -> None:
    launch(scene)
    make_figure(scene, "95")
    snapshot(scene)
    client.force_login(scene.valuer)
    address = f"/assessment/campaigns/{scene.campaign.code}/baseline/"
    page = client.get(address + "?only=assessed").content.decode()
    assert "新评出" in page
    assert "与数据相符" in page
    assert client.get(address + "export/").status_code == 200
