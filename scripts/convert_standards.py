"""Turn the collected facts about standards into the files of data/ that the product loads.

    python scripts/convert_standards.py SOURCE_FOLDER

Writes data/frameworks, data/checklists, data/processes and data/vector_levels.yaml. Problem
classes and limits are our own and kept by hand. Plain explanations come from
scripts/plain_explanations.yaml. Running it twice gives the same files.
"""

import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "data"
Facts = dict[str, Any]

PASS_LINE = 0.9  # product default: no pass line was published
UNITS = {
    "m2/person": "平方米/人",
    "points of 10": "分",
    "points": "分",
    "per 10k people": "个/万人",
    "per 10k": "个/万人",
    "per 100k people": "个/10万人",
    "ratio": "倍",
    "days/year": "天",
    "degC": "℃",
    "CNY": "元",
    "times/year": "次/年",
    "volumes": "册",
    "m2": "平方米",
    "km/10k people": "公里/万人",
    "index": "指数",
    "tce/10k CNY": "吨标准煤/万元",
    "m3/10k CNY": "立方米/万元",
    "kg/10k CNY": "千克/万元",
    "years": "年",
}
WORDS = {
    "provincial_capital_or_separately_planned_city": "省会和计划单列市",
    "per_capita_construction_land < 105 m2": "人均建设用地小于105平方米",
    "per_capita_construction_land >= 105 m2": "人均建设用地不小于105平方米",
    "national_garden_city": "国家园林城市",
    "national_ecological_garden_city": "国家生态园林城市",
    "annual precipitation < 400 mm": "年降水量小于400毫米",
    "400-800 mm": "年降水量400至800毫米",
    "> 800 mm": "年降水量大于800毫米",
    "city proper": "中心城区",
    "subordinate county town": "所辖县城",
    "arid and semi-arid": "干旱半干旱地区",
    "other": "其他地区",
    "mountain": "山区",
    "hill": "丘陵地区",
    "plain": "平原地区",
    "Qinghai-Tibet plateau": "青藏高原",
    "prefecture-level city": "地级市",
    "county": "县级",
    "super and mega city": "超大特大城市",
    "large city": "大城市",
    "small and medium city": "中小城市",
    "developed": "经济发达地区",
    "less developed": "经济欠发达地区",
    "alpine or steppe (forest and grass)": "高寒区或草原区（林草）",
    "north": "北方",
    "south": "南方",
    "coastal": "沿海城市",
    "northern heating cities": "北方采暖城市",
    "city": "市级",
    "city+county": "市级和县级",
    "annual_increase >= 10%": "或每年提高不少于10%",
    "manure_use_rate": "畜禽粪污综合利用率",
    "film_recovery_rate": "农膜回收率",
    "so2_intensity": "二氧化硫排放强度",
    "green_space_per_capita": "人均绿地面积",
    "green_space_ratio_built_up": "建成区绿地率",
    "park_green_space_per_capita": "人均公园绿地面积",
}
# Targets that are grades or yes/no, as the number under which they are compared.
GRADED = {"有": (1, "有", "有=1，无=0"), "C": (3, "C 级或更好", "A=1，B=2，C=3，D=4")}
NOT_MEASURED = "目标不是固定数值，由人工认定"
# What else counts as met, and targets that are no number: judged by three years of figures.
IMPROVING = {"或持续提升", "或持续改善", "或持续降低", "或逐年提高"}
FALLING = {"逐年下降", "呈下降趋势"}
TREND_NOTE = "按连续三年的数判定是产品的读法，非官方"
NOTE_2021 = (
    "条文1至6和10至15经公开页面印证后用自己的话概括；其余条文主题可信、编号为推定，"
    "引用请用条款代码。未另作说明时指建成区。"
)
NATIONAL = {
    "nsc2014": {"edition": "2014", "issuer": "全国爱国卫生运动委员会", "ordinal": 1},
    "nsc2021": {"edition": "2021", "issuer": "全国爱国卫生运动委员会", "ordinal": 2},
}
SIBLINGS = {
    "civilized": ("公开内容汇总", "reference", ""),
    "garden-2016": ("2016", "superseded", "garden-2022"),
    "garden-2022": ("2022", "in_force", ""),
    "forest-2019": ("2019", "superseded", "GB/T 37342-2024"),
    "ecological": ("2019", "superseded", "2024 年版"),
    "provincial-sanitary": ("公开内容汇总", "reference", ""),
}


