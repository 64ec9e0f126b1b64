"""The lines of readiness, read from `data/scoring` once per process."""

from dataclasses import asdict, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from tongchuang.assessment.rules import Lines

SCHEMA = "tongchuang/readiness/1"
_SHARES = (
    "coverage_line",
    "state_line",
    "hold_share",
    "late_share",
    "strength_margin",
    "near_margin",
    "sample_share",
    "veto_cap",
    "major_step",
)
_COUNTS = ("visit_months", "sample_least", "figure_years")


def lines() -> Lines:
    """The lines that hold in this city."""
    return load_lines(Path(settings.FRAMEWORK_DATA) / "scoring" / "readiness-2016.yaml")


@lru_cache(maxsize=4)
def load_lines(path: Path) -> Lines:
    """Read the lines of a file. Raises `ValueError` naming the file and the key at fault."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict) or content.get("schema") != SCHEMA:
        raise ValueError(f"{path}: schema must be {SCHEMA}")
    faults = [*_missing(content), *_bad_shares(content), *_bad_counts(content)]
    if faults:
        raise ValueError(f"{path}: {'; '.join(faults)}")
    return Lines(**{field.name: content[field.name] for field in fields(Lines)})


def _missing(content: dict[str, Any]) -> list[str]:
    return [f"{f.name} is missing" for f in fields(Lines) if f.name not in content]


def _bad_shares(content: dict[str, Any]) -> list[str]:
    values = {name: content.get(name) for name in _SHARES}
    return [
        f"{name} must lie in [0, 1]"
        for name, value in values.items()
        if not isinstance(value, int | float) or not 0 <= value <= 1
    ]


def _bad_counts(content: dict[str, Any]) -> list[str]:
    values = {name: content.get(name) for name in _COUNTS}
    return [
        f"{name} must be a whole number from 1"
        for name, value in values.items()
        if not isinstance(value, int) or value < 1
    ]


def as_json(used: Lines) -> dict[str, Any]:
    """The lines as they are frozen with a snapshot."""
    return asdict(used)
