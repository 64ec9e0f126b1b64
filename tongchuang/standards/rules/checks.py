"""What must hold inside one file and between files, beyond the shape."""

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from tongchuang.standards.rules.reading import Document, Fault
from tongchuang.standards.rules.shapes import LIMIT_PARTS, LIMIT_UNITS

Content = dict[str, Any]
PARAMS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    # kind: (keys it needs, keys it may have)
    "threshold": (frozenset({"measure"}), frozenset()),
    "checklist_rate": (frozenset({"pass_line"}), frozenset()),
    "veto": (frozenset({"gate"}), frozenset()),
    "manual": (frozenset(), frozenset({"measure"})),
    "ratio": (frozenset({"part", "whole", "pass_line"}), frozenset({"op"})),
    "trend": (frozenset({"measure"}), frozenset({"direction", "years"})),
    "deduction": (frozenset({"full", "pass_score", "steps"}), frozenset()),
    "sample_rate": (frozenset({"least", "pass_line"}), frozenset()),
    "no_incident": (frozenset({"measure", "months"}), frozenset({"most"})),
    "prerequisite": (frozenset({"title"}), frozenset()),
}
PARAM_KEYS = frozenset().union(*(needed | allowed for needed, allowed in PARAMS.values()))
_SLUG = re.compile(r"[A-Za-z0-9_-]{1,60}")
_CODE = re.compile(r"[^\s/?#%]+")
RISING, FALLING = frozenset({">=", ">"}), frozenset({"<=", "<"})


@dataclass(frozen=True, slots=True)
class ClauseRow:
    """A chapter, article or requirement where it stands in its file."""

    path: str
    code: str
    parent: str
    level: str
    ordinal: int
    facts: Content


@dataclass
class Known:
    """Codes that files may refer to: what is loaded already and what comes with them."""

    clauses: dict[str, str] = field(default_factory=dict)  # code: its framework
    measures: dict[str, str] = field(default_factory=dict)  # code: its clause
    site_types: set[str] = field(default_factory=set)
    frameworks: set[str] = field(default_factory=set)

    def add(self, document: Document) -> None:
        """Also know what this file brings."""
        content = document.content
        if content["schema"].startswith("tongchuang/framework"):
            self.frameworks.add(content["id"])
            rows = clause_rows(content)
            self.clauses |= {row.code: content["id"] for row in rows}
            self.measures |= {
                measure["id"]: row.code for row in rows for measure in row.facts.get("measures", [])
            }
        if content["schema"].startswith("tongchuang/checklist"):
            self.site_types.add(content["id"])


def clause_rows(content: Content) -> list[ClauseRow]:
    """All clauses of a framework file in the order in which people read them."""
    rows: list[ClauseRow] = []

    def add(path: str, parent: str, level: str, facts: Content) -> str:
        above = str(facts.get("parent", parent))
        rows.append(ClauseRow(path, facts["id"], above, level, len(rows) + 1, facts))
        return str(facts["id"])

    def add_all(path: str, parent: str, facts: Content) -> None:
        for i, requirement in enumerate(facts.get("requirements", [])):
            add(f"{path}.requirements[{i}]", parent, "requirement", requirement)

    for c, chapter in enumerate(content["chapters"]):
        path = f"chapters[{c}]"
        code = add(path, "", "chapter", chapter)
        add_all(path, code, chapter)
        for a, article in enumerate(chapter.get("articles", [])):
            below = f"{path}.articles[{a}]"
            add_all(below, add(below, code, "article", article), article)
    return rows


def clause_paths(rows: Iterable[ClauseRow]) -> dict[str, str]:
    """Code to "chapter/article/requirement"; needs parents without a cycle."""
    parents = {row.code: row.parent for row in rows}
    return {code: "/".join([*reversed(_ancestors(code, parents)), code]) for code in parents}


