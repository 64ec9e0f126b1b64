"""The steps behind the Makefile: done once, never half, and failing with advice."""

import socket
import subprocess
from pathlib import Path

import pytest

from scripts import steps
from scripts.compile_translations import compile_file
from scripts.steps import Step, Trouble, run_steps


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An input file in a project of its own."""
    monkeypatch.setattr(steps, "ROOT", tmp_path)
    path = tmp_path / "input"
    path.write_text("one")
    return path


def _step(source: Path, done: list[str]) -> Step:
    return Step(
        "Count",
        lambda: done.append(source.read_text()),
        "Count again.",
        stamp=source.with_name(".stamp"),
        inputs=lambda: [source],
    )


def test_a_step_is_done_once_while_its_inputs_stay(source: Path) -> None:
    done: list[str] = []
    run_steps([_step(source, done)])
    run_steps([_step(source, done)])
    assert done == ["one"]


def test_a_changed_input_does_the_step_again(source: Path) -> None:
    done: list[str] = []
    run_steps([_step(source, done)])
    source.write_text("two")
    run_steps([_step(source, done)])
    assert done == ["one", "two"]


def test_a_failed_step_leaves_no_stamp_and_says_what_to_do(source: Path) -> None:
    def fail() -> None:
        raise subprocess.CalledProcessError(3, ["count"])

    stamp = source.with_name(".stamp")
    stamp.write_text("of an earlier success")
    with pytest.raises(Trouble, match=r"\[1/1\] Count failed: .*code 3\nCount again\."):
        run_steps([Step("Count", fail, "Count again.", stamp=stamp)])
    assert not stamp.exists()


def test_a_port_in_use_names_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setattr(steps, "PORT", str(port))
        with pytest.raises(Trouble, match=f"make run PORT={port + 1}"):
            steps.require_free_port()


def test_translations_are_compiled_without_gettext(tmp_path: Path) -> None:
    source = tmp_path / "django.po"
    source.write_text('msgid ""\nmsgstr ""\n\nmsgid "待派发"\nmsgstr "To dispatch"\n', "utf-8")
    assert compile_file(source) == 1
    assert b"To dispatch" in source.with_suffix(".mo").read_bytes()
