"""The bulletin as an official paper: its text comes from the frozen facts and from nothing else.

Sections without facts are left out and the numbering closes up; there are no sentences that would
fit any month. Official papers are Chinese in every language of the interface. One structure serves
Word and the page (`a4.py`).
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils import timezone

from tongchuang.campaigns.breakdown.papers import movement_of
from tongchuang.core.documents import (
    Attachment,
    Block,
    Heading,
    OfficialDocument,
    Paragraph,
    Table,
    chinese_date,
)
from tongchuang.supervision.models import Bulletin, Erratum
from tongchuang.supervision.proposals import percent, settle_by
from tongchuang.supervision.rulesets import rule_set

Plain = dict[str, Any]
_DIGITS = "一二三四五六七八九十"
_PARTS = {
    "field": "现场",
    "closing": "办结",
    "tasks": "任务",
    "dossier": "档案",
    "people": "群众",
    "cooperation": "协同",
}
_READY = {
    "clauses": "条款达标",
    "vetoes": "否决项",
    "papers": "档案资料",
    "major": "重大问题",
    "satisfaction": "群众满意",
}
_BLANK_NUMBER = "　"


def local_day(at: datetime) -> date:
    """The day of a moment in the city's time."""
    return timezone.localtime(at).date()


# Who writes
def movement(bulletin: Bulletin) -> str:
    """The campaign's common short name: 创卫 for sanitation, 创文 for civilisation, else 创建."""
    return movement_of(bulletin.data["campaign"]["title"])


def document_code(bulletin: Bulletin) -> str:
    """示创卫办: the first character of the city, the movement, the office."""
    return f"{bulletin.data['city'][:1]}{movement(bulletin)}办"


def issuer(bulletin: Bulletin) -> str:
    """示例市创卫指挥部办公室."""
    return f"{bulletin.data['city']}{movement(bulletin)}指挥部办公室"


def issuer_mark(bulletin: Bulletin) -> str:
    """示例市创建国家卫生城市指挥部办公室文件."""
    title = bulletin.data["campaign"]["title"].removesuffix("创建")
    return f"{bulletin.data['city']}创建{title}指挥部办公室文件"


# The papers
def bulletin_paper(bulletin: Bulletin, *, on: date) -> OfficialDocument:
    """The bulletin; before it is issued its number is left open."""
    name, day = movement(bulletin), bulletin.first_day
    period = f"{day.year}年{day.month}月份"
    open_number = f"{document_code(bulletin)}〔{on.year}〕{_BLANK_NUMBER}号"
    return OfficialDocument(
        issuer_mark=issuer_mark(bulletin),
        number=bulletin.document_no or open_number,
        title=f"关于{period}{name}工作\n督查情况的通报",
        addressee="各乡镇街道、开发区，市直各单位",
        blocks=[
            Paragraph(f"现将{period}{name}工作督查情况通报如下。"),
            *_numbered(_sections(bulletin.data)),
        ],
        signer=issuer(bulletin),
        dated=on,
        attachments=attachments(bulletin.data, rule_set(bulletin.rules_version).weights),
        copy_to=rule_set(bulletin.rules_version).copy_to,
        printed_by=issuer(bulletin),
        printed_on=on,
    )


def erratum_paper(erratum: Erratum, *, on: date) -> OfficialDocument:
    """The notice that corrects one place of an issued bulletin."""
    bulletin = erratum.bulletin
    issued = local_day(bulletin.issued_at) if bulletin.issued_at else on
    return OfficialDocument(
        issuer_mark=issuer_mark(bulletin),
        number=erratum.document_no,
        title=f"关于更正{bulletin.document_no}\n有关内容的通知",
        addressee="各乡镇街道、开发区，市直各单位",
        blocks=[
            Paragraph(
                f"{chinese_date(issued)}印发的{bulletin.document_no}，"
                f"“{erratum.place}”处有误，现更正如下。"
            ),
            Table(["更正处", "原文", "更正为"], [[erratum.place, erratum.was, erratum.reads]]),
            Paragraph(f"更正原因：{erratum.reason.rstrip('。')}。"),
            Paragraph("通报其余内容不变，已封存的数据不作改动。"),
        ],
        signer=issuer(bulletin),
        dated=on,
        printed_by=issuer(bulletin),
        printed_on=on,
    )