def codes_of(content: Content) -> list[tuple[str, str]]:
    """Path and code of everything in a file that must be unique across files."""
    kind = content["schema"].split("/")[1]
    if kind == "framework":
        rows = clause_rows(content)
        return [*((row.path + ".id", row.code) for row in rows), *_measure_codes(rows)]
    if kind == "checklist":
        return [(f"items[{i}].id", item["id"]) for i, item in enumerate(content["items"])]
    if kind == "crosswalk":
        return [(f"pairs[{i}].id", pair["id"]) for i, pair in enumerate(content["pairs"])]
    return []


def faults_of(document: Document, known: Known) -> list[Fault]:
    """Everything wrong in a file of the right shape, in the order of its lines."""
    kind = document.content["schema"].split("/")[1]
    found = _CHECKS[kind](document.content, known)
    faults = [document.fault(path, reason) for path, reason in found]
    return sorted(faults, key=lambda fault: fault.line)


Found = Iterator[tuple[str, str]]


def _framework(content: Content, known: Known) -> Found:
    rows = clause_rows(content)
    codes = {row.code for row in rows}
    if not _SLUG.fullmatch(content["id"]):
        yield "id", _("标准的代码只能用字母、数字、- 和 _，不超过 60 个字")
    for path, code in [*((row.path + ".id", row.code) for row in rows), *_measure_codes(rows)]:
        if not _CODE.fullmatch(code):
            yield path, _("代码里不能有空格和 / ? # % 这些符号")
    yield from _repeated((row.path + ".id", row.code) for row in rows)
    yield from _repeated(_measure_codes(rows))
    for row in rows:
        if "parent" in row.facts and row.parent not in codes:
            yield row.path + ".parent", _dangling(row.parent)
        yield from _unknown(row.path + ".site_types", row.facts.get("site_types"), known.site_types)
        yield from _rules(row)
        yield from _measures(row)
    yield from _parent_cycles(rows)


def _measure_codes(rows: Iterable[ClauseRow]) -> Found:
    for row in rows:
        for i, measure in enumerate(row.facts.get("measures", [])):
            yield f"{row.path}.measures[{i}].id", measure["id"]


def _measures(row: ClauseRow) -> Found:
    for i, measure in enumerate(row.facts.get("measures", [])):
        path = f"{row.path}.measures[{i}]"
        if "threshold" in measure and "op" not in measure:
            yield f"{path}.op", _("有目标值就要有比较符")
        amounts = {f"{path}.threshold": measure.get("threshold", "0")}
        for v, variant in enumerate(measure.get("variants", [])):
            amounts[f"{path}.variants[{v}].threshold"] = variant.get("threshold", "0")
        for place, amount in amounts.items():
            if not _fits(Decimal(amount)):
                yield place, _("目标值最多 10 位整数、4 位小数")


def _fits(amount: Decimal) -> bool:
    """Whether the tables hold it without loss."""
    return abs(amount) < 10**10 and amount == round(amount, 4)


def _rules(row: ClauseRow) -> Found:
    measures = {measure["id"]: measure for measure in row.facts.get("measures", [])}
    for i, rule in enumerate(row.facts.get("rules", [])):
        path = f"{row.path}.rules[{i}]"
        needed, allowed = PARAMS[rule["kind"]]
        for key in sorted(needed - rule.keys()):
            yield f"{path}.{key}", _("缺少必填的键")
        for key in sorted((PARAM_KEYS & rule.keys()) - needed - allowed):
            yield f"{path}.{key}", _("这种规则没有这个参数")
        yield from _params(path, rule, measures)


def _params(path: str, rule: Content, measures: Mapping[str, Content]) -> Found:
    for key in ("measure", "part", "whole"):
        if key in rule and rule[key] not in measures:
            yield f"{path}.{key}", _dangling(rule[key])
    measure = measures.get(rule.get("measure", ""), {})
    if rule["kind"] == "threshold" and measure and "threshold" not in measure:
        yield f"{path}.measure", _("这个指标没有目标值，不能按目标值判定")
    if "pass_line" in rule and not 0 < Decimal(rule["pass_line"]) <= 1:
        yield f"{path}.pass_line", _("合格线应在 0 与 1 之间")
    if rule["kind"] == "trend" and measure and not direction_of(rule, measure):
        yield f"{path}.direction", _("看不出往哪边算改善，请写明方向 up 或 down")
    if rule["kind"] == "ratio" and rule.get("op", ">=") not in {">=", "<="}:
        yield f"{path}.op", _("占比只能用 >= 或 <=")
    if rule["kind"] == "no_incident" and rule.get("months", 12) % 12:
        yield f"{path}.months", _("按年度数值判定，月数应为 12 的倍数")
    yield from _deductions(path, rule)


