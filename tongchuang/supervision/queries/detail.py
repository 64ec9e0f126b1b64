"""A bulletin as its page shows it; reads frozen data only, never the records."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tongchuang.accounts.comparison import group_word
from tongchuang.assessment.explaining import PARTS as READINESS_PARTS
from tongchuang.campaigns.models import Relation
from tongchuang.core.templatetags.pages import day_time
from tongchuang.supervision.models import Bulletin, Erratum, Objection
from tongchuang.supervision.paper import climbed, readiness_gap, signed, tenths, whole_percent
from tongchuang.supervision.rules import PARTS, RuleSet
from tongchuang.supervision.rulesets import rule_set
from tongchuang.supervision.words import DEDUCTION_WORDS, NOT_RANKED_WORDS, PART_WORDS

Plain = dict[str, Any]
Text = str | Promise


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of a line, with the address of what it rests on."""

    label: Text
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Line:
    """A unit's line of the ranking, ready to be shown."""

    unit: int
    name: str
    url: str
    rank: int | None
    cells: list[Cell]
    total: str | None
    change: str
    reason: Text
    note: str
    errata: list[Erratum] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Group:
    """A comparison group: its lines, and those without rank whose reason is the same for all."""

    title: str
    lines: list[Line]
    others: list[tuple[Text, str, list[Line]]]

    @property
    def size(self) -> int:
        """How many units belong to it."""
        return len(self.lines) + sum(len(lines) for _reason, _note, lines in self.others)


# Ranking
def ranking(bulletin: Bulletin, errata: Iterable[Erratum] = ()) -> list[Group]:
    """The comparison groups of a bulletin with their lines."""
    corrected: dict[str, list[Erratum]] = {}
    for erratum in errata:
        corrected.setdefault(erratum.anchor, []).append(erratum)
    adjusted = bool(bulletin.data["adjustments"])
    return [
        _group(
            group_word(group["key"], group["title"]),
            [
                (line["not_ranked"], _line(bulletin, line, corrected, adjusted=adjusted))
                for line in group["lines"]
            ],
            rule_set(bulletin.rules_version),
        )
        for group in bulletin.data["groups"]
    ]


def _group(title: str, lines: list[tuple[str, Line]], rules: RuleSet) -> Group:
    """Lines of their own for ranked units and those below the coverage line; the rest together."""
    notes = {
        "few_cases": _("满 %(least)s 件才排名") % {"least": rules.min_cases},
        "little_work": _("可计分的部分不足 %(least)s 分") % {"least": rules.min_weight},
    }
    together = {
        reason: [line for why, line in lines if why == reason]
        for reason in notes
        if any(why == reason for why, _line_of in lines)
    }
    own = [line for why, line in lines if why not in notes]
    others = [(NOT_RANKED_WORDS[why], notes[why], rows) for why, rows in together.items()]
    return Group(title, own, others)


def columns(bulletin: Bulletin) -> list[tuple[Text, str]]:
    """Heads of the ranking between unit and score: word and full points."""
    weights = rule_set(bulletin.rules_version).weights
    heads: list[tuple[Text, str]] = [(PART_WORDS[name], str(weights[name])) for name in PARTS]
    heads += [(_("扣"), ""), (_("加"), "")]
    return [*heads, (pgettext("points", "更正"), "")] if bulletin.data["adjustments"] else heads


def _line(
    bulletin: Bulletin, line: Plain, corrected: dict[str, list[Erratum]], *, adjusted: bool
) -> Line:
    url = reverse("supervision:score_detail", args=[bulletin.pk, line["unit"]])
    cells = [Cell(PART_WORDS[name], line["parts"][name] or "–", f"{url}#{name}") for name in PARTS]
    cells.append(Cell(_("扣"), signed(f"-{line['deduction']}"), f"{url}#deductions"))
    cells.append(Cell(_("加"), signed(line["bonus"]), f"{url}#bonus"))
    if adjusted:
        cells.append(Cell(pgettext("points", "更正"), signed(line["adjustment"]), f"{url}#bonus"))
    return Line(
        unit=line["unit"],
        name=line["name"],
        url=url,
        rank=line["rank"],
        cells=cells,
        total=line["total"],
        change=climbed(line["change"]),
        reason=_reason(line),
        note=_note(line, rule_set(bulletin.rules_version)),
        errata=corrected.get(f"score-{line['unit']}", []),
    )


