"""What the code knows stands in the documentation too."""

import csv
import json
import re
import tomllib
from itertools import chain
from pathlib import Path

import pytest
from django.core.management import get_commands

from tongchuang.accounts.roles import ACTIONS

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
STATES = {"已有", "部分", "未做"}


def _text(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def _settings_read() -> set[str]:
    sources = [path for path in (ROOT / "tongchuang").rglob("*.py") if "tests" not in path.parts]
    return {
        name
        for path in sources
        for name in re.findall(r"TONGCHUANG_[A-Z_]+", path.read_text(encoding="utf-8"))
    }


def _clauses() -> list[dict[str, str]]:
    rows = []
    for line in _text("clauses.md").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if re.fullmatch(r"\d(\.\d+)+[a-z]?|Q\d", cells[0]) and len(cells) == 5:
            rows.append(dict(zip(("id", "clause", "state", "where", "tests"), cells, strict=True)))
    return rows


def test_every_setting_is_explained() -> None:
    text = _text("reference/settings.md")
    assert [name for name in sorted(_settings_read()) if f"`{name}`" not in text] == []


def test_no_setting_is_explained_that_nobody_reads() -> None:
    explained = set(re.findall(r"^\| `(TONGCHUANG_\w+)`", _text("reference/settings.md"), re.M))
    assert explained - _settings_read() == set()


def test_every_command_is_explained() -> None:
    ours = [name for name, app in get_commands().items() if str(app).startswith("tongchuang.")]
    text = _text("reference/commands.md")
    assert [name for name in sorted(ours) if f"`tongchuang {name}" not in text] == []


def test_every_action_is_explained() -> None:
    text = _text("reference/permissions.md")
    assert [action for action in sorted(ACTIONS) if f"`{action}`" not in text] == []


def test_every_decision_is_listed() -> None:
    index = _text("adr/README.md")
    papers = [path.name for path in (DOCS / "adr").glob("[0-9]*.md")]
    assert [name for name in papers if f"({name})" not in index] == []
    numbers = [name[:4] for name in papers]
    assert len(numbers) == len(set(numbers)), "two decisions share a number"


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    text = _text("reference/dependencies.md").lower()
    names = [re.split(r"[\[<>=~! ]", line)[0].lower() for line in wanted]
    assert [name for name in names if f"| {name} |" not in text] == []


def test_every_front_end_package_has_its_reason() -> None:
    names: set[str] = set()
    for path in [ROOT / "frontend/package.json", *ROOT.glob("frontend/*/package.json")]:
        package = json.loads(path.read_text(encoding="utf-8"))
        names |= {*package.get("dependencies", {}), *package.get("devDependencies", {})}
    text = _text("reference/dependencies.md")
    assert [name for name in sorted(names) if f"| {name} |" not in text] == []


def test_clauses_are_complete_and_numbered_once() -> None:
    ids = [row["id"] for row in _clauses()]
    assert len(ids) == len(set(ids)) == 141


@pytest.mark.parametrize("row", [pytest.param(row, id=row["id"]) for row in _clauses()])
def test_a_clause_that_holds_names_its_page_and_a_test_that_exists(row: dict[str, str]) -> None:
    assert row["state"] in STATES
    tests = re.findall(r"`([\w/.]+\.py)::(\w+)`", row["tests"])
    if row["state"] == "已有":
        assert row["where"]
        assert tests
    for path, name in tests:
        assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8"), f"{path}::{name}"


def test_links_between_documents_lead_somewhere() -> None:
    papers = [*DOCS.rglob("*.md"), *ROOT.glob("*.md")]
    broken = [
        f"{paper.relative_to(ROOT)}: {target}"
        for paper in papers
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", paper.read_text(encoding="utf-8"))
        if not (paper.parent / target).exists()
    ]
    assert broken == []


def test_the_glossary_says_each_word_once() -> None:
    with (DOCS / "glossary.csv").open(encoding="utf-8-sig", newline="") as table:
        words = [row["zh"] for row in csv.DictReader(table)]
    assert len(words) == len(set(words))
    text = _text("glossary.md")
    assert [word for word in words if f"| {word} |" not in text] == []
