"""The house rules that a tool can check, and the proof that the check can fail."""

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "tongchuang"
LONGEST_FILE = 600
LONGEST_FUNCTION = 45
FORBIDDEN_NAMES = {"utils.py", "helpers.py", "common.py", "manager.py", "signals.py"}


def _sources(*, tests: bool = True) -> list[Path]:
    found = [path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts]
    return [path for path in found if tests or "tests" not in path.parts]


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _trees(*, tests: bool = False) -> Iterator[tuple[str, ast.Module]]:
    for path in _sources(tests=tests):
        yield str(path.relative_to(ROOT)), _parsed(path)


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@cache
def _lines(path: str) -> list[str]:
    return (ROOT / path).read_text(encoding="utf-8").splitlines()


def _line(path: str, number: int) -> str:
    return _lines(path)[number - 1]


def _lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command as c; c()",
            "--no-cache",
        ],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )


def test_imports_go_down_only() -> None:
    result = _lint_imports(ROOT)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("app", "line"),
    [("core", "import tongchuang.cases"), ("inspections", "import tongchuang.dossiers")],
)
def test_a_planted_import_upward_or_sideward_is_found(app: str, line: str, tmp_path: Path) -> None:
    shutil.copytree(PACKAGE, tmp_path / "tongchuang", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "tongchuang" / app / "planted.py").write_text(f"{line}\n")
    result = _lint_imports(tmp_path)
    assert result.returncode != 0
    assert f"tongchuang.{app}.planted" in result.stdout


def test_no_import_inside_a_function() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path, tree in _trees(tests=True)
        for function in _functions(tree)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert not found


def test_no_signals_and_no_save_overrides() -> None:
    found = [
        f"{path}:{node.lineno} {node.name}"
        for path, tree in _trees()
        for owner in ast.walk(tree)
        if isinstance(owner, ast.ClassDef)
        for node in owner.body
        if isinstance(node, ast.FunctionDef) and node.name in {"save", "delete"}
    ]
    found += [path for path, tree in _trees() if "django.db.models.signals" in ast.unparse(tree)]
    assert not found


def test_everything_is_caught_only_to_be_raised_again_or_with_a_reason() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path, tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"})
        and ast.unparse(node.body[-1]) != "raise"
        and "  # " not in _line(path, node.lineno)
    ]
    assert not found, "say why on the line (the border of a process), or catch less"


def test_only_commands_print() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path, tree in _trees()
        if "management/commands" not in path
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    ]
    assert not found


def test_the_domain_asks_the_clock_of_the_kernel() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path, tree in _trees()
        if not path.startswith("tongchuang/core/")  # queues and files live in real time
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and ast.unparse(node) in {"timezone.now", "datetime.now", "date.today"}
        and "  # " not in _line(path, node.lineno)
    ]
    assert not found, "domain time comes from tongchuang.core.clock; elsewhere say why in a comment"


def test_no_file_is_too_long_to_hold_in_the_head() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in _sources()}
    assert {str(path): n for path, n in lengths.items() if n > LONGEST_FILE} == {}


def test_no_function_is_too_long() -> None:
    found = [
        f"{path}:{function.lineno} {function.name}"
        for path, tree in _trees()
        for function in _functions(tree)
        if (function.end_lineno or function.lineno) - function.lineno >= LONGEST_FUNCTION
    ]
    assert not found


def test_no_file_without_a_subject() -> None:
    assert [path for path in _sources() if path.name in FORBIDDEN_NAMES] == []