# Sections
def _sections(data: Plain) -> Iterator[tuple[str, list[Block]]]:
    yield "总体情况", _overall(data)
    yield "考评名次", list(_ranks(data))
    yield "表扬和点名", list(_named(data))
    yield "亮点做法", _highlights(data)
    yield "存在的主要问题", list(_problems(data))
    yield "超期和反复问题", list(_late(data))
    yield "任务进展", list(_tasks(data))
    yield "档案资料", list(_papers(data))
    yield "工作要求", [Paragraph(line) for line in _numbered_lines(data["demands"])]


def _numbered(sections: Iterable[tuple[str, list[Block]]]) -> Iterator[Block]:
    filled = [(title, blocks) for title, blocks in sections if blocks]
    for place, (title, blocks) in enumerate(filled):
        yield Heading(f"{_DIGITS[place]}、{title}")
        yield from blocks


def _numbered_lines(text: str) -> list[str]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) < 2:
        return lines
    return [f"{place}．{line}" for place, line in enumerate(lines, start=1)]


def _overall(data: Plain) -> list[Block]:
    now = data["totals"]
    words = []
    if now["visits"]:
        words.append(f"本月督查点位{now['places']}处")
    words.append(f"发现问题{now['found']}件，立案{now['filed']}件")
    text = "，".join(words) + _rate(now) + "。"
    ready = readiness_sentence(data)
    return [Paragraph(text), *([Paragraph(ready)] if ready else [])]


def _rate(now: Plain) -> str:
    if now["on_time_rate"] is None:
        return ""
    text = (
        f"；本月到期应办结{now['due']}件，按期办结{now['on_time']}件，"
        f"按期办结率{percent(now['on_time_rate'])}"
    )
    before = (now["before"] or {}).get("on_time_rate")
    if before is None:
        return text
    gap = (Decimal(now["on_time_rate"]) - Decimal(before)) * 100
    way = "上升" if gap > 0 else "下降"
    return text + (
        f"，较上月{way}{abs(gap).quantize(Decimal('0.01'))}个百分点" if gap else "，与上月持平"
    )


def readiness_sentence(data: Plain) -> str:
    """「月末创建就绪度82.1%，自评覆盖96%，较上月上升3.0个百分点，最低的一项是条款达标。」

    Never a score without its coverage. Empty for bulletins without it, and before anything was
    assessed.
    """
    found = data.get("readiness")
    if not found or found["reason"] == "nothing":
        return ""
    covered = f"自评覆盖{whole_percent(found['coverage'])}"
    if found["score"] is None:
        return f"月末{covered}，不到{whole_percent(found['coverage_line'])}，不显示创建就绪度。"
    words = [f"月末创建就绪度{tenths(found['score'])}%", covered]
    gap = readiness_gap(data)
    if gap is not None:
        way = "上升" if gap > 0 else "下降"
        words.append(f"较上月{way}{abs(gap)}个百分点" if gap else "与上月持平")
    words.append(
        "有否决项没有达到，按封顶线计"
        if found["reason"] == "veto"
        else f"最低的一项是{_READY[found['lowest']]}"
    )
    return "，".join(words) + "。"


def readiness_gap(data: Plain) -> Decimal | None:
    """Points of readiness won since last month, from what is printed; None without both scores."""
    found = data["readiness"]
    before = (found["before"] or {}).get("score")
    if before is None or found["score"] is None:
        return None
    return tenths(found["score"]) - tenths(before)