def load(folder: Path, name: str) -> Facts:
    """One source file."""
    facts: Facts = yaml.safe_load((folder / name).read_text(encoding="utf-8"))
    return facts


def write(path: Path, head: str, content: Facts) -> None:
    """`content` as YAML under a line that says what it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=110)
    path.write_text(f"# {head}\n{text}", encoding="utf-8")


def slim(facts: Facts) -> Facts:
    """Without what is unknown or empty; a target of 0 is a target."""
    return {
        key: value
        for key, value in facts.items()
        if value is not False and value not in (None, "", [], {})
    }


def sources(facts: Facts) -> list[str]:
    """Where a fact is from, each place once."""
    source = facts.get("source") or []
    return list(dict.fromkeys([source] if isinstance(source, str) else source))


def word(text: str) -> str:
    """A term of the sources in Chinese."""
    return WORDS.get(text, text)


def target(facts: Facts) -> Facts:
    """Threshold, its wording and the comparison, as a measure holds them."""
    op, value = facts.get("op"), facts.get("threshold")
    if value is None:
        return {"op": op}
    if value in GRADED:
        number, text, base = GRADED[value]
        return {"op": op, "threshold": number, "threshold_text": text, "base": base}
    if isinstance(value, str):
        return {"op": op, "threshold_text": value}
    return {"op": op, "threshold": value}


def variants(facts: Facts) -> list[Facts]:
    """Targets that differ by kind of city."""
    rows = [*facts.get("threshold_variants", []), *facts.get("tiers", [])]
    return [
        {
            "when": word(row.get("applies_to") or row["when"]),
            "op": row["op"],
            "threshold": row["threshold"],
        }
        for row in rows
    ]


def is_unsure(facts: Facts) -> bool:
    """Shown as 待核实: flagged by the source, of low confidence, or without a target."""
    known = facts.get("threshold") is not None or variants(facts)
    return bool(facts.get("verify_before_use")) or facts["confidence"] == "low" or not known


def indicator_measure(facts: Facts) -> Facts:
    """A measure of the 2021 annex."""
    return slim(
        {
            "id": facts["id"],
            "number": str(facts["number"]),
            "name": facts["name_zh"],
            "name_en": facts.get("name_en"),
            "metric": facts["name_zh"],
            "unit": facts["unit"],
            **target(facts),
            "alternative": facts.get("alternative_zh"),
            "years_reported": facts["years_reported"],
            "formula": facts.get("formula_zh"),
            "responsible": facts.get("responsible_hint"),
            "confidence": facts["confidence"],
            "unsure": is_unsure(facts),
            "note": indicator_note(facts),
            "sources": sources(facts),
        }
    )


def indicator_note(facts: Facts) -> str:
    """The source's note, and what else one must know before using the value."""
    parts = [facts.get("note") or ""]
    if facts.get("op_inferred"):
        parts.append("比较方向为推定")
    if facts.get("city_form_only"):
        parts.append("只在市级填报表中")
    return "；".join(part for part in parts if part)


def own_measure(facts: Facts, number: str = "m1") -> Facts:
    """The measure that a requirement carries itself."""
    return slim(
        {
            "id": f"{facts['id']}.{number}",
            "name": facts["metric"],
            "name_en": facts.get("title_en"),
            "metric": facts["metric"],
            "unit": UNITS.get(facts["unit"], facts["unit"]),
            **target(facts),
            "variants": variants(facts),
            "alternative": word(facts["alternative"]) if facts.get("alternative") else None,
            "confidence": facts["confidence"],
            "unsure": is_unsure(facts),
            "sources": sources(facts),
        }
    )


