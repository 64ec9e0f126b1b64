"""One changed figure gives the same readiness as judging everything again."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tongchuang.assessment import services
from tongchuang.assessment.effects import effects_of
from tongchuang.assessment.inputs import gather
from tongchuang.assessment.jobs import assess_again, request_assessment
from tongchuang.assessment.lines import lines
from tongchuang.assessment.live import Live
from tongchuang.assessment.models import Figure, Snapshot
from tongchuang.assessment.tests.make import (
    NOON,
    PERIOD,
    Scene,
    make_figure,
    make_open_case,
    make_scene,
    make_visit,
    snapshot,
)
from tongchuang.core.models import Job

pytestmark = pytest.mark.django_db
AT = NOON + timedelta(minutes=1)


@pytest.fixture
def scene() -> Scene:
    return make_scene()


def _live(scene: Scene) -> Live:
    used = lines()
    return Live(gather(scene.campaign, PERIOD, at=AT, lines=used), used)


@given(
    values=st.lists(
        st.tuples(
            st.sampled_from(["root", "street", "bureau"]),
            st.sampled_from(["2012", "2014", "2015", "2016-02"]),
            st.integers(0, 100),
        ),
        min_size=1,
        max_size=6,
        unique_by=lambda one: one[:2],
    )
)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_figures_one_by_one_end_where_judging_everything_ends(
    scene: Scene, values: list[tuple[str, str, int]]
) -> None:
    Figure.objects.all().delete()
    make_visit(scene, result="fail")
    make_open_case(scene)
    live = _live(scene)
    for place, period, value in values:
        unit = getattr(scene.city, place)
        live.put(make_figure(scene, str(value), unit=unit, period=period))
    assert live.facts() == _live(scene).facts()


def test_a_figure_touches_only_the_articles_that_read_it(scene: Scene) -> None:
    live = _live(scene)
    figure = make_figure(scene, "99")
    assert live.put(figure) == {scene.article.pk}
    figure.period = "2019"
    assert live.put(figure) == set()


def test_the_effect_is_told_before_anything_is_entered(scene: Scene) -> None:
    make_figure(scene, "10")
    better = Figure(measure=scene.measure, unit=scene.city.root, period="2015", value=Decimal(100))
    (effect,) = effects_of(better, user=scene.valuer, at=AT)
    assert [(one.before, one.after) for one in effect.changes] == [("weak", "met")]
    assert Figure.objects.count() == 1


def test_a_preview_saves_nothing_and_entering_assesses_again(
    scene: Scene, client: Client, django_capture_on_commit_callbacks: object
) -> None:
    make_figure(scene, "10")
    snapshot(scene)
    client.force_login(scene.valuer)
    address = f"/assessment/figures/{scene.measure.code}/enter/"
    facts = {
        "unit": scene.city.root.pk,
        "period": "2015",
        "value": "100",
        "source": "年鉴",
        "reason": "核对后更正",
    }
    page = client.post(address, {**facts, "preview": "1"}).content.decode()
    assert "录入后的影响" in page
    assert "短板 → 达标" in page
    assert Figure.objects.count() == 1
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        client.post(address, facts)
    assert Job.objects.get().title == "重新自评"


def test_the_job_gives_every_campaign_that_reads_the_figure_its_readiness(scene: Scene) -> None:
    make_figure(scene, "10")
    before = snapshot(scene)
    services.enter_figure(
        scene.measure,
        scene.city.root,
        "2015",
        value=Decimal(100),
        source="年鉴",
        reason="更正",
        by=scene.valuer,
        at=AT,
    )
    job = request_assessment([scene.campaign], by=scene.valuer)
    assess_again.call(job.pk)
    after = Snapshot.objects.get(campaign=scene.campaign, period=PERIOD, current=True)
    assert after.pk != before.pk
    job.refresh_from_db()
    assert job.state == Job.State.DONE