def _deductions(path: str, rule: Content) -> Found:
    steps = rule.get("steps", [])
    if rule["kind"] == "deduction" and "steps" in rule and not steps:
        yield f"{path}.steps", _("扣分表不能是空的")
    yield from _repeated(
        (f"{path}.steps[{i}].fault", step["fault"]) for i, step in enumerate(steps)
    )
    for i, step in enumerate(steps):
        if Decimal(step["points"]) <= 0:
            yield f"{path}.steps[{i}].points", _("扣分应大于 0")
    full, line = Decimal(rule.get("full", 1)), Decimal(rule.get("pass_score", 0))
    if "full" in rule and full <= 0:
        yield f"{path}.full", _("满分应大于 0")
    elif "pass_score" in rule and "full" in rule and not 0 <= line <= full:
        yield f"{path}.pass_score", _("合格分应在 0 与满分之间")


def direction_of(rule: Content, measure: Content) -> str:
    """Which way a figure improves: "up", "down", or nothing when neither says so."""
    if rule.get("direction"):
        return str(rule["direction"])
    return "up" if measure.get("op") in RISING else "down" if measure.get("op") in FALLING else ""


def _parent_cycles(rows: list[ClauseRow]) -> Found:
    parents = {row.code: row.parent for row in rows}
    for row in rows:
        chain = _ancestors(row.code, parents)
        if row.code in chain:
            yield row.path + ".parent", _("上级条款成环：%(chain)s") % {"chain": " → ".join(chain)}


def _ancestors(code: str, parents: Mapping[str, str]) -> list[str]:
    """The clauses above, nearest first; stops where it has been before."""
    chain: list[str] = []
    while (code := parents.get(code, "")) and code not in chain:
        chain.append(code)
    return chain


def _checklist(content: Content, known: Known) -> Found:
    items = content["items"]
    yield from _repeated((f"items[{i}].id", item["id"]) for i, item in enumerate(items))
    for i, item in enumerate(items):
        yield from _unknown(f"items[{i}].clauses", item.get("clauses"), known.clauses)


def _classes(content: Content, known: Known) -> Found:
    rows = [
        (f"groups[{g}].classes[{c}]", row)
        for g, group in enumerate(content["groups"])
        for c, row in enumerate(group["classes"])
    ]
    yield from _repeated((f"{path}.id", row["id"]) for path, row in rows)
    for path, row in rows:
        yield from _unknown(f"{path}.clauses", row["clauses"], known.clauses)
        yield from _unknown(f"{path}.site_types", row.get("site_types"), known.site_types)
        yield from _limits_of(f"{path}.limits", row.get("limits", {}))


def _limits(content: Content, known: Known) -> Found:
    grades = content["grades"]
    yield from _repeated((f"grades[{i}].grade", row["grade"]) for i, row in enumerate(grades))
    for i, row in enumerate(grades):
        yield from _limits_of(f"grades[{i}]", row)


def _limits_of(path: str, limits: Content) -> Found:
    for part in LIMIT_PARTS:
        amount, _space, unit = str(limits.get(part, "")).partition(" ")
        if part in limits and not (_is_amount(amount) and unit in LIMIT_UNITS):
            units = " ".join(sorted(LIMIT_UNITS))
            yield (
                f"{path}.{part}",
                _("时限应写成“4 work_hour”，单位可用：%(units)s") % {"units": units},
            )


def _is_amount(text: str) -> bool:
    whole, _point, fraction = text.partition(".")
    return text.isascii() and whole.isdigit() and (not fraction or fraction.isdigit())