def rules(facts: Facts, measures: list[Facts], *, checked: bool, gate: str) -> list[Facts]:
    """How the requirement is judged; see docs/reference/framework-files.md."""
    found = [measure_rule(measure) for measure in measures]
    if not found and checked:
        note = "合格线为产品默认值，非官方"
        found.append(
            {
                "kind": "checklist_rate",
                "pass_line": PASS_LINE,
                "confidence": "product_default",
                "note": note,
            }
        )
    if not found:
        found.append({"kind": "manual"})
    if gate:
        found.append({"kind": "veto", "gate": gate, "confidence": facts["confidence"]})
    return found


def measure_rule(measure: Facts) -> Facts:
    """A threshold where there is a number to compare with, a trend where the text asks for one.

    Else a person decides.
    """
    if measure.get("op") == "trend" and measure.get("threshold_text") in FALLING:
        return {
            "kind": "trend",
            "measure": measure["id"],
            "direction": "down",
            "confidence": measure["confidence"],
            "note": TREND_NOTE,
        }
    compared = "threshold" in measure and measure.get("op") not in (None, "trend")
    if compared and measure.get("alternative") in IMPROVING:
        return {
            "kind": "trend",
            "measure": measure["id"],
            "confidence": measure["confidence"],
            "note": TREND_NOTE,
        }
    if "threshold" in measure and measure.get("op") not in (None, "trend"):
        return {
            "kind": "threshold",
            "measure": measure["id"],
            "confidence": measure["confidence"],
        }
    note = NOT_MEASURED if "threshold_text" in measure or "variants" in measure else "目标值未查到"
    return {"kind": "manual", "measure": measure["id"], "note": note}


class National:
    """One edition of the national standard."""

    def __init__(self, facts: Facts, checked: set[tuple[str, str]], plain: dict[str, str]) -> None:
        self.facts = facts
        self.checked = checked
        self.plain = plain
        self.gate = set(facts.get("document_gate", {}).get("requirement_ids", []))
        self.indicators = {row["id"]: row for row in facts.get("data_indicators", [])}

    def framework(self) -> Facts:
        facts = self.facts
        superseded = "superseded_by" in str(facts.get("status"))
        return {
            "schema": "tongchuang/framework/1",
            "id": facts["id"],
            **NATIONAL[facts["id"]],
            "title": facts["title_zh"],
            **slim(
                {
                    "title_en": facts["title_en"],
                    "document_no": facts.get("document_no"),
                    "issued_on": facts.get("issued"),
                    "in_force_on": facts.get("in_force_from"),
                    "superseded_on": "2021-12-03" if superseded else None,
                    "superseded_by": "nsc2021" if superseded else None,
                }
            ),
            "status": "superseded" if superseded else "in_force",
            "note": NOTE_2021 if facts["id"] == "nsc2021" else facts["note_zh"],
            **slim({"sources": list(dict.fromkeys(facts.get("counts_source", [])))}),
            "chapters": [self.chapter(chapter) for chapter in facts["chapters"]],
        }

    def chapter(self, facts: Facts) -> Facts:
        return {
            "id": facts["id"],
            "number": str(facts["number"]),
            "title": facts["title_zh"],
            "title_en": facts["title_en"],
            "articles": [self.article(article) for article in facts["articles"]],
        }

    def article(self, facts: Facts) -> Facts:
        return {
            "id": facts["id"],
            "number": str(facts["number"]),
            "number_confidence": facts["number_confidence"],
            "title": facts["title_zh"],
            "title_en": facts["title_en"],
            "plain": self.plain[facts["id"]],
            "requirements": [self.requirement(facts["id"], row) for row in facts["requirements"]],
        }

    def requirement(self, article: str, facts: Facts) -> Facts:
        measures = [indicator_measure(self.indicators[i]) for i in facts.get("indicators", [])]
        if not measures and facts["metric"]:
            measures = [own_measure(facts)]
        in_gate = facts["id"] in self.gate
        site_types = facts["site_types"]
        checked = any((article, kind) in self.checked for kind in site_types)
        gate = "document_gate" if in_gate else ""
        return {
            "id": facts["id"],
            "title": facts["title_zh"],
            "title_en": facts["title_en"],
            "text": facts["text_zh"],
            **slim(
                {
                    "veto": in_gate,
                    "evidence": facts["evidence"],
                    "responsible": facts["responsible_hint"],
                    "site_types": site_types,
                    "measures": measures,
                }
            ),
            "rules": rules(facts, measures, checked=checked, gate=gate),
            "confidence": facts["confidence"],
            "sources": sources(facts),
        }


