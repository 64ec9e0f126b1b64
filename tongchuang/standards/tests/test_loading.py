"""Loading files: good, again, changed, broken."""

from decimal import Decimal
from pathlib import Path

import pytest

from tongchuang.accounts.services import robot
from tongchuang.accounts.tests.make import make_unit, make_user
from tongchuang.core import audit, clock
from tongchuang.standards import services
from tongchuang.standards.models import Clause, DataFile, Framework, Measure, Rule
from tongchuang.standards.rules.reading import BrokenFile
from tongchuang.standards.services.correcting import Target, correct_measure
from tongchuang.standards.tests.conftest import FRAMEWORK, WriteFile

pytestmark = pytest.mark.django_db


def load(*paths: Path) -> services.Loaded:
    """Load files as the robot; what happened to the first."""
    return services.load_standards(paths, by=robot())[0]


EDITION = ("edition: '1'", "edition: '2'")


def test_a_framework_becomes_clauses_measures_and_rules(write: WriteFile) -> None:
    assert services.load_framework(write(), by=robot()).result == "new"
    clause = Clause.objects.get(code="small.a1.r1")
    assert clause.path == "small.ch1/small.a1/small.a1.r1"
    assert clause.measures.get().target == "≥ 36 %"
    assert clause.rules.get().params == {"measure": "small.a1.r1.m1"}


def test_a_load_is_on_record_once(write: WriteFile) -> None:
    path = write()
    load(path)
    load(path)
    event = audit.history(DataFile.objects.get()).get()
    assert (event.action, event.after["edition"]) == ("load", "1")


def test_a_second_run_changes_nothing(write: WriteFile) -> None:
    path = write()
    load(path)
    at = Framework.objects.get().loaded_at
    assert load(path).result == "unchanged"
    assert Framework.objects.get().loaded_at == at


def test_same_edition_with_other_content_is_refused_and_shown(write: WriteFile) -> None:
    load(write())
    with pytest.raises(services.ChangedContent) as refused:
        load(write(("threshold: 36", "threshold: 38")))
    assert [str(row) for row in refused.value.differences] == [
        "  small.a1.r1.m1 · threshold\n  - 36\n  + 38"
    ]
    assert Measure.objects.get().threshold == 36


def test_a_new_edition_keeps_the_keys_of_its_rows(write: WriteFile) -> None:
    load(write())
    keys = dict(Clause.objects.values_list("code", "pk"))
    rules = set(Rule.objects.values_list("pk", flat=True))
    changed = write(EDITION, ("threshold: 36", "threshold: 38"))
    assert load(changed).result == "updated"
    assert dict(Clause.objects.values_list("code", "pk")) == keys
    assert set(Rule.objects.values_list("pk", flat=True)) == rules
    assert Measure.objects.get().threshold == 38


def test_a_new_edition_may_drop_a_clause_that_nobody_needs(write: WriteFile) -> None:
    load(write())
    shorter = FRAMEWORK[: FRAMEWORK.index("    - id: small.a1.r2")]
    load(write(EDITION, text=shorter))
    assert not Clause.objects.filter(code="small.a1.r2").exists()


def test_a_correction_outlives_a_new_edition(write: WriteFile) -> None:
    load(write())
    director = make_user(role="hq_director", unit=make_unit())
    correct_measure(
        Measure.objects.get(),
        Target(">=", Decimal(40)),
        paper="官方附表",
        reason="",
        version=1,
        by=director,
        at=clock.now(),
    )
    load(write(EDITION, ("name: 绿化覆盖率", "name: 建成区绿化覆盖率")))
    assert (Measure.objects.get().threshold, Measure.objects.get().name) == (
        Decimal(40),
        "建成区绿化覆盖率",
    )


