"""The experience paper (经验材料) of an approved highlight. Official papers are Chinese."""

from collections.abc import Iterator

from tongchuang.core.documents import Block, Heading, OfficialDocument, Paragraph, Table
from tongchuang.core.documents import chinese_date as written
from tongchuang.priorities.models import Highlight

_NUMERALS = "一二三四五六七八九十"


def experience_paper(found: Highlight) -> OfficialDocument:
    """The record as a paper: why, what was done step by step, what it brought, who saw it.

    Only what the record holds; the day is that of the approval, the nomination before it.
    """
    on = found.approved_on or found.nominated_on
    return OfficialDocument(
        issuer_mark=f"{found.unit.name}经验材料",
        number=found.approval_paper or found.code,
        title=f"{found.title}\n（{found.campaign.title}经验材料）",
        blocks=list(_blocks(found)),
        signer=found.unit.name,
        dated=on,
        with_seal=False,
    )


def _blocks(found: Highlight) -> Iterator[Block]:
    sections = [
        ("起因", list(_lines(found.background))),
        ("主要做法", list(_steps(found.practice))),
        ("取得成效", [*_lines(found.effect), _figures(found)]),
        ("核实与认定", list(_proof(found))),
    ]
    for place, (title, blocks) in enumerate(sections):
        yield Heading(f"{_NUMERALS[place]}、{title}")
        yield from blocks


def _lines(text: str) -> Iterator[Block]:
    for line in text.splitlines():
        if line.strip():
            yield Paragraph(line.strip())


def _steps(text: str) -> Iterator[Block]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) == 1:
        yield Paragraph(lines[0])
        return
    for number, line in enumerate(lines, 1):
        yield Paragraph(f"{number}. {line}")


def _figures(found: Highlight) -> Table:
    return Table(["成效指标", "做之前", "做之后"], [[found.measured, found.before, found.after]])


def _proof(found: Highlight) -> Iterator[Block]:
    clause = f"《{found.clause.framework.title}》第{found.clause.number}条“{found.clause.title}”"
    yield Paragraph(f"本做法对应{clause}。")
    if found.verified_by and found.verified_on:
        yield Paragraph(
            f"{written(found.verified_on)}，{found.verified_by.name}在{found.verified_at_place}"
            f"现场核实：{found.verified_note.rstrip('。')}。"
        )
    if found.approved_on:
        yield Paragraph(f"{written(found.approved_on)}认定，文号{found.approval_paper}。")
    for spread in found.spreads.all():
        yield Paragraph(f"{written(spread.on)}，{spread.get_level_display()}推广，{spread.paper}。")
