"""权属认定纪要 as an official paper: all it says comes from the session.

Official papers are Chinese in every language of the interface. Form: GB/T 9704-2012, §10.3.
"""

from collections.abc import Iterator

from django.utils import timezone

from tongchuang.cases.models import OwnershipSession
from tongchuang.core.documents import (
    Block,
    Heading,
    OfficialDocument,
    Paragraph,
    chinese_date,
)

_SCOPE = {
    "case": "本认定只对本案有效。",
    "site": "今后该点位的问题均按本认定办理。",
    "site_class": "今后该点位的同类问题均按本认定办理。",
    "area_class": "今后该属地的同类问题均按本认定办理。",
}


def document_code(session: OwnershipSession) -> str:
    """示创指权: the first character of the city, headquarters, ownership."""
    return f"{session.case.city.name[:1]}创指权"


def ruling_paper(session: OwnershipSession) -> OfficialDocument:
    """The minutes of a session that has been ruled."""
    if session.ruled_at is None:
        raise ValueError("a session without a ruling has no paper")
    city, day = session.case.city.name, timezone.localdate(session.ruled_at)
    return OfficialDocument(
        issuer_mark=f"{city}创建工作指挥部权属认定纪要",
        number=session.document_no,
        title=f"关于{session.case.number}号案件的\n权属认定纪要",
        blocks=list(_blocks(session)),
        signer=f"{city}创建工作指挥部办公室",
        dated=day,
        people=[("到场", session.present), ("裁定", str(session.ruled_by))],
        copy_to=["有关单位"],
        printed_by=f"{city}创建工作指挥部办公室",
        printed_on=day,
        with_seal=False,
    )


def _blocks(session: OwnershipSession) -> Iterator[Block]:
    case = session.case
    place = case.site.name if case.site else case.address or "立案地点"
    held = chinese_date(timezone.localdate(session.held_at)) if session.held_at else ""
    yield Paragraph(
        f"{case.number}号案件“{case.title}”经{case.returns}次退回，主办单位不明。"
        f"{held}，指挥部办公室在{place}现场认定，纪要如下。"
    )
    yield Heading("一、现场情况")
    yield Paragraph(session.findings)
    yield Heading("二、查看的材料")
    yield Paragraph(session.papers)
    yield Heading("三、认定结果")
    yield Paragraph(f"该问题由{session.lead}主办。{session.grounds}")
    yield Paragraph(_SCOPE[session.scope])
    blamed = "、".join(str(unit) for unit in session.groundless.all())
    if blamed:
        yield Paragraph(f"{blamed}的退回没有依据，计入当月考核。")
    yield Heading("四、有关要求")
    interim = f"{session.interim}的临时处置到此移交。" if session.interim else ""
    yield Paragraph(f"{interim}{session.lead}接到派发后不得再次退回，按原时限办理。")
