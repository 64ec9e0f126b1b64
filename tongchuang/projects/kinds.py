"""Kinds of projects with their nodes and the clauses they serve, read from a data file."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from tongchuang.standards.models import in_language

SCHEMA = "tongchuang/projects/1"
EARLY, BUILD, FINISH = "early", "build", "finish"
STAGES = (EARLY, BUILD, FINISH)


class BadKinds(ValueError):
    """A file of kinds that cannot be used; the message names what is wrong."""


@dataclass(frozen=True, slots=True)
class NodeKind:
    """One step of a kind: its `office` is a unit code, `days` its length beside the others."""

    code: str
    title: str
    title_en: str
    office: str
    document: str
    stage: str
    main: bool
    days: int


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of project; `clauses` are the codes of the clauses that ask for such a facility."""

    code: str
    title: str
    title_en: str
    clauses: tuple[str, ...]
    nodes: tuple[NodeKind, ...]

    @property
    def name(self) -> str:
        """The title in the reader's language."""
        return in_language(self.title, self.title_en)


def kinds() -> dict[str, Kind]:
    """Every kind by its code, in the order of the file. Raises `BadKinds`."""
    return _read(Path(settings.FRAMEWORK_DATA) / "projects" / "kinds.yaml")


def kind_name(code: str) -> str:
    """The name of a kind in the reader's language; the code where the file lost it."""
    kind = kinds().get(code)
    return kind.name if kind else code


def node_name(kind: str, code: str, title: str) -> str:
    """The name of a node in the reader's language; the stored title where none is known."""
    found = kinds().get(kind)
    english = next((n.title_en for n in found.nodes if n.code == code), "") if found else ""
    return in_language(title, english)


def kinds_for(clause_codes: set[str]) -> list[Kind]:
    """The kinds of facility that one of these clauses asks for."""
    return [kind for kind in kinds().values() if clause_codes.intersection(kind.clauses)]


def hardware_clauses() -> set[str]:
    """Codes of all clauses that ask for a facility."""
    return {code for kind in kinds().values() for code in kind.clauses}


@lru_cache(maxsize=4)
def _read(path: Path) -> dict[str, Kind]:
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as fault:
        raise BadKinds(f"{path.name}: {fault}") from fault
    return parse(raw, path.name)


def parse(raw: Any, name: str) -> dict[str, Kind]:
    """Check and read the content of a file of kinds. Raises `BadKinds`."""
    if not isinstance(raw, dict) or raw.get("schema") != SCHEMA:
        raise BadKinds(f"{name}: schema {SCHEMA} expected")
    try:
        early = [_node(row, EARLY, name) for row in raw["early"]]
        rows = [_kind(row, early, name) for row in raw["kinds"]]
    except (KeyError, TypeError, AttributeError) as fault:
        raise BadKinds(f"{name}: {fault}") from fault
    found = {kind.code: kind for kind in rows}
    if len(found) != len(rows):
        raise BadKinds(f"{name}: a kind stands there twice")
    return found


def _kind(row: dict[str, Any], early: list[NodeKind], name: str) -> Kind:
    before = early if row.get("early") == "common" else []
    nodes = (*before, *(_node(node, BUILD, name) for node in row["nodes"]))
    if len({node.code for node in nodes}) != len(nodes):
        raise BadKinds(f"{name}: {row['code']}: a node stands there twice")
    return Kind(row["code"], row["title"], row["title_en"], tuple(row["clauses"]), nodes)


def _node(row: dict[str, Any], stage: str, name: str) -> NodeKind:
    stage = row.get("stage", stage)
    if stage not in STAGES or int(row["days"]) <= 0:
        raise BadKinds(f"{name}: {row['code']}: stage or days cannot be used")
    return NodeKind(
        row["code"],
        row["title"],
        row["title_en"],
        row["office"],
        row["document"],
        stage,
        row.get("main", True),
        int(row["days"]),
    )
