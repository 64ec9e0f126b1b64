"""What the results of rules and the parts of readiness are called, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongchuang.assessment.models import Cell, Figure
from tongchuang.assessment.uses import Reading, Use, cell_url
from tongchuang.core.templatetags.pages import percent

Words = str | Promise
REASONS: dict[str, Words] = {
    "no_value": gettext_lazy("还没有数值，不评"),
    "no_line": gettext_lazy("目标值未查到或不能比较，不评"),
    "other_unit": gettext_lazy("数值单位是%(value_unit)s，目标单位是%(unit)s，不换算，不评"),
    "met": gettext_lazy("达到目标"),
    "near_met": gettext_lazy("刚过线"),
    "not_met": gettext_lazy("没有达到目标"),
    "near_not_met": gettext_lazy("差一点没到线"),
    "not_visited": gettext_lazy("近几个月没有检查，不评"),
    "too_few_sites": gettext_lazy("应查 %(asked)s 处，只查了 %(visited)s 处，不评"),
    "rate_met": gettext_lazy("合格率达到合格线"),
    "near_rate_met": gettext_lazy("合格率刚过线"),
    "rate": gettext_lazy("合格率没有达到合格线"),
    "near_rate": gettext_lazy("合格率差一点没到线"),
    "papers_accepted": gettext_lazy("要求的材料都已审核采用"),
    "papers_missing": gettext_lazy("要求的材料 %(asked)s 类，已采用 %(accepted)s 类，待人工认定"),
    "carried_met": gettext_lazy("由%(standard)s“%(title)s”得出：已达到"),
    "carried_part": gettext_lazy("由%(standard)s“%(title)s”得出：达到一部分，不作结论"),
    "carried_not_met": gettext_lazy("由%(standard)s“%(title)s”得出：没有达到"),
    "veto": gettext_lazy("否决项没有达到"),
    "veto_met": gettext_lazy("否决项已达到"),
    "veto_open": gettext_lazy("否决项未评，先补齐数值、检查或材料"),
    "no_share": gettext_lazy("两个数对不上，算不出占比，不评"),
    "not_together": gettext_lazy("两个数不是同一期或同一单位，不评"),
    "years_missing": gettext_lazy("要连续 %(years)s 年的数，只有 %(known)s 年，不评"),
    "improving": gettext_lazy("连续 %(years)s 年没有变差，持续改善"),
    "not_improving": gettext_lazy("没有达到目标，也没有连续 %(years)s 年改善"),
    "faults_unknown": gettext_lazy("扣分项 %(asked)s 项，查过 %(known)s 项，不评"),
    "points_left": gettext_lazy("扣分后 %(left)s 分，达到 %(pass_score)s 分"),
    "points_lost": gettext_lazy("扣分后 %(left)s 分，没有达到 %(pass_score)s 分"),
    "sample_small": gettext_lazy("应抽 %(asked)s 个，只抽了 %(answered)s 个，不评"),
    "too_many": gettext_lazy("%(months)s 个月内已有 %(count)s 次，超过 %(most)s 次"),
    "window_open": gettext_lazy("%(months)s 个月要分 %(parts)s 年报数，只报了 %(known)s 年，不评"),
    "none_in_window": gettext_lazy("%(months)s 个月内 %(count)s 次，没有超过"),
    "title_unknown": gettext_lazy("还没有登记是否已获“%(title)s”，不评"),
    "title_held": gettext_lazy("已获“%(title)s”"),
    "title_missing": gettext_lazy("还没有获得“%(title)s”"),
    "facility_planned": gettext_lazy("设施还没有开工：%(title)s"),
    "facility_building": gettext_lazy("设施在建，未投用：%(title)s"),
    "facility_built": gettext_lazy("设施已完工，还没有投用证明：%(title)s"),
    "facility_paused": gettext_lazy("项目受阻，设施未投用：%(title)s"),
    "no_deductions": gettext_lazy("系统里还没有扣分记录，不评，由人工认定"),
    "no_sample": gettext_lazy("系统里还没有这种抽查的记录，不评，由人工认定"),
}
KINDS: dict[str, Words] = {
    "threshold": gettext_lazy("数值"),
    "checklist_rate": gettext_lazy("检查合格率"),
    "veto": gettext_lazy("否决项"),
    "manual": gettext_lazy("人工认定"),
    "ratio": gettext_lazy("占比"),
    "trend": gettext_lazy("持续改善"),
    "deduction": gettext_lazy("扣分表"),
    "sample_rate": gettext_lazy("抽查合格率"),
    "no_incident": gettext_lazy("若干月内未发生"),
    "prerequisite": gettext_lazy("前置条件"),
    "crosswalk": gettext_lazy("对照"),
    "facility": gettext_lazy("设施投用"),
}
STATES: dict[str, tuple[str, str]] = {
    # state: (kind of badge and colour, icon)
    Cell.State.HIGHLIGHT: ("ok", "star"),
    Cell.State.STRENGTH: ("ok", "plus2"),
    Cell.State.MET: ("ok", "check"),
    Cell.State.RUNNING: ("run", "run"),
    Cell.State.WEAK: ("due", "due"),
    Cell.State.HARD: ("due", "hard"),
    Cell.State.BAD: ("bad", "bad"),
    Cell.State.RULING: ("rule", "rule"),
    Cell.State.UNKNOWN: ("na", "na"),
    Cell.State.OFF: ("na", "minus"),
}
PARTS: dict[str, tuple[Words, Words]] = {
    "clauses": (gettext_lazy("条款达标"), gettext_lazy("达标的条款 ÷ 已评的条款")),
    "vetoes": (gettext_lazy("否决项"), gettext_lazy("达到的否决项 ÷ 已评的否决项")),
    "papers": (gettext_lazy("档案资料"), gettext_lazy("已采用的材料 ÷ 要求的材料")),
    "major": (gettext_lazy("重大问题"), gettext_lazy("每件超期未销号的重大、紧急问题减去一份")),
    "satisfaction": (gettext_lazy("群众满意"), gettext_lazy("满意率 ÷ 目标值")),
}
WHOLE: dict[str, Words] = {
    "lowest": gettext_lazy("总体取最低的一项。"),
    "veto": gettext_lazy("有否决项没有达到，总体不高于封顶线。"),
    "coverage": gettext_lazy("覆盖不到规定的线，不显示分数。先补齐数值、检查和材料。"),
    "nothing": gettext_lazy("还没有评过任何一条，不显示分数。"),
}
DEMANDS: dict[str, Words] = {
    "same": gettext_lazy("目标相同"),
    "target_stricter": gettext_lazy("要求更高"),
    "target_looser": gettext_lazy("要求更低"),
    "incomparable": gettext_lazy("目标不能比较"),
}
_VERDICTS = {"met": ("ok", "check"), "not_met": ("due", "due"), "unknown": ("na", "na")}


@dataclass(frozen=True, slots=True)
class Explained:
    """One rule of a cell, for people: what was asked, what was found, where the records are."""

    clause: str
    title: str
    kind: Words
    value: str
    target: str
    words: str
    badge: str
    icon: str
    url: str
    coverage: float | None
    rule: str
    unsure: bool
    measure: str
    via: str
    counts: bool
    aim: str
    figure: Figure | None
    origin: str


def explained(cell: Cell, figures: Mapping[int, Figure] | None = None) -> list[Explained]:
    """The rules of a cell in words; `figures` by key are those that it rests on, if wanted."""
    return [_explained(entry, cell, figures or {}) for entry in cell.explanation]


def _explained(entry: Mapping[str, Any], cell: Cell, figures: Mapping[int, Figure]) -> Explained:
    figure = figures.get(entry.get("figure") or 0)
    badge, icon = _VERDICTS[entry["verdict"]]
    if entry["kind"] == "veto" and entry["verdict"] == "not_met":
        badge, icon = "bad", "bad"
    value, target = _amounts(entry)
    return Explained(
        clause=entry["clause"],
        title=entry["name"] or entry["title"],
        kind=KINDS[entry["kind"]],
        value=value,
        target=target,
        words=reason_words(entry),
        badge=badge,
        icon=icon,
        url=_records(entry, cell, figure.unit.code if figure else ""),
        coverage=entry["coverage"],
        rule=entry["kind"],
        unsure=entry["unsure"],
        measure=entry["measure"],
        via=entry.get("via", ""),
        counts=entry.get("counts", True),
        aim=_aim(entry),
        figure=figure,
        origin=origin_of(figure) if figure and entry.get("via") else "",
    )


def reason_words(entry: Mapping[str, Any]) -> str:
    """What a rule found, in words."""
    words = str(REASONS[entry["reason"]])
    return words % entry["figures"] if "%(" in words else words


def origin_of(figure: Figure) -> str:
    """By which line of which standard a shared figure was reported."""
    standard, name = figure.measure.clause.framework.name, figure.measure.title
    return _("由%(standard)s“%(name)s”的数得出") % {"standard": standard, "name": name}


def _aim(entry: Mapping[str, Any]) -> str:
    """The campaign's own target, beside the line."""
    facts = entry["figures"]
    if not facts.get("aim"):
        return ""
    return f"{_SIGNS.get(facts['op'], '')} {facts['aim']}{facts['unit']}".strip()


