"""Read a YAML file against a shape, remembering the line of every value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

MAX_BYTES = 5_000_000
MAX_FAULTS = 50


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a file: where, and why, in words."""

    file: str
    line: int
    path: str
    reason: str

    def __str__(self) -> str:
        return _("%(file)s 第 %(line)s 行 %(path)s：%(reason)s") % {
            "file": self.file,
            "line": self.line,
            "path": self.path or "-",
            "reason": self.reason,
        }


class BrokenFile(Exception):
    """Files that cannot be loaded; nothing of them was."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))


# Shapes
@dataclass(frozen=True)
class Text:
    """A string; one of `choices` where given."""

    longest: int = 4000
    choices: frozenset[str] = frozenset()
    word: object = ""  # what a choice is called in the message
    empty: bool = True


@dataclass(frozen=True)
class Whole:
    """A whole number not below `least`."""

    least: int = 0


@dataclass(frozen=True)
class Number:
    """A decimal number."""


@dataclass(frozen=True)
class Flag:
    """true or false."""


@dataclass(frozen=True)
class Day:
    """A date like 2021-12-03."""


@dataclass(frozen=True)
class Items:
    """A list whose members all have one shape."""

    of: "Shape"


@dataclass(frozen=True)
class Table:
    """A mapping from free keys to values of one shape."""

    of: "Shape"


@dataclass(frozen=True)
class Record:
    """A mapping with known keys; a missing optional key is left out, `null` counts as missing."""

    required: "Mapping[str, Shape]"
    optional: "Mapping[str, Shape]" = field(default_factory=dict)


Shape = Text | Whole | Number | Flag | Day | Items | Table | Record


@dataclass
class Document:
    """A file that has the right shape: its content and the line of every path in it."""

    file: str
    content: dict[str, Any]
    lines: dict[str, int]

    def fault(self, path: str, reason: str) -> Fault:
        """A fault at `path`, or at the nearest enclosing path whose line is known."""
        known = path
        while known and known not in self.lines:
            known = known[: max(known.rfind("."), known.rfind("["), 0)]
        return Fault(self.file, self.lines.get(known, 1), path, reason)


def compose(path: Path) -> yaml.Node:
    """The node tree of a file. Raises `BrokenFile` when it is no YAML, too large or not UTF-8."""
    name = str(path)
    try:
        raw = path.read_bytes()
        if len(raw) > MAX_BYTES:
            raise BrokenFile([Fault(name, 1, "", _("文件超过 5 MB"))])
        node = yaml.compose(raw.decode(), Loader=yaml.CSafeLoader)
    except OSError as error:
        raise BrokenFile([Fault(name, 0, "", _("文件打不开"))]) from error
    except UnicodeDecodeError as error:
        raise BrokenFile([Fault(name, 1, "", _("文件不是 UTF-8 编码"))]) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = getattr(error, "problem", "") or ""
        reason = _("不是合法的 YAML：%(problem)s") % {"problem": problem}
        raise BrokenFile([Fault(name, line, "", reason)]) from error
    except RecursionError as error:
        raise BrokenFile([Fault(name, 1, "", _("嵌套过深"))]) from error
    if node is None:
        raise BrokenFile([Fault(name, 1, "", _("文件是空的"))])
    return node


def read(path: Path, node: yaml.Node, shape: Record) -> Document:
    """`node` as plain values. Raises `BrokenFile` with every fault of shape."""
    return read_node(str(path), node, shape)


def read_node(name: str, node: yaml.Node, shape: Record) -> Document:
    """The same for nodes that come from no file; `name` is told with every fault."""
    reader = _Reader(name)
    content = reader.read(node, shape, "")
    if reader.faults:
        raise BrokenFile(reader.faults[:MAX_FAULTS])
    return Document(name, content, reader.lines)


def scalar_at(node: yaml.Node, key: str) -> str:
    """The text of a top-level key, or nothing; for finding out what kind of file it is."""
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == key and isinstance(value, yaml.ScalarNode):
                return str(value.value)
    return ""


class _Reader:
    """Walks nodes and shapes side by side and collects faults instead of stopping."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[Fault] = []
        self.lines: dict[str, int] = {}
        self.seen: set[int] = set()

    def fault(self, node: yaml.Node, path: str, reason: str) -> None:
        self.faults.append(Fault(self.file, node.start_mark.line + 1, path, reason))

    def read(self, node: yaml.Node, shape: Shape, path: str) -> Any:
        self.lines[path] = node.start_mark.line + 1
        if not isinstance(node, yaml.ScalarNode) and self._again(node, path):
            return None
        match shape:
            case Record():
                return self._record(node, shape, path)
            case Table():
                return self._table(node, shape, path)
            case Items():
                return self._items(node, shape, path)
        return self._scalar(node, shape, path)

    def _again(self, node: yaml.Node, path: str) -> bool:
        """True when a YAML alias brings the same part twice: a cycle, or a file that explodes."""
        if id(node) in self.seen:
            self.fault(node, path, _("不支持 YAML 别名（&、*）：同一部分被引用两次或循环引用"))
            return True
        self.seen.add(id(node))
        return False

    def _pairs(self, node: yaml.Node, path: str) -> list[tuple[str, yaml.Node]]:
        if not isinstance(node, yaml.MappingNode):
            self.fault(node, path, _("应为键值对"))
            return []
        pairs: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = str(key.value)
            if name in pairs:
                self.fault(key, _join(path, name), _("键重复"))
            pairs[name] = value
        return list(pairs.items())

    def _record(self, node: yaml.Node, shape: Record, path: str) -> dict[str, Any]:
        values: dict[str, Any] = {}
        pairs = dict(self._pairs(node, path))
        for name, value in pairs.items():
            part = shape.required.get(name) or shape.optional.get(name)
            if part is None:
                self.fault(value, _join(path, name), _("不认识的键"))
            elif not _is_null(value):
                values[name] = self.read(value, part, _join(path, name))
        if isinstance(node, yaml.MappingNode):
            for name in shape.required:
                if name not in pairs or _is_null(pairs[name]):
                    self.fault(node, _join(path, name), _("缺少必填的键"))
        return values

    def _table(self, node: yaml.Node, shape: Table, path: str) -> dict[str, Any]:
        return {
            name: self.read(value, shape.of, _join(path, name))
            for name, value in self._pairs(node, path)
        }

    def _items(self, node: yaml.Node, shape: Items, path: str) -> list[Any]:
        if not isinstance(node, yaml.SequenceNode):
            self.fault(node, path, _("应为列表"))
            return []
        return [self.read(n, shape.of, f"{path}[{i}]") for i, n in enumerate(node.value)]

    def _scalar(self, node: yaml.Node, shape: Shape, path: str) -> Any:
        if not isinstance(node, yaml.ScalarNode):
            self.fault(node, path, _("应为单个值"))
            return None
        try:
            return _value(str(node.value), node.tag.rpartition(":")[2], shape)
        except ValueError as error:
            self.fault(node, path, str(error))
            return None


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _is_null(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag.endswith(":null")


def _value(text: str, tag: str, shape: Shape) -> str | int | bool:
    """The plain value of a scalar; decimals and dates stay text. Raises `ValueError` in words."""
    match shape:
        case Flag():
            if tag != "bool":
                raise ValueError(_("应为 true 或 false"))
            return text.lower() in {"true", "yes", "on"}
        case Whole():
            return _whole(text, tag, shape)
        case Number():
            return _number(text, tag)
        case Day():
            return _day(text)
        case Text():
            return _text(text, tag, shape)
    raise ValueError(_("应为列表或键值对"))


def _whole(text: str, tag: str, shape: Whole) -> int:
    if tag != "int" or not text.isascii() or not text.isdigit() or int(text) < shape.least:
        raise ValueError(_("应为不小于 %(least)s 的整数") % {"least": shape.least})
    return int(text)


def _number(text: str, tag: str) -> str:
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(_("应为数字")) from error
    if tag not in {"int", "float"} or not number.is_finite():
        raise ValueError(_("应为数字"))
    return f"{number.normalize():f}"


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise ValueError(_("应为日期，如 2021-12-03")) from error


def _text(text: str, tag: str, shape: Text) -> str:
    if tag != "str":
        raise ValueError(_("应为文字（需要时加引号）"))
    if shape.choices and text not in shape.choices:
        known = " ".join(sorted(shape.choices))
        raise ValueError(
            _("不认识的%(word)s“%(text)s”，可用：%(known)s")
            % {"word": shape.word, "text": text, "known": known}
        )
    if not shape.empty and not text.strip():
        raise ValueError(_("不能为空"))
    if len(text) > shape.longest:
        raise ValueError(_("超过 %(longest)s 个字") % {"longest": shape.longest})
    return text