class Sibling:
    """A framework of another campaign: groups of indicators."""

    def __init__(self, facts: Facts, ordinal: int) -> None:
        self.facts = facts
        self.ordinal = ordinal

    def framework(self) -> Facts:
        facts = self.facts
        edition, status, superseded_by = SIBLINGS[facts["id"]]
        return {
            "schema": "tongchuang/framework/1",
            "id": facts["id"],
            "edition": edition,
            "issuer": facts["issuer_zh"],
            "ordinal": self.ordinal,
            "title": facts["title_zh"],
            "title_en": facts["title_en"],
            **slim(
                {
                    "document_no": (facts.get("document_no") or "").replace(" (recall)", ""),
                    "issued_on": facts.get("published"),
                    "in_force_on": facts.get("effective"),
                    "superseded_by": superseded_by,
                }
            ),
            "status": status,
            "note": self.note(),
            "chapters": [
                self.chapter(number, group) for number, group in enumerate(facts["groups"], 1)
            ],
        }

    def note(self) -> str:
        parts = ["措辞为自拟摘要，非官方文本；用前须按官方文件核对。"]
        parts += [self.facts[key] for key in ("access_note", "note") if self.facts.get(key)]
        parts += [row["zh"] for row in self.facts.get("prerequisites", [])]
        return "\n".join(parts)

    def chapter(self, number: int, facts: Facts) -> Facts:
        note = "；".join(facts.get("basic_conditions", []))
        return {
            "id": facts["id"],
            "number": str(number),
            "title": facts["title_zh"],
            "title_en": facts["title_en"],
            **slim({"note": note}),
            "requirements": [self.requirement(row) for row in facts["indicators"]],
        }

    def requirement(self, facts: Facts) -> Facts:
        measures = sibling_measures(facts)
        veto = bool(facts.get("veto"))
        return {
            "id": facts["id"],
            "title": facts["title_zh"],
            "title_en": facts["title_en"],
            "text": facts["text_zh"],
            **slim({"veto": veto, "evidence": facts.get("evidence"), "measures": measures}),
            "rules": rules(facts, measures, checked=False, gate="veto" if veto else ""),
            "confidence": facts["confidence"],
            **slim({"note": sibling_note(facts)}),
            "sources": sources(facts),
        }


def sibling_measures(facts: Facts) -> list[Facts]:
    """The figure of a sibling's indicator and those that come with it."""
    if not facts.get("metric") or not facts.get("op"):
        return []
    measures = [own_measure({**facts, "metric": facts["title_zh"]})]
    for number, part in enumerate(facts.get("sub", []), 2):
        inherited = {key: facts[key] for key in ("id", "unit", "confidence", "source")}
        row = {**inherited, **part, "metric": word(part["metric"])}
        measures.append(own_measure(row, f"m{number}"))
    return measures


def sibling_note(facts: Facts) -> str:
    """What does not fit a column, in words."""
    binding = {True: "约束性指标", False: "参考性指标"}
    uncertain = "该值不确定，须核对官方附件" if facts.get("uncertain") else ""
    parts = [binding.get(facts.get("binding", ""), "")]
    parts += [f"适用：{word(facts[key])}" for key in ("scope", "applies_to") if facts.get(key)]
    parts += [f"{facts['edition']} 版" if "edition" in facts else ""]
    parts += [f"追溯 {facts['window_months']} 个月" if "window_months" in facts else ""]
    parts += ["方法：" + "、".join(facts["method"]) if facts.get("method") else ""]
    parts += ["点位：" + "、".join(facts["sites"]) if facts.get("sites") else ""]
    parts += [earlier_value(row) for row in facts.get("previous", [])]
    return "；".join(part for part in [*parts, uncertain] if part)