@dataclass(frozen=True, slots=True)
class UseWords:
    """A use of a figure for people."""

    use: Use
    demand: Words
    badge: str
    icon: str
    words: Words

    @property
    def readings(self) -> list[tuple[Reading, str, str]]:
        """The cells that rest on it, each with its badge and icon."""
        return [(one, *STATES[one.cell.state]) for one in self.use.readings]


def use_words(use: Use) -> UseWords:
    """What a clause makes of the figure, and how its line stands to the own one."""
    if use.result is None:  # it came in as a result, and the first cell tells it
        entry = use.readings[0].entry
        return UseWords(use, "", *_VERDICTS[entry["verdict"]], reason_words(entry))
    badge, icon = _VERDICTS[str(use.result.verdict)]
    demand = DEMANDS[str(use.demand.demand)] if use.mapping and use.demand else ""
    return UseWords(use, demand, badge, icon, REASONS[use.result.reason])


def _amounts(entry: Mapping[str, Any]) -> tuple[str, str]:
    """What was found and what is asked."""
    facts = entry["figures"]
    if entry["kind"] == "threshold":
        value = f"{facts['value']}{facts['value_unit']}" if facts["value"] is not None else ""
        target = f"{_SIGNS.get(facts['op'], '')} {facts['line']}{facts['unit']}".strip()
        return value, target if facts["line"] is not None else ""
    if entry["kind"] == "checklist_rate":
        return f"{facts['passed']} / {facts['answered']}", f"≥ {percent(facts['pass_line'])}"
    if entry["kind"] == "manual":
        return f"{facts['accepted']} / {facts['asked']}", ""
    if entry["kind"] == "crosswalk":
        return facts["from"], ""
    if entry["kind"] == "facility":
        return _("未投用"), _("投用证明")
    return _further_amounts(entry["kind"], facts)


