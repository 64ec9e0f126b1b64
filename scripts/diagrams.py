"""Draws the flow of cases from the code: `python scripts/diagrams.py` (part of `make docs`)."""

import os
import sys
from pathlib import Path

import django
from django.apps import apps
from django.utils import translation

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reference" / "case-flow.md"
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongchuang.config.settings")
os.environ.setdefault("TONGCHUANG_DEMO", "1")
if not apps.ready:
    django.setup()

from tongchuang.cases.models import FLOW, Case  # noqa: E402  after setup

_HEAD = """<!-- Written by `make docs`; do not edit by hand. -->

# The flow of a case

States and moves of `tongchuang/cases/models/case.py` (`FLOW`). Each move is one service of the
same name in `tongchuang/cases/services`, one event of the audit trail and one small page. When the
clocks run is decided in [ADR 13](../adr/0013-case-clocks.md).

```mermaid
stateDiagram-v2
    [*] --> submitted
"""
_TABLE = """```

| Move | From | To | Right | Must be given | Clock |
|---|---|---|---|---|---|
"""


def case_flow() -> str:
    """The page with the diagram and the table of moves."""
    with translation.override("zh-hans"):
        states = "".join(f"    {state.value} : {state.label}\n" for state in Case.Status)
        return f"{_HEAD}{states}{_arrows()}{_TABLE}{_rows()}"


def _arrows() -> str:
    lines = [
        f"    {source} --> {move.target} : {move.label}\n"
        for move in FLOW.moves.values()
        if move.target
        for source in sorted(move.sources)
    ]
    return "".join(lines)


def _rows() -> str:
    return "".join(
        f"| `{name}` {move.label} | {_words(move.sources)} | {_target(move.target)} "
        f"| `{move.action}` | {', '.join(move.required) or '–'} | {move.clock or '–'} |\n"
        for name, move in FLOW.moves.items()
    )


def _words(sources: frozenset[str]) -> str:
    return "、".join(str(state.label) for state in Case.Status if state.value in sources)


def _target(state: str | None) -> str:
    return str(Case.Status(state).label) if state else "（不变）"


def main() -> None:
    """Write the page."""
    PAGE.write_text(case_flow(), encoding="utf-8")


if __name__ == "__main__":
    main()
