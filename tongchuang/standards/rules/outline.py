"""A standard as the rows of one table, and back: nothing is lost either way. No database here.

Each row is one thing (a chapter, a requirement, a figure, a rule …) and belongs to the nearest row
above it that can hold it. Cells are texts under keys of their own; which key of the file a cell
fills depends on the kind of the row. What comes back is read against the same shape as a file, so
that a fault names the line of the table.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import yaml
from django.utils.translation import gettext as _

from tongchuang.standards.rules.reading import (
    BrokenFile,
    Day,
    Document,
    Fault,
    Flag,
    Items,
    Number,
    Record,
    Shape,
    Whole,
    read_node,
)
from tongchuang.standards.rules.shapes import (
    ARTICLE,
    CHAPTER,
    FRAMEWORK,
    MEASURE,
    REQUIREMENT,
    RULE,
    STEP,
    VARIANT,
)

SCHEMA = "tongchuang/framework/1"
Content = dict[str, Any]
Cells = dict[str, Any]  # key of a column: what stands in the cell


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of row: where it belongs, under which key, and which key of the file a cell fills."""

    shape: Record
    inside: tuple[str, ...]
    under: str
    keys: Mapping[str, str]

    @property
    def cells(self) -> dict[str, str]:
        """Key of the file to key of the column."""
        return {theirs: ours for ours, theirs in self.keys.items()}


def _keys(*same: str, **others: str) -> dict[str, str]:
    return {**others, **{key: key for key in same}}


KINDS: dict[str, Kind] = {
    "attribute": Kind(FRAMEWORK, (), "", {}),
    "chapter": Kind(
        CHAPTER, ("",), "chapters", _keys("number", "title", "title_en", "note", code="id")
    ),
    "article": Kind(
        ARTICLE,
        ("chapter",),
        "articles",
        _keys("number", "number_confidence", "title", "title_en", "plain", "note", code="id"),
    ),
    "requirement": Kind(
        REQUIREMENT,
        ("article", "chapter"),
        "requirements",
        _keys(
            *("title", "title_en", "text", "veto", "evidence", "responsible", "site_types"),
            *("confidence", "sources", "note"),
            code="id",
            above="parent",
        ),
    ),
    "measure": Kind(
        MEASURE,
        ("requirement",),
        "measures",
        _keys(
            *("number", "metric", "unit", "op", "threshold", "threshold_text", "alternative"),
            *("years_reported", "base", "formula", "responsible", "unsure", "confidence"),
            *("sources", "note"),
            code="id",
            title="name",
            title_en="name_en",
        ),
    ),
    "variant": Kind(
        VARIANT, ("measure",), "variants", _keys("when", "op", "threshold", "unit", "note")
    ),
    "rule": Kind(RULE, ("requirement",), "rules", _keys("confidence", "note", rule="kind")),
    "step": Kind(STEP, ("rule",), "steps", {"title": "fault"}),
}
# Parameters of rules and deduction lines share one cell: "合格线=0.9", one to a line.
PARAM_SHAPES: dict[str, Record] = {"rule": RULE, "step": STEP}
HEAD_KEYS = tuple(
    key for key in (*FRAMEWORK.required, *FRAMEWORK.optional) if key not in {"schema", "chapters"}
)
_NOT_PARAMS = {"kind", "confidence", "note", "steps", "fault"}
_CODED = re.compile(r"\[\d+\]$")


def param_keys(kind: str) -> list[str]:
    """The parameters that rows of this kind may have."""
    shape = PARAM_SHAPES.get(kind)
    keys = [*shape.required, *shape.optional] if shape else []
    return [key for key in keys if key not in _NOT_PARAMS]


# Out
def rows_of(content: Content) -> Iterator[Cells]:
    """The rows of a standard in reading order."""
    for key in HEAD_KEYS:
        if key in content:
            yield {"kind": "attribute", "title": key, "text": _cell(content[key])}
    for chapter in content["chapters"]:
        yield _row("chapter", chapter)
        yield from _requirements(chapter)
        for article in chapter.get("articles", []):
            yield _row("article", article)
            yield from _requirements(article)


