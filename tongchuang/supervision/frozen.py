"""Frozen data of a bulletin as plain values: facts to JSON and back, lines, digest.

Points and shares are kept as text, so that reading gives the very same Decimal.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from tongchuang.supervision.rules import Facts, Ratio, RuleSet, Score, change, ranks, score

Plain = dict[str, Any]
_RATIOS = (
    "first_pass",
    "lasting",
    "tasks",
    "joint_tasks",
    "support_tasks",
    "papers_accepted",
    "papers_first",
)
_SHARES = ("field", "coverage", "people")


def digest(data: Mapping[str, Any]) -> str:
    """SHA-256 of the data written in one way only: sorted keys, no spaces, UTF-8."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


# Facts
def fact_row(facts: Facts) -> Plain:
    """The facts of a unit as JSON holds them."""
    row = asdict(facts)
    for name in _RATIOS:
        row[name] = [str(row[name]["part"]), str(row[name]["whole"])]
    for name in _SHARES:
        row[name] = None if row[name] is None else str(row[name])
    row["deductions"] = dict(facts.deductions)
    return row | {"bonus": [], "adjustments": []}


def facts_of(row: Plain, *, bonus: Iterable[str], adjustments: Iterable[str]) -> Facts:
    """The facts again, with the levels of praise and the adjustments that came after the cut."""
    values = dict(row)
    for name in row.keys() & set(_RATIOS):  # older bulletins know fewer
        values[name] = Ratio(*map(Decimal, row[name]))
    for name in _SHARES:
        values[name] = None if row[name] is None else Decimal(row[name])
    values["bonus"] = list(bonus)
    values["adjustments"] = [Decimal(points) for points in adjustments]
    return Facts(**values)


# Lines
def ranking(data: Plain, rules: RuleSet) -> list[Plain]:
    """Comparison groups in the order of the rules, each with its lines from first to not ranked.

    Reads the frozen `units`, `praise` and `adjustments` of `data` and nothing else.
    """
    scores = {row["unit"]: _score(row, data, rules) for row in data["units"]}
    groups: dict[str, list[Plain]] = {}
    for row in data["units"]:
        groups.setdefault(row["group"], []).append(row)
    order = {key: place for place, key in enumerate(rules.groups)}
    return [
        {
            "key": key,
            "title": rules.groups.get(key, "参评单位"),
            "lines": _lines(groups[key], scores),
        }
        for key in sorted(groups, key=lambda key: (order.get(key, len(order)), key))
    ]


def _score(row: Plain, data: Plain, rules: RuleSet) -> Score:
    unit = row["unit"]
    bonus = [one["level"] for one in data["praise"] if one["unit"] == unit and one["level"]]
    adjustments = [one["points"] for one in data["adjustments"] if one["unit"] == unit]
    return score(facts_of(row["facts"], bonus=bonus, adjustments=adjustments), rules)


def _lines(rows: list[Plain], scores: Mapping[int, Score]) -> list[Plain]:
    places = ranks({row["unit"]: scores[row["unit"]].total for row in rows})
    lines = [_line(row, scores[row["unit"]], places[row["unit"]]) for row in rows]
    return sorted(lines, key=lambda line: (line["rank"] is None, line["rank"] or 0))


def _line(row: Plain, line: Score, rank: int | None) -> Plain:
    return {
        "unit": row["unit"],
        "name": row["name"],
        "rank": rank,
        "change": change(row["last_rank"], rank),
        "parts": _texts(line.parts),
        "weights": _texts(line.weights),
        "deductions": _texts(line.deductions),
        "deduction": str(line.deduction),
        "bonus": str(line.bonus),
        "adjustment": str(line.adjustment),
        "total": None if line.total is None else str(line.total),
        "coverage": None if line.coverage is None else str(line.coverage),
        "not_ranked": line.not_ranked,
        "drawn": row["drawn"],
        "visited": row["visited"],
        "due": row["facts"]["due"],
    }


def _texts(amounts: Mapping[str, Decimal | None]) -> dict[str, str | None]:
    return {name: None if one is None else str(one) for name, one in amounts.items()}
