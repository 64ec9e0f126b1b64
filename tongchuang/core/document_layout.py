"""Setting a document in Word after GB/T 9704-2012; every measure names its clause.

Measures proven in LibreOffice: 28 characters a line, 22 lines a page (stack notes in ADR 0009).
"""

import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt, RGBColor, Twips

from tongchuang.core.document_blocks import (
    Attachment,
    Block,
    Contents,
    Heading,
    PageBreak,
    Paragraph,
    Table,
)

FANGSONG, KAI, HEI = "仿宋_GB2312", "楷体_GB2312", "黑体"
BIAOSONG, SONG = "方正小标宋简体", "宋体"
SIZE_2, SIZE_3, SIZE_4, SIZE_SMALL_4 = Pt(22), Pt(16), Pt(14), Pt(12)  # 二号 三号 四号 小四
RED, BLACK = RGBColor(0xFF, 0, 0), RGBColor(0, 0, 0)
LINE = Twips(579)  # 225 mm ÷ 22 lines (§5.2.3)
SQUEEZE = -5  # twentieths of a point between characters: 28 of 16 pt fill 156 mm (§5.2.3)
CHAR = Pt(15.75)
TEXT_WIDTH, TEXT_HEIGHT = Mm(156), Mm(225)  # §5.2.1
_HEADING_FACES = {1: HEI, 2: KAI, 3: FANGSONG, 4: FANGSONG}  # §7.3.3
_ZIP_STAMP = (1980, 1, 1, 0, 0, 0)


def chinese_date(day: date) -> str:
    """2016年3月8日: Arabic, full year, no leading zeros (§7.3.5.4)."""
    return f"{day.year}年{day.month}月{day.day}日"


def text_width(text: str) -> float:
    """Width in characters: half for half-width signs."""
    return sum(0.5 if ord(char) < 0x2E80 and char not in "“”‘’…—〔〕" else 1.0 for char in text)


def layout(contents: Contents) -> bytes:
    """The Word file of a document."""
    sheet = _Setter()
    _head(sheet, contents)
    _title(sheet, contents.title)
    if contents.addressee:
        sheet.line()
        sheet.line(f"{contents.addressee.rstrip('：:')}：")
    else:
        sheet.line()
    sheet.blocks(contents.blocks)
    _attachment_note(sheet, contents.attachments)
    if contents.people:
        _people(sheet, contents.people)
    else:
        _signature(sheet, contents)
    for number, attachment in enumerate(contents.attachments, start=1):
        _attachment(sheet, attachment, number if len(contents.attachments) > 1 else None)
    _imprint(sheet, contents)
    return sheet.saved(contents)


# The parts in reading order
def _head(sheet: "_Setter", contents: Contents) -> None:
    """Issuer mark with its top edge 35 mm below the type area's (§7.2.4), number, red rule."""
    width = text_width(contents.issuer_mark)
    scale = 100 if width <= 12 else 66
    size = min(Pt(48), Length(int(TEXT_WIDTH * 100 / scale / max(width, 1)) - 6350))
    mark = sheet.line(
        align="center", size=size, face=BIAOSONG, colour=RED, pitch=Length(int(size * 1.2))
    )
    mark.paragraph_format.space_before = Length(Mm(35) - int(size * 0.1))
    run = sheet.run(mark, contents.issuer_mark, face=BIAOSONG, size=size, colour=RED)
    _child(run._r.get_or_add_rPr(), "w:spacing", val=0)
    if scale != 100:
        _child(run._r.get_or_add_rPr(), "w:w", val=scale)
    sheet.line()
    sheet.line()
    last = sheet.line(contents.number, align="center")
    if contents.people:
        last = sheet.line(f"{contents.signer}\t{chinese_date(contents.dated)}")
        last.paragraph_format.tab_stops.add_tab_stop(TEXT_WIDTH, WD_TAB_ALIGNMENT.RIGHT)
    _border(last, "bottom", size=12, space=11, colour="FF0000")  # 4 mm below (§7.2.7)


def _title(sheet: "_Setter", title: str) -> None:
    """2号 小标宋, two lines below the rule (§7.3.1)."""
    sheet.line()
    sheet.line()
    for part in title.split("\n"):
        sheet.line(part, align="center", face=BIAOSONG, size=SIZE_2, pitch=Pt(34))


def _attachment_note(sheet: "_Setter", attachments: Sequence[Attachment]) -> None:
    """附件：1.名称, one line below the body, wrapped under the name (§7.3.4)."""
    if not attachments:
        return
    sheet.line()
    single = len(attachments) == 1
    for number, attachment in enumerate(attachments, start=1):
        label = "附件：" if number == 1 else ""
        mark = "" if single else f"{number}."
        note = sheet.line(f"{label}{mark}{attachment.title}")
        hang = text_width(label) + text_width(mark)
        note.paragraph_format.left_indent = Length(int(CHAR * (5 + text_width(mark))))
        note.paragraph_format.first_line_indent = Length(-int(CHAR * hang))