def _requirements(facts: Content) -> Iterator[Cells]:
    for requirement in facts.get("requirements", []):
        yield _row("requirement", requirement)
        for measure in requirement.get("measures", []):
            yield _row("measure", measure)
            yield from (_row("variant", variant) for variant in measure.get("variants", []))
        for rule in requirement["rules"]:
            yield _row("rule", rule)
            yield from (_row("step", step) for step in rule.get("steps", []))


def _row(kind: str, facts: Content) -> Cells:
    cells = KINDS[kind].cells
    row: Cells = {"kind": kind}
    row |= {cells[key]: _cell(value) for key, value in facts.items() if key in cells}
    params = {key: facts[key] for key in param_keys(kind) if key in facts}
    return row | ({"params": params} if params else {})


def _cell(value: Any) -> Any:
    return "\n".join(value) if isinstance(value, list) else value


# In
@dataclass(slots=True)
class _Node:
    """A row on its way back: its keys, and the rows below it by the key that holds them."""

    kind: str
    line: int
    values: dict[str, Any] = field(default_factory=dict)
    below: dict[str, list["_Node"]] = field(default_factory=dict)

    @property
    def code(self) -> str:
        return str(self.values.get("id", ""))


def document_of(lines: Iterable[tuple[int, Cells]], *, name: str) -> Document:
    """The standard that the rows tell. Raises `BrokenFile` with the fault of every line."""
    builder = _Builder(name)
    for line, cells in lines:
        builder.add(line, {key: value for key, value in cells.items() if value not in (None, "")})
    if builder.faults:
        raise BrokenFile(builder.faults)
    return read_node(name, _mapping(builder.root, FRAMEWORK), FRAMEWORK)


