"""Reads the interface's texts out of code and templates, as makemessages does, without gettext."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "tongchuang"
# Characters and the wide punctuation that goes with them.
CHINESE = re.compile(r"[\u3001-\u303f\u3400-\u9fff\uff01-\uff3e\uff40-\uff60]")
_DATA = re.compile(r"<(\w+)[^>]* lang=\"zh-CN\".*?</\1>")

_TAG = re.compile(r"{%-?.*?-?%}|{{.*?}}", re.DOTALL)
_COMMENTS = re.compile(
    r"{#.*?#}|{% comment [^%]*%}.*?{% endcomment %}|{% comment %}.*?{% endcomment %}", re.DOTALL
)
_BLOCK = re.compile(r"{% blocktrans(?:late)?\b(.*?)%}(.*?){% endblocktrans(?:late)? %}", re.DOTALL)
_PLURAL = re.compile(r"{% plural %}")
_STRING = r"""("(?P<double>[^"]*)"|'(?P<single>[^']*)')"""
_TRANSLATE = re.compile(r"{% trans(?:late)? " + _STRING + r"(?P<rest>.*?)%}")
_CONSTANT = re.compile(r"(?<!\w)_\(" + _STRING + r"\)")
_CONTEXT = re.compile(r"""\bcontext ["']([^"']+)["']""")
_SINGLE = {"_", "gettext", "gettext_lazy", "gettext_noop"}
_PLURALS = {"ngettext", "ngettext_lazy"}
_CONTEXTS = {"pgettext", "pgettext_lazy"}


@dataclass(frozen=True, slots=True)
class Text:
    """One marked text, and where it stands."""

    words: str
    context: str
    where: str


def sources(pattern: str) -> list[Path]:
    """The product's own files, without tests."""
    found = PACKAGE.rglob(pattern)
    return sorted(path for path in found if "tests" not in path.relative_to(PACKAGE).parts)


def place(path: Path, line: int) -> str:
    """How a finding is told: file and line."""
    return f"{path.relative_to(ROOT)}:{line}"


def python_texts(path: Path) -> Iterator[Text]:
    """The texts a module marks."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            strings = [a.value if isinstance(a, ast.Constant) else None for a in node.args]
            where = place(path, node.lineno)
            match strings:
                case [str(words), *_] if name in _SINGLE | _PLURALS:
                    yield Text(words, "", where)
                case [str(context), str(words), *_] if name in _CONTEXTS:
                    yield Text(words, context, where)


def without_comments(text: str) -> str:
    """A template without its comments; the lines keep their numbers."""
    return _COMMENTS.sub(lambda found: "\n" * found[0].count("\n"), text)


def template_texts(path: Path) -> Iterator[Text]:
    """The texts a template marks, written as Django looks them up."""
    text = without_comments(path.read_text(encoding="utf-8"))
    for start, words, context in (*_blocks(text), *_inline(text)):
        yield Text(words, context, place(path, text.count("\n", 0, start) + 1))


def _blocks(text: str) -> Iterator[tuple[int, str, str]]:
    for found in _BLOCK.finditer(text):
        head, body = found[1], _PLURAL.split(found[2])[0]
        words = re.sub(r"{{ (\w+) }}", r"%(\1)s", body.replace("%", "%%"))
        if "trimmed" in head.split():
            words = " ".join(line.strip() for line in words.strip().splitlines())
        yield found.start(), words, _context(head)


def _inline(text: str) -> Iterator[tuple[int, str, str]]:
    for found in _TRANSLATE.finditer(text):
        yield found.start(), _words(found).replace("%", "%%"), _context(found["rest"])
    for found in _CONSTANT.finditer(text):
        yield found.start(), _words(found).replace("%", "%%"), ""


def _words(found: re.Match[str]) -> str:
    return found["double"] if found["double"] is not None else found["single"]


def _context(head: str) -> str:
    found = _CONTEXT.search(head)
    return found[1] if found else ""


def bare_chinese(path: Path) -> Iterator[str]:
    """Places of a template with Chinese that no translation reaches."""

    def blank(found: re.Match[str]) -> str:
        return "\n" * found[0].count("\n")

    text = _BLOCK.sub(blank, without_comments(path.read_text(encoding="utf-8")))
    text = _DATA.sub(blank, _CONSTANT.sub(blank, _TRANSLATE.sub(blank, text)))
    for number, line in enumerate(text.splitlines(), 1):
        if CHINESE.search(line):
            rest = " ".join(
                _TAG.sub(lambda tag: tag[0] if CHINESE.search(tag[0]) else " ", line).split()
            )
            yield f"{place(path, number)} {rest[:80]}"
