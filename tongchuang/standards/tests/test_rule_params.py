"""The parameters of every kind of rule are checked before a standard comes in."""

from typing import Any

import pytest

from tongchuang.standards.rules.checks import PARAMS, Known, direction_of, faults_of
from tongchuang.standards.rules.reading import Document
from tongchuang.standards.rules.shapes import RULE_KINDS

MEASURES = [
    {"id": "x.m1", "name": "甲", "op": ">=", "threshold": "90", "confidence": "high"},
    {"id": "x.m2", "name": "乙", "op": "trend", "confidence": "high"},
]
STEPS = [{"fault": "乱停车", "points": "0.5", "most": "5"}]


def _faults(**rule: Any) -> list[tuple[str, str]]:
    clause = {"id": "x.r1", "measures": MEASURES, "rules": [rule]}
    content = {
        "schema": "tongchuang/framework/1",
        "id": "x",
        "chapters": [{"id": "x.c1", "requirements": [clause]}],
    }
    found = faults_of(Document("x.yaml", content, {}), Known())
    return [(fault.path.rpartition("rules[0].")[2], fault.reason) for fault in found]


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "ratio", "part": "x.m1", "whole": "x.m2", "pass_line": "0.9", "op": "<="},
        {"kind": "trend", "measure": "x.m1"},
        {"kind": "trend", "measure": "x.m2", "direction": "down", "years": 3},
        {"kind": "deduction", "full": "100", "pass_score": "85", "steps": STEPS},
        {"kind": "sample_rate", "least": 20, "pass_line": "0.9"},
        {"kind": "no_incident", "measure": "x.m1", "months": 36},
        {"kind": "prerequisite", "title": "省级卫生城市"},
    ],
)
def test_a_whole_rule_passes(rule: dict[str, Any]) -> None:
    assert not _faults(**rule)


@pytest.mark.parametrize(
    ("rule", "path", "words"),
    [
        ({"kind": "ratio", "part": "x.m1", "whole": "x.m9", "pass_line": "1"}, "whole", "不存在"),
        ({"kind": "ratio", "part": "x.m1", "pass_line": "1"}, "whole", "缺少"),
        (
            {"kind": "ratio", "part": "x.m1", "whole": "x.m2", "pass_line": "1", "op": ">"},
            "op",
            "占比",
        ),
        ({"kind": "trend", "measure": "x.m2"}, "direction", "往哪边"),
        ({"kind": "trend", "measure": "x.m1", "gate": "g"}, "gate", "没有这个参数"),
        ({"kind": "no_incident", "measure": "x.m1", "months": 18}, "months", "12 的倍数"),
        ({"kind": "deduction", "full": "0", "pass_score": "0", "steps": STEPS}, "full", "大于 0"),
        (
            {"kind": "deduction", "full": "9", "pass_score": "10", "steps": STEPS},
            "pass_score",
            "满分",
        ),
        ({"kind": "deduction", "full": "9", "pass_score": "8", "steps": []}, "steps", "不能是空的"),
        (
            {"kind": "deduction", "full": "9", "pass_score": "8", "steps": STEPS * 2},
            "steps[1].fault",
            "重复",
        ),
        ({"kind": "sample_rate", "least": 20, "pass_line": "1.1"}, "pass_line", "0 与 1"),
        ({"kind": "threshold", "measure": "x.m2"}, "measure", "没有目标值"),
    ],
)
def test_what_is_wrong_with_a_rule_is_told_at_its_key(
    rule: dict[str, Any], path: str, words: str
) -> None:
    found = _faults(**rule)
    assert len(found) == 1
    assert found[0][0] == path
    assert words in found[0][1]


def test_every_kind_has_its_parameters_and_no_other_kind_exists() -> None:
    assert set(PARAMS) == RULE_KINDS


def test_a_direction_follows_from_the_comparison() -> None:
    assert direction_of({}, {"op": ">="}) == "up"
    assert direction_of({}, {"op": "<"}) == "down"
    assert direction_of({"direction": "up"}, {"op": "<"}) == "up"
    assert not direction_of({}, {"op": "trend"})