def tenths(share: str) -> Decimal:
    """A share in percent, rounded half-up to 0.1."""
    return (Decimal(share) * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _highlights(data: Plain) -> list[Block]:
    told = [f"{one['name']}：{one['text'].rstrip('。；')}。" for one in data.get("highlights", [])]
    return [Paragraph(line) for line in _numbered_lines("\n".join(told))]


def _ranks(data: Plain) -> Iterator[Block]:
    for group in data["groups"]:
        ranked = [line for line in group["lines"] if line["rank"]]
        if ranked:
            skipped = _skipped(group["lines"])
            yield Paragraph(f"{group['title']}组参加排名{len(ranked)}个单位{skipped}。")
            yield _rank_table(ranked)
    if not any(line["rank"] for group in data["groups"] for line in group["lines"]):
        yield Paragraph("本月没有达到排名条件的单位，得分和不排名的原因见得分表。")


def _skipped(lines: Iterable[Plain]) -> str:
    """「；港湾镇本月覆盖61%，不排名」: units under the coverage line by name, others counted."""
    short = [line for line in lines if line["not_ranked"] == "coverage"]
    other = sum(line["not_ranked"] in {"few_cases", "little_work"} for line in lines)
    words = [f"{one['name']}本月检查覆盖{whole_percent(one['coverage'])}，不排名" for one in short]
    if other:
        words.append(f"到期案件过少或工作量不足的{other}个单位不排名")
    return "；" + "；".join(words) if words else ""


def whole_percent(share: str) -> str:
    """「61%」, rounded down: a share under a line never looks as if it had reached it."""
    return f"{int(Decimal(share) * 100)}%"


def _rank_table(lines: list[Plain]) -> Table:
    """The columns in which somebody of the group has points."""
    used = [name for name in _PARTS if any(line["parts"][name] is not None for line in lines)]
    shown = used[:4]
    rows = [
        [
            str(line["rank"]),
            line["name"],
            *(_cell(line["parts"][name]) for name in shown),
            line["total"],
        ]
        for line in lines
    ]
    head = ["名次", "单位", *(_PARTS[name] for name in shown), "得分"]
    return Table(head, rows, widths=[0.8, 1.7, *([1] * len(shown)), 1])


def _cell(points: str | None) -> str:
    return "–" if points is None else points


def _named(data: Plain) -> Iterator[Block]:
    if data["praise"]:
        yield Paragraph(_sentence(data["praise"]) + "予以表扬。")
    if data["named"]:
        by = settle_by(data["month"])
        yield Paragraph(
            _sentence(data["named"]) + f"予以点名，限{by.month}月{by.day}日前整改到位。"
        )


def _sentence(entries: Iterable[Plain]) -> str:
    return "；".join(f"{one['name']}{one['text'].rstrip('。；')}" for one in entries) + "，"


def _problems(data: Plain) -> Iterator[Block]:
    if not data["classes"]:
        return
    top = data["classes"][:3]
    words = "、".join(f"{row['title']}{row['n']}件" for row in top)
    yield Paragraph(f"本月立案问题中，数量居前的是{words}。")
    rows = [
        [
            row["title"],
            str(row["n"]),
            str(row["closed"]),
            f"{row['most']}（{row['most_n']}件）" if row["most"] else "–",
        ]
        for row in data["classes"][:8]
    ]
    yield Table(["问题类别", "立案", "已办结", "最多的单位"], rows, widths=[2.6, 0.8, 0.9, 2])


def _late(data: Plain) -> Iterator[Block]:
    late = data["overdue"]
    if late["n"]:
        top = "、".join(f"{row['name']}{row['n']}件" for row in late["by_unit"][:5])
        tail = f"，其中{top}" if top else ""
        yield Paragraph(f"截至数据冻结时，超期未办结{late['n']}件{tail}，清单见附件1。")
    for row in data["repeats"][:5]:
        owner = f"，责任单位{row['name']}" if row["name"] else ""
        yield Paragraph(f"{row['place']}“{row['title']}”问题30天内出现{row['n']}次{owner}。")


def _tasks(data: Plain) -> Iterator[Block]:
    tasks = data["tasks"]
    if not tasks["n"]:
        return
    if not tasks["behind"]:
        yield Paragraph(f"在办任务{tasks['n']}项，均达到时序进度。")
        return
    told = f"在办任务{tasks['n']}项，落后于时序进度{tasks['behind']}项"
    if not tasks["rows"]:  # finished since the month that is looked back at
        yield Paragraph(f"{told}。")
        return
    yield Paragraph(f"{told}，落后最多的是：")
    rows = [
        [row["title"], row["name"], _whole(row["actual"]), _whole(row["expected"])]
        for row in tasks["rows"][:5]
    ]
    yield Table(["任务", "牵头单位", "完成", "应达到"], rows, widths=[3, 1.5, 0.8, 0.9])


def _whole(share: str) -> str:
    return f"{(Decimal(share) * 100).quantize(Decimal(1))}%"


def _papers(data: Plain) -> Iterator[Block]:
    papers = data["papers"]
    if papers["n"]:
        returned = f"，本月初审退回{papers['returned']}件" if papers["returned"] else ""
        yield Paragraph(f"应备资料{papers['n']}件，已采用{papers['accepted']}件{returned}。")


# Attachments
def attachments(data: Plain, weights: Any) -> list[Attachment]:
    """The overdue list, then the scores; the text names them by these numbers."""
    found = []
    if data["overdue"]["rows"]:
        rows = [
            [str(place), row["number"], row["title"], row["name"], row["due_on"], str(row["days"])]
            for place, row in enumerate(data["overdue"]["rows"], start=1)
        ]
        head = ["序号", "案号", "问题", "责任单位", "时限", "超期天数"]
        table = Table(head, rows, widths=[0.6, 1.6, 3.2, 1.5, 1.3, 0.9])
        found.append(Attachment("超期问题清单", [table]))
    found.append(Attachment("得分表", list(_score_tables(data, weights)), landscape=True))
    return found


def _score_tables(data: Plain, weights: Any) -> Iterator[Block]:
    head = ["名次", "单位", *(f"{_PARTS[name]}{weights[name]}" for name in _PARTS)]
    head += ["扣分", "加分", "异议更正", "得分", "变化"]
    widths = [0.8, 1.8, *([1] * len(_PARTS)), 0.9, 0.8, 1.2, 1.1, 0.9]
    idle = []
    for group in data["groups"]:
        busy = [line for line in group["lines"] if any(line["parts"].values())]
        idle += [line["name"] for line in group["lines"] if line not in busy]
        if busy:
            rows = [_score_row(line) for line in busy]
            yield Table(head, rows, title=group["title"], widths=widths)
    if idle:
        yield Paragraph(f"本月没有可计分工作的单位：{'、'.join(idle)}。")


def _score_row(line: Plain) -> list[str]:
    parts = [_cell(line["parts"][name]) for name in _PARTS]
    rank = str(line["rank"]) if line["rank"] else "–"
    return [
        rank,
        line["name"],
        *parts,
        signed(f"-{line['deduction']}"),
        signed(line["bonus"]),
        signed(line["adjustment"]),
        line["total"] or "不排名",
        climbed(line["change"]),
    ]


def signed(points: str) -> str:
    """「+1.00」, 「−2.90」, 「–」 for nothing."""
    amount = Decimal(points)
    if not amount:
        return "–"
    return f"{'+' if amount > 0 else '−'}{abs(amount).quantize(Decimal('0.01'))}"


def climbed(change: int | None) -> str:
    """「↑2」, 「↓1」, 「–」."""
    if not change:
        return "–"
    return f"{'↑' if change > 0 else '↓'}{abs(change)}"
