"""Official documents: the facts of GB/T 9704-2012, in Word and on paper."""

import re
import zipfile
from dataclasses import replace
from datetime import date
from io import BytesIO

import pypdfium2
import pytest

from tongchuang.core.documents import (
    Attachment,
    Heading,
    OfficialDocument,
    Paragraph,
    Table,
    chinese_date,
    document_number,
    to_pdf,
)

LETTER = OfficialDocument(
    issuer_mark="示例市创建国家卫生城市工作指挥部文件",
    number=document_number("示创卫指", 2016, 12),
    title="关于二月份督查情况的通报",
    addressee="各街道办事处",
    blocks=[Heading("一、总体情况"), Heading("（一）点位", level=2), Paragraph("甲" * 2000)],
    signer="示例市创卫指挥部",
    dated=date(2016, 3, 8),
    attachments=[
        Attachment("问题清单", [Table(["序号", "问题"], [["1", "乱堆"]])], landscape=True),
        Attachment("得分表", [Paragraph("说明")]),
    ],
    copy_to=["市委办公室", "市政府办公室"],
    printed_by="示例市创卫办",
)


def xml_of(document: OfficialDocument, part: str = "document") -> str:
    with zipfile.ZipFile(BytesIO(document.docx())) as archive:
        return archive.read(f"word/{part}.xml").decode()


def words_of(document: OfficialDocument) -> str:
    return re.sub(r"<[^>]+>", "", xml_of(document))


@pytest.fixture(scope="module")
def paper() -> pypdfium2.PdfDocument | None:
    """The printed letter where LibreOffice is installed; the Word facts are tested everywhere."""
    pdf = to_pdf(LETTER.docx())
    return pypdfium2.PdfDocument(pdf) if pdf else None


def test_the_same_data_gives_the_same_bytes() -> None:
    assert LETTER.docx() == LETTER.docx()


def test_page_and_grid_follow_the_standard() -> None:
    xml = xml_of(LETTER)
    assert re.search(r'<w:pgSz w:w="1190\d" w:h="1683\d"', xml)
    assert 'w:top="2098"' in xml  # 37 mm
    assert 'w:left="1587"' in xml  # 28 mm
    assert '<w:docGrid w:type="lines" w:linePitch="579"/>' in xml
    assert 'w:lineRule="exact" w:line="579"' in xml or 'w:line="579" w:lineRule="exact"' in xml


def test_the_squeeze_stands_before_the_size() -> None:
    runs = re.findall(r"<w:rPr>(.*?)</w:rPr>", xml_of(LETTER))
    both = [run for run in runs if "w:spacing" in run and "<w:sz " in run]
    assert both
    assert all(run.index("w:spacing") < run.index("<w:sz ") for run in both)


@pytest.mark.parametrize(
    "words",
    [
        "示创卫指〔2016〕12号",
        "各街道办事处：",
        "2016年3月8日",
        "附件：1.问题清单",
        "2.得分表",
        "附件1",
        "附件2",
        "抄送：市委办公室，市政府办公室。",
        "2016年3月8日印发",
    ],
)
def test_every_element_is_there(words: str) -> None:
    assert words in words_of(LETTER)


def test_a_single_attachment_has_no_number() -> None:
    single = replace(LETTER, attachments=LETTER.attachments[1:])
    assert "附件：得分表" in words_of(single)
    assert "附件1" not in words_of(single)


def test_faces_are_those_of_the_standard() -> None:
    xml = xml_of(LETTER)
    for face in ("仿宋_GB2312", "楷体_GB2312", "黑体", "方正小标宋简体"):
        assert f'w:eastAsia="{face}"' in xml
    assert 'w:color="FF0000"' in xml


def test_table_heads_repeat_and_wide_attachments_turn_the_sheet() -> None:
    xml = xml_of(LETTER)
    assert "<w:tblHeader/>" in xml
    assert xml.count('w:orient="landscape"') == 1


def test_page_numbers_stand_outside() -> None:
    with zipfile.ZipFile(BytesIO(LETTER.docx())) as archive:
        footers = [
            archive.read(n).decode()
            for n in archive.namelist()
            if "footer" in n and "rels" not in n
        ]
        settings = archive.read("word/settings.xml").decode()
    assert sorted(re.findall(r'<w:jc w:val="(\w+)"', "".join(footers))) == ["left", "right"]
    assert "evenAndOddHeaders" in settings


@pytest.mark.parametrize("with_seal", [True, False])
@pytest.mark.parametrize("signer", ["市创卫办", "示例市创建国家卫生城市工作指挥部办公室"])
def test_issuer_and_date_stand_within_the_line(signer: str, with_seal: bool) -> None:  # noqa: FBT001 -- table
    xml = xml_of(replace(LETTER, signer=signer, with_seal=with_seal))
    assert 'w:right="-' not in xml


def test_dates_have_no_leading_zeros() -> None:
    assert chinese_date(date(2016, 3, 8)) == "2016年3月8日"


def test_without_libreoffice_there_is_no_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert to_pdf(LETTER.docx()) is None


def test_paper_has_22_lines_of_28_characters(paper: pypdfium2.PdfDocument | None) -> None:
    if paper is None:  # without LibreOffice the grid is all that can be said
        assert LETTER.docx()
        return
    lines = paper[1].get_textpage().get_text_bounded().splitlines()
    body = [line for line in lines if set(line) == {"甲"}]
    assert len(body) == 22
    assert {len(line) for line in body} == {28}


def test_paper_keeps_its_margins(paper: pypdfium2.PdfDocument | None) -> None:
    if paper is None:
        assert 'w:top="2098"' in xml_of(LETTER)
        return
    page = paper[1].get_textpage()
    left, _, _, top = page.get_charbox(0)
    assert left / 72 * 25.4 == pytest.approx(28, abs=1)
    assert 37 <= (841.9 - top) / 72 * 25.4 <= 37 + 225 / 22  # within the first line