def _further_amounts(kind: str, facts: Mapping[str, Any]) -> tuple[str, str]:
    if kind == "trend":
        sign = _SIGNS.get(facts.get("op") or "", "")
        target = f"{sign} {facts['line']}{facts['unit']} / " if facts.get("line") else ""
        words = _("%(years)s 年持续改善") % {"years": facts["years"]}
        return facts.get("values", ""), target + words
    if kind == "no_incident":
        return facts["count"] or "", _("%(months)s 个月内 ≤ %(most)s") % facts
    if kind == "ratio" and facts.get("part") and facts.get("whole"):
        sign = _SIGNS[facts["op"]]
        return f"{facts['part']} / {facts['whole']}", f"{sign} {percent(facts['pass_line'])}"
    return "", ""


_SIGNS = {">=": "≥", "<=": "≤", "==": "=", ">": ">", "<": "<"}


def _records(entry: Mapping[str, Any], cell: Cell, unit: str) -> str:
    """The address that opens the records behind a rule."""
    if entry["kind"] in {"threshold", "trend", "no_incident", "ratio"}:
        measure = entry.get("read") or entry["measure"]
        return reverse("assessment:figure_uses", args=[measure]) + (f"?unit={unit}" if unit else "")
    if entry["kind"] == "facility":
        return reverse("projects:detail", args=[entry["figures"]["project"]])
    if entry["kind"] == "crosswalk":
        return reverse("standards:clause_detail", args=[entry["figures"]["from"]])
    if entry["kind"] == "manual":
        return reverse("dossiers:clause_evidence", args=[entry["clause"]])
    if entry["kind"] == "checklist_rate":
        return f"{cell_url(cell)}#rule-{entry['clause']}"
    return cell_url(cell)


def part_words(part: Mapping[str, Any]) -> str:
    """What was found of a part: 「38 / 40」."""
    if part["key"] == "major":
        return _("%(count)s 件超期") % {"count": int(part["good"])}
    if part["key"] == "satisfaction":
        return percent(part["share"]) if part["share"] is not None else _("还没有数值")
    if not part["of"]:
        return _("还没有评过")
    return f"{int(part['good'])} / {int(part['of'])}"