def _reason(line: Plain) -> Text:
    if line["not_ranked"] == "coverage":
        return _("覆盖 %(share)s，不排名") % {"share": whole_percent(line["coverage"])}
    return NOT_RANKED_WORDS.get(line["not_ranked"], "")


def _note(line: Plain, rules: RuleSet) -> str:
    match line["not_ranked"]:
        case "coverage":
            words = _("本月应查 %(drawn)s 处，已查 %(visited)s 处")
            return words % {"drawn": line["drawn"], "visited": line["visited"]}
        case "few_cases":
            words = _("本月到期 %(n)s 件，满 %(least)s 件才排名")
            return words % {"n": line["due"], "least": rules.min_cases}
        case "little_work":
            return _("可计分的部分不足 %(least)s 分") % {"least": rules.min_weight}
        case _:
            return ""


# Readiness
def readiness_words(data: Plain) -> str:
    """The sentence of the paper in the language of the interface; empty where it has none."""
    found = data.get("readiness")
    if not found or found["reason"] == "nothing":
        return ""
    shares = {"coverage": whole_percent(found["coverage"])}
    if found["score"] is None:
        shares["line"] = whole_percent(found["coverage_line"])
        return _("月末自评覆盖 %(coverage)s，不到 %(line)s，不显示就绪度。") % shares
    words = _("月末就绪度 %(score)s%%，自评覆盖 %(coverage)s") % {
        "score": tenths(found["score"]),
        **shares,
    }
    return "".join(str(part) for part in (words, _("，"), _gap(data), _cause(found), _("。")))


def _gap(data: Plain) -> str:
    gap = readiness_gap(data)
    if gap is None:
        return ""
    points = {"n": abs(gap)}
    words = _("与上月持平")
    if gap:
        words = (_("较上月升 %(n)s 点") if gap > 0 else _("较上月降 %(n)s 点")) % points
    return f"{words}{_('，')}"


def _cause(found: Plain) -> str:
    if found["reason"] == "veto":
        return _("有否决项没有达到")
    return _("最低的一项是%(part)s") % {"part": READINESS_PARTS[found["lowest"]][0]}


# One unit's score
@dataclass(frozen=True, slots=True)
class Part:
    """One part of a score: what was earned of what could be, how it came, where the records are."""

    key: str
    label: Text
    points: str | None
    weight: str | None
    full: str
    words: str
    url: str


@dataclass(frozen=True, slots=True)
class Lost:
    """Points lost for one cause."""

    label: Text
    count: int
    each: str
    url: str


@dataclass(frozen=True, slots=True)
class Explained:
    """One unit's score, taken apart."""

    line: Plain
    group: str
    parts: list[Part]
    lost: list[Lost]
    praise: list[Plain]
    adjustments: list[Plain]
    late: list[Plain]
    capped: bool

    @property
    def earned(self) -> Decimal:
        """The sum of the parts."""
        return sum((Decimal(part.points) for part in self.parts if part.points), Decimal(0))


