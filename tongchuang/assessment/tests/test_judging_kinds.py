"""The further kinds of rules on real rows: years, a window, a share; the rest says why not."""

from typing import Any

import pytest

from tongchuang.assessment.explaining import KINDS, REASONS, explained
from tongchuang.assessment.models import Cell
from tongchuang.assessment.tests.make import Scene, cell, make_figure, make_scene, snapshot
from tongchuang.standards.models import Rule
from tongchuang.standards.rules.shapes import RULE_KINDS
from tongchuang.standards.tests.make import make_measure, make_rule

pytestmark = pytest.mark.django_db


def _scene(kind: str, **params: Any) -> Scene:
    """The figured requirement judged by one rule of the kind; the checked one stays as it is."""
    scene = make_scene()
    scene.figured.rules.all().delete()
    make_rule(scene.figured, kind, **{"measure": scene.measure.code, **params})
    return scene


def _found(scene: Scene) -> dict[str, Any]:
    """How the requirement was judged at the bureau, which leads it."""
    snapshot(scene)
    entries = _cell(scene).explanation
    return next(entry for entry in entries if entry["clause"] == scene.figured.code)


def _cell(scene: Scene) -> Cell:
    return cell(scene, scene.city.bureau)


def _years(scene: Scene, *values: str, last: int = 2015) -> None:
    for year, value in zip(range(last - len(values) + 1, last + 1), values, strict=True):
        make_figure(scene, value, period=str(year))


@pytest.mark.parametrize(
    ("values", "verdict", "reason"),
    [
        (["80", "82", "84"], "met", "improving"),
        (["84", "82", "80"], "not_met", "not_improving"),
        (["70", "60", "97"], "met", "met"),
        (["84", "80"], "unknown", "years_missing"),
        ([], "unknown", "no_value"),
    ],
)
def test_the_target_or_three_better_years(values: list[str], verdict: str, reason: str) -> None:
    scene = _scene(Rule.Kind.TREND)
    _years(scene, *values)
    found = _found(scene)
    assert (found["verdict"], found["reason"]) == (verdict, reason)
    words = next(one for one in explained(_cell(scene)) if one.rule == "trend")
    assert "%(" not in str(words.words)
    assert "3 年持续改善" in words.target


def test_a_trend_that_ended_too_long_ago_is_unknown() -> None:
    scene = _scene(Rule.Kind.TREND)
    _years(scene, "80", "82", "84", last=2013)
    assert _found(scene)["reason"] == "no_value"


@pytest.mark.parametrize(
    ("values", "last", "verdict"),
    [
        (["0", "0", "0"], 2015, "met"),
        (["0", "0"], 2015, "unknown"),
        (["1", "0"], 2015, "not_met"),
        (["2", "0", "0", "0"], 2015, "met"),
        (["0", "0", "0", "1"], 2016, "not_met"),
    ],
)
def test_thirty_six_months_without_incident(values: list[str], last: int, verdict: str) -> None:
    scene = _scene(Rule.Kind.NO_INCIDENT, months=36)
    _years(scene, *values, last=last)
    assert _found(scene)["verdict"] == verdict
    words = next(one for one in explained(_cell(scene)) if one.rule == "no_incident")
    assert "36" in words.target


def test_a_share_needs_both_figures_of_one_period() -> None:
    scene = _scene(Rule.Kind.MANUAL)
    whole = make_measure(scene.figured)
    scene.figured.rules.all().delete()
    make_rule(
        scene.figured, Rule.Kind.RATIO, part=scene.measure.code, whole=whole.code, pass_line="0.9"
    )
    make_figure(scene, "46")
    assert _found(scene)["verdict"] == "unknown"
    both = Scene(**{name: getattr(scene, name) for name in Scene.__slots__} | {"measure": whole})
    make_figure(both, "50", period="2014")
    assert _found(scene)["reason"] == "not_together"
    make_figure(both, "50")
    found = _found(scene)
    assert (found["verdict"], found["figures"]["part"]) == ("met", "46")


@pytest.mark.parametrize(
    ("kind", "params", "reason"),
    [
        (Rule.Kind.PREREQUISITE, {"title": "省级卫生城市"}, "title_unknown"),
        (Rule.Kind.DEDUCTION, {"full": "100", "pass_score": "85", "steps": []}, "no_deductions"),
        (Rule.Kind.SAMPLE_RATE, {"least": 20, "pass_line": "0.9"}, "no_sample"),
    ],
)
def test_a_kind_without_inputs_stays_unknown_and_says_why(
    kind: str, params: dict[str, Any], reason: str
) -> None:
    scene = _scene(kind, **params)
    found = _found(scene)
    assert (found["verdict"], found["score"], found["reason"]) == ("unknown", None, reason)
    assert all("%(" not in str(one.words) for one in explained(_cell(scene)))


def test_every_kind_of_rule_has_its_words() -> None:
    assert set(KINDS) >= RULE_KINDS
    assert {"no_deductions", "no_sample", "title_unknown", "not_together"} <= set(REASONS)
