"""Who answers for a task, read from running text: 〔牵头单位:X;责任单位:Y、Z〕 and its kin.

Arithmetic without Django. Brackets, colons, semicolons and commas may be full or half width.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from tongchuang.campaigns.breakdown.columns import FIELD_OF, LABEL

_PAIRS = {"〔": "〕", "（": "）", "【": "】", "[": "]", "(": ")", "［": "］", "「": "」"}
_TRIM = " \t\r\n\u3000;；,，。.、:：·"
_VERB = re.compile(r"牵头|负责|配合|参与|协助")
_LEADS = re.compile(r"^(?P<names>.+?)(?:共同|分别|同志)?牵头(?:负责|组织|落实|抓总)?(?:实施)?$")
_HELPS = re.compile(
    r"^(?P<names>.+?)(?:等)?(?:按照?(?:各自)?职[责能](?:分工)?(?:抓好)?(?:负责|落实|配合)|分工负责|"
    r"配合(?:落实)?|参与|参加|协助|协同|负责落实|抓好落实|具体落实)$"
)
_ANSWERS = re.compile(r"^(?P<names>.+?)(?:具体|共同|分别)?负责(?:组织)?(?:实施)?$")
_TOWN_WORDS = (
    r"(?:县|市|区)[（(][县市区旗、，]+[)）](?:人民政府|政府)?|县市区(?:人民政府|政府)?|县区(?:政府)?|"
    r"区县(?:政府)?|区政府|乡镇(?:人民政府|政府)?|镇乡|镇(?:人民政府|政府)?|乡(?:政府)?|街道办事处|街道办|"
    r"街道|办事处|开发区管委会|开发区|园区管委会|园区|管委会|属地"
)
# 各乡镇、街道: one expression for every town and street, whatever stands between its words.
_TOWNS = re.compile(
    rf"各(?:{_TOWN_WORDS})(?:\s*[、，,和及（(]+\s*各?(?:{_TOWN_WORDS})[)）]?)*"
    r"(?=$|[、，,；;）)和及。\s]|等)"
)
_OTHERS = re.compile(r"等(?:相关|有关|各)?(?:部门|单位)?$|[（(]?排名不分先后[)）]?$")
_VAGUE = re.compile(
    r"(?:有关|相关|各成员|各级|各部门|各单位|各责任|成员单位|各行业|职能部门|各有关|其他)|"
    r"^(?:市直|县直|区直|市级|县级|区级)(?:各)?(?:部门|单位)"
)


@dataclass(frozen=True, slots=True)
class Duty:
    """One task of a text: what stands before the bracket, and the bracket's fields as written."""

    task: str
    fields: dict[str, str]


def duties_in(text: str) -> list[Duty]:
    """Every duty that a paragraph names, in order; empty when it names none.

    A bracket that stands alone has an empty `task`: it belongs to the paragraph above.
    """
    found, begin = [], 0
    for start, end, fields in _marks(text):
        found.append(Duty(text[begin:start].strip(_TRIM[:5] + "。；"), fields))
        begin = end
    return found


def _marks(text: str) -> Iterator[tuple[int, int, dict[str, str]]]:
    """(start, end, fields) of every bracket or labelled tail."""
    at = 0
    while at < len(text):
        label = LABEL.search(text, at)
        worded = _worded_bracket(text, at, label.start() if label else len(text))
        if worded:
            yield worded
            at = worded[1]
        elif label:
            start, end, inner = _enclosing(text, label.start(), at)
            yield start, end, _labelled(inner)
            at = end
        else:
            return


def _enclosing(text: str, label: int, least: int) -> tuple[int, int, str]:
    """The bracket around a label, else everything from the label to the end."""
    opening = label - 1
    while opening >= least and text[opening].isspace():
        opening -= 1
    if opening >= least and text[opening] in _PAIRS:
        close = _closing(text, opening)
        return opening, close + 1, text[opening + 1 : close]
    return label, len(text), text[label:]


def _closing(text: str, opening: int) -> int:
    """Where the bracket at `opening` ends; kinds may be mixed, one left open ends the text."""
    depth = 0
    for at in range(opening, len(text)):
        if text[at] in _PAIRS:
            depth += 1
        elif text[at] in _PAIRS.values():
            depth -= 1
            if not depth:
                return at
    return len(text)


