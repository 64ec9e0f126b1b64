"""The text of the paper comes from the facts of its month."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st

from tongchuang.core.documents import Heading, Paragraph, Table
from tongchuang.supervision import a4, paper, proposals
from tongchuang.supervision.queries.month import cut_moment
from tongchuang.supervision.services import edit_bulletin
from tongchuang.supervision.tests.make import MonthCity, due_case, frozen, make_month, with_standard

ON = date(2016, 3, 5)


def _text(blocks: Any) -> str:
    return "\n".join(one.text for one in blocks if isinstance(one, Heading | Paragraph))


@pytest.fixture
def month() -> MonthCity:
    return make_month()


@pytest.mark.django_db
def test_sections_without_facts_are_left_out_and_the_numbers_close_up(month: MonthCity) -> None:
    document = paper.bulletin_paper(frozen(month), on=ON)
    titles = [one.text for one in document.blocks if isinstance(one, Heading)]
    assert titles == [
        "一、总体情况",
        "二、考评名次",
        "三、存在的主要问题",
        "四、超期和反复问题",
        "五、工作要求",
    ]


@pytest.mark.django_db
def test_a_month_without_anything_has_a_short_paper(month: MonthCity) -> None:
    document = paper.bulletin_paper(frozen(month, month="2015-05", at=cut_moment("2015-05")), on=ON)
    text = _text(document.blocks)
    assert "发现问题0件，立案0件。" in text
    assert "没有达到排名条件" in text
    assert "超期" not in text


@pytest.mark.django_db
def test_the_text_follows_the_facts(month: MonthCity) -> None:
    text = _text(paper.bulletin_paper(frozen(month), on=ON).blocks)
    assert "本月到期应办结10件，按期办结8件，按期办结率80.00%" in text
    assert "超期未办结2件，其中城管局2件，清单见附件1" in text


_READY = {
    "score": "0.8205",
    "coverage": "0.9599",
    "coverage_line": "0.8",
    "reason": "lowest",
    "lowest": "clauses",
    "before": {"score": "0.7900"},
}


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({}, "月末创建就绪度82.1%，自评覆盖95%，较上月上升3.1个百分点，最低的一项是条款达标。"),
        ({"before": None}, "月末创建就绪度82.1%，自评覆盖95%，最低的一项是条款达标。"),
        ({"before": {"score": "0.8205"}}, "82.1%，自评覆盖95%，与上月持平，最低的一项"),
        ({"score": "0.5", "reason": "veto"}, "较上月下降29.0个百分点，有否决项没有达到"),
        (
            {"score": None, "coverage": "0.7999", "reason": "coverage"},
            "月末自评覆盖79%，不到80%，不显示创建就绪度。",
        ),
        ({"reason": "nothing", "score": None}, ""),
    ],
)
def test_readiness_is_never_told_without_its_coverage(facts: dict[str, Any], said: str) -> None:
    told = paper.readiness_sentence({"readiness": _READY | facts})
    assert (said in told) if said else told == ""


def test_a_bulletin_from_before_has_no_sentence_on_readiness() -> None:
    assert paper.readiness_sentence({}) == ""


@pytest.mark.django_db
def test_readiness_and_good_examples_stand_in_the_word_file(month: MonthCity) -> None:
    with_standard(month)
    told = [{"unit": month.bureau.pk, "text": "门栋认领，垃圾当日清。"}]
    bulletin = edit_bulletin(
        frozen(month), praise=[], named=[], highlights=told, demands="", by=month.director
    )
    data = paper.bulletin_paper(bulletin, on=ON).docx()
    text = "\n".join(one.text for one in Document(BytesIO(data)).paragraphs)
    assert "月末创建就绪度0.0%，自评覆盖100%，与上月持平" in text
    assert "亮点做法" in text
    assert "城管局：门栋认领，垃圾当日清。" in text


@pytest.mark.django_db
def test_attachments_list_the_overdue_cases_and_the_scores(month: MonthCity) -> None:
    document = paper.bulletin_paper(frozen(month), on=ON)
    assert [one.title for one in document.attachments] == ["超期问题清单", "得分表"]
    table = document.attachments[0].blocks[0]
    assert isinstance(table, Table)
    assert len(table.rows) == 2


@pytest.mark.django_db
def test_the_draft_has_no_number_yet(month: MonthCity) -> None:
    assert paper.bulletin_paper(frozen(month), on=ON).number == "示创卫办〔2016〕　号"


@pytest.mark.django_db
def test_repeats_at_one_place_are_named(month: MonthCity) -> None:
    for _n in range(4):
        due_case(
            month, site=month.town.site, territory=month.town.city.community, status="accepted"
        )
    bulletin = frozen(month)
    assert "30天内反复4次" in bulletin.named[0]["text"]
    assert bulletin.named[0]["name"] == "城管局"


def test_matters_are_settled_by_the_twelfth_of_the_next_month() -> None:
    assert proposals.settle_by("2015-12") == date(2016, 1, 12)


# A4
@given(st.text(alphabet="中文字，。0123ab", max_size=400), st.integers(0, 2))
def test_breaking_into_lines_loses_nothing(text: str, indent: int) -> None:
    lines = a4.lines_of(text, indent=indent)
    assert "".join(lines) == text
    assert all(a4.width_of(line) <= a4.CHARS for line in lines)


@pytest.mark.django_db
def test_no_sheet_is_overfull_and_nothing_is_lost(month: MonthCity) -> None:
    for _n in range(60):
        due_case(month, status="accepted", title="城北农贸市场东门外占道经营及垃圾混堆问题")
    sheets = a4.sheets(paper.bulletin_paper(frozen(month), on=ON))
    assert all(sheet.room > -0.1 for sheet in sheets)
    rows = [row for sheet in sheets for item in sheet.items for row in item.rows]
    listed = [row for row in rows if len(row) == 6 and row[1].startswith("2016-")]
    assert len(listed) == 50
    assert sheets[-1].imprint


@pytest.mark.parametrize(("change", "words"), [(2, "↑2"), (-1, "↓1"), (0, "–"), (None, "–")])
def test_change_is_an_arrow(change: int | None, words: str) -> None:
    assert paper.climbed(change) == words


def test_a_share_under_a_line_never_looks_as_if_it_reached_it() -> None:
    assert paper.whole_percent("0.7999") == "79%"
