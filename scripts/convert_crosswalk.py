"""Convert the pairs of clauses: python scripts/convert_crosswalk.py FOLDER

Run after convert_standards.py: which measure belongs to which clause is read from data/frameworks.
A pair that names several clauses on one side becomes one row each. What holds for all of them
together need not hold for one: only "subset" is kept, any other relation becomes an overlap.
Two pairs with the same ends become one.
"""

import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.convert_standards import DATA, load, write  # noqa: E402  the root must be on the path

Facts = dict[str, Any]
# Sibling pairs of which both ends ask for one and the same figure; read pair by pair.
SAME = {"XS-01", "XS-02", "XS-06", "XS-07", "XS-09"}
BASE = {"equal": 10, "subset_of": 7, "superset_of": 7, "intersects_with": 4, "no_relationship": 1}
LESS = {"high": 0, "medium": 1, "low": 2}


def measures_by_clause() -> dict[str, list[Facts]]:
    """The measures of every requirement that the product ships."""
    found: dict[str, list[Facts]] = {}
    for path in sorted((DATA / "frameworks").glob("*.yaml")):
        content = yaml.safe_load(path.read_text("utf-8"))
        for chapter in content["chapters"]:
            rows = [*chapter.get("requirements", [])]
            for article in chapter.get("articles", []):
                rows += article.get("requirements", [])
            for row in rows:
                found[row["id"]] = row.get("measures", [])
    return found


def rows_of(pair: Facts, measures: dict[str, list[Facts]]) -> list[Facts]:
    """One row per clause of the source."""
    refs = pair["source"].get("refs") or [pair["source"]["id"]]
    clauses = [ref for ref in refs if ref in measures]
    owners = {measure["id"]: clause for clause, ms in measures.items() for measure in ms}
    figures = {owners[ref]: ref for ref in refs if ref in owners}
    clauses += [clause for clause in figures if clause not in clauses]
    several = len(clauses) > 1
    return [
        _row(pair, clause, figures.get(clause, ""), measures, f".{n}" if several else "")
        for n, clause in enumerate(clauses, 1)
    ]


def _row(
    pair: Facts, clause: str, figure: str, measures: dict[str, list[Facts]], suffix: str
) -> Facts:
    relation = pair["strm"]
    if suffix and relation in {"equal", "superset_of"}:
        relation = "intersects_with"
    target = pair["target"]["id"]
    row: Facts = {
        "id": pair["id"] + suffix,
        "source": clause,
        "target": target,
        "relation": relation,
        "strength": max(1, BASE[relation] - LESS[pair["confidence"]]),
        "rationale": pair.get("rationale_type", "semantic"),
        "reuse": pair["evidence_reuse"],
        "reason": pair["reason_zh"],
        "confidence": pair["confidence"],
    }
    own = figure or (measures[clause][0]["id"] if pair["id"] in SAME else "")
    other = _measured(pair, measures[target])
    if own and other:
        row |= {"source_measure": own, "target_measure": other}
        row["same_quantity"] = _same_quantity(pair, relation)
    for name, windows in (("source_window", "source_months"), ("target_window", "target_months")):
        if "windows" in pair:
            row[name] = pair["windows"][windows]
    if "tension" in pair:
        row["tension"] = pair["tension"]
    return row


def _measured(pair: Facts, candidates: list[Facts]) -> str:
    """The measure that the pair means: the one with its value, else the only one."""
    lines = pair.get("threshold", {}).get("comparison", [])
    for measure in candidates:
        if any(measure.get("threshold") == line["target"] for line in lines):
            return str(measure["id"])
    return str(candidates[0]["id"]) if len(candidates) == 1 else ""


def _same_quantity(pair: Facts, relation: str) -> bool:
    """An overlap measures something else, however alike the two are named."""
    return relation != "intersects_with" and (
        "comparison" in pair.get("threshold", {}) or pair["id"] in SAME
    )


def once(rows: list[Facts]) -> list[Facts]:
    """Rows with the same two ends as one: the stronger, with both reasons."""
    kept: dict[tuple[str, ...], Facts] = {}
    for row in rows:
        ends = ("source", "source_measure", "target", "target_measure")
        key = tuple(row.get(name, "") for name in ends)
        if key not in kept:
            kept[key] = row
            continue
        reasons = [kept[key]["reason"], row["reason"]]
        stronger = max(kept[key], row, key=lambda one: one["strength"])
        kept[key] = stronger | {"id": kept[key]["id"], "reason": "；".join(reasons)}
    return list(kept.values())


def main() -> None:
    """Convert the crosswalk in the folder given."""
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    facts, measures = load(Path(sys.argv[1]), "crosswalk.yaml"), measures_by_clause()
    pairs = [row for pair in facts["pairs"] for row in rows_of(pair, measures)]
    siblings = [row for pair in facts["sibling_pairs"] for row in rows_of(pair, measures)]
    head = "条款对照：关系为我们的判断，未经复核；复核在产品里由具名的人作出。"
    content = {
        "schema": "tongchuang/crosswalk/1",
        "id": "nsc2021-siblings",
        "edition": "1",
        "title": "国家卫生城市标准（2021）与其他创建标准的对照",
        "title_en": "Crosswalk from the National Sanitary City Standard 2021 to its siblings",
        "author": "随产品提供",
        "made_on": "2026-11-01",
        "pairs": once([*pairs, *siblings]),
    }
    write(DATA / "crosswalks" / "nsc2021-siblings.yaml", head, content)


if __name__ == "__main__":
    main()