def explain(bulletin: Bulletin, unit_id: int) -> Explained | None:
    """The score of one unit with every figure it rests on; None when it has no line."""
    found = [
        (group_word(group["key"], group["title"]), line)
        for group in bulletin.data["groups"]
        for line in group["lines"]
        if line["unit"] == unit_id
    ]
    if not found:
        return None
    title, line = found[0]
    row = next(row for row in bulletin.data["units"] if row["unit"] == unit_id)
    rules = rule_set(bulletin.rules_version)
    lost = _lost(row, bulletin.month, rules)
    return Explained(
        line=line,
        group=title,
        parts=[_part(name, bulletin, row, line, rules) for name in PARTS],
        lost=lost,
        praise=[one for one in bulletin.data["praise"] if one["unit"] == unit_id and one["level"]],
        adjustments=[one for one in bulletin.data["adjustments"] if one["unit"] == unit_id],
        late=row["late"],
        capped=sum(Decimal(one.each) * one.count for one in lost) > Decimal(line["deduction"]),
    )


def _part(name: str, bulletin: Bulletin, row: Plain, line: Plain, rules: RuleSet) -> Part:
    applies = line["parts"][name] is not None
    return Part(
        key=name,
        label=PART_WORDS[name],
        points=line["parts"][name],
        weight=line["weights"][name],
        full=str(rules.weights[name]),
        words=_words(name, row, rules) if applies else _no_part(name, row, rules),
        url=_records(name, row, bulletin.month),
    )


def _words(name: str, row: Plain, rules: RuleSet) -> str:
    facts = row["facts"]
    match name:
        case "field":
            mean = Decimal(facts["field"]).quantize(Decimal("0.01"))
            return _("检查 %(n)s 次，平均 %(mean)s 分") % {"n": row["visits"], "mean": mean}
        case "closing":
            return _(
                "到期 %(due)s 件，按期 %(on_time)s 件；一次通过 %(first)s；未反弹 %(lasting)s"
            ) % {
                "due": facts["due"] - facts["deferred"],
                "on_time": facts["on_time"],
                "first": _of(facts["first_pass"]),
                "lasting": _of(facts["lasting"]),
            }
        case "tasks":
            return _on_curve(facts, rules)
        case "dossier":
            return _("已采用 %(accepted)s；一次通过 %(first)s") % {
                "accepted": _of(facts["papers_accepted"]),
                "first": _of(facts["papers_first"]),
            }
        case "people":
            return _satisfied(row)
        case _:
            words = _("迟复 %(late)s 次，无理由退回 %(n)s 次")
            return words % {"late": facts["late_replies"], "n": facts["groundless_returns"]}


def _on_curve(facts: Plain, rules: RuleSet) -> str:
    """The weight of tasks on their curve, led, shared and supported apart with their factors."""
    words = [_("达到时序的任务权重 %(ratio)s") % {"ratio": _of(facts["tasks"])}]
    for relation, ratio in (("joint", "joint_tasks"), ("support", "support_tasks")):
        factor = rules.relations[relation]
        if factor and Decimal(facts.get(ratio, ["0", "0"])[1]):
            names = {
                "relation": Relation(relation).label,
                "ratio": _of(facts[ratio]),
                "factor": f"{factor.normalize():f}",
            }
            words.append(_("%(relation)s %(ratio)s（按 %(factor)s 计）") % names)
    return _("；").join(words)


def _satisfied(row: Plain) -> str:
    """The share, with the numbers behind it where citizens gave it."""
    share = {"share": whole_percent(row["facts"]["people"])}
    satisfied, judged = row.get("verdicts") or (0, 0)
    if not judged or Decimal(row["facts"]["people"]) != Decimal(satisfied) / judged:
        return _("满意率 %(share)s") % share
    counts = {"n": judged, "satisfied": satisfied}
    return _("群众评价 %(n)s 件，满意 %(satisfied)s 件，满意率 %(share)s") % (counts | share)


def _no_part(name: str, row: Plain, rules: RuleSet) -> str:
    """Why a part is left out."""
    _satisfied_n, judged = row.get("verdicts") or (0, 0)
    if name == "people" and judged:
        words = _("群众评价 %(n)s 件，不足 %(least)s 件，不计；权重分给其他部分")
        return words % {"n": judged, "least": rules.people_least}
    return _("本月无此项工作，权重分给其他部分")


