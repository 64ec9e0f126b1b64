"""A standard as one table and back: identical, and every fault at its line and heading."""

from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from openpyxl import load_workbook

from tongchuang.standards.outline_sheet import (
    TableRefused,
    cell_errors,
    outline_sheet,
    read_outline,
)
from tongchuang.standards.rules import reading
from tongchuang.standards.rules.checks import Known, faults_of
from tongchuang.standards.rules.difference import differences, digest
from tongchuang.standards.rules.outline import recoded, rows_of
from tongchuang.standards.rules.reading import BrokenFile, Document
from tongchuang.standards.rules.shapes import FRAMEWORK, RULE_KINDS
from tongchuang.standards.tests.conftest import WriteFile

SHIPPED = sorted((Path(settings.FRAMEWORK_DATA) / "frameworks").glob("*.yaml"))


def _read(path: Path) -> Document:
    return reading.read(path, reading.compose(path), FRAMEWORK)


def _back(data: bytes) -> Document:
    return read_outline(ContentFile(data, name="t.xlsx"), name="t.xlsx")


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_every_shipped_standard_comes_back_identical(path: Path, form: str) -> None:
    content = _read(path).content
    sheet = outline_sheet("标准")
    data = sheet.export(rows_of(content)) if form == "xlsx" else sheet.export_csv(rows_of(content))
    back = read_outline(ContentFile(data, name=f"t.{form}"), name=f"t.{form}").content
    assert not differences(content, back)
    assert digest(back) == digest(content)


def test_there_are_eight_of_them() -> None:
    assert len(SHIPPED) == 8


EVERY_RULE = """\
      rules:
      - kind: threshold
        measure: small.a1.r1.m1
      - {kind: ratio, part: small.a1.r1.m1, whole: small.a1.r1.m1, pass_line: 0.9, op: '<='}
      - {kind: trend, measure: small.a1.r1.m1, direction: down, years: 4, note: 读法}
      - kind: deduction
        full: 100
        pass_score: 85
        steps:
        - {fault: 乱停车, points: 0.5, most: 5}
        - {fault: 烟头, points: 0.2}
      - {kind: sample_rate, least: 20, pass_line: 0.9}
      - {kind: no_incident, measure: small.a1.r1.m1, months: 36, most: 1}
      - {kind: prerequisite, title: 省级卫生城市}
      - {kind: checklist_rate, pass_line: 0.95, confidence: product_default}
      - {kind: veto, gate: document_gate}
      - {kind: manual}
"""


def test_every_kind_of_rule_and_every_key_comes_back(write: WriteFile) -> None:
    path = write(
        ("      rules:\n      - kind: threshold\n        measure: small.a1.r1.m1\n", EVERY_RULE),
        (
            "        threshold: 36\n",
            "        threshold: 36.5\n        base: 建成区\n        formula: 甲÷乙\n"
            "        unsure: false\n        years_reported: 3\n        responsible: [园林局]\n"
            "        variants:\n"
            "        - {when: 县, op: '<', threshold: 0.05, unit: '%', note: 低}\n",
        ),
        ("status: in_force\n", "status: in_force\nissued_on: 2016-03-08\nsources: [甲, 乙]\n"),
        ("title: 无死角\n", "title: 无死角\n      parent: small.a1.r1\n      veto: true\n"),
    )
    content = _read(path).content
    kinds = {
        rule["kind"] for rule in content["chapters"][0]["articles"][0]["requirements"][0]["rules"]
    }
    assert kinds == RULE_KINDS
    assert not differences(content, _back(outline_sheet().export(rows_of(content))).content)


def test_a_copy_under_another_code_changes_every_code_and_nothing_else(write: WriteFile) -> None:
    content = _read(write()).content
    copy = recoded(content, "city2016")
    requirement = copy["chapters"][0]["articles"][0]["requirements"][0]
    assert requirement["id"] == "city2016.a1.r1"
    assert requirement["rules"][0]["measure"] == requirement["measures"][0]["id"]
    assert (copy["edition"], copy["status"]) == ("", "reference")
    again = recoded(copy, "small") | {"edition": "1", "status": "in_force"}
    assert digest(again) == digest(content)


# Faults


def _edited(path: Path, edits: dict[tuple[int, str], str | float | None]) -> bytes:
    """The table of a file with cells replaced, by line and heading."""
    book = load_workbook(BytesIO(outline_sheet().export(rows_of(_read(path).content))))
    page = book.worksheets[0]
    columns = {cell.value: number for number, cell in enumerate(page[1], 1)}
    for (line, heading), value in edits.items():
        page.cell(line, columns[heading]).value = value
    out = BytesIO()
    book.save(out)
    return out.getvalue()


# Lines of the small table: 2-5 attributes, 6 chapter, 7 article, 8 requirement, 9 figure, 10 rule,
# 11 requirement, 12 rule.
@pytest.mark.parametrize(
    ("edits", "line", "heading", "words"),
    [
        ({(9, "比较"): "约等于"}, 9, "比较", "不在可选范围内"),
        ({(9, "单位"): "码"}, 9, "单位", "不在可选范围内"),
        ({(9, "目标值"): "很多"}, 9, "目标值", "应为数字"),
        ({(9, "目标值"): 1.23456}, 9, "目标值", "4 位小数"),
        ({(9, "比较"): None}, 9, "比较", "有目标值就要有比较符"),
        ({(11, "代码"): "small.a1.r1"}, 11, "代码", "编号重复"),
        ({(11, "上级代码"): "nowhere"}, 11, "上级代码", "不存在的编号"),
        ({(7, "上级代码"): "nowhere"}, 7, "上级代码", "移到它的下面"),
        (
            {(8, "上级代码"): "small.a1.r2", (11, "上级代码"): "small.a1.r1"},
            8,
            "上级代码",
            "上级条款成环",
        ),
        ({(10, "判定方式"): "看着办"}, 10, "判定方式", "不在可选范围内"),
        ({(10, "判定参数"): "指标=small.x"}, 10, "判定参数", "不存在的编号"),
        ({(10, "判定参数"): "合格线：九成"}, 10, "判定参数", "读不懂"),
        ({(10, "判定参数"): "合格线=0.9"}, 10, "判定参数", "缺少必填的键"),
        ({(8, "目标值"): 3}, 8, "目标值", "没有这一栏"),
        ({(6, "类别"): "指标"}, 6, "类别", "放到所属行的下面"),
        ({(11, "名称"): None}, 11, "名称", "缺少必填的键"),
        ({(8, "可信度"): None}, 8, "可信度", "缺少必填的键"),
        ({(2, "名称"): "颜色"}, 2, "名称", "不认识的属性"),
        ({(3, "名称"): "代码"}, 3, "名称", "写了两次"),
        ({(2, "内容"): "小 标准"}, 2, "代码", "字母、数字"),
        ({(8, "代码"): "小/标准"}, 8, "代码", "不能有空格"),
        ({(5, "内容"): "随便"}, 5, "状态", "不认识的状态"),
        ({(8, "点位类型"): "moon"}, 8, "点位类型", "不存在的编号"),
    ],
)
def test_a_fault_names_line_and_heading(
    edits: dict[tuple[int, str], str | float | None],
    line: int,
    heading: str,
    words: str,
    write: WriteFile,
) -> None:
    try:
        document = _back(_edited(write(), edits))
        errors = cell_errors(BrokenFile(faults_of(document, Known())))
    except TableRefused as refused:
        errors = refused.errors
    first = errors[0]
    assert (first.line, first.heading, words in first.message) == (line, heading, True), errors
