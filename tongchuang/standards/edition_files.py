"""Which edition became which: the files of `data/editions` and the loaded standards they name."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from tongchuang.standards.models import DataFile
from tongchuang.standards.rules import reading
from tongchuang.standards.rules.editions import (
    EDITIONS,
    Compared,
    compare_editions,
    faults_of_mapping,
)
from tongchuang.standards.rules.reading import BrokenFile, Fault

_NAME = re.compile(r"[A-Za-z0-9_-]+")


def edition_mapping(old: str, new: str) -> dict[str, Any] | None:
    """What people wrote of two editions, or None. Raises `BrokenFile` when it has no shape."""
    if not (_NAME.fullmatch(old) and _NAME.fullmatch(new)):
        return None
    path = Path(settings.FRAMEWORK_DATA) / "editions" / f"{old}-{new}.yaml"
    return _read(path) if path.exists() else None


@lru_cache(maxsize=8)
def _read(path: Path) -> dict[str, Any]:
    return reading.read(path, reading.compose(path), EDITIONS).content


def other_editions(code: str) -> list[str]:
    """Codes of the standards that a file sets beside this one."""
    folder = Path(settings.FRAMEWORK_DATA) / "editions"
    pairs = [_read(path) for path in sorted(folder.glob("*.yaml"))]
    after = [pair["new"] for pair in pairs if pair["old"] == code]
    return after + [pair["old"] for pair in pairs if pair["new"] == code]


def compared(old: DataFile, new: DataFile) -> Compared:
    """Two loaded editions beside each other, as they were issued.

    Raises `BrokenFile` when what people wrote does not fit them.
    """
    mapping = edition_mapping(old.code, new.code)
    if mapping and (found := faults_of_mapping(mapping, old.content, new.content)):
        name = f"editions/{old.code}-{new.code}.yaml"
        raise BrokenFile([Fault(name, 1, "", words) for words in found])
    return compare_editions(old.content, new.content, mapping)
