"""Reading the approved scoring rules from data files; a version never changes once used."""

from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from tongchuang.supervision.rules import HUNDRED, PARTS, RuleSet

PRESENT = "2016-3"
SCHEMA = "tongchuang/scoring/1"
_ONE = Decimal(1)
_MAPS = {
    "weights": set(PARTS),
    "closing": {"on_time", "first_pass", "lasting"},
    "dossier": {"accepted", "first_review", "no_conflict"},
    "cooperation": {"late_reply", "groundless_return"},
    "relations": {"lead", "joint", "support"},
    "deductions": {
        "overdue_general",
        "overdue_major",
        "recurrence",
        "false_reply",
        "media",
        "red_slip",
    },
    "bonus": {"city", "province", "nation"},
}
_AMOUNTS = (
    "overdue_most",
    "bonus_most",
    "total_most",
    "coverage_line",
    "min_cases",
    "min_weight",
    "people_least",
    "objection_work_days",
)
_LEAD_ONLY = {"lead": 1, "joint": 0, "support": 0}  # versions before 2016-3 do not name them
_WORDS = ("version", "title", "people_measure")


class BadRuleSet(ValueError):
    """A rules file that cannot be used; the message names the file and what is wrong."""


def rule_set(version: str = PRESENT) -> RuleSet:
    """The rules of a version. Raises `BadRuleSet` when the file is missing or wrong."""
    return _read(Path(settings.FRAMEWORK_DATA) / "scoring" / f"monthly-{version}.yaml")


@lru_cache(maxsize=8)
def _read(path: Path) -> RuleSet:
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as fault:
        raise BadRuleSet(f"{path.name}: {fault}") from fault
    return parse(raw, path.name)


def parse(raw: object, file: str) -> RuleSet:
    """The rules from a file's content, checked: known names only, weights 100, shares 1."""
    if not isinstance(raw, dict) or raw.get("schema") != SCHEMA:
        raise BadRuleSet(f"{file}: schema is not {SCHEMA}")
    raw = {"relations": _LEAD_ONLY} | raw
    maps = {name: _amounts(raw, name, keys, file) for name, keys in _MAPS.items()}
    _check_sum(maps["weights"], HUNDRED, f"{file}: weights")
    _check_sum(maps["closing"], _ONE, f"{file}: closing")
    _check_sum(maps["dossier"], _ONE, f"{file}: dossier")
    amount = {name: _amount(raw.get(name), f"{file}: {name}") for name in _AMOUNTS}
    word = {name: _word(raw.get(name), f"{file}: {name}") for name in _WORDS}
    return RuleSet(
        version=word["version"],
        title=word["title"],
        weights=maps["weights"],
        closing=maps["closing"],
        dossier=maps["dossier"],
        cooperation=maps["cooperation"],
        relations=maps["relations"],
        deductions=maps["deductions"],
        overdue_most=amount["overdue_most"],
        bonus=maps["bonus"],
        bonus_most=amount["bonus_most"],
        total_most=amount["total_most"],
        coverage_line=amount["coverage_line"],
        min_cases=int(amount["min_cases"]),
        min_weight=amount["min_weight"],
        objection_work_days=int(amount["objection_work_days"]),
        people_measure=word["people_measure"],
        people_least=int(amount["people_least"]),
        groups={str(key): str(title) for key, title in (raw.get("groups") or {}).items()},
        copy_to=[str(name) for name in raw.get("copy_to") or []],
    )


def _amounts(raw: dict[str, Any], name: str, keys: set[str], file: str) -> dict[str, Decimal]:
    rows = raw.get(name)
    if not isinstance(rows, dict) or set(rows) != keys:
        raise BadRuleSet(f"{file}: {name} must name exactly {', '.join(sorted(keys))}")
    return {key: _amount(rows[key], f"{file}: {name}.{key}") for key in rows}


def _amount(value: object, where: str) -> Decimal:
    try:
        amount = Decimal(str(value))
    except InvalidOperation as fault:
        raise BadRuleSet(f"{where} is not a number: {value}") from fault
    if not amount.is_finite() or amount < 0:
        raise BadRuleSet(f"{where} must not be negative: {value}")
    return amount


def _word(value: object, where: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise BadRuleSet(f"{where} is missing")
    return value


def _check_sum(amounts: dict[str, Decimal], whole: Decimal, where: str) -> None:
    if sum(amounts.values()) != whole:
        raise BadRuleSet(f"{where} add up to {sum(amounts.values())}, not {whole}")
