"""The same paper on the screen: an official document broken into A4 sheets of 22 lines by 28 signs.

Heights are estimated in millimetres from the number of characters, as the type area of GB/T
9704-2012 asks; Word does the breaking of the real paper itself.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil

from tongchuang.core.documents import (
    Attachment,
    Block,
    Heading,
    OfficialDocument,
    PageBreak,
    Paragraph,
    Table,
    chinese_date,
)

LINE = 225 / 22
CHARS = 27.6  # 28 by the standard; a little less, as screen fonts run wider
WIDTH, HEIGHT = 156.0, 225.0
WIDE_HEIGHT = 156.0
FIRST_ROOM = 225 - 108.2  # below the red rule
TITLE_LINE = 12.0
ROW, ROW_SIGN = 7.3, 4.23
IMPRINT = 8.0


@dataclass(frozen=True, slots=True)
class Item:
    """Something on a sheet: kind is paragraph, flat, heading, table, label, title, caption or sign.

    `broken`: the paragraph goes on overleaf, so its last line is full.
    """

    kind: str
    text: str = ""
    head: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    shares: Sequence[int] = ()
    broken: bool = False


@dataclass(slots=True)
class Sheet:
    """One A4 sheet with what stands on it."""

    number: int
    room: float
    wide: bool = False
    first: bool = False
    imprint: bool = False
    items: list[Item] = field(default_factory=list)

    @property
    def odd(self) -> bool:
        """Odd pages carry their number at the right."""
        return self.number % 2 == 1


def width_of(text: str) -> float:
    """Width in characters: half for half-width signs."""
    return sum(0.5 if ord(sign) < 0x2E80 and sign not in "“”‘’…—〔〕" else 1.0 for sign in text)


def lines_of(text: str, *, chars: float = CHARS, indent: int = 2) -> list[str]:
    """The text broken into lines; the first is shorter by the indent."""
    lines, line, left = [], "", chars - indent
    for sign in text:
        size = width_of(sign)
        if size > left:
            lines.append(line)
            line, left = "", chars
        line += sign
        left -= size
    return [*lines, line]


def sheets(document: OfficialDocument, *, attachments: bool = True) -> list[Sheet]:
    """The sheets of a document, with or without its attachments."""
    flow = _Flow()
    title = document.title.count("\n") + 1
    flow.here.room -= title * TITLE_LINE + LINE
    if document.addressee:
        flow.put(Item("flat", f"{document.addressee}："), LINE)
    for block in document.blocks:
        flow.block(block)
    _attachment_note(flow, document.attachments)
    flow.put(Item("sign", document.signer, rows=[[chinese_date(document.dated)]]), LINE * 2 + 16)
    if attachments:
        _attachments(flow, document.attachments)
    _imprint(flow, document)
    return flow.done


def _attachment_note(flow: "_Flow", attached: Sequence[Attachment]) -> None:
    if not attached:
        return
    single = len(attached) == 1
    for number, one in enumerate(attached, start=1):
        mark = "" if single else f"{number}．"
        label = "附件：" if number == 1 else "　　　"
        flow.put(Item("paragraph", f"{label}{mark}{one.title}"), LINE)


def _attachments(flow: "_Flow", attached: Sequence[Attachment]) -> None:
    for number, one in enumerate(attached, start=1):
        flow.turn(wide=one.landscape)
        flow.put(Item("label", f"附件{number if len(attached) > 1 else ''}"), LINE)
        flow.put(Item("title", one.title), LINE + TITLE_LINE)
        for block in one.blocks:
            flow.block(block)


def _imprint(flow: "_Flow", document: OfficialDocument) -> None:
    if not document.copy_to and not document.printed_by:
        return
    if flow.here.wide or flow.here.room < IMPRINT * 2 + LINE:
        flow.turn(wide=False)
    flow.here.imprint = True


class _Flow:
    """Puts items on sheets one after the other, beginning new ones as they fill."""

    def __init__(self) -> None:
        self.done = [Sheet(1, FIRST_ROOM, first=True)]

    @property
    def here(self) -> Sheet:
        return self.done[-1]

    def turn(self, *, wide: bool) -> None:
        """Begin a new sheet."""
        room = WIDE_HEIGHT if wide else HEIGHT
        self.done.append(Sheet(len(self.done) + 1, room, wide=wide))

    def put(self, item: Item, height: float) -> None:
        """Put an item whole, on the next sheet when there is no room."""
        if height > self.here.room + 0.01 and self.here.items:
            self.turn(wide=self.here.wide)
        self.here.items.append(item)
        self.here.room -= height

    def block(self, block: Block) -> None:
        """Put a block, broken where the sheet ends."""
        match block:
            case Heading():
                if self.here.room < 2 * LINE:
                    self.turn(wide=self.here.wide)
                self.put(Item("heading", block.text), LINE)
            case Paragraph():
                self._paragraph(block)
            case Table():
                self._table(block)
            case PageBreak():
                self.turn(wide=self.here.wide)

    def _paragraph(self, block: Paragraph) -> None:
        kind = "paragraph" if block.indent else "flat"
        lines = lines_of(block.text, indent=2 if block.indent else 0)
        while lines:
            fits = max(int((self.here.room + 0.01) / LINE), 0)
            if not fits:
                self.turn(wide=self.here.wide)
                continue
            here = Item(kind, "".join(lines[:fits]), broken=len(lines) > fits)
            self.put(here, LINE * len(lines[:fits]))
            lines, kind = lines[fits:], "flat"

    def _table(self, block: Table) -> None:
        full = HEIGHT if self.here.wide else WIDTH
        shares = list(block.widths) or [1.0] * len(block.head)
        widths = [full * share / sum(shares) for share in shares]
        percents = [round(100 * share / sum(shares)) for share in shares]
        if block.title:
            if self.here.room < LINE + row_height(block.head, widths) + 4 + ROW:
                self.turn(wide=self.here.wide)
            self.put(Item("caption", block.title), LINE)
        for rows in self._pieces(block, widths):
            self.here.items.append(Item("table", head=block.head, rows=rows, shares=percents))

    def _pieces(self, block: Table, widths: list[float]) -> Iterator[list[Sequence[str]]]:
        """Rows that fit on this sheet, then those of the next; each piece repeats the head."""
        head = row_height(block.head, widths) + 4
        if self.here.room < head + ROW and self.here.items:
            self.turn(wide=self.here.wide)
        self.here.room -= head
        piece: list[Sequence[str]] = []
        for row in block.rows:
            height = row_height(row, widths)
            if height > self.here.room and piece:
                yield piece
                self.turn(wide=self.here.wide)
                self.here.room -= head
                piece = []
            piece.append(row)
            self.here.room -= height
        yield piece


def row_height(texts: Iterable[str], widths: Sequence[float]) -> float:
    """Of a table row in millimetres: its fullest cell decides."""
    needed = [
        ceil(width_of(text) * ROW_SIGN / max(width - 1, 1))
        for text, width in zip(texts, widths, strict=True)
    ]
    return max([1, *needed]) * ROW
