"""What follows from the states: a weak clause is answered, or it is an error that shows."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from tongchuang.assessment.models import Snapshot
from tongchuang.assessment.tests.make import (
    NOON,
    Scene,
    cell,
    make_figure,
    make_scene,
    make_task,
    make_visit,
    snapshot,
)
from tongchuang.core import clock
from tongchuang.followup import queries
from tongchuang.priorities import services
from tongchuang.priorities.models import Deferral
from tongchuang.priorities.tests.make import approved
from tongchuang.projects.models import Project

pytestmark = pytest.mark.django_db
TODAY = NOON.date()


@pytest.fixture
def scene() -> Scene:
    made = make_scene()
    made.measure.refresh_from_db()
    return made


def _weak(scene: Scene) -> Snapshot:
    make_figure(scene, str((scene.measure.threshold or Decimal(90)) - 50))
    return snapshot(scene)


def _answer(scene: Scene) -> str:
    (line,) = queries.weak_lines(scene.city.director, scene.campaign, on=TODAY)
    return line.answer


def _reason(scene: Scene) -> Deferral:
    return services.defer_clause(
        scene.campaign,
        scene.article,
        reason="等方案",
        until=TODAY + timedelta(days=5),
        at=NOON,
        by=scene.city.bureau_clerk,
    )


def _project(scene: Scene, **fields: object) -> Project:
    project = Project.objects.create(
        code="XM1",
        title="停车场",
        kind="car_park",
        campaign=scene.campaign,
        unit=scene.city.bureau,
        scale="300 个",
        planned_start_on=TODAY,
        planned_finish_on=TODAY,
        **{"status": "under_construction", **fields},
    )
    project.clauses.add(scene.figured)
    return project


def test_a_weak_clause_without_anything_is_an_error(scene: Scene) -> None:
    _weak(scene)
    assert _answer(scene) == "none"
    assert queries.unanswered_count(scene.city.director, scene.campaign, on=TODAY) == 1


def test_only_an_open_task_answers(scene: Scene) -> None:
    _weak(scene)
    task = make_task(scene, status="accepted")
    assert _answer(scene) == "none"
    task.status = "running"
    task.save()
    assert _answer(scene) == "task"


def test_a_reason_answers_when_approved_and_until_its_day(scene: Scene) -> None:
    _weak(scene)
    reason = _reason(scene)
    assert _answer(scene) == "waiting"
    services.decide_deferral(reason, approve=True, at=NOON, by=scene.city.director)
    assert _answer(scene) == "reason"
    late = TODAY + timedelta(days=6)
    (line,) = queries.weak_lines(scene.city.director, scene.campaign, on=late)
    assert line.answer == "none"


def test_the_new_task_is_written_in(client: Client, scene: Scene) -> None:
    _weak(scene)
    (line,) = queries.weak_lines(scene.city.director, scene.campaign, on=TODAY)
    client.force_login(scene.city.director)
    page = client.get(line.task_url).content.decode()
    assert scene.article.name in page
    assert f'value="{scene.city.bureau.pk}" selected' in page
    assert f'value="{scene.article.pk}" selected' in page


def test_a_unit_sees_only_the_clauses_it_leads(scene: Scene) -> None:
    _weak(scene)
    assert queries.weak_lines(scene.city.bureau_clerk, scene.campaign, on=TODAY)
    assert not queries.weak_lines(scene.city.other_clerk, scene.campaign, on=TODAY)


def test_approval_on_the_page_is_not_for_the_author(client: Client, scene: Scene) -> None:
    _weak(scene)
    reason = _reason(scene)
    client.force_login(scene.city.bureau_clerk)
    assert client.post(f"/followup/reasons/{reason.pk}/approve/", {"version": 1}).status_code == 403
    client.force_login(scene.city.director)
    client.post(f"/followup/reasons/{reason.pk}/approve/", {"version": reason.version})
    reason.refresh_from_db()
    assert reason.status == "approved"


# States
def _met(scene: Scene, above: int = 0) -> None:
    make_figure(scene, str((scene.measure.threshold or Decimal(90)) + above))
    make_visit(scene)
    make_visit(scene)


def test_an_own_target_decides_what_is_a_strength(scene: Scene) -> None:
    _met(scene, above=6)
    snapshot(scene)
    assert cell(scene, scene.city.bureau).state == "strength"
    services.set_target(
        scene.campaign,
        scene.measure,
        value=(scene.measure.threshold or Decimal(90)) + 8,
        reason="争先",
        reach_on=TODAY,
        on=TODAY,
        by=scene.city.director,
    )
    snapshot(scene)
    assert cell(scene, scene.city.bureau).state == "met"
    (line,) = queries.strength_lines(scene.city.director, scene.campaign)
    assert (line.gap, line.reached) == (Decimal(2), False)


def test_an_approved_highlight_shows_on_a_clause_that_is_met(scene: Scene) -> None:
    _met(scene)
    approved(scene)
    found = snapshot(scene)
    assert cell(scene, scene.city.bureau).state == "highlight"
    assert found.readiness["clauses"][str(scene.article.pk)] == "highlight"


def test_a_highlight_does_not_hide_a_weakness(scene: Scene) -> None:
    approved(scene)
    _weak(scene)
    assert cell(scene, scene.city.bureau).state == "weak"


def test_a_facility_counts_only_with_its_proof_of_use(scene: Scene) -> None:
    _met(scene)
    project = _project(scene)
    found = snapshot(scene)
    assert cell(scene, scene.city.bureau).state == "weak"
    assert found.readiness["clauses"][str(scene.article.pk)] == "weak"
    entry = next(
        one for one in cell(scene, scene.city.bureau).explanation if one["kind"] == "facility"
    )
    assert entry["reason"] == "facility_building"
    project.status, project.in_use_on, project.proof = "in_use", TODAY, "多 300 个泊位"
    project.save()
    snapshot(scene)
    assert cell(scene, scene.city.bureau).state in {"met", "strength"}


def test_a_stuck_project_makes_a_key_difficulty(scene: Scene) -> None:
    _met(scene)
    _project(scene, status="paused", cause="land")
    snapshot(scene)
    assert cell(scene, scene.city.bureau).state == "hard"
    (line,) = queries.key_lines(scene.city.director, scene.campaign)
    assert [why.kind for why in line.whys] == ["project"]


def test_an_idea_holds_nothing_back(scene: Scene) -> None:
    _met(scene)
    _project(scene, status="idea")
    snapshot(scene)
    assert cell(scene, scene.city.bureau).state != "weak"


# Ticks
def test_the_three_ticks_come_from_records(scene: Scene) -> None:
    def missing() -> list[str]:
        (line,) = queries.item_lines(scene.city.director, scene.campaign)
        return line.missing

    assert missing() == ["attended", "studied", "done"]
    scene.campaign.plans.create(unit=scene.city.bureau, status="submitted")
    task = make_task(scene)
    assert missing() == ["done"]
    task.progress.create(on=TODAY, done=1, by=scene.city.bureau_clerk)
    assert missing() == []


@pytest.mark.parametrize("path", ["weak", "strengths", "keys", "items"])
def test_every_list_goes_out_as_a_table(client: Client, scene: Scene, path: str) -> None:
    _weak(scene)
    client.force_login(scene.city.director)
    with clock.use(NOON):
        answer = client.get(f"/followup/{path}/export/")
    assert answer.status_code == 200
    assert answer.content.startswith(b"PK")
