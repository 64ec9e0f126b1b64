"""The audit log speaks in words, never in keys."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

from tongchuang.accounts.event_words import ACTION_WORDS, action_word
from tongchuang.core.flow import Flow
from tongchuang.core.models import Event

ROOT = Path(__file__).parents[2]
_RECORDERS = {"record", "save_audited", "Entry", "finish", "advance"}


def _calls() -> Iterator[tuple[str, ast.Call]]:
    for path in sorted(ROOT.rglob("*.py")):
        if not {"tests", "config", "migrations"} & set(path.parts):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for call in ast.walk(tree):
                if isinstance(call, ast.Call):
                    yield str(path.relative_to(ROOT)), call


def _actions() -> set[tuple[str, str]]:
    """File and action of every literal action that is recorded."""
    found = set()
    for path, call in _calls():
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        if name in _RECORDERS:
            named = [word.value for word in call.keywords if word.arg == "action"]
            for value in [*named, *call.args[1:2]]:
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    found.add((path, value.value))
    return found


def test_every_action_of_the_code_has_a_word() -> None:
    labelled = {name for flow in _flows() for name in flow.moves}
    actions = _actions()
    assert len(actions) > 60
    assert [
        one for one in sorted(actions) if one[1] not in ACTION_WORDS | dict.fromkeys(labelled)
    ] == []


@pytest.mark.parametrize("action", sorted(ACTION_WORDS))
def test_a_word_is_not_the_key(action: str) -> None:
    assert action_word(Event(subject_kind="accounts.unit", action=action)) != action


def test_every_move_of_a_flow_has_a_label() -> None:
    assert [name for flow in _flows() for name, move in flow.moves.items() if not move.label] == []


def _flows() -> list[Flow]:
    found = [getattr(model, "FLOW", None) for model in apps.get_models()]
    return [flow for flow in found if isinstance(flow, Flow)]