def _of(ratio: list[str]) -> str:
    """「84/92」; the texts of whole Decimals lose their idle zeros."""
    return "/".join(f"{Decimal(one).normalize():f}" for one in ratio)


def _lost(row: Plain, month: str, rules: RuleSet) -> list[Lost]:
    return [
        Lost(DEDUCTION_WORDS[name], count, str(each), _lost_records(name, row["unit"], month))
        for name, each in rules.deductions.items()
        if (count := row["facts"]["deductions"].get(name, 0))
    ]


def _lost_records(name: str, unit: int, month: str) -> str:
    """Red slips and media cases have lists; late and recurring cases are listed on the page."""
    if name == "red_slip":
        return f"{reverse('supervision:slip_list')}?step=red&unit={unit}"
    if name == "media":
        asked = {"tab": "all", "channel": "media", "lead": unit, "month": month}
        return f"{reverse('cases:list')}?{urlencode(asked)}"
    return "#late"


_LISTS: dict[str, tuple[str, dict[str, str]]] = {
    "field": ("inspections:round_list", {}),
    "closing": ("cases:list", {"tab": "all", "lead": "unit", "month": "month"}),
    "tasks": ("campaigns:task_list", {}),
    "dossier": ("dossiers:paper_list", {"unit": "unit"}),
    "people": ("public:report_list", {"tab": "rated", "unit": "unit", "month": "month"}),
    "cooperation": ("cases:list", {"tab": "all", "lead": "unit", "month": "month"}),
}


def _records(name: str, row: Plain, month: str) -> str:
    url_name, asked = _LISTS[name]
    if name == "people" and not (row.get("verdicts") or (0, 0))[1]:
        url_name, asked = "assessment:figure_list", {}
    values = {"unit": row["unit"], "month": month}
    try:
        address = reverse(url_name)
    except NoReverseMatch:
        return ""
    query = urlencode({key: values.get(value, value) for key, value in asked.items()})
    return f"{address}?{query}" if query else address


# Steps
@dataclass(frozen=True, slots=True)
class Step:
    """One of the four steps of a bulletin: done, now, or still ahead."""

    label: Text
    state: str
    when: str
    note: str


def steps(bulletin: Bulletin, objections: Iterable[Objection]) -> list[Step]:
    """Freeze, objections, seal, issue."""
    known = list(objections)
    ruled = sum(one.state != Objection.State.OPEN for one in known)
    at = {
        "freeze": bulletin.frozen_at,
        "consult": bulletin.objections_until,
        "seal": bulletin.sealed_at,
        "issue": bulletin.issued_at,
    }
    counted = _("%(n)s 件，已裁 %(ruled)s 件") % {"n": len(known), "ruled": ruled}
    return [
        Step(_("冻结"), "done", moment(at["freeze"]), _("数据快照")),
        Step(
            _("异议"),
            _state(done=bulletin.is_fixed, now=bool(at["consult"])),
            _("至 %(time)s") % {"time": moment(at["consult"])} if at["consult"] else "",
            counted if at["consult"] else _("三个工作日"),
        ),
        Step(
            _("封存"),
            _state(done=bool(at["seal"])),
            moment(at["seal"]),
            bulletin.sealed_by.name if bulletin.sealed_by else _("异议裁完后"),
        ),
        Step(
            _("印发"),
            _state(done=bool(at["issue"])),
            moment(at["issue"]),
            bulletin.document_no or _("编文号，发各单位"),
        ),
    ]


def _state(*, done: bool, now: bool = False) -> str:
    return "done" if done else "now" if now else "ahead"


def moment(at: datetime | None) -> str:
    """「03-01 00:00」 in the city's time; nothing for what has not been."""
    return day_time(at) if at else ""


def shown_line(bulletin: Bulletin, line: Plain) -> Line:
    """The line of one unit as the ranking shows it."""
    return _line(bulletin, line, {}, adjusted=bool(bulletin.data["adjustments"]))