def earlier_value(facts: Facts) -> str:
    """What an older edition asked for."""
    values = "、".join(facts.get("tiers", [])) or facts.get("threshold") or facts.get("note")
    return f"旧版（{facts['edition']}）：{values}"


def checklist(ordinal: int, facts: Facts) -> Facts:
    """One site type with its items."""
    sample = facts["sample_size"]
    return {
        "schema": "tongchuang/checklist/1",
        "id": facts["id"],
        "edition": "1",
        "ordinal": ordinal,
        "title": facts["title_zh"],
        "title_en": facts["title_en"],
        **slim(
            {
                "lead": facts["lead_departments_hint"],
                "sample_minimum": {
                    k: str(v) for k, v in (sample.get("official_min") or {}).items()
                },
                "sample_note": sample.get("note"),
                "self_check": sample.get("suggested_self_check"),
            }
        ),
        "confidence": facts["confidence"],
        "sources": sources(facts),
        "items": [checklist_item(row) for row in facts["items"]],
    }


def put_in_by_hand(path: Path, converted: list[Facts]) -> list[Facts]:
    """Items of a file that were written for other standards."""
    known = {item["id"] for item in converted}
    old = yaml.safe_load(path.read_text(encoding="utf-8"))["items"] if path.exists() else []
    return [item for item in old if item["id"] not in known]


def checklist_item(facts: Facts) -> Facts:
    """One thing to look at, with the articles of both editions."""
    return {
        "id": facts["id"],
        "text": facts["zh"],
        "text_en": facts["en"],
        "severity": facts["severity"],
        "weight": facts["weight"],
        "method": facts["method"],
        "photo_required": facts["photo_required"],
        "clauses": [code for codes in facts["articles"].values() for code in codes],
    }


def process(facts: Facts, actors: Facts) -> Facts:
    """A review procedure; ways back to an earlier stage are marked `again`."""
    states = [process_state(row, actors) for row in facts["states"]]
    order = {row["id"]: place for place, row in enumerate(states)}
    repealed = "repealed" in str(facts.get("status"))
    return {
        "schema": "tongchuang/process/1",
        "id": facts["id"],
        "edition": facts["id"].removeprefix("process"),
        "framework": facts["framework"],
        "title": facts["title_zh"],
        "document_no": facts["document_no"],
        "issued_on": facts["issued"],
        "status": "superseded" if repealed else "in_force",
        "cycle_years": facts["cycle"]["years"],
        **slim({"note": facts.get("certainty_zh") or facts["cycle"].get("zh")}),
        "states": states,
        "gates": [process_gate(row, order) for row in facts["gates"]],
    }


def process_state(facts: Facts, actors: Facts) -> Facts:
    """A stage: who acts, how long, what is known."""
    actor = " / ".join(actors[name] for name in facts["actor"].split("/"))
    notes = [facts.get(key) for key in ("note_zh", "checks_zh", "period_note_zh", "period_zh")]
    notes += [facts.get("method_zh"), "、".join(facts.get("outputs_zh", []))]
    notes += [facts.get("veto_zh", "").replace("，见 nsc-2014.yaml document_gate", "")]
    notes += ["重点：" + "、".join(facts["focus_zh"]) if "focus_zh" in facts else ""]
    return {
        "id": facts["id"],
        "title": facts["title_zh"],
        "title_en": facts["title_en"],
        "actor": actor,
        **slim(
            {
                "period_days": facts.get("period_days"),
                "period_years": facts.get("every_years") or facts.get("valid_years"),
                "note": "；".join(note for note in notes if note),
            }
        ),
        "confidence": facts["confidence"],
        "sources": sources(facts),
    }


