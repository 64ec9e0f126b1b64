"""The words of a breakdown table: brackets, names, dates, amounts, numbers."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongchuang.campaigns.breakdown.brackets import duties_in, is_towns, is_vague, names_in
from tongchuang.campaigns.breakdown.papers import chinese_ordinal
from tongchuang.campaigns.breakdown.phrases import (
    amount_of,
    amounts_in,
    chinese_number,
    limit_of,
    title_of,
    without_number,
)

BRACKETS = ("〔〕", "（）", "【】", "[]", "()", "［］")


@given(
    pair=st.sampled_from(BRACKETS),
    colon=st.sampled_from("：:"),
    mark=st.sampled_from(["；", ";", "，", " "]),
    comma=st.sampled_from("、，,"),
    lead=st.sampled_from(["牵头单位", "牵头部门", "主办单位"]),
    help_=st.sampled_from(["配合单位", "协办单位", "参与单位"]),
    space=st.sampled_from(["", " "]),
)
def test_a_bracket_is_read_whatever_its_signs(
    pair: str, colon: str, mark: str, comma: str, lead: str, help_: str, space: str
) -> None:
    inner = f"{lead}{space}{colon}城管局{mark}{help_}{colon}{space}住建局{comma}财政局"
    [duty] = duties_in(f"改造公厕12座。{pair[0]}{inner}{pair[1]}")
    assert duty.task == "改造公厕12座"
    assert names_in(duty.fields["lead"]) == ["城管局"]
    assert names_in(duty.fields["helpers"]) == ["住建局", "财政局"]


@pytest.mark.parametrize(
    ("text", "lead", "others"),
    [
        ("建站。（城管局牵头，住建局、财政局配合）", ["城管局"], ["住建局", "财政局"]),
        ("建站。（城管局牵头，各镇、街道按职责分工负责）", ["城管局"], ["各镇、街道"]),
        ("建站。责任单位：城管局牵头，住建局配合", ["城管局"], ["住建局"]),
        ("建站。【牵头单位：城管局（环卫、园林） 责任单位：甲】", ["城管局（环卫、园林）"], ["甲"]),
    ],
)  # fmt: skip
def test_verbs_and_labels_name_the_lead(text: str, lead: list[str], others: list[str]) -> None:
    [duty] = duties_in(text)
    rest = duty.fields.get("helpers") or duty.fields["units"]
    assert names_in(duty.fields["lead"]) == lead
    assert names_in(rest) == others


def test_several_brackets_in_a_paragraph_are_several_tasks() -> None:
    found = duties_in("修路。〔责任单位：住建局〕种树。〔责任单位：林业局〕")
    assert [(one.task, one.fields["units"]) for one in found] == [
        ("修路", "住建局"),
        ("种树", "林业局"),
    ]


@pytest.mark.parametrize(
    "text", ["整治市容（含背街小巷）。", "（一）总体要求", "责任重大，人人负责。"]
)
def test_a_bracket_without_a_duty_is_none(text: str) -> None:
    assert duties_in(text) == []


@pytest.mark.parametrize(
    "words", ["各乡镇、街道", "各镇（街道）", "各街道办事处", "各县（市、区）政府"]
)
def test_all_towns_and_streets_stay_one_name(words: str) -> None:
    assert is_towns(words)
    assert names_in(f"住建局、{words}、财政局") == ["住建局", words, "财政局"]


@pytest.mark.parametrize("words", ["县直有关部门", "市直各单位", "各成员单位", "相关部门"])
def test_words_without_a_unit_are_vague(words: str) -> None:
    assert is_vague(words)
    assert not is_towns(words)


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("2016年6月底前", date(2016, 6, 30)),
        ("2016-06-30", date(2016, 6, 30)),
        ("2016.6.30前", date(2016, 6, 30)),
        ("２０１６年２月底", date(2016, 2, 29)),
        ("2016年上半年", date(2016, 6, 30)),
        ("2016年第三季度", date(2016, 9, 30)),
        ("2016年底前", date(2016, 12, 31)),
        ("2016年3月至6月", date(2016, 6, 30)),
        ("2016年6月底前完成，长期坚持", date(2016, 6, 30)),
    ],
)
def test_dates_are_read_as_plans_write_them(text: str, due: date) -> None:
    found = limit_of(text)
    assert found is not None
    assert (found.kind, found.due, found.sure) == ("day", due, True)


def test_a_date_without_a_year_is_not_sure() -> None:
    found = limit_of("6月底前", year=2016)
    assert found is not None
    assert (found.due, found.sure) == (date(2016, 6, 30), False)


@pytest.mark.parametrize(
    ("text", "kind"),
    [("长期坚持", "keep"), ("每月", "cycle"), ("立即", "unclear"), ("2016年2月30日", "unclear")],
)
def test_limits_that_are_no_day_say_so(text: str, kind: str) -> None:
    found = limit_of(text)
    assert found is not None
    assert (found.kind, found.due) == (kind, None)


@given(day=st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_every_day_is_read_back(day: date) -> None:
    for text in (day.isoformat(), f"{day.year}年{day.month}月{day.day}日前"):
        found = limit_of(text)
        assert found is not None
        assert found.due == day


def test_the_amount_behind_a_verb_goes_first() -> None:
    found = amounts_in("全市120个小区中，改造24个，投入300万元，满意率90%以上")
    assert [(int(one.quantity), one.unit) for one in found] == [(24, "个"), (120, "个")]


@pytest.mark.parametrize(
    ("cell", "number", "unit"),
    [
        ("36座", 36, "座"),
        ("3.5万平方米", 35000, "平方米"),
        ("2,600 标段", 2600, "标段"),
        ("12", 12, ""),
    ],
)
def test_a_cell_may_hold_number_and_unit(cell: str, number: int, unit: str) -> None:
    found = amount_of(cell)
    assert found is not None
    assert (found.quantity, found.unit) == (Decimal(number), unit)


def test_numbers_before_a_line_are_taken_off() -> None:
    assert without_number("（四）18.公厕改造") == ("公厕改造", 18)
    assert without_number("第十三条 公厕") == ("公厕", 13)
    assert without_number("1.5公里管网") == ("1.5公里管网", None)


@given(st.integers(1, 99))
def test_chinese_ordinals_are_read_back(number: int) -> None:
    assert chinese_number(chinese_ordinal(number)) == number


@given(st.text(max_size=400))
def test_no_text_breaks_the_reading(text: str) -> None:
    for duty in duties_in(text):
        for value in duty.fields.values():
            names_in(value)
    limit_of(text, year=2016)
    amounts_in(text)
    assert len(title_of(text)) <= 120