class _Builder:
    """Hangs every row below the nearest row that can hold it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.root = _Node("", 1, {"schema": SCHEMA}, {"chapters": []})
        self.open: dict[str, _Node] = {"": self.root}
        self.faults: list[Fault] = []

    def fault(self, line: int, key: str, reason: str) -> None:
        self.faults.append(Fault(self.name, line, key, reason))

    def add(self, line: int, cells: Cells) -> None:
        kind = str(cells.pop("kind", ""))
        if kind == "attribute":
            self._attribute(line, cells)
            return
        holder = next((self.open[k] for k in KINDS[kind].inside if k in self.open), None)
        if holder is None:
            self.fault(line, "kind", _("上面没有它所属的行，请把它放到所属行的下面"))
            return
        node = _Node(kind, line)
        self._fill(node, cells, holder)
        holder.below.setdefault(KINDS[kind].under, []).append(node)
        self._open(kind, node)

    def _open(self, kind: str, node: _Node) -> None:
        """From here on rows belong to this one; those that stood below its like are closed."""
        closed = {kind}
        while more := {k for k, v in KINDS.items() if closed & set(v.inside)} - closed:
            closed |= more
        self.open = {k: v for k, v in self.open.items() if k not in closed} | {kind: node}

    def _attribute(self, line: int, cells: Cells) -> None:
        key, value = str(cells.get("title", "")), cells.get("text", "")
        if key in self.root.values:
            self.fault(line, "title", _("这一项写了两次：一份表只能有一个版本的一种写法"))
        elif key not in HEAD_KEYS:
            self.fault(line, "title", _("不认识的属性“%(key)s”") % {"key": key})
        else:
            self.root.values[key] = (line, value)
        for extra in cells.keys() - {"title", "text"}:
            self.fault(line, extra, _("这种行没有这一栏，请清空"))

    def _fill(self, node: _Node, cells: Cells, holder: _Node) -> None:
        keys = KINDS[node.kind].keys
        for key, shape in KINDS[node.kind].shape.required.items():
            if isinstance(shape, Items):
                node.below[key] = []
            elif key == "text":  # a requirement may say all in its title
                node.values[key] = ""
        for key, value in cells.items():
            if key == "params" and node.kind in PARAM_SHAPES:
                self._params(node, value)
            elif key == "above" and "above" not in keys:
                self._must_be(holder, str(value), node.line)
            elif key not in keys:
                self.fault(node.line, key, _("这种行没有这一栏，请清空"))
            else:
                node.values[keys[key]] = value

    def _params(self, node: _Node, params: Mapping[str, Any]) -> None:
        known = param_keys(node.kind)
        for key, value in params.items():
            if key not in known:
                self.fault(node.line, "params", _("不认识的参数“%(key)s”") % {"key": key})
            else:
                node.values[key] = value

    def _must_be(self, holder: _Node, above: str, line: int) -> None:
        if above != holder.code:
            words = _("上级写的是 %(above)s，这一行却在 %(holder)s 下面，请移到它的下面")
            self.fault(line, "above", words % {"above": above, "holder": holder.code})


# Rows as the nodes that a file would give
def _mapping(node: _Node, shape: Record) -> yaml.MappingNode:
    pairs = []
    for key, kept in node.values.items():
        line, value = kept if isinstance(kept, tuple) else (node.line, kept)
        part = shape.required.get(key) or shape.optional[key]
        pairs.append((_scalar(key, "str", line), _value(value, part, line)))
    for key, rows in node.below.items():
        nodes = [_mapping(row, KINDS[row.kind].shape) for row in rows]
        items = yaml.SequenceNode("tag:yaml.org,2002:seq", nodes, _mark(node.line))
        pairs.append((_scalar(key, "str", node.line), items))
    return yaml.MappingNode("tag:yaml.org,2002:map", pairs, _mark(node.line))


def _value(value: Any, shape: Shape, line: int) -> yaml.Node:
    if isinstance(shape, Items):
        texts = [text.strip() for text in str(value).splitlines() if text.strip()]
        nodes = [_scalar(text, "str", line) for text in texts]
        return yaml.SequenceNode("tag:yaml.org,2002:seq", nodes, _mark(line))
    if isinstance(value, bool):
        return _scalar("true" if value else "false", "bool", line)
    if isinstance(value, Decimal):
        value = f"{value:f}"
    return _scalar(str(value), _tag(shape), line)


def _tag(shape: Shape) -> str:
    names: dict[type, str] = {Number: "float", Whole: "int", Flag: "bool", Day: "timestamp"}
    return names.get(type(shape), "str")


def _scalar(text: str, tag: str, line: int) -> yaml.ScalarNode:
    return yaml.ScalarNode(f"tag:yaml.org,2002:{tag}", text, _mark(line))


def _mark(line: int) -> yaml.Mark:
    return yaml.Mark("", 0, line - 1, 0, None, 0)


# Faults
def cell_of(path: str) -> str:
    """The column that a path of the file was read from; of the standard itself the attribute."""
    *above, last = path.split(".")
    key = _CODED.sub("", last)
    under = _CODED.sub("", above[-1]) if above else ""
    kind = next((name for name, found in KINDS.items() if found.under == under and under), "")
    if not kind:
        return key
    if key in param_keys(kind):
        return "params"
    return KINDS[kind].cells.get(key, "kind")


# A copy to start a new edition from
def recoded(content: Content, code: str) -> Content:
    """The same standard under another code, every code in it with the new one in front.

    The edition is left blank for the person to fill in.
    """
    old = str(content["id"])
    renamed = {str(row["id"]): _renamed(str(row["id"]), old, code) for row in _with_ids(content)}

    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: _again(key, part) for key, part in value.items()}
        return [walk(part) for part in value] if isinstance(value, list) else value

    def _again(key: str, part: Any) -> Any:
        if key in {"id", "parent", "measure", "part", "whole"}:
            return renamed.get(part, part)
        return walk(part)

    copied: Content = walk(content)
    return copied | {"id": code, "edition": "", "status": "reference"}


def _renamed(own: str, old: str, code: str) -> str:
    return code + own[len(old) :] if own.startswith(old + ".") else f"{code}.{own}"


def _with_ids(value: Any) -> Iterator[Content]:
    if isinstance(value, dict):
        if "id" in value:
            yield value
        for part in value.values():
            yield from _with_ids(part)
    elif isinstance(value, list):
        for part in value:
            yield from _with_ids(part)
