"""Kinds of honorary titles and when each is examined again, read from a data file."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from tongchuang.standards.models import in_language

SCHEMA = "tongchuang/titles/1"
LEVELS = ("national", "provincial", "municipal", "county")
SURE = "high"


class BadTitleKinds(ValueError):
    """A file of kinds that cannot be used; the message names what is wrong."""


@dataclass(frozen=True, slots=True)
class ReviewRule:
    """Years from naming to the next re-evaluation; None: nobody has found the rule.

    `document` and `clause` say where it stands, `sure` whether it was read in the document itself.
    """

    years: int | None = None
    document: str = ""
    clause: str = ""
    sure: bool = False

    @property
    def source(self) -> str:
        """Document and clause in one line; empty when neither is known."""
        return " ".join(part for part in (self.document, self.clause) if part)


@dataclass(frozen=True, slots=True)
class TitleKind:
    """One honorary title: who gives it, and the rule of its re-evaluation."""

    code: str
    title: str
    title_en: str
    level: str
    issuer: str
    review: ReviewRule

    @property
    def name(self) -> str:
        """The title in the reader's language."""
        return in_language(self.title, self.title_en)


@dataclass(frozen=True, slots=True)
class TitleData:
    """The whole file: kinds by code, and two lengths in months that are the product's own."""

    warn_months: int
    keep_rhythm_months: int
    kinds: dict[str, TitleKind]


def title_data() -> TitleData:
    """The content of `data/titles/kinds.yaml`. Raises `BadTitleKinds`."""
    return _read(Path(settings.FRAMEWORK_DATA) / "titles" / "kinds.yaml")


def title_kinds() -> dict[str, TitleKind]:
    """Every kind by its code, in the order of the file."""
    return title_data().kinds


@lru_cache(maxsize=4)
def _read(path: Path) -> TitleData:
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as fault:
        raise BadTitleKinds(f"{path.name}: {fault}") from fault
    return parse(raw, path.name)


def parse(raw: Any, name: str) -> TitleData:
    """Check and read the content of a file of kinds. Raises `BadTitleKinds`."""
    if not isinstance(raw, dict) or raw.get("schema") != SCHEMA:
        raise BadTitleKinds(f"{name}: schema {SCHEMA} expected")
    try:
        rows = [_kind(row, name) for row in raw["kinds"]]
        warn, rhythm = int(raw["warn_months"]), int(raw["keep_rhythm_months"])
    except (KeyError, TypeError, ValueError) as fault:
        raise BadTitleKinds(f"{name}: {fault}") from fault
    found = {kind.code: kind for kind in rows}
    if len(found) != len(rows):
        raise BadTitleKinds(f"{name}: a kind stands there twice")
    if warn < 1 or rhythm < 1:
        raise BadTitleKinds(f"{name}: months must be 1 or more")
    return TitleData(warn, rhythm, found)


def _kind(row: dict[str, Any], name: str) -> TitleKind:
    years = row["review_years"]
    if row["level"] not in LEVELS or (years is not None and int(years) < 1):
        raise BadTitleKinds(f"{name}: {row['code']}: level or review_years cannot be used")
    rule = ReviewRule(years, row["document"], row["clause"], row["confidence"] == SURE)
    return TitleKind(row["code"], row["title"], row["title_en"], row["level"], row["issuer"], rule)
