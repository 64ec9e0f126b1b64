"""Minutes as an official paper: all it says comes from the records, and once signed from `data`.

Official papers are Chinese in every language of the interface. Form: GB/T 9704-2012, §10.3.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from tongchuang.campaigns.models import Campaign
from tongchuang.core.documents import (
    Block,
    Heading,
    OfficialDocument,
    Paragraph,
    chinese_date,
)
from tongchuang.meetings.models import Attendance, Meeting, Minutes

Plain = dict[str, Any]
_DIGITS: Final = "一二三四五六七八九十"
_SHORT: Final = (("卫生", "创卫"), ("文明", "创文"), ("园林", "创园"), ("森林", "创森"))


def movement(campaign: Campaign) -> str:
    """The campaign's common short name: 创卫 for sanitation, else 创建."""
    return next((name for sign, name in _SHORT if sign in campaign.title), "创建")


def document_code(campaign: Campaign) -> str:
    """示创卫指纪: the first character of the city, the movement, headquarters, minutes."""
    return f"{campaign.city.name[:1]}{movement(campaign)}指纪"


def numeral(n: int) -> str:
    """一 … 九十九."""
    tens, ones = divmod(n, 10)
    if not tens:
        return _DIGITS[ones - 1]
    return f"{_DIGITS[tens - 1] if tens > 1 else ''}十{_DIGITS[ones - 1] if ones else ''}"


def proposed_opening(meeting: Meeting) -> str:
    """The first paragraph as it is usually written, from the facts."""
    chair = f"{meeting.chair.title or ''}{meeting.chair.name}"
    present = meeting.attendance.filter(
        state=Attendance.State.PRESENT, part=Attendance.Part.ATTEND
    ).count()
    items = meeting.agenda.count()
    return (
        f"{chinese_date(meeting.held_on)}，{chair}在{meeting.place}主持召开{meeting.type.title}，"
        f"{present}个单位参加，研究了{items}项议题。现纪要如下。"
    )


# What the paper says
def facts_of(minutes: Minutes) -> Plain:
    """All that the paper says, as plain values: this is what the signature freezes."""
    meeting = minutes.meeting
    rulings = list(meeting.rulings.select_related("unit", "person").prefetch_related("helpers"))
    by_item: dict[int | None, list[Plain]] = {}
    for row in sorted(rulings, key=lambda one: one.ordinal):
        by_item.setdefault(row.item_id, []).append(
            {
                "wording": row.wording,
                "unit": row.unit.label,
                "person": row.person.name,
                "helpers": [unit.label for unit in row.helpers.all()],
                "due_on": row.due_on.isoformat(),
            }
        )
    items = [
        {"title": item.title, "said": item.discussion, "rulings": by_item.pop(item.pk, [])}
        for item in meeting.agenda.all()
    ]
    return {
        "schema": "tongchuang/minutes/1",
        "campaign": meeting.campaign.title,
        "city": meeting.campaign.city.name,
        "title": meeting.title,
        "held_on": meeting.held_on.isoformat(),
        "opening": minutes.opening,
        "closing": minutes.closing,
        "items": items,
        "others": [row for rows in by_item.values() for row in rows],
        "people": _people(meeting),
    }


def _people(meeting: Meeting) -> list[list[str]]:
    """Lists of those who attended, asked for leave, were absent, observed; empty ones left out."""
    rows = list(meeting.attendance.select_related("unit"))
    part, state = Attendance.Part, Attendance.State
    wanted = (
        ("出席", part.ATTEND, {state.PRESENT}),
        ("请假", part.ATTEND, {state.LEAVE}),
        ("缺席", part.ATTEND, {state.ABSENT, state.ASKED}),
        ("列席", part.OBSERVE, {state.PRESENT}),
    )
    found = [
        [word, "、".join(_seat(row) for row in rows if row.part == kind and row.state in states)]
        for word, kind, states in wanted
    ]
    chair = f"{meeting.chair.title or ''} {meeting.chair.name}".strip()
    return [["主持", chair], *(pair for pair in found if pair[1])]


def _seat(row: Attendance) -> str:
    return f"{row.unit.label}{f' {row.person}' if row.person else ''}"


def digest(data: Mapping[str, Any]) -> str:
    """SHA-256 of the facts written in one way only: sorted keys, no spaces, UTF-8."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


# The paper
def minutes_paper(minutes: Minutes) -> OfficialDocument:
    """The paper; from the frozen facts once it is signed, its number open until it is issued."""
    data = minutes.data if minutes.is_fixed else facts_of(minutes)
    name = movement(minutes.meeting.campaign)
    day = minutes.issued_on or minutes.meeting.held_on
    code = document_code(minutes.meeting.campaign)
    return OfficialDocument(
        issuer_mark=f"{data['city']}{name}指挥部会议纪要",
        number=minutes.document_no or f"{code}〔{day.year}〕　号",
        title=f"{data['title']}\n纪　　要",
        blocks=list(_blocks(data)),
        signer=f"{data['city']}{name}指挥部办公室",
        dated=day,
        people=[(word, names) for word, names in data["people"]],
        copy_to=["市委办公室", "市政府办公室", "指挥部成员", "有关单位"],
        printed_by=f"{data['city']}{name}指挥部办公室",
        printed_on=day,
        with_seal=False,
    )


def _blocks(data: Plain) -> Iterator[Block]:
    yield Paragraph(data["opening"])
    place = 0
    for item in data["items"]:
        place += 1
        yield Heading(f"{numeral(place)}、关于{item['title'].rstrip('。')}")
        if item["said"]:
            yield Paragraph(item["said"])
        yield from _ruled(item["rulings"])
        if not item["said"] and not item["rulings"]:
            yield Paragraph("会议听取了情况汇报。")
    if data["others"]:
        yield Heading(f"{numeral(place + 1)}、其他事项")
        yield from _ruled(data["others"])
    if data["closing"]:
        yield Paragraph(f"会议强调，{data['closing']}")


def _ruled(rulings: list[Plain]) -> Iterator[Block]:
    """Each ruling with its owner, the person and the day."""
    for place, row in enumerate(rulings, 1):
        mark = f"（{numeral(place)}）" if len(rulings) > 1 else "会议议定："
        helpers = f"，{'、'.join(row['helpers'])}配合" if row["helpers"] else ""
        day = chinese_date(date.fromisoformat(row["due_on"]))
        wording = row["wording"].rstrip("。")
        yield Paragraph(
            f"{mark}{wording}。由{row['unit']}牵头{helpers}，责任人{row['person']}，{day}前完成。"
        )