def _signature(sheet: "_Setter", contents: Contents) -> None:
    """Issuer and date with room for a seal (§7.3.5.1) or without (§7.3.5.2)."""
    day = chinese_date(contents.dated)
    signer, dated = text_width(contents.signer), text_width(day)
    if contents.with_seal:
        after_day = max(4.0, (signer - dated) / 2)
        after_signer = after_day + (dated - signer) / 2
    elif dated > signer:
        after_day, after_signer = 2.0, 4 + dated - signer
    else:
        after_signer = 2.0
        after_day = signer - dated
    sheet.keep_last()
    for _ in range(2 if contents.with_seal else 1):
        sheet.line(keep=True)
    for text, after, keep in ((contents.signer, after_signer, True), (day, after_day, False)):
        line = sheet.line(text, align="right", keep=keep)
        line.paragraph_format.right_indent = Length(int(CHAR * max(after, 0)))
    if contents.contact:
        sheet.line(f"（{contents.contact}）", indent=2)  # §7.3.6


def _people(sheet: "_Setter", people: Sequence[tuple[str, str]]) -> None:
    """出席：names, one line below the body; names hang under the first one (§10.3)."""
    sheet.line()
    for label, names in people:
        line = sheet.line(f"{label}：", face=HEI)
        sheet.run(line, names, face=FANGSONG, size=SIZE_3)
        hang = text_width(label) + 1
        line.paragraph_format.left_indent = Length(int(CHAR * (2 + hang)))
        line.paragraph_format.first_line_indent = Length(-int(CHAR * hang))


def _attachment(sheet: "_Setter", attachment: Attachment, number: int | None) -> None:
    """附件1 in Hei on the first line of its own page, the title on the third (§7.3.7)."""
    sheet.new_page(landscape=attachment.landscape)
    sheet.line(f"附件{number or ''}", face=HEI)
    sheet.line()
    for part in attachment.title.split("\n"):
        sheet.line(part, align="center", face=BIAOSONG, size=SIZE_2, pitch=Pt(34))
    sheet.line()
    sheet.blocks(attachment.blocks)


def _imprint(sheet: "_Setter", contents: Contents) -> None:
    """Copy-to and printed-by at the foot of the last page, between rules (§7.4)."""
    if not contents.copy_to and not contents.printed_by:
        return
    if sheet.landscape:
        sheet.new_page(landscape=False)
    sheet.line()
    table = sheet.document.add_table(rows=0, cols=2)
    _pin_to_foot(table)
    if contents.copy_to:
        first, last = table.add_row().cells
        # Copies hang under the first name: 抄送： is three characters wide.
        line = sheet.cell(first.merge(last), f"抄送：{'，'.join(contents.copy_to)}。", size=SIZE_4)
        line.paragraph_format.left_indent = Pt(14 * 4)
        line.paragraph_format.first_line_indent = Pt(-14 * 3)
        line.paragraph_format.right_indent = Pt(14)
    if contents.printed_by:
        day = chinese_date(contents.printed_on or contents.dated)
        first, last = table.add_row().cells
        line = sheet.cell(first.merge(last), f"{contents.printed_by}\t{day}印发", size=SIZE_4)
        line.paragraph_format.left_indent = Pt(14)
        stop = Length(TEXT_WIDTH - Pt(14 + 11))  # one character, and the cell's own margins
        line.paragraph_format.tab_stops.add_tab_stop(stop, WD_TAB_ALIGNMENT.RIGHT)
    _rules(table, {"top": 8, "bottom": 8, "insideH": 6})  # 0.35 and 0.25 mm, eighths of a point
    sheet.line(pitch=Pt(1), size=Pt(1))


_ALIGN = {
    "both": WD_ALIGN_PARAGRAPH.JUSTIFY,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
}