BROKEN = [
    pytest.param(("text: 不低于36%", "txt: 不低于36%"), 17, "requirements[0].txt", "不认识的键"),
    pytest.param(("      title: 无死角\n", ""), 29, "requirements[1].title", "缺少必填的键"),
    pytest.param(("threshold: 36", "threshold: 多"), 24, "measures[0].threshold", "应为数字"),
    pytest.param(("number: '1'", "number: 1"), 8, "chapters[0].number", "应为文字"),
    pytest.param(("unit: '%'", "unit: 码"), 22, "measures[0].unit", "不认识的单位"),
    pytest.param(("op: '>='", "op: '~'"), 23, "measures[0].op", "不认识的比较符"),
    pytest.param(("kind: manual", "kind: magic"), 34, "rules[0].kind", "不认识的规则类型"),
    pytest.param(("id: small.a1.r2", "id: small.a1.r1"), 29, "requirements[1].id", "编号重复"),
    pytest.param(
        ("measure: small.a1.r1.m1", "measure: nowhere"), 28, "rules[0].measure", "不存在的编号"
    ),
    pytest.param(("kind: manual", "kind: veto"), 34, "rules[0].gate", "缺少必填的键"),
    pytest.param(
        ("confidence: low", "confidence: low\n      site_types: [moon]"),
        33,
        "site_types[0]",
        "不存在的编号",
    ),
    pytest.param(
        ("confidence: low", "confidence: low\n      parent: nowhere"), 33, "parent", "不存在的编号"
    ),
    pytest.param(
        ("status: in_force", "status: in_force\nstatus: reference"), 6, "status", "键重复"
    ),
    pytest.param(("title: 小标准", "title: &t [*t]"), 4, "title", "应为单个值"),
    pytest.param(("chapters:\n", "chapters: &c [*c]\nnote:\n"), 6, "chapters[0]", "别名"),
    pytest.param(("chapters:\n", "chapters: {\n"), 7, "", "不是合法的 YAML"),
    pytest.param(("schema: tongchuang/framework/1", "schema: other"), 1, "schema", "schema"),
]


@pytest.mark.parametrize(("change", "line", "path", "reason"), BROKEN)
def test_a_broken_file_names_line_path_and_reason(
    change: tuple[str, str], line: int, path: str, reason: str, write: WriteFile
) -> None:
    with pytest.raises(BrokenFile) as broken:
        load(write(change))
    fault = broken.value.faults[0]
    assert (fault.line, reason in fault.reason) == (line, True), str(fault)
    assert fault.path.endswith(path)
    assert not Framework.objects.exists()


def test_parents_in_a_circle_are_refused(write: WriteFile) -> None:
    circle = [
        ("id: small.a1.r1", "id: small.a1.r1\n      parent: small.a1.r2"),
        ("id: small.a1.r2", "id: small.a1.r2\n      parent: small.a1.r1"),
    ]
    with pytest.raises(BrokenFile, match="上级条款成环"):
        load(write(circle[1], circle[0]))


def test_all_faults_of_a_file_are_told_at_once(write: WriteFile) -> None:
    with pytest.raises(BrokenFile) as broken:
        load(write(("unit: '%'", "unit: 码"), ("kind: manual", "kind: magic")))
    assert len(broken.value.faults) == 2


def test_a_clause_of_another_framework_cannot_be_taken(write: WriteFile) -> None:
    load(write())
    with pytest.raises(BrokenFile, match="已属于 small"):
        load(write(("id: small\n", "id: thief\n")))


def test_one_broken_file_stops_the_others(write: WriteFile) -> None:
    good = write()
    bad = write(("unit: '%'", "unit: 码"), ("id: small\n", "id: bad\n"), name="bad.yaml")
    with pytest.raises(BrokenFile):
        load(good, bad)
    assert not Framework.objects.exists()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"- 1\n- 2\n", b"just words", b"a: [b"])
def test_a_file_that_is_no_standard_is_refused(content: bytes, write: WriteFile) -> None:
    path = write()
    path.write_bytes(content)
    with pytest.raises(BrokenFile):
        load(path)


def test_a_missing_file_is_refused(write: WriteFile) -> None:
    with pytest.raises(BrokenFile, match="文件打不开"):
        load(write().with_name("nothing.yaml"))


PROCESS = """\
schema: tongchuang/process/1
id: review
edition: '1'
framework: small
title: 评审
status: in_force
states:
- {id: applied, title: 申报, actor: 市, confidence: high}
- {id: named, title: 命名, actor: 国, confidence: high}
gates:
- {from: applied, to: named, condition: 合格, confidence: high}
- {from: named, to: applied, condition: 期满, confidence: high, again: true}
"""


def test_a_way_back_must_say_so(write: WriteFile) -> None:
    framework = write()
    process = write(text=PROCESS, name="p.yaml")
    load(process, framework)
    circle = write((", again: true", ""), EDITION, text=PROCESS, name="p.yaml")
    with pytest.raises(BrokenFile, match="关口成环"):
        load(circle)


def test_a_gate_to_nowhere_is_refused(write: WriteFile) -> None:
    gone = write(("to: named", "to: heaven"), text=PROCESS, name="p.yaml")
    with pytest.raises(BrokenFile, match="不存在的编号：heaven"):
        load(write(), gone)
