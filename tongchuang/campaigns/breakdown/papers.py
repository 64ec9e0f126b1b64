"""The breakdown table and the implementation plan (实施方案) as official papers.

Every figure comes from the records. Official papers are Chinese in every language of the
interface; the number stays open until the office registers the paper.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from tongchuang.accounts.models import Membership, Post, Unit, User
from tongchuang.campaigns.breakdown.lines import (
    BreakdownLine,
    amount_words,
    breakdown_lines,
    last_due,
)
from tongchuang.campaigns.breakdown.sheets import evidence_of
from tongchuang.campaigns.models import Campaign, Gate
from tongchuang.core.documents import (
    Attachment,
    Block,
    Heading,
    OfficialDocument,
    Paragraph,
    Table,
    chinese_date,
)
from tongchuang.standards.models import Clause

_DIGITS: tuple[str, ...] = ("", "一", "二", "三", "四", "五", "六", "七", "八", "九")
_OPEN_NUMBER = "　"
_LINE_HEAD = (
    *("序号", "条款代码", "条款", "工作任务", "牵头领导", "牵头单位", "配合单位", "属地"),
    *("目标量", "完成时限", "佐证材料", "备注"),
)
_LINE_WIDTHS = (1.5, 2.4, 3.0, 3.6, 1.8, 2.2, 3.8, 2.2, 1.6, 2.3, 3.8, 1.8)


def chinese_ordinal(number: int) -> str:
    """一 … 九十九."""
    tens, ones = divmod(number, 10)
    ten = "" if not tens else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return f"{ten}{_DIGITS[ones]}"


def movement_of(title: str) -> str:
    """A campaign's common short name: 创卫 for sanitation, 创文 for civilisation, else 创建."""
    for sign, name in (("卫生", "创卫"), ("文明", "创文"), ("园林", "创园"), ("森林", "创森")):
        if sign in title:
            return name
    return "创建"


# The table
def table_paper(campaign: Campaign, user: User, *, on: date) -> OfficialDocument:
    """The breakdown table as a wide attachment, by chapter, under a notice with open number."""
    lines = breakdown_lines(campaign, user)
    name = movement_of(campaign.title)
    city = campaign.city.name
    led = len({line.clause.pk for line in lines if line.assignment and line.clause})
    tasks = sum(line.task is not None for line in lines)
    words = (
        f"现将《{city}创建{campaign.title}任务分解表》印发给你们，共{led}条责任分工、{tasks}项任务，"
        "请按分工和时限抓好落实。"
    )
    return _paper(
        campaign,
        title=f"关于印发《{city}创建{campaign.title}\n任务分解表》的通知",
        blocks=[Paragraph(words)],
        attachments=[_table_attachment(f"{city}{name}任务分解表", lines)],
        on=on,
    )


def _table_attachment(title: str, lines: Sequence[BreakdownLine]) -> Attachment:
    return Attachment(title, list(_chapter_tables(lines)), landscape=True)


def _chapter_tables(lines: Sequence[BreakdownLine]) -> Iterator[Block]:
    for place, (chapter, group) in enumerate(groupby(lines, key=lambda line: line.chapter), 1):
        rows = [_cells(line) for line in group]
        title = f"{chinese_ordinal(place)}、{chapter or '其他任务'}"
        yield Table(_LINE_HEAD, rows, title=title, widths=_LINE_WIDTHS)


def _cells(line: BreakdownLine) -> list[str]:
    task = line.task
    return [
        str(line.number),
        short_code(line.clause) if line.clause else "",
        line.clause.title if line.clause else "",
        task.title if task else "",
        line.sponsor.name if line.sponsor else "",
        line.lead.label,
        line.helpers,
        line.territory,
        amount_words(task) if task else "",
        f"{task.due_on:%Y-%m-%d}" if task else "",
        evidence_of(line),
        line.note,
    ]


def short_code(clause: Clause) -> str:
    """The code within its standard: a13.r2 of nsc2014.a13.r2."""
    return clause.code.partition(".")[2] or clause.code


