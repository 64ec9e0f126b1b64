"""How ready a campaign is for its gates: a share with words, or words why there is none."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tongchuang.assessment.gates import gate_rings
from tongchuang.assessment.tests.make import (
    NOON,
    Scene,
    make_figure,
    make_scene,
    make_visit,
    snapshot,
)
from tongchuang.campaigns.models import Assignment, Campaign, Gate
from tongchuang.standards.models import Rule
from tongchuang.standards.tests.make import make_article, make_clause, make_measure, make_rule

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return make_scene()


def _gate(campaign: Campaign, code: str, days: int = 30, **fields: Any) -> Gate:
    due_on = NOON.date() + timedelta(days=days)
    return Gate.objects.create(campaign=campaign, code=code, title=code, due_on=due_on, **fields)


def _covered(scene: Scene) -> None:
    make_figure(scene, "97")
    for _number in range(3):
        make_visit(scene)


def test_the_next_gate_tells_the_readiness_and_the_later_ones_wait(scene: Scene) -> None:
    _gate(scene.campaign, "a", -9, state=Gate.State.PASSED)
    after, before = _gate(scene.campaign, "c", 60), _gate(scene.campaign, "b", 30)
    _covered(scene)
    snapshot(scene)
    rings = gate_rings([scene.campaign])
    assert list(rings) == [before.pk, after.pk]
    assert rings[before.pk].share == 1.0
    assert "自评覆盖 100%" in rings[before.pk].words
    assert (rings[after.pk].share, rings[after.pk].words) == (None, "前一关口过后再评")


def test_never_assessed_is_said_in_words(scene: Scene) -> None:
    gate = _gate(scene.campaign, "a")
    ring = gate_rings([scene.campaign])[gate.pk]
    assert (ring.share, ring.note) == (None, "还没有自评")


def test_below_the_coverage_line_is_said_in_words(scene: Scene) -> None:
    gate = _gate(scene.campaign, "a")
    make_figure(scene, "97")
    snapshot(scene)
    ring = gate_rings([scene.campaign])[gate.pk]
    assert ring.share is None
    assert ring.words == "自评覆盖 50%，不到 80%，不显示就绪度"


def test_a_campaign_without_a_standard_is_said_in_words(scene: Scene) -> None:
    other = Campaign.objects.create(code="GAR", title="园林城市", city=scene.city.root)
    gate = _gate(other, "a")
    assert gate_rings([other])[gate.pk].words == "没有选定标准，不评"


def _second_veto(scene: Scene, value: str) -> None:
    """Another article with a veto item of the document gate and its figure."""
    article = make_article(scene.article.parent, number="18")
    measure = make_measure(make_clause(article))
    make_rule(measure.clause, Rule.Kind.THRESHOLD, measure=measure.code)
    make_rule(measure.clause, Rule.Kind.VETO, gate="document_gate")
    Assignment.objects.create(campaign=scene.campaign, clause=article, lead=scene.city.bureau)
    if value:
        make_figure(Scene(**_parts(scene) | {"measure": measure}), value)


def _parts(scene: Scene) -> dict[str, Any]:
    return {name: getattr(scene, name) for name in Scene.__slots__}


def _document_gate(scene: Scene) -> Gate:
    _gate(scene.campaign, "apply", 10)
    make_rule(scene.figured, Rule.Kind.VETO, gate="document_gate")
    return _gate(scene.campaign, "review", 60, process_state="document_review")


def test_a_gate_with_clauses_of_its_own_tells_how_many_of_them_hold(scene: Scene) -> None:
    gate = _document_gate(scene)
    _second_veto(scene, "60")
    _covered(scene)
    snapshot(scene)
    ring = gate_rings([scene.campaign])[gate.pk]
    assert (ring.share, ring.words) == (0.5, "本关口必备的 2 条，已评 2 条，达标 1 条")


def test_clauses_of_a_gate_that_nobody_looked_at_are_not_counted_as_held(scene: Scene) -> None:
    gate = _document_gate(scene)
    _second_veto(scene, "")
    _covered(scene)
    snapshot(scene)
    ring = gate_rings([scene.campaign])[gate.pk]
    assert (ring.share, ring.words) == (None, "本关口必备的 2 条只评了 1 条，不显示")


def test_rings_cost_three_queries_however_many_gates(scene: Scene) -> None:
    _gate(scene.campaign, "a")
    snapshot(scene)
    campaigns = [scene.campaign]
    for number in range(4):
        _gate(scene.campaign, f"b{number}")
    with CaptureQueriesContext(connection) as found:
        gate_rings(campaigns)
    assert len(found) == 3