class _Setter:
    """Sets lines, blocks and sections into one Word document."""

    def __init__(self) -> None:
        self.document = Document()
        self.landscape = False
        self._break = False  # the next line begins a page
        _base_style(self.document)
        self.document.settings.odd_and_even_pages_header_footer = True
        section = self.document.sections[0]
        _portrait(section)
        _page_numbers(section)

    def line(
        self,
        text: str = "",
        *,
        align: str = "both",
        face: str = FANGSONG,
        size: Length = SIZE_3,
        colour: RGBColor = BLACK,
        pitch: Length = LINE,
        indent: int = 0,
        keep: bool = False,
    ) -> Any:
        """One paragraph on the line grid."""
        paragraph = self.document.add_paragraph()
        _form(paragraph, align=align, pitch=pitch, indent=indent)
        paragraph.paragraph_format.page_break_before, self._break = self._break or None, False
        paragraph.paragraph_format.keep_with_next = keep
        if text:
            self.run(paragraph, text, face=face, size=size, colour=colour)
        return paragraph

    def run(
        self, paragraph: Any, text: str, *, face: str, size: Length, colour: RGBColor = BLACK
    ) -> Any:
        """Text in one face."""
        run = paragraph.add_run(text)
        run.font.size = size
        run.font.color.rgb = colour
        _face(run._r.get_or_add_rPr(), face)
        return run

    def cell(
        self, cell: Any, text: str, *, size: Length, align: str = "left", face: str = FANGSONG
    ) -> Any:
        """The text of a table cell."""
        paragraph = cell.paragraphs[0]
        _form(paragraph, align=align, pitch=Length(int(size * 1.4)), indent=0)
        self.run(paragraph, text, face=face, size=size)
        return paragraph

    def keep_last(self) -> None:
        """Hold the last paragraph of the body together with the signature."""
        paragraphs = self.document.paragraphs
        if paragraphs:
            paragraphs[-1].paragraph_format.keep_with_next = True

    def blocks(self, blocks: Sequence[Block]) -> None:
        """The blocks of a body or an attachment."""
        for block in blocks:
            match block:
                case Heading():
                    face = _HEADING_FACES.get(block.level, FANGSONG)
                    self.line(block.text, indent=2, face=face, keep=True)
                case Paragraph():
                    self.line(block.text, indent=2 if block.indent else 0)
                case Table():
                    self._table(block)
                case PageBreak():
                    self._break = True

    def new_page(self, *, landscape: bool) -> None:
        """A new page; a new section when the sheet turns."""
        if landscape == self.landscape:
            self._break = True
            return
        self.landscape = landscape
        section = self.document.add_section(WD_SECTION.NEW_PAGE)
        (_turned if landscape else _portrait)(section)

    def _table(self, block: Table) -> None:
        if block.title:
            self.line(block.title, align="center", face=HEI, keep=True)
        table = self.document.add_table(rows=1, cols=len(block.head))
        table.autofit = False
        _rules(table, _ALL_RULES)
        full = TEXT_HEIGHT if self.landscape else TEXT_WIDTH
        widths = _widths(block, full)
        centred = [all(len(row[at]) <= 8 for row in block.rows) for at in range(len(block.head))]
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Length(width)
        self._fill(table.rows[0], block.head, widths, [True] * len(widths), face=HEI)
        _child(table.rows[0]._tr.get_or_add_trPr(), "w:tblHeader")
        for texts in block.rows:
            self._fill(table.add_row(), texts, widths, centred, face=FANGSONG)

    def _fill(
        self, row: Any, texts: Sequence[str], widths: list[int], centred: list[bool], *, face: str
    ) -> None:
        _child(row._tr.get_or_add_trPr(), "w:cantSplit")
        for cell, text, width, middle in zip(row.cells, texts, widths, centred, strict=True):
            cell.width = Length(width)
            cell.vertical_alignment = 1
            align = "center" if middle else "left"
            self.cell(cell, text, size=SIZE_SMALL_4, align=align, face=face)

    def saved(self, contents: Contents) -> bytes:
        """The file, free of everything that differs between two runs."""
        facts = self.document.core_properties
        moment = datetime(contents.dated.year, contents.dated.month, contents.dated.day)  # noqa: DTZ001 -- Word's own form
        facts.title = contents.title.replace("\n", "")
        facts.author = facts.last_modified_by = contents.signer
        facts.created = facts.modified = moment
        facts.comments = ""
        out = BytesIO()
        self.document.save(out)
        return _restamped(out.getvalue())


def _restamped(data: bytes) -> bytes:
    out = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(data)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            target.writestr(
                zipfile.ZipInfo(name, _ZIP_STAMP), source.read(name), zipfile.ZIP_DEFLATED
            )
    return out.getvalue()


# Sections and styles
def _base_style(document: Any) -> None:
    style = document.styles["Normal"]
    style.font.size = SIZE_3
    properties = style.element.get_or_add_rPr()
    _face(properties, FANGSONG)
    _child(properties, "w:lang", val="en-US", eastAsia="zh-CN")


def _portrait(section: Any) -> None:
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(15), Mm(22.5)  # 7 mm below text (§7.5)
    _grid(section)


def _turned(section: Any) -> None:
    """The same sheet turned: the head of a table lies at the binding edge (§8)."""
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.top_margin, section.bottom_margin = Mm(28), Mm(26)
    section.left_margin, section.right_margin = Mm(35), Mm(37)
    section.header_distance, section.footer_distance = Mm(15), Mm(13.5)
    _grid(section)


def _grid(section: Any) -> None:
    for old in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(old)
    _child(section._sectPr, "w:docGrid", type="lines", linePitch=579)