# The plan
@dataclass(frozen=True, slots=True)
class PlanFacts:
    """Everything that the implementation plan says, read once.

    `chapters` lists the articles that have an assignment or a task, with their lines.
    """

    campaign: Campaign
    lines: list[BreakdownLine]
    gates: list[Gate]
    leaders: list[Membership]
    groups: list[tuple[Unit, list[User]]]
    posts: list[tuple[Unit, dict[str, User]]]
    clauses: int
    vetoes: int

    @property
    def tasks(self) -> int:
        """Number of tasks."""
        return sum(line.task is not None for line in self.lines)

    @property
    def assigned(self) -> int:
        """Number of clauses with a lead."""
        return len({line.clause.pk for line in self.lines if line.assignment and line.clause})

    @property
    def unassigned(self) -> int:
        """Clauses of the standard that nobody leads yet."""
        return self.clauses - self.assigned

    @property
    def posts_missing(self) -> int:
        """Units that have not named a head or a deputy in charge."""
        return sum(not set(Post.COMPULSORY) <= set(posts) for _unit, posts in self.posts)


_LEADING = ("commander", "deputy_commander")


def plan_facts(campaign: Campaign, user: User, *, on: date) -> PlanFacts:
    """What is known of a campaign on a day; the number of queries does not grow."""
    levels = [Clause.Level.ARTICLE, Clause.Level.REQUIREMENT]
    clauses = Clause.objects.filter(framework=campaign.framework_id, level__in=levels)
    return PlanFacts(
        campaign=campaign,
        lines=breakdown_lines(campaign, user),
        gates=list(campaign.gates.order_by("ordinal")),
        leaders=_leaders(campaign),
        groups=_groups(campaign),
        posts=_posts(on),
        clauses=clauses.count(),
        vetoes=clauses.filter(veto=True).count(),
    )


def _leaders(campaign: Campaign) -> list[Membership]:
    rows = Membership.objects.filter(role__in=_LEADING, unit=campaign.city_id, to_on=None)
    found = sorted(rows.select_related("user"), key=lambda m: (_LEADING.index(m.role), m.pk))
    return list({row.user_id: row for row in reversed(found)}.values())[::-1]


def _groups(campaign: Campaign) -> list[tuple[Unit, list[User]]]:
    """Working groups under the campaign's city with their leads."""
    units = Unit.objects.filter(
        kind=Unit.Kind.GROUP, active=True, path__startswith=campaign.city.path
    )
    leads: dict[int, list[User]] = {}
    rows = Membership.objects.filter(unit__in=units, role="group_lead", to_on=None)
    for row in rows.select_related("user__unit"):
        leads.setdefault(row.unit_id, []).append(row.user)
    return [(unit, leads.get(unit.pk, [])) for unit in units.order_by("path")]


def _posts(on: date) -> list[tuple[Unit, dict[str, User]]]:
    units = Unit.objects.filter(kind__in=Unit.WITH_POSTS, active=True, scored=True)
    held: dict[int, dict[str, User]] = {}
    rows = Post.objects.filter(unit__in=units, to_on=None, from_on__lte=on)
    for post in rows.select_related("holder"):
        held.setdefault(post.unit_id, {})[post.kind] = post.holder
    return [(unit, held.get(unit.pk, {})) for unit in units.order_by("path")]


def plan_paper(facts: PlanFacts, *, readiness: str, on: date) -> OfficialDocument:
    """The draft of the 实施方案; `readiness` is a sentence on where the campaign stands, or empty.

    Parts without facts are left out, and the numbering closes up.
    """
    campaign = facts.campaign
    city, name = campaign.city.name, movement_of(campaign.title)
    sections = (
        ("编制依据", _basis(facts)),
        ("工作目标", list(_goals(facts, readiness))),
        ("组织领导", list(_organisation(facts))),
        ("主要任务和分工", list(_duties(facts))),
        ("实施步骤", list(_steps(facts))),
        ("工作要求", list(_demands(facts))),
    )
    blocks: list[Block] = []
    filled = [(title, body) for title, body in sections if body]
    for place, (title, body) in enumerate(filled, start=1):
        blocks += [Heading(f"{chinese_ordinal(place)}、{title}"), *body]
    attachments = [_table_attachment(f"{city}{name}任务分解表", facts.lines)] if facts.lines else []
    if facts.posts:
        attachments.append(Attachment("各单位责任人一览表", [_posts_table(facts)]))
    return _paper(
        campaign,
        title=f"{city}创建{campaign.title}\n实施方案",
        blocks=blocks,
        attachments=attachments,
        on=on,
    )


