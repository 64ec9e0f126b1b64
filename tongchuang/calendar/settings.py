"""How load is looked at: the lines of `data/calendar/load.yaml`."""

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import yaml
from django.conf import settings


@dataclass(frozen=True, slots=True)
class LoadLines:
    """Weeks shown and looked back at, and when a week counts as overloaded."""

    weeks: int
    look_back_weeks: int
    least_weeks: int
    over_share: Decimal
    least: int


def load_lines() -> LoadLines:
    """The lines of this city. Raises `ValueError` naming the file when they cannot be used."""
    return _read(Path(settings.FRAMEWORK_DATA) / "calendar" / "load.yaml")


@lru_cache(maxsize=4)
def _read(path: Path) -> LoadLines:
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    try:
        lines = LoadLines(
            weeks=int(raw["weeks"]),
            look_back_weeks=int(raw["look_back_weeks"]),
            least_weeks=int(raw["least_weeks"]),
            over_share=Decimal(str(raw["over_share"])),
            least=int(raw["least"]),
        )
    except (KeyError, TypeError, ArithmeticError) as fault:
        raise ValueError(f"{path.name}: {fault}") from fault
    if not (1 <= lines.weeks <= 26 and 1 <= lines.least_weeks <= lines.look_back_weeks <= 52):
        raise ValueError(f"{path.name}: weeks out of range")
    if lines.over_share < 1:
        raise ValueError(f"{path.name}: over_share must be at least 1")
    return lines