def _page_numbers(section: Any) -> None:
    """— 1 — in 4号 Song, right on odd pages, left on even ones (§7.5)."""
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        _form(paragraph, align=side, pitch=Pt(16), indent=0)
        setattr(paragraph.paragraph_format, f"{side}_indent", Pt(14))
        for part in ("— ", "PAGE", " —"):
            run = paragraph.add_run("" if part == "PAGE" else part)
            run.font.size = SIZE_4
            _face(run._r.get_or_add_rPr(), SONG)
            if part == "PAGE":
                _field(run, part)


def _field(run: Any, code: str) -> None:
    _child(run._r, "w:fldChar", fldCharType="begin")
    _child(run._r, "w:instrText").text = code
    _child(run._r, "w:fldChar", fldCharType="separate")
    _child(run._r, "w:t").text = "1"
    _child(run._r, "w:fldChar", fldCharType="end")


def _form(paragraph: Any, *, align: str, pitch: Length, indent: int) -> None:
    form = paragraph.paragraph_format
    form.alignment = _ALIGN[align]
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    form.line_spacing = pitch
    form.widow_control = False
    if indent:
        form.first_line_indent = Length(int(CHAR * indent))
    properties = paragraph._p.get_or_add_pPr()
    for tag in ("w:autoSpaceDE", "w:autoSpaceDN", "w:snapToGrid"):  # the pitch is exact already
        _child(properties, tag, val=0)


def _face(properties: Any, face: str) -> None:
    """Fonts for all scripts and the squeeze, each in its place in the schema."""
    fonts = properties.get_or_add_rFonts()
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), face)
    _child(properties, "w:spacing", val=SQUEEZE)


# Order of children in w:rPr, w:pPr and w:tblPr as far as we use them (ISO/IEC 29500-1)
_SPACING = ("w:spacing", "w:ind", "w:jc", "w:rPr")
_AFTER: dict[str, tuple[str, ...]] = {
    "w:spacing": ("w:w", "w:kern", "w:position", "w:sz", "w:szCs", "w:u", "w:lang"),
    "w:w": ("w:kern", "w:position", "w:sz", "w:szCs", "w:u", "w:lang"),
    "w:tblpPr": ("w:tblOverlap", "w:tblW", "w:jc", "w:tblBorders", "w:tblLayout", "w:tblLook"),
    "w:tblW": ("w:jc", "w:tblBorders", "w:tblLayout", "w:tblLook"),
    "w:snapToGrid": _SPACING,
    "w:autoSpaceDE": ("w:autoSpaceDN", "w:snapToGrid", *_SPACING),
    "w:autoSpaceDN": ("w:snapToGrid", *_SPACING),
    "w:tblBorders": ("w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook"),
    "w:pBdr": ("w:tabs", "w:autoSpaceDE", "w:autoSpaceDN", "w:snapToGrid", *_SPACING),
}


def _child(parent: Any, tag: str, **values: object) -> Any:
    """Add or replace the child `tag` in its schema place."""
    repeated = tag in {"w:fldChar", "w:instrText", "w:t"}
    if not repeated:
        for old in parent.findall(qn(tag)):
            parent.remove(old)
    child = OxmlElement(tag)
    for name, value in values.items():
        child.set(qn(f"w:{name}"), str(value))
    later = {qn(name) for name in _AFTER.get(tag, ())}
    follower = next((element for element in parent if element.tag in later), None)
    if follower is None:
        parent.append(child)
    else:
        follower.addprevious(child)
    return child


def _border(paragraph: Any, side: str, *, size: int, space: int, colour: str) -> None:
    borders = _child(paragraph._p.get_or_add_pPr(), "w:pBdr")
    _child(borders, f"w:{side}", val="single", sz=size, space=space, color=colour)


_ALL_RULES = dict.fromkeys(("top", "left", "bottom", "right"), 6) | {"insideH": 4, "insideV": 4}


def _rules(table: Any, sizes: dict[str, int]) -> None:
    borders = _child(table._tbl.tblPr, "w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        if side in sizes:
            _child(borders, f"w:{side}", val="single", sz=sizes[side], space=0, color="000000")


def _pin_to_foot(table: Any) -> None:
    """Word puts it at the foot of the type area; LibreOffice leaves it below the text."""
    _child(
        table._tbl.tblPr,
        "w:tblpPr",
        leftFromText=0,
        rightFromText=0,
        vertAnchor="margin",
        horzAnchor="margin",
        tblpXSpec="center",
        tblpYSpec="bottom",
    )
    _child(table._tbl.tblPr, "w:tblW", w=int(TEXT_WIDTH / 635), type="dxa")


def _widths(block: Table, full: int) -> list[int]:
    shares = list(block.widths) or [1.0] * len(block.head)
    return [int(full * share / sum(shares)) for share in shares]