def _paper(
    campaign: Campaign,
    *,
    title: str,
    blocks: Sequence[Block],
    attachments: Sequence[Attachment],
    on: date,
) -> OfficialDocument:
    city, name = campaign.city.name, movement_of(campaign.title)
    office = f"{city}{name}指挥部"
    return OfficialDocument(
        issuer_mark=f"{city}创建{campaign.title}指挥部文件",
        number=f"{city[:1]}{name}指〔{on.year}〕{_OPEN_NUMBER}号",
        title=title,
        addressee="各乡镇街道、开发区，市直各单位",
        blocks=blocks,
        signer=office,
        dated=on,
        attachments=attachments,
        printed_by=f"{office}办公室",
        printed_on=on,
    )


def _basis(facts: PlanFacts) -> list[Block]:
    standard = facts.campaign.framework
    if standard is None:
        return []
    number = f"（{standard.document_no}）" if standard.document_no else ""
    counts = f"该标准列入分工的条款共{facts.clauses}条"
    vetoes = f"，其中否决项{facts.vetoes}项" if facts.vetoes else ""
    return [
        Paragraph(
            f"依据{standard.issuer or ''}《{standard.title}》{number}，结合我市实际，制定本方案。"
            f"{counts}{vetoes}。"
        )
    ]


def _goals(facts: PlanFacts, readiness: str) -> Iterator[Block]:
    campaign = facts.campaign
    days = [
        f"自定期限为{chinese_date(campaign.deadline_on)}" if campaign.deadline_on else "",
        f"上级要求的期限为{chinese_date(campaign.external_deadline_on)}"
        if campaign.external_deadline_on
        else "",
    ]
    known = "，".join(filter(None, days))
    yield Paragraph(f"总体目标：创建{campaign.title}" + (f"，{known}。" if known else "。"))
    ahead = [gate for gate in facts.gates if gate.decided_on is None and gate.due_on]
    if ahead:
        words = "；".join(f"{chinese_date(g.due_on)}前通过{g.title}" for g in ahead if g.due_on)
        yield Paragraph(f"阶段目标：{words}。")
    if readiness:
        yield Paragraph(f"现有基础：{readiness}")


def _organisation(facts: PlanFacts) -> Iterator[Block]:
    if facts.leaders:
        city = facts.campaign.city.name
        yield Heading(f"（一）{city}{movement_of(facts.campaign.title)}指挥部", level=2)
        people = [
            f"{row.user.name}（{row.user.title or row.get_role_display()}）"
            for row in facts.leaders
        ]
        yield Paragraph(f"成员：{'、'.join(people)}。指挥部下设办公室，负责日常工作。")
    if facts.groups:
        yield Heading(f"（{'二' if facts.leaders else '一'}）工作组", level=2)
        for place, (unit, leads) in enumerate(facts.groups, start=1):
            by = "、".join(f"{lead.unit.label if lead.unit else ''}{lead.name}" for lead in leads)
            yield Paragraph(f"{place}.{unit.name}：{by or '组长待定'}。")


def _duties(facts: PlanFacts) -> Iterator[Block]:
    """By chapter; every paragraph ends with the bracket of who and when."""
    for place, (chapter, group) in enumerate(
        groupby(facts.lines, key=lambda line: line.chapter), 1
    ):
        yield Heading(f"（{chinese_ordinal(place)}）{chapter or '其他任务'}", level=2)
        for number, words in enumerate(_chapter_paragraphs(list(group)), start=1):
            yield Paragraph(f"{number}.{words}")