def process_gate(facts: Facts, order: dict[str, int]) -> Facts:
    """A passage; `again` when it leads back."""
    return {
        "from": facts["from"],
        "to": facts["to"],
        "condition": facts["condition_zh"],
        "condition_en": facts["condition_en"],
        **slim(
            {
                "again": order[facts["to"]] <= order[facts["from"]],
                "note": facts.get("pass_score_note_zh"),
            }
        ),
        "confidence": facts["confidence"],
        "sources": sources(facts),
    }


def vector_levels(facts: Facts) -> Facts:
    """Density levels of the four vectors."""
    rule, wanted = facts["level_rule"]["zh"], facts["requirement"]["zh"]
    return {
        "schema": "tongchuang/vector-levels/1",
        "id": "vector_levels",
        "edition": "GB/T 27770~27773-2011",
        "note": f"{rule}\n{wanted}\n{facts['legacy_note_zh']}",
        "species": [
            {
                "id": row["species"],
                "title": row["zh"],
                "document_no": row["code"],
                "metrics": [vector_metric(metric) for metric in row["metrics"]],
            }
            for row in facts["standards"]
        ],
    }


def vector_metric(facts: Facts) -> Facts:
    """One line of A, B and C."""
    return {
        "metric": facts["metric_zh"],
        "metric_en": facts["metric_en"],
        "unit": facts["unit"],
        **slim({"op": facts["op"], "note": facts.get("note")}),
        **{level.lower(): facts[level] for level in "ABC" if facts[level] is not None},
        "confidence": facts["confidence"],
        "sources": sources(facts),
    }


def convert_national(folder: Path, lists: Facts) -> None:
    """Both editions of the national standard."""
    checked = {
        (article, row["id"])
        for row in lists["site_types"]
        for item in row["items"]
        for articles in item["articles"].values()
        for article in articles
    }
    plain = yaml.safe_load((ROOT / "scripts" / "plain_explanations.yaml").read_text("utf-8"))
    for name in ("nsc-2014.yaml", "nsc-2021.yaml"):
        facts = load(folder, name)["frameworks"][0]
        head = "事实用我们自己的话写成，非官方文本；来源与可信度逐条注明。plain 为我们的说明。"
        path = DATA / "frameworks" / f"{facts['id']}.yaml"
        write(path, head, National(facts, checked, plain).framework())


def convert_siblings(folder: Path) -> None:
    """The standards of the other campaigns."""
    names = ["civilized", "garden-2016", "garden-2022", "forest", "ecological"]
    for ordinal, name in enumerate([*names, "provincial-sanitary"], 3):
        facts = load(folder, f"{name}.yaml")["framework"]
        head = "事实用我们自己的话写成，非官方文本；来源与可信度逐条注明。"
        path = DATA / "frameworks" / f"{facts['id']}.yaml"
        write(path, head, Sibling(facts, ordinal).framework())


def main() -> None:
    """Convert everything in the folder given."""
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = Path(sys.argv[1])
    lists = load(folder, "checklists.yaml")
    convert_national(folder, lists)
    convert_siblings(folder)
    for ordinal, row in enumerate(lists["site_types"], 1):
        head = "检查项为自拟；轻重和权重是产品默认值，非官方分值。"
        path = DATA / "checklists" / f"{row['id']}.yaml"
        content = checklist(ordinal, row)
        content["items"] += put_in_by_hand(path, content["items"])
        write(path, head, content)
    procedures = load(folder, "process.yaml")
    for row in procedures["processes"]:
        head = "评审程序；分数线未公布，一律留空。"
        path = DATA / "processes" / f"{row['id']}.yaml"
        write(path, head, process(row, procedures["actors"]))
    head = "病媒生物密度控制水平；综合等级取最差分项。"
    write(DATA / "vector_levels.yaml", head, vector_levels(load(folder, "vector-levels.yaml")))


if __name__ == "__main__":
    main()
