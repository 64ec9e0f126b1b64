"""From the launch to the gate: only what holds, and what is verified, is closed."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tongchuang.accounts.tests.make import make_user
from tongchuang.assessment.baselines import freeze_baseline
from tongchuang.assessment.models import Baseline
from tongchuang.assessment.tests.make import (
    NOON,
    Scene,
    close,
    make_figure,
    make_open_case,
    make_scene,
    make_task,
    snapshot,
)
from tongchuang.campaigns.models import Campaign, Gate
from tongchuang.cases.models import Case
from tongchuang.core import clock
from tongchuang.followup.queries import GapReport, gap_report

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    """Short of its line on the day of the launch."""
    made = make_scene()
    make_figure(made, "10")
    snapshot(made)
    launched = NOON - timedelta(days=1)
    freeze_baseline(
        made.campaign, Baseline.Kind.LAUNCH, on=launched.date(), at=NOON, by=made.city.director
    )
    return made


def _report(scene: Scene) -> GapReport:
    with clock.use(NOON):
        return gap_report(scene.city.director, scene.campaign)


def test_a_gap_is_open_until_its_clause_holds(scene: Scene) -> None:
    report = _report(scene)
    assert (report.open, report.closed) == (1, 0)
    make_figure(scene, "95", reason="整改后重测")
    snapshot(scene)
    report = _report(scene)
    (line,) = report.lines
    assert (line.then.state, line.closed) == ("weak", True)
    assert (report.leads[0].gaps, report.leads[0].closed) == (1, 1)


def test_a_reported_case_is_not_closed_before_it_is_verified(scene: Scene) -> None:
    case = make_open_case(scene)
    Case.objects.filter(pk=case.pk).update(status=Case.Status.REPLIED)
    tally = _report(scene).lines[0].cases
    assert (tally.filed, tally.closed, tally.replied, tally.open) == (1, 0, 1, 1)
    close(case, NOON)
    tally = _report(scene).lines[0].cases
    assert (tally.closed, tally.open) == (1, 0)


def test_a_case_of_two_requirements_counts_once_for_its_article(scene: Scene) -> None:
    make_open_case(scene).clauses.set([scene.article, scene.figured, scene.checked])
    assert _report(scene).lines[0].cases.filed == 1
    assert [(one.unit, one.cases.filed) for one in _report(scene).places] == [
        (scene.city.street, 1)
    ]


def test_cases_from_before_the_launch_do_not_count(scene: Scene) -> None:
    old = make_open_case(scene)
    Case.objects.filter(pk=old.pk).update(filed_at=NOON - timedelta(days=40))
    assert _report(scene).lines[0].cases.filed == 0


def test_without_a_baseline_only_the_present_is_known(scene: Scene) -> None:
    Baseline.objects.all().delete()
    Campaign.objects.update(started_on=NOON.date())
    (line,) = _report(scene).lines
    assert (line.then.state, line.closed) == ("unknown", False)


def test_a_unit_sees_the_gaps_of_its_clauses_only(scene: Scene) -> None:
    stranger = make_user(role="unit_clerk", unit=scene.city.other_bureau)
    with clock.use(NOON):
        assert gap_report(stranger, scene.campaign).lines == []
        assert len(gap_report(scene.city.bureau_clerk, scene.campaign).lines) == 1


def test_the_number_of_queries_does_not_grow(scene: Scene) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as context:
            _report(scene)
        return len(context)

    make_open_case(scene)
    make_task(scene)
    asked()  # the rights of the person are read once
    few = asked()
    for _ in range(5):
        make_open_case(scene)
        make_task(scene)
    assert asked() == few


def test_the_page_names_the_gate_and_the_file_has_the_lines(scene: Scene, client: Client) -> None:
    Gate.objects.create(
        campaign=scene.campaign, title="省级复审", ordinal=1, due_on=NOON.date() + timedelta(days=9)
    )
    make_open_case(scene)
    client.force_login(scene.city.director)
    with clock.use(NOON):
        page = client.get("/followup/gaps/?campaign=NSC").content.decode()
        shut = client.get("/followup/gaps/?campaign=NSC&tab=closed").content.decode()
        assert client.get("/followup/gaps/export/?campaign=NSC").status_code == 200
    assert "省级复审" in page
    assert scene.article.title in page
    assert "没有符合条件的条款" in shut