def _chapter_paragraphs(lines: list[BreakdownLine]) -> Iterator[str]:
    """The article with its requirements in one paragraph per responsibility, then its tasks."""
    for _article, group in groupby(lines, key=_article_of):
        mine = list(group)
        split = any(line.clause and line.clause.level != Clause.Level.ARTICLE for line in mine)
        duties: dict[str, list[Clause]] = {}
        for line in mine:
            if line.clause and line.assignment and not (split and _is_article(line.clause)):
                duties.setdefault(bracket_of(line, None), []).append(line.clause)
        for bracket, clauses in duties.items():
            yield _clause_words(list(dict.fromkeys(clauses))) + bracket
        for line in mine:
            if line.task:
                words = f"{line.task.title}，目标{amount_words(line.task)}。"
                yield words + bracket_of(line, line.task.due_on)


def _is_article(clause: Clause) -> bool:
    return clause.level == Clause.Level.ARTICLE


def _article_of(line: BreakdownLine) -> int | None:
    if line.clause is None:
        return None
    return line.clause.pk if _is_article(line.clause) else line.clause.parent_id


def _clause_words(clauses: list[Clause]) -> str:
    parent = clauses[0].parent
    texts = [(clause.text or clause.title).rstrip("。；") for clause in clauses]
    if parent and _is_article(parent):
        return f"{parent.title}：{'；'.join(texts)}。"
    return f"{'；'.join(texts)}。"


def bracket_of(line: BreakdownLine, due: date | None) -> str:
    """〔牵头单位：X；责任单位：Y、Z；完成时限：2016年6月30日前〕; what is not known is left out."""
    others = "、".join(filter(None, [line.helpers, line.territory]))
    parts = [
        f"牵头单位：{line.lead.label}",
        f"责任单位：{others}" if others else "",
        f"完成时限：{chinese_date(due)}前" if due else "",
    ]
    return f"〔{'；'.join(filter(None, parts))}〕"


def _steps(facts: PlanFacts) -> Iterator[Block]:
    for place, gate in enumerate(facts.gates, start=1):
        yield Paragraph(f"（{chinese_ordinal(place)}）{gate.title}：{_gate_words(gate)}。")


def _gate_words(gate: Gate) -> str:
    if gate.decided_on:
        paper = f"，{gate.decision_paper}" if gate.decision_paper else ""
        return f"{chinese_date(gate.decided_on)}{gate.get_state_display()}{paper}"
    words = [
        f"{chinese_date(gate.due_on)}前完成" if gate.due_on else "时间待定",
        f"上级期限{chinese_date(gate.external_due_on)}" if gate.external_due_on else "",
        gate.condition,
    ]
    return "，".join(filter(None, words))


def _demands(facts: PlanFacts) -> Iterator[Block]:
    units = len({line.lead.pk for line in facts.lines})
    latest = last_due(facts.lines)
    if units:
        yield Paragraph(
            f"1.落实责任。{units}个牵头单位对所牵头的条款和任务负总责，主要负责人为第一责任人，"
            "制定“3+1”工作方案，把任务分到人、定到天。"
        )
    if facts.tasks:
        until = f"，最晚一项为{chinese_date(latest)}" if latest else ""
        yield Paragraph(
            f"2.按时推进。{facts.tasks}项任务按附件时限完成{until}。累计进度比序时进度低10%的黄色提示，"
            "低25%的红色督办；受阻事项说明原因，提交调度会议研究。"
        )
    gaps = []
    if facts.unassigned:
        gaps.append(f"尚有{facts.unassigned}条没有牵头单位")
    if facts.posts_missing:
        gaps.append(f"{facts.posts_missing}个单位没有报齐主要负责人和分管负责人")
    if gaps:
        yield Paragraph(f"3.补齐缺口。{'，'.join(gaps)}，由指挥部办公室会同有关单位补齐。")


_POSTS = (("head", "主要负责人"), ("deputy", "分管负责人"), ("liaison", "联络员"))


def _posts_table(facts: PlanFacts) -> Table:
    rows = [
        [str(place), unit.name, *(_holder(posts, kind) for kind, _word in _POSTS)]
        for place, (unit, posts) in enumerate(facts.posts, start=1)
    ]
    head = ["序号", "单位", *(word for _kind, word in _POSTS)]
    return Table(head, rows, widths=(1, 5, 2, 2, 2))


def _holder(posts: dict[str, User], kind: str) -> str:
    return posts[kind].name if kind in posts else "未报"