def _labelled(inner: str) -> dict[str, str]:
    labels = list(LABEL.finditer(inner))
    ends = [*(label.start() for label in labels[1:]), len(inner)]
    fields: dict[str, str] = {}
    for label, end in zip(labels, ends, strict=True):
        value = inner[label.end() : end].strip(_TRIM)
        field = FIELD_OF[label["word"]]
        fields[field] = "；".join(filter(None, [fields.get(field, ""), value]))
    return _with_verbs(fields)


def _with_verbs(fields: dict[str, str]) -> dict[str, str]:
    """责任单位：X牵头，Y配合: verbs inside a label say more than the label."""
    value = fields.get("units", "")
    if "lead" in fields or not re.search(r"牵头", value):
        return fields
    read = _verbal(value)
    return {**{k: v for k, v in fields.items() if k != "units"}, **read} if read else fields


def _worded_bracket(text: str, at: int, before: int) -> tuple[int, int, dict[str, str]] | None:
    """（X牵头，Y、Z配合）: a bracket without labels whose sentences end in a verb of duty."""
    for opening in range(at, before):
        if text[opening] not in _PAIRS:
            continue
        close = _closing(text, opening)
        inner = text[opening + 1 : close]
        if len(inner) < 400 and _VERB.search(inner) and not LABEL.search(inner):
            fields = _verbal(inner)
            if fields:
                return opening, close + 1, fields
    return None


def _verbal(inner: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    pending = ""  # names before a comma whose verb comes later: A、B，C负责
    for piece in re.split(r"[，,；;。]", inner):
        said = piece.strip(_TRIM)
        if not said:
            continue
        field, names = _said(said, has_lead="lead" in fields)
        if field:
            names = "、".join(filter(None, [pending, names]))
            fields[field] = "、".join(filter(None, [fields.get(field, ""), names]))
            pending = ""
        else:
            pending = "、".join(filter(None, [pending, said]))
    return fields if not pending else {}


def _said(piece: str, *, has_lead: bool) -> tuple[str, str]:
    for field, pattern in (
        ("lead", _LEADS),
        ("helpers" if has_lead else "units", _HELPS),
        ("helpers" if has_lead else "units", _ANSWERS),
    ):
        if found := pattern.match(piece):
            return field, found["names"].strip(_TRIM)
    return "", ""


# Names
def names_in(value: str) -> list[str]:
    """The names of a list as written; 各乡镇、街道 stays one; nothing is doubled.

    Commas inside brackets do not part: 城管局（环卫处、园林处） is one name.
    """
    text = unicodedata.normalize("NFKC", value).replace("(", "（").replace(")", "）")
    if said := _verbal(text):
        text = "、".join(said.values())
    groups: list[str] = []

    def kept(found: re.Match[str]) -> str:
        groups.append(found[0])
        return f"、\0{len(groups) - 1}\0、"

    text = _TOWNS.sub(kept, text)
    names = []
    for piece in _pieces(text):
        if mark := re.fullmatch(r"\0(\d+)\0", piece):
            names.append(groups[int(mark[1])])
        else:
            names.append(_OTHERS.sub("", piece).strip(_TRIM).removesuffix("及"))
    return list(dict.fromkeys(name for name in names if name and name not in "和及与"))


def _pieces(text: str) -> Iterator[str]:
    depth, piece = 0, ""
    for char in text:
        depth += (char == "（") - (char == "）")
        if depth <= 0 and (char in "、,，;；/|。" or char.isspace()):
            yield piece.strip(_TRIM)
            piece = ""
        else:
            piece += char
    yield piece.strip(_TRIM)


def is_towns(name: str) -> bool:
    """Whether a name means the towns and streets as a whole."""
    return bool(_TOWNS.fullmatch(name))


def is_vague(name: str) -> bool:
    """Whether a name means units without saying which: 县直有关部门."""
    return bool(_VAGUE.search(name)) and not is_towns(name)


def ends_openly(value: str) -> bool:
    """Whether a list ends in 等, so that it names only some of the units."""
    return bool(re.search(r"等(?:相关|有关|各)?(?:部门|单位)?[。；;]?$", value.strip()))