def _process(content: Content, known: Known) -> Found:
    if content["framework"] not in known.frameworks:
        yield "framework", _dangling(content["framework"])
    states = {row["id"] for row in content["states"]}
    yield from _repeated((f"states[{i}].id", row["id"]) for i, row in enumerate(content["states"]))
    for i, gate in enumerate(content["gates"]):
        for end in ("from", "to"):
            if gate[end] not in states:
                yield f"gates[{i}].{end}", _dangling(gate[end])
    yield from _gate_cycles(content["gates"])


def _gate_cycles(gates: list[Content]) -> Found:
    """A way back must say `again: true`; any other circle is a mistake."""
    onward: dict[str, set[str]] = {}
    for i, gate in enumerate(gates):
        if gate.get("again"):
            continue
        if gate["from"] in _reachable(gate["to"], onward):
            yield f"gates[{i}]", _("关口成环；若确要回到前面的阶段，请写 again: true")
            continue
        onward.setdefault(gate["from"], set()).add(gate["to"])


def _reachable(start: str, onward: Mapping[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        state = waiting.pop()
        if state not in seen:
            seen.add(state)
            waiting.extend(onward.get(state, ()))
    return seen


def _vectors(content: Content, known: Known) -> Found:
    yield from _repeated((f"species[{i}].id", s["id"]) for i, s in enumerate(content["species"]))


def _repeated(pairs: Iterable[tuple[str, str]]) -> Found:
    seen: set[str] = set()
    for path, code in pairs:
        if code in seen:
            yield path, _("编号重复：%(code)s") % {"code": code}
        seen.add(code)


def _unknown(path: str, codes: list[str] | None, known: Container[str]) -> Found:
    for i, code in enumerate(codes or []):
        if code not in known:
            yield f"{path}[{i}]", _dangling(code)


def _dangling(code: str) -> str:
    return _("引用了不存在的编号：%(code)s") % {"code": code}


def _crosswalk(content: Content, known: Known) -> Found:
    pairs = [(f"pairs[{i}]", pair) for i, pair in enumerate(content["pairs"])]
    yield from _repeated((f"{path}.id", pair["id"]) for path, pair in pairs)
    yield from _same_pairs(pairs)
    for path, pair in pairs:
        for end in ("source", "target"):
            yield from _end(path, end, pair, known)
        here = known.clauses.get(pair["source"])
        if here and here == known.clauses.get(pair["target"]):
            yield f"{path}.target", _("两条款在同一指标体系内，不能对照")
        if not 1 <= pair["strength"] <= 10:
            yield f"{path}.strength", _("强度应在 1 与 10 之间")
        if pair.get("same_quantity") and not (
            "source_measure" in pair and "target_measure" in pair
        ):
            yield f"{path}.same_quantity", _("同一个量须写明双方的指标")


def _same_pairs(pairs: list[tuple[str, Content]]) -> Found:
    """The same two ends twice, also when one of them is read the other way round."""
    seen: dict[frozenset[tuple[str, str]], str] = {}
    for path, pair in pairs:
        ends = frozenset(
            (pair[end], pair.get(f"{end}_measure", "")) for end in ("source", "target")
        )
        if ends in seen:
            yield f"{path}.target", _("与 %(other)s 是同一对条款") % {"other": seen[ends]}
        seen.setdefault(ends, pair["id"])


def _end(path: str, end: str, pair: Content, known: Known) -> Found:
    if pair[end] not in known.clauses:
        yield f"{path}.{end}", _dangling(pair[end])
    measure = pair.get(f"{end}_measure")
    if measure and known.measures.get(measure) != pair[end]:
        yield (
            f"{path}.{end}_measure",
            _("指标 %(measure)s 不属于条款 %(clause)s") % {"measure": measure, "clause": pair[end]},
        )


_CHECKS = {
    "checklist": _checklist,
    "crosswalk": _crosswalk,
    "framework": _framework,
    "limits": _limits,
    "problem-classes": _classes,
    "process": _process,
    "vector-levels": _vectors,
}
